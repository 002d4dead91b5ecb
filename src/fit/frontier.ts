import { quantityAt } from "../laws/index.ts";
import {
  fitLine,
  formatCount,
  formatFlops,
  formatNumber,
  mean,
  type Random,
  seededRandom,
  standardDeviation,
} from "../numeric/index.ts";
import { type Observations, observe, type Run, type Table } from "../runs/index.ts";
import { type Interval, percentileInterval } from "./interval.ts";
import type { Fit, Warning } from "./noun.ts";
import { isObservations, provenance } from "./provenance.ts";
import { findings, skipped, unstatedConvention } from "./warnings.ts";

/** How a point of the frontier is found: in approach 1 from whole curves, in approach 2 from the runs of one budget. */
export type EnvelopeMethod = "hull" | "running-minimum";
export type IsoflopMethod = "parabola" | "akima" | "argmin" | "given";

/** The best model found for a budget: a slice's minimum, or a point that no other run undercuts for its compute. */
export interface FrontierOptimum {
  readonly flops: number;
  readonly params: number;
  readonly tokens: number;
  readonly loss: number;
  /** How many runs it was found from. */
  readonly points: number;
  /** The sizes it lies between; null where it is a run itself. */
  readonly sizes: readonly [smallest: number, largest: number] | null;
}

/** A budget that shows no minimum, and why. */
export interface RefusedSlice {
  readonly flops: number;
  readonly points: number;
  readonly reason: string;
}

export interface FrontierValue {
  readonly value: number;
  /** The spread of the draws, else from the scatter around the line; null where two points leave none. */
  readonly se: number | null;
  readonly interval: Interval | null;
}

/** coefficient · C^exponent, a straight line by least squares in logs. */
export interface FrontierLaw {
  readonly coefficient: FrontierValue;
  readonly exponent: FrontierValue;
}

/** Draws of both laws together: every later quantity takes its interval from these. */
export interface FrontierDraws {
  /** What was drawn with replacement: the runs of each budget, whole clusters or curves, or the optima themselves. */
  readonly method: "runs-within-budgets" | "clusters" | "curves" | "optima";
  readonly seed: number;
  /** N* = k·C^a, D* = q·C^b. */
  readonly names: readonly ["k", "a", "q", "b"];
  readonly draws: readonly (readonly number[])[];
  /** Draws that left fewer than two optima. */
  readonly failed: number;
}

/**
 * What approaches 1 and 2 find: where the best model lies for a budget, N* = k·C^a and D* = q·C^b, and not how low its
 * loss is. Hoffmann et al. 2022, sections 3.1 and 3.2, https://arxiv.org/abs/2203.15556
 *
 * Its format is that of a {@link Fit}; `approach` tells them apart.
 */
export interface FrontierFit {
  readonly format: "isoflop.fit/1";
  readonly approach: 1 | 2;
  readonly method: EnvelopeMethod | IsoflopMethod;
  /** How approach 2 made slices of the runs; null for approach 1. */
  readonly slices: {
    /** A column, or `flops` with a tolerance: neighbours in C that lie nearer than this share are one budget. */
    readonly by: string;
    readonly tolerance: number | null;
    /** How many sizes on each side of the lowest the parabola goes through; null for all. */
    readonly window: number | null;
    /** On which the parabola stands. */
    readonly scale: "raw" | "log";
    /** Whether a parabola may be lowest beyond the sizes. */
    readonly beyond: boolean;
  } | null;
  readonly status: "converged" | "not-identified";
  readonly message: string;
  readonly rows: number;
  /** By budget, from the smallest. */
  readonly optima: readonly FrontierOptimum[];
  readonly refused: readonly RefusedSlice[];
  readonly laws: { readonly params: FrontierLaw; readonly tokens: FrontierLaw } | null;
  /** As in a {@link Fit}; the interval is that of a. The two are fitted apart and need not sum to 1. */
  readonly exponents: Fit["exponents"];
  readonly bootstrap: FrontierDraws | null;
  readonly range: Fit["range"];
  readonly conventions: Fit["conventions"];
  readonly warnings: readonly Warning[];
  readonly data: Fit["data"];
  readonly seed: number;
}

/** What both approaches may be told. */
export interface FrontierOptions {
  /** Draws for intervals; 0 for none. */
  readonly bootstrap?: number;
  /** The level of the intervals. */
  readonly level?: number;
  readonly seed?: number;
}

/** The columns of both approaches; C is 6ND where the runs don't say. */
export interface FrontierRows {
  readonly observed: Observations;
  readonly params: Float64Array;
  readonly tokens: Float64Array;
  readonly flops: Float64Array;
  readonly loss: Float64Array;
}

const wanted = { inputs: ["params", "tokens", "flops"], output: "loss" };

