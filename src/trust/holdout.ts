import {
  createKernel,
  type Fit,
  type FitStatus,
  fit,
  fromScale,
  type Objective,
  objective as objectiveByName,
  onScale,
} from "../fit/index.ts";
import { type Law, lawFunction } from "../laws/index.ts";
import { choleskyInPlace, mean, quantile, seededRandom } from "../numeric/index.ts";
import { type Observations, plainNumber, takeObservations } from "../runs/index.ts";

/** Rows to be fitted, and rows to be predicted from them. */
export interface Fold {
  readonly fitted: Int32Array;
  readonly held: Int32Array;
  /** The largest scale that is fitted; null where the split is somebody's own. */
  readonly upTo: number | null;
  /** The scales that are predicted. */
  readonly scale: readonly [low: number, high: number] | null;
}

export interface RollingOptions {
  /** The quantity that orders the runs: `flops` (6ND where no column holds it), `params`, `tokens`, any column of numbers. */
  by?: string;
  /** A gap wider than this share parts two groups, as budgets of a design are; see {@link rollingFolds}. */
  tolerance?: number;
  most?: number;
  /** How many groups beyond the fitted ones are predicted. */
  ahead?: number;
  /** How many groups the first fold has at the least. */
  first?: number;
}

/** The groups of a rolling extrapolation and its folds. */
export interface Rolling {
  readonly by: string;
  readonly groups: readonly ScaleGroup[];
  readonly folds: readonly Fold[];
}

export interface ScaleGroup {
  readonly low: number;
  readonly high: number;
  readonly rows: Int32Array;
}

/**
 * The folds of a rolling extrapolation: fit all runs up to a scale, predict the next.
 *
 * The held-out runs are always larger than the fitted ones, which is what a law is used for; shuffled folds would ask
 * it to interpolate (Choshen et al. 2024, section 3, https://arxiv.org/abs/2410.11840, hold out the largest model for
 * the same reason). Groups are told apart by the gaps between them where that makes at most `most`, none of them wider
 * than half an e-fold; else they are bins of one width on the log scale.
 *
 * @throws when there is no such quantity, or all runs are of one scale
 * @example rollingFolds(runs, { by: "flops" }).folds.length
 */
export function rollingFolds(
  observed: Observations,
  { by = defaultScale(observed), tolerance = 0.1, most = 12, ahead = 1, first = 3 }: RollingOptions = {},
): Rolling {
  if (!Number.isInteger(ahead) || ahead < 1)
    throw new Error(`cannot hold out ${ahead} scales: expected a whole number of at least 1`);
  const scales = scalesOf(observed, by);
  const groups = groupsOf(scales, tolerance, most);
  if (groups.length < 2)
    throw new Error(
      `cannot hold out by ${by}: all ${observed.rows} runs of ${observed.origin} are of one scale (${groups[0]!.low}); choose another quantity`,
    );
  const folds: Fold[] = [];
  for (let count = Math.min(first, groups.length - 1); count < groups.length; count++) {
    const held = groups.slice(count, count + ahead);
    folds.push({
      fitted: rowsOf(groups.slice(0, count)),
      held: rowsOf(held),
      upTo: groups[count - 1]!.high,
      scale: [held[0]!.low, held.at(-1)!.high],
    });
    if (count + ahead >= groups.length) break;
  }
  return { by, groups, folds };
}

/** Compute where the data have it: a law's extrapolation is asked for along it. */
function defaultScale({ columns }: Observations): string {
  if (columns.flops || (columns.params && columns.tokens)) return "flops";
  return Object.keys(columns)[0]!;
}

