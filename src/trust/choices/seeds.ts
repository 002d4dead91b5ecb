import { type Drawn, fit, percentileInterval } from "../../fit/index.ts";
import { formatNumber } from "../../numeric/index.ts";
import { valuesOf } from "../fitted-values.ts";
import type { Asked } from "../reopen.ts";
import { type Choice, otherParameters } from "./choice.ts";

/** Another shuffle of the starts; and how far the interval hangs on its draws, by halves of them. */
export function seeds(
  base: Asked,
  drawn: Drawn | null,
  { level, seed, weights }: { level: number; seed: number; weights: Float64Array | null },
): Choice[] {
  const { law, objective, fixed, observed } = base;
  const again = fit(law, observed, { objective, fixed, weights, seed: seed + 1 });
  const [one, two] = [0, 1].map((half) => {
    const draws = drawn?.draws.filter((_, i) => i % 2 === half) ?? [];
    const interval = percentileInterval(draws, level);
    return interval && Math.log(interval.high / interval.low);
  });
  const note =
    one && two
      ? `the intervals from the two halves of the draws differ in width by ${formatNumber(100 * Math.abs(one / two - 1), 2)} %`
      : null;
  return [otherParameters(base, "seed", `seed ${seed + 1} instead of ${seed}`, valuesOf(again), { note })];
}
