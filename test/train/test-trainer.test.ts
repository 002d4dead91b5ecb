import { describe, expect, test } from "vitest";
import { chinchilla } from "../../src/laws/index.ts";
import type { CurvePoint, Run, RunSpec } from "../../src/runs/index.ts";
import {
  syntheticTrainer,
  type Trainer,
  type TrainerCheck,
  type TrainOptions,
  testTrainer,
} from "../../src/train/index.ts";

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
const good = syntheticTrainer({ law: chinchilla, parameters, curvePoints: 5 });
/** The good trainer, whose runs are changed in the end. */
const making = (change: (run: Run, calls: number) => Partial<Run>): (() => Trainer) => {
  let calls = 0;
  return () => ({
    name: "synthetic",
    train: async (spec, options) => {
      const run = await good.train(spec, options);
      return { ...run, ...change(run, calls++) };
    },
  });
};
const training = (train: (spec: RunSpec, options: TrainOptions) => Promise<Run>): (() => Trainer) => {
  return () => ({ name: "synthetic", train: (spec, options = {}) => train(spec, options) });
};
const failures = async (open: () => Trainer, tolerance = 0): Promise<TrainerCheck[]> =>
  (await testTrainer(open, spec, { tolerance })).filter(({ passed }) => !passed);

describe("testTrainer, by sentences", () => {
  test("a trainer that keeps the contract passes all, told of as they are made", async () => {
    const heard: TrainerCheck[] = [];
    const checks = await testTrainer(() => good, spec, { onCheck: (check) => heard.push(check) });
    expect(checks.every(({ passed, found }) => passed && found === null)).toBe(true);
    expect(heard).toEqual(checks);
  });

  // every sentence is broken by a trainer of its own, so none of them passes by itself
  test.each<[string, string, () => Trainer]>([
    [
      "its name is what the spec asks for",
      'expected "synthetic", got "other"',
      () => ({ ...good, name: "other" }),
    ],
    [
      "it brings a run to its end, finished, with this id and this spec",
      'expected the id "a", got "b"',
      making(() => ({ id: "b" })),
    ],
    [
      "it brings a run to its end, finished, with this id and this spec",
      "its spec is not the one asked for",
      making(() => ({ spec: null })),
    ],
    [
      "it brings a run to its end, finished, with this id and this spec",
      "expected it to be finished, got diverged",
      making(() => ({ status: "diverged" })),
    ],
    [
      "it brings a run to its end, finished, with this id and this spec",
      "no isoflop.run/1: tokens:",
      making(() => ({ tokens: -1 })),
    ],
    [
      "the run states its tokens, FLOPs, parameters and validation loss",
      "expected 2000000000 tokens within 1 %, got 1900000000",
      making(() => ({ tokens: 1.9e9 })),
    ],
    [
      "the run states its tokens, FLOPs, parameters and validation loss",
      "it states no FLOPs",
      making(() => ({ flops: null })),
    ],
    [
      "the run states its tokens, FLOPs, parameters and validation loss",
      "expected a validation loss in nats/token, got []",
      making(() => ({ losses: [] })),
    ],
    [
      "the run states its tokens, FLOPs, parameters and validation loss",
      "expected 100000000 total parameters",
      making(() => ({ parameters: { total: 1 } })),
    ],
    [
      "it reports two points or more as they come, in order, and they are the run's curve",
      "5 points were reported, and the curve has no or others",
      making(() => ({ curve: null })),
    ],
    [
      "it leaves the spec as it was",
      "it changed the spec",
      training(async (asked, options) => {
        const run = await good.train({ ...asked }, options);
        Object.assign(asked.settings as object, { touched: 1 });
        return run;
      }),
    ],
    [
      "the same spec gives the same run, also beside another one",
      "a loss of",
      making(({ losses }, calls) => ({ losses: [{ ...losses[0], value: losses[0].value + calls / 1e9 }] })),
    ],
    [
      "stopped before the start it rejects, and reports nothing",
      "it trained",
      training((asked, { signal, ...options }) =>
        good.train(asked, { ...options, signal: signal?.aborted ? undefined : signal }),
      ),
    ],
    [
      "stopped at its first point it rejects",
      "it went on to the end",
      training((asked, { signal, ...options }) => {
        signal?.throwIfAborted();
        return good.train(asked, options);
      }),
    ],
    [
      "a spec that doesn't say what to train is rejected by its id",
      "it trained",
      training((asked, options) =>
        good.train(asked.id === "empty" ? { ...asked, parameters: { total: 1e8 } } : asked, options),
      ),
    ],
  ])("%s: %s", async (sentence, found, open) => {
    const broken = (await failures(open)).filter((check) => check.sentence === sentence);
    expect(broken).toHaveLength(1);
    expect(broken[0].found).toContain(found);
  });

  test("a trainer that begins anew where it was stopped, and comes elsewhere, is found out", async () => {
    const stoppedIn = new Set<string>();
    const open = training(async (asked, options) => {
      try {
        const run = await good.train(asked, options);
        return stoppedIn.has(options.folder!) ? { ...run, losses: run.losses.map(higher) } : run;
      } catch (error) {
        stoppedIn.add(options.folder!);
        throw error;
      }
    });
    expect((await failures(open)).map(({ sentence }) => sentence)).toEqual([
      "asked again, in the folder where it was stopped, it comes to the same run",
    ]);
  });

  test("points out of order are found out", async () => {
    const open = training(async (asked, { report, ...options }) => {
      const points: CurvePoint[] = [];
      const run = await good.train(asked, { ...options, report: (point) => points.push(point) });
      for (const point of points.toReversed()) report?.(point);
      return { ...run, curve: points.toReversed() };
    });
    expect((await failures(open)).map(({ found }) => found).join()).toMatch(
      /the validation point at step \d+ comes after/,
    );
  });

  test("a trainer whose sums come in any order passes by a tolerance", async () => {
    const open = making(({ losses, curve }, calls) => ({
      losses: [{ ...losses[0], value: losses[0].value * (1 + calls / 1e6) }],
      curve,
    }));
    expect((await failures(open)).length).toBeGreaterThan(0);
    expect(await failures(open, 1e-4)).toEqual([]);
  });

  test("a trainer that throws fails each check by what it said, and the suite comes to its end", async () => {
    const open = training(async () => {
      throw new Error("no GPU here");
    });
    const found = (await failures(open)).map((check) => check.found);
    expect(found[0]).toBe("it threw: no GPU here");
    expect(found).toContain("there is no run to look at");
  });
});

function higher<T extends { readonly value: number }>(loss: T): T {
  return { ...loss, value: loss.value + 0.1 };
}