/** A quantity of every row: a column of the law's, one of the file's others, or 6ND. */
export function scalesOf({ columns, labels, lines, origin }: Observations, by: string): Float64Array {
  const { params, tokens } = columns;
  const label = Object.hasOwn(labels, by) ? labels[by]! : null;
  const found =
    columns[by] ??
    (by === "flops" && params && tokens
      ? params.map((N, i) => 6 * N * tokens[i]!)
      : label &&
        Float64Array.from(
          label as ArrayLike<number | string>,
          (cell) => plainNumber(String(cell)) ?? Number.NaN,
        ));
  if (!found)
    throw new Error(
      `cannot order the runs by "${by}": ${origin} has no such quantity; it has ${[...Object.keys(columns), ...Object.keys(labels)].join(", ")}`,
    );
  const bad = found.findIndex((value) => !(value > 0));
  if (bad >= 0)
    throw new Error(
      `cannot order the runs by ${by}: ${origin}, row ${lines[bad]} has ${found[bad]}; expected numbers above 0`,
    );
  return found;
}

/** No budget of a design is spread wider than this. */
const widest = Math.exp(0.5);

function groupsOf(scales: Float64Array, tolerance: number, most: number): ScaleGroup[] {
  const order = Int32Array.from(scales.keys()).sort((a, b) => scales[a]! - scales[b]! || a - b);
  const split = (parts: (row: number, group: readonly number[]) => boolean): ScaleGroup[] => {
    const groups: number[][] = [];
    for (const row of order) {
      const group = groups.at(-1);
      if (!group || parts(row, group)) groups.push([row]);
      else group.push(row);
    }
    return groups.map((rows) => ({
      low: scales[rows[0]!]!,
      high: scales[rows.at(-1)!]!,
      rows: Int32Array.from(rows),
    }));
  };
  const byGaps = split((row, group) => scales[row]! > scales[group.at(-1)!]! * (1 + tolerance));
  if (byGaps.length <= most && byGaps.every(({ low, high }) => high <= low * widest)) return byGaps;
  let factor = 1 + tolerance;
  for (;;) {
    const width = factor;
    const bins = split((row, group) => scales[row]! > scales[group[0]!]! * width);
    if (bins.length <= most) return bins;
    factor **= 1.25;
  }
}

function rowsOf(groups: readonly ScaleGroup[]): Int32Array {
  return Int32Array.from(groups.flatMap(({ rows }) => Array.from(rows))).sort();
}

/** How a law did on the held-out rows of its folds. */
export interface HeldOut {
  readonly folds: readonly HeldOutFold[];
  /** The mean over folds of their mean absolute and signed relative errors, and of their errors of logs squared. */
  readonly error: number;
  readonly bias: number;
  readonly rmseLog: number | null;
  /** Null where no fold gave an interval. */
  readonly coverage: readonly Coverage[] | null;
}

export interface HeldOutFold {
  readonly upTo: number | null;
  readonly scale: readonly [low: number, high: number] | null;
  readonly fittedRows: number;
  readonly heldRows: number;
  readonly status: FitStatus;
  readonly parameters: Readonly<Record<string, number>>;
  /** prediction / truth − 1 of every held-out row, in the order of the fold. */
  readonly errors: readonly number[];
  /** Their mean size and their mean. */
  readonly error: number;
  readonly bias: number;
  readonly coverage: readonly Coverage[] | null;
}

/** How many held-out runs lie within their interval of a new run, and how wide that is, as a share of the truth. */
export interface Coverage {
  readonly level: number;
  readonly share: number;
  readonly width: number;
}

export interface HoldOutOptions {
  objective?: string | Objective;
  /** Of the intervals of a new run. */
  levels?: readonly number[];
  /** Refits a fold for the intervals; 0 takes the delta method's covariance instead. */
  draws?: number;
  seed?: number;
}

/** How many times parameters and noise are drawn for a delta-method interval. */
const deltaDraws = 500;

