import { expect, test } from "vitest";
import { type Fit, fitIsoflop } from "../../src/fit/index.ts";
import { findLaw } from "../../src/laws/index.ts";
import { compareRuns, plan } from "../../src/plan/index.ts";
import { checklist, fitCommand, type ReportBlock, report, reportSchema } from "../../src/report/index.ts";
import { contentHash } from "../../src/runs/index.ts";
import { plantedFit, plantedMaterials, plantedRuns } from "./planted.ts";

const materials = plantedMaterials();
const made = report(materials, { version: "1.2.3", commands: ["isoflop report fit.json -o report.html"] });
const blocksOf = (id: string): readonly ReportBlock[] =>
  made.sections.find((section) => section.id === id)?.blocks ?? [];
const textOf = (id: string): string => JSON.stringify(blocksOf(id));

test("the verdict first, then data, fit, trust, plan, figures, checklist, provenance, references", () => {
  expect(made.verdict).toEqual(materials.diagnosis!.verdict);
  expect(made.sections.map(({ id }) => id)).toEqual([
    "data",
    "fit",
    "trust",
    "plan",
    "figures",
    "checklist",
    "provenance",
    "references",
  ]);
});

test("runs against the law: the dearest first, with what their losses were worth", () => {
  const efficiency = compareRuns(materials.fit as Fit, materials.observations!);
  const { sections } = report({ ...materials, efficiency });
  expect(sections.map(({ id }) => id)).toContain("runs");
  const table = sections
    .find(({ id }) => id === "runs")!
    .blocks.find((block): block is Extract<ReportBlock, { kind: "table" }> => block.kind === "table")!;
  const worst = Math.min(...efficiency.runs.flatMap(({ efficiency: share }) => share ?? []));
  expect(table.rows[0]![7]).toBe(`${Number((100 * worst).toPrecision(2))} %`);
  expect(table.rows.length).toBe(Math.min(10, efficiency.runs.length));
});

test("its schema reads it, loses nothing, and refuses another version", () => {
  const read = reportSchema.parse(JSON.parse(JSON.stringify(made)));
  expect(contentHash(read)).toBe(contentHash(made));
  expect(reportSchema.safeParse({ ...made, format: "isoflop.report/2" }).success).toBe(false);
});

test("the same nouns give the same report", () => {
  expect(
    contentHash(report(plantedMaterials(), { version: "1.2.3", commands: made.provenance.commands })),
  ).toBe(contentHash(made));
});

test("every parameter stands in the fit's table with its interval, and the numbers are those of the fit", () => {
  const table = blocksOf("fit").find((block) => block.kind === "table");
  expect(table?.columns.map(({ title }) => title)).toEqual([
    "parameter",
    "value",
    "± se",
    "interval",
    "meaning",
  ]);
  const { alpha } = materials.fit.parameters;
  const row = table!.rows.find(([name]) => name === "alpha")!;
  // five digits are shown
  expect(Number(row[1])).toBeCloseTo(alpha!.value, 4);
  const [low, high] = row[3]!.split(" to ").map(Number);
  expect(low).toBeLessThan(alpha!.value);
  expect(high).toBeGreaterThan(alpha!.value);
  expect(made.summary.parameters.alpha!.value).toBe(alpha!.value);
});

test("trust says the spread between laws beside the interval, and the published laws stand beside the plan", () => {
  expect(textOf("trust")).toContain("rival laws");
  expect(made.summary.decision?.interval?.low).toBeLessThan(made.summary.decision!.params);
});

test("figures: what the materials allow is drawn, each under an id of its own", () => {
  const ids = blocksOf("figures").flatMap((block) => (block.kind === "figure" ? [block.id] : []));
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of [
    "loss-by-compute",
    "isoflop-curves",
    "allocation",
    "loss-surface",
    "residuals",
    "sensitivity",
  ])
    expect(ids).toContain(id);
});

test("provenance names every noun by the hash of its content, the data, the seed and the commands", () => {
  const hashes = Object.fromEntries(made.provenance.nouns.map(({ what, hash }) => [what, hash]));
  expect(hashes).toEqual({
    fit: contentHash(materials.fit),
    plan: contentHash(materials.plan),
    diagnosis: contentHash(materials.diagnosis),
  });
  const said = textOf("provenance");
  expect(said).toContain(materials.fit.data.hash);
  expect(said).toContain("isoflop 1.2.3");
  expect(said).toContain("isoflop report fit.json -o report.html");
});

