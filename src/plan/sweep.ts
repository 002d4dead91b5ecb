import { type FrontierFit, frontierAt } from "../fit/index.ts";
import { computeOptimum } from "../laws/index.ts";
import type { ParameterConvention } from "../models/index.ts";
import { formatCount, formatFlops } from "../numeric/index.ts";
import { type Basis, type BasisNote, budgetOptions, checkHeld, openBasis } from "./basis.ts";
import { isFrontier, openFrontier } from "./frontier.ts";
import type { RunPoint } from "./run-limits.ts";
import type { IsoflopDesign, SweepCentre, SweepPlan, SweepRunOptions } from "./sweep-noun.ts";
import {
  cannot,
  checkPositive,
  checkSome,
  distinctNames,
  feasibleCells,
  type ReadyOptions,
  readyOptions,
  specsOf,
} from "./sweep-runs.ts";

/** What {@link planSweep} needs to know. */
export interface SweepOptions extends SweepRunOptions {
  /** In FLOPs, each once; the order does not matter. Default: of `target`, see {@link ladderBudgets}. */
  readonly budgets?: readonly number[];
  readonly sizesPerBudget?: number;
  /** The centre's tokens per parameter, 20 unless a basis gives the centre. */
  readonly tokensPerParam?: number | null;
  /** A fit or published coefficients whose optimum is the centre of each budget. */
  readonly basis?: Basis | FrontierFit | null;
  /** Values of the basis's other inputs, such as `uniqueTokens`. */
  readonly held?: Readonly<Record<string, number>>;
  readonly spread?: number;
}

/**
 * An isoFLOP sweep: for every budget C, sizes N spaced evenly in ln N around a centre, each on D = C / (6N) tokens.
 *
 * N_i = N_c · s^(2i/(n − 1) − 1) for i = 0 … n − 1, with N_c = √(C / 6r) for r tokens per parameter, or the optimum
 * of a basis. The profile is that of Hoffmann et al. 2022, approach 2 (section 3.2), https://arxiv.org/abs/2203.15556,
 * whose optimum lies at about 20 tokens per parameter (table 3). N is a whole number, or that of a shape; D is left as
 * C / (6N), so that every run spends its budget exactly, and the trainer rounds it to its batches. Cells outside
 * `limits` are left out and listed with the reason.
 *
 * The same design always gives the same ids ("c1e18-n91.3M-s0"), so a sweep can be planned again to be resumed.
 *
 * @throws when the design cannot show a minimum or has a run twice
 * @example planSweep({ budgets: [1e18, 1e19, 1e20] }).runs // 21
 * @example planSweep({ target: 1e22 }).flops // 1e20: a hundredth
 */
export function planSweep({
  budgets: given,
  sizesPerBudget = 7,
  tokensPerParam = null,
  basis = null,
  held = {},
  spread = 4,
  ...runs
}: SweepOptions): SweepPlan<IsoflopDesign> {
  const options = readyOptions(runs);
  const { share: _, ...said } = options;
  const { target } = options;
  const budgets =
    given ??
    (target === null ? [] : ladderBudgets(options.share * target, sizesPerBudget * options.seeds.length));
  check({ budgets, sizesPerBudget, spread }, options);
  if (basis && tokensPerParam !== null)
    throw cannot(
      "a basis and tokensPerParam both set the centre",
      `${tokensPerParam} and a basis`,
      "give one",
    );
  const ratio = tokensPerParam ?? 20;
  checkPositive("tokensPerParam", ratio);

  const open = basis && openCentre(basis, held);
  const costOf = (params: number): number => open?.costOf(params) ?? 6 * params;
  const centreOf = (flops: number): number => open?.paramsAt(flops) ?? Math.sqrt(flops / (6 * ratio));
  // what the basis calls N is what its optimum counts; a basis that doesn't say leaves the sizes unstated too
  const convention = open ? ((open.params ?? "unstated") as ParameterConvention) : "total";

  const points = [...budgets]
    .sort((x, y) => x - y)
    .flatMap((flops) => {
      const centre = centreOf(flops);
      return Array.from({ length: sizesPerBudget }, (_, i): RunPoint => {
        const params = Math.round(centre * spread ** ((2 * i) / (sizesPerBudget - 1) - 1));
        return { flops, params, tokens: flops / costOf(params) };
      });
    });
  for (const point of points) checkSize(point, options.batchTokens);
  const { cells: all, refused } = feasibleCells(points, { options, convention, costOf });
  const few = new Set(
    budgets.filter(
      (budget) => all.filter(({ flops }) => flops === budget).length < Math.min(3, sizesPerBudget),
    ),
  );
  const cells = all.filter(({ flops }) => !few.has(flops));
  const left = [...all.filter(({ flops }) => few.has(flops))].map(({ params, tokens, flops }) => ({
    params,
    tokens,
    flops,
    reason: `fewer than 3 sizes of ${formatFlops(flops, 3)} FLOPs can be run, which shows no minimum`,
  }));
  checkSome(cells, refused);
  const names = distinctNames(
    cells,
    ({ flops, params }, digits) => `c${formatFlops(flops, digits)}-n${formatCount(params, digits)}`,
  );
  const specs = specsOf(cells, names, convention, options);
  const centre: SweepCentre = open
    ? { rule: "optimum", basis: open.note, held }
    : { rule: "tokensPerParam", tokensPerParam: ratio };
  const design: IsoflopDesign = {
    kind: "isoflop",
    budgets,
    sizesPerBudget,
    centre,
    spread,
    convention,
    ...said,
  };
  const flops = cells.reduce((sum, cell) => sum + cell.flops * options.seeds.length, 0);
  return {
    format: "isoflop.sweep/1",
    design,
    specs,
    runs: specs.length,
    flops,
    refused: [...refused, ...left],
  };
}

/**
 * Five budgets, each √10 times the one before, on which so many runs take `flops` together: two decades, of which the
 * largest takes 68 %.
 *
 * @example ladderBudgets(1e20, 7) // [9.78e16, …, 9.78e18]
 */
export function ladderBudgets(flops: number, runsPerBudget: number): number[] {
  const steps = [0, 1, 2, 3, 4].map((i) => 10 ** (i / 2));
  const together = steps.reduce((sum, step) => sum + step, 0) * runsPerBudget;
  return steps.map((step) => (flops * step) / together);
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

function check(
  { budgets, sizesPerBudget, spread }: { budgets: readonly number[]; sizesPerBudget: number; spread: number },
  { seeds }: ReadyOptions,
): void {
  if (budgets.length === 0)
    throw cannot("expected a budget", "none", "give FLOPs, such as 1e18, or the target to plan for");
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
}

/** Refuses a run of which nothing would be left. */
function checkSize({ flops, params, tokens }: RunPoint, batchTokens: number | null): void {
  if (params >= 1 && tokens >= (batchTokens ?? 1)) return;
  const got = `${formatCount(params)} parameters on ${formatCount(tokens)} tokens at ${formatFlops(flops)} FLOPs`;
  const reason = `a run needs at least one parameter and one ${batchTokens === null ? "token" : "batch"}`;
  throw cannot(reason, got, "give larger budgets, a smaller spread or a smaller batch");
}
