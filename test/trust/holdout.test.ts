import { describe, expect, test } from "vitest";
import { chinchilla, kaplanND } from "../../src/laws/index.ts";
import { observe, tableOf } from "../../src/runs/index.ts";
import { holdOut, rollingFolds, splitFold } from "../../src/trust/index.ts";
import { plantedSweep } from "./planted.ts";

const truth = { E: 1.8172, A: 477.8, B: 2143, alpha: 0.3473, beta: 0.3672 };
const column = (flops: readonly number[]) =>
  observe(
    tableOf(
      flops.map((C) => ({ flops: C, loss: 3 })),
      { origin: "scales" },
    ),
    { inputs: ["flops"], output: "loss" },
  );

describe("rollingFolds", () => {
  test("budgets of a design are the groups, however their rows are mixed and their 6ND is rounded", () => {
    const { groups, folds, by } = rollingFolds(
      column([1e19, 1.02e18, 1e20, 1e18, 0.99e19, 1.05e20, 1e21, 1.01e18]),
    );
    expect(by).toBe("flops");
    expect(groups.map(({ rows }) => Array.from(rows))).toEqual([[3, 7, 1], [4, 0], [2, 5], [6]]);
    expect(folds.map(({ fitted, held, upTo }) => [fitted.length, held.length, upTo])).toEqual([
      [7, 1, 1.05e20],
    ]);
  });

  test("a tolerance that would never group anything is refused, not tried for ever", () => {
    const runs = column(Array.from({ length: 30 }, (_, i) => 1e18 * 2 ** i));
    expect(() => rollingFolds(runs, { tolerance: 0 })).toThrow("expected a tolerance above 0");
  });

  test("a continuum becomes at most `most` bins of one width on the log scale", () => {
    const { groups } = rollingFolds(column(Array.from({ length: 300 }, (_, i) => 1e18 * 1e4 ** (i / 299))), {
      most: 8,
    });
    expect(groups.length).toBeLessThanOrEqual(8);
    expect(groups.length).toBeGreaterThan(4);
    const widths = groups.slice(0, -1).map(({ low, high }) => Math.log(high / low));
    expect(Math.max(...widths) / Math.min(...widths)).toBeLessThan(1.1);
  });

  test("no held-out run is as small as a fitted one, and every fold holds out `ahead` scales", () => {
    const sweep = plantedSweep(chinchilla, truth);
    for (const ahead of [1, 2, 3]) {
      const { folds } = rollingFolds(sweep, { ahead });
      expect(folds.length).toBe(8 - 3 - ahead + 1);
      for (const { fitted, held, upTo, scale } of folds) {
        expect(held.length).toBe(7 * ahead);
        expect(fitted.length % 7).toBe(0);
        expect(scale![0]).toBeGreaterThan(upTo!);
      }
    }
  });

  test("by parameters, or by any column of numbers; one scale, or an unknown quantity, is refused", () => {
    expect(rollingFolds(plantedSweep(chinchilla, truth), { by: "params" }).by).toBe("params");
    const table = tableOf(
      [1, 2, 4, 8].map((width) => ({ width, N: 1e6 * width, loss: 3 })),
      { origin: "widths" },
    );
    const observed = observe(table, { inputs: ["params"], output: "loss" });
    expect(rollingFolds(observed, { by: "width" }).folds.length).toBe(1);
    expect(() => rollingFolds(observed, { by: "depth" })).toThrow(
      "no such quantity; it has params, loss, width",
    );
    expect(() => rollingFolds(column([1e18, 1e18]))).toThrow("all 2 runs of scales are of one scale");
  });

  test("a split of one's own needs rows on both sides", () => {
    expect(Array.from(splitFold(4, (row) => row > 1).held)).toEqual([2, 3]);
    expect(() => splitFold(4, () => true)).toThrow("cannot hold out 4 of 4 rows");
  });
});

describe("holdOut, planted chinchilla with 0.3 % noise", () => {
  const sweep = plantedSweep(chinchilla, truth, { seed: 1 });
  const { folds } = rollingFolds(sweep);

  test("the true law errs by the noise alone: the mean size of a normal's error is 0.8 of its deviation", () => {
    const { error, bias, folds: done } = holdOut(chinchilla, sweep, folds, { objective: "squared-log" });
    // five folds of seven runs: 0.24 % and a little for the parameters
    expect(error).toBeGreaterThan(0.0015);
    expect(error).toBeLessThan(0.0045);
    expect(Math.abs(bias)).toBeLessThan(0.003);
    for (const fold of done) {
      const mean = (values: readonly number[]): number =>
        values.reduce((sum, v) => sum + v, 0) / values.length;
      expect(fold.error).toBeCloseTo(mean(fold.errors.map(Math.abs)), 14);
      expect(fold.bias).toBeCloseTo(mean(fold.errors), 14);
    }
  });

  test("without noise the true law errs by nothing, a wrong one doesn't", () => {
    const clean = plantedSweep(chinchilla, truth, { noise: 0 });
    const options = { objective: "squared-log" };
    expect(holdOut(chinchilla, clean, folds, options).error).toBeLessThan(1e-9);
    expect(holdOut(kaplanND, clean, folds, options).error).toBeGreaterThan(1e-3);
  });

  test("intervals of a new run hold about as many as they say, by the delta method and by the bootstrap", () => {
    const shares = (draws: number, sweeps: number): number[] => {
      const all = Array.from({ length: sweeps }, (_, seed) => {
        const data = plantedSweep(chinchilla, truth, { seed: 20 + seed });
        return holdOut(chinchilla, data, rollingFolds(data).folds, { objective: "squared-log", draws, seed })
          .coverage!;
      });
      return [0, 1].map((at) => all.reduce((sum, coverage) => sum + coverage[at]!.share, 0) / all.length);
    };
    for (const [draws, sweeps] of [
      [0, 12],
      [40, 8],
    ] as const) {
      const [eighty, ninety] = shares(draws, sweeps) as [number, number];
      // 280 held-out runs and more, in clusters of seven that share a fit: a standard error of about 3 points
      expect(Math.abs(eighty - 0.8), `${draws} draws`).toBeLessThan(0.09);
      expect(Math.abs(ninety - 0.9), `${draws} draws`).toBeLessThan(0.07);
    }
  });

  test("a wrong law's intervals hold fewer: they know nothing of its shape", () => {
    const coverage = holdOut(kaplanND, sweep, folds, { objective: "squared-log" }).coverage!;
    expect(coverage.at(-1)!.level).toBe(0.9);
    expect(coverage.at(-1)!.share).toBeLessThan(0.8);
  });
});
