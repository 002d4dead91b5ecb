import { describe, expect, test } from "vitest";
import { fit } from "../../src/fit/index.ts";
import { chinchilla, kaplanN } from "../../src/laws/index.ts";
import { observe, tableOf } from "../../src/runs/index.ts";
import { nextRuns, nextRunsSchema } from "../../src/trust/index.ts";
import { plantedSweep } from "./planted.ts";

const truth = chinchilla.sets["besiroglu2024-refit"]!.parameters;
const runs = plantedSweep(chinchilla, truth, {
  budgets: [1e18, 3e18, 1e19, 3e19, 1e20],
  noise: 0.005,
});
const made = fit(chinchilla, runs, { bootstrap: 100 });
const asked = { flops: 3e20, target: 1e22 };

describe("which runs next (chinchilla, 35 planted runs of 0.5 % noise, N* at a hundred times the largest)", () => {
  const next = nextRuns(made, runs, asked);

  test("what the delta method says of now and then, refits to fresh noise say too", () => {
    // 400 refits know a spread from 90 % spans to 5 %; the law bends a little on top
    for (const { predicted, simulated, lost } of next.simulated!) {
      expect(simulated! / predicted).toBeGreaterThan(0.8);
      expect(simulated! / predicted).toBeLessThan(1.25);
      expect(lost).toBe(0);
    }
    const by = Object.fromEntries(next.simulated!.map(({ design, simulated }) => [design, simulated!]));
    expect(by.chosen).toBeLessThan(by.none!);
    expect(by.chosen).toBeLessThan(by.isoflop!);
  });

  test("keeps to the FLOPs, to so many runs, and to ten times the largest run", () => {
    expect(next.budget.used).toBeLessThanOrEqual(3e20 * (1 + 1e-9));
    expect(next.runs.reduce((sum, { flops }) => sum + flops, 0)).toBe(next.budget.used);
    expect(next.runs.length).toBeLessThanOrEqual(6);
    const large = nextRuns(made, runs, { flops: 1e23, target: 1e22, replications: 0 });
    for (const { flops } of large.runs) expect(flops).toBeLessThanOrEqual(1e21 * (1 + 1e-9));
  });

  test("the runs in their order leave less and less, and the interval shrinks by what they leave", () => {
    const leaves = next.runs.map((run) => run.leaves);
    expect(leaves).toEqual([...leaves].sort((x, y) => y - x));
    expect(leaves.at(-1)).toBeCloseTo(next.after.sd / next.now.sd, 10);
    const width = ({ low, high }: { low: number; high: number }): number => Math.log(high / low);
    expect(width(next.after.interval!) / width(next.now.interval!)).toBeCloseTo(leaves.at(-1)!, 10);
    expect(next.steps.at(-1)!.leaves).toBeCloseTo(leaves.at(-1)!, 4); // the last step is the set itself, in another order
  });

  test("beats an isoFLOP curve of as many FLOPs", () => {
    expect(next.after.sd / next.now.sd).toBeLessThan(next.isoflop!.leaves);
  });

  test("limits are kept, and what they exclude is counted with a reason", () => {
    const limits = { uniqueTokens: 1e9, epochs: 2, maxParams: 2e9, minTokensPerParam: 2 };
    const { runs: some, refused } = nextRuns(made, runs, { ...asked, limits, replications: 0 });
    for (const { params, tokens } of some) {
      expect(tokens).toBeLessThanOrEqual(2e9 * (1 + 1e-5));
      expect(params).toBeLessThanOrEqual(2e9 * (1 + 1e-5));
      expect(tokens / params).toBeGreaterThanOrEqual(2 * (1 - 1e-5));
    }
    expect(refused.count).toBeGreaterThan(0);
    expect(refused.reason).toMatch(/epochs of 1B unique ones|more than 2B|fewer than 2/);
  });

  test("RunSpecs with the fit's convention, and shapes where they are asked for", () => {
    expect(Object.keys(next.specs[0]!.parameters)).toEqual(["total"]);
    expect(next.specs).toHaveLength(next.runs.length);
    const shaped = nextRuns(made, runs, {
      ...asked,
      replications: 0,
      most: 2,
      shape: { family: "llama" },
      limits: { minParams: 3e7 },
    });
    expect(shaped.specs[0]!.shape!.family).toBe("llama");
  });

  test("each aim is served best by its own runs", () => {
    const of = (aim: "params" | "loss" | "predictions" | "parameters") =>
      nextRuns(made, runs, { ...asked, aim, replications: 0 });
    const loss = of("loss");
    expect(loss.now.value).toBeCloseTo(2.18, 1); // the planted law's 2.176 at 1e22
    for (const aim of ["loss", "predictions", "parameters"] as const) {
      const own = of(aim);
      expect(own.after.sd).toBeLessThan(own.now.sd);
    }
  });

  test("without the runs it goes by the fit's draws, says so, and comes near", () => {
    const alone = nextRuns(made, null, asked);
    expect(alone.knowledge.from).toBe("covariance");
    expect(alone.simulated).toBeNull();
    expect(alone.warnings.join()).toContain("runs are not at hand");
    // a hundred draws know a spread to 7 %, and wild draws run wider than the delta method
    expect(alone.now.sd / next.now.sd).toBeGreaterThan(0.7);
    expect(alone.now.sd / next.now.sd).toBeLessThan(1.5);
  });

  test("the same for the same seed, and survives JSON", () => {
    expect(nextRuns(made, runs, asked)).toEqual(next);
    expect(nextRunsSchema.parse(JSON.parse(JSON.stringify(next)))).toEqual(next);
  });

  test.each([
    [{ flops: 1e17 }, "1e17 FLOPs are fewer than the smallest of its runs takes, 1e18"],
    [{ flops: -1 }, "expected flops above 0, got -1"],
    [{ flops: 3e20, most: 0 }, "expected at least one run, got 0"],
    [{ flops: 3e20, held: { uniqueTokens: 1 } }, "it has no input uniqueTokens; it takes params, tokens"],
    [{ flops: 3e20, limits: { minParams: 1e15 } }, "keeps to the limits: of the first, "],
  ])("refuses %j", (options, message) => {
    expect(() => nextRuns(made, runs, options)).toThrow(message);
  });
});

