import { type Fit, type FitStatus, fit, type Objective, objective as objectiveByName } from "../fit/index.ts";
import { laws as allLaws, type Law } from "../laws/index.ts";
import {
  formatCount,
  formatNumber,
  mean,
  normalShare,
  quantile,
  rankCorrelation,
  runsTest,
  seededRandom,
  standardDeviation,
  studentQuantile,
} from "../numeric/index.ts";
import { type Plan, plan } from "../plan/index.ts";
import { type Observations, type ObserveOptions, observe, type Table } from "../runs/index.ts";
import {
  type Coverage,
  type Fold,
  type HeldOut,
  holdOut,
  type RollingOptions,
  rollingFolds,
  scalesOf,
  valuesOf,
} from "./holdout.ts";
import { correctedAkaike, likelihoodOf } from "./likelihood.ts";

/** Laws held against each other on the same runs, the best first. */
export interface Comparison {
  readonly format: "isoflop.comparison/1";
  readonly output: string;
  readonly objective: Objective;
  /** The family of the likelihood behind AICc: `Huber`, `normal`, `Laplace`, `asymmetric Laplace`. */
  readonly likelihood: string;
  readonly rows: number;
  /** null where the runs don't allow any: laws are then ranked by AICc. */
  readonly holdout: HoldoutDesign | null;
  readonly laws: readonly RankedLaw[];
  /** Laws that could not be compared, and why. */
  readonly leftOut: readonly { readonly law: string; readonly reason: string }[];
  readonly verdict: string;
  readonly warnings: readonly string[];
  /** Of all margins together. */
  readonly level: number;
  readonly targetFlops: number | null;
  readonly data: { readonly origin: string; readonly hash: string };
  readonly seed: number;
}

export interface HoldoutDesign {
  /** The quantity along which is extrapolated; null for a split of somebody's own. */
  readonly by: string | null;
  /** The groups of one scale; empty for a split of somebody's own. */
  readonly groups: readonly { readonly low: number; readonly high: number; readonly rows: number }[];
  readonly folds: readonly {
    readonly upTo: number | null;
    readonly scale: readonly [low: number, high: number] | null;
    readonly fittedRows: number;
    readonly heldRows: number;
  }[];
  /** Refits behind each fold's intervals; 0 for the delta method. */
  readonly draws: number;
}

export interface RankedLaw {
  readonly rank: number;
  readonly law: string;
  readonly formula: string;
  readonly status: FitStatus;
  readonly parameters: Readonly<Record<string, number>>;
  /** How many are free. */
  readonly free: number;
  readonly objective: number | null;
  readonly heldOut: LawHeldOut | null;
  /** Against the winner; null for the winner itself, and where nothing was held out. */
  readonly margin: Margin | null;
  /** `difference` to the lowest of the compared. */
  readonly aicc: { readonly value: number; readonly difference: number } | null;
  readonly residuals: readonly ResidualPattern[];
  /** N* and D* at the target; null where none was asked for, or the law has none. */
  readonly optimum: Plan["optimum"] | null;
}

export interface LawHeldOut {
  /** The mean over folds of the mean absolute, and of the mean signed, relative error. */
  readonly error: number;
  readonly bias: number;
  /** Root mean square of the errors of logs over all held-out rows. */
  readonly rmseLog: number | null;
  readonly folds: readonly { readonly error: number; readonly bias: number; readonly status: FitStatus }[];
  readonly coverage: readonly Coverage[] | null;
}

/** By how much a law's held-out error exceeds the winner's. */
export interface Margin {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** False where the interval covers 0: the two can't be told apart. */
  readonly apart: boolean;
}

/** What is left in the residuals along a quantity: nothing, if the law has the right shape. */
export interface ResidualPattern {
  readonly quantity: string;
  /** Spearman's, of residual against quantity, with its p value. */
  readonly correlation: number;
  readonly trendP: number;
  /** Changes of sign along the quantity: fewer than expected where the residuals bend. */
  readonly runs: number;
  readonly expectedRuns: number;
  readonly runsP: number;
}

export interface CompareOptions extends RollingOptions {
  objective?: string | Objective;
  /** Folds of one's own instead of rolling ones. */
  folds?: readonly Fold[] | null;
  /** Refits a fold for the intervals of held-out runs; 0 takes the delta method. */
  draws?: number;
  /** Of all margins together. */
  level?: number;
  /** Resamplings behind the margins. */
  resamplings?: number;
  /** A budget at which each law's N* is told. */
  targetFlops?: number | null;
  seed?: number;
  /** How a table is read; without effect on observations. */
  observing?: ObserveOptions;
}

