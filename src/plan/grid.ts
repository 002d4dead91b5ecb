import {
  type Architecture,
  chinchillaShape,
  countParameters,
  gpt2Shape,
  llamaShape,
  moeShape,
  type ShapeOptions,
} from "../models/index.ts";
import { didYouMean, formatCount, formatNumber } from "../numeric/index.ts";
import type { JsonValue, RunSpec } from "../runs/index.ts";
import { countsOf } from "./sweep-runs.ts";

/** A shape by its family's constructor: `{ family: "llama", layers: 4, width: 128, heads: 4 }`. */
export type FamilyShape = ShapeOptions & { readonly family: Architecture["family"] };

/** What {@link planGrid} crosses. */
export interface GridOptions {
  /** Model sizes, in total parameters; or shapes, which say more. */
  readonly params?: readonly number[];
  readonly shapes?: readonly FamilyShape[];
  /** Tokens to train on, or tokens per parameter, or FLOPs of a run (C = 6ND: an isoFLOP profile a budget). */
  readonly tokens?: readonly number[];
  readonly tokensPerParam?: readonly number[];
  readonly flops?: readonly number[];
  readonly batchTokens?: readonly number[];
  readonly learningRates?: readonly number[];
  /** Values of the trainer's own settings, by name. */
  readonly vary?: Readonly<Record<string, readonly JsonValue[]>>;
  readonly seeds?: readonly number[];
  readonly trainer?: string;
  /** For the trainer, the same in every run. */
  readonly settings?: Readonly<Record<string, JsonValue>>;
  /**
   * The last share of every run, in which the learning rate decays (WSD: warm-up, stable, decay). Given, runs that
   * differ in their tokens alone branch off one stable trunk.
   */
  readonly decay?: number | null;
}

/**
 * A grid of runs: every size on every number of tokens, with every batch, learning rate, setting and seed.
 *
 * With `decay` = f the runs that differ in their tokens D alone share one trunk at a constant learning rate, off which
 * each branches at (1 − f)·D and decays to its end at D. So n token budgets cost (1 − f)·D_max + f·ΣD tokens and not
 * ΣD. Hu et al. 2024 (MiniCPM), section 4.3, https://arxiv.org/abs/2404.06395; Hägele et al. 2024,
 * https://arxiv.org/abs/2405.18392. A trunk's settings are `trunk: true` and `branches`, the tokens at which it keeps
 * checkpoints; a branch's are `branchFrom`, the id of its trunk, and `branchAt`, its tokens there. Runs of one trunk
 * are correlated: what `branchFrom` says is what intervals cluster by.
 *
 * @example planGrid({ params: [1e6, 2e6], tokens: [1e7, 2e7, 4e7], decay: 0.25 }).length; // 8: two trunks, six branches
 */
