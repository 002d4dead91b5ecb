import { createKernel, descend } from "../fit/index.ts";
import { computeOptimum, lawFunction } from "../laws/index.ts";
import { quantile, type Random } from "../numeric/index.ts";
import { columnsAt, type DesignAimName, type RunPoint } from "../plan/index.ts";
import type { Observations } from "../runs/index.ts";
import { type NextRunsBase, pointAt } from "./next-runs-base.ts";

/** What the refits of one design scatter by. */
export interface RefitSpread {
  /** A ninety per cent span over that of the normal distribution: a few lost refits don't move it. */
  readonly sd: number | null;
  readonly lost: number;
}

/**
 * Refits the law to the fit's rows and some new ones, all with fresh noise about the fitted law, and says how its answer
 * scatters; null for aims that are no single number.
 *
 * Normal noise of the fit's own scatter, refits from the planted law: a second basin is not looked for.
 */
export function simulateRuns(
  base: NextRunsBase & { readonly observed: Observations },
  runs: readonly RunPoint[],
  {
    aim,
    replications,
    random,
    weights,
  }: { aim: DesignAimName; replications: number; random: Random; weights: Float64Array | null },
): RefitSpread | null {
  const answer = answerOf(base, aim);
  if (!answer) return null;
  const { design, observed, held, noiseAt } = base;
  const { law, parameters, objective, fixed } = design;
  const added = columnsAt(law, runs, held);
  const columns = Object.fromEntries(
    Object.keys(law.inputs).map((quantity) => [
      quantity,
      Float64Array.from([...observed.columns[quantity]!, ...added[quantity]!]),
    ]),
  );
  const rows = observed.rows + runs.length;
  const kernel = createKernel(law, columns, new Float64Array(rows).fill(0.5), objective, {
    fixed,
    weights: weights && Float64Array.from([...weights, ...runs.map(() => 1)]),
  });
  const optimum = kernel.toVariables(parameters);
  const planted = kernel.residuals(optimum).map((residual, row) => residual + kernel.truth[row]!);
  const noise = Float64Array.from({ length: rows }, (_, row) =>
    noiseAt(row < observed.rows ? pointAt(observed.columns, row) : runs[row - observed.rows]!),
  );
  const answers: number[] = [];
  for (let i = 0; i < replications; i++) {
    // the fit's rows come first in each stream: designs beside each other differ by their own runs alone
    const { normal } = random.fork(i);
    for (let row = 0; row < rows; row++) kernel.truth[row] = planted[row]! + noise[row]! * normal();
    const found = descend(kernel, objective, optimum, { damping: 0.01 });
    const value = answer(kernel.toParameters(found.x));
    if (Number.isFinite(value)) answers.push(value);
  }
  if (answers.length < 10) return { sd: null, lost: replications - answers.length };
  answers.sort((x, y) => x - y);
  return {
    sd: (quantile(answers, 0.95) - quantile(answers, 0.05)) / (2 * 1.6448536269514722),
    lost: replications - answers.length,
  };
}

function answerOf(
  { design: { law, parameters }, target, options }: NextRunsBase,
  aim: DesignAimName,
): ((at: Readonly<Record<string, number>>) => number) | null {
  if (aim === "params")
    return (at) => Math.log(computeOptimum(law, at, target, options)?.params ?? Number.NaN);
  if (aim !== "loss") return null;
  const best = computeOptimum(law, parameters, target, options)!;
  const inputs = columnsAt(law, [best], options.held ?? {});
  const point = Object.fromEntries(Object.entries(inputs).map(([name, [value]]) => [name, value!]));
  return (at) => Math.log(lawFunction(law, at)(point));
}
