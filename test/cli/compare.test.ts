import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { comparisonSchema } from "../../src/trust/index.ts";
import { isoflop, plantedCsv, readably, temporaryFolder } from "./world.ts";

const cwd = temporaryFolder();
writeFileSync(join(cwd, "runs.csv"), plantedCsv());

test("what a person reads: the ranking, the margins, and what to be wary of", async () => {
  const { out, err } = await readably(["compare", "runs.csv", "--target-flops", "1e22"], { cwd });
  await expect(out).toMatchFileSnapshot("golden/compare.txt");
  expect(err).toContain('params  ← column "params_total"');
});

test("--laws auto takes all whose inputs the data have; those that fail are listed with the reason", async () => {
  const { out } = await readably(["compare", "runs.csv", "--laws", "auto"], { cwd });
  for (const law of ["chinchilla", "overtraining", "kaplan-nd", "kaplan-n", "kaplan-c"])
    expect(out).toContain(law);
  expect(out).toContain("farseer");
});

test("--json is the noun alone, -o writes it too", async () => {
  const { out } = await isoflop(
    [
      "compare",
      "runs.csv",
      "--laws",
      "chinchilla,kaplan-nd",
      "--holdout",
      "params",
      "--json",
      "-q",
      "-o",
      "c.json",
    ],
    { cwd },
  );
  const made = comparisonSchema.parse(JSON.parse(out));
  expect(made.holdout!.by).toBe("params");
  expect(made.laws.map(({ law }) => law).sort()).toEqual(["chinchilla", "kaplan-nd"]);
});

test("--test holds out the rows that a filter names", async () => {
  const { out } = await isoflop(["compare", "runs.csv", "--test", "params_total>1B", "--json"], { cwd });
  const made = comparisonSchema.parse(JSON.parse(out));
  expect(made.holdout).toMatchObject({ by: null, groups: [] });
  expect(made.holdout!.folds).toHaveLength(1);
  expect(made.holdout!.folds[0]!.heldRows + made.holdout!.folds[0]!.fittedRows).toBe(42);
});

test("mistakes are told by name", async () => {
  const cases: [words: string[], text: RegExp][] = [
    [["--laws", "chinchila"], /did you mean "chinchilla"/],
    [["--holdout", "width"], /no such quantity/],
    [["--holdout", "params", "--test", "thirds=1"], /both --test and --holdout/],
    [["--laws", "learning-curve-m2"], /no law is left; learning-curve-m2/],
  ];
  for (const [words, text] of cases) {
    const { code, err, out } = await isoflop(["compare", "runs.csv", ...words], { cwd });
    expect({ code, out }, words.join(" ")).toEqual({ code: 2, out: "" });
    expect(err.replace(/\n {2}/g, " ")).toMatch(text);
  }
  expect((await isoflop(["compare"], { cwd })).err).toContain("no runs to compare laws on");
});
