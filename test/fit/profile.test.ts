import { describe, expect, test } from "vitest";
import {
  exponentQuantity,
  fit,
  fitSchema,
  intervalsOf,
  optimumQuantity,
  outputQuantity,
  parameterQuantity,
} from "../../src/fit/index.ts";
import { chinchilla, defineLaw, lawFunction } from "../../src/laws/index.ts";
import { seededRandom } from "../../src/numeric/index.ts";
import { type Observations, observe, tableOf } from "../../src/runs/index.ts";

const of = (method: string, { intervals }: ReturnType<typeof intervalsOf>) =>
  intervals.find((interval) => interval.method === method)!;

describe("profile likelihood", () => {
  // Bates and Watts 1988, appendix A1.3 (R's Puromycin, treated): rate of an enzyme by concentration
  const puromycin = [
    [0.02, 76, 47],
    [0.06, 97, 107],
    [0.11, 123, 139],
    [0.22, 159, 152],
    [0.56, 191, 201],
    [1.1, 207, 200],
  ];
  const michaelis = defineLaw({
    name: "michaelis-menten",
    formula: "V * c / (K + c)",
    inputs: { concentration: "c" },
    output: "rate",
    parameters: {
      V: { in: "positive", start: [100, 300], meaning: "the highest rate" },
      K: { in: "positive", start: [0.01, 0.1], meaning: "the concentration of half of it" },
    },
  });
  const rows = puromycin.flatMap(([concentration, ...rates]) =>
    rates.map((rate) => ({ concentration, rate })),
  );
  const data = observe(tableOf(rows as Record<string, number>[], { origin: "puromycin" }), {
    inputs: ["concentration"],
    output: "rate",
  });
  const made = fit(michaelis, data, { objective: "squared" });

  test.each([
    // R's confint prints 197.3021 … 229.2901 and 0.04692517 … 0.08615995, by a spline through the profile; these are
    // its roots themselves, by scipy
    [parameterQuantity(michaelis, "V"), 197.301932900284, 229.289055055053],
    [parameterQuantity(michaelis, "K"), 0.0469203420351691, 0.0861569134271371],
    [outputQuantity(michaelis, { concentration: 0.3 }), 166.960902481443, 183.490244759899],
  ])("95 %% of $name of the Puromycin data, to six digits", (quantity, low, high) => {
    const found = of("profile", intervalsOf(made, data, quantity, { level: 0.95 }));
    expect(found.low! / low).toBeCloseTo(1, 6);
    expect(found.high! / high).toBeCloseTo(1, 6);
    expect(found.message).toBeNull();
  });

  test("of a straight line, profile and delta are the textbook's t interval (scipy's linregress)", () => {
    const line = defineLaw({
      name: "line",
      formula: "a + b * x",
      inputs: { samples: "x" },
      output: "loss",
      parameters: {
        a: { in: "real", start: [0], meaning: "a" },
        b: { in: "real", start: [0], meaning: "b" },
      },
    });
    const errors = [0.1, -0.2, 0.15, 0, -0.1, 0.2, -0.15];
    const runs = observe(
      tableOf(
        errors.map((e, i) => ({ samples: i + 1, loss: 2.5 + i / 2 + e })),
        { origin: "line" },
      ),
      { inputs: ["samples"], output: "loss" },
    );
    const found = intervalsOf(fit(line, runs, { objective: "squared" }), runs, parameterQuantity(line, "b"));
    for (const method of ["profile", "delta"]) {
      expect(of(method, found).low).toBeCloseTo(0.42832806, 7);
      expect(of(method, found).high).toBeCloseTo(0.55738622, 7);
    }
    expect(of("bootstrap", found).message).toBe("The fit has no draws: ask for a bootstrap.");
  });

  const planted = { E: 1.8, A: 480, alpha: 0.35, B: 2100, beta: 0.37 };
  const ladder = (size: number, truth = planted): Observations => {
    const random = seededRandom(5);
    const loss = lawFunction(chinchilla, truth);
    const points = [1e18, 3e18, 1e19, 1e20, 1e21].flatMap((flops) =>
      [-3, -2, -1, 0, 1, 2, 3].map((step) => {
        const params = Math.sqrt(flops / 120) * 1.62 ** step;
        const tokens = flops / (6 * params);
        return {
          params_total: params,
          tokens,
          loss: loss({ params, tokens }) * Math.exp(size * random.normal()),
        };
      }),
    );
    return observe(tableOf(points, { origin: "planted" }), { inputs: ["params", "tokens"], output: "loss" });
  };

  test("it does not see how a quantity is written: of ln A it is the logarithm of that of A", () => {
    const runs = ladder(0.01);
    const found = fit(chinchilla, runs);
    const plain = of("profile", intervalsOf(found, runs, parameterQuantity(chinchilla, "A")));
    const log = of(
      "profile",
      intervalsOf(found, runs, { name: "ln A", of: ({ A }) => Math.log(A!), positive: false }),
    );
    expect(Math.exp(log.low!) / plain.low!).toBeCloseTo(1, 4);
    expect(Math.exp(log.high!) / plain.high!).toBeCloseTo(1, 4);
  });

  test.each(["huber-log", "squared-log", "absolute-log"])(
    "%s: the three methods agree on a, N* and the loss to half of their width where the data are good",
    (objective) => {
      const runs = ladder(0.003);
      const found = fit(chinchilla, runs, { objective, bootstrap: 100 });
      for (const quantity of [
        exponentQuantity(found)!,
        optimumQuantity(chinchilla, 1e22, "params"),
        outputQuantity(chinchilla, { params: 1e10, tokens: 2e11 }),
      ]) {
        const { intervals } = intervalsOf(found, runs, quantity);
        const width = intervals[1]!.high! - intervals[1]!.low!;
        for (const { method, low, high } of intervals) {
          expect(Math.abs(low! - intervals[1]!.low!), `${method} ${quantity.name}`).toBeLessThan(width / 2);
          expect(Math.abs(high! - intervals[1]!.high!), `${method} ${quantity.name}`).toBeLessThan(width / 2);
        }
      }
    },
  );

  test("a floor that the data do not hold has no low end, and a sentence says so", () => {
    const runs = ladder(0.003, { E: 0.3, A: 60, alpha: 0.16, B: 120, beta: 0.16 });
    const found = fit(chinchilla, runs, { objective: "squared-log" });
    const floor = of("profile", intervalsOf(found, runs, parameterQuantity(chinchilla, "E")));
    expect(floor.low).toBeNull();
    expect(floor.high).toBeGreaterThan(0.3);
    expect(floor.message).toBe("No low end: however low E is set, the other parameters make up for it.");
  });

  test("a floor that has vanished has no interval, and the exponents beside it keep theirs", () => {
    const runs = ladder(0.02, { E: 0.3, A: 60, alpha: 0.16, B: 120, beta: 0.16 });
    const found = fit(chinchilla, runs, { objective: "squared-log", bootstrap: 100 });
    expect(found.status).toBe("at-bound");
    const floor = intervalsOf(found, runs, parameterQuantity(chinchilla, "E"));
    expect(of("profile", floor).message).toBe(
      "No residual notices it: it has run to the end of its range, or is fixed.",
    );
    // draws may bring it back
    expect(of("bootstrap", floor).high).toBeGreaterThan(0.1);
    const alpha = of("profile", intervalsOf(found, runs, parameterQuantity(chinchilla, "alpha")));
    expect(alpha.high! - alpha.low!).toBeLessThan(0.1);
  });

  test("side by side they stay in the fit's file", () => {
    const runs = ladder(0.01);
    const found = fit(chinchilla, runs);
    const kept = { ...found, intervals: [intervalsOf(found, runs, parameterQuantity(chinchilla, "E"))] };
    expect(fitSchema.parse(JSON.parse(JSON.stringify(kept))).intervals).toEqual(kept.intervals);
  });
});
