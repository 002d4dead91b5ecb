import { type Architecture, countParameters, flopsPerToken } from "../../models/index.ts";
import { fitLine, formatFlops, formatNumber } from "../../numeric/index.ts";
import type { JsonValue, Run, RunSpec } from "../../runs/index.ts";
import type { Trainer } from "../trainer.ts";
import { defaultRecipe } from "./recipe.ts";
import { gptShape } from "./shape.ts";

/** How fast models of one size train on one core: FLOPs as `exact` counts them. */
export interface Speed {
  readonly flopsPerToken: number;
  readonly flopsPerSecond: number;
}

/** IsoFLOP curves of the embedded trainer's models, designed for a time: what to train and how long it will take. */
export interface Ladder {
  readonly format: "isoflop.ladder/1";
  /** What the design was made for. */
  readonly seconds: number;
  readonly cores: number;
  readonly speeds: readonly Speed[];
  /** Of each run, in FLOPs by the exact count, from the smallest. */
  readonly budgets: readonly number[];
  /** By budget, then seed, then size. */
  readonly specs: readonly RunSpec[];
  /** Seconds that each run takes by itself on one core, given that it shares the stable part of shorter ones. */
  readonly runSeconds: readonly number[];
  /** Of all of them on the cores. */
  readonly expectedSeconds: number;
  /** Of all of them, with the shared part counted once. */
  readonly flops: number;
  /** What a token costs a model of N parameters, as a formula for plans. */
  readonly flopsPerToken: string;
  readonly leastSteps: number;
  /** Tokens of the text that can be trained on without repeating it. */
  readonly uniqueTokens: number;
}

export interface LadderOptions {
  readonly seconds: number;
  readonly cores: number;
  readonly speeds: readonly Speed[];
  readonly uniqueTokens: number;
  readonly seed?: number;
  /** For the trainer, the same in every run. */
  readonly settings?: Readonly<Record<string, JsonValue>>;
}

const batchTokens = 512; // 4 sequences of 128
/** Two layers at least: one layer cannot copy what stood after the same bytes before, and its curve is another's. */
const shapes = (
  [
    [8, 2],
    [12, 2],
    [16, 2],
    [24, 2],
    [32, 2],
    [48, 2],
    [64, 2],
    [80, 2],
    [96, 3],
    [128, 3],
    [128, 4],
    [160, 4],
    [192, 5],
    [256, 6],
  ] as const
).map(([width, layers]) => sized(width, layers));

interface Sized {
  readonly shape: Architecture;
  readonly params: number;
  readonly cost: number;
}

function sized(width: number, layers: number): Sized {
  const headSize = [16, 8].find((size) => width % size === 0 && width > size) ?? width / 2;
  const shape = gptShape({ width, layers, headSize });
  return {
    shape,
    params: countParameters(shape).total,
    cost: flopsPerToken(shape, { convention: "exact" }),
  };
}

/** Where the best size of a budget was in studies/own-ladder: enough to choose sizes around it. */
const bestParams = (flops: number): number => 22e3 * (flops / 1e11) ** 0.5;
/** A budget's sizes lie at most this factor from there. */
const reach = 8;
/** Below these the runs are so short that seeds differ by more than sizes do; only very short ladders go there. */
const smallest = [1e11, 5e10, 2.5e10, 1.25e10, 6.25e9] as const;
const fewestBudgets = 4;
const mostBudgets = 14;
/** The budgets on which every size is trained with three seeds. */
const seededBudgets = 2;

/**
 * A ladder of isoFLOP curves that takes about so long: budgets that double, on each the sizes around where the best is
 * to be expected, with three seeds on the smallest two, where runs are short.
 *
 * FLOPs are exact (`flopsPerToken`, attention and head included): at these sizes 6ND is wrong by up to a half. A run
 * branches off the stable part of the shorter ones of its size and seed (WSD), so all budgets of a size cost about as
 * much as 1.25 times the largest. The smallest budget is 1e11 FLOPs where there is time for four budgets from there,
 * less otherwise.
 *
 * @example planLadder({ seconds: 600, cores: 2, speeds: [{ flopsPerToken: 3e5, flopsPerSecond: 4e10 }], uniqueTokens: 1e7 })
 */