export function frontierRows(data: Observations | Table | readonly Run[], approach: 1 | 2): FrontierRows {
  const observed = isObservations(data) ? data : observe(data, wanted);
  const { params, tokens, loss, flops } = observed.columns;
  if (!params || !tokens || !loss)
    throw new Error(
      `cannot fit by approach ${approach}: it needs params, tokens and loss, got ${Object.keys(observed.columns).join(", ")}`,
    );
  const rows = { params, tokens, loss, flops: flops ?? params.map((N, i) => 6 * N * tokens[i]) };
  for (const [name, column] of Object.entries(rows)) {
    const row = column.findIndex((value) => !(value > 0) || !Number.isFinite(value));
    if (row >= 0)
      throw new Error(
        `cannot fit by approach ${approach}: ${observed.origin}, row ${observed.lines[row]}, ${name}: expected a number above 0, got ${column[row]}`,
      );
  }
  return { observed, ...rows };
}

/** The column that tells rows apart: a label, or the column that became a quantity. */
export function groupColumn(
  { observed }: FrontierRows,
  name: string,
  what: string,
): ArrayLike<string | number> {
  const { labels, mapping, columns, origin } = observed;
  const quantity = mapping.find(({ column }) => column === name)?.quantity;
  const found = Object.hasOwn(labels, name) ? labels[name] : quantity && columns[quantity];
  if (found) return found;
  throw new Error(
    `cannot tell ${what} apart by "${name}": ${origin} has no such column; it has ${Object.keys(labels).join(", ")}`,
  );
}

/** What an approach found, before the lines are drawn through it. */
interface Found {
  readonly rows: FrontierRows;
  readonly optima: readonly FrontierOptimum[];
  /** Of the optima in the lines; null for all the same. */
  readonly weights: readonly number[] | null;
  readonly method: FrontierDraws["method"];
  readonly redraw: (random: Random) => Pick<Found, "optima" | "weights">;
  readonly warnings: readonly Warning[];
}

/** Lines through the optima, their intervals, and all that a fit carries besides. */
export function finishFrontier(
  base: Pick<FrontierFit, "approach" | "method" | "slices" | "refused">,
  { rows, optima, weights, method, redraw, warnings }: Found,
  { bootstrap = 0, level = 0.9, seed = 0 }: FrontierOptions,
): FrontierFit {
  const { observed } = rows;
  const { params } = rows;
  const oneSize = optima.length > 1 && params.every((N) => N === params[0]);
  const lines = oneSize ? null : linesThrough(optima, weights);
  const drawn = lines && bootstrap > 0 ? drawLaws({ method, redraw }, bootstrap, seed) : null;
  const valueAt = (at: number): FrontierValue => {
    const values = drawn?.draws.map((draw) => draw[at]) ?? [];
    return {
      value: lines!.values[at],
      se: values.length > 1 ? standardDeviation(values) : lines!.se[at],
      interval: drawn && percentileInterval(values, level),
    };
  };
  const laws = lines && {
    params: { coefficient: valueAt(0), exponent: valueAt(1) },
    tokens: { coefficient: valueAt(2), exponent: valueAt(3) },
  };
  const flops = observed.conventions.flops ?? "6ND";
  const fit: Omit<FrontierFit, "warnings"> = {
    format: "isoflop.fit/1",
    ...base,
    status: laws ? "converged" : "not-identified",
    message: oneSize
      ? `No lines: all runs are of one size (${formatCount(params[0])}), so none is known to be better or worse.`
      : messageOf(base.approach, optima, laws !== null),
    rows: observed.rows,
    optima,
    laws,
    exponents: laws && {
      a: laws.params.exponent.value,
      b: laws.tokens.exponent.value,
      interval: laws.params.exponent.interval,
    },
    bootstrap: drawn,
    range: rangeOf(rows),
    conventions: { params: observed.conventions.params, flops },
    data: provenance(observed),
    seed,
  };
  return {
    ...fit,
    warnings: [
      ...(observed.conventions.params === "unstated" ? [unstatedConvention] : []),
      ...warningsOf(fit),
      ...warnings,
      ...skipped(observed),
      ...findings(observed),
    ],
  };
}

/** k, a, q and b by least squares of log N* and log D* on log C, with their standard errors. */
function linesThrough(
  optima: readonly FrontierOptimum[],
  weights: readonly number[] | null,
): { readonly values: readonly number[]; readonly se: readonly (number | null)[] } | null {
  const x = optima.map(({ flops }) => Math.log(flops));
  const size = fitLine(
    x,
    optima.map(({ params }) => Math.log(params)),
    weights,
  );
  const data = fitLine(
    x,
    optima.map(({ tokens }) => Math.log(tokens)),
    weights,
  );
  if (!size || !data) return null;
  const both = [size, data];
  return {
    values: both.flatMap(({ intercept, slope }) => [Math.exp(intercept), slope]),
    // that of the coefficient by the delta method
    se: both.flatMap(({ intercept, se }) => [se && se.intercept * Math.exp(intercept), se?.slope ?? null]),
  };
}

function drawLaws(
  { method, redraw }: Pick<Found, "method" | "redraw">,
  count: number,
  seed: number,
): FrontierDraws {
  const random = seededRandom(seed);
  const draws: (readonly number[])[] = [];
  for (let draw = 0; draw < count; draw++) {
    const { optima, weights } = redraw(random.fork(draw));
    const lines = linesThrough(optima, weights);
    if (lines?.values.every(Number.isFinite)) draws.push(lines.values);
  }
  return { method, seed, names: ["k", "a", "q", "b"], draws, failed: count - draws.length };
}

