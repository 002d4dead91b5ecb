import { isPlannable, type Law, optimumExponents, quantityAt } from "../laws/index.ts";
import { mean, median, standardDeviation } from "../numeric/index.ts";
import { type Observations, observe, type Run, type Table } from "../runs/index.ts";
import { type BootstrapJob, type DrawScheme, type Refits, refitDraws } from "./bootstrap.ts";
import { check } from "./check.ts";
import { identifiability, variableCovariance } from "./covariance.ts";
import { drawingOf, drawSteps, mostResiduals } from "./drawing.ts";
import { type Draws, drawsOf } from "./draws.ts";
import { type DrawnEnds, drawnInterval } from "./interval.ts";
import { createKernel, type Kernel } from "./kernel.ts";
import { type Fit, type FitStatus, type FittedParameter, statusSentences } from "./noun.ts";
import { type Objective, objective as objectiveByName, onScale } from "./objective.ts";
import { isObservations, provenance } from "./provenance.ts";
import { type Search, search } from "./solve.ts";
import { sampleRows, startingPoints } from "./starts.ts";
import { verdictOf } from "./verdict.ts";
import { unnoticed, warningsOf } from "./warnings.ts";

export interface FitOptions {
  /** A name such as `huber-log`, or an objective made by {@link objectiveByName}. */
  objective?: string | Objective;
  /** A weight per row. */
  weights?: Float64Array | null;
  /** Parameters held at a value. */
  fixed?: Readonly<Record<string, number>>;
  /** Starts instead of the law's own grid. */
  starts?: readonly Readonly<Record<string, number>>[] | null;
  /** Refits for intervals; 0 for none. */
  bootstrap?: number;
  /**
   * How the refits' data are drawn. `auto` is `residual`, or `wild` where rows look like outliers, or by run where the
   * data have several rows of each; `pairs` or `cluster` for an objective that weighs the two signs of a residual differently.
   */
  scheme?: DrawScheme | "auto";
  /** How the ends of intervals are taken from the draws. */
  interval?: DrawnEnds;
  /** What is drawn together: a column, `params`, `flops`, or each row's cluster. */
  clusters?: string | ArrayLike<number | string> | null;
  /** The level of the intervals. */
  level?: number;
  seed?: number;
}

/**
 * Fits a law to runs.
 *
 * Every start of the law's grid descends to a minimum of the objective (the sum, whatever its scale); the fit
 * carries the lowest one, how many starts agree with it and what the others found, its covariance, residuals and
 * warnings, and the hash of the data.
 *
 * @param data runs, a table, or observations that {@link observe} mapped with options of its own
 * @throws when there are fewer rows than free parameters, or an option makes no sense
 * @example fit(chinchilla, runs).exponents // { a: 0.51, b: 0.49, … }
 */
export function fit(law: Law, data: Observations | Table | readonly Run[], options: FitOptions = {}): Fit {
  const steps = fitSteps(law, data, options);
  let step = steps.next();
  while (!step.done) step = steps.next(refitDraws(step.value, 0, step.value.count));
  return step.value;
}

/**
 * {@link fit} with its refits done by somebody else, in as many pieces as they like: it yields each job and takes the
 * job's refits back, and returns the fit.
 *
 * @example
 * const steps = fitSteps(chinchilla, runs, { bootstrap: 4000 });
 * let step = steps.next();
 * while (!step.done) step = steps.next(await refitOnWorkers(step.value));
 */
