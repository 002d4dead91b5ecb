import { describe, expect, test } from "vitest";
import { flopsPerToken, trainingFlops } from "../../../src/models/index.ts";
import { planCheck, planLadder, type Speed } from "../../../src/train/index.ts";

const speeds: Speed[] = [
  { flopsPerToken: 8e4, flopsPerSecond: 2.7e10 },
  { flopsPerToken: 3e5, flopsPerSecond: 4e10 },
  { flopsPerToken: 2.6e6, flopsPerSecond: 4.6e10 },
];
const machine = { cores: 2, speeds, uniqueTokens: 1e7 };
const ladderFor = (minutes: number) => planLadder({ ...machine, seconds: 60 * minutes });
const budgetOf = (id: string): number => Number(/^c([\d.e]+)-/.exec(id)![1]);

describe("a ladder designed for a time (budgets in exact FLOPs)", () => {
  test("ten minutes on two cores of 40 GFLOP/s: six budgets that double from 1e11, 300 steps at least", () => {
    const { budgets, specs, leastSteps, expectedSeconds } = ladderFor(10);
    expect(budgets).toEqual([1e11, 2e11, 4e11, 8e11, 1.6e12, 3.2e12]);
    expect(leastSteps).toBe(300);
    for (const { tokens, batchTokens } of specs)
      expect(tokens / batchTokens!).toBeGreaterThanOrEqual(leastSteps);
    expect(expectedSeconds).toBeLessThan(600);
    expect(expectedSeconds).toBeGreaterThan(300); // a budget more would not fit, and takes about twice as long
  });

  test("every run spends its budget, to half a step", () => {
    for (const { id, shape, tokens, batchTokens } of ladderFor(3).specs) {
      const flops = trainingFlops(shape!, tokens, { convention: "exact" });
      const step = batchTokens! * flopsPerToken(shape!, { convention: "exact" });
      expect(Math.abs(flops - budgetOf(id))).toBeLessThanOrEqual(step / 2 + 1);
    }
  });

  test("the more time, the longer it takes and never longer than that, but for the shortest of all", () => {
    let before = 0;
    for (const minutes of [0.5, 1, 2, 5, 10, 30, 60, 240]) {
      const { seconds, expectedSeconds, flops, budgets } = ladderFor(minutes);
      expect(expectedSeconds).toBeLessThanOrEqual(seconds);
      expect(flops).toBeGreaterThanOrEqual(before);
      expect(budgets.length).toBeGreaterThanOrEqual(4);
      before = flops;
    }
    expect(ladderFor(0.001).budgets).toHaveLength(3);
  });

  test("each budget has sizes on both sides of where its best lay in studies/own-ladder", () => {
    const { budgets, specs } = ladderFor(30);
    for (const budget of budgets) {
      const sizes = specs
        .filter(({ id }) => budgetOf(id) === budget)
        .map(({ parameters }) => parameters.total!);
      const best = 22e3 * Math.sqrt(budget / 1e11);
      expect(sizes.filter((size) => size < best / 1.5).length).toBeGreaterThanOrEqual(2);
      expect(sizes.filter((size) => size > best * 1.5).length).toBeGreaterThanOrEqual(2);
    }
  });

  test("the stable part that budgets share is counted once: all cost at most 1.5 times the largest", () => {
    const { specs, flops, budgets } = ladderFor(10);
    const largest = budgets[budgets.length - 1];
    const sizes = new Set(specs.map(({ parameters }) => parameters.total)).size;
    expect(flops).toBeLessThan(1.5 * sizes * largest);
    const alone = specs.reduce((sum, { id }) => sum + budgetOf(id), 0);
    expect(flops).toBeLessThan(0.8 * alone);
  });

  test("three seeds on the smallest two budgets, each under its own id", () => {
    const { specs, budgets } = ladderFor(10);
    const seeds = budgets.map(
      (budget) => new Set(specs.filter(({ id }) => budgetOf(id) === budget).map(({ seed }) => seed)).size,
    );
    expect(seeds).toEqual([3, 3, 1, 1, 1, 1]);
    expect(new Set(specs.map(({ id }) => id)).size).toBe(specs.length);
  });

  test("its formula of a token's cost is within 8 % of every model's", () => {
    const { flopsPerToken: formula, specs } = ladderFor(30);
    const [, factor, power] = /^6 \* N \+ ([\d.]+) \* N\^([\d.]+)$/.exec(formula)!;
    for (const { shape, parameters } of specs) {
      const cost = 6 * parameters.total! + Number(factor) * parameters.total! ** Number(power);
      const ratio = cost / flopsPerToken(shape!, { convention: "exact" });
      expect(Math.abs(ratio - 1), `${parameters.total}`).toBeLessThan(0.08);
    }
  });

  test("asked for the impossible, it says so", () => {
    expect(() => planLadder({ ...machine, seconds: 0 })).toThrow("expected a time above 0, got 0 s");
    expect(() => planLadder({ ...machine, seconds: 1, speeds: [] })).toThrow("a measured speed");
  });
});

describe("the runs that check a plan", () => {
  test("the model nearest to the plan and half and twice of it, each on the whole budget", () => {
    const specs = planCheck(3.2e13, 350e3, { models: 3 });
    const [planned, half, twice] = specs.map(({ parameters }) => parameters.total!);
    expect(Math.abs(planned / 350e3 - 1)).toBeLessThan(0.15); // shapes come in steps of about a quarter
    expect(half / planned).toBeLessThan(0.7);
    expect(twice / planned).toBeGreaterThan(1.4);
    for (const { shape, tokens } of specs)
      expect(trainingFlops(shape!, tokens, { convention: "exact" }) / 3.2e13).toBeCloseTo(1, 3);
    expect(planCheck(3.2e13, 350e3, { models: 1 })).toEqual([specs[0]]);
  });
});
