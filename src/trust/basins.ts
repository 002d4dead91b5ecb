import { descend, type Fit, type Kernel, type Objective, objectiveAt, startingPoints } from "../fit/index.ts";
import type { ComputeOptimum } from "../laws/index.ts";
import { formatNumber } from "../numeric/index.ts";
import type { Observations } from "../runs/index.ts";
import {
  aboveBy,
  heightText,
  nameOf,
  type Parameters,
  type QuestionOptions,
  type Reopened,
  reopen,
} from "./reopen.ts";

/** One minimum of the objective, and what would be decided by whoever stopped there. */
export interface MappedBasin {
  /** Its parameters, those in which the basins differ: `R_D_star 95.4, R_N_star 1.71`. */
  readonly name: string;
  readonly parameters: Parameters;
  readonly value: number;
  /** How far its objective lies above the lowest: 0.001 is a thousandth. */
  readonly above: number;
  /** How many starts of the law's grid ended here. */
  readonly starts: number;
  /** N*, D* and the loss at the budget; null where the law has none. */
  readonly optimum: ComputeOptimum | null;
  /**
   * How far the objective has to rise, as a share of the lowest, on the easiest way found from here to the best
   * basin: at most this, for no way is proven the easiest. null for the best basin itself.
   */
  readonly pass: number | null;
}

/** The minima of a fit's objective, the lowest first. */
export interface BasinMap {
  readonly flops: number | null;
  readonly starts: number;
  readonly failed: number;
  readonly basins: readonly MappedBasin[];
  readonly message: string;
}

/** Basins whose objective lies within this of the lowest are rivals: a few other runs could turn the order. */
const rivalShare = 0.05;

/** The basins nearly as deep as the best, which comes first. */
export function rivalBasins([, ...others]: readonly MappedBasin[]): MappedBasin[] {
  return others.filter(({ above }) => above <= rivalShare);
}

/** Ends whose objectives differ by less than this share are of one depth. */
const flat = 1e-6;

/** A rise of the objective by less than this share of it is rounding and no pass. */
const rounding = 1e-8;

/**
 * The other basins: where else the law's starts end, what would be decided there, and how high the pass between is.
 *
 * Two ends are one basin when the objective does not rise on the straight line between them, or when they are of one
 * depth and so is the profile between, as it is wherever the data don't tell the parameters apart. The height of a pass is
 * the lowest of three ways to the best basin: the straight line in the fit's variables, and the profile (all other
 * variables at their best) along the variable that differs most, walked from either end.
 *
 * @example basinMap(fit, observations, { flops: 1e23 }).basins.map(({ name, above }) => [name, above])
 */
export function basinMap(fit: Fit, observations: Observations, options: QuestionOptions = {}): BasinMap {
  return basinsOf(reopen(fit, observations, options), fit.seed);
}

export function basinsOf(reopened: Reopened, seed: number): BasinMap {
  const { law, identified, kernel, objective, observed, fixed, optimum, question, decide } = reopened;
  const points = startingPoints(law, observed.columns, observed.columns[law.output]!, objective, {
    fixed,
    seed,
  });
  const value = (x: Float64Array): number => objectiveAt(kernel, objective, x);
  const ends = points.flatMap((point) => {
    const end = descend(kernel, objective, kernel.toVariables(point));
    return end.status === "non-finite" ? [] : [{ x: end.x, value: value(end.x), starts: 1 }];
  });
  const failed = points.length - ends.length;
  ends.push({ x: optimum, value: value(optimum), starts: 0 });
  ends.sort((p, q) => p.value - q.value);

  const found: { x: Float64Array; value: number; starts: number }[] = [];
  for (const end of ends) {
    const same = found.find(
      (basin) =>
        nearlyEqual(basin.x, end.x) ||
        !rises(value, basin.x, end) ||
        (end.value <= basin.value * (1 + flat) &&
          (!identified || isValley(kernel, objective, basin.x, end.x))),
    );
    if (same) same.starts += end.starts;
    else if (found.length < 12) found.push({ ...end });
  }
  const best = found[0]!;
  const all = found.map(({ x }) => kernel.toParameters(x));
  const differing = kernel.names.filter((name) =>
    all.some((parameters) => Math.abs(parameters[name]! / all[0]![name]! - 1) > 0.01),
  );
  const which = differing.length > 0 ? differing : kernel.names;
  const basins = found.map(
    (basin, i): MappedBasin => ({
      name: nameOf(all[i]!, which),
      parameters: all[i]!,
      value: basin.value,
      above: aboveBy(basin.value, best.value),
      starts: basin.starts,
      optimum: decide(all[i]!),
      pass: i === 0 ? null : aboveBy(passBetween(kernel, objective, best.x, basin.x), best.value),
    }),
  );
  return {
    flops: question?.flops ?? null,
    starts: points.length,
    failed,
    basins,
    message: sentence(basins, points.length),
  };
}