export function* fitSteps(
  law: Law,
  data: Observations | Table | readonly Run[],
  {
    objective = "huber-log",
    weights = null,
    fixed = {},
    starts = null,
    bootstrap = 0,
    scheme = "auto",
    interval = "percentile",
    clusters = null,
    level = 0.9,
    seed = 0,
  }: FitOptions = {},
): Generator<BootstrapJob, Fit, Refits> {
  const loss = typeof objective === "string" ? objectiveByName(objective) : objective;
  const observed = isObservations(data)
    ? data
    : observe(data, { inputs: Object.keys(law.inputs), output: law.output });
  check(law, observed, loss, fixed, weights);
  const { columns } = observed;
  const target = columns[law.output]!;
  const kernel = createKernel(law, columns, target, loss, { fixed, weights });
  const drawing = bootstrap > 0 ? drawingOf(law, observed, kernel, loss, { scheme, clusters }) : null;
  const sample = sampled(columns, law.output, weights, sampleRows(observed.rows, seed));
  const points =
    starts ??
    startingPoints(law, sample?.columns ?? columns, sample?.target ?? target, loss, { fixed, seed });
  const range = rangesOf(law, observed);
  const sampleKernel =
    sample && createKernel(law, sample.columns, sample.target, loss, { fixed, weights: sample.weights });
  const found = search(kernel, loss, points, sampleKernel);
  if (!found) return hopeless(law, observed, loss, points, fixed, range, seed);

  const { x } = found.best;
  const parameters = kernel.toParameters(x);
  const identified = identifiability(kernel, x, loss.scale === "raw" ? median(target.map(Math.abs)) || 1 : 1);
  const status = statusOf(law, found, identified);
  const covariance = status === "not-identified" ? null : variableCovariance(kernel, loss, x);
  const bootstrapped = drawing
    ? yield* drawSteps(
        { law, columns, target, objective: loss, fixed, weights, seed },
        { kernel, found, lost: unnoticed(law, identified.effects), drawing, count: bootstrap, interval },
      )
    : null;
  const draws = drawsOf(parameters, bootstrapped);
  const residuals = residualsOf(kernel, loss, x, target);
  const exponents = exponentsOf(law, parameters, range, draws, level);
  const fitted: Omit<Fit, "warnings"> = {
    format: "isoflop.fit/1",
    law,
    approach: 3,
    objective: { ...loss, value: found.starts.basins[0]!.value },
    status,
    message: statusSentences[status],
    rows: observed.rows,
    parameters: fittedParameters(law, kernel, x, parameters, fixed, covariance?.matrix ?? null, draws, level),
    exponents,
    starts: found.starts,
    covariance: covariance && {
      names: kernel.names,
      matrix: rowsOf(covariance.matrix, kernel.size),
      method: covariance.method,
    },
    identifiability: identified,
    residuals,
    bootstrap: bootstrapped,
    range,
    conventions: { params: observed.conventions.params, flops: observed.conventions.flops },
    data: provenance(observed),
    seed,
  };
  const remarks = warningsOf(fitted, observed, kernel, x);
  return {
    ...fitted,
    warnings: remarks.map(({ code, message }) => ({ code, message })),
    verdict: verdictOf(fitted, remarks),
  };
}

/** Some of the rows, as columns of their own. */
function sampled(
  columns: Readonly<Record<string, Float64Array>>,
  output: string,
  weights: Float64Array | null,
  rows: Int32Array | null,
): { columns: Record<string, Float64Array>; target: Float64Array; weights: Float64Array | null } | null {
  if (!rows) return null;
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  const picked = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, pick(column)]));
  return { columns: picked, target: picked[output]!, weights: weights && pick(weights) };
}

function statusOf(law: Law, found: Search, identified: Fit["identifiability"]): FitStatus {
  if (found.best.status === "max-steps") return "max-steps";
  if (unnoticed(law, identified.effects).length > 0 || found.best.status === "at-bound") return "at-bound";
  return identified.smallestEigenvalue < 1e-11 ? "not-identified" : "converged";
}

function fittedParameters(
  law: Law,
  kernel: Kernel,
  variables: Float64Array,
  parameters: Readonly<Record<string, number>>,
  fixed: Readonly<Record<string, number>>,
  covariance: Float64Array | null,
  draws: Draws | null,
  level: number,
): Record<string, FittedParameter> {
  return Object.fromEntries(
    Object.keys(law.parameters).map((name) => {
      const j = kernel.names.indexOf(name);
      const drawn = draws && j >= 0 ? draws.of((at) => at[name]!) : null;
      // the draws know better than the delta method, and the two beside each other would contradict
      const spread =
        drawn && drawn.draws.length > 1
          ? standardDeviation(drawn.draws)
          : covariance && j >= 0
            ? Math.sqrt(covariance[j * kernel.size + j]!) * Math.abs(kernel.slope(variables, j))
            : null;
      const entry: FittedParameter = {
        value: parameters[name]!,
        se: spread !== null && Number.isFinite(spread) ? spread : null,
        interval: drawn && drawnInterval(draws!.bootstrap, drawn, level),
        fixed: fixed[name] !== undefined,
      };
      return [name, entry];
    }),
  );
}

