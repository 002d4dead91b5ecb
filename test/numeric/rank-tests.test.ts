import { expect, test } from "vitest";
import {
  rankCorrelation,
  ranks,
  runsTest,
  seededRandom,
  studentQuantile,
  studentTails,
} from "../../src/numeric/index.ts";

test("Student's quantiles as printed in tables (NIST handbook, 1.3.6.7.2, three decimals)", () => {
  const printed: [p: number, degrees: number, t: number][] = [
    [0.975, 1, 12.706],
    [0.95, 2, 2.92],
    [0.975, 4, 2.776],
    [0.99, 5, 3.365],
    [0.975, 10, 2.228],
    [0.995, 29, 2.756],
    [0.975, 100, 1.984],
  ];
  for (const [p, degrees, t] of printed) {
    // half a unit of the last printed digit
    expect(Math.abs(studentQuantile(p, degrees) - t)).toBeLessThan(5.1e-4);
    expect(studentQuantile(1 - p, degrees)).toBeCloseTo(-studentQuantile(p, degrees), 9);
    expect(studentTails(studentQuantile(p, degrees), degrees)).toBeCloseTo(2 * (1 - p), 10);
  }
  expect(studentQuantile(0.975, 1e6)).toBeCloseTo(1.959966, 5); // the normal's
});

test("Spearman as scipy's documentation prints it: spearmanr([1,2,3,4,5], [5,6,7,8,7]) = 0.8207826816681233, p 0.08858700531354381", () => {
  const { correlation, pValue } = rankCorrelation([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]);
  expect(correlation).toBeCloseTo(0.8207826816681233, 14);
  expect(pValue).toBeCloseTo(0.08858700531354381, 12);
});

test("ranks share ties; a constant column has no correlation", () => {
  expect(Array.from(ranks([3, 1, 3, 2]))).toEqual([3.5, 1, 3.5, 2]);
  expect(rankCorrelation([1, 1, 1], [1, 2, 3]).correlation).toBeNaN();
});

test("the runs test's p is the share of all orders with as few runs", () => {
  // every order of 5 plus and 3 minus signs
  const orders = Array.from({ length: 256 }, (_, bits) =>
    Array.from({ length: 8 }, (_, i) => ((bits >> i) & 1 ? 1 : -1)),
  ).filter((signs) => signs.filter((sign) => sign > 0).length === 5);
  expect(orders.length).toBe(56);
  const counts = orders.map((signs) => runsTest(signs).runs);
  for (const signs of orders) {
    const { runs, expected, pValue } = runsTest(signs);
    expect(pValue).toBeCloseTo(counts.filter((count) => count <= runs).length / 56, 12);
    expect(expected).toBe(1 + (2 * 5 * 3) / 8);
  }
  expect(runsTest([1, 2, 0, 3]).pValue).toBe(1);
});

test("the p values of the rank correlation of unrelated columns are uniform: their mean is 1/2", () => {
  const random = seededRandom(3);
  const p = Array.from({ length: 300 }, () => {
    const column = (): number[] => Array.from({ length: 12 }, () => random.normal());
    return rankCorrelation(column(), column()).pValue;
  });
  // 4 standard errors of the mean of 300 uniforms
  expect(Math.abs(p.reduce((sum, value) => sum + value, 0) / 300 - 0.5)).toBeLessThan(0.067);
});
