import type { Fit } from "../fit/index.ts";
import { quantityInfo } from "../laws/index.ts";
import { formatNumber, normalQuantile, quantile } from "../numeric/index.ts";
import type { Observations } from "../runs/index.ts";
import type { Axis, Figure, Mark, Panel, Point } from "./figure.ts";
import { noteOf } from "./wording.ts";

/**
 * What a fit misses, four times: against its inputs, in the order of the rows, and against normal quantiles.
 *
 * In percent of the truth where the objective is of logs. A fitted law whose residuals bend with size or data is the wrong
 * law there; points off the line of the last panel are heavier tails than noise has. The line is a running mean of an
 * eighth of the rows.
 *
 * @param observed the runs of the fit
 * @throws where the fit kept no residuals, or the runs are others
 * @example residualFigure(made, observed)
 */
export function residualFigure(made: Fit, observed: Observations): Figure {
  const { values } = made.residuals;
  if (values === null)
    throw new Error("cannot draw the residuals: the fit has too many rows and did not keep them");
  if (observed.rows !== values.length)
    throw new Error(
      `cannot draw the residuals: these are not the runs of the fit, which had ${values.length} rows, got ${observed.rows}`,
    );
  const logs = made.objective.scale === "log";
  const shown = values.map((r) => (logs ? 100 * Math.expm1(r) : r));
  const label = logs
    ? "prediction over truth, %"
    : `prediction − truth${made.objective.scale === "raw" ? "" : `, ${made.objective.scale}`}`;
  const y: Axis = { label, scale: "linear", unit: null };
  const inputs = Object.keys(made.law.inputs).slice(0, 2);
  const against = (x: Axis, xs: ArrayLike<number>, title: string): Panel => ({
    title,
    x,
    y,
    marks: cloud(Array.from(xs), shown, x.scale),
  });
  const panels = [
    ...inputs.map((name) => {
      const column = observed.columns[name]!;
      const info = quantityInfo(name);
      const log = column.every((value) => value > 0) && info?.domain !== "unit";
      return against(
        { label: name, scale: log ? "log" : "linear", unit: info?.unit ?? null },
        column,
        `Against ${name}`,
      );
    }),
    against(
      { label: "row", scale: "linear", unit: null },
      shown.map((_, i) => i + 1),
      "In the order of the rows",
    ),
    normalPanel(shown, y),
  ];
  const sorted = Float64Array.from(shown).sort();
  const worst = shown.reduce((at, value, i) => (Math.abs(value) > Math.abs(shown[at]!) ? i : at), 0);
  const size = (value: number): string => `${formatNumber(value, 3)}${logs ? " %" : ""}`;
  return {
    format: "isoflop.figure/1",
    title: `What ${made.law.name} misses`,
    subtitle: `R² ${formatNumber(made.residuals.r2)}; half of the ${values.length} runs lie within ${size(quantile(Float64Array.from(shown, Math.abs).sort(), 0.5))}.`,
    alt: `Residuals of ${values.length} runs against ${inputs.join(", ")}, row and normal quantiles: nine in ten lie between ${size(quantile(sorted, 0.05))} and ${size(quantile(sorted, 0.95))}; the largest, ${size(shown[worst]!)}, is row ${observed.lines[worst]} of ${observed.origin}.`,
    note: noteOf(made),
    columns: panels.length > 1 ? 2 : 1,
    panels,
  };
}

function cloud(xs: readonly number[], ys: readonly number[], scale: Axis["scale"]): Mark[] {
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  const air = (share: number): number => (scale === "log" ? (high / low) ** share : (high - low) * share);
  const ends = scale === "log" ? [low / air(0.02), high * air(0.02)] : [low - air(0.02), high + air(0.02)];
  const zero: Mark = {
    kind: "rule",
    series: "",
    points: [
      [ends[0]!, 0],
      [ends[1]!, 0],
    ],
    colour: "muted",
    faint: true,
  };
  const points = xs.map((x, i): Point => [x, ys[i]!]);
  const trend = runningMean(points);
  return [
    ...(low < high ? [zero] : []),
    { kind: "points", series: "", points, colour: 0, sizes: [0.6] },
    ...(trend.length > 1 ? [{ kind: "line", series: "", points: trend, colour: 1 } as const] : []),
  ];
}

/** The mean of an eighth of the points around each place; none of few, as it would follow each. */
function runningMean(points: readonly Point[]): Point[] {
  if (points.length < 24) return [];
  const sorted = [...points].sort((a, b) => a[0] - b[0]);
  const width = Math.max(8, Math.round(points.length / 8));
  const step = Math.max(1, Math.floor((sorted.length - width) / 24));
  const means: Point[] = [];
  for (let from = 0; from + width <= sorted.length; from += step) {
    const part = sorted.slice(from, from + width);
    means.push([part[width >> 1]![0], part.reduce((sum, [, y]) => sum + y, 0) / width]);
  }
  return means.filter(([x], i) => i === 0 || x > means[i - 1]![0]);
}

/** A sample against what as many normal draws would be; the line through its quartiles. */
function normalPanel(values: readonly number[], y: Axis): Panel {
  const sorted = Float64Array.from(values).sort();
  const points = Array.from(sorted, (value, i): Point => [normalQuantile((i + 0.5) / sorted.length), value]);
  const [q1, q3] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
  const slope = (q3 - q1) / (2 * normalQuantile(0.75));
  const [from, to] = [points[0]![0], points.at(-1)![0]];
  const line = [from, to].map((z): Point => [z, (q1 + q3) / 2 + slope * z]);
  return {
    title: "Against a normal distribution",
    x: { label: "normal quantile", scale: "linear", unit: null },
    y,
    marks: [
      ...(from < to
        ? [{ kind: "rule", series: "", points: line, colour: "muted", faint: true } as const]
        : []),
      { kind: "points", series: "", points, colour: 0, sizes: [0.6] },
    ],
  };
}
