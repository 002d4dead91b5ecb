import { createKernel, type Fit, type Objective, spreadAt } from "../fit/index.ts";
import { type BudgetOptions, computeOptimum, tokenCost } from "../laws/index.ts";
import {
  formatFlops,
  inverseSymmetric,
  mean,
  normalQuantile,
  normalShare,
  robustScale,
  standardDeviation,
} from "../numeric/index.ts";
import { columnsAt, type DesignLaw, type RunPoint, slopesAt } from "../plan/index.ts";
import type { Observations } from "../runs/index.ts";
import { fixedOf, freeOf, objectiveOf, valuesOf } from "./fitted-values.ts";
import { drawsOfFit } from "./reopen.ts";
import { followsFromBudget } from "./sizes.ts";

/** A fit as a design of further runs sees it. */
export interface NextRunsBase {
  readonly design: DesignLaw & {
    readonly objective: Objective;
    readonly fixed: Readonly<Record<string, number>>;
  };
  /** The fit's rows; null where only its covariance is known. */
  readonly observed: Observations | null;
  readonly information: Float64Array;
  readonly held: Readonly<Record<string, number>>;
  readonly options: BudgetOptions;
  readonly convention: string;
  readonly target: number;
  /** The spans of the data's sizes, tokens, FLOPs and tokens per parameter. */
  readonly range: Readonly<
    Record<"params" | "tokens" | "flops" | "tokensPerParam", readonly [number, number]>
  >;
  /** How a run scatters about the law, on the objective's scale. */
  readonly scatter: number;
  readonly price: number;
  readonly noiseAt: (point: RunPoint) => number;
}

/** A priori a parameter may be ten times larger or smaller. */
const prior = 1 / Math.LN10 ** 2;

/** @throws when the fit has no law of the loss in params and tokens, or nothing is known of what it knows */
export function openNextRuns(
  made: Fit,
  observed: Observations | null,
  {
    target: given,
    held: stated,
    flopsPerToken,
    weights,
  }: {
    target: number | null;
    held: Readonly<Record<string, number>>;
    flopsPerToken: string | null;
    weights: Float64Array | null;
  },
): NextRunsBase {
  const { law, range } = made;
  const cannot = (reason: string): Error =>
    new Error(`cannot choose runs for this fit of ${law.name}: ${reason}`);
  if (made.approach !== 3)
    throw cannot(`approach ${String(made.approach)} has no law of the loss; fit one with approach 3`);
  if (made.status === "non-finite") throw cannot(made.message);
  const { params, tokens, flops, tokensPerParam } = range;
  if (!params || !tokens || !flops || !tokensPerParam)
    throw cannot(
      `its runs have no sizes and tokens (it takes ${Object.keys(law.inputs).join(", ")}); for such a law diagnose names one run`,
    );
  for (const quantity of Object.keys(stated))
    if (law.inputs[quantity] === undefined)
      throw cannot(`it has no input ${quantity}; it takes ${Object.keys(law.inputs).join(", ")}`);
  const others = Object.keys(law.inputs).filter((quantity) => !followsFromBudget.includes(quantity));
  const held = Object.fromEntries(others.map((name) => [name, stated[name] ?? range[name]![1]]));
  const options: BudgetOptions =
    flopsPerToken === null ? { held } : { held, flopsPerToken: tokenCost(law, flopsPerToken, held) };
  const target = given ?? 10 * flops[1];
  const parameters = valuesOf(made);
  if (!computeOptimum(law, parameters, target, options))
    throw cannot(
      `on a budget of ${formatFlops(target)} FLOPs its loss falls all the way to one end, so there is no best size to aim at`,
    );
  const objective = objectiveOf(made);
  const fixed = fixedOf(made);
  const design = { law, parameters, objective, fixed };
  const { scatter, noiseAt } = scatterOf(made, held);
  if (!(scatter > 0))
    throw cannot("its runs scatter about it by nothing, so no run is needed; fit more rows than parameters");
  const price = priceOf(objective, scatter);
  const base = {
    design,
    observed,
    held,
    options,
    convention: flopsPerToken ?? "6ND",
    target,
    price,
    scatter,
  };
  return {
    ...base,
    noiseAt,
    range: { params, tokens, flops, tokensPerParam },
    information: observed
      ? informationOf(design, observed, weights, noiseAt, price)
      : informationOfFit(made, design, cannot),
  };
}

/** Σ w g gᵀ / s² of the fit's rows, with the prior that keeps it finite. */
function informationOf(
  design: DesignLaw,
  { columns, rows }: Observations,
  weights: Float64Array | null,
  noiseAt: NextRunsBase["noiseAt"],
  price: number,
): Float64Array {
  const slopes = slopesAt(design, columns);
  const n = slopes[0]!.length;
  const information = priorOf(n);
  for (let row = 0; row < rows; row++) {
    const g = slopes[row]!;
    const weight = (weights?.[row] ?? 1) / (price * noiseAt(pointAt(columns, row)) ** 2);
    for (let j = 0; j < n; j++)
      for (let k = 0; k < n; k++) {
        const product = weight * g[j]! * g[k]!;
        if (Number.isFinite(product)) information[j * n + k]! += product;
      }
  }
  return information;
}

