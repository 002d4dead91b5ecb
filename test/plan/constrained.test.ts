import { describe, expect, test } from "vitest";
import { chinchilla, findLaw } from "../../src/laws/index.ts";
import {
  type Constraints,
  constrainedPlanSchema,
  flatMovesSchema,
  movesAlongBudget,
  plan,
  planConstrained,
} from "../../src/plan/index.ts";
import { plantedFit } from "./planted-fit.ts";

const basis = { law: chinchilla, set: "besiroglu2024-refit" };
const { E, A, alpha, B, beta } = chinchilla.sets["besiroglu2024-refit"]!.parameters;
const loss = (N: number, D: number): number => E + A / N ** alpha + B / D ** beta;

describe("held to one thing, the rest is compute-optimal", () => {
  // Besiroglu's refit at Chinchilla's 5.76e23: 73.19B, 1.312T, as the project's own optimum has it to every digit
  const best = plan(basis, 5.76e23).optimum;
  test.each<[keyof Constraints, number]>([
    ["flops", 5.76e23],
    ["loss", best.loss!],
    ["params", best.params],
    ["tokens", best.tokens],
    ["tokensPerParam", best.tokensPerParam],
  ])("%s of Chinchilla's optimum gives it back", (quantity, value) => {
    const { point, price, bestOnBudget } = planConstrained(basis, { [quantity]: value });
    expect(point.params / best.params).toBeCloseTo(1, 6);
    expect(point.tokens / best.tokens).toBeCloseTo(1, 6);
    expect(point.flops / 5.76e23).toBeCloseTo(1, 6);
    expect(price).toEqual({ loss: 0, flops: 0, share: 0, overtraining: 1 });
    expect(bestOnBudget).toEqual(point);
  });

  test("the cheapest budget for a loss: a tenth less compute doesn't reach it", () => {
    const { point } = planConstrained(basis, { loss: 2.1 });
    expect(point.loss).toBeCloseTo(2.1, 12);
    expect(plan(basis, 0.9 * point.flops).optimum.loss!).toBeGreaterThan(2.1);
    expect(plan(basis, point.flops).optimum.loss!).toBeCloseTo(2.1, 12);
  });
});

describe("held to two things, nothing is free", () => {
  test.each<[Constraints]>([
    [{ params: 7e9, tokens: 1e12 }],
    [{ params: 7e9, tokensPerParam: 1e12 / 7e9 }],
    [{ tokens: 1e12, tokensPerParam: 1e12 / 7e9 }],
    [{ params: 7e9, flops: 4.2e22 }],
    [{ tokens: 1e12, flops: 4.2e22 }],
    [{ tokensPerParam: 1e12 / 7e9, flops: 4.2e22 }],
    [{ params: 7e9, loss: loss(7e9, 1e12) }],
    [{ tokens: 1e12, loss: loss(7e9, 1e12) }],
    [{ tokensPerParam: 1e12 / 7e9, loss: loss(7e9, 1e12) }],
    [{ flops: 4.2e22, loss: loss(7e9, 1e12) }],
  ])("%j is 7B on 1T tokens", (constraints) => {
    const { point } = planConstrained(basis, constraints);
    expect(point.params / 7e9).toBeCloseTo(1, 8);
    expect(point.tokens / 1e12).toBeCloseTo(1, 8);
    expect(point.flops / 4.2e22).toBeCloseTo(1, 8);
  });

  test("a budget and a loss above its best have a smaller and a larger model", () => {
    const { point, alternative, bestOnBudget } = planConstrained(basis, { flops: 1e23, loss: 2.05 });
    expect(point.params).toBeLessThan(bestOnBudget!.params);
    expect(alternative!.params).toBeGreaterThan(bestOnBudget!.params);
    for (const { params, tokens } of [point, alternative!]) {
      expect(loss(params, tokens)).toBeCloseTo(2.05, 10);
      expect((6 * params * tokens) / 1e23).toBeCloseTo(1, 10);
    }
  });

  // 15e12 / 8e9 = 1875; the law's own ratio at 7.2e23 FLOPs is 17.8, so 105 times it: about 94 times the rule of 20
  test("Llama 3's 8B on 15T tokens: 105 times the optimum's ratio, 5.6 times the FLOPs that its loss needs", () => {
    const { point, price, cheapestForLoss } = planConstrained(basis, { params: 8e9, tokens: 15e12 });
    expect(point.tokensPerParam).toBe(1875);
    expect(point.tokensPerParam / 20).toBeCloseTo(93.75, 10);
    expect(price.overtraining).toBeCloseTo(1875 / plan(basis, 7.2e23).optimum.tokensPerParam, 8);
    expect(price.share! + 1).toBeCloseTo(7.2e23 / cheapestForLoss!.flops, 10);
    expect(plan(basis, cheapestForLoss!.flops).optimum.loss!).toBeCloseTo(point.loss, 10);
  });

  test("a law that has no parameters in it but takes them from 6ND serves too: over-training at a ratio", () => {
    const { point } = planConstrained(
      { law: findLaw("overtraining"), set: "gadre2024-redpajama-refit" },
      { tokensPerParam: 640, params: 1439795200 },
    );
    // scaling_explorer.ipynb, cell 2: 0.7103 % above the measured loss of 1.4B at M = 640
    expect(point.loss / (2.50205356212 * 1.007103)).toBeCloseTo(1, 5);
  });
});

