import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inlineExecutor } from "../../src/execute/index.ts";
import { type Fit, fit as fitLaw } from "../../src/fit/index.ts";
import { chinchilla } from "../../src/laws/index.ts";
import { plan, planSweep, predict, type SweepPlan } from "../../src/plan/index.ts";
import type { Run } from "../../src/runs/index.ts";
import { memoryStore } from "../../src/store/index.ts";
import { conduct } from "../../src/sweep/index.ts";
import { syntheticTrainer } from "../../src/train/index.ts";

type Coefficients = Readonly<Record<string, number>>;

const truth = { law: chinchilla, set: "besiroglu2024-refit" };
const planted: Coefficients = chinchilla.sets["besiroglu2024-refit"].parameters;
const budgets = [1e18, 1e19, 1e20, 1e21, 1e22];

async function trainAll(sweep: SweepPlan, parameters: Coefficients, noise = 0): Promise<readonly Run[]> {
  const { runs } = await conduct(sweep, {
    trainer: syntheticTrainer({ law: chinchilla, parameters, noise }),
    executor: inlineExecutor(),
    store: memoryStore(),
  });
  return runs;
}

async function lawOf(
  design: Parameters<typeof planSweep>[0],
  parameters: Coefficients,
  noise = 0,
): Promise<Fit> {
  return fitLaw(chinchilla, await trainAll(planSweep(design), parameters, noise));
}

function worstError({ parameters }: Fit, expected: Coefficients): number {
  return Math.max(
    ...Object.entries(expected).map(([name, value]) => Math.abs(parameters[name].value / value - 1)),
  );
}

describe("the whole circle on null objects: sweep → train → fit → plan → sweep", () => {
  // Rounding errs by 1e-16 in a loss, and by some thousand times that in A and B, which the losses pin least (the
  // Jacobian's correlation has an eigenvalue of 3e-4). A minimiser that stops early is 1e-6 and more away.
  const rounding = 1e-9;

  test("35 runs without noise give the planted law back from default settings, and so its plan", async () => {
    const found = await lawOf({ budgets }, planted);
    expect(found.status).toBe("converged");
    expect(found.rows).toBe(35);
    expect(found.conventions.params).toBe("total");
    expect(worstError(found, planted)).toBeLessThan(rounding);

    const ours = plan(found, 5.76e23);
    const theirs = plan(truth, 5.76e23);
    for (const quantity of ["params", "tokens", "loss", "tokensPerParam"] as const)
      expect(Math.abs(ours.optimum[quantity]! / theirs.optimum[quantity]! - 1)).toBeLessThan(1e-6);
    // the sweep's largest run is 1e22 FLOPs
    expect(ours.extrapolation!.find(({ quantity }) => quantity === "flops")?.factor).toBeCloseTo(57.6, 6);
    expect(predict(found, { params: 70e9, tokens: 1.4e12 }).value).toBeCloseTo(
      predict(truth, { params: 70e9, tokens: 1.4e12 }).value,
      9,
    );
  });

  test("a sweep around the optimum that was found has its lowest loss there, and gives the same law", async () => {
    const first = await lawOf({ budgets }, planted);
    const next = planSweep({ budgets: [1e23, 1e24, 1e25], basis: first });
    expect(next.design.convention).toBe("total");
    const runs = await trainAll(next, planted);
    for (const budget of next.design.budgets) {
      const curve = runs.filter(({ flops }) => Math.abs(flops!.value / budget - 1) < 1e-9);
      const losses = curve.map((run) => run.losses[0].value);
      // the middle of seven is the optimum itself
      expect(losses.indexOf(Math.min(...losses))).toBe(3);
      const { optimum } = plan(truth, budget);
      expect(Math.abs(curve[3].parameters.total! / optimum.params - 1)).toBeLessThan(1e-6);
    }
    expect(worstError(fitLaw(chinchilla, runs), planted)).toBeLessThan(rounding);
  });

  test("with 1 % noise the law lies within four standard errors, and the plan in its flat region", async () => {
    // Eight seeds a point: a standard error that is itself estimated needs the rows. Four leave one chance in ten
    // thousand for five estimates; the seeds are the first eight.
    const found = await lawOf({ budgets, seeds: [0, 1, 2, 3, 4, 5, 6, 7] }, planted, 0.01);
    expect(found.rows).toBe(280);
    expect(found.status).toBe("converged");
    found.covariance!.names.forEach((name, j) => {
      const se = Math.sqrt(found.covariance!.matrix[j][j]); // of ln θ
      expect(Math.abs(Math.log(found.parameters[name].value / planted[name])) / se).toBeLessThan(4);
      expect(se).toBeLessThan(0.3);
    });
    expect(found.residuals.rms).toBeGreaterThan(0.009);
    expect(found.residuals.rms).toBeLessThan(0.011);
    const { optimum, flatRegion } = plan(found, 1e23);
    expect(plan(truth, 1e23).optimum.params).toBeGreaterThan(flatRegion!.params[0]);
    expect(plan(truth, 1e23).optimum.params).toBeLessThan(flatRegion!.params[1]);
    expect(optimum.tokensPerParam).toBeGreaterThan(10);
  });

  test("a sweep stopped half way and called again gives the same fit, to the last bit", async () => {
    const sweep = planSweep({ budgets });
    const store = memoryStore();
    const trainer = syntheticTrainer({ law: chinchilla, parameters: planted, noise: 0.01 });
    const stop = new AbortController();
    const executor = inlineExecutor();
    const first = await conduct(sweep, {
      trainer,
      executor,
      store,
      signal: stop.signal,
      onProgress: ({ ended }) => ended === 17 && stop.abort(),
    });
    expect(first.finished).toHaveLength(17);
    expect(first.cancelled).toHaveLength(18);
    const { runs } = await conduct(sweep, { trainer, executor, store });
    expect(fitLaw(chinchilla, runs)).toEqual(fitLaw(chinchilla, await trainAll(sweep, planted, 0.01)));
  });
});

