import type { Fit } from "../fit/index.ts";
import { lawFunction, quantityAt } from "../laws/index.ts";
import { formatNumber } from "../numeric/index.ts";
import type { Observations, Run } from "../runs/index.ts";
import { lossColumns } from "./columns.ts";
import type { Colour, Figure, Mark, Point } from "./figure.ts";
import { formatIn } from "./format.ts";
import { logSteps, thinned } from "./steps.ts";
import { noteOf, parametersOf } from "./wording.ts";

/** One run's way: the loss by tokens. */
export interface TrainingCurve {
  readonly name: string;
  readonly params: number | null;
  readonly points: readonly Point[];
}

/** The curves that runs carry: on validation data where they have any, else on training data. */
export function curvesOfRuns(runs: readonly Run[]): TrainingCurve[] {
  return runs.flatMap((run): TrainingCurve[] => {
    const all = run.curve ?? [];
    const measured = all.filter(({ split }) => split === "validation");
    const points = (measured.length > 1 ? measured : all)
      .filter(({ tokens, loss }) => tokens > 0 && loss > 0)
      .map(({ tokens, loss }): Point => [tokens, loss]);
    const params = run.parameters.active ?? run.parameters.total ?? Object.values(run.parameters)[0] ?? null;
    return points.length > 1 ? [{ name: run.id, params, points }] : [];
  });
}

/** The curves of a table with a row a checkpoint: rows of one name, or of one size where no column names them. */
export function curvesOfRows(observed: Observations, name: string | null = null): TrainingCurve[] {
  const { params, tokens, loss } = lossColumns(observed, "training curves");
  const names = name === null ? params : observed.labels[name];
  if (!names)
    throw new Error(
      `cannot draw training curves: ${observed.origin} has no column "${name}"; it has ${Object.keys(observed.labels).join(", ")}`,
    );
  const curves = new Map<string | number, { params: number; points: Point[] }>();
  for (const row of params.keys()) {
    const own = curves.get(names[row]!) ?? { params: params[row]!, points: [] };
    own.points.push([tokens[row]!, loss[row]!]);
    curves.set(names[row]!, own);
  }
  return [...curves]
    .filter(([, { points }]) => points.length > 1)
    .map(([key, own]) => ({
      name: typeof key === "number" ? formatIn("parameters", key) : key,
      params: own.params,
      points: own.points.sort((a, b) => a[0] - b[0]),
    }));
}

/**
 * The loss of every run while it trained, by tokens, both in logs, and what the fitted law says of its size (dashed).
 *
 * A law of final losses lies below the curves before their end where the learning rate had not decayed yet.
 *
 * @param most show at most so many curves, evenly chosen by size
 * @throws when no run has a curve of two points
 * @example trainingCurves(curvesOfRuns(runs), made)
 */
export function trainingCurves(
  curves: readonly TrainingCurve[],
  made: Fit | null = null,
  { most = 9 }: { most?: number } = {},
): Figure {
  const ordered = [...curves]
    .filter(({ points }) => points.length > 1)
    .sort((a, b) => (a.params ?? 0) - (b.params ?? 0));
  const shown = thinned(ordered, most);
  if (shown.length === 0)
    throw new Error("cannot draw training curves: no run has a loss at two points of its training");
  const value = made && lawFunction(made.law, parametersOf(made));
  const inputs = made ? Object.keys(made.law.inputs) : [];
  const fits = inputs.length > 0 && inputs.every((name) => quantityAt(name, 1, 1) !== null);
  const names = seriesNames(shown);
  const marks = shown.flatMap(({ params, points }, i): Mark[] => {
    const colour: Colour = { ramp: shown.length > 1 ? i / (shown.length - 1) : 0 };
    const own: Mark = { kind: "line", series: names[i]!, points: thinned(points, 400), colour };
    if (!value || !fits || params === null) return [own];
    const law = logSteps(points[0]![0], points.at(-1)![0], 40).flatMap((tokens): Point[] => {
      const y = value(Object.fromEntries(inputs.map((name) => [name, quantityAt(name, params, tokens)!])));
      return Number.isFinite(y) && y > 0 ? [[tokens, y]] : [];
    });
    const near = law.filter(([, y]) => y < 1.5 * Math.max(...points.map(([, loss]) => loss)));
    return near.length > 1
      ? [own, { kind: "line", series: "", points: near, colour, dashed: true, faint: true }]
      : [own];
  });
  const ends = shown.map(({ points }, i) => {
    const [tokens, loss] = points.at(-1)!;
    return `${names[i]} ends at ${formatNumber(loss)} after ${formatIn("tokens", tokens)} tokens`;
  });
  const left = ordered.length - shown.length;
  return {
    format: "isoflop.figure/1",
    title: "Training curves",
    subtitle: `${shown.length === 1 ? "One run" : `${shown.length} runs${left > 0 ? ` of ${ordered.length}` : ""}, by size`}${value && fits ? `; dashed: ${made.law.name} as fitted` : ""}.`,
    alt: `The loss by tokens of ${shown.length === 1 ? "one run" : `${shown.length} runs`}: ${ends.join("; ")}.`,
    note: made ? noteOf(made) : null,
    columns: 1,
    panels: [
      {
        x: { label: "tokens seen", scale: "log", unit: "tokens" },
        y: { label: "loss, nats per token", scale: "log", unit: "nats per token" },
        marks,
      },
    ],
  };
}

/** Sizes where they tell the runs apart, else their own names. */
function seriesNames(curves: readonly TrainingCurve[]): string[] {
  const sizes = curves.map(({ params, name }) => (params === null ? name : formatIn("parameters", params)));
  return new Set(sizes).size === sizes.length ? sizes : curves.map(({ name }) => name);
}