export function planLadder(options: LadderOptions): Ladder {
  const { seconds, cores, speeds } = options;
  if (!(seconds > 0)) throw new Error(`cannot plan a ladder: expected a time above 0, got ${seconds} s`);
  if (speeds.length === 0 || !(cores >= 1))
    throw new Error("cannot plan a ladder: expected a measured speed and a core at least, got none");
  for (const first of smallest) {
    let best: Ladder | null = null;
    for (let count = fewestBudgets; count <= mostBudgets; count++) {
      const ladder = ladderOf(options, first, count);
      if (ladder.expectedSeconds > seconds) break;
      best = ladder;
    }
    if (best !== null) return best;
  }
  return ladderOf(options, smallest[smallest.length - 1], fewestBudgets - 1, 0); // the least that shows anything
}

function ladderOf(options: LadderOptions, first: number, count: number, seeded = seededBudgets): Ladder {
  const { seconds, cores, speeds, uniqueTokens, seed = 0, settings = {} } = options;
  const leastSteps = Math.round(300 * Math.sqrt(first / smallest[0]));
  const budgets = Array.from({ length: count }, (_, i) => first * 2 ** i);
  const specs: RunSpec[] = [];
  const runSeconds: number[] = [];
  let flops = 0;
  for (const [i, budget] of budgets.entries()) {
    const rows = shapes.filter(({ params, cost }) => {
      const off = params / bestParams(budget);
      return off < reach && off > 1 / reach && stepsOf(budget, cost) >= leastSteps;
    });
    const seeds = i < seeded ? [seed, seed + 1, seed + 2] : [seed];
    for (const its of seeds)
      for (const size of rows) {
        const spec = specOf(size, budget, { seed: its, settings });
        const before = specs.findLast((other) => other.seed === its && sameShape(other, spec));
        const shared = (1 - defaultRecipe.decayShare) * (before?.tokens ?? 0);
        const own = spec.tokens - shared;
        specs.push(spec);
        flops += own * size.cost;
        runSeconds.push(secondsOf(own, spec.tokens / batchTokens, size.cost, speeds));
      }
  }
  const all = runSeconds.reduce((sum, one) => sum + one, 0);
  return {
    format: "isoflop.ladder/1",
    seconds,
    cores,
    speeds,
    budgets,
    specs,
    runSeconds,
    // the last run to end has the other cores wait for it
    expectedSeconds: all / cores + (cores > 1 ? Math.max(...runSeconds) / 2 : 0),
    flops,
    flopsPerToken: costFormula(),
    leastSteps,
    uniqueTokens,
  };
}

/** The runs that check a plan: the model nearest to the one planned, and its neighbours, each on the whole budget. */
export function planCheck(
  flops: number,
  params: number,
  {
    models,
    seed = 0,
    settings = {},
  }: {
    readonly models: number;
    readonly seed?: number;
    readonly settings?: Readonly<Record<string, JsonValue>>;
  },
): RunSpec[] {
  const off = ({ params: its }: Sized): number => Math.abs(Math.log(its / params));
  const near = [...candidates()].sort((x, y) => off(x) - off(y))[0];
  // half and twice the size: near enough to matter, far enough to differ
  const wanted = [params, params / 2, params * 2].slice(0, Math.max(1, models));
  const chosen = wanted.map((size, i) =>
    i === 0
      ? near
      : [...candidates()].sort(
          (x, y) => Math.abs(Math.log(x.params / size)) - Math.abs(Math.log(y.params / size)),
        )[0],
  );
  return [...new Map(chosen.map((size) => [size.params, size])).values()].map((size) =>
    specOf(size, flops, { seed, settings }),
  );
}

/** Finer than the ladder's own sizes. */
function* candidates(): Generator<Sized> {
  yield* shapes.slice(0, 5);
  for (let width = 32; width <= 1024; width += 16) {
    const layers = Math.max(2, Math.round(width / 40));
    yield sized(width, layers);
    yield sized(width, layers + 1);
  }
}

