import { figureSchema } from "isoflop/figures";
import { type Fit, type FrontierFit, fitSchema } from "isoflop/fit";
import { laws } from "isoflop/laws";
import { emptyDocument, readDocument, type StudioDocument } from "./document.ts";
import { getSweepRuns, getText, type WorkspaceFile } from "./server.ts";
import { openText, say, show } from "./store.ts";

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A file of the person's own: runs, or a view that somebody kept. */
export async function openFile(file: File): Promise<void> {
  if (/\.(ts|js|mjs|py)$/i.test(file.name)) {
    show({
      openError: {
        name: file.name,
        message:
          "programs are not run in the studio; write the law as a formula, or fit it with isoflop fit --law on the command line",
      },
    });
    return;
  }
  await openTextOf(file.name, await file.text());
}

/** Text of whatever kind: its noun says what is done with it. */
async function openTextOf(name: string, text: string): Promise<void> {
  const noun = nounOf(name, text);
  if (noun?.format === "isoflop.studio/1") {
    const { document, runs } = noun as { document?: unknown; runs?: { name: string; text: string } };
    if (runs) await openText(runs.name, runs.text, readDocument(document));
    return;
  }
  if (noun?.format === "isoflop.fit/1") {
    const { law, data } = noun as unknown as { law: { name: string }; data: { origin: string } };
    say(`${name} is a fit of ${law.name} to ${data.origin}: open those runs to go on from it`, "failed");
    return;
  }
  if (noun?.format && noun.format !== "isoflop.run/1") {
    say(`${name} is a file of the kind ${noun.format}: the studio opens runs, sweeps and views`, "failed");
    return;
  }
  await openText(name, text);
}

function nounOf(name: string, text: string): { format?: string } | null {
  if (!/\.json$/i.test(name)) return null;
  try {
    return JSON.parse(text) as { format?: string };
  } catch {
    return null; // the reader of runs says what is wrong with it
  }
}

/** A file or a sweep of the folder. */
export async function openNamed(
  name: string,
  kind: WorkspaceFile["kind"],
  document: StudioDocument | null = null,
): Promise<void> {
  if (kind === "sweep") {
    show({ sweep: name, tab: "sweep", openError: null });
    return;
  }
  if (["plan", "comparison", "diagnosis", "report"].includes(kind)) {
    window.open(`api/files/${name.split("/").map(encodeURIComponent).join("/")}`, "_blank", "noopener");
    return;
  }
  show({ openError: null });
  try {
    const text = await getText(name);
    if (kind === "figure" && name.endsWith(".json"))
      show({ viewed: { name, figure: figureSchema.parse(JSON.parse(text)) } });
    else if (kind === "fit") await openFit(name, text);
    else if (document) await openText(name, text, document);
    else await openTextOf(name, text);
  } catch (error) {
    show({ openError: { name, message: messageOf(error) } });
  }
}

/** A fit of the folder: its runs again, under its law. */
async function openFit(name: string, text: string): Promise<void> {
  const noun = JSON.parse(text) as FrontierFit | Fit;
  if (noun.approach !== 3) {
    say(`${name} is a fit by approach ${noun.approach}: it has no law to go on with`, "failed");
    return;
  }
  const { law, objective, data } = fitSchema.parse(noun);
  const runs = await getText(data.origin).catch(() => null);
  if (runs === null) {
    say(`${name} is a fit of ${data.origin}, which is not in this folder`, "failed");
    return;
  }
  const known = laws.some(({ name, formula }) => name === law.name && formula === law.formula);
  await openText(data.origin, runs, {
    ...emptyDocument,
    law: known
      ? { kind: "named", name: law.name }
      : {
          kind: "formula",
          formula: law.formula,
          inputs: Object.entries(law.inputs)
            .map((pair) => pair.join("="))
            .join(","),
          output: law.output,
        },
    objective: objective.name,
  });
  show({ tab: "explore" });
}

/** What the ended runs of a sweep are called. */
export const runsOfSweep = (name: string): string => `${name === "@" ? "sweep" : name}.jsonl`;

/** The ended runs of a sweep, as if they were a file. */
export async function openSweepRuns(name: string, document: StudioDocument | null = null): Promise<void> {
  try {
    await openText(runsOfSweep(name), await getSweepRuns(name), document);
  } catch (error) {
    say(messageOf(error), "failed");
  }
}