function sentence(basins: readonly MappedBasin[], starts: number): string {
  const [best] = basins;
  if (basins.length === 1) return `All ${starts} starts lead to one minimum.`;
  const rivals = rivalBasins(basins);
  const others = basins.length - 1;
  if (rivals.length === 0)
    return `${best!.starts} of ${starts} starts lead to the best minimum; ${others === 1 ? "the other" : `each of the ${others} others`} is more than ${100 * rivalShare} % worse.`;
  const [nearest] = rivals;
  return `${rivals.length === 1 ? "Another minimum is" : `${rivals.length} other minima are`} within ${100 * rivalShare} % of the best (${best!.name}): ${rivals.map(({ name }) => name).join("; ")}. The nearest in depth is ${heightText(nearest!.above)}${nearest!.above < 1e-6 ? " height" : ""}, behind a pass of at most ${formatNumber(100 * nearest!.pass!, 2)} %.`;
}

/** Whether two ends of one depth lie on the floor of one bent valley, where the data choose no point. */
function isValley(kernel: Kernel, objective: Objective, from: Float64Array, to: Float64Array): boolean {
  const limit = objectiveAt(kernel, objective, from) * (1 + flat);
  return profilePath(kernel, objective, from, to).every((x) => objectiveAt(kernel, objective, x) <= limit);
}

function nearlyEqual(x: Float64Array, y: Float64Array): boolean {
  return x.every((value, j) => Math.abs(value - y[j]!) <= 1e-6 * (1 + Math.abs(value)));
}

/** Whether the objective rises on the way from an end to a lower one: near the end first, where a small pass is. */
function rises(
  value: (x: Float64Array) => number,
  to: Float64Array,
  from: { readonly x: Float64Array; readonly value: number },
): boolean {
  const steps = 64;
  for (let step = 1; step < steps; step++)
    if (value(between(from.x, to, step / steps)) > from.value * (1 + rounding) + 1e-300) return true;
  return false;
}

/** The highest value on straight lines from point to point. */
function highest(value: (x: Float64Array) => number, points: readonly Float64Array[], steps: number): number {
  let top = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < points.length; i++)
    for (let step = 0; step <= steps; step++)
      top = Math.max(top, finiteOr(value(between(points[i - 1]!, points[i]!, step / steps))));
  return top;
}

const finiteOr = (value: number): number => (Number.isFinite(value) ? value : Number.POSITIVE_INFINITY);

function between(from: Float64Array, to: Float64Array, share: number): Float64Array {
  return from.map((value, j) => value + share * (to[j]! - value));
}

/** The lowest height at which we know a way from one minimum to another. */
function passBetween(kernel: Kernel, objective: Objective, from: Float64Array, to: Float64Array): number {
  const value = (x: Float64Array): number => objectiveAt(kernel, objective, x);
  return Math.min(
    highest(value, [from, to], 64),
    highest(value, profilePath(kernel, objective, from, to), 4),
    highest(value, profilePath(kernel, objective, to, from), 4),
  );
}

/** From one point towards another: the variable that differs most goes in steps, the others follow to their best. */
function profilePath(
  kernel: Kernel,
  objective: Objective,
  from: Float64Array,
  to: Float64Array,
  steps = 24,
): Float64Array[] {
  const n = kernel.size;
  kernel.evaluate(from);
  const noticed = (j: number): number => Math.abs(to[j]! - from[j]!) * Math.sqrt(kernel.metric[j * n + j]!);
  const j = kernel.names.reduce((best, _, k) => (noticed(k) > noticed(best) ? k : best), 0);
  const [lower, upper] = [kernel.lower[j]!, kernel.upper[j]!];
  const path = [from];
  for (let step = 1; step < steps; step++) {
    const start = path.at(-1)!.slice();
    start[j] = kernel.lower[j] = kernel.upper[j] = from[j]! + (step / steps) * (to[j]! - from[j]!);
    path.push(descend(kernel, objective, start).x);
  }
  kernel.lower[j] = lower;
  kernel.upper[j] = upper;
  return [...path, to];
}