/** Seconds that a run takes on one core: its own steps, its validations and its process's start. */
function secondsOf(ownTokens: number, steps: number, cost: number, speeds: readonly Speed[]): number {
  const points = 2 * Math.log2(Math.max(2, steps / defaultRecipe.curveFrom)) * 0.3 + 2;
  const validation = (points * defaultRecipe.validationTokens) / 3; // forward alone
  return startSeconds + ((ownTokens + validation) * cost) / speedAt(cost, speeds);
}

const startSeconds = 0.6;

/** Between measured sizes on a line in logs, beyond them as at the nearest. */
function speedAt(cost: number, speeds: readonly Speed[]): number {
  const sorted = [...speeds].sort((x, y) => x.flopsPerToken - y.flopsPerToken);
  const above = sorted.findIndex(({ flopsPerToken: its }) => its >= cost);
  if (above === -1) return sorted[sorted.length - 1].flopsPerSecond;
  if (above === 0) return sorted[0].flopsPerSecond;
  const [low, high] = [sorted[above - 1], sorted[above]];
  const share = Math.log(cost / low.flopsPerToken) / Math.log(high.flopsPerToken / low.flopsPerToken);
  return low.flopsPerSecond * (high.flopsPerSecond / low.flopsPerSecond) ** share;
}

const stepsOf = (flops: number, cost: number): number => Math.round(flops / cost / batchTokens);

function sameShape(x: RunSpec, y: RunSpec): boolean {
  return x.shape?.width === y.shape?.width && x.shape?.layers === y.shape?.layers;
}

function specOf(
  { shape, cost }: Sized,
  flops: number,
  { seed, settings }: { readonly seed: number; readonly settings: Readonly<Record<string, JsonValue>> },
): RunSpec {
  const { total, nonEmbedding } = countParameters(shape);
  return {
    format: "isoflop.runspec/1",
    id: `c${formatFlops(flops, 4)}-d${shape.width}-l${shape.layers}-s${seed}`,
    shape,
    parameters: { total, nonEmbedding },
    tokens: stepsOf(flops, cost) * batchTokens,
    batchTokens,
    learningRate: null, // the recipe's: 0.21 / width
    seed,
    trainer: "gpt",
    settings,
  };
}

/** 6·N + c·N^p, the second for attention: through the ladder's shapes, and right for large models too. */
function costFormula(): string {
  const line = fitLine(
    shapes.map(({ params }) => Math.log(params)),
    shapes.map(({ params, cost }) => Math.log(cost - 6 * params)),
  )!;
  return `6 * N + ${formatNumber(Math.exp(line.intercept), 3)} * N^${formatNumber(line.slope, 3)}`;
}

/** How fast a machine trains, and on what. */
export interface MeasuredSpeed {
  readonly speeds: readonly Speed[];
  readonly uniqueTokens: number;
  /** The engine's build. */
  readonly engine: string;
  readonly text: string;
}

/**
 * Trains three sizes for a moment each, to know how fast this machine is.
 *
 * @param trainer of the text that the ladder will be trained on, so that its tokens are ready afterwards
 */
export async function measureSpeeds(
  trainer: Trainer,
  { seconds = 0.5, signal }: { readonly seconds?: number; readonly signal?: AbortSignal } = {},
): Promise<MeasuredSpeed> {
  const train = async (size: Sized, steps: number): Promise<Run> => {
    const spec = specOf(size, size.cost * steps * batchTokens, { seed: 0, settings: {} });
    // one window: the time is that of the steps
    return await trainer.train({ ...spec, settings: { validationTokens: size.shape.context } }, { signal });
  };
  const runs: Run[] = [];
  for (const size of [shapes[1], shapes[4], shapes[8]]) {
    const brief = await train(size, 20);
    const steps = Math.ceil((20 * seconds) / Math.max(1e-3, brief.seconds ?? 1));
    runs.push(await train(size, Math.max(20, steps)));
  }
  const { extra, losses, tokens } = runs[0];
  return {
    speeds: runs.map(({ flops, seconds: took, tokens: its }) => ({
      flopsPerToken: flops!.value / its!,
      flopsPerSecond: flops!.value / took!,
    })),
    uniqueTokens: Math.round(tokens! / Number(extra.epochs)),
    engine: String(extra.engine),
    text: losses[0].name ?? "text",
  };
}
