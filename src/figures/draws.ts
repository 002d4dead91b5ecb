import { drawsOf, type Fit } from "../fit/index.ts";
import { mean, quantile, standardDeviation } from "../numeric/index.ts";
import type { Axis, Figure, Panel, Point } from "./figure.ts";
import { thinned } from "./steps.ts";
import { noteOf, parametersOf } from "./wording.ts";

/**
 * The bootstrap's draws in pairs: each parameter against each other, and by itself along the diagonal; above it the
 * correlations, of logs where a parameter is positive.
 *
 * @param most dots in a panel
 * @throws when the fit has no draws
 * @example drawPairs(fit(chinchilla, observed, { bootstrap: 400 }))
 */
export function drawPairs(made: Fit, { most = 160 }: { most?: number } = {}): Figure {
  const draws = drawsOf(parametersOf(made), made.bootstrap);
  if (!draws) throw new Error("cannot draw the draws: the fit has none; fit with --bootstrap 400");
  const names = draws.bootstrap.names.filter((name) => made.law.parameters[name]);
  if (draws.all.length < 3 || names.length === 0)
    throw new Error(`cannot draw the draws: ${draws.all.length} of ${names.length} parameters are too few`);
  const columns = names.map((name): Column => {
    const values = draws.all.map((draw) => draw[name]!);
    const positive = made.law.parameters[name]!.in === "positive" && values.every((value) => value > 0);
    const sorted = Float64Array.from(values).sort();
    const wide = positive && sorted.at(-1)! / sorted[0]! > 3;
    const air = (sorted.at(-1)! - sorted[0]!) * 0.05 || Math.abs(sorted[0]!) * 0.05 || 1;
    const ends: [number, number] = wide
      ? [sorted[0]! / 1.1, sorted.at(-1)! * 1.1]
      : [sorted[0]! - air, sorted.at(-1)! + air];
    return {
      name,
      values,
      scaled: positive ? values.map(Math.log) : values,
      axis: { label: "", scale: wide ? "log" : "linear", unit: null, domain: ends },
      at: made.parameters[name]!.value,
    };
  });
  const label = (axis: Axis, text: string): Axis => ({ ...axis, label: text });
  const quiet = (axis: Axis): Axis => ({ ...axis, ticks: [] });
  const last = columns.length - 1;
  const panels = columns.flatMap((row, j) =>
    columns.map((column, i): Panel | null => {
      if (i > j) return correlationPanel(correlation(column.scaled, row.scaled));
      const x = j === last ? label(column.axis, column.name) : quiet(column.axis);
      if (i === j)
        return {
          x,
          y: { label: i === 0 ? row.name : "", scale: "linear", unit: null, ticks: [] },
          marks: histogram(column),
        };
      const y = i === 0 ? label(row.axis, row.name) : quiet(row.axis);
      const all = column.values.map((value, k): Point => [value, row.values[k]!]);
      return {
        x,
        y,
        marks: [
          { kind: "points", series: "", points: thinned(all, most), colour: 0, faint: true },
          { kind: "points", series: "", points: [[column.at, row.at]], symbol: "diamond", colour: 1 },
        ],
      };
    }),
  );
  const pairs = columns
    .flatMap((row, j) =>
      columns.slice(0, j).map((column) => ({ row, column, r: correlation(column.scaled, row.scaled) })),
    )
    .sort((a, b) => Math.abs(b.r) - Math.abs(a.r));
  return {
    format: "isoflop.figure/1",
    title: `What the data leave open in ${made.law.name}`,
    subtitle: `${draws.all.length} bootstrap draws in pairs; diamond: the fit; above the diagonal: correlations, of logs for positive parameters.`,
    alt: `${draws.all.length} bootstrap draws of ${names.join(", ")} in pairs. ${
      pairs.length === 0
        ? "There is one parameter alone."
        : `Correlations: ${pairs
            .slice(0, 5)
            .map(({ row, column, r }) => `${column.name} and ${row.name} ${r.toFixed(3)}`)
            .join(", ")}.`
    }`,
    note: noteOf(made),
    columns: columns.length,
    panels,
  };
}

interface Column {
  readonly name: string;
  readonly values: readonly number[];
  readonly scaled: readonly number[];
  readonly axis: Axis;
  /** The fitted value. */
  readonly at: number;
}

function correlation(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [mean(x), mean(y)];
  const covariance = x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0) / (x.length - 1);
  const r = covariance / (standardDeviation(x) * standardDeviation(y));
  return Number.isFinite(r) ? Math.max(-1, Math.min(1, r)) : 0;
}

function correlationPanel(r: number): Panel {
  const none: Axis = { label: "", scale: "linear", unit: null, domain: [0, 1], ticks: [] };
  const text = Math.abs(r) > 0.995 ? r.toFixed(4) : r.toFixed(2);
  return {
    x: none,
    y: none,
    marks: [
      {
        kind: "text",
        series: "",
        points: [[0.5, 0.5]],
        texts: [text],
        colour: Math.abs(r) > 0.9 ? 1 : "muted",
      },
    ],
  };
}

/** Bars of about the width of Freedman and Diaconis 1981, on the panel's scale; at least six, at most 24. */
function histogram({ values, axis, at }: Column): Panel["marks"] {
  const log = axis.scale === "log";
  const on = log ? Math.log : (value: number) => value;
  const off = log ? Math.exp : (value: number) => value;
  const sorted = Float64Array.from(values, on).sort();
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  const spread = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  const width = (2 * spread) / Math.cbrt(sorted.length);
  const count = width > 0 ? Math.max(6, Math.min(24, Math.ceil((high - low) / width))) : 1;
  const step = (high - low) / count || Math.abs(low) * 0.01 || 0.01;
  const bars = new Array<number>(count).fill(0);
  for (const value of sorted) bars[Math.min(count - 1, Math.floor((value - low) / step))]! += 1;
  const most = Math.max(...bars);
  return [
    {
      kind: "boxes",
      series: "",
      boxes: bars.flatMap((bar, i) =>
        bar === 0 ? [] : [[off(low + i * step), 0, off(low + (i + 1) * step), bar] as const],
      ),
      colour: 0,
      faint: true,
    },
    {
      kind: "rule",
      series: "",
      points: [
        [at, 0],
        [at, most],
      ],
      colour: 1,
    },
  ];
}
