import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { fit } from "../../src/fit/index.ts";
import { kaplanND } from "../../src/laws/index.ts";
import { seededRandom } from "../../src/numeric/index.ts";
import { planGrid } from "../../src/plan/index.ts";
import { observe, type Run, type RunSpec, tableOfRuns } from "../../src/runs/index.ts";
import { collectRuns, runSweep, sweepState, writeSweep } from "../../src/sweep/index.ts";
import { tensorsOf } from "../../src/train/gpt/shape.ts";
import {
  commandTrainer,
  gptShape,
  gptTrainer,
  openCorpus,
  runProgram,
  tokensFile,
} from "../../src/train/index.ts";
import { trainerConformance } from "./conformance.ts";
import { exampleDocuments } from "./gpt/text.ts";
import { pythonWithTorch } from "./python.ts";

const root = mkdtempSync(join(tmpdir(), "isoflop-pytorch-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const text = join(root, "text.jsonl");
writeFileSync(
  text,
  exampleDocuments()
    .map((document) => JSON.stringify({ text: document }))
    .join("\n"),
);
const program = fileURLToPath(new URL("../../trainers/pytorch/train.py", import.meta.url));
const python = pythonWithTorch();
// one thread: the same bits each time, and room for whoever tests beside us
const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", PYTHONDONTWRITEBYTECODE: "1" };
const argv = [python ?? "python3", program, "--spec", "{spec}", "--out", "{out}", "--data", "{data}"];

const shape = gptShape({ width: 32, context: 32 });
const spec: RunSpec = {
  format: "isoflop.runspec/1",
  id: "a",
  shape,
  parameters: {},
  tokens: 60 * 128,
  batchTokens: 128,
  learningRate: 0.01,
  seed: 0,
  trainer: "command",
  settings: { validationTokens: 512, warmupSteps: 5, curveFrom: 8, data: { text: [text] } },
};
let folders = 0;
function folder(): string {
  const path = join(root, `run-${folders++}`);
  mkdirSync(path);
  return path;
}
const train = async (change: Partial<RunSpec>, more: string[] = [], out: string = folder()): Promise<Run> =>
  await commandTrainer({ command: [...argv, ...more], env, cache: root }).train(
    { ...spec, ...change },
    { folder: out },
  );

describe.skipIf(python === null)("where Python has PyTorch, trainers/pytorch", { timeout: 300_000 }, () => {
  // its points are looked for often enough to stop it at the first, half a second before its end
  const watched = () => commandTrainer({ command: argv, env, cache: root, everyMs: 5 });
  trainerConformance("the PyTorch trainer", watched, spec);

  test.each<[string, Partial<RunSpec>]>([
    ["RMSNorm, GELU, tied, WSD", {}],
    [
      "LayerNorm, SwiGLU, untied, grouped keys, µP, cosine, repeated data",
      {
        shape: {
          ...gptShape({ width: 32, context: 32, norm: "layernorm", gated: true, tied: false }),
          kvHeads: 1,
        },
        settings: {
          ...spec.settings,
          mupBaseWidth: 16,
          schedule: "cosine",
          finalShare: 0.2,
          clip: 0.5,
          uniqueTokens: 1000,
        },
      },
    ],
  ])("from the same weights its curve is the embedded trainer's: %s", async (_, change) => {
    const asked = { ...spec, ...change };
    const init = join(root, "init.f32");
    writeFileSync(init, new Uint8Array(firstWeights(asked).buffer));
    const theirs = await train(change, ["--init", init]);
    const { data, ...settings } = asked.settings;
    const ours = await gptTrainer({ text: [text], cache: root }).train({
      ...asked,
      trainer: "gpt",
      settings,
    });
    expect(theirs.curve!.map(({ step, split }) => [step, split])).toEqual(
      ours.curve!.map(({ step, split }) => [step, split]),
    );
    // float32 on both sides: sixty steps grow its rounding of 6e-8 to some 1e-6
    for (const [i, { loss }] of theirs.curve!.entries())
      expect(Math.abs(loss / ours.curve![i].loss - 1)).toBeLessThan(2e-5);
    expect(theirs.losses.map(({ unit, name }) => [unit, name])).toEqual(
      ours.losses.map(({ unit, name }) => [unit, name]),
    );
    expect(theirs.losses[1].value / ours.losses[1].value).toBeCloseTo(1, 4);
    expect(theirs).toMatchObject({
      parameters: ours.parameters,
      flops: ours.flops,
      uniqueTokens: ours.uniqueTokens,
    });
    expect(theirs.extra).toMatchObject({ epochs: ours.extra.epochs, schedule: ours.extra.schedule });
  });

  test("it learns, in bfloat16 too: well below a guess (ln 256 = 5.5) and the bytes' entropy (2.9)", async () => {
    const run = await train({ tokens: 200 * 128 });
    expect(run.losses[0].value).toBeLessThan(1.5);
    const rounded = await train({ tokens: 200 * 128 }, ["--dtype", "bfloat16"]);
    // 8 bits of mantissa: another run, no other result
    expect(rounded.losses[0].value).not.toBe(run.losses[0].value);
    expect(rounded.losses[0].value / run.losses[0].value).toBeCloseTo(1, 1);
  });

  test("stopped and begun again it goes on from where it stood, and leaves no checkpoint behind", async () => {
    const out = folder();
    const stop = new AbortController();
    const trainer = commandTrainer({ command: argv, env, cache: root, everyMs: 5 });
    const long = { ...spec, tokens: 400 * 128 };
    const stopped = trainer.train(long, { folder: out, signal: stop.signal, report: () => stop.abort() });
    await expect(stopped).rejects.toThrow();
    expect(existsSync(join(out, "checkpoint.pt"))).toBe(true);
    const resumed = await trainer.train(long, { folder: out });
    expect(readFileSync(join(out, "log.txt"), "utf8")).toMatch(
      /told to stop: kept at step (\d+)\n[\s\S]*going on from step \1\b/,
    );
    const { curve, losses } = await trainer.train(long, { folder: folder() });
    expect(resumed.curve).toEqual(curve);
    expect(resumed.losses).toEqual(losses);
    expect(existsSync(join(out, "checkpoint.pt"))).toBe(false);
  });

  test("two processes, and pieces of a batch, give the loss of one", async () => {
    const alone = await train({});
    const pieces = await train({}, ["--micro-batch", "1"]);
    const out = folder();
    writeFileSync(join(out, "spec.json"), JSON.stringify(spec));
    const data = tokensFile(openCorpus({ text: [text], cache: root }), root);
    const words = [
      program,
      "--spec",
      join(out, "spec.json"),
      "--out",
      out,
      "--data",
      data,
      "--micro-batch",
      "1",
    ];
    // what torchrun does: a process a device, told of each other by five variables
    const MASTER_PORT = String(await freePort());
    const signal = AbortSignal.timeout(120_000);
    const ranks = ["0", "1"].map((RANK) => {
      const told = { RANK, LOCAL_RANK: RANK, WORLD_SIZE: "2", MASTER_ADDR: "127.0.0.1", MASTER_PORT };
      const log = join(out, `rank-${RANK}.txt`);
      return runProgram([python!, ...words], { env: { ...env, ...told }, log, signal, graceMs: 500 });
    });
    const codes = (await Promise.all(ranks)).map(({ code }) => code);
    const said = ["0", "1"].map((rank) => readFileSync(join(out, `rank-${rank}.txt`), "utf8"));
    expect(codes, said.join("\n")).toEqual([0, 0]);
    const together = JSON.parse(readFileSync(join(out, "run.json"), "utf8")) as Run;
    // the same sums in another order
    for (const { curve } of [pieces, together])
      for (const [i, { loss }] of curve!.entries())
        expect(Math.abs(loss / alone.curve![i].loss - 1)).toBeLessThan(2e-5);
    expect(together.extra.engine).toContain("2 cpu");
  });

  test("told to stop it ends, even where it waits for a process that will never answer", async () => {
    const out = folder();
    writeFileSync(join(out, "spec.json"), JSON.stringify({ ...spec, tokens: 1e6 * 128 }));
    const data = tokensFile(openCorpus({ text: [text], cache: root }), root);
    const words = [program, "--spec", join(out, "spec.json"), "--out", out, "--data", data];
    const MASTER_PORT = String(await freePort());
    const stop = new AbortController();
    const pids: number[] = [];
    const ranks = ["0", "1"].map((RANK) => {
      const told = { RANK, LOCAL_RANK: RANK, WORLD_SIZE: "2", MASTER_ADDR: "127.0.0.1", MASTER_PORT };
      return runProgram([python!, ...words, "--stop-seconds", "1"], {
        env: { ...env, ...told },
        log: join(out, `rank-${RANK}.txt`),
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(120_000)]),
        graceMs: 100,
        onStart: (pid) => pids.push(pid),
      });
    });
    try {
      while (
        !existsSync(join(out, "metrics.jsonl")) ||
        readFileSync(join(out, "metrics.jsonl"), "utf8") === ""
      )
        await new Promise((done) => setTimeout(done, 50));
      process.kill(pids[1], "SIGSTOP");
      process.kill(pids[0], "SIGTERM");
      expect(await ranks[0]).toEqual({ code: 143, signal: null });
    } finally {
      stop.abort();
      await Promise.allSettled(ranks);
    }
  });

  test("a rate far too high ends as diverged, with its step and without a loss", async () => {
    const run = await train({ learningRate: 1e4 });
    expect(run).toMatchObject({ status: "diverged", losses: [] });
    expect(run.extra.divergedAtStep).toBe(run.extra.steps);
  });

  test("shards of uint16 tokens are data too, with llm.c's header or without", async () => {
    const { train: tokens, validation } = openCorpus({ text: [text], cache: root });
    const shards = join(root, "shards");
    mkdirSync(shards);
    const header = new Int32Array(256);
    header[0] = 20240520;
    const half = 32 * Math.floor(tokens.length / 64) + 1; // whole windows, so that the two shards hold those of one
    writeFileSync(join(shards, "train_1.bin"), tokens.slice(0, half));
    writeFileSync(join(shards, "train_2.bin"), Buffer.concat([header, tokens.slice(half - 1)].map(bytesOf)));
    writeFileSync(join(shards, "val.bin"), validation);
    const run = await train({ settings: { ...spec.settings, data: { tokens: shards } } });
    const whole = await train({});
    expect(run.losses).toEqual([{ ...whole.losses[0], name: "shards" }]); // how many bytes a token is, nobody said
    expect(run.curve).toEqual(whole.curve);
  });

  test.each<[Partial<RunSpec>, string]>([
    [{ settings: { ...spec.settings, sheduel: "wsd" } }, 'it has no setting "sheduel"'],
    [{ batchTokens: 50 }, "expected batchTokens in whole sequences of 32"],
    [{ parameters: { total: 1000 } }, "expected the shape's 20576 total parameters, got 1000"],
    [{ shape: { ...shape, biases: true } }, "this trainer has no biases"],
  ])("refuses what it cannot train (%#)", async (change, message) => {
    await expect(train(change)).rejects.toThrow(message);
  });

  test("a sweep of its runs, decaying branches off stable trunks, is conducted, collected and fitted", async () => {
    const specs = planGrid({
      shapes: [16, 32].map((width) => gptShape({ width, context: 32 })),
      tokens: [60 * 128, 120 * 128, 240 * 128],
      batchTokens: [128],
      learningRates: [0.01],
      decay: 0.25,
      trainer: "command",
      settings: spec.settings,
    });
    const path = join(root, "ladder");
    await writeSweep(path, {
      format: "isoflop.sweeprecord/1",
      name: "ladder",
      specs,
      command: { argv: ["env", "OMP_NUM_THREADS=1", ...argv, "--branch", "{branch}"], cwd: root },
      concurrency: 2,
      hours: null,
    });
    const outcome = await runSweep(path);
    expect(outcome.failed).toEqual([]);
    expect(await sweepState(path)).toMatchObject({ finished: 8, total: 8 });
    const runs = (await collectRuns(path)).filter((run) => run.spec!.settings.trunk !== true);
    expect(runs).toHaveLength(6);
    const losses = runs.map(({ losses }) => losses[0].value);
    // of one model the longer run is the better one
    for (const [i, run] of runs.entries())
      for (const [j, other] of runs.entries())
        if (run.parameters.total === other.parameters.total && run.tokens! < other.tokens!)
          expect(losses[i]).toBeGreaterThan(losses[j]);
    const wanted = { inputs: ["params", "tokens"], output: "loss" };
    const observed = observe(tableOfRuns(runs), wanted, {
      map: { params: "params_total", loss: "loss_validation_text.jsonl" },
    });
    const made = fit(kaplanND, observed);
    // a law of four parameters through six runs on a toy text: it need not be right, it must go through them
    expect(made.rows).toBe(6);
    expect(made.residuals.rms).toBeLessThan(0.1);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

function bytesOf(array: Int32Array | Uint16Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** The embedded trainer's first weights, drawn as it draws them. */
function firstWeights({ shape, seed, settings }: RunSpec): Float32Array {
  const random = seededRandom(seed).fork(0);
  return Float32Array.from(
    tensorsOf(shape!).flatMap(({ group, size, fanIn, toStream }) => {
      const std =
        group === "embedding"
          ? Number(settings.embeddingStd ?? 0.1)
          : (fanIn * (toStream ? 2 * shape!.layers : 1)) ** -0.5;
      return Array.from({ length: size }, () =>
        group === "norms" ? 1 : group === "head" ? 0 : std * random.normal(),
      );
    }),
  );
}