test("the command that makes a fit again, with all that the fit knows, quoted for a shell", () => {
  expect(fitCommand(materials.fit)).toBe(
    "isoflop fit runs.csv --map params=params_total tokens=tokens loss=val_loss --params-convention total --bootstrap 40 -o fit.json",
  );
  const odd = plantedFit(plantedRuns({ origin: "it's; rm -rf $HOME.csv" }));
  expect(fitCommand(odd)).toMatch(/^isoflop fit 'it'\\''s; rm -rf \$HOME\.csv' --map /);
});

test("references: the law, the objective, the methods, each once and as BibTeX with an address", () => {
  const keys = made.references.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  for (const key of ["hoffmann2022training", "huber1964robust", "efron1979bootstrap", "li2025misfitting"])
    expect(keys).toContain(key);
  for (const { bibtex, key, url } of made.references) {
    expect(bibtex).toMatch(new RegExp(`^@(misc|article)\\{${key},\\n`));
    expect(bibtex.match(/\{/g)!.length).toBe(bibtex.match(/\}/g)!.length);
    expect(url).toMatch(/^https:/);
  }
});

test("checklist: what the fit knows is answered, what only its authors know is null", () => {
  const { groups } = checklist(materials);
  const answers = new Map(
    groups.flatMap(({ items }) => items.map(({ question, answer }) => [question, answer])),
  );
  expect(answers.get("What is the form of the law?")).toContain("E + A / N^alpha + B / D^beta");
  expect(answers.get("How are parameters counted?")).toBe("total parameters");
  expect(answers.get("How is compute counted?")).toBe("6·N·D, worked out");
  expect(answers.get("What does it assume of how they relate?")).toMatch(/^size and data act apart/);
  expect(answers.get("What is minimised?")).toMatch(/^huber-log, δ = 0.001, sum over rows/);
  expect(answers.get("Were all points used?")).toMatch(/^30 rows used/);
  for (const question of ["On which data?", "Are the checkpoints open?", "Is the training code open?"])
    expect(answers.get(question), question).toBeNull();
});

test("checklist: kaplan-nd's size and data act together", () => {
  const observed = plantedRuns();
  const law = findLaw("kaplan-nd");
  const parameters = Object.fromEntries(
    Object.entries({ N_c: 6e13, D_c: 4e13, alpha_N: 0.08, alpha_D: 0.1 }).map(([name, value]) => [
      name,
      { value, se: null, interval: null, fixed: false },
    ]),
  );
  const { groups } = checklist({ fit: { ...plantedFit(observed), law, parameters } });
  expect(groups[0]!.items.at(-1)!.answer).toMatch(/^size and data act together/);
});

test("a plan alone: no verdict is invented, and what is known is said", () => {
  const alone = report({ plan: plan({ law: findLaw("chinchilla"), set: "besiroglu2024-refit" }, 5.76e23) });
  expect(alone.verdict).toEqual({
    grade: null,
    sentence: expect.stringMatching(/^5\.76e23 FLOPs are best spent on 73\.2B parameters and 1\.31T tokens/),
  });
  expect(alone.sections.map(({ id }) => id)).toEqual(["plan", "figures", "provenance", "references"]);
  expect(alone.summary.law?.name).toBe("chinchilla");
});

test("a fit alone says that nobody asked how far it can be trusted", () => {
  const alone = report({ fit: materials.fit });
  expect(alone.verdict).toEqual(materials.fit.verdict);
  expect(JSON.stringify(alone.sections)).toContain("Nobody asked how far this can be trusted");
});

test("approach 2: its minima and lines, and its summary plans by them", () => {
  const frontier = fitIsoflop(plantedRuns(), { bootstrap: 40 });
  const { sections, summary } = report({ fit: frontier });
  expect(sections.map(({ id }) => id)).toContain("checklist");
  expect(summary.law).toBeNull();
  expect(Object.keys(summary.parameters)).toEqual(["k", "a", "q", "b"]);
});

test("parts that don't belong together are refused, with what to do", () => {
  const other = plantedFit(plantedRuns({ origin: "other.csv" }));
  expect(() => report({})).toThrow(/expected a fit or a plan/);
  expect(() => report({ fit: other, diagnosis: materials.diagnosis })).toThrow(/diagnosis is of another fit/);
  expect(() => report({ fit: other, plan: materials.plan })).toThrow(/plan rests on something else/);
  const fewer = { ...materials.observations!, hash: "sha256:0" };
  expect(() => report({ fit: materials.fit, observations: fewer })).toThrow(
    /doesn't hold the runs of the fit/,
  );
});
