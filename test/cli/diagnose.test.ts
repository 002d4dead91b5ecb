import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Diagnosis, diagnosisSchema } from "../../src/trust/index.ts";
import { isoflop, plantedCsv, readably, temporaryFolder } from "./world.ts";

const cwd = temporaryFolder();
beforeAll(async () => {
  writeFileSync(join(cwd, "runs.csv"), plantedCsv());
  await readably(["fit", "runs.csv", "-o", "fit.json"], { cwd });
});

const few = ["--bootstrap", "40"];

async function diagnosed(argv: readonly string[], stdin = ""): Promise<Diagnosis> {
  const { out, err, code } = await isoflop(["diagnose", ...argv, ...few, "--json"], { cwd, stdin });
  expect(code, err).toBe(0);
  return diagnosisSchema.parse(JSON.parse(out));
}

test("what a person reads: the verdict first, then everything behind it, in 80 columns", async () => {
  const { out } = await readably(["diagnose", "runs.csv", ...few], { cwd });
  const lines = out.split("\n");
  expect(lines[0]).toBe("chinchilla, 42 rows of runs.csv");
  expect(lines[2]).toMatch(/^(Sound|Use with caution|Do not)/);
  for (const part of ["decision", "next run", "minima", "choices", "laws", "data"])
    expect(out).toMatch(new RegExp(`^  ${part} `, "m"));
  expect(out).toMatch(/^\s+[\d.]+[MB]\s+0\.\d{3}\s+–\s+the fit as it is$/m);
});

describe("a fit and its runs", () => {
  test("the same diagnosis as of the runs alone, by the columns that the fit took", async () => {
    const [ofFit, ofRuns] = [
      await diagnosed(["fit.json", "--data", "runs.csv"]),
      await diagnosed(["runs.csv"]),
    ];
    expect(ofFit.data.same).toBe(true);
    expect(ofFit.decision).toEqual(ofRuns.decision);
    expect(ofFit.verdict).toEqual(ofRuns.verdict);
  });

  test("other runs are told apart by their hash", async () => {
    const { out, err } = await readably(
      ["diagnose", "fit.json", "--data", "runs.csv", "--where", "thirds!=0", ...few],
      { cwd },
    );
    expect(err).toContain("These are not the runs of the fit");
    expect(out).toContain("not those of the fit");
  });

  test("a fit without its runs, and runs with --data, are refused with what to do", async () => {
    const alone = await isoflop(["diagnose", "fit.json"], { cwd });
    expect(alone).toMatchObject({ code: 2, out: "" });
    expect(alone.err.replace(/\s+/g, " ")).toContain("give them with --data, such as --data runs.csv");
    const twice = await isoflop(["diagnose", "runs.csv", "--data", "runs.csv"], { cwd });
    expect(twice.code).toBe(2);
    expect(twice.err).toContain("is no fit");
  });
});

test("rows left out by --drop-highest-loss are put back in a row of the table", async () => {
  const { sensitivity } = await diagnosed(["runs.csv", "--drop-highest-loss", "2", "--flops", "1e22"]);
  expect(sensitivity!.flops).toBe(1e22);
  expect(sensitivity!.rows[0]).toMatchObject({
    kind: "outliers",
    choice: expect.stringContaining("keep the 2 rows"),
    rows: 42,
  });
});

test("runs from standard input; -o writes what --json prints", async () => {
  const made = await diagnosed(["-", "-o", "diagnosis.json"], plantedCsv());
  expect(diagnosisSchema.parse(JSON.parse(readFileSync(join(cwd, "diagnosis.json"), "utf8")))).toEqual(made);
});

test("a weighted fit is diagnosed with its weights; without them it is refused, not called the worse minimum", async () => {
  await readably(["fit", "runs.csv", "--weights", "thirds", "-o", "weighted.json"], { cwd });
  const plain = await isoflop(["diagnose", "weighted.json", "--data", "runs.csv", ...few], { cwd });
  expect(plain).toMatchObject({ code: 2, out: "" });
  expect(plain.err.replace(/\s+/g, " ")).toContain("give the weights that it was fitted with");
  const made = await diagnosed(["weighted.json", "--data", "runs.csv", "--weights", "thirds"]);
  expect(made.data.same).toBe(true);
  expect(made.verdict.sentence).not.toContain("not the best one");
});

test("where no other law could be tried, none is said to fit worse", async () => {
  const rows = readFileSync(join(cwd, "runs.csv"), "utf8").trim().split("\n");
  writeFileSync(join(cwd, "seven.csv"), `${rows.filter((_, i) => i === 0 || i % 6 === 1).join("\n")}\n`);
  const { out } = await readably(["diagnose", "seven.csv", ...few], { cwd });
  expect(out).toContain("no other law could be tried");
});
