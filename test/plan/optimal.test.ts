import { describe, expect, test } from "vitest";
import { chinchilla, findLaw, fineGrainedMoe, kaplanNS, shape, vocabulary } from "../../src/laws/index.ts";
import { plan, planSchema, planSweep, predict } from "../../src/plan/index.ts";

describe("fine-grained experts, where a token passes one parameter in 43", () => {
  const basis = { law: fineGrainedMoe, set: "krajewski2024" };

  // Krajewski et al. 2024, table 2: active parameters and tokens said to be compute-optimal, the router's FLOPs counted.
  // Without the router (5 to 11 % of the table's budgets) N* comes out a few per cent smaller.
  test.each([
    [1e8, 4.37e9, 8],
    [1e9, 28.94e9, 16],
    [3e9, 72.9e9, 16],
    [7e9, 137.6e9, 32],
    [70e9, 941.07e9, 32],
    [300e9, 2.96e12, 64],
    [1e12, 7.94e12, 64],
  ])("table 2: %d active parameters on %d tokens at granularity %d", (active, tokens, granularity) => {
    const { optimum, budget } = plan(basis, 6 * active * tokens, { held: { granularity } });
    expect(budget.convention).toBe("6 * N / 43");
    expect(Math.abs(optimum.params / 43 / active - 1)).toBeLessThan(0.13);
    expect(optimum.tokens * 6 * (optimum.params / 43)).toBeCloseTo(
      budget.flops,
      -Math.log10(budget.flops) + 9,
    );
  });

  test("the flat region's tokens are paid in the same currency", () => {
    const { flatRegion, budget } = plan(basis, 1e20, { held: { granularity: 16 } });
    expect(((6 * flatRegion!.params[0]) / 43) * flatRegion!.tokens[1]).toBeCloseTo(budget.flops, -10);
  });

  test("the question may say what a token costs; in 6ND of all experts the best model is smaller", () => {
    const held = { granularity: 16 };
    const all = plan(basis, 1e20, { held, flopsPerToken: "6 * N" }).optimum.params;
    expect(all).toBeLessThan(plan(basis, 1e20, { held }).optimum.params / 3);
    expect(() => plan(basis, 1e20, { held, flopsPerToken: "6 * N / E" })).toThrow(
      'cannot read "6 * N / E" as the FLOPs of a token: it may name N, G, got "E"',
    );
  });

  test("a sweep around its optimum spends the budget in the same currency", () => {
    const { specs } = planSweep({ budgets: [1e20], basis, held: { granularity: 16 }, sizesPerBudget: 3 });
    for (const { parameters, tokens } of specs)
      expect((6 / 43) * parameters.nonEmbedding! * tokens).toBeCloseTo(1e20, -10);
  });

  test("coefficients that don't say their share of active parameters plan nothing", () => {
    const { parameters } = fineGrainedMoe.sets.krajewski2024!;
    expect(() => plan({ law: fineGrainedMoe, parameters }, 1e20, { held: { granularity: 8 } })).toThrow(
      /^cannot plan a budget with fine-grained-moe: N counts every expert/,
    );
  });
});

describe("laws to which a budget means nothing", () => {
  test.each([
    [{ law: shape, set: "gemstones2025-cooldown" }, "inputs of their own"],
    [{ law: kaplanNS, set: "kaplan2020" }, "not tokens"],
    [{ law: vocabulary, set: "tao2024" }, "characters"],
    [{ law: findLaw("multi-power"), set: "luo2025-400m" }, "none of which follows from a budget"],
  ])("%#: say so", (basis, reason) => {
    expect(() => plan(basis, 1e21)).toThrow(new RegExp(`^cannot plan .*${basis.law.name}.*${reason}`));
  });
});

describe("coefficients given by hand", () => {
  const parameters = { E: 1.69, A: 406.4, alpha: 0.34, B: 410.7, beta: 0.28 };

  test("plan and predict as the published ones, and say that they were given", () => {
    const given = plan({ law: chinchilla, parameters }, 5.76e23);
    expect(given.optimum).toEqual(plan({ law: chinchilla, set: "hoffmann2022-rounded" }, 5.76e23).optimum);
    expect(given.basis).toEqual({ kind: "given", law: "chinchilla" });
    expect(planSchema.parse(JSON.parse(JSON.stringify(given)))).toEqual(given);
    expect(predict({ law: chinchilla, parameters }, { params: 70e9, tokens: 1.4e12 }).value).toBeCloseTo(
      1.9366,
      4,
    );
  });

  test.each([
    [{ ...parameters, alpah: 1 }, 'it has no parameter "alpah"; did you mean "alpha"?'],
    [
      { E: 1.69, A: 406.4, alpha: 0.34 },
      "no value for B (size of the token term), beta (exponent of tokens)",
    ],
    [{ ...parameters, beta: -0.28 }, "beta (exponent of tokens) is positive, got -0.28"],
  ])("%#: refused where they can't be the law's", (wrong, message) => {
    expect(() => plan({ law: chinchilla, parameters: wrong }, 1e21)).toThrow(
      `cannot use these coefficients of chinchilla: ${message}`,
    );
  });
});
