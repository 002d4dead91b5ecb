import { describe, expect, it, test } from "vitest";
import { chinchilla, kaplanN } from "../../src/laws/index.ts";
import { plan, planSweep, sweepPlanSchema } from "../../src/plan/index.ts";

type Options = Parameters<typeof planSweep>[0];

const budgets = [1e18, 1e19, 1e20];
const basis = { law: chinchilla, set: "besiroglu2024-refit" };

describe("an isoFLOP sweep (C = 6ND, total parameters)", () => {
  const sweep = planSweep({ budgets });

  it("has seven sizes a budget around 20 tokens per parameter, from a quarter to four times the centre", () => {
    expect(sweep.runs).toBe(21);
    // N = √(1e18 / 120) = 91,287,092.9, by hand; whole numbers, so half a parameter at the most
    const sizes = sweep.specs.slice(0, 7).map(({ parameters }) => parameters.total!);
    expect(sizes[3]).toBe(91287093);
    expect(sizes[0]).toBe(Math.round(91287092.9175 / 4));
    expect(sizes[6]).toBe(Math.round(91287092.9175 * 4));
    for (let i = 1; i < 7; i++) expect(sizes[i] / sizes[i - 1]).toBeCloseTo(16 ** (1 / 6), 6);
    expect(sweep.specs[3].tokens / sizes[3]).toBeCloseTo(20, 6);
  });

  it("spends each budget to the last FLOP, and the sum of all in all", () => {
    // two roundings of a double: 6 · N · (C / (6 · N))
    for (const { parameters, tokens, id } of sweep.specs) {
      const [exponent] = id.slice("c1e".length).split("-");
      expect((6 * parameters.total! * tokens) / Number(`1e${exponent}`)).toBeCloseTo(1, 14);
    }
    expect(sweep.flops / (7 * 1.11e20)).toBeCloseTo(1, 14);
  });

  it("has ids that a person can read and a second planning finds again", () => {
    expect(sweep.specs.slice(0, 3).map(({ id }) => id)).toEqual([
      "c1e18-n22.8M-s0",
      "c1e18-n36.2M-s0",
      "c1e18-n57.5M-s0",
    ]);
    expect(planSweep({ budgets: [1e20, 1e18, 1e19] }).specs).toEqual(sweep.specs);
    const more = planSweep({ budgets: [...budgets, 1e21], seeds: [0, 1] });
    expect(more.specs).toEqual(expect.arrayContaining([...sweep.specs]));
  });

  it("tells sizes apart that share their first three digits", () => {
    const { specs } = planSweep({ budgets: [1e18, 1.0001e18], spread: 1.001 });
    expect(new Set(specs.map(({ id }) => id)).size).toBe(14);
    expect(specs[0].id).toBe("c1e18-n91.196M-s0");
  });

  it("repeats every run with every seed, and hands the settings on", () => {
    const design = {
      seeds: [3, -1],
      trainer: "gpt",
      batchTokens: 65536,
      learningRate: 0.002,
      settings: { warmup: 0.1 },
    };
    const { specs, runs, flops } = planSweep({ budgets: [1e18], sizesPerBudget: 3, ...design });
    expect(runs).toBe(6);
    expect(flops).toBeCloseTo(6e18, -4);
    expect(specs.map(({ seed }) => seed)).toEqual([3, -1, 3, -1, 3, -1]);
    expect(specs[0]).toMatchObject({
      trainer: "gpt",
      batchTokens: 65536,
      learningRate: 0.002,
      settings: { warmup: 0.1 },
    });
  });

  it("lies around the optimum of a law where it is given one, and says which", () => {
    const centred = planSweep({ budgets: [5.76e23], basis, sizesPerBudget: 3 });
    const { optimum, basis: note } = plan(basis, 5.76e23);
    expect(centred.specs[1].parameters).toEqual({ total: Math.round(optimum.params) });
    expect(centred.design.centre).toEqual({ rule: "optimum", basis: note, held: {} });
  });

  it("counts the parameters as the basis does: a set that doesn't say leaves them unstated", () => {
    const unsaid = { law: chinchilla, set: "muennighoff2023" };
    expect(Object.keys(planSweep({ budgets, basis: unsaid }).specs[0].parameters)).toEqual(["unstated"]);
  });
});

