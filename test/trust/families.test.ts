import { describe, expect, test } from "vitest";
import { chinchilla, familyPower, lawFunction } from "../../src/laws/index.ts";
import { seededRandom } from "../../src/numeric/index.ts";
import { type Table, tableOf } from "../../src/runs/index.ts";
import { compareFamilies } from "../../src/trust/index.ts";

interface Truth {
  E: number;
  A: number;
  alpha: number;
}
const transformer: Truth = { E: 1.7, A: 60, alpha: 0.25 };
const value = (truth: Truth): ((at: { params: number }) => number) => lawFunction(familyPower, { ...truth });

/** Twelve sizes from 10M to 3B a family, with log-normal noise of a tenth of a percent and more. */
function planted(families: Record<string, Truth>, noise: number, seed: number): Table {
  const random = seededRandom(seed);
  const rows = Object.entries(families).flatMap(([family, truth]) =>
    Array.from({ length: 12 }, (_, i) => {
      const params = 1e7 * 300 ** (i / 11);
      return { family, params, loss: value(truth)({ params }) * Math.exp(noise * random.normal()) };
    }),
  );
  return tableOf(rows, { origin: "planted" });
}

const shared = [["alpha"], ["alpha", "E"]];

describe("compareFamilies, planted truth", () => {
  test("families that share exponent and floor: of 30 data sets about 5 % have p ≤ 0.05, and p spreads over 0 to 1", () => {
    const other = { ...transformer, A: 75 };
    const p = Array.from({ length: 30 }, (_, seed) => {
      const table = planted({ transformer, other }, 0.002, seed);
      return compareFamilies(familyPower, table, {
        by: "family",
        shared: [["alpha", "E"]],
        permutations: 19,
        seed,
      }).tests[0]!.pValue;
    });
    // binomial(30, 0.05): six or more happen once in 300 times
    expect(p.filter((value) => value <= 0.05).length).toBeLessThanOrEqual(5);
    const mean = p.reduce((sum, value) => sum + value, 0) / p.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.16); // ± 3 standard errors of a uniform's mean
  });

  test("another exponent is found, and so is another floor at the same exponent", () => {
    const steeper = compareFamilies(
      familyPower,
      planted({ transformer, other: { E: 1.7, A: 400, alpha: 0.37 } }, 0.002, 1),
      {
        by: "family",
        shared,
        permutations: 99,
      },
    );
    expect(steeper.tests.map(({ pValue }) => pValue)).toEqual([0.01, 0.01]);
    expect(steeper.tests[0]!.message).toContain("do not share alpha");
    const lower = compareFamilies(
      familyPower,
      planted({ transformer, other: { ...transformer, E: 1.5 } }, 0.002, 2),
      {
        by: "family",
        shared,
        permutations: 99,
      },
    );
    expect(lower.tests[0]!.pValue).toBeGreaterThan(0.05);
    expect(lower.tests[1]!.pValue).toBe(0.01);
  });

  test("three families without noise: the common values are the planted ones, the degrees of freedom right", () => {
    const compared = compareFamilies(
      familyPower,
      planted({ a: transformer, b: { ...transformer, A: 80 }, c: { ...transformer, A: 100 } }, 1e-5, 3),
      { by: "family", shared: [["alpha", "E"]], permutations: 1 },
    );
    const [only] = compared.tests;
    expect(only!.parameters.alpha).toBeCloseTo(0.25, 3);
    expect(only!.parameters.E).toBeCloseTo(1.7, 3);
    expect(only!.parameters["A (c)"]! / only!.parameters["A (a)"]!).toBeCloseTo(100 / 60, 3);
    expect(only!.degrees).toEqual([4, 27]); // 2 parameters fewer for each further family; 36 rows less 9 parameters
    expect(only!.together).toBeGreaterThanOrEqual(only!.apart);
    expect(compared.families.map(({ name, rows }) => [name, rows])).toEqual([
      ["a", 12],
      ["b", 12],
      ["c", 12],
    ]);
  });

  test("the same seed gives the same p, and F of shared everything is the textbook one of two straight fits", () => {
    const table = planted({ transformer, other: { ...transformer, E: 1.69 } }, 0.003, 4);
    const options = { by: "family", shared: [["E", "A", "alpha"]], permutations: 49, seed: 5 };
    const once = compareFamilies(familyPower, table, options);
    expect(compareFamilies(familyPower, table, options).tests).toEqual(once.tests);
    const { together, apart, statistic } = once.tests[0]!;
    expect(statistic).toBeCloseTo((together - apart) / 3 / (apart / 18), 9);
    const sum = once.families.reduce((total, { fit }) => total + fit.objective.value!, 0);
    expect(apart).toBeCloseTo(sum, 12);
  });
});

describe("compareFamilies refuses", () => {
  const table = planted({ transformer, other: transformer }, 0.01, 6);
  test.each([
    [
      "a column that isn't there",
      () => compareFamilies(familyPower, table, { by: "arch", shared }),
      'there is no column "arch"',
    ],
    [
      "a parameter that isn't there",
      () => compareFamilies(familyPower, table, { by: "family", shared: [["beta"]] }),
      'cannot share "beta": family-power has no such parameter; it has E, A, alpha',
    ],
    [
      "one family alone",
      () => compareFamilies(familyPower, planted({ transformer }, 0.01, 6), { by: "family", shared }),
      "must name two or more",
    ],
    [
      "too few runs of a family",
      () =>
        compareFamilies(
          chinchilla,
          tableOf(
            Array.from({ length: 10 }, (_, i) => ({
              family: i < 5 ? "a" : "b",
              params: 1e7 * (i + 1),
              tokens: 1e9 * (i + 1),
              loss: 3,
            })),
            { origin: "few" },
          ),
          { by: "family", shared: [["alpha"]] },
        ),
      '5 parameters of chinchilla need at least 6 runs of "a", got 5',
    ],
  ])("%s", (_, ask, message) => {
    expect(ask).toThrow(message);
  });
});