export function pointAt(columns: Readonly<Record<string, Float64Array>>, row: number): RunPoint {
  const params = columns.params?.[row] ?? Number.NaN;
  const tokens = columns.tokens?.[row] ?? Number.NaN;
  return { params, tokens, flops: 6 * params * tokens };
}

/** Without the rows: the inverse of the covariance of the fit's draws, else of that by the delta method. */
function informationOfFit(
  made: Fit,
  { law, objective, fixed }: NextRunsBase["design"],
  cannot: (reason: string) => Error,
): Float64Array {
  const one = Object.fromEntries(Object.keys(law.inputs).map((name) => [name, Float64Array.of(1)]));
  const kernel = createKernel(law, one, Float64Array.of(0.5), objective, { fixed });
  const n = kernel.size;
  const drawn = (drawsOfFit(made)?.all ?? []).map((at) => kernel.toVariables(at));
  if (drawn.length < enoughDraws && !made.covariance)
    throw cannot(
      "it has no covariance, so what it knows must come from its runs; give them (--data runs.csv)",
    );
  const inverse = inverseSymmetric(
    drawn.length < enoughDraws ? Float64Array.from(made.covariance!.matrix.flat()) : covarianceOf(drawn, n),
    n,
  );
  if (!inverse)
    throw cannot("its covariance has no inverse; give its runs (--data runs.csv) to learn what it knows");
  return priorOf(n).map((value, i) => value + inverse[i]!);
}

/** Below so many draws their covariance is known worse than that by the delta method. */
const enoughDraws = 40;

function covarianceOf(draws: readonly Float64Array[], n: number): Float64Array {
  const centre = Float64Array.from({ length: n }, (_, j) => mean(draws.map((at) => at[j]!)));
  const covariance = new Float64Array(n * n);
  for (const at of draws)
    for (let j = 0; j < n; j++)
      for (let k = 0; k < n; k++)
        covariance[j * n + k]! += ((at[j]! - centre[j]!) * (at[k]! - centre[k]!)) / (draws.length - 1);
  return covariance;
}

const priorOf = (n: number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? prior : 0));

/** How runs scatter: by the bootstrap's residuals where there are some, with how that follows size; else by the fit's own. */
function scatterOf(
  made: Fit,
  held: Readonly<Record<string, number>>,
): { scatter: number; noiseAt: NextRunsBase["noiseAt"] } {
  const drawn = made.bootstrap?.residuals;
  const spread = drawn ? (made.bootstrap?.spread ?? {}) : {};
  const residuals = drawn ?? made.residuals.values;
  const free = freeOf(made);
  // a fit lies nearer to its own rows than to the next one
  const nearer = drawn ? 1 : Math.sqrt(made.rows / Math.max(1, made.rows - free));
  const scatter = residuals
    ? nearer * Math.max(robustScale(residuals), standardDeviation(residuals) / 2)
    : nearer * made.residuals.rms;
  return {
    scatter,
    noiseAt: ({ params, tokens, flops }) =>
      scatter * spreadAt(spread, { ...held, params, tokens, flops, tokensPerParam: tokens / params }),
  };
}

/**
 * By how much the objective's variance exceeds that of least squares where runs scatter normally: 1 for squares, π/2 for
 * absolute values and for Huber's δ far below the scatter (Huber 1964, https://doi.org/10.1214/aoms/1177703732): E ψ² / (E ψ')².
 */
function priceOf({ loss, delta, over, under }: Objective, scatter: number): number {
  if (loss === "squared") return 1;
  if (over !== under) {
    const tau = under / (over + under);
    const density = Math.exp(-(normalQuantile(tau) ** 2) / 2) / Math.sqrt(2 * Math.PI);
    return (tau * (1 - tau)) / density ** 2;
  }
  const k = (delta ?? 0) / scatter;
  if (k < 1e-6) return Math.PI / 2;
  const inside = 2 * normalShare(k) - 1;
  const density = Math.exp(-(k ** 2) / 2) / Math.sqrt(2 * Math.PI);
  return (inside - 2 * k * density + k ** 2 * (1 - inside)) / inside ** 2;
}

/** Slopes of candidates over their scatter, with the objective's price in it. */
export function scaledSlopes(base: NextRunsBase, points: readonly RunPoint[]): Float64Array[] {
  const rows = slopesAt(base.design, columnsAt(base.design.law, points, base.held));
  return rows.map((row, i) => {
    const size = base.noiseAt(points[i]!) * Math.sqrt(base.price);
    return row.map((slope) => (Number.isFinite(slope) ? slope / size : 0));
  });
}
