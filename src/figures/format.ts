import {
  formatCount,
  formatDollars,
  formatFlops,
  formatGrouped,
  formatNumber,
  parseNumber,
} from "../numeric/index.ts";

/**
 * A value as the field writes it in its unit: 73.2B parameters, 5.76e23 FLOPs, 1.972 nats per token.
 *
 * @example formatIn("tokens", 1.4e12) // "1.4T"
 */
export function formatIn(unit: string, value: number, digits: number = 3): string {
  if (unit === "FLOPs") return formatFlops(value, digits);
  if (unit === "tokens per parameter" && value >= 1000)
    return formatGrouped(Number(value.toPrecision(digits)));
  if (unit === "dollars") return formatDollars(value);
  if (unit === "parameters" || unit === "tokens" || unit === "samples") return formatCount(value, digits);
  return formatNumber(value, Math.max(digits, 4));
}

/** The value that {@link formatIn} leaves a reader with: 963,214,000 parameters are written 963M, and so 963,000,000. */
export function asWritten(unit: string, value: number, digits: number = 3): number {
  return parseNumber(formatIn(unit, value, digits));
}
