import { type FrontierFit, frontierAt } from "../fit/index.ts";
import { computeOptimum } from "../laws/index.ts";
import type { ParameterConvention } from "../models/index.ts";
import { formatCount, formatFlops, formatNumber } from "../numeric/index.ts";
import type { JsonValue, RunSpec } from "../runs/index.ts";
import { type Basis, type BasisNote, budgetOptions, checkHeld, openBasis } from "./basis.ts";
import { isFrontier, openFrontier } from "./frontier.ts";

/** Around which size a budget's models lie. */
export type SweepCentre =
  | { readonly rule: "tokensPerParam"; readonly tokensPerParam: number }
  | {
      readonly rule: "optimum";
      readonly basis: BasisNote;
      /** Inputs of the law that the budget does not set, as they were given. */
      readonly held: Readonly<Record<string, number>>;
    };

/** What a sweep was designed from: enough to make it again. */
export interface SweepDesign {
  /** In FLOPs, in the 6ND convention. */
  readonly budgets: readonly number[];
  readonly sizesPerBudget: number;
  readonly centre: SweepCentre;
  /** The smallest size is centre / spread and the largest centre · spread. */
  readonly spread: number;
  readonly seeds: readonly number[];
  readonly trainer: string;
  /** Which parameters the sizes count. */
  readonly convention: ParameterConvention;
  readonly batchTokens: number | null;
  readonly learningRate: number | null;
  readonly settings: Readonly<Record<string, JsonValue>>;
}

/** Runs to train: isoFLOP curves, a row of model sizes for each budget. */
export interface SweepPlan {
  readonly format: "isoflop.sweep/1";
  readonly design: SweepDesign;
  /** By budget, then size, then seed; each from the smallest, seeds as they were given. */
  readonly specs: readonly RunSpec[];
  readonly runs: number;
  /** Of all runs together: Σ 6ND. */
  readonly flops: number;
}

/** What {@link planSweep} needs to know. */
export interface SweepOptions {
  /** In FLOPs, each once; the order does not matter. */
  readonly budgets: readonly number[];
  readonly sizesPerBudget?: number;
  /** The centre's tokens per parameter, 20 unless a basis gives the centre. */
  readonly tokensPerParam?: number | null;
  /** A fit or published coefficients whose optimum is the centre of each budget. */
  readonly basis?: Basis | FrontierFit | null;
  /** Values of the basis's other inputs, such as `uniqueTokens`. */
  readonly held?: Readonly<Record<string, number>>;
  readonly spread?: number;
  readonly seeds?: readonly number[];
  readonly trainer?: string;
  readonly batchTokens?: number | null;
  readonly learningRate?: number | null;
  /** For the trainer, the same in every run. */
  readonly settings?: Readonly<Record<string, JsonValue>>;
}

/**
 * An isoFLOP sweep: for every budget C, sizes N spaced evenly in ln N around a centre, each on D = C / (6N) tokens.
 *
 * N_i = N_c · s^(2i/(n − 1) − 1) for i = 0 … n − 1, with N_c = √(C / 6r) for r tokens per parameter, or the optimum
 * of a basis. The profile is that of Hoffmann et al. 2022, approach 2 (section 3.2), https://arxiv.org/abs/2203.15556,
 * whose optimum lies at about 20 tokens per parameter (table 3). N is a whole number; D is left as C / (6N), so that
 * every run spends its budget exactly, and the trainer rounds it to its batches.
 *
 * The same design always gives the same ids ("c1e18-n91.3M-s0"), so a sweep can be planned again to be resumed.
 *
 * @throws when the design cannot show a minimum or has a run twice
 * @example planSweep({ budgets: [1e18, 1e19, 1e20] }).runs // 21
 */
export function planSweep({
  budgets,
  sizesPerBudget = 7,
  tokensPerParam = null,
  basis = null,
  held = {},
  spread = 4,
  seeds = [0],
  trainer = "synthetic",
  batchTokens = null,
  learningRate = null,
  settings = {},
}: SweepOptions): SweepPlan {
  check({ budgets, sizesPerBudget, spread, seeds, trainer, batchTokens, learningRate });
  if (basis && tokensPerParam !== null)
    throw cannot(
      "a basis and tokensPerParam both set the centre",
      `${tokensPerParam} and a basis`,
      "give one",
    );
  const ratio = tokensPerParam ?? 20;
  checkPositive("tokensPerParam", ratio);

  const open = basis && openCentre(basis, held);
  const tokensOf = (flops: number, params: number): number => flops / (open?.costOf(params) ?? 6 * params);
  const centreOf = (flops: number): number => open?.paramsAt(flops) ?? Math.sqrt(flops / (6 * ratio));
  // what the basis calls N is what its optimum counts; a basis that doesn't say leaves the sizes unstated too
  const convention = open ? ((open.params ?? "unstated") as ParameterConvention) : "total";

  const points = [...budgets]
    .sort((x, y) => x - y)
    .flatMap((flops) => {
      const centre = centreOf(flops);
      return Array.from({ length: sizesPerBudget }, (_, i) => ({
        flops,
        params: Math.round(centre * spread ** ((2 * i) / (sizesPerBudget - 1) - 1)),
      }));
    });
  for (const { flops, params } of points) checkSize(flops, params, tokensOf(flops, params), batchTokens);
  const names = namesOf(points);
  const specs = points.flatMap(({ flops, params }, i): RunSpec[] => {
    const tokens = tokensOf(flops, params);
    return seeds.map((seed) => ({
      format: "isoflop.runspec/1",
      id: `${names[i]}-s${seed}`,
      shape: null,
      parameters: { [convention]: params },
      tokens,
      batchTokens,
      learningRate,
      seed,
      trainer,
      settings,
    }));
  });
  const centre: SweepCentre = open
    ? { rule: "optimum", basis: open.note, held }
    : { rule: "tokensPerParam", tokensPerParam: ratio };
  const design: SweepDesign = {
    budgets,
    sizesPerBudget,
    centre,
    spread,
    seeds,
    trainer,
    convention,
    batchTokens,
    learningRate,
    settings,
  };
  const flops = points.reduce((sum, point) => sum + point.flops * seeds.length, 0);
  return { format: "isoflop.sweep/1", design, specs, runs: specs.length, flops };
}