/** A fold has two rows for each parameter: less is no fit to extrapolate from. */
const rowsPerParameter = 2;

/**
 * Ranks laws by how well they predict runs larger than those they were fitted to.
 *
 * Every law is fitted to the same runs up to a scale and predicts the next, on and on; its error is the mean absolute
 * relative error, every scale counting the same. A rival's margin over the winner has an interval from a paired
 * bootstrap of scales and of the runs in them (of the runs alone where a split was given), widened for few scales
 * (Student's over the scales, or, if wider, Hesterberg 2015, "What teachers should know
 * about the bootstrap", the expanded percentiles, https://arxiv.org/abs/1411.5279), and at a level that holds for all margins
 * together (Bonferroni), as the winner was picked for being lowest. Where it covers 0 the two are not told apart.
 * Folds share runs, which it doesn't know: with few of them a margin is a hint, not a proof.
 *
 * Beside it stand AICc by the likelihood that the objective stands for ({@link likelihoodOf}), and what is left in the
 * residuals of the fit to all runs. Both judge within the data.
 *
 * A law that can't take part (an input that the data lack, too few rows, no finite value) is listed with the reason.
 *
 * @throws when no law is left to compare
 * @example compare([chinchilla, kaplanND], runs, { targetFlops: 1e24 }).verdict
 */
