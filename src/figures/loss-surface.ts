import { isPlannable, type Law, lawFunction, quantityAt } from "../laws/index.ts";
import { formatFlops, formatNumber } from "../numeric/index.ts";
import type { Plan } from "../plan/index.ts";
import type { Observations } from "../runs/index.ts";
import { contour } from "./contours.ts";
import type { BoxesMark, Figure, Mark, Point } from "./figure.ts";
import { formatIn } from "./format.ts";
import { logSteps } from "./steps.ts";
import { ticksOf } from "./ticks.ts";

/** Columns and rows of the map. */
const [across, down] = [96, 64];

/**
 * The loss over size and data as a map, with lines of equal loss, the budget as a line, its optimum, and along the line the
 * flat region in which the loss hardly differs.
 *
 * @param law the plan's law
 * @param observed runs to show on the map
 * @throws for a law of more than a budget sets, or a plan without a loss
 * @example lossSurface(chinchilla, plan(made, 1e22), { observed })
 */
export function lossSurface(
  law: Law,
  made: Plan,
  { observed = null }: { observed?: Observations | null } = {},
): Figure {
  const { optimum, flatRegion, parameters, held, budget } = made;
  if (law.formula !== made.formula)
    throw new Error(
      `cannot draw the surface of ${law.name}: the plan rests on another formula, ${made.formula}`,
    );
  if (!isPlannable(law, held) || optimum.loss === null)
    throw new Error(`cannot draw the surface of ${law.name}: it needs the loss by parameters and tokens`);
  const value = lawFunction(law, parameters);
  const inputs = Object.keys(law.inputs);
  const lossAt = (N: number, D: number): number =>
    value(
      Object.fromEntries(inputs.map((name) => [name, held[name] ?? quantityAt(name, N, D) ?? Number.NaN])),
    );

  const runs = runsOf(observed);
  const spanOf = (best: number, data: readonly number[]): readonly [number, number] => [
    Math.min(best / 30, ...data.map((x) => x / 1.5)),
    Math.max(best * 30, ...data.map((x) => x * 1.5)),
  ];
  const xs = spanOf(
    optimum.params,
    runs.map(([N]) => N),
  );
  const ys = spanOf(
    optimum.tokens,
    runs.map(([, D]) => D),
  );
  const grid = {
    xs: logSteps(...xs, across).map(Math.log),
    ys: logSteps(...ys, down).map(Math.log),
  };
  const values = grid.ys.flatMap((y) => grid.xs.map((x) => lossAt(Math.exp(x), Math.exp(y))));
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0)
    throw new Error(`cannot draw the surface of ${law.name}: it has no finite loss there`);
  const levels = levelsBetween(Math.min(...finite), Math.max(...finite));
  const lines = levels.flatMap((level) =>
    contour({ ...grid, values }, level)
      .filter((line) => line.length > 3)
      .map((line) => ({ level, points: line.map(([x, y]): Point => [Math.exp(x), Math.exp(y)]) })),
  );
  const onBudget = logSteps(...xs, 97).flatMap((N): Point[] => {
    const D = budget.flops / (6 * N);
    return D >= ys[0] && D <= ys[1] ? [[N, D]] : [];
  });
  const flat = flatRegion
    ? logSteps(...flatRegion.params, 33)
        .map((N): Point => [N, budget.flops / (6 * N)])
        .filter(([N, D]) => N >= xs[0] && N <= xs[1] && D >= ys[0] && D <= ys[1])
    : [];
  const best: Point = [optimum.params, optimum.tokens];
  const named = `${formatIn("parameters", best[0])} on ${formatIn("tokens", best[1])}`;
  const labelled = labelsOf(lines, xs, ys);
  const marks: Mark[] = [
    groundOf({ ...grid, values }, levels),
    ...lines.map(({ points }): Mark => ({ kind: "line", series: "", points, colour: "muted", faint: true })),
    {
      kind: "text",
      series: "",
      points: labelled.map(({ point }) => point),
      texts: labelled.map(({ level }) => formatNumber(level)),
      colour: "muted",
    },
    ...(runs.length > 0
      ? [{ kind: "points", series: "", points: runs, colour: "ink", faint: true } as const]
      : []),
    { kind: "line", series: `${formatFlops(budget.flops)} FLOPs`, points: onBudget, colour: 0 },
    ...(flat.length > 1 ? [{ kind: "line", series: "", points: flat, colour: 1, thick: true } as const] : []),
    { kind: "points", series: "", points: [best], names: [named], symbol: "diamond", colour: 1 },
  ];
  const within = flatRegion
    ? ` Sizes from ${formatIn("parameters", flatRegion.params[0])} to ${formatIn("parameters", flatRegion.params[1])} cost less than ${formatNumber(flatRegion.tolerance, 2)} nats per token more.`
    : "";
  return {
    format: "isoflop.figure/1",
    title: `The loss over size and data: ${law.name}`,
    subtitle: `Line: all that ${formatFlops(budget.flops)} FLOPs can train. Diamond: the lowest loss on it, ${formatNumber(optimum.loss)}.${flatRegion ? ` Thick: at most ${formatNumber(flatRegion.tolerance, 2)} above it.` : ""}`,
    alt: `A map of the loss by parameters and tokens with lines of equal loss from ${formatNumber(levels[0]!)} to ${formatNumber(levels.at(-1)!)}. On the line of ${formatFlops(budget.flops)} FLOPs the loss is lowest, ${formatNumber(optimum.loss)}, at ${formatIn("parameters", best[0])} parameters and ${formatIn("tokens", best[1])} tokens.${within}`,
    note: `${law.name}: ${law.formula}; ${made.basis.kind === "fit" ? `fitted to ${made.basis.rows} rows of ${made.basis.origin}` : made.basis.kind === "published" ? `coefficients ${made.basis.set}` : "given coefficients"}.`,
    columns: 1,
    panels: [
      {
        x: { label: "parameters N", scale: "log", unit: "parameters", domain: xs },
        y: { label: "tokens D", scale: "log", unit: "tokens", domain: ys },
        marks,
      },
    ],
  };
}

