import { trainingFlops } from "../../models/index.ts";
import { seededRandom } from "../../numeric/index.ts";
import { type CurvePoint, contentHash, type Run, type RunSpec } from "../../runs/index.ts";
import type { Trainer, TrainOptions } from "../trainer.ts";
import { batches, validationWindows, windowsIn } from "./batches.ts";
import { cacheFolder } from "./cache.ts";
import { type Checkpoint, type Checkpoints, checkpointsIn } from "./checkpoint.ts";
import { type Corpus, openCorpus } from "./corpus.ts";
import type { Engine, EngineModel, Update } from "./engine/engine.ts";
import type { EngineKind, OpenEngine } from "./engine/open.ts";
import { planTraining, type TrainingPlan } from "./recipe.ts";
import { parameterCounts, tensorsOf } from "./shape.ts";

export interface GptOptions {
  /** Files and folders of .txt, .md and .jsonl; default: the State of the Union addresses. */
  readonly text?: string | readonly string[];
  /** A corpus already read, instead of `text`. */
  readonly corpus?: Corpus;
  readonly engine?: EngineKind;
  /** A folder for checkpoints; without it a stopped run begins again. */
  readonly checkpoints?: string;
  /** Seconds between two checkpoints of a run. */
  readonly checkpointSeconds?: number;
  /** Where the compiled engine and tokenised texts are kept; default: the user's cache folder. */
  readonly cache?: string;
}

/**
 * The embedded trainer: a decoder-only transformer on real text, here, on one core.
 *
 * The spec needs a `shape` ({@link gptShape} makes one); a vocabulary of 256 is bytes, a larger one is learned from the
 * text. Its settings are a {@link Recipe}'s. The same spec, text and engine build give the same run to the bit, stopped
 * and resumed or not.
 *
 * With checkpoints, runs that differ in `tokens` alone share their stable part (schedule wsd): a longer one goes on from
 * where the decay of the shorter one began. That changes no number, only the time; `extra.trunk` names the shared part,
 * since such runs are correlated.
 *
 * @example
 * const trainer = gptTrainer({ engine: "auto" });
 * const shape = gptShape({ width: 64 });
 * await trainer.train({ format: "isoflop.runspec/1", id: "a", shape, parameters: {}, tokens: 1e6, batchTokens: 2048,
 *   learningRate: null, seed: 0, trainer: "gpt", settings: {} });
 */
export function gptTrainer({
  text,
  corpus,
  engine = "auto",
  checkpoints,
  checkpointSeconds = 30,
  cache = cacheFolder(),
}: GptOptions = {}): Trainer {
  const texts = new Map<number, Corpus>();
  const textOf = (vocabulary: number): Corpus => {
    if (corpus && corpus.vocabulary !== vocabulary)
      throw new Error(
        `cannot train: expected a shape of the corpus's vocabulary ${corpus.vocabulary}, got ${vocabulary}`,
      );
    const found = corpus ?? texts.get(vocabulary) ?? openCorpus({ text, vocabulary, cache });
    texts.set(vocabulary, found);
    return found;
  };
  let opener: Promise<OpenEngine> | null = null;
  const open = async (model: EngineModel): Promise<Engine> => {
    // the builds are loaded by those who train, not by all who import the library
    opener ??= import("./engine/open.ts").then(({ engineOf }) => engineOf(engine, cache));
    return (await opener)(model);
  };

  const ended = new Map<string, Checkpoints>();
  const train = async (spec: RunSpec, { signal, report }: TrainOptions = {}): Promise<Run> => {
    signal?.throwIfAborted();
    const plan = planTraining(spec);
    const data = textOf(plan.shape.vocabulary);
    const running = await open(modelOf(plan));
    try {
      const trunk = hashOf(plan, data, running, false);
      const kept = checkpoints
        ? checkpointsIn(checkpoints, {
            own: hashOf(plan, data, running, true),
            shared: trunk,
            sharedSteps: plan.sharedSteps,
          })
        : null;
      const end = await runToEnd({ plan, data, engine: running, kept, checkpointSeconds, signal, report });
      if (kept) ended.set(spec.id, kept);
      return runOf(spec, plan, data, running.build, trunk, end);
    } finally {
      running.close();
    }
  };
  const release = ({ id }: RunSpec): void => {
    ended.get(id)?.discard();
    ended.delete(id);
  };
  return { name: "gpt", train, release };
}

/** The model as the engine wants it. Pieces of about 512 tokens keep activations near the core. */
function modelOf({ shape, batch, recipe }: TrainingPlan): EngineModel {
  const { context, width, headSize } = shape;
  return {
    ...shape,
    tied: shape.tiedEmbeddings,
    centred: shape.norm === "layernorm",
    gated: shape.gatedFfn,
    piece: Math.min(batch, Math.max(1, Math.round(512 / context))),
    batch,
    scoreScale: headSize ** -0.5,
    logitScale: recipe.mupBaseWidth === null ? 1 : recipe.mupBaseWidth / width,
  };
}

