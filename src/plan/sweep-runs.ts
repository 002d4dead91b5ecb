import { type Architecture, countParameters, type ParameterConvention } from "../models/index.ts";
import { formatCount, formatFlops, formatNumber } from "../numeric/index.ts";
import type { RunSpec } from "../runs/index.ts";
import { checkLimits, type RefusedRun, type RunPoint, refusalOf } from "./run-limits.ts";
import { planShape } from "./shape.ts";
import type { SweepRunOptions, SweepShape } from "./sweep-noun.ts";

/** Run options with their defaults. */
export interface ReadyOptions extends Required<Omit<SweepRunOptions, "share">> {
  readonly share: number;
}

/** The options of a sweep's runs with their defaults filled in. @throws where one makes no sense */
export function readyOptions({
  seeds = [0],
  trainer = "synthetic",
  batchTokens = null,
  learningRate = null,
  settings = {},
  limits = {},
  shape = null,
  target = null,
  share = 0.01,
}: SweepRunOptions): ReadyOptions {
  if (seeds.length === 0) throw cannot("expected a seed", "none", "give whole numbers, such as 0");
  const oddSeed = seeds.find((seed) => !Number.isSafeInteger(seed));
  if (oddSeed !== undefined)
    throw cannot("expected whole seeds", String(oddSeed), "give whole numbers, such as 0");
  const seedTwice = seeds.find((seed, i) => seeds.indexOf(seed) !== i);
  if (seedTwice !== undefined)
    throw cannot(
      "a seed is given twice",
      String(seedTwice),
      "the same run twice tells nothing new; give every seed once",
    );
  if (trainer === "") throw cannot("expected a trainer's name", '""', 'name one, such as "synthetic"');
  if (batchTokens !== null) checkPositive("batchTokens", batchTokens);
  if (learningRate !== null) checkPositive("learningRate", learningRate);
  if (target !== null) checkPositive("target", target);
  if (!(share > 0 && share <= 1))
    throw cannot(
      "expected a share of the target between 0 and 1",
      formatNumber(share),
      "0.01 is the default",
    );
  checkLimits(limits, (reason) => new Error(`cannot plan a sweep: ${reason}`));
  return { seeds, trainer, batchTokens, learningRate, settings, limits, shape, target, share };
}

/** A run that will be made, with its shape where shapes are planned. */
export interface RunCell extends RunPoint {
  readonly shape: Architecture | null;
}

/**
 * Cells → those that can be run, with whole sizes or shapes, and those that can't, each with its reason. A shaped
 * cell keeps its FLOPs: its tokens are what the shape's own size leaves.
 */
export function feasibleCells(
  points: readonly RunPoint[],
  {
    options: { limits, batchTokens, shape },
    convention,
    costOf,
    rounded = false,
  }: {
    options: ReadyOptions;
    convention: ParameterConvention;
    /** FLOPs of a token of a model of so many parameters. */
    costOf: (params: number) => number;
    /** Sizes are made whole here; else they are already as they should be. */
    rounded?: boolean;
  },
): { cells: RunCell[]; refused: RefusedRun[] } {
  const cells: RunCell[] = [];
  const refused: RefusedRun[] = [];
  const taken = new Set<string>();
  for (const asked of points) {
    const made = cellOf(asked, shape, convention, costOf, rounded);
    const reason =
      typeof made === "string"
        ? made
        : (refusalOf(made, limits, batchTokens) ??
          (made.shape !== null && taken.has(keyOf(made)) ? "its shape is that of another size" : null));
    if (typeof made === "string" || reason !== null) refused.push({ ...bare(asked), reason: reason! });
    else {
      taken.add(keyOf(made));
      cells.push(made);
    }
  }
  return { cells, refused };
}

const keyOf = ({ params, flops }: RunPoint): string => `${params} ${flops}`;
const bare = ({ params, tokens, flops }: RunPoint): RunPoint => ({ params, tokens, flops });

/** The cell as it will be run, or why no shape has its size. */
function cellOf(
  { params, tokens, flops }: RunPoint,
  shape: SweepShape | null,
  convention: ParameterConvention,
  costOf: (params: number) => number,
  rounded: boolean,
): RunCell | string {
  if (shape === null) return { params: rounded ? Math.round(params) : params, tokens, flops, shape: null };
  if (!(params >= 1)) return "it has less than one parameter";
  const counting = convention === "unstated" ? "total" : convention;
  try {
    const planned = planShape({ ...shape, params, counting });
    const own = planned.count[counting];
    return { params: own, tokens: flops / costOf(own), flops, shape: planned.shape };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (!reason.startsWith("cannot find a ")) throw error; // the question was wrong, and not this size of it
    return reason.replace("cannot find a ", "there is no ");
  }
}

/** The RunSpecs of cells, once for each seed. */
export function specsOf(
  cells: readonly RunCell[],
  names: readonly string[],
  convention: ParameterConvention,
  { seeds, trainer, batchTokens, learningRate, settings }: ReadyOptions,
): RunSpec[] {
  return cells.flatMap(({ params, tokens, shape }, i) =>
    seeds.map(
      (seed): RunSpec => ({
        format: "isoflop.runspec/1",
        id: `${names[i]}-s${seed}`,
        shape,
        parameters: shape ? countsOf(shape) : { [convention]: params },
        tokens,
        batchTokens,
        learningRate,
        seed,
        trainer,
        settings,
      }),
    ),
  );
}

/** All counts of a shape; `active` where it differs. */
export function countsOf(shape: Architecture): RunSpec["parameters"] {
  const { total, nonEmbedding, active } = countParameters(shape);
  return { total, nonEmbedding, ...(active === total ? {} : { active }) };
}

/** Names with as many digits as tell all cells apart, three at the least. */
export function distinctNames(
  cells: readonly RunPoint[],
  nameOf: (cell: RunPoint, digits: number) => string,
): string[] {
  for (let digits = 3; ; digits++) {
    const names = cells.map((cell) => nameOf(cell, digits));
    if (new Set(names).size === names.length) return names;
    if (digits >= 17) {
      const twice = names.find((name, i) => names.indexOf(name) !== i);
      throw cannot(
        "two sizes of a budget are the same",
        `${twice} twice`,
        "give fewer sizes or a larger spread",
      );
    }
  }
}

/** "n25.3M-d506M": what names a run whose budget isn't shared. */
export const sizeName = ({ params, tokens }: RunPoint, digits: number): string =>
  `n${formatCount(params, digits)}-d${formatCount(tokens, digits)}`;

/** @throws when nothing is left to run, with what stood against most of it */
export function checkSome(cells: readonly RunCell[], refused: readonly RefusedRun[]): void {
  if (cells.length > 0) return;
  const [{ params, tokens, flops, reason } = { params: 0, tokens: 0, flops: 0, reason: "no cells" }] =
    refused;
  throw new Error(
    `cannot plan a sweep: none of its ${refused.length} runs can be made; of ${formatCount(params, 3)} parameters on ${formatCount(tokens, 3)} tokens at ${formatFlops(flops, 3)} FLOPs: ${reason}; loosen the limits, or give other budgets`,
  );
}

export function checkPositive(what: string, value: number): void {
  if (!(value > 0) || !Number.isFinite(value)) throw cannot(`expected ${what} above 0`, formatNumber(value));
}

export function cannot(reason: string, got: string, remedy?: string): Error {
  return new Error(`cannot plan a sweep: ${reason}, got ${got}${remedy === undefined ? "" : `; ${remedy}`}`);
}