function runsOf(observed: Observations | null): Point[] {
  const { params, tokens } = observed?.columns ?? {};
  return params && tokens ? Array.from(params, (N, row): Point => [N, tokens[row]!]) : [];
}

/** Round losses, closer where the loss is low, as the surface is flat there. */
function levelsBetween(low: number, high: number): number[] {
  const axis = { label: "", scale: "linear", unit: null } as const;
  const wide = ticksOf(axis, [low, Math.min(high, low + 4 * (high - low) ** 0.5)], 7);
  const near = ticksOf(axis, [low, low + (wide[1]!.value - wide[0]!.value)], 3);
  const all = [...near, ...wide].map(({ value }) => value).filter((value) => value > low && value < high);
  return [...new Set(all)].sort((a, b) => a - b);
}

/**
 * The ground in bands of loss: each row of the grid cut where the levels lie, so that the bands' edges are as sharp as
 * their lines.
 */
function groundOf(
  { xs, ys, values }: { xs: readonly number[]; ys: readonly number[]; values: readonly number[] },
  levels: readonly number[],
): BoxesMark {
  const boxes: [number, number, number, number][] = [];
  const shades: number[] = [];
  const bandOf = (value: number): number => levels.filter((level) => value > level).length;
  const half = (ys[1]! - ys[0]!) / 2;
  for (const [j, y] of ys.entries()) {
    const [y1, y2] = [Math.max(ys[0]!, y - half), Math.min(ys.at(-1)!, y + half)].map(Math.exp) as [
      number,
      number,
    ];
    let from = xs[0]!;
    const push = (to: number, band: number): void => {
      if (to > from) {
        boxes.push([Math.exp(from), y1, Math.exp(to), y2]);
        shades.push(Number((band / levels.length).toFixed(4)));
      }
      from = to;
    };
    for (let i = 0; i + 1 < xs.length; i++) {
      const [here, next] = [values[j * xs.length + i]!, values[j * xs.length + i + 1]!];
      const cuts = levels
        .filter((level) => here > level !== next > level)
        .map((level) => ({ level, x: xs[i]! + ((xs[i + 1]! - xs[i]!) * (level - here)) / (next - here) }))
        .sort((a, b) => a.x - b.x);
      let band = bandOf(here);
      for (const { x } of cuts) {
        push(x, band);
        band += next > here ? 1 : -1;
      }
    }
    push(xs.at(-1)!, bandOf(values[j * xs.length + xs.length - 1]!));
  }
  return { kind: "boxes", series: "", boxes, shades };
}

/** Each level written once, where its line is farthest from the edges and from the other levels' words. */
function labelsOf(
  lines: readonly { readonly level: number; readonly points: readonly Point[] }[],
  xs: readonly [number, number],
  ys: readonly [number, number],
): { level: number; point: Point }[] {
  const share = (value: number, [low, high]: readonly [number, number]): number =>
    Math.log(value / low) / Math.log(high / low);
  const found: { level: number; point: Point }[] = [];
  for (const { level, points } of lines) {
    if (found.some((other) => other.level === level)) continue;
    const inside = points.filter(([x, y]) => {
      const [sx, sy] = [share(x, xs), share(y, ys)];
      return sx > 0.04 && sx < 0.96 && sy > 0.05 && sy < 0.95;
    });
    if (inside.length === 0) continue;
    // along a rising diagonal, which the budget's line crosses once
    const off = ([x, y]: Point): number => Math.abs(share(x, xs) - share(y, ys) - 0.25);
    found.push({ level, point: inside.reduce((a, b) => (off(b) < off(a) ? b : a)) });
  }
  return found;
}
