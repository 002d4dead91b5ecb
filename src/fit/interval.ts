import { erf, normalQuantile, quantile, studentQuantile } from "../numeric/index.ts";
import type { DrawScheme } from "./bootstrap.ts";
import type { NoiseSpread } from "./scatter.ts";

export interface Interval {
  readonly low: number;
  readonly high: number;
  /** 0.9 means that 5 % lies beyond each end. */
  readonly level: number;
  readonly method: "percentile" | "bca";
}

/** How the ends of an interval are taken from draws. */
export type DrawnEnds = Interval["method"];

/** The refits of a bootstrap: every later quantity takes its interval from these joint draws. */
export interface Bootstrap {
  readonly method: DrawScheme;
  readonly seed: number;
  /** The parameters of each draw, in the order of `names`. */
  readonly names: readonly string[];
  readonly draws: readonly (readonly number[])[];
  /** Draws whose refit did not converge; they are left out of `draws`. */
  readonly failed: number;
  // the rest came later than format 1
  readonly interval?: DrawnEnds;
  /** How well the spread itself is known: rows less parameters, clusters less one; half as many for the wild schemes. */
  readonly degrees?: number;
  /** Rows that were drawn or flipped together. */
  readonly clusters?: { readonly by: string; readonly count: number } | null;
  /** The minima that every draw was refitted from. */
  readonly minima?: number;
  /** Of `parametric`: the noise on the objective's scale, and how many repeated runs say so. */
  readonly noise?: { readonly deviation: number; readonly degrees: number } | null;
  /** The parameters without each row, cluster or group of rows: the jackknife. */
  readonly without?: readonly (readonly number[])[] | null;
  /** How runs scatter that the fit has not seen, scale(prediction) − scale(truth) each, over the size of the noise there. */
  readonly residuals?: readonly number[] | null;
  /** How the size of the noise follows the inputs; it is the same everywhere where this is missing. */
  readonly spread?: NoiseSpread | null;
}

/** A quantity at the fitted parameters, in every draw and without each group of rows. */
export interface Drawn {
  readonly estimate: number;
  readonly draws: readonly number[];
  readonly without: readonly number[];
}

/** The interval of a quantity from a fit's draws; null when there are too few for its ends. */
export function drawnInterval(
  { interval = "percentile", degrees }: Pick<Bootstrap, "interval" | "degrees">,
  { estimate, draws, without }: Drawn,
  level: number,
): Interval | null {
  return interval === "bca"
    ? bcaInterval({ estimate, draws, without }, level)
    : percentileInterval(draws, level, degrees);
}

/**
 * The central interval of draws of any quantity; null when there are too few for its ends.
 *
 * The ends are the quantiles at Φ(∓t), t being Student's quantile, as a spread that is itself estimated from few rows
 * asks for a wider interval (Hesterberg 2015, "What teachers should know about the bootstrap", section 3.4,
 * https://arxiv.org/abs/1411.5279). With infinite degrees that is the plain percentile interval.
 *
 * @param degrees rows less parameters
 */
export function percentileInterval(
  values: readonly number[],
  level: number,
  degrees: number = Number.POSITIVE_INFINITY,
): Interval | null {
  const tail = studentTail(level, degrees);
  return between(sortedFinite(values), [tail, 1 - tail], { level, method: "percentile" });
}

/** Φ(−t): what lies beyond each end where the spread is known by so many degrees; (1 − level)/2 by infinitely many. */
function studentTail(level: number, degrees: number): number {
  const tail = (1 - level) / 2;
  return degrees < Number.POSITIVE_INFINITY ? normalShare(-studentQuantile(1 - tail, degrees)) : tail;
}

/**
 * The bias-corrected and accelerated interval: the quantiles at Φ(z₀ + (z₀ + z)/(1 − a(z₀ + z))).
 *
 * z₀ says how far the draws' median lies off the estimate; a, from the jackknife, how fast the spread changes with the
 * quantity: Σd³ / (6(Σd²)^1.5), d = mean − value without a group. Efron 1987, https://doi.org/10.2307/2289144
 */