test("the circle returns any planted law that its sweep can see: both terms above 1 % of the loss at the start", async () => {
  const law = fc.record({
    E: fc.double({ min: 0.5, max: 3, noNaN: true }),
    A: fc.double({ min: 20, max: 8000, noNaN: true }),
    alpha: fc.double({ min: 0.2, max: 0.7, noNaN: true }),
    B: fc.double({ min: 20, max: 8000, noNaN: true }),
    beta: fc.double({ min: 0.2, max: 0.7, noNaN: true }),
  });
  const design = fc.record({
    budgets: fc.integer({ min: 3, max: 5 }),
    smallest: fc.double({ min: 16, max: 20, noNaN: true }),
    step: fc.double({ min: 0.5, max: 1.5, noNaN: true }),
    sizesPerBudget: fc.integer({ min: 5, max: 9 }),
    spread: fc.double({ min: 3, max: 10, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(law, design, async (parameters, { budgets: n, smallest, step, ...sizes }) => {
      const lowest = 10 ** smallest;
      const params = Math.sqrt(lowest / 120);
      const ofParams = parameters.A / params ** parameters.alpha;
      const ofTokens = parameters.B / (20 * params) ** parameters.beta;
      fc.pre(Math.min(ofParams, ofTokens) > 0.01 * (parameters.E + ofParams + ofTokens));

      const own = Array.from({ length: n }, (_, i) => lowest * 10 ** (step * i));
      const found = await lawOf({ budgets: own, ...sizes }, parameters);
      expect(found.status).toBe("converged");
      // 1200 such laws came back to 2e-12; the narrowest sweeps magnify rounding ten thousand times
      expect(worstError(found, parameters)).toBeLessThan(1e-9);
    }),
    { seed: 1, numRuns: 40 },
  );
});
