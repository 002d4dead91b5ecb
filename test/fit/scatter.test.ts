import { describe, expect, test } from "vitest";
import { fit, scatterAt } from "../../src/fit/index.ts";
import { scatterOf, spreadAt } from "../../src/fit/scatter.ts";
import { chinchilla, lawFunction } from "../../src/laws/index.ts";
import { seededRandom } from "../../src/numeric/index.ts";
import { predict } from "../../src/plan/index.ts";
import { observe, tableOf } from "../../src/runs/index.ts";

/** Residuals of 400 rows whose noise goes as N^slope, over a hundredfold range. */
function planted(slope: number): { residuals: Float64Array; columns: Record<string, Float64Array> } {
  const random = seededRandom(5);
  const params = Float64Array.from({ length: 400 }, (_, i) => 1e8 * 100 ** (i / 399));
  const tokens = Float64Array.from({ length: 400 }, () => 1e9 * 100 ** random.uniform());
  return { columns: { params, tokens }, residuals: params.map((N) => (N / 1e9) ** slope * random.normal()) };
}

describe("scatterOf", () => {
  test("finds how the size of the noise follows the inputs, and brings the residuals to one size", () => {
    const { residuals, columns } = planted(-0.5);
    const { spread, sizes, noise } = scatterOf(residuals, columns, null, 400);
    // ln |normal| has a deviation of 1.1 and ln N one of 1.33: 400 rows know a slope to 0.042; three of those
    expect(Math.abs(spread.params!.slope + 0.5)).toBeLessThan(0.125);
    expect(Math.abs(spread.tokens!.slope)).toBeLessThan(0.125);
    expect(spread.params!.centre / 1e9).toBeCloseTo(1, 10);
    const half = (from: number): number => Math.hypot(...sizes.slice(from, from + 200)) / Math.sqrt(200);
    expect(Math.abs(half(0) / half(200) - 1)).toBeLessThan(0.25);
    const at = { params: 1e10, tokens: columns.tokens![399]! };
    expect(noise[399]).toBeCloseTo(spreadAt(spread, at), 10);
  });

  test("slopes that explain no more than chance would are none, or small", () => {
    const random = seededRandom(6);
    const none = Array.from({ length: 200 }, () => {
      const { columns } = planted(0);
      const rows = Float64Array.from({ length: 30 }, (_, i) => 13 * i);
      const of = (column: Float64Array): Float64Array => rows.map((row) => column[row]!);
      const residuals = rows.map(() => random.normal());
      const { spread } = scatterOf(
        residuals,
        { params: of(columns.params!), tokens: of(columns.tokens!) },
        null,
        30,
      );
      return Object.keys(spread).length === 0;
    }).filter(Boolean).length;
    // F of 2 and 27 degrees stays below 1 in 62 % of the cases
    expect(none).toBeGreaterThan(0.5 * 200);
    expect(none).toBeLessThan(0.75 * 200);
  });

  test("a cluster keeps the pattern of its rows; its size is the root mean square", () => {
    const columns = { params: Float64Array.of(1, 1, 1, 1) };
    const { pattern, sizes, spread } = scatterOf(
      Float64Array.of(3, 4, -2, -2),
      columns,
      Int32Array.of(0, 0, 1, 1),
      2,
    );
    expect(spread).toEqual({});
    expect(sizes[0]).toBeCloseTo(5 / Math.SQRT2, 14);
    // 3 and 4 over 5/√2
    [0.8485281374, 1.1313708499, -1, -1].forEach((share, row) => {
      expect(pattern[row]).toBeCloseTo(share, 9);
    });
  });

  test("beyond the data the size stays as it is at the end; residuals of zero give no noise and no NaN", () => {
    const { residuals, columns } = planted(-0.5);
    const { spread } = scatterOf(residuals, columns, null, 400);
    const size = (params: number): number => spreadAt(spread, { params, tokens: 1e10 });
    expect(size(1e12)).toBeCloseTo(size(1e10), 12);
    expect(size(1e7)).toBeCloseTo(size(1e8), 12);
    const none = scatterOf(new Float64Array(400), columns, null, 400);
    for (const values of [none.sizes, none.noise, none.pattern])
      expect(values.every(Number.isFinite)).toBe(true);
    expect(none.sizes.every((size) => size === 0)).toBe(true);
  });

  test("inputs that are 0 or below have no logarithm and are left out", () => {
    const { residuals } = planted(-0.5);
    const from0 = Float64Array.from({ length: 400 }, (_, i) => i);
    expect(scatterOf(residuals, { step: from0 }, null, 400).spread).toEqual({});
  });
});

test("a new run where the runs scatter less is predicted more closely than one where they scatter more", () => {
  const random = seededRandom(7);
  const loss = lawFunction(chinchilla, { E: 1.8, A: 480, alpha: 0.35, B: 2100, beta: 0.37 });
  const rows = [5e7, 1e8, 3e8, 1e9, 3e9, 1e10].flatMap((params) =>
    [5, 10, 20, 40, 80, 160].map((ratio) => ({
      params_total: params,
      tokens: ratio * params,
      // four times as much at the smallest as at the largest
      loss:
        loss({ params, tokens: ratio * params }) *
        Math.exp(0.005 * (params / 7e8) ** -0.26 * random.normal()),
    })),
  );
  const data = observe(tableOf(rows, { origin: "planted" }), {
    inputs: ["params", "tokens"],
    output: "loss",
  });
  const made = fit(chinchilla, data, {
    bootstrap: 199,
    starts: [{ E: 1.8, A: 480, alpha: 0.35, B: 2100, beta: 0.37 }],
  });
  const width = (params: number): number => {
    const { newRun, value } = predict(made, { params, tokens: 20 * params });
    return (newRun!.high - newRun!.low) / value;
  };
  expect(width(5e7) / width(1e10)).toBeGreaterThan(2);
  expect(scatterAt(made.bootstrap!, { params: 1e9, tokens: 1e10 })!.length).toBe(36);
});