/** Names what determines a run, or (not whole) the steps before its decay. */
function hashOf(plan: TrainingPlan, data: Corpus, engine: Engine, whole: boolean): string {
  const { shape, recipe, seed, batch, peak, rates } = plan;
  const asked = {
    shape,
    recipe,
    seed,
    batch,
    peak,
    steps: whole || plan.sharedSteps === 0 ? rates.length : null,
  };
  return contentHash({ ...asked, data: data.hash, build: engine.build })
    .replace("sha256:", "")
    .slice(0, 32);
}

interface Work {
  readonly plan: TrainingPlan;
  readonly data: Corpus;
  readonly engine: Engine;
  readonly kept: Checkpoints | null;
  readonly checkpointSeconds: number;
  readonly signal?: AbortSignal;
  readonly report?: (point: CurvePoint) => void;
}

interface End {
  readonly steps: number;
  readonly diverged: boolean;
  readonly curve: readonly CurvePoint[];
  readonly validation: Validation | null;
  readonly seconds: number;
}

interface Validation {
  readonly natsPerToken: number;
  readonly bitsPerByte: number;
}

async function runToEnd(work: Work): Promise<End> {
  const { plan, data, engine, kept, checkpointSeconds, signal, report } = work;
  const { shape, recipe, batch, rates } = plan;
  const { context } = shape;
  const train = trainingText(plan, data);
  const batchAt = batches(train, { context, batch, seed: plan.seed });
  const validate = validator(engine, data, context, batch, recipe.validationTokens);
  const steps = rates.length;

  writeConstants(engine, plan);
  const saved = kept?.latest() ?? null;
  engine.write("params", saved?.params ?? initialWeights(plan));
  if (saved) engine.write("first", saved.first);
  if (saved) engine.write("second", saved.second);
  let { step, lossSum, lossSteps, firstLoss, seconds } = saved ?? fresh;
  const curve = [...(saved?.curve ?? [])];
  for (const point of curve) report?.(point);

  let clock = performance.now();
  let lastSaved = clock;
  const elapsed = (): number => {
    const now = performance.now();
    seconds += (now - clock) / 1000;
    clock = now;
    return seconds;
  };
  const state = async (): Promise<Checkpoint> => {
    const [params, first, second] = (await Promise.all(
      (["params", "first", "second"] as const).map((region) => engine.read(region, engine.weights)),
    )) as Float32Array[];
    return { step, lossSum, lossSteps, firstLoss, curve, seconds: elapsed(), params, first, second };
  };
  const diverged = (at: number): End => {
    return { steps: at, diverged: true, curve, validation: null, seconds: elapsed() };
  };

  let validation: Validation | null = null;
  let group = 1;
  while (step < steps) {
    // some steps are sent ahead, so that the engine never waits for us; we want to hear from it ten times a second
    const stop = Math.min(step + group, ...[...plan.curveSteps, plan.sharedSteps].filter((at) => at > step));
    const began = performance.now();
    const results = await Promise.all(
      Array.from({ length: stop - step }, (_, i) =>
        engine.step(batchAt(step + i), updateOf(recipe, rates[step + i], step + i + 1)),
      ),
    );
    group = Math.max(1, Math.min(64, Math.round((results.length * 100) / (performance.now() - began))));
    for (const { nats, gradNorm } of results) {
      const loss = nats / (batch * context);
      step++;
      if (firstLoss === null) firstLoss = loss;
      // twice as bad as at the start, or as a guess among all tokens, is no training any more
      const worst = 2 * Math.max(firstLoss, Math.log(shape.vocabulary));
      if (!Number.isFinite(gradNorm) || !(loss <= worst)) return diverged(step);
      lossSum += loss;
      lossSteps++;
    }
    if (plan.curveSteps.includes(step)) {
      validation = await validate();
      if (!Number.isFinite(validation.natsPerToken)) return diverged(step);
      const at = { step, tokens: step * batch * context };
      const points: CurvePoint[] = [
        { ...at, loss: lossSum / lossSteps, split: "train" },
        { ...at, loss: validation.natsPerToken, split: "validation" },
      ];
      lossSum = 0;
      lossSteps = 0;
      curve.push(...points);
      for (const point of points) report?.(point);
    }
    if (kept && step === plan.sharedSteps) kept.share(await state());
    const due = performance.now() - lastSaved > checkpointSeconds * 1000;
    await new Promise((resolve) => setImmediate(resolve)); // whoever wants to stop us gets a turn
    if (kept && step < steps && (due || signal?.aborted)) {
      kept.save(await state());
      lastSaved = performance.now();
    }
    signal?.throwIfAborted();
  }
  const noBetter = validation!.natsPerToken > Math.max(firstLoss!, Math.log(shape.vocabulary));
  if (noBetter) return diverged(steps);
  return { steps, diverged: false, curve, validation, seconds: elapsed() };
}

const fresh: Omit<Checkpoint, "curve" | "params" | "first" | "second"> = {
  step: 0,
  lossSum: 0,
  lossSteps: 0,
  firstLoss: null,
  seconds: 0,
};