function residualsOf(
  kernel: Kernel,
  loss: Objective,
  variables: Float64Array,
  target: Float64Array,
): Fit["residuals"] {
  const values = kernel.residuals(variables);
  const truth = target.map((y) => onScale(loss.scale, y));
  const centre = mean(truth);
  let squares = 0;
  let spread = 0;
  let largest = 0;
  values.forEach((value, i) => {
    squares += value * value;
    spread += (truth[i]! - centre) ** 2;
    if (Math.abs(value) > Math.abs(largest)) largest = value;
  });
  return {
    values: values.length <= mostResiduals ? Array.from(values) : null,
    rms: Math.sqrt(squares / values.length),
    largest,
    r2: spread > 0 ? 1 - squares / spread : 0,
  };
}

/** The data's span in each quantity of the law, and in those that follow from parameters and tokens. */
function rangesOf(law: Law, observed: Observations): Record<string, readonly [number, number]> {
  const range: Record<string, [number, number]> = {};
  const widen = (quantity: string, values: Float64Array): void => {
    const finite = values.filter(Number.isFinite);
    if (finite.length === 0) return;
    range[quantity] = [finite.reduce((x, y) => Math.min(x, y)), finite.reduce((x, y) => Math.max(x, y))];
  };
  const { params, tokens } = observed.columns;
  for (const quantity of [...Object.keys(law.inputs), law.output])
    widen(quantity, observed.columns[quantity]!);
  if (params && tokens)
    for (const quantity of ["flops", "tokensPerParam"])
      widen(
        quantity,
        params.map((N, i) => quantityAt(quantity, N, tokens[i]!) ?? Number.NaN),
      );
  return range;
}

function exponentsOf(
  law: Law,
  parameters: Readonly<Record<string, number>>,
  range: Fit["range"],
  draws: Draws | null,
  level: number,
): Fit["exponents"] {
  const { flops } = range;
  if (!flops || !isPlannable(law)) return null;
  const middle = Math.sqrt(flops[0] * flops[1]);
  const point = optimumExponents(law, parameters, middle);
  if (!point) return null;
  const drawn = draws?.of((at) => optimumExponents(law, at, middle)?.a ?? Number.NaN);
  return { ...point, interval: drawn ? drawnInterval(draws!.bootstrap, drawn, level) : null };
}

/** The fit of a law that has no finite value anywhere it was tried: a value with a status, not an exception. */
function hopeless(
  law: Law,
  observed: Observations,
  loss: Objective,
  points: readonly Readonly<Record<string, number>>[],
  fixed: Readonly<Record<string, number>>,
  range: Fit["range"],
  seed: number,
): Fit {
  const at: Readonly<Record<string, number>> = { ...points[0], ...fixed };
  return {
    format: "isoflop.fit/1",
    law,
    approach: 3,
    objective: { ...loss, value: null },
    status: "non-finite",
    message: statusSentences["non-finite"],
    rows: observed.rows,
    parameters: Object.fromEntries(
      Object.keys(law.parameters).map((name) => [
        name,
        { value: at[name]!, se: null, interval: null, fixed: fixed[name] !== undefined },
      ]),
    ),
    exponents: null,
    starts: { total: points.length, agree: 0, failed: points.length, basins: [] },
    covariance: null,
    identifiability: { smallestEigenvalue: 0, effects: {}, worstPair: null },
    residuals: { values: null, rms: 0, largest: 0, r2: 0 },
    bootstrap: null,
    range,
    conventions: { params: observed.conventions.params, flops: observed.conventions.flops },
    warnings: [],
    verdict: { grade: "do-not-use", sentence: `Do not use it. ${statusSentences["non-finite"]}` },
    data: provenance(observed),
    seed,
  };
}

function rowsOf(matrix: Float64Array, n: number): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from(matrix.subarray(i * n, (i + 1) * n)));
}