test("intervals are of what was not given, and its JSON is read back whole", () => {
  const fitted = plantedFit({ bootstrap: 40 });
  const made = planConstrained(fitted, { loss: 2.2, params: 2e9 });
  expect(made.intervals.params).toBeNull();
  expect(made.intervals.loss).toBeNull();
  expect(made.intervals.tokens!.low).toBeLessThan(made.point.tokens);
  expect(made.intervals.tokens!.high).toBeGreaterThan(made.point.tokens);
  expect(constrainedPlanSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
  // N and C fix D whatever the law says: only the loss is uncertain
  const fixed = planConstrained(fitted, { flops: 1e22, params: 2e9 });
  expect(fixed.intervals.tokens).toBeNull();
  expect(fixed.intervals.loss).not.toBeNull();
});

describe("what has no answer says so and why", () => {
  test.each<[Constraints, string]>([
    [
      { loss: 1.8 },
      "it never falls below 1.81722 (its E, irreducible loss: the entropy of the text, which no parameters and no tokens remove), got 1.8; ask for more than that",
    ],
    [{ loss: 1.7, params: 7e9 }, "it never falls below 1.81722"],
    [
      { loss: 1.9, params: 1e8 },
      "100M parameters and a loss of 1.9 don't go together: the loss stays above 2.61299 however long it is trained, got 1.9",
    ],
    [{ loss: 1.9, tokens: 1e9 }, "however large the model is"],
    [{ loss: 2, flops: 1e18 }, "the loss stays above 3.48905 whatever the split is"],
    [
      { tokensPerParam: 1e5 },
      "the law's own ratio is 25.9 at 1e18 FLOPs and 14.6 at 1e27; give a budget too",
    ],
    [{}, "expected one or two of flops, loss, params, tokens, tokensPerParam, got none"],
    [{ flops: 1e20, loss: 2, params: 1e9 }, "got flops and loss and params; leave one of them out"],
    [{ params: 0 }, "expected params above 0, got 0"],
    [{ flops: -1e20 }, "expected flops above 0, got -1e20"],
  ])("%j", (constraints, message) => {
    expect(() => planConstrained(basis, constraints)).toThrow(message);
  });

  test("a law that counts another FLOP than 6ND, asked for a budget", () => {
    const { parameters } = findLaw("fine-grained-moe").sets.krajewski2024!;
    expect(() =>
      planConstrained(
        { law: findLaw("fine-grained-moe"), parameters },
        { flops: 1e22 },
        { held: { granularity: 8 } },
      ),
    ).toThrow("cannot plan a budget with fine-grained-moe: N counts every expert");
  });
});

describe("moving along a budget", () => {
  const moves = movesAlongBudget(basis, 5.76e23, { served: { tokens: 1e13 } });
  const half = moves.find(({ factor }) => factor === 0.5)!;

  test("half the model on twice the tokens: the loss by hand, the budget that its loss needs, and what serving saves", () => {
    const best = plan(basis, 5.76e23).optimum;
    const more = loss(best.params / 2, best.tokens * 2) - best.loss!;
    expect(half.more).toBeCloseTo(more, 12);
    expect(plan(basis, 5.76e23 * (1 - half.budgetLost!)).optimum.loss!).toBeCloseTo(half.loss, 10);
    expect(half.servingFactor).toBe(0.5);
    const life = (N: number): number => 5.76e23 + 2 * N * 1e13;
    expect(half.lifetimeFactor).toBeCloseTo(life(best.params / 2) / life(best.params), 12);
    expect(flatMovesSchema.parse(JSON.parse(JSON.stringify(moves)))).toEqual(moves);
  });

  test("agrees with the flat region of the plan on what is flat", () => {
    const region = plan(basis, 5.76e23).flatRegion!.params;
    for (const { params, flat } of moves) expect(flat).toBe(params >= region[0] && params <= region[1]);
    expect(moves.map(({ flat }) => flat)).toEqual([false, false, true, true, true, false, false]);
  });

  test("refuses a factor that is no size", () => {
    expect(() => movesAlongBudget(basis, 1e21, { factors: [0] })).toThrow("expected factors above 0, got 0");
  });
});