export function planGrid({
  params,
  shapes,
  tokens,
  tokensPerParam,
  flops,
  batchTokens,
  learningRates,
  vary = {},
  seeds = [0],
  trainer = "synthetic",
  settings = {},
  decay = null,
}: GridOptions): RunSpec[] {
  oneOf({ params, shapes });
  oneOf({ tokens, tokensPerParam, flops });
  const amounts = { params, tokens, tokensPerParam, flops, batchTokens, learningRates };
  for (const [name, values] of Object.entries(amounts))
    for (const value of values ?? [])
      if (!(value > 0) || !Number.isFinite(value)) throw cannot(`expected ${name} above 0, got ${value}`);
  if (decay !== null && !(decay > 0 && decay < 1))
    throw cannot(`expected a decay between 0 and 1, got ${decay}; 0.2 decays over the last fifth`);

  const sizes =
    shapes?.map(builtShape).map((shape) => ({ shape, N: countParameters(shape).total })) ??
    params!.map((N) => ({ shape: null, N }));
  const combinations = crossed(vary);
  const axes: Axis[] = sizes.flatMap((size) =>
    (batchTokens ?? [null]).flatMap((batch) =>
      (learningRates ?? [null]).flatMap((rate) =>
        combinations.flatMap((chosen) => seeds.map((seed) => ({ ...size, batch, rate, chosen, seed }))),
      ),
    ),
  );
  const tokensOf = (N: number): number[] =>
    (tokens ?? tokensPerParam?.map((ratio) => ratio * N) ?? flops!.map((C) => C / (6 * N))).toSorted(
      (a, b) => a - b,
    );

  const specOf = (
    { shape, N, batch, rate, chosen, seed }: Axis,
    D: number,
    more = {},
  ): Omit<RunSpec, "id"> => ({
    format: "isoflop.runspec/1",
    shape,
    parameters: shape ? countsOf(shape) : { total: N },
    tokens: D,
    batchTokens: batch,
    learningRate: rate,
    seed,
    trainer,
    settings: { ...settings, ...chosen, ...more },
  });
  const nameOf = ({ N, batch, rate, chosen, seed }: Axis, digits: number): string =>
    [
      `n${formatCount(N, digits)}`,
      ...((batchTokens?.length ?? 0) > 1 ? [`b${formatCount(batch!, digits)}`] : []),
      ...((learningRates?.length ?? 0) > 1 ? [`lr${formatNumber(rate!, digits)}`] : []),
      ...Object.entries(chosen)
        .filter(([name]) => vary[name].length > 1)
        .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`),
      `s${seed}`,
    ].join("-");

  return withUniqueIds((digits) => {
    const specs = axes.map((axis): RunSpec[] => {
      const name = nameOf(axis, digits);
      const budgets = tokensOf(axis.N);
      const runs = budgets.map((D) => ({ id: `${name}-d${formatCount(D, digits)}`, D }));
      if (decay === null) return runs.map(({ id, D }) => ({ id, ...specOf(axis, D) }));
      const trunk = `${name}-trunk`;
      const branches = budgets.map((D) => (1 - decay) * D);
      return [
        { id: trunk, ...specOf(axis, branches.at(-1)!, { decay, trunk: true, branches }) },
        ...runs.map(({ id, D }, i) => ({
          id,
          ...specOf(axis, D, { decay, branchFrom: trunk, branchAt: branches[i] }),
        })),
      ];
    });
    // the short runs of all sizes first: what is wrong with a sweep shows early
    const longest = Math.max(0, ...specs.map(({ length }) => length));
    return Array.from({ length: longest }, (_, i) => specs.flatMap((of) => of.slice(i, i + 1))).flat();
  });
}

/** One model with its settings, to be trained on several numbers of tokens. */
interface Axis {
  readonly shape: Architecture | null;
  readonly N: number;
  readonly batch: number | null;
  readonly rate: number | null;
  readonly chosen: Readonly<Record<string, JsonValue>>;
  readonly seed: number;
}

const families = { gpt2: gpt2Shape, llama: llamaShape, moe: moeShape, chinchilla: chinchillaShape };

function builtShape({ family, ...options }: FamilyShape): Architecture {
  if (Object.hasOwn(families, family)) return families[family](options);
  const names = Object.keys(families);
  const near = didYouMean(String(family), names);
  throw cannot(
    `unknown family of shapes ${JSON.stringify(family) ?? "(none)"}; ${near === null ? `there are ${names.join(", ")}` : `did you mean "${near}"?`}`,
  );
}

/** Every choice of one value a name. */
function crossed(vary: Readonly<Record<string, readonly JsonValue[]>>): Record<string, JsonValue>[] {
  return Object.entries(vary).reduce<Record<string, JsonValue>[]>(
    (all, [name, values]) => all.flatMap((chosen) => values.map((value) => ({ ...chosen, [name]: value }))),
    [{}],
  );
}

/** With as many digits as tell all runs apart, three at the least. */
function withUniqueIds(make: (digits: number) => RunSpec[]): RunSpec[] {
  for (let digits = 3; ; digits++) {
    const specs = make(digits);
    if (specs.length === 0) throw cannot("expected runs, got an axis without values; give every axis one");
    const ids = new Set(specs.map(({ id }) => id));
    if (ids.size === specs.length) return specs;
    if (digits >= 17) {
      const twice = specs.find(({ id }, i) => specs.findIndex((other) => other.id === id) !== i)!.id;
      throw cannot(`two runs are the same, got ${twice} twice; give every value once`);
    }
  }
}

function oneOf(choice: Readonly<Record<string, unknown>>): void {
  const given = Object.keys(choice).filter((name) => choice[name] !== undefined);
  if (given.length === 1) return;
  const got = given.length === 0 ? "none" : given.join(" and ");
  throw cannot(`expected one of ${Object.keys(choice).join(", ")}, got ${got}`);
}

function cannot(reason: string): Error {
  return new Error(`cannot plan a grid: ${reason}`);
}
