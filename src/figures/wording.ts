import type { Fit, FrontierFit, Interval } from "../fit/index.ts";
import { formatNumber } from "../numeric/index.ts";
import { formatIn } from "./format.ts";

/** A fit's parameters by name. */
export function parametersOf({ parameters }: Fit): Record<string, number> {
  return Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value]));
}

/** Where a fit's picture comes from: the law or approach, the rows, their hash and the seed. */
export function noteOf(made: Fit | FrontierFit): string {
  const what = made.approach === 3 ? made.law.name : `Approach ${made.approach} (${made.method})`;
  const how = made.approach === 3 ? `, ${made.objective.name}` : "";
  return `${what} fitted to ${made.rows} rows of ${made.data.origin}${how}; data ${made.data.hash.slice(0, 15)}…, seed ${made.seed}.`;
}

/** An interval in the quantity's unit: 65.1B to 82.4B. */
export function intervalText(unit: string, { low, high }: Pick<Interval, "low" | "high">): string {
  return `${formatIn(unit, low)} to ${formatIn(unit, high)}`;
}

/** An interval whose ends can be drawn; null for none, and for one without an end. */
export function finiteInterval(interval: Interval | null): Interval | null {
  return interval && Number.isFinite(interval.low) && Number.isFinite(interval.high) ? interval : null;
}

export function percentText(share: number, digits = 2): string {
  return `${formatNumber(100 * share, digits)} %`;
}
