import { findLowest } from "../numeric/index.ts";

/**
 * The lowest point of a valley that may be infinitely high at either end: a scan, then golden-section search around its
 * lowest place.
 *
 * @returns `low` where the function is nowhere finite
 */
export function lowestBetween(
  f: (x: number) => number,
  low: number,
  high: number,
  { steps = 64 }: { steps?: number } = {},
): number {
  const at = (i: number): number => low + ((high - low) * Math.min(steps, Math.max(0, i))) / steps;
  let best = -1;
  let lowest = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= steps; i++) {
    const value = f(at(i));
    if (value < lowest) [lowest, best] = [value, i];
  }
  return best < 0 ? low : findLowest(f, at(best - 1), at(best + 1));
}