test("one ratio of tokens to parameters: the next runs leave that line, and most of the doubt goes", () => {
  const rows = Array.from({ length: 30 }, (_, i) => {
    const params = Math.round(1e7 * 10 ** (i / 14));
    const { E, A, alpha, B, beta } = truth as Record<string, number>;
    const tokens = 20 * params;
    return {
      params_total: params,
      tokens,
      loss: (E! + A! / params ** alpha! + B! / tokens ** beta!) * (1 + 0.003 * Math.sin(7 * i)),
    };
  });
  const line = observe(tableOf(rows, { origin: "line" }), { inputs: ["params", "tokens"], output: "loss" });
  const next = nextRuns(fit(chinchilla, line), line, { flops: 1e19, target: 1e21, replications: 0 });
  expect(next.runs.some(({ tokensPerParam }) => tokensPerParam > 40 || tokensPerParam < 10)).toBe(true);
  expect(next.after.sd / next.now.sd).toBeLessThan(0.3);
});

test("a law of sizes alone has no best model to aim at", () => {
  const rows = [1e7, 3e7, 1e8, 3e8, 1e9].map((params) => ({
    params_total: params,
    loss: (8.8e13 / params) ** 0.076,
  }));
  const table = observe(tableOf(rows, { origin: "sizes" }), { inputs: ["params"], output: "loss" });
  expect(() => nextRuns(fit(kaplanN, table), table, { flops: 1e20 })).toThrow(
    "its runs have no sizes and tokens",
  );
});
