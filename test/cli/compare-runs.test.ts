import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { readCsv } from "../../src/import/index.ts";
import { runComparisonSchema } from "../../src/plan/index.ts";
import { isoflop, plantedCsv, readably, temporaryFolder } from "./world.ts";

const cwd = temporaryFolder();

beforeAll(async () => {
  writeFileSync(join(cwd, "runs.csv"), plantedCsv());
  await isoflop(["fit", "runs.csv", "--bootstrap", "60", "-o", "fit.json"], { cwd });
});

test("what a person reads of runs beside a fit", async () => {
  const { out } = await readably(["compare-runs", "runs.csv", "fit.json", "--worst", "4"], { cwd });
  await expect(out).toMatchFileSnapshot("golden/compare-runs.txt");
});

test("as JSON it is the noun, all rows of it", async () => {
  const { out } = await isoflop(["compare-runs", "runs.csv", "fit.json", "--json"], { cwd });
  const { runs, remarks } = runComparisonSchema.parse(JSON.parse(out));
  expect(runs).toHaveLength(42);
  expect(
    runs.every(({ deviation, efficiencyInterval }) => deviation !== null && efficiencyInterval !== null),
  ).toBe(true);
  expect(remarks.join(" ")).toContain("These are the runs that the law was fitted to");
});

test("-o table.csv is a table for a plotting program, a line a run", async () => {
  const { err } = await readably(["compare-runs", "runs.csv", "fit.json", "-o", "table.csv"], { cwd });
  expect(err).toContain("Written to table.csv.");
  const { columns, rows } = readCsv(readFileSync(join(cwd, "table.csv"), "utf8"), { origin: "table.csv" });
  expect(rows).toBe(42);
  expect(columns.efficiency).toBeInstanceOf(Float64Array);
  expect(columns.cause).toContain("over-trained");
});

test("published coefficients will do, and say what they don't know", async () => {
  const words = ["compare-runs", "runs.csv", "--law", "chinchilla", "--source", "besiroglu2024-refit"];
  const { out } = await readably(words, { cwd });
  expect(out.replaceAll(/\s+/g, " ")).toContain("Nobody knows how runs scatter about these coefficients");
});

test.each([
  [["runs.csv"], "nothing to rest on: give a fit file"],
  [["runs.csv", "fit.json", "other.json"], "too many arguments"],
  [["runs.csv", "fit.json", "-o", "runs.csv"], "it is the file that was read"],
])("%j: refused", async (words, complaint) => {
  const { code, out, err } = await isoflop(["compare-runs", ...words], { cwd });
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err.replaceAll(/\s+/g, " ")).toContain(complaint);
});