test.each<[Options, string]>([
  [{ budgets: [] }, "cannot plan a sweep: expected a budget, got none; give FLOPs, such as 1e18"],
  [{ budgets: [1e18, 0] }, "cannot plan a sweep: expected every budget above 0, got 0"],
  [{ budgets: [-1e18] }, "expected every budget above 0, got -1e18"],
  [{ budgets: [Number.NaN] }, "expected every budget above 0, got NaN"],
  [{ budgets: [1e18, 1e18] }, "a budget is given twice, got 1e18; repeat runs with seeds instead"],
  [
    { budgets, sizesPerBudget: 1 },
    "a minimum shows only between a smaller and a larger size, got 1 per budget; give at least 3 sizes per budget",
  ],
  [{ budgets, sizesPerBudget: 2 }, "got 2 per budget"],
  [{ budgets, sizesPerBudget: 4.5 }, "got 4.5 per budget"],
  [{ budgets, spread: 1 }, "expected a spread above 1, got 1"],
  [{ budgets, seeds: [] }, "expected a seed, got none"],
  [{ budgets, seeds: [0, 0] }, "a seed is given twice, got 0"],
  [{ budgets, seeds: [0.5] }, "expected whole seeds, got 0.5"],
  [{ budgets, tokensPerParam: -20 }, "expected tokensPerParam above 0, got -20"],
  [
    { budgets, tokensPerParam: 20, basis },
    "a basis and tokensPerParam both set the centre, got 20 and a basis; give one",
  ],
  [{ budgets, learningRate: 0 }, "expected learningRate above 0, got 0"],
  [{ budgets, trainer: "" }, "expected a trainer's name"],
  // √(1000 / 120) = 2.9 parameters: four times fewer is less than one
  [{ budgets: [1000], spread: 10 }, "a run needs at least one parameter and one token, got 0 parameters on"],
  [{ budgets: [1e10], batchTokens: 1e9 }, "a run needs at least one parameter and one batch"],
  [{ budgets: [1000], spread: 1.01 }, "two sizes of a budget are the same, got c1e3-n3 twice"],
  [
    { budgets, basis: { law: kaplanN, set: Object.keys(kaplanN.sets)[0] } },
    "kaplan-n has no optimum on a budget of 1e18 FLOPs",
  ],
])("a design that cannot work is refused (%#)", (options, message) => {
  expect(() => planSweep(options)).toThrow(message);
});

describe("the contract of a sweep file, isoflop.sweep/1", () => {
  const sweep = planSweep({ budgets, basis, settings: { schedule: "wsd", betas: [0.9, 0.95] } });
  const json = (): typeof sweep => JSON.parse(JSON.stringify(sweep));

  it("survives JSON", () => {
    expect(sweepPlanSchema.parse(json())).toEqual(sweep);
    expect(Object.keys(sweep)).toEqual(["format", "design", "specs", "runs", "flops", "refused"]);
  });

  it.each<[string, unknown, string]>([
    ["another format", { ...json(), format: "isoflop.sweep/2" }, "format"],
    ["a wrong count", { ...json(), runs: 3 }, "runs"],
    ["a run twice", { ...json(), runs: 2, specs: [sweep.specs[0], sweep.specs[0]] }, "specs"],
    ["an unknown key", { ...json(), flop: 1 }, ""],
  ])("refuses %s", (_, file, path) => {
    expect(sweepPlanSchema.safeParse(file).error?.issues[0].path.join(".")).toBe(path);
  });
});