/**
 * Fits a law to each fold's runs and predicts those it holds out.
 *
 * Every fold is a fit of its own from all starts of the law's grid, never a warm start from the fold before: the basin
 * of few runs need not be that of more.
 *
 * The interval of a new run joins parameters (bootstrap draws, else normal draws from the fit's covariance, whose
 * effect is taken to be linear on the objective's scale) with noise (the fit's own residuals, widened by √(n/(n − p))).
 * It knows nothing of a law that is wrong: that its coverage falls short is how one sees it.
 *
 * @throws when a fold has too few rows for the law, or the law has no finite value there
 * @example holdOut(chinchilla, runs, rollingFolds(runs).folds).error // 0.004
 */
export function holdOut(
  law: Law,
  observed: Observations,
  folds: readonly Fold[],
  { objective = "huber-log", levels = [0.8, 0.9], draws = 0, seed = 0 }: HoldOutOptions = {},
): HeldOut {
  const loss = typeof objective === "string" ? objectiveByName(objective) : objective;
  const done = folds.map((fold) => predictFold(law, observed, fold, loss, { levels, draws, seed }));
  const every = done.flatMap(({ squares }) => squares);
  return {
    folds: done.map(({ fold }) => fold),
    error: mean(done.map(({ fold }) => fold.error)),
    bias: mean(done.map(({ fold }) => fold.bias)),
    rmseLog: every.every(Number.isFinite) ? Math.sqrt(mean(every)) : null,
    coverage: pooledCoverage(done.map(({ fold }) => fold)),
  };
}

function predictFold(
  law: Law,
  observed: Observations,
  fold: Fold,
  loss: Objective,
  { levels, draws, seed }: { levels: readonly number[]; draws: number; seed: number },
): { fold: HeldOutFold; squares: number[] } {
  const made = fit(law, takeObservations(observed, fold.fitted), { objective: loss, bootstrap: draws, seed });
  if (made.status === "non-finite") throw new Error(`${law.name} ${upToText(fold)}: ${made.message}`);
  const held = takeObservations(observed, fold.held);
  const parameters = valuesOf(made);
  const truth = held.columns[law.output]!;
  const predicted = predictRows(law, parameters, held);
  const errors = Array.from(predicted, (value, i) => value / truth[i]! - 1);
  if (!errors.every(Number.isFinite))
    throw new Error(`${law.name} ${upToText(fold)}: it has no finite value at a held-out run`);
  return {
    fold: {
      upTo: fold.upTo,
      scale: fold.scale,
      fittedRows: fold.fitted.length,
      heldRows: fold.held.length,
      status: made.status,
      parameters,
      errors,
      error: mean(errors.map(Math.abs)),
      bias: mean(errors),
      coverage: coverageOf(made, held, predicted, loss, levels, seed),
    },
    squares: errors.map((error) => Math.log1p(error) ** 2),
  };
}

function upToText({ upTo }: Fold): string {
  return upTo === null ? "on the fitted rows" : `on the runs up to ${upTo.toPrecision(3)}`;
}

function pooledCoverage(folds: readonly HeldOutFold[]): readonly Coverage[] | null {
  const known = folds.filter(({ coverage }) => coverage !== null);
  if (known.length === 0) return null;
  const rows = known.reduce((sum, { heldRows }) => sum + heldRows, 0);
  return known[0]!.coverage!.map(({ level }, at) => {
    const pooled = (of: (coverage: Coverage) => number): number =>
      known.reduce((sum, { coverage, heldRows }) => sum + of(coverage![at]!) * heldRows, 0) / rows;
    return { level, share: pooled(({ share }) => share), width: pooled(({ width }) => width) };
  });
}

/** The parameters of a fit as plain numbers. */
export function valuesOf(made: Fit): Record<string, number> {
  return Object.fromEntries(Object.entries(made.parameters).map(([name, { value }]) => [name, value]));
}

/** A law's value at every row. */
export function predictRows(
  law: Law,
  parameters: Readonly<Record<string, number>>,
  { columns, rows }: Observations,
): Float64Array {
  const value = lawFunction(law, parameters);
  const inputs = Object.keys(law.inputs);
  const at: Record<string, number> = {};
  return Float64Array.from({ length: rows }, (_, i) => {
    for (const quantity of inputs) at[quantity] = columns[quantity]![i]!;
    return value(at);
  });
}

