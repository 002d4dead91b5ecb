import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { countParameters, trainingFlops } from "../../../src/models/index.ts";
import type { CurvePoint, Run, RunSpec } from "../../../src/runs/index.ts";
import { compileEngine } from "../../../src/train/gpt/engine/native.ts";
import { type GptOptions, gptShape, gptTrainer, openCorpus } from "../../../src/train/index.ts";
import { trainerConformance } from "../conformance.ts";
import { exampleDocuments } from "./text.ts";

const folder = mkdtempSync(join(tmpdir(), "isoflop-gpt-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const text = join(folder, "text.jsonl");
writeFileSync(
  text,
  exampleDocuments()
    .map((document) => JSON.stringify({ text: document }))
    .join("\n"),
);

const shape = gptShape({ width: 16, context: 32 });
const spec: RunSpec = {
  format: "isoflop.runspec/1",
  id: "a",
  shape,
  parameters: { total: countParameters(shape).total },
  tokens: 40 * 64,
  batchTokens: 64,
  learningRate: 0.01,
  seed: 0,
  trainer: "gpt",
  settings: { validationTokens: 512, warmupSteps: 5, curveFrom: 8 },
};
const open = (options: GptOptions = {}) => gptTrainer({ text, engine: "wasm", cache: folder, ...options });
const train = (change: Partial<RunSpec> = {}, options: GptOptions = {}): Promise<Run> =>
  open(options).train({ ...spec, ...change });
const told = ({ seconds, ...run }: Run): Omit<Run, "seconds"> => run;

trainerConformance("gptTrainer in WebAssembly", () => open(), spec);
describe.skipIf(compileEngine({ cache: folder }) === null)("where there is a C compiler", () => {
  trainerConformance("gptTrainer, native", () => open({ engine: "native" }), spec);

  test("both builds learn the same, but for rounding", async () => {
    const [wasm, native] = [await train(), await train({}, { engine: "native" })];
    expect(native.losses[0].value / wasm.losses[0].value).toBeCloseTo(1, 3); // 40 steps of rounding apart
    expect(native.extra.engine).not.toBe(wasm.extra.engine);
    expect(await train({}, { engine: "auto" }).then(told)).toEqual(told(native));
  });
});

describe("a run of the embedded trainer (nats per token, exact FLOPs)", () => {
  test("learns: its loss falls well below that of a guess, and of byte frequencies", async () => {
    const run = await train({ tokens: 300 * 64 });
    // ln 256 = 5.5; the text's bytes alone have an entropy of about 2.9 nats
    expect(run.losses[0].value).toBeLessThan(2);
    expect(run.losses[1].value).toBeCloseTo(run.losses[0].value / Math.LN2, 10); // a token is a byte
    expect(run.losses[1].unit).toBe("bits/byte");
  });

  test("states its parameters, FLOPs, steps, epochs and unique tokens, and where it comes from", async () => {
    const run = await train();
    const { total, nonEmbedding, active } = countParameters(shape);
    expect(run.parameters).toEqual({ total, nonEmbedding, active });
    expect(run.flops).toEqual({
      value: trainingFlops(shape, 2560, { convention: "exact" }),
      convention: "exact",
    });
    const corpus = openCorpus({ text, cache: folder });
    expect(run.extra).toMatchObject({ steps: 40, corpus: corpus.hash, learningRate: 0.01, schedule: "wsd" });
    expect(run.uniqueTokens).toBe(2560);
    const unique = Math.floor((corpus.train.length - 1) / 32) * 32;
    expect(run.extra.epochs).toBeCloseTo(2560 / unique, 12);
  });

  test("repeated data are counted: 320 unique tokens in 40 steps of 64 are 8 epochs", async () => {
    const settings = { ...spec.settings, uniqueTokens: 321 };
    const run = await train({ settings });
    expect(run.uniqueTokens).toBe(320);
    expect(run.extra.epochs).toBe(8);
    // it learns its ten windows by heart, the others it does not know
    const last = run.curve!.filter(({ split }) => split === "train").at(-1)!;
    expect(last.loss).toBeLessThan(run.losses[0].value);
  });

  test("its curve has two points a doubling, of both splits, and ends at the loss", async () => {
    const { curve, losses } = await train();
    expect(curve!.filter(({ split }) => split === "train").map(({ step }) => step)).toEqual([
      8, 11, 16, 23, 32, 40,
    ]);
    expect(curve!.at(-1)).toEqual({ step: 40, tokens: 2560, loss: losses[0].value, split: "validation" });
  });

  test("a learning rate far too high ends as diverged, with its step and without a loss", async () => {
    const run = await train({ learningRate: 1e4 });
    expect(run).toMatchObject({ status: "diverged", losses: [] });
    expect(run.extra.divergedAtStep).toBe(run.extra.steps);
    expect(run.tokens).toBe((run.extra.steps as number) * 64);
    expect(run.curve!.every(({ loss }) => Number.isFinite(loss))).toBe(true);
  });

  test.each<[string, Partial<RunSpec>]>([
    [
      "an untied head, SwiGLU and LayerNorm",
      {
        shape: gptShape({ width: 16, context: 32, tied: false, gated: true, norm: "layernorm" }),
        parameters: {},
      },
    ],
    ["cosine", { settings: { ...spec.settings, schedule: "cosine" } }],
    ["µP", { settings: { ...spec.settings, mupBaseWidth: 8 } }],
    [
      "a learned vocabulary",
      { shape: gptShape({ width: 16, context: 32, vocabulary: 300 }), parameters: {} },
    ],
  ])("%s trains too, and is another run", async (_, change) => {
    const run = await train(change);
    expect(run.status).toBe("finished");
    expect(run.losses[0].value).not.toBe((await train()).losses[0].value);
    expect(run.losses[0].value).toBeLessThan(5);
  });

  test("at the base width µP changes nothing", async () => {
    const settings = { ...spec.settings, mupBaseWidth: 16 };
    expect((await train({ settings })).losses).toEqual((await train()).losses);
  });

  test.each<[Partial<RunSpec>, string]>([
    [
      { parameters: { total: 1000 } },
      `cannot train a: expected the shape's ${countParameters(shape).total} total parameters, got 1000`,
    ],
    [{ batchTokens: 50 }, "cannot train a: expected batchTokens in whole sequences of 32, got 50"],
    [
      { settings: { sheduel: "wsd" } },
      'cannot train a: it has no setting "sheduel"; did you mean "schedule"?',
    ],
    [{ settings: { schedule: "wds" } }, 'expected wsd, cosine, linear, constant, got "wds"'],
    [{ settings: { clip: -1 } }, "expected clip to be a number of at least 0, got -1"],
    [{ shape: { ...shape, biases: true }, parameters: {} }, "the shape asks for biases"],
    [{ settings: { uniqueTokens: 20 } }, "expected more than 32 training tokens, one context, got 20"],
  ])("refuses what it cannot train (%#)", async (change, message) => {
    await expect(train(change)).rejects.toThrow(message);
  });
});

describe("checkpoints", () => {
  const checkpoints = join(folder, "checkpoints");
  beforeEach(() => rmSync(checkpoints, { recursive: true, force: true }));

  /** Trains until the curve has so many points, and stops there. */
  const stopAfter = async (points: number, options: GptOptions = {}): Promise<void> => {
    const stop = new AbortController();
    let heard = 0;
    const training = open({ checkpoints, ...options }).train(spec, {
      signal: stop.signal,
      report: () => ++heard >= points && stop.abort(),
    });
    await expect(training).rejects.toThrow();
  };

  test.each([2, 6, 8])(
    "stopped at point %i and resumed it is the run that was never stopped, to the bit",
    async (points) => {
      await stopAfter(points);
      const heard: CurvePoint[] = [];
      const run = await open({ checkpoints }).train(spec, { report: (point) => heard.push(point) });
      expect(told(run)).toEqual(told(await train()));
      expect(heard).toEqual(run.curve);
    },
  );

  test("what was stopped is gone on with, not begun again; its checkpoint goes when the result is safe, and not before", async () => {
    await stopAfter(8); // at step 23
    const own = readdirSync(checkpoints).filter((name) => !name.includes("-"));
    expect(own.length).toBe(1);
    // without its file it would begin again, with it cut short too: both give the same run
    truncateSync(join(checkpoints, own[0]), 1000);
    const trainer = open({ checkpoints });
    expect(told(await trainer.train(spec))).toEqual(told(await train()));
    const left = (): string[] => readdirSync(checkpoints).filter((name) => !name.includes("-"));
    expect(left()).toEqual(own);
    trainer.release!(spec);
    expect(left()).toEqual([]);
  });

  test("a longer run goes on from where the shorter one began to decay, and is the same to the bit", async () => {
    const longer = { id: "b", tokens: 80 * 64 };
    const short = await train({}, { checkpoints });
    expect(readdirSync(checkpoints)).toEqual([`${short.extra.trunk}-30.checkpoint`]); // 40 steps, a quarter of decay
    const branched = await train(longer, { checkpoints });
    expect(told(branched)).toEqual(told(await train(longer)));
    expect(branched.extra.trunk).toBe(short.extra.trunk);
    expect(readdirSync(checkpoints).length).toBe(2);
    // proof that it did: a trunk that is not the true one shows in what comes of it
    const other = { ...spec, seed: 1 };
    const strange = await open({ checkpoints }).train(other);
    expect(strange.extra.trunk).not.toBe(short.extra.trunk);
    const file = (run: Run): string => join(checkpoints, `${run.extra.trunk}-30.checkpoint`);
    const { readFileSync } = await import("node:fs");
    rmSync(join(checkpoints, `${short.extra.trunk}-60.checkpoint`));
    writeFileSync(file(short), readFileSync(file(strange)));
    expect((await train(longer, { checkpoints })).losses).not.toEqual(branched.losses);
  });

  test("cosine runs share nothing: their rates differ from the first step on", async () => {
    const settings = { ...spec.settings, schedule: "cosine" };
    const [short, long] = [await train({ settings }), await train({ settings, tokens: 80 * 64 })];
    expect(short.extra.trunk).not.toBe(long.extra.trunk);
  });
});