function bcaInterval({ estimate, draws, without }: Drawn, level: number): Interval | null {
  const sorted = sortedFinite(draws);
  if (sorted.length === 0) return null;
  let below = 0;
  for (const value of sorted) below += value < estimate ? 1 : value === estimate ? 0.5 : 0;
  const inside = Math.min(sorted.length - 0.5, Math.max(0.5, below));
  const bias = normalQuantile(inside / sorted.length);
  const a = acceleration(without.filter(Number.isFinite));
  const at = (z: number): number => normalShare(bias + (bias + z) / (1 - a * (bias + z)));
  const z = normalQuantile((1 + level) / 2);
  return between(sorted, [at(-z), at(z)], { level, method: "bca" });
}

function acceleration(without: readonly number[]): number {
  const centre = without.reduce((sum, value) => sum + value, 0) / without.length;
  let squares = 0;
  let cubes = 0;
  for (const value of without) {
    squares += (centre - value) ** 2;
    cubes += (centre - value) ** 3;
  }
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
}

const normalShare = (z: number): number => (1 + erf(z / Math.SQRT2)) / 2;

function sortedFinite(values: readonly number[]): Float64Array {
  return Float64Array.from(values.filter(Number.isFinite)).sort();
}

/** Quantiles at k/(n + 1), the share of a further draw that lies below the k-th (Hyndman and Fan 1996, type 6). */
function between(
  sorted: Float64Array,
  [low, high]: readonly [number, number],
  { level, method }: Pick<Interval, "level" | "method">,
): Interval | null {
  const n = sorted.length;
  if (n < 2 / (1 - level)) return null;
  const at = (q: number): number => quantile(sorted, Math.min(1, Math.max(0, (q * (n + 1) - 1) / (n - 1))));
  return { low: at(low), high: at(high), level, method };
}

/**
 * The interval of a single new run: each draw's prediction with each residual added, on the objective's scale.
 *
 * The ends are where the mixture Σ_d F(y − prediction_d) reaches them, F being the residuals' distribution: as it is
 * where at least five of them lie beyond each end, else with either sign, as few say nothing of a skew.
 *
 * @param predictions of the draws, on the objective's scale
 * @param residuals prediction − truth, of runs that the fit has not seen, to the size of the noise there: `scatterAt`
 * @param degrees as for {@link percentileInterval}
 */
export function newRunInterval(
  predictions: readonly number[],
  residuals: readonly number[],
  level: number,
  degrees: number = Number.POSITIVE_INFINITY,
): Interval | null {
  const centres = sortedFinite(predictions);
  const tail = studentTail(level, degrees);
  if (centres.length < 2 / (1 - level) || residuals.length < 2) return null;
  const skewed = residuals.length * tail >= 5;
  const errors = sortedFinite(skewed ? residuals.map((r) => -r) : residuals.flatMap((r) => [r, -r]));
  const share = (y: number): number => {
    let sum = 0;
    for (const centre of centres) sum += countBelow(errors, y - centre);
    return sum / (centres.length * errors.length);
  };
  const ends = [tail, 1 - tail].map((q) => {
    let low = centres[0]! + errors[0]!;
    let high = centres.at(-1)! + errors.at(-1)!;
    for (let step = 0; step < 60 && high - low > 1e-12 * Math.max(Math.abs(low), Math.abs(high)); step++) {
      const middle = (low + high) / 2;
      if (share(middle) < q) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  });
  return { low: ends[0]!, high: ends[1]!, level, method: "percentile" };
}

/** How many of sorted values lie at or below y. */
function countBelow(sorted: Float64Array, y: number): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle]! <= y) from = middle + 1;
    else to = middle;
  }
  return from;
}
