import { akima } from "../numeric/index.ts";
import type { OpenBasis } from "./basis.ts";
import type { ComparedRun } from "./run-comparison.ts";
import type { Surface } from "./surface.ts";

/** For each draw, the compute that its frontier needs for a loss: a curve through its best losses over the runs' budgets. */
export function neededBy(
  { draws }: OpenBasis,
  surfaceAt: (parameters: Readonly<Record<string, number>>) => Surface,
  runs: readonly Pick<ComparedRun, "flops" | "flopsNeeded">[],
): ((loss: number) => number)[] {
  const budgets = runs.flatMap(({ flops, flopsNeeded }) => [flops, flopsNeeded ?? flops]).map(Math.log);
  const low = budgets.reduce((least, x) => Math.min(least, x)) - Math.log(30);
  const high = budgets.reduce((most, x) => Math.max(most, x)) + Math.log(30);
  const points = Math.max(12, Math.ceil((high - low) / 0.8));
  return draws!.all.map((drawn) => {
    const surface = surfaceAt(drawn);
    const at = Array.from({ length: points }, (_, i) => low + ((high - low) * i) / (points - 1));
    const frontier = at
      .map((logFlops) => ({ logFlops, loss: surface.optimum(Math.exp(logFlops))?.loss ?? Number.NaN }))
      .filter(({ loss }, i, all) => Number.isFinite(loss) && (i === 0 || loss < all[i - 1]!.loss));
    if (frontier.length < 3) return () => Number.NaN;
    const x = frontier.map(({ loss }) => -loss);
    const curve = akima(
      x,
      frontier.map(({ logFlops }) => logFlops),
    );
    return (loss) => (-loss < x[0]! || -loss > x.at(-1)! ? Number.NaN : Math.exp(curve(-loss)));
  });
}
