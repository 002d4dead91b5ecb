import { describe, expect, test } from "vitest";
import { chinchilla, findLaw } from "../../src/laws/index.ts";
import { observe } from "../../src/runs/index.ts";
import { type Sensitivity, type SensitivityRow, sensitivity } from "../../src/trust/index.ts";
import { hasSharedData, sharedTable } from "../shared-data.ts";

const wanted = { inputs: ["params", "tokens"], output: "loss" };

function rowOf({ rows }: Sensitivity, choice: RegExp): SensitivityRow {
  const found = rows.find((row) => choice.test(row.choice));
  expect(found, String(choice)).toBeDefined();
  return found!;
}

// Besiroglu et al. 2024: 245 points, 240 without the five highest losses; N* at Chinchilla's 5.76e23, C = 6ND
describe.skipIf(!hasSharedData)("epoch_chinchilla, Huber on logs, sum, N* at 5.76e23", () => {
  const whole = hasSharedData ? observe(sharedTable("epoch_chinchilla"), wanted) : null!;
  const kept = hasSharedData ? observe(sharedTable("epoch_chinchilla", "used_in_fit=1"), wanted) : null!;
  const table = hasSharedData ? sensitivity(chinchilla, kept, { flops: 5.76e23, whole }) : null!;

  test("keeping the five outliers moves a from .514 to .565, farther than the interval and than any objective", () => {
    const outliers = rowOf(table, /keep the 5 rows/);
    expect(table.fit.a).toBeCloseTo(0.514, 3);
    expect(outliers.a).toBeCloseTo(0.565, 3);
    expect(outliers.rows).toBe(245);
    expect(Math.abs(outliers.moved!)).toBeGreaterThan(1);
    // only whole budgets left out, and minimisers that stop early, move it more
    const farther = table.rows.filter(
      ({ moved, kind }) => kind !== "minimiser" && Math.abs(moved ?? 0) > Math.abs(outliers.moved!),
    );
    expect(farther.every(({ kind }) => kind === "budgets")).toBe(true);
  });

  test("of the 245, leaving out the five highest losses one by one walks a back to .514", () => {
    const all = sensitivity(chinchilla, whole, { flops: 5.76e23, bootstrap: 40, rivals: [] });
    const walk = [1, 2, 3, 4, 5].map(
      (k) => rowOf(all, new RegExp(`without the ${k === 1 ? "" : `${k} `}highest`)).a!,
    );
    expect(all.fit.a).toBeCloseTo(0.565, 3);
    expect(walk.at(-1)).toBeCloseTo(0.514, 3);
    for (let k = 1; k < 5; k++) expect(walk[k]).toBeLessThan(walk[k - 1]!);
  });

  // the design's section 5: L-BFGS-B on the sum stops 14 % high; ± 2 points, as variables and line search are ours
  test("one careless start: L-BFGS with default tolerances stops 14 % high on the sum, and halves N*", () => {
    const sum = rowOf(table, /L-BFGS.*sum/);
    expect(Math.abs(sum.above! - 0.14)).toBeLessThan(0.02);
    expect(sum.params! / table.fit.params).toBeLessThan(0.65);
    expect(rowOf(table, /L-BFGS.*mean/).above).toBeGreaterThan(0.1);
    // Newton's method from the same start gets there: same point to 1e-6
    const single = rowOf(table, /one start/);
    expect(single.params! / table.fit.params).toBeCloseTo(1, 6);
  });

  test("objectives and seeds hardly move it; alpha = beta fits 0.4 % worse and gives a = .5", () => {
    for (const row of table.rows.filter(({ kind }) => kind === "objective" || kind === "seed"))
      expect(Math.abs(row.moved!), row.choice).toBeLessThan(0.6);
    const tied = rowOf(table, /alpha = beta/);
    expect(tied.a).toBeCloseTo(0.5, 6);
    expect(tied.above).toBeLessThan(0.01);
  });

  test("the most influential run is the exact refit without it that moves N* most", () => {
    const run = table.rows.find(({ kind }) => kind === "runs")!;
    expect(run.rows).toBe(239);
    expect(run.moved).not.toBeNull();
  });
});

describe.skipIf(!hasSharedData)("misfitting_final: columns that count otherwise", () => {
  const runs = hasSharedData
    ? observe(sharedTable("misfitting_final"), wanted, { map: { params: "params", loss: "loss_c4" } })
    : null!;
  const table = hasSharedData ? sensitivity(chinchilla, runs, { bootstrap: 100, rivals: [] }) : null!;

  test("non-embedding parameters and FLOPs get a row each; N* is told in the fit's own count", () => {
    const counted = table.rows.filter(({ kind }) => kind === "parameters");
    expect(counted).toHaveLength(1);
    expect(counted[0]!.choice).toContain("params_non_embedding");
    expect(counted[0]!.a).toBeGreaterThan(table.fit.a! + 0.1);
    const flops = table.rows.filter(({ kind }) => kind === "flops");
    expect(flops.map(({ choice }) => choice).join()).toContain("flops_non_embedding");
  });
});

test("a law without an optimum on a budget is refused", () => {
  const law = findLaw("kaplan-n");
  const rows = { params: Float64Array.of(1e6, 1e7, 1e8, 1e9), loss: Float64Array.of(5, 4, 3.3, 2.8) };
  const runs = observe(
    {
      origin: "four",
      rows: 4,
      columns: rows,
      lineNumbers: Int32Array.of(2, 3, 4, 5),
      ids: null,
      notes: [],
    },
    { inputs: ["params"], output: "loss" },
  );
  expect(() => sensitivity(law, runs)).toThrow(/no compute-optimal size/);
});
