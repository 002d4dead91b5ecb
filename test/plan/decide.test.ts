import { describe, expect, test } from "vitest";
import { fitIsoflop } from "../../src/fit/index.ts";
import { chinchilla } from "../../src/laws/index.ts";
import { decide, parseBudget, planExplain, planInference, planSchema } from "../../src/plan/index.ts";
import { observe, tableOf } from "../../src/runs/index.ts";
import { plantedFit } from "./planted-fit.ts";

const basis = { law: chinchilla, set: "besiroglu2024-refit" } as const;
const asked = (words: string) => parseBudget(words, { assume: true });
const survives = (made: object) => {
  const json = JSON.parse(JSON.stringify(made));
  expect(planSchema.parse(json)).toEqual(json);
};

describe("decide", () => {
  test("a number of FLOPs: the plan, with shape, settings, rivals and models of such compute, and no cost", () => {
    const made = decide(basis, 5.76e23);
    expect(made.optimum.params / 1e9).toBeCloseTo(73.2, 1); // Besiroglu et al. 2024's optimum at Gopher's budget
    expect(made).toMatchObject({
      asked: null,
      free: null,
      cost: null,
      layout: null,
      chosen: { by: "compute" },
    });
    expect(Math.abs(made.shape!.count.total / made.optimum.params - 1)).toBeLessThan(0.02);
    expect(made.settings!.chosen.steps).toBeGreaterThan(1000);
    expect(made.rivals!.rows.length).toBeGreaterThan(10);
    expect(made.models.map(({ model }) => model.name)).toContain("Chinchilla 70B");
    expect(made.moves.find(({ factor }) => factor === 1)!.params).toBeCloseTo(made.optimum.params, -3);
    survives(made);
  });

  test("money pays for training and serving: together they cost the budget, and the model is smaller than without serving", () => {
    const made = decide(basis, asked("$2M of H100, served 1e12 tokens"));
    const { trainingFlops, servingFlops } = made.inference!.optimum;
    expect((trainingFlops + servingFlops) / made.asked!.flops!).toBeCloseTo(1, 9);
    expect(6 * made.optimum.params * made.optimum.tokens).toBeCloseTo(trainingFlops, -18);
    expect(made.optimum.params).toBeLessThan(made.free!.params);
    expect(made.free!.loss!).toBeLessThan(made.optimum.loss!);
    expect(made.cost!.costUsd! * (made.asked!.flops! / trainingFlops)).toBeCloseTo(2e6, 0);
    expect(made.cost!.mfu.origin).toBe("assumed");
    survives(made);
  });

  test("compute that is said in FLOPs trains, and serving is answered beside it", () => {
    const made = decide(basis, asked("1e24 FLOPs, served 1e12 tokens"));
    expect(made.chosen.by).toBe("compute");
    expect(made.optimum).toEqual(decide(basis, 1e24).optimum);
    expect(made.inference!.optimum).toEqual(
      planInference(basis, { flops: 1e24, served: { tokens: 1e12 } }).optimum,
    );
  });

  test("scarce data are repeated; where they suffice they change nothing", () => {
    const scarce = decide(basis, asked("1e23 FLOPs, 100B unique tokens"));
    expect(scarce.chosen.by).toBe("data");
    expect(scarce.optimum.tokens).toBeGreaterThan(3 * 100e9);
    expect(scarce.optimum.loss!).toBeGreaterThan(scarce.free!.loss!);
    survives(scarce);
    const plenty = decide(basis, asked("1e23 FLOPs, 10T unique tokens"));
    expect(plenty.chosen).toMatchObject({ by: "compute", says: expect.stringContaining("are enough") });
    expect(plenty.optimum).toEqual(decide(basis, 1e23).optimum);
  });

  test("what is fixed holds, and a budget beside a loss says whether it can be paid", () => {
    const ratio = decide(basis, asked("1e21 FLOPs, 20 tokens per parameter"));
    expect(ratio.optimum.tokensPerParam).toBeCloseTo(20, 9);
    expect(ratio.budget.flops / 1e21).toBeCloseTo(1, 9);
    const dear = decide(basis, asked("reach a loss of 2.0 with a 10B model for at most 1e23 FLOPs"));
    expect(dear.optimum).toMatchObject({ params: 10e9, loss: expect.closeTo(2, 9) });
    expect(dear.warnings.join(" ")).toMatch(/times the budget of 1e23: ask for less/);
    const size = decide(basis, asked("8B parameters, 15T tokens"));
    expect(size.optimum).toMatchObject({ params: 8e9, tokens: 15e12, tokensPerParam: 1875 });
    for (const made of [ratio, dear, size]) survives(made);
  });

  test("a target below the floor is refused with the floor's value", () => {
    expect(() => decide(basis, asked("loss 1.5"))).toThrow(/never falls below 1.81722/);
  });

  test("two limits: the one that binds is what the plan is made for", () => {
    const made = decide(basis, asked("$2M and 30 days on 512 H100"));
    expect(made.asked!.limits.find(({ binding }) => binding)!.kind).toBe("deadline");
    expect(made.budget.flops).toBe(made.asked!.flops);
    expect(made.layout!.best!.devices).toBe(512);
  });

  test("a fit's draws give every answer its interval", () => {
    const made = decide(plantedFit(), asked("1e22 FLOPs, served 1e12 tokens"));
    for (const interval of Object.values(made.intervals!)) expect(interval!.low).toBeLessThan(interval!.high);
    expect(made.shape!.ends!.low.params).toBeLessThan(made.shape!.ends!.high.params);
    expect(made.inference!.intervals.params).not.toBeNull();
  });

  test("a fit of approach 2 plans and refuses what needs a loss, with the reason", () => {
    const rows = [1e18, 1e19, 1e20].flatMap((C) =>
      [0.25, 0.5, 1, 2, 4].map((f) => {
        const params = Math.sqrt(C / 120) * f;
        return {
          params_total: params,
          tokens: C / (6 * params),
          flops: C,
          loss: 2 + 0.1 * Math.log(f) ** 2 + 1e19 ** 0.05 / C ** 0.05,
        };
      }),
    );
    const runs = observe(tableOf(rows, { origin: "planted" }), {
      inputs: ["params", "tokens", "flops"],
      output: "loss",
    });
    const lines = fitIsoflop(runs);
    expect(decide(lines, 1e21)).toMatchObject({ optimum: { loss: null }, moves: [] });
    expect(() => decide(lines, asked("1e21 FLOPs, 50B unique tokens"))).toThrow(
      /says where the best model lies and no losses/,
    );
  });

  test("the arithmetic can be followed: the last line of --explain is the plan's own number", () => {
    const made = decide(basis, 5.76e23);
    const steps = planExplain(made, chinchilla);
    expect(steps.map(({ value }) => value)).toContain(made.optimum.params);
  });
});