/** What a sweep needs of its basis. */
interface Centre {
  readonly paramsAt: (flops: number) => number;
  /** What a token costs. */
  readonly costOf: (params: number) => number;
  readonly params: string | null;
  readonly note: BasisNote;
}

function openCentre(basis: Basis | FrontierFit, held: Readonly<Record<string, number>>): Centre {
  if (isFrontier(basis)) {
    const { laws, note } = openFrontier(basis, held);
    return {
      paramsAt: (flops) => frontierAt(laws, flops).params,
      costOf: (params) => 6 * params,
      params: basis.conventions.params,
      note,
    };
  }
  const open = openBasis(basis);
  const { law, parameters, params, note } = open;
  checkHeld(law, held);
  const cost = budgetOptions(open, held);
  return {
    paramsAt(flops) {
      const optimum = computeOptimum(law, parameters, flops, cost);
      if (optimum) return optimum.params;
      const reason = `${law.name} has no optimum on a budget of ${formatFlops(flops)} FLOPs`;
      throw cannot(reason, "a loss that falls all the way to one end", "centre the sweep by tokensPerParam");
    },
    costOf: (params) => cost.flopsPerToken?.(params) ?? 6 * params,
    params,
    note,
  };
}

/** "c1e18-n25.3M" for every point, with as many digits as tell all of them apart, three at the least. */
function namesOf(points: readonly { readonly flops: number; readonly params: number }[]): string[] {
  for (let digits = 3; ; digits++) {
    const names = points.map(
      ({ flops, params }) => `c${formatFlops(flops, digits)}-n${formatCount(params, digits)}`,
    );
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

function check({
  budgets,
  sizesPerBudget,
  spread,
  seeds,
  trainer,
  batchTokens,
  learningRate,
}: Pick<
  SweepDesign,
  "budgets" | "sizesPerBudget" | "spread" | "seeds" | "trainer" | "batchTokens" | "learningRate"
>): void {
  if (budgets.length === 0) throw cannot("expected a budget", "none", "give FLOPs, such as 1e18");
  for (const flops of budgets) checkPositive("every budget", flops);
  const budgetTwice = budgets.find((flops, i) => budgets.indexOf(flops) !== i);
  if (budgetTwice !== undefined)
    throw cannot("a budget is given twice", formatFlops(budgetTwice), "repeat runs with seeds instead");
  if (!Number.isInteger(sizesPerBudget) || sizesPerBudget < 3) {
    const reason = "a minimum shows only between a smaller and a larger size";
    throw cannot(reason, `${sizesPerBudget} per budget`, "give at least 3 sizes per budget");
  }
  const most = 100_000; // runs: beyond it somebody has mistyped
  if (sizesPerBudget * budgets.length * seeds.length > most)
    throw cannot(
      `expected at most ${most} runs`,
      `${sizesPerBudget * budgets.length * seeds.length}`,
      "give fewer sizes, budgets or seeds",
    );
  if (!(spread > 1) || !Number.isFinite(spread))
    throw cannot(
      "expected a spread above 1",
      String(spread),
      "4 reaches from a quarter of the centre to four times it",
    );
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
}

/** Refuses a run of which nothing would be left. */
function checkSize(flops: number, params: number, tokens: number, batchTokens: number | null): void {
  if (params >= 1 && tokens >= (batchTokens ?? 1)) return;
  const got = `${formatCount(params)} parameters on ${formatCount(tokens)} tokens at ${formatFlops(flops)} FLOPs`;
  const reason = `a run needs at least one parameter and one ${batchTokens === null ? "token" : "batch"}`;
  throw cannot(reason, got, "give larger budgets, a smaller spread or a smaller batch");
}

function checkPositive(what: string, value: number): void {
  if (!(value > 0) || !Number.isFinite(value)) throw cannot(`expected ${what} above 0`, formatNumber(value));
}

function cannot(reason: string, got: string, remedy?: string): Error {
  return new Error(`cannot plan a sweep: ${reason}, got ${got}${remedy === undefined ? "" : `; ${remedy}`}`);
}
