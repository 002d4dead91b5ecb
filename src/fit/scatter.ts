import { dot, linearLeastSquares, robustScale } from "../numeric/index.ts";
import type { Bootstrap } from "./interval.ts";

/** How the size of the noise follows one input: (x / centre)^slope for x from low to high, and beyond them as at the end. */
export interface NoiseTerm {
  readonly slope: number;
  /** The geometric mean of the data's. */
  readonly centre: number;
  readonly low: number;
  readonly high: number;
}

/** How the size of the noise follows the inputs: the product of the terms; without any it is the same everywhere. */
export type NoiseSpread = Readonly<Record<string, NoiseTerm>>;

/** The size of the noise at given inputs beside that at the centre. */
export function spreadAt(spread: NoiseSpread, at: Readonly<Record<string, number>>): number {
  let size = 0;
  for (const [quantity, { slope, centre, low, high }] of Object.entries(spread))
    size += slope * Math.log(Math.min(high, Math.max(low, at[quantity]!)) / centre);
  return Math.exp(size);
}

/** Residuals as a run of these inputs would have them: prediction − truth, on the objective's scale. */
export function scatterAt(
  { residuals, spread }: Pick<Bootstrap, "residuals" | "spread">,
  at: Readonly<Record<string, number>>,
): readonly number[] | null {
  if (!residuals || !spread) return residuals ?? null;
  const size = spreadAt(spread, at);
  return residuals.map((residual) => residual * size);
}

/** Residuals of rows or clusters, each brought to the common size. */
export interface Scatter {
  readonly spread: NoiseSpread;
  /** Of each row: the size of the noise there. */
  readonly noise: Float64Array;
  /** Of each unit: the root mean square of its residuals, each over the noise there. */
  readonly sizes: Float64Array;
  /** Of each row: its residual over the root mean square of its unit's, to the noise there: a drawn size makes it a residual. */
  readonly pattern: Float64Array;
}

/**
 * What a residual bootstrap draws from: how large the residuals of rows (or of clusters, together) are, apart from how
 * their size follows the inputs.
 *
 * @param columns the law's inputs
 * @param groups the cluster of each row, from 0 up; null where each row is its own
 * @param count of rows or clusters
 */
export function scatterOf(
  residuals: Float64Array,
  columns: Readonly<Record<string, Float64Array>>,
  groups: Int32Array | null,
  count: number,
): Scatter {
  const unitOf = (row: number): number => (groups === null ? row : groups[row]!);
  const members = new Float64Array(count);
  for (let row = 0; row < residuals.length; row++) members[unitOf(row)]!++;
  const meanOf = (values: Float64Array): Float64Array => {
    const means = new Float64Array(count);
    values.forEach((value, row) => {
      means[unitOf(row)]! += value / members[unitOf(row)]!;
    });
    return means;
  };
  const rootMeanSquare = (values: Float64Array): Float64Array =>
    meanOf(values.map((x) => x * x)).map(Math.sqrt);

  const positive = Object.entries(columns).filter(([, column]) => column.every((x) => x > 0));
  const logs = Object.fromEntries(positive.map(([quantity, column]) => [quantity, column.map(Math.log)]));
  const slopes = slopesOf(
    rootMeanSquare(residuals),
    Object.fromEntries(Object.entries(logs).map(([quantity, column]) => [quantity, meanOf(column)])),
  );
  const spread: NoiseSpread = Object.fromEntries(
    Object.entries(slopes).map(([quantity, { slope, centre }]) => [
      quantity,
      {
        slope,
        centre: Math.exp(centre),
        low: Math.exp(logs[quantity]!.reduce((least, x) => Math.min(least, x))),
        high: Math.exp(logs[quantity]!.reduce((most, x) => Math.max(most, x))),
      },
    ]),
  );
  const noise = residuals.map((_, row) => {
    let size = 0;
    for (const [quantity, { slope, centre }] of Object.entries(slopes))
      size += slope * (logs[quantity]![row]! - centre);
    return Math.exp(size);
  });
  const sizes = rootMeanSquare(residuals.map((residual, row) => residual / noise[row]!));
  const pattern = residuals.map((residual, row) => {
    const size = sizes[unitOf(row)]!;
    return size > 0 ? residual / size : noise[row]!;
  });
  return { spread, noise, sizes, pattern };
}

/**
 * ln size = c + Σ slope · (ln x − centre) by least squares, all slopes shrunk by 1 − k s² / (what they explain), to 0 where
 * that is negative (the positive-part rule of James and Stein 1961), k being how many there are and s² the mean square of the
 * rest: thirty rows know a slope badly, and equal noise is the usual case. A size below e⁻² of the median one counts as that, as
 * a residual near zero has no logarithm to go by.
 */
function slopesOf(
  sizes: Float64Array,
  logs: Readonly<Record<string, Float64Array>>,
): Record<string, { slope: number; centre: number }> {
  const n = sizes.length;
  const median = sizes.slice().sort()[n >> 1]!;
  const centred = Object.entries(logs)
    .map(([quantity, column]) => ({ quantity, ...about(column) }))
    .filter(({ values }) => dot(values, values, n) > 0);
  const k = centred.length;
  if (k === 0 || n < 8 + 4 * k || !(median > 0)) return {};
  const y = about(sizes.map((size) => Math.log(Math.max(size, median * Math.exp(-2))))).values;
  const slopes = linearLeastSquares(
    centred.map(({ values }) => values),
    y,
    null,
    centred.map(() => false),
  );
  const rest = y.map(
    (value, i) => value - centred.reduce((sum, { values }, j) => sum + slopes[j]! * values[i]!, 0),
  );
  const left = dot(rest, rest, n);
  const explained = dot(y, y, n) - left;
  const kept = 1 - (k * left) / (n - 1 - k) / explained;
  if (!(kept > 0)) return {};
  return Object.fromEntries(
    centred.map(({ quantity, centre }, j) => [quantity, { slope: kept * slopes[j]!, centre }]),
  );
}

function about(values: Float64Array): { centre: number; values: Float64Array } {
  const centre = values.reduce((sum, x) => sum + x, 0) / values.length;
  return { centre, values: values.map((x) => x - centre) };
}

/**
 * Rows whose residual lies beyond five robust standard deviations; none where those are more than a tenth, which is a heavy tail,
 * or where fewer than twenty rows say too little of what is usual.
 */
export function outlierRows(residuals: ArrayLike<number>): number[] {
  const all = Array.from(residuals);
  if (all.length < 20) return [];
  const scale = robustScale(all);
  if (!(scale > 1e-13)) return []; // a perfect fit's rounding
  const rows = all.flatMap((residual, row) => (Math.abs(residual) > 5 * scale ? [row] : []));
  return rows.length > all.length / 10 ? [] : rows;
}
