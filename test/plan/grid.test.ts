import { describe, expect, test } from "vitest";
import { gpt2Shape } from "../../src/models/index.ts";
import { type GridOptions, planGrid } from "../../src/plan/index.ts";

const ids = (options: GridOptions): string[] => planGrid(options).map(({ id }) => id);

describe("a grid of runs", () => {
  test("crosses every axis, the shortest runs of all sizes first", () => {
    expect(ids({ params: [1e6, 2e6], tokens: [4e7, 1e7], seeds: [0, 1] })).toEqual([
      "n1M-s0-d10M",
      "n1M-s1-d10M",
      "n2M-s0-d10M",
      "n2M-s1-d10M",
      "n1M-s0-d40M",
      "n1M-s1-d40M",
      "n2M-s0-d40M",
      "n2M-s1-d40M",
    ]);
    const all = planGrid({
      params: [1e6],
      tokens: [1e7],
      batchTokens: [1024, 2048],
      learningRates: [0.001, 0.002, 0.004],
      vary: { schedule: ["wsd", "cosine"], clip: [1] },
      trainer: "gpt",
      settings: { weightDecay: 0.1 },
    });
    expect(all).toHaveLength(12);
    expect(all[0]).toMatchObject({
      id: "n1M-b1.02K-lr0.001-schedule=wsd-s0-d10M",
      parameters: { total: 1e6 },
      batchTokens: 1024,
      learningRate: 0.001,
      trainer: "gpt",
      settings: { weightDecay: 0.1, schedule: "wsd", clip: 1 },
    });
  });

  test("takes tokens per parameter, and FLOPs, C = 6ND", () => {
    expect(planGrid({ params: [1e6, 2e6], tokensPerParam: [20] }).map(({ tokens }) => tokens)).toEqual([
      2e7, 4e7,
    ]);
    for (const { tokens, parameters } of planGrid({ params: [1e6, 3e6], flops: [1e15] }))
      expect(6 * parameters.total! * tokens).toBeCloseTo(1e15, -3);
  });

  test("counts the parameters of shapes, given whole or by their family", () => {
    const [whole] = planGrid({ shapes: [gpt2Shape({ layers: 12, width: 768, heads: 12 })], tokens: [1e9] });
    const [short] = planGrid({
      shapes: [{ family: "gpt2", layers: 12, width: 768, heads: 12 }],
      tokens: [1e9],
    });
    expect(short).toEqual(whole);
    // GPT-2 small, 124,439,808 parameters in the published checkpoint
    expect(short.parameters).toEqual({ total: 124439808, nonEmbedding: 85056000 });
  });

  test("with a decay, runs that differ in their tokens alone branch off one trunk", () => {
    const specs = planGrid({ params: [1e6, 2e6], tokens: [1e7, 4e7], decay: 0.25, seeds: [7] });
    expect(specs).toHaveLength(6);
    const [trunk] = specs;
    expect(trunk).toMatchObject({
      id: "n1M-s7-trunk",
      tokens: 3e7,
      settings: { decay: 0.25, trunk: true, branches: [7.5e6, 3e7] },
    });
    expect(specs.filter(({ settings }) => settings.branchFrom === trunk.id)).toMatchObject([
      { id: "n1M-s7-d10M", tokens: 1e7, settings: { branchAt: 7.5e6 } },
      { id: "n1M-s7-d40M", tokens: 4e7, settings: { branchAt: 3e7 } },
    ]);
  });

  test("gives as many digits to ids as tell all runs apart", () => {
    expect(ids({ params: [1000100, 1000200], tokens: [1e7] })).toEqual([
      "n1.0001M-s0-d10M",
      "n1.0002M-s0-d10M",
    ]);
  });

  test.each<[GridOptions, string]>([
    [{ tokens: [1] }, "expected one of params, shapes, got none"],
    [
      { params: [1], tokens: [1], flops: [1] },
      "expected one of tokens, tokensPerParam, flops, got tokens and flops",
    ],
    [{ params: [0], tokens: [1] }, "expected params above 0, got 0"],
    [{ params: [1, 1], tokens: [1] }, "two runs are the same, got n1-s0-d1 twice"],
    [{ params: [], tokens: [1] }, "expected runs, got an axis without values"],
    [{ params: [1], tokens: [1], decay: 1 }, "expected a decay between 0 and 1, got 1"],
    [
      { shapes: [{ family: "lama" as "llama", layers: 1, width: 8, heads: 1 }], tokens: [1] },
      'did you mean "llama"?',
    ],
  ])("refuses %j", (options, message) => {
    expect(() => planGrid(options)).toThrow(message);
  });
});
