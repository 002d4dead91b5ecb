import {
  mean,
  normalShare,
  quantile,
  seededRandom,
  standardDeviation,
  studentQuantile,
} from "../numeric/index.ts";
import type { HeldOut } from "./holdout.ts";

/** By how much a law's held-out error exceeds the winner's. */
export interface Margin {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** False where the interval covers 0: the two can't be told apart. */
  readonly apart: boolean;
}

/** The paired difference of two laws' errors, with its interval; null for a single held-out run, which leaves no spread. */
export function marginOf(
  winner: HeldOut,
  rival: HeldOut,
  { level, resamplings, seed }: { level: number; resamplings: number; seed: number },
): Margin | null {
  const differences = rival.folds.map(({ errors }, f) =>
    errors.map((error, i) => Math.abs(error) - Math.abs(winner.folds[f]!.errors[i]!)),
  );
  const difference = rival.error - winner.error;
  const folds = differences.length;
  const n = folds === 1 ? differences[0]!.length : folds;
  if (n < 2) return null;
  const random = seededRandom(seed).fork(2);
  const drawn = (rows: readonly number[]): number => {
    let sum = 0;
    for (let i = 0; i < rows.length; i++) sum += rows[random.integer(rows.length)]!;
    return sum / rows.length;
  };
  const draws = Float64Array.from({ length: resamplings }, () => {
    let sum = 0;
    for (let f = 0; f < folds; f++) sum += drawn(differences[folds === 1 ? 0 : random.integer(folds)]!);
    return sum / folds;
  }).sort();
  // percentiles of n things are too narrow by √((n − 1)/n) and know nothing of Student: the expanded ones do
  const t = studentQuantile((1 + level) / 2, n - 1);
  const tail = normalShare(-Math.sqrt(n / (n - 1)) * t);
  // no draw lies beyond the n themselves, though the truth may: Student's interval does not stop there
  const each = folds === 1 ? differences[0]! : differences.map(mean);
  const reach = (t * standardDeviation(each)) / Math.sqrt(n);
  const low = Math.min(quantile(draws, tail), difference - reach);
  const high = Math.max(quantile(draws, 1 - tail), difference + reach);
  return { difference, low, high, apart: low > 0 || high < 0 };
}
