import { describe, expect, test } from "vitest";
import { chinchilla } from "../../src/laws/index.ts";
import { countParameters } from "../../src/models/index.ts";
import {
  ladderBudgets,
  planOptimalSweep,
  planRatioSweep,
  planSweep,
  refusalOf,
  sweepPlanSchema,
} from "../../src/plan/index.ts";
import { plantedFit } from "./planted-fit.ts";

const bases = [{ law: chinchilla, set: "besiroglu2024-refit" }];

describe("a ladder for a target budget (C = 6ND, total parameters)", () => {
  test("takes a hundredth of it unless said otherwise, on five budgets over two decades", () => {
    const { design, flops, runs } = planSweep({ target: 1e22 });
    expect(runs).toBe(35);
    expect(flops / 1e20).toBeCloseTo(1, 10);
    expect(design.budgets.at(-1)! / design.budgets[0]!).toBeCloseTo(100, 9);
    expect(planSweep({ target: 1e22, share: 0.001, seeds: [0, 1] }).flops / 1e19).toBeCloseTo(1, 10);
    expect(ladderBudgets(1e20, 7).reduce((sum, C) => sum + 7 * C, 0)).toBeCloseTo(1e20, -8);
  });

  test("leaves out what cannot be run, with the reason, and a budget of which fewer than three sizes are left", () => {
    const { specs, refused, flops } = planSweep({
      budgets: [1e18, 1e20],
      limits: { uniqueTokens: 3e9, epochs: 1, maxParams: 1e9 },
    });
    // 1e20: sizes above 5.6e9 read fewer than 3B tokens, and none of at most 1e9 does
    expect(specs.every(({ tokens }) => tokens <= 3e9)).toBe(true);
    expect(specs.length + refused.length).toBe(14);
    expect(refused.some(({ reason }) => reason.includes("epochs of 3B unique ones"))).toBe(true);
    expect(refused.some(({ reason }) => reason.includes("parameters are more than 1B"))).toBe(true);
    expect(flops).toBeCloseTo(specs.length * 1e18, -8);
    const two = planSweep({ budgets: [1e18, 1e20], limits: { maxTokens: 2e9, maxParams: 1.5e10 } });
    expect(two.refused.map(({ reason }) => reason)).not.toContain(undefined);
    expect(() => planSweep({ budgets: [1e18], limits: { minParams: 1e12 } })).toThrow(
      /none of its 7 runs can be made; of 22.8M parameters .* fewer than 1T; loosen the limits/,
    );
    const few = planSweep({ budgets: [1e18, 3e18], limits: { maxParams: 9.2e7 } });
    expect(few.refused.at(-1)!.reason).toBe(
      "fewer than 3 sizes of 3e18 FLOPs can be run, which shows no minimum",
    );
  });

  test("with a shape, N is the shape's own count and D what it leaves of the budget; gpt's shapes are those of its engine", () => {
    const shape = { family: "llama", vocabulary: 256, context: 128 } as const;
    const { specs } = planSweep({ budgets: [1e15], trainer: "gpt", shape });
    for (const { shape: built, parameters, tokens } of specs) {
      expect(parameters.total).toBe(countParameters(built!).total);
      expect((6 * parameters.total! * tokens) / 1e15).toBeCloseTo(1, 12);
      expect(built).toMatchObject({ vocabulary: 256, context: 128, biases: false, learnedPositions: false });
    }
  });

  test("of two sizes with one shape the second is refused", () => {
    const { refused, specs } = planSweep({
      budgets: [1e15],
      sizesPerBudget: 41,
      spread: 1.3,
      shape: { family: "llama", vocabulary: 256, context: 128, aspect: 32 },
    });
    expect(refused.some(({ reason }) => reason === "its shape is that of another size")).toBe(true);
    expect(new Set(specs.map(({ id }) => id)).size).toBe(specs.length);
  });
});

