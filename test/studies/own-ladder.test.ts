import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { trainingFlops } from "../../src/models/index.ts";
import { contentHash } from "../../src/runs/index.ts";
import { budgetOf, lossOf, readRuns } from "../../studies/own-ladder/read.ts";
import { criticalBatch } from "../../studies/own-ladder/small.ts";
import { type SweepName, sweeps } from "../../studies/own-ladder/sweeps.ts";
import { allTables, withTables } from "../../studies/own-ladder/tables.ts";
import { read, root } from "../house/tree.ts";

const names = Object.keys(sweeps) as SweepName[];

describe("the runs that the study ships", () => {
  test.each(names)("%s: what sweeps.ts asks for, run by run, and all finished", (name) => {
    const runs = readRuns(name);
    expect(runs.map(({ spec }) => contentHash(spec))).toEqual(sweeps[name].map((spec) => contentHash(spec)));
    for (const run of runs) {
      expect(run.status, run.id).toBe("finished");
      expect(run.tokens, run.id).toBe(run.spec!.tokens);
      expect(lossOf(run), run.id).toBeGreaterThan(1);
      const flops = trainingFlops(run.spec!.shape!, run.tokens!, { convention: "exact" });
      expect(run.flops).toEqual({ value: flops, convention: "exact" });
    }
  });

  test("a ladder's run spends its budget to half a step: less than 0.2 %", () => {
    for (const run of [...readRuns("ladder"), ...readRuns("gated"), ...readRuns("one-layer")])
      expect(Math.abs(run.flops!.value / budgetOf(run) - 1), run.id).toBeLessThan(2e-3);
  });

  test("of one text and one engine, and no larger than a megabyte together", () => {
    const all = names.flatMap(readRuns);
    expect(new Set(all.map(({ extra }) => extra.corpus)).size).toBe(1);
    expect(new Set(all.map(({ extra }) => extra.engine)).size).toBe(1);
    const folder = join(root, "studies/own-ladder/runs");
    const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    expect(bytes).toBeLessThan(1e6);
  });
});

test("the README's tables are made from the runs: made again they are the same", () => {
  const page = read("studies/own-ladder/README.md");
  expect(withTables(page, allTables())).toBe(page);
});

test("B_crit of E(B) = E_min (1 + B / B_crit), planted, is found again to the grid's 2 %", () => {
  const scan = [128, 512, 2048, 8192].map((batch) => ({ batch, tokens: 3e5 * (1 + batch / 2500) }));
  const found = criticalBatch(scan);
  expect(Math.abs(found.batch / 2500 - 1)).toBeLessThan(0.02);
  expect(Math.abs(found.tokens / 3e5 - 1)).toBeLessThan(0.02);
});