export function compare(
  laws: readonly Law[],
  data: Observations | Table,
  {
    objective = "huber-log",
    folds: given = null,
    draws = 0,
    level = 0.9,
    resamplings = 4000,
    targetFlops = null,
    seed = 0,
    observing = {},
    ...rolling
  }: CompareOptions = {},
): Comparison {
  const loss = typeof objective === "string" ? objectiveByName(objective) : objective;
  const leftOut: { law: string; reason: string }[] = [];
  const { observed, able } = observeFor(laws, data, observing, leftOut);
  const output = able[0]!.output as string;

  const design = designOf(observed, given, rolling);
  // a split of one's own was meant as it is
  const least = (law: Law): number =>
    given ? numberOf(law) + 1 : Math.max(rowsPerParameter * numberOf(law), numberOf(law) + 1);
  const { folds, taking } = commonFolds(able, design.folds, least, observed.rows, leftOut);

  const entries: Entry[] = [];
  for (const law of taking) {
    try {
      const made = fit(law, observed, { objective: loss, seed });
      // where the search failed there is nothing to hold against the law
      if (made.status === "non-finite" || made.status === "max-steps")
        throw new Error(`its fit to all runs is ${made.status}: ${made.message}`);
      const heldOut =
        folds.length > 0 ? holdOut(law, observed, folds, { objective: loss, draws, seed }) : null;
      entries.push({ law, made, heldOut, aicc: akaikeOf(made) });
    } catch (error) {
      leftOut.push({ law: law.name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  if (entries.length === 0) throw new Error(`cannot compare: no law is left; ${reasons(leftOut)}`);

  entries.sort((x, y) => scoreOf(x) - scoreOf(y));
  const best = entries[0]!;
  const lowestAicc = Math.min(...entries.map(({ aicc }) => aicc ?? Number.POSITIVE_INFINITY));
  const tests = Math.max(1, entries.length - 1);
  const ranked = entries.map(
    ({ law, made, heldOut, aicc }, i): RankedLaw => ({
      rank: i + 1,
      law: law.name,
      formula: law.formula,
      status: made.status,
      parameters: valuesOf(made),
      free: freeOf(made),
      objective: made.objective.value,
      heldOut: heldOut && {
        error: heldOut.error,
        bias: heldOut.bias,
        rmseLog: heldOut.rmseLog,
        folds: heldOut.folds.map(({ error, bias, status }) => ({ error, bias, status })),
        coverage: heldOut.coverage,
      },
      margin:
        heldOut && best.heldOut && i > 0
          ? marginOf(best.heldOut, heldOut, 1 - (1 - level) / tests, resamplings, seed)
          : null,
      aicc: aicc === null ? null : { value: aicc, difference: aicc - lowestAicc },
      residuals: patternsOf(made, observed),
      optimum: targetFlops === null ? null : optimumOf(made, targetFlops),
    }),
  );
  const holdout: HoldoutDesign | null =
    folds.length === 0
      ? null
      : {
          by: design.by,
          groups: design.groups.map(({ low, high, rows }) => ({ low, high, rows: rows.length })),
          folds: folds.map(({ upTo, scale, fitted, held }) => ({
            upTo,
            scale,
            fittedRows: fitted.length,
            heldRows: held.length,
          })),
          draws,
        };
  return {
    format: "isoflop.comparison/1",
    output,
    objective: loss,
    likelihood: likelihoodOf(loss, best.made.objective.value, observed.rows)?.family ?? "none",
    rows: observed.rows,
    holdout,
    laws: ranked,
    leftOut,
    verdict: verdictOf(ranked, holdout, level),
    warnings: warningsOf(ranked, holdout, design.why),
    level,
    targetFlops,
    data: { origin: observed.origin, hash: observed.hash },
    seed,
  };
}

interface Entry {
  readonly law: Law;
  readonly made: Fit;
  readonly heldOut: HeldOut | null;
  readonly aicc: number | null;
}

const scoreOf = ({ heldOut, aicc }: Entry): number => heldOut?.error ?? aicc ?? Number.POSITIVE_INFINITY;

const reasons = (leftOut: readonly { law: string; reason: string }[]): string =>
  leftOut.map(({ law, reason }) => `${law}: ${reason}`).join("; ");

/** All laws that predict a quantity from what a table or observations have. */
export function lawsFor(data: Observations | Table, output = "loss", observing: ObserveOptions = {}): Law[] {
  return allLaws.filter(
    (law) =>
      law.output === output &&
      Object.keys(law.parameters).length > 0 &&
      whyUnable(law, data, observing) === null,
  );
}

function whyUnable(law: Law, data: Observations | Table, observing: ObserveOptions): string | null {
  const wanted = { inputs: Object.keys(law.inputs), output: law.output as string };
  if (isObservations(data)) {
    const missing = [...wanted.inputs, wanted.output].filter((quantity) => !data.columns[quantity]);
    return missing.length === 0 ? null : `${data.origin} has no ${missing.join(", ")}`;
  }
  try {
    observe(data, wanted, { ...observing, map: mapFor(wanted, observing) });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Of columns named by hand those that this law asks for: what another needs is no mistake here. */
function mapFor(
  { inputs, output }: { inputs: readonly string[]; output: string },
  { map = {} }: ObserveOptions,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(map).filter(([quantity]) => quantity === output || inputs.includes(quantity)),
  );
}

const isObservations = (data: Observations | Table): data is Observations => "mapping" in data;

/** One set of rows for all laws that can be observed in the data. */
function observeFor(
  laws: readonly Law[],
  data: Observations | Table,
  observing: ObserveOptions,
  leftOut: { law: string; reason: string }[],
): { observed: Observations; able: Law[] } {
  const first = laws[0];
  if (!first) throw new Error("cannot compare: expected two or more laws, got none");
  const repeated = laws.find((law, i) => laws.findIndex(({ name }) => name === law.name) < i);
  if (repeated) throw new Error(`cannot compare ${repeated.name} with itself: it is given twice`);
  const able = laws.filter((law) => {
    const reason =
      law.output !== first.output
        ? `it predicts ${law.output}, not ${first.output} as ${first.name} does`
        : Object.keys(law.parameters).length === 0
          ? "it has no parameters to fit"
          : whyUnable(law, data, observing);
    if (reason !== null) leftOut.push({ law: law.name, reason });
    return reason === null;
  });
  if (able.length === 0) throw new Error(`cannot compare: no law is left; ${reasons(leftOut)}`);
  if (isObservations(data)) return { observed: data, able };
  const inputs = [...new Set(able.flatMap((law) => Object.keys(law.inputs)))];
  const wanted = { inputs, output: first.output as string };
  return { observed: observe(data, wanted, { ...observing, map: mapFor(wanted, observing) }), able };
}

interface Design {
  readonly by: string | null;
  readonly groups: readonly { readonly low: number; readonly high: number; readonly rows: Int32Array }[];
  readonly folds: readonly Fold[];
  /** Why nothing can be held out. */
  readonly why: string | null;
}

function designOf(observed: Observations, given: readonly Fold[] | null, options: RollingOptions): Design {
  if (given) return { by: null, groups: [], folds: given, why: null };
  try {
    return { ...rollingFolds(observed, options), why: null };
  } catch (error) {
    // asked for by name it is a mistake; found by default it is a fact about the runs
    if (options.by !== undefined || !(error instanceof Error)) throw error;
    return { by: null, groups: [], folds: [], why: error.message };
  }
}

/**
 * The folds that every law can take part in. A law that can't in half of those that the smallest can is left out
 * rather than shortening the test of the others.
 */
function commonFolds(
  laws: readonly Law[],
  folds: readonly Fold[],
  least: (law: Law) => number,
  rows: number,
  leftOut: { law: string; reason: string }[],
): { folds: readonly Fold[]; taking: readonly Law[] } {
  const openTo = (law: Law): readonly Fold[] => folds.filter(({ fitted }) => fitted.length >= least(law));
  const most = Math.max(...laws.map((law) => openTo(law).length));
  const taking = laws.filter((law) => {
    const [own, needed] = [openTo(law).length, numberOf(law) + 1];
    if (rows >= needed && own * 2 >= most) return true;
    const reason =
      rows < needed
        ? `need at least ${needed} rows, got ${rows}`
        : `need ${least(law)} rows to be fitted and judged by the rest, which ${own} of ${most} folds have`;
    leftOut.push({ law: law.name, reason: `its ${numberOf(law)} parameters ${reason}` });
    return false;
  });
  return { folds: folds.filter((fold) => taking.every((law) => openTo(law).includes(fold))), taking };
}

const numberOf = (law: Law): number => Object.keys(law.parameters).length;

const freeOf = (made: Fit): number => Object.values(made.parameters).filter(({ fixed }) => !fixed).length;

function akaikeOf(made: Fit): number | null {
  const likelihood = likelihoodOf(made.objective, made.objective.value, made.rows);
  return likelihood && correctedAkaike(likelihood, freeOf(made), made.rows);
}

/** The paired difference of two laws' errors, with its interval. */
function marginOf(winner: HeldOut, rival: HeldOut, level: number, resamplings: number, seed: number): Margin {
  const differences = rival.folds.map(({ errors }, f) =>
    errors.map((error, i) => Math.abs(error) - Math.abs(winner.folds[f]!.errors[i]!)),
  );
  const difference = rival.error - winner.error;
  const random = seededRandom(seed).fork(2);
  const drawn = (rows: readonly number[]): number => {
    let sum = 0;
    for (let i = 0; i < rows.length; i++) sum += rows[random.integer(rows.length)]!;
    return sum / rows.length;
  };
  const folds = differences.length;
  const draws = Float64Array.from({ length: resamplings }, () => {
    let sum = 0;
    for (let f = 0; f < folds; f++) sum += drawn(differences[folds === 1 ? 0 : random.integer(folds)]!);
    return sum / folds;
  }).sort();
  // percentiles of n things are too narrow by √((n − 1)/n) and know nothing of Student: the expanded ones do
  const n = folds === 1 ? differences[0]!.length : folds;
  if (n < 2) return { difference, low: draws[0]!, high: draws.at(-1)!, apart: false };
  const t = studentQuantile((1 + level) / 2, n - 1);
  const tail = normalShare(-Math.sqrt(n / (n - 1)) * t);
  // no draw lies beyond the n themselves, though the truth may: Student's interval does not stop there
  const each = folds === 1 ? differences[0]! : differences.map(mean);
  const reach = (t * standardDeviation(each)) / Math.sqrt(n);
  const low = Math.min(quantile(draws, tail), difference - reach);
  const high = Math.max(quantile(draws, 1 - tail), difference + reach);
  return { difference, low, high, apart: low > 0 || high < 0 };
}

/** Residuals along the law's inputs, and along what else follows from parameters and tokens. */
function patternsOf(made: Fit, observed: Observations): ResidualPattern[] {
  const { values } = made.residuals;
  if (!values) return [];
  const { params, tokens } = observed.columns;
  const along: Record<string, Float64Array> = {};
  if (params) along.params = params;
  if (tokens) along.tokens = tokens;
  if (params && tokens) {
    along.flops = scalesOf(observed, "flops");
    along.tokensPerParam = params.map((N, i) => tokens[i]! / N);
  }
  for (const quantity of Object.keys(made.law.inputs)) along[quantity] ??= observed.columns[quantity]!;
  return Object.entries(along).flatMap(([quantity, at]) => {
    const { correlation, pValue } = rankCorrelation(at, values);
    if (Number.isNaN(correlation)) return [];
    const order = Int32Array.from(at.keys()).sort((a, b) => at[a]! - at[b]! || a - b);
    const { runs, expected, pValue: runsP } = runsTest(Float64Array.from(order, (row) => values[row]!));
    return [{ quantity, correlation, trendP: pValue, runs, expectedRuns: expected, runsP }];
  });
}

function optimumOf(made: Fit, flops: number): Plan["optimum"] | null {
  try {
    return plan(made, flops).optimum;
  } catch {
    return null; // a law without an optimum on a budget is still a rival
  }
}

/** AICc differences up to this leave a law substantial support (Burnham and Anderson 2002, section 2.6). */
const substantial = 2;

/** A share as a percentage of two digits. */
const percent = (share: number): string => `${formatNumber(100 * share, 2)} %`;

function verdictOf(ranked: readonly RankedLaw[], holdout: HoldoutDesign | null, level: number): string {
  const [best, ...rivals] = ranked as [RankedLaw, ...RankedLaw[]];
  const byAicc = ranked.find(({ aicc }) => aicc?.difference === 0);
  if (!holdout || !best.heldOut) {
    return byAicc
      ? `Nothing could be held out, so extrapolation was not judged. Within the data ${byAicc.law} has the lowest AICc.`
      : "Nothing could be held out and AICc needs more rows: these runs don't choose a law.";
  }
  const scales =
    holdout.folds.length === 1 ? "the held-out runs" : `the next of ${holdout.folds.length} scales`;
  const said: string[] = [];
  const miss = `it misses ${scales} by ${percent(best.heldOut.error)} on average`;
  if (rivals.length === 0) said.push(`${best.law} stands alone: ${miss}.`);
  else {
    const tied = rivals.filter(({ margin }) => !margin?.apart);
    const beaten = rivals.filter(({ margin }) => margin?.apart);
    if (tied.length === 0) said.push(`${best.law} extrapolates best: ${miss}.`);
    else
      said.push(
        `${best.law} extrapolates best by a margin that means little: ${miss}, and ${listed(tied.map(({ law }) => law))} cannot be told apart from it.`,
      );
    if (beaten.length > 0) {
      const next = beaten[0]!;
      said.push(
        `${next.law} misses by ${percent(next.margin!.difference)} more (${formatNumber(100 * level, 3)} % interval ${percent(next.margin!.low)} to ${percent(next.margin!.high)})${beaten.length > 1 ? `, ${listed(beaten.slice(1).map(({ law }) => law))} by more` : ""}.`,
      );
    }
  }
  if (byAicc && best.aicc && best.aicc.difference > substantial)
    said.push(
      `Within the data AICc prefers ${byAicc.law}, by ${formatNumber(best.aicc.difference, 3)}${byAicc.margin?.apart ? ": what fits best here does not extrapolate best" : ""}.`,
    );
  const alike = rivals.filter(({ margin }) => !margin?.apart);
  const optima = [best, ...alike].flatMap(({ optimum }) => (optimum ? [optimum.params] : []));
  if (optima.length > 1) {
    const [low, high] = [Math.min(...optima), Math.max(...optima)];
    if (high > 1.05 * low)
      said.push(
        `The laws that can't be told apart put N* between ${formatCount(low)} and ${formatCount(high)}.`,
      );
  }
  return said.join(" ");
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** Whether chance alone seldom leaves as much: one time in fifty or less, as there are two tests. */
export function isPattern({ trendP, runsP }: ResidualPattern): boolean {
  return Math.min(trendP, runsP) < 0.01;
}

/** A coverage this far below its level is said. */
const short = 0.1;

function warningsOf(
  ranked: readonly RankedLaw[],
  holdout: HoldoutDesign | null,
  why: string | null,
): string[] {
  const warnings: string[] = [];
  if (why !== null) warnings.push(why);
  else if (!holdout) warnings.push("Too few rows to hold any out: the laws are ranked by AICc.");
  const best = ranked[0]!;
  if (holdout && holdout.by !== null && holdout.folds.length < 4)
    warnings.push(
      `Only ${holdout.folds.length} ${holdout.folds.length === 1 ? "scale was" : "scales were"} held out: the margins rest on little.`,
    );
  const wide = best.heldOut?.coverage?.at(-1);
  if (wide && wide.share < wide.level - short)
    warnings.push(
      `${best.law}'s ${formatNumber(100 * wide.level, 2)} % intervals held ${percent(wide.share)} of the held-out runs: when it extrapolates they are too narrow.`,
    );
  if (best.heldOut && best.heldOut.folds.length > 2) {
    const signs = new Set(best.heldOut.folds.map(({ bias }) => Math.sign(bias)));
    if (signs.size === 1)
      warnings.push(
        `${best.law} predicted too ${best.heldOut.bias > 0 ? "high" : "low"} at every held-out scale, by ${percent(Math.abs(best.heldOut.bias))} on average: expect the same beyond the data.`,
      );
  }
  const left = best.residuals.filter(isPattern);
  if (left.length > 0)
    warnings.push(
      `${best.law}'s residuals are not chance along ${listed(left.map(({ quantity }) => quantity))}: it has not quite the right shape, or runs share their noise.`,
    );
  for (const { law, status } of ranked)
    if (status !== "converged" && law === best.law)
      warnings.push(`The fit of ${law} to all runs is ${status}.`);
  return warnings;
}
