import { type Draws, drawnInterval, type FrontierFit, type Interval } from "../fit/index.ts";
import {
  type BudgetOptions,
  budgetLine,
  type ComputeOptimum,
  computeOptimum,
  type Law,
} from "../laws/index.ts";
import { findRoot, formatFlops } from "../numeric/index.ts";
import {
  type Basis,
  type BasisNote,
  budgetOptions,
  checkHeld,
  type Extrapolation,
  extrapolations,
  openBasis,
} from "./basis.ts";
import { isFrontier, openFrontier, planFrontier } from "./frontier.ts";

/** A decision with its odds: the model and the data that a budget buys best. */
export interface Plan {
  readonly format: "isoflop.plan/1";
  readonly basis: BasisNote;
  readonly formula: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** `convention` is 6ND, or the formula of what a token costs. */
  readonly budget: { readonly flops: number; readonly convention: string };
  readonly optimum: {
    readonly params: number;
    readonly tokens: number;
    /** null where the basis says where the best model lies, and not how low. */
    readonly loss: number | null;
    readonly tokensPerParam: number;
  };
  /** From the joint draws of the fit; null where it has none. */
  readonly intervals: {
    readonly params: Interval | null;
    readonly tokens: Interval | null;
    readonly loss: Interval | null;
    readonly tokensPerParam: Interval | null;
  } | null;
  /** Every model size whose loss on this budget lies within `tolerance` of the best, and its tokens; null without a loss. */
  readonly flatRegion: {
    readonly tolerance: number;
    readonly params: readonly [low: number, high: number];
    readonly tokens: readonly [low: number, high: number];
  } | null;
  /** Where the plan lies outside the data; null where the range of the data is not known. */
  readonly extrapolation: readonly Extrapolation[] | null;
  /** Which parameters N counts. */
  readonly params: string | null;
  /** Inputs of the law that the budget does not set, as they were given. */
  readonly held: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  readonly remarks: readonly string[];
}

/** What {@link plan} may be told besides the budget. */
export interface PlanOptions {
  /** Values of the law's other inputs, such as `uniqueTokens`. */
  readonly held?: Readonly<Record<string, number>>;
  /** What a token costs, a formula in the letters of the law's inputs; default what the coefficients say, else 6·N. */
  readonly flopsPerToken?: string;
  /**
   * How much more loss counts as the same, as a share of the lowest: a thousandth is a tenth of what two seeds differ
   * by (Kaplan et al. 2020, section 3: 0.02 nats).
   */
  readonly flat?: number;
  /** Of the intervals. */
  readonly level?: number;
}

/**
 * The compute-optimal model for a budget: min over N of L(N, C / 6N), with the region in which it hardly matters; from a
 * fit by approach 1 or 2, where its two lines put it, without a loss.
 *
 * @param flops C, in FLOPs, counted as `flopsPerToken` says
 * @throws when the law has no optimum on the budget, or a budget means nothing to it
 * @example plan({ law: chinchilla, set: "besiroglu2024-refit" }, 5.76e23).optimum.params // 73.2e9
 */
export function plan(
  basis: Basis | FrontierFit,
  flops: number,
  { held = {}, flopsPerToken, flat = 1e-3, level = 0.9 }: PlanOptions = {},
): Plan {
  if (!(flops > 0) || !Number.isFinite(flops))
    throw new Error(`cannot plan: expected a budget above 0 FLOPs, got ${flops}`);
  if (isFrontier(basis)) return planFrontier(openFrontier(basis, held, flopsPerToken), flops, level);
  const open = openBasis(basis);
  const { law, parameters, draws, range, params } = open;
  checkHeld(law, held);
  const { convention, ...options } = budgetOptions(open, held, flopsPerToken);
  const optimum = computeOptimum(law, parameters, flops, options);
  if (!optimum)
    throw new Error(
      `cannot plan with ${law.name}: on a budget of ${formatFlops(flops)} FLOPs its loss falls all the way to one end, so there is no best size; use a law of both params and tokens with a term in each`,
    );
  const point = {
    flops,
    params: optimum.params,
    tokens: optimum.tokens,
    tokensPerParam: optimum.tokens / optimum.params,
  };
  const region = flatRegion(law, parameters, optimum, options, flat);
  const tokensOf = (size: number): number => flops / (options.flopsPerToken?.(size) ?? 6 * size);
  return {
    format: "isoflop.plan/1",
    basis: open.note,
    formula: law.formula,
    parameters,
    budget: { flops, convention },
    optimum: {
      params: point.params,
      tokens: point.tokens,
      loss: optimum.loss,
      tokensPerParam: point.tokensPerParam,
    },
    intervals: draws && drawnIntervals(law, draws, flops, options, level),
    flatRegion: {
      tolerance: flat * optimum.loss,
      params: region,
      tokens: [tokensOf(region[1]), tokensOf(region[0])],
    },
    extrapolation: extrapolations(range, point),
    params,
    held,
    warnings: open.warnings,
    remarks: open.remarks,
  };
}

/** The ends of the basin around the optimum in which the loss stays within `flat` of the lowest. */
function flatRegion(
  law: Law,
  parameters: Readonly<Record<string, number>>,
  { flops, params, loss }: ComputeOptimum,
  options: BudgetOptions,
  flat: number,
): [number, number] {
  const line = budgetLine(law, parameters, flops, options);
  const excess = (logParams: number): number => line.loss(logParams) - loss * (1 + flat);
  const centre = Math.log(params);
  const edge = (direction: -1 | 1, end: number): number => {
    for (let step = 0.05; ; step *= 1.5) {
      const at = direction < 0 ? Math.max(end, centre - step) : Math.min(end, centre + step);
      if (excess(at) > 0) return Math.exp(findRoot(excess, centre, at)!);
      if (at === end) return Math.exp(end); // flat all the way
    }
  };
  return [edge(-1, 0), edge(1, Math.log(flops / 6))];
}

function drawnIntervals(
  law: Law,
  draws: Draws,
  flops: number,
  options: BudgetOptions,
  level: number,
): Plan["intervals"] {
  const found = new Map<object, ComputeOptimum | null>();
  const of = (quantity: (optimum: ComputeOptimum) => number): Interval | null => {
    const drawn = draws.of((parameters) => {
      if (!found.has(parameters)) found.set(parameters, computeOptimum(law, parameters, flops, options));
      const optimum = found.get(parameters);
      return optimum ? quantity(optimum) : Number.NaN;
    });
    return drawnInterval(draws.bootstrap, drawn, level);
  };
  return {
    params: of((o) => o.params),
    tokens: of((o) => o.tokens),
    loss: of((o) => o.loss),
    tokensPerParam: of((o) => o.tokens / o.params),
  };
}
