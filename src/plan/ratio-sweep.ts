import { formatCount } from "../numeric/index.ts";
import type { RatioDesign, SweepPlan, SweepRunOptions } from "./sweep-noun.ts";
import {
  cannot,
  checkPositive,
  checkSome,
  distinctNames,
  feasibleCells,
  readyOptions,
  sizeName,
  specsOf,
} from "./sweep-runs.ts";

export interface RatioSweepOptions extends SweepRunOptions {
  /** Total parameters, each once; default six sizes over a factor of sixteen that take `share` of the target. */
  readonly sizes?: readonly number[];
  /** Tokens per parameter, each once. */
  readonly ratios?: readonly number[];
}

/**
 * A grid of tokens per parameter: every size N on D = rN tokens for every ratio r, at 6rN² FLOPs.
 *
 * The design of Gadre et al. 2024 (section 3, https://arxiv.org/abs/2403.08540) and of most ladders that reuse one run
 * for several ratios. Six sizes over a factor of sixteen and the ratios 5 to 80 unless said otherwise; with a target the
 * sizes are those that take its share together.
 *
 * @example planRatioSweep({ target: 1e22 }).runs // 30
 */
export function planRatioSweep({
  sizes: given,
  ratios = [5, 10, 20, 40, 80],
  ...runs
}: RatioSweepOptions): SweepPlan<RatioDesign> {
  const options = readyOptions(runs);
  const { share, ...said } = options;
  const { target, seeds } = options;
  if (ratios.length === 0) throw cannot("expected a number of tokens per parameter", "none", "20 is usual");
  for (const ratio of ratios) checkPositive("every number of tokens per parameter", ratio);
  if (given === undefined && target === null)
    throw cannot("expected sizes", "none", "give parameters, such as 1e8, or the target to plan for");
  const costs = 6 * seeds.length * ratios.reduce((sum, ratio) => sum + ratio, 0); // of N = 1
  const sizes = given ?? sizesFor((share * target!) / costs);
  if (sizes.length === 0) throw cannot("expected sizes", "none", "give parameters, such as 1e8");
  for (const size of sizes) checkPositive("every size", size);
  for (const list of [sizes, ratios]) {
    const twice = list.find((value, i) => list.indexOf(value) !== i);
    if (twice !== undefined)
      throw cannot(`${formatCount(twice)} is given twice`, "it twice", "repeat runs with seeds instead");
  }
  const points = [...sizes]
    .sort((x, y) => x - y)
    .flatMap((params) =>
      [...ratios]
        .sort((x, y) => x - y)
        .map((ratio) => ({ params, tokens: ratio * params, flops: 6 * ratio * params ** 2 })),
    );
  const costOf = (params: number): number => 6 * params;
  const { cells, refused } = feasibleCells(points, { options, convention: "total", costOf });
  checkSome(cells, refused);
  const specs = specsOf(cells, distinctNames(cells, sizeName), "total", options);
  const flops = cells.reduce((sum, cell) => sum + cell.flops * seeds.length, 0);
  const design: RatioDesign = { kind: "ratios", sizes, ratios, convention: "total", ...said };
  return { format: "isoflop.sweep/1", design, specs, runs: specs.length, flops, refused };
}

/** Six whole sizes over a factor of sixteen whose squares sum to this. */
function sizesFor(squares: number): number[] {
  const steps = [0, 1, 2, 3, 4, 5].map((i) => 16 ** (i / 5));
  const smallest = Math.sqrt(squares / steps.reduce((sum, step) => sum + step ** 2, 0));
  return steps.map((step) => Math.round(smallest * step));
}