function messageOf(approach: 1 | 2, { length }: readonly FrontierOptimum[], identified: boolean): string {
  const what = approach === 1 ? "points of the envelope" : "budgets with a minimum";
  const said = `${length === 1 ? what.replace("points", "point").replace("budgets", "budget") : what}`;
  return identified
    ? `Lines through ${length} ${said}.`
    : `No lines through ${length} ${said}: two that differ in compute are the fewest.`;
}

function rangeOf({ params, tokens, flops, loss }: FrontierRows): Fit["range"] {
  const ratio = params.map((N, i) => quantityAt("tokensPerParam", N, tokens[i]) ?? Number.NaN);
  return Object.fromEntries(
    Object.entries({ params, tokens, loss, flops, tokensPerParam: ratio }).map(([name, values]) => [
      name,
      [values.reduce((x, y) => Math.min(x, y)), values.reduce((x, y) => Math.max(x, y))] as const,
    ]),
  );
}

/** N* and D* at a budget by the two laws. */
export function frontierAt(
  { params, tokens }: NonNullable<FrontierFit["laws"]>,
  flops: number,
): { readonly params: number; readonly tokens: number } {
  const at = ({ coefficient, exponent }: FrontierLaw): number => coefficient.value * flops ** exponent.value;
  return { params: at(params), tokens: at(tokens) };
}

/** How far 6·N*·D* is off a budget, and the optima themselves, in a sentence; null within a hundredth. */
export function closureText(
  { laws, optima }: Pick<FrontierFit, "laws" | "optima">,
  flops: number,
): string | null {
  if (!laws) return null;
  const { params, tokens } = frontierAt(laws, flops);
  const sum = laws.params.exponent.value + laws.tokens.exponent.value;
  const off = Math.log((6 * params * tokens) / flops);
  if (Math.abs(off) < 0.01) return null;
  const own = mean(optima.map(({ params, tokens, flops }) => Math.log((6 * params * tokens) / flops)));
  const said = (log: number): string =>
    `${formatNumber(100 * Math.abs(Math.expm1(log)), 2)} % ${log > 0 ? "above" : "below"} the budget`;
  const already = Math.abs(own) < 0.01 ? "" : `; at the optima themselves it is ${said(own)}`;
  return `At ${formatFlops(flops)} FLOPs 6·N*·D* is ${said(off)}: the two lines are fitted apart, a + b = ${sum.toFixed(4)}${already}.`;
}

/** What a careful reviewer would say of either approach. */
function warningsOf(fit: Omit<FrontierFit, "warnings">): Warning[] {
  const { optima, refused, laws, bootstrap, approach } = fit;
  const warnings: Warning[] = [];
  const warn = (code: string, message: string): number => warnings.push({ code, message });
  if (refused.length > 0) {
    const total = optima.length + refused.length;
    const shown = refused.slice(0, 3).map(({ flops, reason }) => `${formatFlops(flops)} FLOPs: ${reason}`);
    const more = refused.length > 3 ? `; and ${refused.length - 3} more` : "";
    warn(
      "refused-slices",
      `${refused.length} of ${total} budgets ${refused.length === 1 ? "is" : "are"} left out. ${shown.join("; ")}${more}.`,
    );
  }
  if (!laws) return warnings;
  if (optima.length < 4)
    warn(
      "few-budgets",
      `Lines through ${optima.length} points: their scatter says little about how good they are.`,
    );
  const [first, last] = [optima[0].flops, optima[optima.length - 1].flops];
  if (last / first < 10)
    warn(
      "short-range",
      `The budgets span a factor of ${formatNumber(last / first, 2)}: an exponent from less than a factor of 10 doesn't carry far.`,
    );
  const closure = closureText(fit, Math.sqrt(first * last));
  if (closure !== null) warn("exponents-apart", closure);
  if (approach === 1) {
    const sizes = fit.range.params;
    const ends = optima.filter(({ params }) => params === sizes[0] || params === sizes[1]).length;
    if (2 * ends >= optima.length)
      warn(
        "envelope-at-ends",
        `${ends} of ${optima.length} points of the envelope belong to the smallest or the largest model (${formatCount(sizes[0])}, ${formatCount(sizes[1])}): a size beyond them might have been better.`,
      );
  }
  if (bootstrap && bootstrap.draws.length < 100)
    warn(
      "few-draws",
      `${bootstrap.draws.length} draws are too few for the ends of an interval: ask for 400 or more.`,
    );
  if (bootstrap && bootstrap.failed > 0)
    warn("failed-draws", `${bootstrap.failed} draws left fewer than two optima and were dropped.`);
  return warnings;
}

/** What approaches 1 and 2 read of the runs: C is 6ND where no column says. */
export const frontierQuantities: {
  readonly inputs: Readonly<Record<string, string>>;
  readonly output: string;
} = { inputs: { params: "N", tokens: "D", flops: "C" }, output: "loss" };
