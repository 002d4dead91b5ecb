import { resolve } from "node:path";
import { type Run, type Table, tableOfRuns } from "../../runs/index.ts";
import { collectRuns, openSweep } from "../../sweep/index.ts";
import { jsonText, openAnswer } from "../answer.ts";
import { Failed } from "../fail.ts";
import { saveText } from "../files.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop sweep collect: the runs of a sweep that have ended, as a file that isoflop fit reads. */
export function sweepCollectVerb(world: World): RunnableVerb {
  return verb(
    world,
    "sweep collect",
    "The runs of a sweep that have ended, as isoflop fit reads them: JSON lines, which lose nothing, or CSV. Stable trunks, whose learning rate never decayed, and diverged runs, which have no loss, are left out.",
    [
      "sweep collect ladder -o runs.jsonl",
      "sweep collect ladder -o runs.csv",
      "sweep collect ladder | isoflop fit -",
    ],
  )
    .argument("<folder>", "the sweep's folder")
    .option("--csv", "as CSV (also when -o ends in .csv)")
    .option("--trunks", "the stable trunks too")
    .option("--diverged", "the diverged runs too")
    .option("-o, --out <file>", "write the runs here, and not to standard output")
    .action(async (folder, options) => {
      const answer = openAnswer(world, options);
      const full = resolve(world.cwd, folder);
      const { specs } = await openSweep(full);
      const all = await collectRuns(full);
      if (all.length === 0) throw new Failed(`nothing to collect: no run in ${folder} has ended yet`);
      const isTrunk = ({ spec }: Run): boolean => spec?.settings.trunk === true && !options.trunks;
      const trunks = all.filter(isTrunk).length;
      const rest = all.filter((run) => !isTrunk(run));
      const runs = options.diverged ? rest : rest.filter(({ status }) => status !== "diverged");
      const diverged = rest.length - runs.length;
      const asCsv = options.csv ?? options.out?.endsWith(".csv") ?? false;
      const text = asCsv ? csvOf(runs) : runs.map((run) => `${JSON.stringify(run)}\n`).join("");
      if (options.out !== undefined) await saveText(world, options.out, text);
      if (options.json) answer.text(jsonText(runs));
      else if (options.out === undefined) answer.text(text);
      const parts = [
        `${runs.length} run${runs.length === 1 ? "" : "s"}${options.out === undefined ? "" : ` written to ${options.out}`}`,
        ...(trunks > 0 ? [`${trunks} stable trunk${trunks === 1 ? "" : "s"} left out`] : []),
        ...(diverged > 0 ? [`${diverged} diverged left out`] : []),
        ...(all.length < specs.length ? [`${specs.length - all.length} have not ended`] : []),
      ];
      answer.remark(`${parts.join(", ")}.`);
    });
}

/** A line a run, a column a fact. */
function csvOf(runs: readonly Run[]): string {
  const { columns, rows }: Table = tableOfRuns(runs);
  const names = Object.keys(columns);
  const lines = Array.from({ length: rows }, (_, row) =>
    names.map((name) => cell(columns[name][row])).join(","),
  );
  return `${[names.map(cell).join(","), ...lines].join("\n")}\n`;
}

function cell(value: number | string): string {
  const text = typeof value === "number" && Number.isNaN(value) ? "" : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
