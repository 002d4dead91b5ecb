import { frontierFigure, terminalFigure } from "../figures/index.ts";
import type { FrontierFit, FrontierLaw } from "../fit/index.ts";
import { formatCount, formatFlops, formatGrouped, formatNumber } from "../numeric/index.ts";
import type { Paint } from "./answer.ts";
import { conventionText, spanText } from "./quantity-text.ts";
import { columns, labelled, warned } from "./text.ts";

const titles = {
  hull: "the convex hull of the training curves, in logs",
  "running-minimum": "every new lowest loss along compute",
  parabola: "the minimum of each budget's parabola",
  akima: "the minimum of Akima's curve through each budget",
  argmin: "the best run of each budget",
  given: "optima as given",
} as const;

/** At most so many optima are listed: an envelope may have hundreds. */
const listed = 24;

/** A fit by approach 1 or 2 for people. */
export function frontierLines(made: FrontierFit, paint: Paint): string[] {
  const { approach, method, status, message, refused, bootstrap, data, rows, warnings } = made;
  return [
    `${paint.bold(`approach ${approach}`)}  ${titles[method]} (${method})`,
    "",
    ...optimumLines(made, paint),
    ...(refused.length > 0
      ? [
          "",
          "  Left out:",
          ...columns(
            refused.map(({ flops, points, reason }) => [formatFlops(flops), runsText(points), reason]),
            { align: ["right", "right"], indent: 4 },
          ),
        ]
      : []),
    ...lawLines(made, paint),
    "",
    ...labelled(
      "status",
      `${status === "converged" ? paint.green(status) : paint.yellow(status)}: ${message}`,
    ),
    ...(made.slices
      ? labelled(
          "budgets",
          made.slices.tolerance === null
            ? `by the column "${made.slices.by}"`
            : `by gaps in C of more than ${formatNumber(100 * made.slices.tolerance)} %`,
        )
      : []),
    ...(bootstrap ? labelled("bootstrap", bootstrapText(bootstrap)) : []),
    ...labelled(
      "rows",
      `${formatGrouped(rows)} of ${data.origin}; ${conventionText(made.conventions.params)}`,
    ),
    ...Object.entries(made.range).flatMap(([quantity, span], i) =>
      labelled(i === 0 ? "range" : "", `${quantity} ${spanText(quantity, span)}`),
    ),
    ...(made.laws ? ["", ...terminalFigure(frontierFigure(made), { height: 12 })] : []),
    ...(warnings.length > 0 ? [""] : []),
    ...warnings.flatMap((warning) => warned(warning.message, paint)),
  ];
}

function optimumLines({ optima, approach }: FrontierFit, { bold, dim }: Paint): string[] {
  if (optima.length === 0) return [];
  const sized = optima.some(({ sizes }) => sizes !== null);
  const heads = ["FLOPs", "N*", "D*", "D*/N*", "loss", ...(sized ? ["runs", "sizes"] : [])];
  const step = Math.max(1, (optima.length - 1) / (listed - 1));
  const shown =
    optima.length <= listed ? optima : Array.from({ length: listed }, (_, i) => optima[Math.round(i * step)]);
  const table = shown.map(({ flops, params, tokens, loss, points, sizes }) => [
    formatFlops(flops),
    bold(formatCount(params)),
    bold(formatCount(tokens)),
    formatNumber(tokens / params, 3),
    formatNumber(loss, 4),
    ...(sized ? [String(points), sizes ? `${formatCount(sizes[0])} … ${formatCount(sizes[1])}` : ""] : []),
  ]);
  const left = optima.length - shown.length;
  const what = approach === 1 ? "points of the envelope" : "optima";
  return [
    ...columns([heads.map(dim), ...table], { align: ["right", "right", "right", "right", "right", "right"] }),
    ...(left > 0 ? [`  (${shown.length} of ${optima.length} ${what})`] : []),
  ];
}

/** k and a, q and b; columns that would be empty are left out. */
function lawLines({ laws, exponents }: FrontierFit, { bold, dim }: Paint): string[] {
  if (!laws || !exponents) return [];
  const row = (name: string, letter: string, { coefficient, exponent }: FrontierLaw): string[] => [
    `${name} = ${formatNumber(coefficient.value, 4)} · C^${bold(exponent.value.toFixed(4))}`,
    exponent.se === null ? "–" : `± ${formatNumber(exponent.se, 2)}`,
    exponent.interval ? `${exponent.interval.low.toFixed(4)} … ${exponent.interval.high.toFixed(4)}` : "",
    `exponent ${letter}`,
  ];
  const level = laws.params.exponent.interval?.level;
  const heads = ["", "± se", level === undefined ? "" : `${formatNumber(100 * level, 3)} % interval`, ""];
  const table = [heads.map(dim), row("N*", "a", laws.params), row("D*", "b", laws.tokens)];
  const shown = level === undefined ? table.map((cells) => cells.filter((_, i) => i !== 2)) : table;
  return ["", ...columns(shown)];
}

function bootstrapText({ draws, failed, method, seed }: NonNullable<FrontierFit["bootstrap"]>): string {
  const what = {
    "runs-within-budgets": "runs within their budgets",
    clusters: "whole clusters of runs",
    curves: "whole curves",
    optima: "optima",
  }[method];
  const lost = failed > 0 ? `; ${failed} more left fewer than two optima` : "";
  return `${draws.length} draws of ${what}, seed ${seed}${lost}`;
}

function runsText(points: number): string {
  return `${points} ${points === 1 ? "run" : "runs"}`;
}
