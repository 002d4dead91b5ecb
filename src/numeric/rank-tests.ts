import { findRoot } from "./minimize.ts";
import { erf, logGamma } from "./special.ts";

/** Past this, Student's t is the normal to more digits than a p value has. */
const manyDegrees = 10_000;

/**
 * P(|T| ≥ t) of Student's distribution with a whole number of degrees of freedom.
 *
 * The finite sums of Abramowitz and Stegun 1964, 26.7.3 and 26.7.4.
 * @example studentTails(2.776, 4) // 0.05
 */
export function studentTails(t: number, degrees: number): number {
  const size = Math.abs(t);
  if (!(degrees >= 1)) return Number.NaN;
  if (degrees > manyDegrees) return 1 - erf(size / Math.SQRT2);
  const angle = Math.atan(size / Math.sqrt(degrees));
  const cos2 = Math.cos(angle) ** 2;
  const odd = degrees % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = degrees > 1 ? term : 0;
  for (let k = odd ? 3 : 2; k < degrees; k += 2) {
    term *= ((k - 1) / k) * cos2;
    sum += term;
  }
  const within = odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
  return Math.max(0, 1 - within);
}

/**
 * Student's quantile: the t that a share p of the distribution lies below.
 *
 * @example studentQuantile(0.975, 4) // 2.776
 */
export function studentQuantile(p: number, degrees: number): number {
  if (p === 0.5) return 0;
  const tails = 2 * Math.min(p, 1 - p);
  // in ln t, as one degree of freedom reaches far
  const root = findRoot((u) => studentTails(Math.exp(u), degrees) - tails, -12, 16);
  const t = root === null ? Number.POSITIVE_INFINITY : Math.exp(root);
  return p < 0.5 ? -t : t;
}

/** How far two columns rise together, and how often chance alone would do as much. */
export interface RankCorrelation {
  readonly correlation: number;
  readonly pValue: number;
}

/**
 * Spearman's rank correlation (1904), ties at their mean rank; p of t = ρ√((n − 2)/(1 − ρ²)), as scipy's spearmanr.
 *
 * Both are NaN where a column is constant or has fewer than three rows.
 */
export function rankCorrelation(x: ArrayLike<number>, y: ArrayLike<number>): RankCorrelation {
  const n = x.length;
  const [u, v] = [ranks(x), ranks(y)];
  const middle = (n + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [a, b] = [u[i]! - middle, v[i]! - middle];
    xy += a * b;
    xx += a * a;
    yy += b * b;
  }
  if (n < 3 || xx === 0 || yy === 0) return { correlation: Number.NaN, pValue: Number.NaN };
  const correlation = Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
  const rest = 1 - correlation ** 2;
  const pValue = rest === 0 ? 0 : studentTails(correlation * Math.sqrt((n - 2) / rest), n - 2);
  return { correlation, pValue };
}

/** Ranks from 1 up; equal values share the mean of theirs. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Int32Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => values[a]! - values[b]!,
  );
  const out = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++;
    for (let i = from; i <= to; i++) out[order[i]!] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return out;
}

/** How often a row of signs changes sides. */
export interface RunsTest {
  readonly runs: number;
  readonly expected: number;
  /** How often as few runs come about where the order means nothing: small where neighbours agree. */
  readonly pValue: number;
}

/**
 * The runs test of Wald and Wolfowitz (1940) on the signs of values in their order, one-sided for too few runs, by
 * the exact distribution. Zeros have no sign and are left out. p is 1 where all have the same sign.
 */
export function runsTest(values: ArrayLike<number>): RunsTest {
  let [above, below, runs] = [0, 0, 0];
  let last = 0;
  for (let i = 0; i < values.length; i++) {
    const sign = Math.sign(values[i]!);
    if (sign === 0 || Number.isNaN(sign)) continue;
    if (sign > 0) above++;
    else below++;
    if (sign !== last) runs++;
    last = sign;
  }
  const n = above + below;
  if (above === 0 || below === 0) return { runs, expected: n > 0 ? 1 : 0, pValue: 1 };
  const ways = (from: number, take: number): number =>
    take < 0 || take > from
      ? Number.NEGATIVE_INFINITY
      : logGamma(from + 1) - logGamma(take + 1) - logGamma(from - take + 1);
  const all = ways(n, above);
  const [a, b] = [above - 1, below - 1];
  let pValue = 0;
  for (let r = 2; r <= runs; r++) {
    const k = r >> 1;
    pValue +=
      r % 2 === 0
        ? 2 * Math.exp(ways(a, k - 1) + ways(b, k - 1) - all)
        : Math.exp(ways(a, k - 1) + ways(b, k) - all) + Math.exp(ways(a, k) + ways(b, k - 1) - all);
  }
  return { runs, expected: 1 + (2 * above * below) / n, pValue: Math.min(1, pValue) };
}
