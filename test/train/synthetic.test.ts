import { describe, expect, test } from "vitest";
import { chinchilla, criticalBatch, dataConstrained, lawFunction } from "../../src/laws/index.ts";
import type { RunSpec } from "../../src/runs/index.ts";
import { type SyntheticOptions, syntheticTrainer } from "../../src/train/index.ts";
import { trainerConformance } from "./conformance.ts";

const { parameters } = chinchilla.sets["besiroglu2024-refit"];
const spec: RunSpec = {
  format: "isoflop.runspec/1",
  id: "a",
  shape: null,
  parameters: { total: 1e8 },
  tokens: 2e9,
  batchTokens: null,
  learningRate: null,
  seed: 0,
  trainer: "synthetic",
  settings: {},
};
const planted = (options: Partial<SyntheticOptions> = {}) =>
  syntheticTrainer({ law: chinchilla, parameters, ...options });
const lossOf = async (trainer: ReturnType<typeof planted>, change: Partial<RunSpec> = {}): Promise<number> =>
  (await trainer.train({ ...spec, ...change })).losses[0].value;

trainerConformance("syntheticTrainer", () => planted({ noise: 0.01, curvePoints: 5 }), spec);

describe("the synthetic trainer (nats per token, 6ND)", () => {
  const law = lawFunction(chinchilla, parameters)({ params: 1e8, tokens: 2e9 });

  test("without noise its loss is the law's, and it says where it comes from", async () => {
    const run = await planted().train(spec);
    expect(run.losses).toEqual([{ value: law, unit: "nats/token", split: "validation", name: null }]);
    expect(run.flops).toEqual({ value: 1.2e18, convention: "6ND" });
    expect(run.origin.source).toBe("synthetic chinchilla");
    expect(run).toMatchObject({ curve: null, seconds: null });
  });

  test("ln loss scatters normally around the law, with the standard deviation that was asked for", async () => {
    const trainer = planted({ noise: 0.02 });
    const z: number[] = [];
    for (let i = 0; i < 2000; i++) z.push(Math.log((await lossOf(trainer, { id: `run ${i}` })) / law) / 0.02);
    // four standard errors of 2000 draws: 4/√2000 of the mean, 4·√(2/2000) of the variance, 4·√(.09/2000) of the share
    const mean = z.reduce((sum, x) => sum + x, 0) / 2000;
    expect(Math.abs(mean)).toBeLessThan(0.09);
    expect(Math.abs(z.reduce((sum, x) => sum + x * x, 0) / 2000 - 1)).toBeLessThan(0.127);
    expect(Math.abs(z.filter((x) => Math.abs(x) < 1.6449).length / 2000 - 0.9)).toBeLessThan(0.027);
  });

  test("another seed or another id is another draw; the order of the runs is none", async () => {
    const trainer = planted({ noise: 0.02 });
    const first = await lossOf(trainer);
    expect(await lossOf(trainer, { seed: 1 })).not.toBe(first);
    expect(await lossOf(trainer, { id: "b" })).not.toBe(first);
    expect(await lossOf(trainer)).toBe(first);
  });

  test("its curve ends at the loss, and its steps are batches where there is a batch", async () => {
    const run = await planted({ noise: 0.02, curvePoints: 4 }).train({ ...spec, batchTokens: 1e6 });
    expect(run.curve!.at(-1)).toEqual({
      step: 2000,
      tokens: 2e9,
      loss: run.losses[0].value,
      split: "validation",
    });
    expect(run.curve!.map(({ loss }) => loss)).toEqual(
      [...run.curve!].map(({ loss }) => loss).sort((x, y) => y - x),
    );
  });

  test("a run that is to diverge ends half way, without a loss; one that is to fail rejects", async () => {
    const trainer = planted({ diverges: ["a"], fails: ["b"], curvePoints: 10 });
    const run = await trainer.train(spec);
    expect(run).toMatchObject({ status: "diverged", losses: [], tokens: 1e9, flops: { value: 6e17 } });
    expect(run.curve!.length).toBeLessThan(10);
    await expect(trainer.train({ ...spec, id: "b" })).rejects.toThrow("cannot train b: it was told to fail");
  });

  test("inputs beyond parameters and tokens come from the spec and its settings", async () => {
    const own = dataConstrained.sets.muennighoff2023.parameters;
    const repeated = syntheticTrainer({ law: dataConstrained, parameters: own });
    const run = await repeated.train({ ...spec, settings: { uniqueTokens: 5e8 } });
    const expected = lawFunction(dataConstrained, own)({ params: 1e8, tokens: 2e9, uniqueTokens: 5e8 });
    expect(run.losses[0].value).toBe(expected);
    expect(run.uniqueTokens).toBe(5e8);
    await expect(repeated.train(spec)).rejects.toThrow(
      "cannot train a: data-constrained also needs uniqueTokens, which the spec doesn't give; put it in its settings",
    );
  });

  test.each<[Partial<SyntheticOptions>, string]>([
    [{ law: criticalBatch }, "a trainer answers with a loss"],
    [{ parameters: { ...parameters, alpha: -1 } }, "expected alpha in its range (positive), got -1"],
    [{ parameters: { E: 1 } }, "cannot plant chinchilla: expected a value for A, got none"],
    [{ parameters: { ...parameters, alhpa: 1 } }, 'it has no parameter "alhpa"; did you mean "alpha"?'],
    [{ noise: -1 }, "expected noise of at least 0, got -1"],
    [{ curvePoints: 1.5 }, "expected a whole number of curve points, got 1.5"],
  ])("refuses what cannot be planted (%#)", (options, message) => {
    expect(() => planted(options)).toThrow(message);
  });
});
