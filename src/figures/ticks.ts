import type { Axis, Tick } from "./figure.ts";
import { formatIn } from "./format.ts";

/**
 * The axis's own ticks, else round numbers: 1, 2 and 5 times a power of ten, on log axes as many as there is room for.
 *
 * @param most about how many
 * @example ticksOf({ label: "N", scale: "log", unit: "parameters" }, [8e6, 2e9], 6) // 10M, 100M, 1B
 */
export function ticksOf(
  { scale, unit, ticks }: Axis,
  ends: readonly [number, number],
  most: number,
): readonly Tick[] {
  if (ticks) return ticks;
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const values = scale === "log" ? logTicks(low, high, most) : linearTicks(low, high, most);
  const step = values.length > 1 ? values[1] - values[0] : 0;
  const decimals = Math.max(0, -Math.floor(Math.log10(step || 1) + 1e-9));
  const text = (value: number): string =>
    scale === "linear" && values.length > 1 && Math.abs(value) < 1e4
      ? value.toFixed(Math.min(decimals, 6))
      : formatIn(unit ?? "", value);
  return values.map((value) => ({ value, text: text(value) }));
}

function logTicks(low: number, high: number, most: number): number[] {
  const all = (mantissas: readonly number[], everyDecade = 1): number[] => {
    const found: number[] = [];
    for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.log10(high); exponent++) {
      if (exponent % everyDecade !== 0) continue;
      // from text: 10 ** -5 times 3 is not the double that "3e-5" is
      for (const mantissa of mantissas) found.push(Number(`${mantissa}e${exponent}`));
    }
    return found.filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
  };
  const fine = [[1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]].map((mantissas) => all(mantissas));
  const fitting = fine.find((values) => values.length <= most);
  if (fitting) return fitting.length > 1 ? fitting : linearTicks(low, high, most);
  for (let every = 2; ; every++) {
    const values = all([1], every);
    if (values.length <= most) return values;
  }
}

function linearTicks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / Math.max(1, most);
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10]
    .map((factor) => factor * power)
    .find((size) => size >= rough * (1 - 1e-9)) as number;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
