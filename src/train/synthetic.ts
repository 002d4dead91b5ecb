import { inside, type Law, lawFunction, quantityAt } from "../laws/index.ts";
import type { ParameterConvention } from "../models/index.ts";
import { didYouMean, seededRandom } from "../numeric/index.ts";
import { type CurvePoint, contentHash, type Run, type RunSpec } from "../runs/index.ts";
import type { Trainer, TrainOptions } from "./trainer.ts";

export interface SyntheticOptions {
  /** The planted law; its output is loss. */
  readonly law: Law;
  /** A value for every parameter of the law. */
  readonly parameters: Readonly<Record<string, number>>;
  /** The standard deviation of ln loss from run to run. */
  readonly noise?: number;
  /** How many points a run's curve has, evenly in ln tokens over its last factor of a hundred; 0 for no curve. */
  readonly curvePoints?: number;
  /** Waits so long at every point of the curve, as if it trained. */
  readonly pauseMs?: number;
  /** Ids of runs that fail, as a crashed program does. */
  readonly fails?: Iterable<string>;
  /** Ids of runs that diverge half way. */
  readonly diverges?: Iterable<string>;
}

/**
 * The trainer that trains nothing and answers with a law: loss = law(params, tokens) · exp(noise · z), z ~ N(0, 1).
 *
 * The null object of the room: a sweep on it is over in milliseconds, and a fit must return what was planted. z comes
 * from a stream of the spec's seed and a hash of its id, so neither the order of the runs nor a resumed sweep changes
 * it. Inputs of the law beyond parameters and tokens (steps, batchTokens, uniqueTokens …) are read from the spec and
 * its settings. The curve is the law at fewer tokens, as if each point had ended a schedule of its own.
 *
 * @example
 * const trainer = syntheticTrainer({ law: chinchilla, parameters: chinchilla.sets.besiroglu2024.parameters });
 * (await trainer.train(spec)).losses[0].value; // 3.1
 */
export function syntheticTrainer({
  law,
  parameters,
  noise = 0,
  curvePoints = 0,
  pauseMs = 0,
  fails = [],
  diverges = [],
}: SyntheticOptions): Trainer {
  check(law, parameters, noise, curvePoints);
  const lossAt = lawFunction(law, parameters);
  const failing = new Set(fails);
  const diverging = new Set(diverges);
  const source = `synthetic ${law.name}${noise > 0 ? `, noise ${noise}` : ""}`;

  const train = async (spec: RunSpec, { signal, report }: TrainOptions = {}): Promise<Run> => {
    signal?.throwIfAborted();
    const params = paramsOf(spec);
    const { uniqueTokens } = spec.settings;
    const factor = noise > 0 ? Math.exp(noise * streamOf(spec).normal()) : 1;
    const measure = (tokens: number): number => {
      const value = lossAt(inputsOf(law, spec, params, tokens)) * factor;
      if (!Number.isFinite(value))
        throw cannot(spec, `${law.name} has no finite loss at ${params} parameters and ${tokens} tokens`);
      return value;
    };
    const diverged = diverging.has(spec.id);
    const tokens = diverged ? spec.tokens / 2 : spec.tokens;
    const curve: CurvePoint[] = [];
    for (const seen of curveTokens(spec.tokens, curvePoints)) {
      if (seen > tokens) break;
      // a real trainer yields here too: whoever wants to stop it gets a turn
      await (pauseMs > 0 ? new Promise((done) => setTimeout(done, pauseMs)) : Promise.resolve());
      signal?.throwIfAborted();
      // without a batch there are no steps to count: the points are
      const step = spec.batchTokens === null ? curve.length + 1 : seen / spec.batchTokens;
      const point: CurvePoint = { step, tokens: seen, loss: measure(seen), split: "validation" };
      curve.push(point);
      report?.(point);
    }
    signal?.throwIfAborted();
    if (failing.has(spec.id)) throw cannot(spec, "it was told to fail");
    return {
      format: "isoflop.run/1",
      id: spec.id,
      spec,
      status: diverged ? "diverged" : "finished",
      parameters: spec.parameters,
      tokens,
      uniqueTokens: typeof uniqueTokens === "number" ? Math.min(uniqueTokens, tokens) : null,
      flops: { value: 6 * (spec.parameters.active ?? params) * tokens, convention: "6ND" },
      losses: diverged
        ? []
        : [{ value: measure(tokens), unit: "nats/token", split: "validation", name: null }],
      curve: curvePoints > 0 ? curve : null,
      // nothing was timed
      seconds: null,
      origin: { source, row: null },
      extra: {},
    };
  };
  return { name: "synthetic", train };
}

function check(
  law: Law,
  parameters: Readonly<Record<string, number>>,
  noise: number,
  curvePoints: number,
): void {
  const fail = (reason: string): Error => new Error(`cannot plant ${law.name}: ${reason}`);
  if (law.output !== "loss") throw fail(`a trainer answers with a loss, got a law of ${law.output}`);
  for (const [name, { in: domain }] of Object.entries(law.parameters)) {
    const value = parameters[name];
    if (value === undefined) throw fail(`expected a value for ${name}, got none`);
    if (!inside(domain, value)) throw fail(`expected ${name} in its range (${String(domain)}), got ${value}`);
  }
  for (const name of Object.keys(parameters)) {
    if (law.parameters[name] !== undefined) continue;
    const near = didYouMean(name, Object.keys(law.parameters));
    throw fail(`it has no parameter "${name}"${near === null ? "" : `; did you mean "${near}"?`}`);
  }
  if (!(noise >= 0) || !Number.isFinite(noise)) throw fail(`expected noise of at least 0, got ${noise}`);
  if (!Number.isInteger(curvePoints) || curvePoints < 0)
    throw fail(`expected a whole number of curve points, got ${curvePoints}`);
}

const conventions: readonly ParameterConvention[] = ["total", "active", "nonEmbedding", "unstated"];

function paramsOf(spec: RunSpec): number {
  const stated = conventions.find((convention) => spec.parameters[convention] !== undefined);
  if (stated === undefined)
    throw cannot(spec, 'expected its parameters, got none; state them, such as { "total": 1e7 }');
  return spec.parameters[stated]!;
}

function inputsOf(law: Law, spec: RunSpec, params: number, tokens: number): Record<string, number> {
  const { batchTokens, learningRate, settings } = spec;
  const stated: Record<string, unknown> = {
    ...settings,
    batchTokens,
    learningRate,
    steps: batchTokens === null ? null : tokens / batchTokens,
  };
  return Object.fromEntries(
    Object.keys(law.inputs).map((quantity) => {
      const value = quantityAt(quantity, params, tokens) ?? stated[quantity];
      if (typeof value === "number") return [quantity, value];
      throw cannot(
        spec,
        `${law.name} also needs ${quantity}, which the spec doesn't give; put it in its settings`,
      );
    }),
  );
}

function streamOf({ seed, id }: RunSpec): ReturnType<typeof seededRandom> {
  const stream = Number.parseInt(contentHash(id).slice("sha256:".length).slice(0, 8), 16);
  return seededRandom(seed).fork(stream);
}

/** Where the curve is measured: the last point is the run's end. */
function curveTokens(tokens: number, points: number): number[] {
  return Array.from({ length: points }, (_, i) =>
    i === points - 1 ? tokens : tokens * 100 ** ((i + 1) / points - 1),
  );
}

function cannot(spec: RunSpec, reason: string): Error {
  return new Error(`cannot train ${spec.id}: ${reason}`);
}
