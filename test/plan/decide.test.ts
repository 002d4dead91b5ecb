import { describe, expect, test } from "vitest";
import { fitIsoflop } from "../../src/fit/index.ts";
import { chinchilla, defineLaw, fineGrainedMoe } from "../../src/laws/index.ts";
import {
  decide,
  parseBudget,
  planConstrained,
  planDataLimit,
  planExplain,
  planInference,
  planSchema,
} from "../../src/plan/index.ts";
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

  test("scarce data are repeated for a fixed size too, by the law of repetition, which then stands in the plan", () => {
    const words = "7B model, 1e22 FLOPs";
    const fresh = decide(basis, asked(words));
    const made = decide(basis, asked(`${words}, 50B unique tokens`));
    // 1e22 / (6 · 7e9) = 238B tokens, of which 50B are new
    expect(made.optimum.tokens / 1e9).toBeCloseTo(238.1, 1);
    expect(made.optimum.loss!).toBeGreaterThan(fresh.optimum.loss! + 0.005);
    expect(made.chosen.says).toMatch(/read 4.76 times/);
    expect(made.held).toEqual({ uniqueTokens: 50e9 });
    expect(made.formula).toMatch(/R_D_star/);
    expect(made.constrained!.assumed).toHaveLength(2);
    // beside the best size on these tokens it is worse, and enough tokens change nothing
    const best = planDataLimit(basis, { flops: 1e22, uniqueTokens: 50e9 }).optimum;
    expect(made.optimum.loss!).toBeGreaterThan(best.loss);
    expect(decide(basis, asked(`${words}, 1T unique tokens`)).optimum).toEqual(fresh.optimum);
    survives(made);
  });

  test("money pays for serving a fixed size too: 6·N·D + 2·N·I = C; where nothing is left to train with, that is the error", () => {
    const made = decide(basis, asked("70B model, $5M of H100, served 3e12 tokens"));
    const { params, tokens } = made.optimum;
    expect((6 * params * tokens + 2 * params * 3e12) / made.asked!.flops!).toBeCloseTo(1, 9);
    expect(made.inference!.question.loss).toBe(made.optimum.loss);
    for (const fixed of ["1T tokens", "20 tokens per parameter"]) {
      const { optimum, asked: question } = decide(basis, asked(`${fixed}, $5M of H100, served 3e12 tokens`));
      const all = 6 * optimum.params * (optimum.tokens + 1e12);
      expect(all / question!.flops!, fixed).toBeCloseTo(1, 6);
    }
    expect(() => decide(basis, asked("70B model, $100k of H100, served 1e15 tokens"))).toThrow(
      /serving takes more than the .* FLOPs by itself.*; give more, or serve less/,
    );
    survives(made);
  });

  test("a loss that is served is reached by the model that is cheapest over its life, as Sardana et al. 2023 have it", () => {
    const sardana = { law: chinchilla, set: "sardana2023" } as const;
    const target = planConstrained(sardana, { params: 30e9 }).point.loss;
    const made = decide(sardana, asked(`loss ${target}, served 1e13 tokens`));
    expect(made.chosen.by).toBe("serving");
    expect((made.optimum.params / 1e9).toFixed(1)).toBe("13.6"); // their figure
    expect(made.free).toBeNull();
    const dear = decide(sardana, asked(`loss ${target}, served 1e13 tokens, $100k of H100`));
    expect(dear.warnings.join(" ")).toMatch(/times the budget of/);
  });

  test("the ends of what is assumed are plans of their own: money at the dearest price and the lowest MFU, and the reverse", () => {
    const { ends, asked: question } = decide(basis, asked("$2M of H100"));
    expect(ends!.flops).toEqual(question!.flopsRange);
    expect(ends!.low).toEqual(decide(basis, question!.flopsRange![0]).optimum);
    expect(ends!.high).toEqual(decide(basis, question!.flopsRange![1]).optimum);
    expect(ends!.high.params).toBeGreaterThan(1.5 * ends!.low.params);
    expect(decide(basis, asked("$2M of H100 at $2/h at 40% MFU")).ends).toBeNull();
    expect(decide(basis, asked("loss 2.1, $2M of H100")).ends).toBeNull(); // the loss decides, not the money
  });

  test("a lone size is its own optimum, and nothing free of it stands beside", () => {
    expect(decide(basis, asked("7B model")).free).toBeNull();
    expect(decide(basis, asked("7B model on 2T tokens")).free).not.toBeNull();
  });

  test("a mixture's N is what a token passes, so that its tokens cost what the budget says; no dense shape for another cost", () => {
    const { shape, optimum } = decide(basis, 1e22, { shape: { family: "moe" } });
    expect(shape!.count.active / optimum.params).toBeCloseTo(1, 1);
    expect(shape!.flopsPerToken.exact / (6 * optimum.params)).toBeLessThan(1.2);
    const experts = { law: fineGrainedMoe, set: "krajewski2024" } as const;
    const made = decide(experts, 1e22, { held: { granularity: 8 } });
    expect(made.shape).toBeNull();
    expect(made.left.join(" ")).toMatch(/a token costs 6 \* N \/ 43 FLOPs here/);
  });

  test("warned: money left, an MFU nobody reached, a loss worse than guessing, FLOPs without attention, unverified serving", () => {
    const warnings = (words: string) => decide(basis, asked(words)).warnings.join("\n");
    expect(warnings("$2M and 30 days on 512 H100")).toMatch(/Of \$2M, .* are left/);
    expect(warnings("$1M of H100 at 95% MFU")).toMatch(/No published training in the table reaches 95% MFU/);
    expect(warnings("1e6 FLOPs")).toMatch(/worse than giving every one of 50,257 tokens/);
    expect(warnings("$10k of H100")).toMatch(/6ND, without attention/);
    expect(warnings("1e22 FLOPs, served 1e12 tokens interactive")).toMatch(/All served tokens are taken as/);
    expect(warnings("1e22 FLOPs")).toBe("");
  });

  test("a loss in other units than nats tells the rules of batches nothing", () => {
    const law = defineLaw({ ...chinchilla, name: "in-bits", unit: "bits per byte", sets: {} });
    const { parameters } = chinchilla.sets["besiroglu2024-refit"];
    const critical = (made: ReturnType<typeof decide>) =>
      made.settings!.rules.find(({ rule }) => rule === "critical-batch")!.value;
    expect(critical(decide({ law: chinchilla, parameters }, 1e20))).toBeGreaterThan(0);
    expect(critical(decide({ law, parameters }, 1e20))).toBeNull();
  });

  test("serving in words is weighed by the training's own MFU", () => {
    const made = decide(basis, asked("1e22 FLOPs on H100 at 40% MFU, served 1e12 tokens interactive"));
    expect(made.inference!.weighedTokens / 1e12).toBeCloseTo(0.4 / 0.14, 6); // Pope et al. 2022: 14 % in writing
  });

  test("a time for a token says over how many devices the model is spread: all weights are read in it", () => {
    const words = "70B model on 1T tokens, on H100, served 1e12 tokens at 10 ms per token";
    // 140 GB of bf16 at 3.35 TB/s are 41.8 ms, half of it in int8
    expect(decide(basis, asked(words)).latencyDevices).toBe(5);
    expect(decide(basis, asked(`${words}, in int8`)).latencyDevices).toBe(3);
    expect(decide(basis, asked("1e22 FLOPs on H100, served 1e12 tokens")).latencyDevices).toBeNull();
  });

  test("devices that nobody said are said to be assumed", () => {
    const { layout } = decide(basis, asked("$2M of H100"));
    expect(layout!.best!.devices).toBe(512); // 501K device-hours in 30 days are 696
    expect(layout!.assumed.join()).toMatch(/512 H100, the power of two that takes about a month/);
    expect(decide(basis, asked("30 days on 512 H100")).layout!.assumed.join()).not.toMatch(/say how many/);
  });

  test.each([
    ["$2M of H100, served 1e12 tokens", /the served tokens for which this is the cheapest, weighed$/, 1e12],
    ["loss 2, served 1e13 tokens", /the served tokens for which this is the cheapest, weighed$/, 1e13],
  ])("explained, %s: the tokens for which it is the cheapest are those served", (words, what, served) => {
    const steps = planExplain(decide(basis, asked(words)), chinchilla);
    expect(steps.find((step) => what.test(step.what))!.value! / served).toBeCloseTo(1, 5);
    expect(steps.some((step) => /neither end pulls/.test(step.what))).toBe(false);
  });

  test("the arithmetic can be followed: the last line of --explain is the plan's own number", () => {
    const made = decide(basis, 5.76e23);
    const steps = planExplain(made, chinchilla);
    expect(steps.map(({ value }) => value)).toContain(made.optimum.params);
  });
});