/** The part of the training text that the run may see. */
function trainingText({ recipe, shape }: TrainingPlan, data: Corpus): Uint16Array {
  const train = data.train.subarray(0, recipe.uniqueTokens ?? data.train.length);
  for (const [split, tokens] of [
    ["training", train],
    ["held-out", data.validation],
  ] as const)
    if (windowsIn(tokens, shape.context) < 1)
      throw new Error(
        `cannot train on ${data.name}: expected more than ${shape.context} ${split} tokens, one context, got ${tokens.length}`,
      );
  return train;
}

/** Angles of rotary positions (Su et al. 2021, https://arxiv.org/abs/2104.09864), and each tensor's own rate and decay. */
function writeConstants(engine: Engine, { shape, recipe }: TrainingPlan): void {
  const half = shape.headSize / 2;
  const angles = Float64Array.from(
    { length: shape.context * half },
    (_, i) => Math.floor(i / half) * 10000 ** (-(i % half) / half),
  );
  engine.write("cosines", angles.map(Math.cos));
  engine.write("sines", angles.map(Math.sin));
  const tensors = tensorsOf(shape);
  const isMatrix = (group: string): boolean => group === "attention" || group === "ffn";
  const matrixRate = recipe.mupBaseWidth === null ? 1 : recipe.mupBaseWidth / shape.width;
  engine.write(
    "rates",
    Float64Array.from(tensors, ({ group }) => (isMatrix(group) ? matrixRate : 1)),
  );
  engine.write(
    "decays",
    Float64Array.from(tensors, ({ group }) => (group === "norms" ? 0 : 1)),
  );
}

/**
 * Gains 1, matrices N(0, 1 / fan-in), those that write to the residual stream narrower by √(2 · layers) (Radford et al.
 * 2019), an untied head 0 (Yang et al. 2022), the embedding as the recipe says.
 */
function initialWeights({ shape, recipe, seed }: TrainingPlan): Float32Array {
  const random = seededRandom(seed).fork(0);
  const tensors = tensorsOf(shape);
  const weights = new Float32Array(tensors.reduce((sum, { size }) => sum + size, 0));
  let at = 0;
  for (const { group, size, fanIn, toStream } of tensors) {
    const part = weights.subarray(at, at + size);
    at += size;
    if (group === "norms") part.fill(1);
    else if (group !== "head") {
      const std =
        group === "embedding" ? recipe.embeddingStd : (fanIn * (toStream ? 2 * shape.layers : 1)) ** -0.5;
      for (let i = 0; i < size; i++) part[i] = std * random.normal();
    }
  }
  return weights;
}

function updateOf(
  { beta1, beta2, epsilon, weightDecay, clip }: TrainingPlan["recipe"],
  rate: number,
  step: number,
): Update {
  const correction1 = 1 - beta1 ** step;
  const correction2 = 1 - beta2 ** step;
  return { rate, beta1, beta2, epsilon, decay: weightDecay, clip, correction1, correction2 };
}

/** Measures the loss on the held-out sequences, always the same. */
function validator(
  engine: Engine,
  { validation, lengths }: Corpus,
  context: number,
  batch: number,
  tokens: number,
): () => Promise<Validation> {
  const windows = validationWindows(validation, context, tokens);
  const bytes = windows.reduce(
    (sum, window) => window.subarray(1).reduce((total, token) => total + lengths[token], sum),
    0,
  );
  const calls = Array.from({ length: Math.ceil(windows.length / batch) }, (_, i) => {
    const some = windows.slice(i * batch, (i + 1) * batch);
    const call = new Int32Array(some.length * (context + 1));
    for (const [j, window] of some.entries()) call.set(window, j * (context + 1));
    return call;
  });
  return async () => {
    const nats = (await Promise.all(calls.map(engine.evaluate))).reduce((sum, part) => sum + part, 0);
    return { natsPerToken: nats / (windows.length * context), bitsPerByte: nats / bytes / Math.LN2 };
  };
}

function runOf(
  spec: RunSpec,
  plan: TrainingPlan,
  data: Corpus,
  build: string,
  trunk: string,
  { steps, diverged, curve, validation, seconds }: End,
): Run {
  const { shape, batch, peak, recipe } = plan;
  const tokens = steps * batch * shape.context;
  const unique = windowsIn(trainingText(plan, data), shape.context) * shape.context;
  return {
    format: "isoflop.run/1",
    id: spec.id,
    spec,
    status: diverged ? "diverged" : "finished",
    parameters: parameterCounts(shape),
    tokens,
    uniqueTokens: Math.min(tokens, unique),
    flops: { value: trainingFlops(shape, tokens, { convention: "exact" }), convention: "exact" },
    losses:
      validation === null
        ? []
        : [
            { value: validation.natsPerToken, unit: "nats/token", split: "validation", name: data.name },
            { value: validation.bitsPerByte, unit: "bits/byte", split: "validation", name: data.name },
          ],
    curve,
    seconds,
    origin: { source: `gpt, ${data.name}`, row: null },
    extra: {
      engine: build,
      corpus: data.hash,
      trunk,
      steps,
      epochs: tokens / unique,
      learningRate: peak,
      schedule: recipe.schedule,
      ...(diverged ? { divergedAtStep: steps } : {}),
    },
  };
}