test("a grid of ratios: every size at every ratio, 6rN² FLOPs, a hundredth of the target together", () => {
  const { specs, flops, runs } = planRatioSweep({ target: 1e22 });
  expect(runs).toBe(30);
  expect(flops / 1e20).toBeCloseTo(1, 6); // sizes are whole numbers
  expect(new Set(specs.map(({ tokens, parameters }) => Math.round(tokens / parameters.total!)))).toEqual(
    new Set([5, 10, 20, 40, 80]),
  );
  const given = planRatioSweep({ sizes: [1e8, 2e8], ratios: [20] });
  expect(given.specs.map(({ id }) => id)).toEqual(["n100M-d2B-s0", "n200M-d4B-s0"]);
  expect(given.flops).toBeCloseTo(6 * 20 * (1e16 + 4e16), -6);
});

describe("an optimal sweep", () => {
  const sweep = planOptimalSweep({ target: 1e22, bases });

  test("stays within a hundredth of the target, a quarter of that in one run, and its limits", () => {
    expect(sweep.flops).toBeLessThanOrEqual(1e20 * (1 + 1e-9));
    expect(sweep.runs).toBeLessThanOrEqual(24);
    for (const { parameters, tokens } of sweep.specs)
      expect(6 * Object.values(parameters)[0]! * tokens).toBeLessThanOrEqual(2.5e19 * (1 + 1e-6));
    const limited = planOptimalSweep({
      target: 1e22,
      bases,
      limits: { minTokensPerParam: 5, maxTokensPerParam: 80 },
    });
    for (const { parameters, tokens } of limited.specs) {
      const ratio = tokens / Object.values(parameters)[0]!;
      expect(ratio).toBeGreaterThanOrEqual(5 * (1 - 1e-5));
      expect(ratio).toBeLessThanOrEqual(80 * (1 + 1e-5));
    }
    expect(limited.design.expected.isoflop).toBeNull(); // the grid cannot be run as it is
  });

  test("is expected to leave less than isoFLOP curves of as many FLOPs, and more runs leave no more", () => {
    const { sd, isoflop } = sweep.design.expected;
    expect(sd).toBeLessThan(0.85 * isoflop!);
    const few = planOptimalSweep({ target: 1e22, bases, most: 8 }).design.expected.sd;
    expect(few).toBeGreaterThan(sd);
  });

  test("by a fit, its draws are beliefs too and its scatter is the noise", () => {
    const { design } = planOptimalSweep({ target: 1e21, bases: [plantedFit()], most: 8 });
    expect(design.beliefs).toMatchObject([{ kind: "fit" }]);
    expect(design.noise).toBeGreaterThan(0.002); // 0.3 % is planted, 120 rows know it to a tenth
    expect(design.noise).toBeLessThan(0.004);
  });

  test("refuses what it cannot design by", () => {
    expect(() => planOptimalSweep({ target: 1e22, bases: [] })).toThrow(
      "expected a belief about the law, got none",
    );
    expect(() => planOptimalSweep({ target: 1e22, bases, most: 2 })).toThrow("expected runs, got at most 2");
    expect(() => planOptimalSweep({ target: 1e22, bases, limits: { minParams: 1e15 } })).toThrow(
      "loosen the limits",
    );
    expect(() => planOptimalSweep({ target: -1, bases })).toThrow("expected target above 0");
  });
});

test("all designs survive JSON by their schema", () => {
  for (const sweep of [
    planSweep({ target: 1e20, limits: { maxParams: 1e8 }, shape: { family: "gpt2" } }),
    planRatioSweep({ target: 1e20 }),
    planOptimalSweep({ target: 1e20, bases, most: 6 }),
  ])
    expect(sweepPlanSchema.parse(JSON.parse(JSON.stringify(sweep)))).toEqual(sweep);
});

test.each([
  [{ minTokens: 2e9 }, "1B tokens are fewer than 2B"],
  [{ uniqueTokens: 1e8 }, "1B tokens are 10 epochs of 100M unique ones, and beyond 4 repeating costs"],
  [{ maxTokensPerParam: 5 }, "10 tokens per parameter are more than 5"],
  [{ minSteps: 2000 }, "1B tokens are 954 steps of 1.05M, fewer than 2000"],
  [{ maxFlops: 1e17 }, "6e17 FLOPs are more than 1e17"],
  [{}, null],
])("a run of 100M parameters on 1B tokens under %j", (limits, reason) => {
  expect(refusalOf({ params: 1e8, tokens: 1e9, flops: 6e17 }, limits, 2 ** 20)).toBe(reason);
});
