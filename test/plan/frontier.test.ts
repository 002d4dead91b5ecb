import { describe, expect, test } from "vitest";
import { type FrontierFit, fitIsoflop } from "../../src/fit/index.ts";
import { chinchilla, computeOptimum, lawFunction } from "../../src/laws/index.ts";
import { seededRandom } from "../../src/numeric/index.ts";
import { plan, planSchema, planSweep, sweepPlanSchema } from "../../src/plan/index.ts";
import { contentHash, tableOf } from "../../src/runs/index.ts";

/** Symmetric, so that approach 2 has no bias: N* = k·C^½. */
const even = { E: 1.7, A: 400, B: 400, alpha: 0.3, beta: 0.3 };

function sweep({ noise = 0, ratio = 1 }: { noise?: number; ratio?: number } = {}): FrontierFit {
  const law = lawFunction(chinchilla, even);
  const random = seededRandom(3);
  const records = [1e18, 1e19, 1e20].flatMap((flops) =>
    [1 / 4, 1 / 2, 1, 2, 4].map((factor) => {
      const params = Math.sqrt(flops / 6) * factor;
      const tokens = flops / (6 * params);
      return {
        params_total: params,
        tokens,
        flops: flops * ratio,
        loss: law({ params, tokens }) + noise * random.normal(),
      };
    }),
  );
  return fitIsoflop(tableOf(records, { origin: "sweep" }), { bootstrap: noise > 0 ? 60 : 0 });
}

describe("a plan from approach 2", () => {
  test("takes N* and D* from the two lines, and has no loss and no flat region", () => {
    const made = plan(sweep(), 1e22);
    const truth = computeOptimum(chinchilla, even, 1e22)!;
    expect(made.optimum.params / truth.params).toBeCloseTo(1, 10);
    expect(made.optimum.tokens / truth.tokens).toBeCloseTo(1, 10);
    expect(made.optimum.loss).toBeNull();
    expect(made.flatRegion).toBeNull();
    expect(made.intervals).toBeNull();
    expect(made.formula).toBe("N* = k * C^a; D* = q * C^b");
    expect(made.parameters.a).toBeCloseTo(0.5, 10);
    expect(made.params).toBe("total");
    expect(made.warnings).toEqual([]);
    expect(made.remarks[0]).toMatch(/^Approach 2 says where the best model lies, not how low/);
    expect(made.extrapolation![0]).toMatchObject({ quantity: "flops", side: "above" });
  });

  test("its JSON is read back whole and says what it rests on", () => {
    const fitted = sweep({ noise: 0.002 });
    const made = plan(fitted, 1e22);
    expect(planSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
    expect(made.basis).toEqual({
      kind: "frontier",
      approach: 2,
      method: "parabola",
      optima: 3,
      hash: contentHash(fitted),
      origin: "sweep",
      rows: 15,
    });
  });

  test("intervals come from the joint draws: that of D*/N* is no quotient of the others", () => {
    const fitted = sweep({ noise: 0.002 });
    const { intervals, optimum } = plan(fitted, 1e22);
    for (const quantity of ["params", "tokens", "tokensPerParam"] as const) {
      expect(intervals![quantity]!.low).toBeLessThan(optimum[quantity]);
      expect(intervals![quantity]!.high).toBeGreaterThan(optimum[quantity]);
    }
    expect(intervals!.loss).toBeNull();
    // under 6ND a large N* goes with a small D*, so the ratio spreads as the square of either
    const { params, tokensPerParam } = intervals!;
    expect(Math.log(tokensPerParam!.high / tokensPerParam!.low)).toBeCloseTo(
      2 * Math.log(params!.high / params!.low),
      1,
    );
  });

  test("says how far 6·N*·D* is off the budget where it is", () => {
    expect(plan(sweep({ ratio: 1.25 }), 1e22).warnings).toEqual([
      "At 1e22 FLOPs 6·N*·D* is 20 % below the budget: the two lines are fitted apart, a + b = 1.0000; at the optima themselves it is 20 % below the budget.",
    ]);
  });

  test("refuses what only a law has, and a fit without lines", () => {
    expect(() => plan(sweep(), 1e22, { held: { uniqueTokens: 1e9 } })).toThrow(
      "cannot plan at uniqueTokens with approach 2: it knows budgets alone",
    );
    expect(() => plan({ ...sweep(), laws: null, message: "No lines." }, 1e22)).toThrow(
      "cannot plan with this fit by approach 2: No lines.",
    );
  });
});

test("a sweep centred on approach 2: the sizes lie around N*, each run spends its budget", () => {
  const swept = planSweep({ budgets: [1e21], sizesPerBudget: 3, basis: sweep() });
  const sizes = swept.specs.map(({ parameters }) => parameters.total!);
  expect(sizes[1] / computeOptimum(chinchilla, even, 1e21)!.params).toBeCloseTo(1, 8);
  expect(6 * sizes[0] * swept.specs[0].tokens).toBeCloseTo(1e21, -8);
  expect(swept.design.centre).toMatchObject({ rule: "optimum", basis: { kind: "frontier" }, held: {} });
  expect(sweepPlanSchema.parse(JSON.parse(JSON.stringify(swept)))).toEqual(swept);
});
