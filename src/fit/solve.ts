import { type Minimum, median, minimizeNewton } from "../numeric/index.ts";
import type { Kernel } from "./kernel.ts";
import { lossOf, type Objective } from "./objective.ts";

/** One of the places where starts ended. */
export interface Basin {
  readonly value: number;
  /** How many starts ended here. */
  readonly count: number;
  readonly parameters: Readonly<Record<string, number>>;
  readonly status: Minimum["status"];
}

/** What became of all starts. */
export interface StartReport {
  readonly total: number;
  /** How many reached the lowest value found, to a millionth of it. */
  readonly agree: number;
  /** Starts at which the law has no finite value, or from which none was found. */
  readonly failed: number;
  /** The basins from the lowest up, at most twelve. */
  readonly basins: readonly Basin[];
}

export interface Search {
  readonly best: Minimum;
  readonly starts: StartReport;
}

/** Values nearer than this, relatively, are one basin: a minimiser that converged is a thousand times nearer. */
const sameBasin = 1e-6;

/** The first damping of a refit, which starts where the fit ended. */
export const nearby = 0.01;

/** Residuals of this size, on their scale, are pure rounding. */
const rounding = 1e-13;

/**
 * Descends from one start to a minimum of the objective.
 *
 * A loss with a corner (absolute, quantile) is reached through a row of Huber losses whose parabola shrinks to a
 * billionth of the residuals; the corner then has been found to more digits than data have.
 *
 * @param damping of the first step: {@link nearby} from the optimum of nearly the same data
 */
export function descend(
  kernel: Kernel,
  objective: Objective,
  start: Float64Array,
  { damping = 1 }: { damping?: number } = {},
): Minimum {
  const floor = kernel.rows * Math.max(objective.over, objective.under) * rounding ** 2;
  const bounds = { lower: kernel.lower, upper: kernel.upper, floor };
  if (objective.loss !== "absolute") return minimizeNewton(kernel, start, { ...bounds, damping });
  const spread = median(kernel.residuals(start).map(Math.abs)) || 1;
  let at = start;
  let steps = 0;
  let evaluations = 0;
  let last: Minimum | null = null;
  for (let tenth = 0; tenth <= 9; tenth++) {
    kernel.smoothing = spread * 10 ** -tenth;
    last = minimizeNewton(kernel, at, { ...bounds, tolerance: tenth === 9 ? 1e-13 : 1e-6, maxSteps: 300 });
    if (last.status === "non-finite") return last;
    at = last.x;
    steps += last.steps;
    evaluations += last.evaluations;
  }
  return { ...last!, value: objectiveAt(kernel, objective, at), steps, evaluations };
}

/** The objective itself, with its corner, at these variables. */
export function objectiveAt(kernel: Kernel, objective: Objective, variables: Float64Array): number {
  const residuals = kernel.residuals(variables);
  let sum = 0;
  for (let i = 0; i < residuals.length; i++) sum += kernel.weights[i]! * lossOf(objective, residuals[i]!);
  return sum;
}

/**
 * Descends from every start and says how well they agree. Never throws: what fails is counted.
 *
 * @param sample the same problem on some of the rows, for data of which a pass is slow: every start descends there first,
 *   and those that end in one basin go the rest of the way together
 */
export function search(
  kernel: Kernel,
  objective: Objective,
  points: readonly Readonly<Record<string, number>>[],
  sample: Kernel | null = null,
): Search | null {
  const starts = points.map((point) => ({ at: kernel.toVariables(point), count: 1 }));
  const near = sample
    ? descents(sample, objective, starts).map(({ end, count }) => ({ at: end.x, count }))
    : starts;
  const basins = descents(kernel, objective, near);
  const best = basins[0];
  if (best === undefined) return null;
  const arrived = basins.reduce((sum, { count }) => sum + count, 0);
  return {
    best: best.end,
    starts: {
      total: points.length,
      agree: best.count,
      failed: points.length - arrived,
      basins: basins.slice(0, 12).map(({ count, end }) => ({
        value: objectiveAt(kernel, objective, end.x),
        count,
        parameters: kernel.toParameters(end.x),
        status: end.status,
      })),
    },
  };
}

/** The basins in which starts end, from the lowest up, each with how many ended there. */
function descents(
  kernel: Kernel,
  objective: Objective,
  starts: readonly { readonly at: Float64Array; readonly count: number }[],
): { end: Minimum; count: number }[] {
  const ends = starts
    .map(({ at, count }) => ({ end: descend(kernel, objective, at), count }))
    .filter(({ end }) => end.status !== "non-finite")
    .sort((x, y) => x.end.value - y.end.value);
  const tolerance =
    kernel.rows *
    Math.max(objective.over, objective.under) *
    (objective.loss === "absolute" ? rounding : rounding ** 2);
  const basins: { end: Minimum; count: number }[] = [];
  for (const { end, count } of ends) {
    const last = basins.at(-1);
    if (last && end.value <= last.end.value * (1 + sameBasin) + tolerance) last.count += count;
    else basins.push({ end, count });
  }
  return basins;
}
