import { describe, expect, test } from "vitest";
import { drawnInterval, newRunInterval, percentileInterval } from "../../src/fit/index.ts";
import { normalQuantile } from "../../src/numeric/index.ts";

// 199 numbers that look like chance and that numpy can make too
const draws = Array.from(
  { length: 199 },
  (_, i) => (((i * 7919) % 101) / 101) * 3 + (((i * 104729) % 97) / 97) ** 3 * 4,
);
const without = [2.1, 2.2, 2.25, 2.28, 2.3, 2.31, 2.35, 2.4, 2.6, 3];

describe("intervals from draws", () => {
  test("percentile: of 99 draws the fifth and the ninety-fifth hold 90 % of the next one", () => {
    const values = Array.from({ length: 99 }, (_, i) => i + 1);
    const { low, high, method } = percentileInterval(values, 0.9)!;
    expect([low, high]).toEqual([expect.closeTo(5, 12), expect.closeTo(95, 12)]);
    expect(method).toBe("percentile");
    expect(percentileInterval(values.slice(0, 15), 0.9)).toBeNull();
  });

  test("with ten degrees of freedom the ends are those of Student's t (numpy's weibull quantiles at Φ(∓1.8125))", () => {
    const { low, high } = percentileInterval(draws, 0.9, 10)!;
    expect(low).toBeCloseTo(0.30229235, 8);
    expect(high).toBeCloseTo(5.3632739, 7);
  });

  test("bca: bias and acceleration by Efron's formulas, worked out with numpy and scipy", () => {
    const { low, high, method } = drawnInterval({ interval: "bca" }, { estimate: 2.3, draws, without }, 0.9)!;
    expect(method).toBe("bca");
    expect(low).toBeCloseTo(0.18838456, 8);
    expect(high).toBeCloseTo(4.56100775, 8);
  });

  test("a new run adds the scatter of the runs to that of the mean: √(σ² + τ²) where both are normal", () => {
    const normal = (count: number, size: number): number[] =>
      Array.from({ length: count }, (_, i) => size * normalQuantile((i + 0.5) / count));
    const { low, high } = newRunInterval(
      normal(400, 0.03).map((v) => 1 + v),
      normal(300, 0.04),
      0.9,
    )!;
    // grids of 400 and 300 points cut the tails a little
    expect(high).toBeCloseTo(1 + 1.645 * 0.05, 3);
    expect(low).toBeCloseTo(1 - 1.645 * 0.05, 3);
  });

  test("many residuals show their skew, few are taken with either sign", () => {
    const still = new Array(50).fill(1);
    const skewed = Array.from({ length: 200 }, (_, i) => (i < 100 ? 0 : -(i - 100) / 100)); // truths above
    const many = newRunInterval(still, skewed, 0.9)!;
    expect(many.low).toBeCloseTo(1, 6);
    expect(many.high).toBeCloseTo(1.9, 1);
    const spread = still.map((_, i) => 1 + (i - 24.5) / 100);
    const few = newRunInterval(spread, [0, -0.1, -0.2, -0.3, -0.4], 0.85)!;
    expect(1 - few.low).toBeCloseTo(few.high - 1, 9);
  });
});
