import type { Fit, FrontierFit } from "../fit/index.ts";
import { budgetLine, computeOptimum, isPlannable } from "../laws/index.ts";
import { fitParabola, formatFlops, formatNumber, median } from "../numeric/index.ts";
import type { Observations } from "../runs/index.ts";
import { lossColumns } from "./columns.ts";
import type { Colour, Figure, Mark, Point } from "./figure.ts";
import { formatIn } from "./format.ts";
import { logSteps, thinned } from "./steps.ts";
import { noteOf, parametersOf } from "./wording.ts";

/** Budgets this near, in ln C, are one: what people call 1e19 is often 0.98e19 in the data. */
const sameBudget = 0.1;

/** A budget's runs, the sizes between which its curve goes, the curve and its lowest point. */
interface Budget {
  readonly flops: number;
  readonly points: readonly Point[];
  readonly lossAt: ((params: number) => number) | null;
  readonly best: Point | null;
}

/**
 * Loss by model size for every budget in the runs, with the curve for it and the curve's lowest point.
 *
 * Rows are grouped by C = 6ND: a step of more than 10 % between neighbours starts a new budget, and a budget needs three
 * sizes to show a curve. As figure 3 of Hoffmann et al. 2022, https://arxiv.org/abs/2203.15556, whose curves are
 * parabolas through the points; so they are here for a fit by approach 2, and else the fitted law's.
 *
 * @param observed the runs, with params, tokens and loss among their columns
 * @param most show at most so many budgets, evenly chosen
 * @throws when no budget has three sizes
 * @example isoflopCurves(observe(table, { inputs: ["params", "tokens"], output: "loss" }), made)
 */
export function isoflopCurves(
  observed: Observations,
  made: Fit | FrontierFit,
  { most = 8 }: { most?: number } = {},
): Figure {
  const { params, tokens, loss } = lossColumns(observed, "isoFLOP curves");
  const groups = thinned(budgetsOf(params, tokens), most);
  if (groups.length === 0)
    throw new Error(`cannot draw isoFLOP curves of ${observed.origin}: no budget has three model sizes`);
  const curveOf = made.approach === 3 ? lawCurve(made) : parabola;
  const budgets = groups.map(({ flops, rows }): Budget => {
    const points = rows.map((row): Point => [params[row]!, loss[row]!]).sort((a, b) => a[0] - b[0]);
    return { flops, points, ...curveOf(flops, points) };
  });
  const optima = budgets.flatMap(({ best }) => (best ? [best] : []));
  const marks = budgets.flatMap(({ flops, points, lossAt }, i): Mark[] => {
    const series = `${formatFlops(flops, 2)} FLOPs`;
    const colour: Colour = { ramp: budgets.length > 1 ? i / (budgets.length - 1) : 0 };
    const runs: Mark = { kind: "points", series, points, colour };
    if (!lossAt) return [runs];
    const line = logSteps(points[0]![0], points.at(-1)![0], 60).map((N): Point => [N, lossAt(N)]);
    return [{ kind: "line", series, points: line.filter(([, y]) => Number.isFinite(y)), colour }, runs];
  });
  const what =
    made.approach !== 3
      ? "; lines: parabolas in log N"
      : isPlannable(made.law)
        ? `; lines: ${made.law.name} as fitted`
        : "";
  const found = budgets.flatMap(({ flops, best }) =>
    best
      ? [
          `${formatIn("parameters", best[0])} parameters (loss ${formatNumber(best[1])}) at ${formatFlops(flops, 2)}`,
        ]
      : [],
  );
  return {
    format: "isoflop.figure/1",
    title: `Loss by model size on each budget${what}`,
    subtitle: null,
    alt: `${budgets.length} budgets from ${formatFlops(budgets[0]!.flops, 2)} to ${formatFlops(budgets.at(-1)!.flops, 2)} FLOPs, each a valley of loss by model size that lies lower and further right the larger the budget is. ${found.length === 0 ? "No curve is drawn through them." : `Lowest at ${found.join("; ")}.`}`,
    note: noteOf(made),
    columns: 1,
    panels: [
      {
        x: { label: "parameters", scale: "log", unit: "parameters" },
        y: { label: "loss, nats per token", scale: "linear", unit: "nats per token" },
        marks:
          optima.length > 0
            ? [
                ...marks,
                { kind: "points", series: "optimum", points: optima, symbol: "diamond", colour: "ink" },
              ]
            : marks,
      },
    ],
  };
}

type CurveOf = (flops: number, points: readonly Point[]) => Pick<Budget, "lossAt" | "best">;

function lawCurve(made: Fit): CurveOf {
  const parameters = parametersOf(made);
  if (!isPlannable(made.law)) return () => ({ lossAt: null, best: null });
  return (flops) => {
    const line = budgetLine(made.law, parameters, flops);
    const optimum = computeOptimum(made.law, parameters, flops);
    return { lossAt: (N) => line.loss(Math.log(N)), best: optimum && [optimum.params, optimum.loss] };
  };
}

/** The parabola of the loss in log N through a budget's runs; its lowest point only where it lies between their sizes. */
const parabola: CurveOf = (_, points) => {
  const found = fitParabola(
    points.map(([N]) => Math.log(N)),
    points.map(([, y]) => y),
  );
  // runs on a straight line have none
  if (!found || !Number.isFinite(found.vertex)) return { lossAt: null, best: null };
  const { curvature, vertex, value } = found;
  const lossAt = (N: number): number => value + curvature * (Math.log(N) - vertex) ** 2;
  const lowest = Math.exp(vertex);
  const inside = curvature > 0 && lowest > points[0]![0] && lowest < points.at(-1)![0];
  return { lossAt, best: inside ? [lowest, value] : null };
};

/** The rows by budget, from the smallest, each with its middle C. */
function budgetsOf(params: Float64Array, tokens: Float64Array): { flops: number; rows: number[] }[] {
  const logs = params.map((N, row) => Math.log(6 * N * tokens[row]!));
  const order = Array.from(logs.keys()).sort((a, b) => logs[a]! - logs[b]!);
  const groups: number[][] = [];
  for (const [i, row] of order.entries()) {
    if (i === 0 || logs[row]! - logs[order[i - 1]!]! > sameBudget) groups.push([]);
    groups.at(-1)!.push(row);
  }
  return groups
    .filter((rows) => new Set(rows.map((row) => params[row])).size >= 3)
    .map((rows) => ({ flops: Math.exp(median(Float64Array.from(rows, (row) => logs[row]!))), rows }));
}