function coverageOf(
  made: Fit,
  held: Observations,
  predicted: Float64Array,
  loss: Objective,
  levels: readonly number[],
  seed: number,
): readonly Coverage[] | null {
  const free = Object.values(made.parameters).filter(({ fixed }) => !fixed).length;
  const { values } = made.residuals;
  const shifts = shiftsOf(made, held, predicted, loss, seed);
  if (!values || !shifts || values.length <= free) return null;
  const widen = Math.sqrt(values.length / (values.length - free));
  const truth = held.columns[made.law.output]!;
  const random = seededRandom(seed).fork(1);
  const samples = shifts.map((shift) =>
    // a residual is prediction less truth, so a new truth lies as far on the other side
    shift.map((mid) => mid - widen * values[random.integer(values.length)]!).sort(),
  );
  return levels.map((level) => {
    let [inside, width] = [0, 0];
    samples.forEach((sample, i) => {
      const [low, high] = [(1 - level) / 2, (1 + level) / 2].map((q) => quantile(sample, q)) as [
        number,
        number,
      ];
      const y = onScale(loss.scale, truth[i]!);
      if (y >= low && y <= high) inside++;
      width += Math.abs((fromScale(loss.scale, high) - fromScale(loss.scale, low)) / truth[i]!);
    });
    return { level, share: inside / samples.length, width: width / samples.length };
  });
}

/** Draws of the prediction of every held-out row on the objective's scale, a column a row. */
function shiftsOf(
  made: Fit,
  held: Observations,
  predicted: Float64Array,
  loss: Objective,
  seed: number,
): Float64Array[] | null {
  const { law, bootstrap, covariance } = made;
  const parameters = valuesOf(made);
  if (bootstrap) {
    if (bootstrap.draws.length < 20) return null;
    const columns = bootstrap.draws.map((draw) =>
      predictRows(
        law,
        { ...parameters, ...Object.fromEntries(bootstrap.names.map((name, j) => [name, draw[j]!])) },
        held,
      ),
    );
    return Array.from(predicted, (_, row) =>
      Float64Array.from(columns, (column) => onScale(loss.scale, column[row]!)),
    );
  }
  if (!covariance) return null;
  const n = covariance.names.length;
  const factor = Float64Array.from(covariance.matrix.flat());
  if (!choleskyInPlace(factor, n)) return null;
  const fixed = Object.fromEntries(
    Object.entries(made.parameters).flatMap(([name, entry]) => (entry.fixed ? [[name, entry.value]] : [])),
  );
  const kernel = createKernel(law, held.columns, held.columns[law.output]!, loss, { fixed });
  const jacobian = kernel.jacobian(kernel.toVariables(parameters));
  const random = seededRandom(seed).fork(0);
  const moves = Array.from({ length: deltaDraws }, () => {
    const z = Float64Array.from({ length: n }, () => random.normal());
    return Float64Array.from({ length: n }, (_, j) => {
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += factor[j * n + k]! * z[k]!;
      return sum;
    });
  });
  return Array.from(predicted, (value, row) =>
    Float64Array.from(moves, (move) => {
      let at = onScale(loss.scale, value);
      for (let j = 0; j < n; j++) at += jacobian[j]![row]! * move[j]!;
      return at;
    }),
  );
}

/** A single fold of one's own: the rows where `isHeld` says so are predicted from all others. */
export function splitFold(rows: number, isHeld: (row: number) => boolean): Fold {
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  const held = all.filter(isHeld);
  const fitted = all.filter((row) => !isHeld(row));
  if (held.length === 0 || fitted.length === 0)
    throw new Error(
      `cannot hold out ${held.length} of ${rows} rows: there must be rows to fit and rows to predict`,
    );
  return { fitted, held, upTo: null, scale: null };
}
