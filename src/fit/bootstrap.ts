import type { Law } from "../laws/index.ts";
import { type Random, seededRandom } from "../numeric/index.ts";
import { groupCount } from "./clusters.ts";
import { createKernel, type Kernel } from "./kernel.ts";
import type { Objective } from "./objective.ts";
import { scatterOf } from "./scatter.ts";
import { descend, nearby } from "./solve.ts";

/** How the data of a refit are drawn; each is explained at {@link refitDraws}. */
export type DrawScheme = "residual" | "pairs" | "cluster" | "wild" | "wild-webb" | "parametric";

/** Everything that refits need, as plain data that can be sent to a worker. */
export interface BootstrapJob {
  readonly law: Law;
  readonly columns: Readonly<Record<string, Float64Array>>;
  readonly target: Float64Array;
  readonly objective: Objective;
  readonly fixed: Readonly<Record<string, number>>;
  readonly weights: Float64Array | null;
  /** The parameters that refits start from: the optimum, then other minima of nearly the same depth. */
  readonly starts: readonly Readonly<Record<string, number>>[];
  /** `leave-out` is the jackknife: draw i is the data without group i. */
  readonly scheme: DrawScheme | "leave-out";
  readonly seed: number;
  /** The group of each row, from 0 up: what is drawn, flipped or left out together; null where each row is its own. */
  readonly groups: Int32Array | null;
  /** Of `residual` and the wild schemes: what is drawn or flipped, {@link leftOutResiduals}. */
  readonly residuals: Float64Array | null;
  /** Of `parametric`: the standard deviation of the noise on the objective's scale. */
  readonly noise: number | null;
  /** How many draws there are. */
  readonly count: number;
}

/** The free parameters of each refit, in the law's order; null for one that failed. */
export type Refits = readonly (readonly number[] | null)[];

/**
 * The refits of draws `from` up to `to`.
 *
 * Draw i depends on the seed and on i alone, so that any split of the range gives the same numbers.
 *
 * - `residual`: the rows stay, and each gets the residual of a drawn row with either sign (each group: the size of a drawn
 *   group's, on its own pattern), to the size of the noise at its inputs, {@link scatterOf}; the noise is taken to be
 *   alike apart from that, and even about the law (Efron 1979, section 7)
 * - `pairs`: rows drawn with replacement (Efron 1979); a draw is a weight per row, so nothing is copied
 * - `cluster`: the same with whole groups of rows (Field and Welsh 2007), for rows that share a run, a size or a budget
 * - `wild`, `wild-webb`: the rows stay, and each residual (each group's, together) is multiplied by a random number of
 *   mean 0 and variance 1 and put back on the fitted value: ±1 (Rademacher; Wu 1986, Davidson and Flachaire 2008), or
 *   ±√½, ±1, ±√(3/2) (Webb 2023), which still differ where groups are few. The noise may differ from row to row
 * - `parametric`: fitted values plus normal noise of a known size
 * - `leave-out`: everything but group i
 *
 * Every draw is refitted from each of the starts and the lowest end is kept.
 */
export function refitDraws(job: BootstrapJob, from: number, to: number): Refits {
  const { law, columns, target, objective, fixed, weights } = job;
  const kernel = createKernel(law, columns, target, objective, { fixed, weights });
  const starts = job.starts.map((parameters) => kernel.toVariables(parameters));
  const draw = drawerOf(kernel, job, starts[0]!);
  const random = seededRandom(job.seed);
  return Array.from({ length: to - from }, (_, k) => {
    draw(from + k, random.fork(from + k));
    return refit(kernel, objective, starts);
  });
}

function refit(
  kernel: Kernel,
  objective: Objective,
  starts: readonly Float64Array[],
): readonly number[] | null {
  // on a corner the last steps may run out: within 1e-5 of the lowest objective, a tenth of a standard error
  const cornered = objective.loss === "absolute";
  const ends = starts
    .map((start) => descend(kernel, objective, start, { damping: nearby }))
    .filter(
      ({ status }) => status === "converged" || status === "at-bound" || (status === "max-steps" && cornered),
    );
  if (ends.length === 0) return null;
  const best = ends.reduce((lowest, end) => (end.value < lowest.value ? end : lowest));
  const parameters = kernel.toParameters(best.x);
  return kernel.names.map((name) => Number(parameters[name]!.toPrecision(keptDigits)));
}

/** A refit is good to about ten digits: more would only make the file of a fit longer. */
const keptDigits = 12;

/** The columns that a law is a function of. */
export function inputsOf(
  law: Law,
  columns: Readonly<Record<string, Float64Array>>,
): Record<string, Float64Array> {
  return Object.fromEntries(Object.keys(law.inputs).map((quantity) => [quantity, columns[quantity]!]));
}

/** Writes the data of a draw into the kernel. */
function drawerOf(
  kernel: Kernel,
  { law, columns, scheme, groups, residuals, noise }: BootstrapJob,
  optimum: Float64Array,
): (draw: number, random: Random) => void {
  const { rows, weights, truth } = kernel;
  const own = weights.slice();
  const count = groups === null ? rows : groupCount(groups);
  const groupOf = (row: number): number => (groups === null ? row : groups[row]!);
  const times = new Float64Array(count);
  if (scheme === "pairs" || scheme === "cluster")
    return (_, random) => {
      times.fill(0);
      for (let i = 0; i < count; i++) times[random.integer(count)]!++;
      for (let row = 0; row < rows; row++) weights[row] = own[row]! * times[groupOf(row)]!;
    };
  if (scheme === "leave-out")
    return (draw) => {
      for (let row = 0; row < rows; row++) weights[row] = groupOf(row) === draw ? 0 : own[row]!;
    };
  const fitted = kernel.residuals(optimum).map((residual, row) => residual + truth[row]!);
  if (scheme === "parametric")
    return (_, random) => {
      for (let row = 0; row < rows; row++) truth[row] = fitted[row]! + noise! * random.normal();
    };
  if (scheme === "residual") {
    const { sizes, pattern } = scatterOf(residuals!, inputsOf(law, columns), groups, count);
    return (_, random) => {
      for (let i = 0; i < count; i++)
        times[i] = rademacher[random.integer(2)]! * sizes[random.integer(count)]!;
      for (let row = 0; row < rows; row++) truth[row] = fitted[row]! - times[groupOf(row)]! * pattern[row]!;
    };
  }
  const flips = scheme === "wild" ? rademacher : webb;
  return (_, random) => {
    for (let i = 0; i < count; i++) times[i] = flips[random.integer(flips.length)]!;
    for (let row = 0; row < rows; row++) truth[row] = fitted[row]! - times[groupOf(row)]! * residuals![row]!;
  };
}

const rademacher = [-1, 1];
const webb = [-Math.sqrt(1.5), -1, -Math.sqrt(0.5), Math.sqrt(0.5), 1, Math.sqrt(1.5)];

/**
 * Each row's residual from a refit without its group, to the size of the noise: what a residual bootstrap draws from, a wild
 * one flips, and how a new run scatters.
 *
 * The fit's own residuals are too small: it bends towards its rows, and a robust one passes through as many as it has
 * parameters. Those of refits without the row are too large by the refit's own error; √((u − p)/u), u being the rows or clusters that
 * are left out and p the parameters, takes that off on average. For least squares without groups they are r/(1 − h)·√((n − p)/n),
 * h being the row's leverage: HC3 of MacKinnon and White 1985, https://doi.org/10.1016/0304-4076(85)90158-7, to the
 * size of HC2. For quantile regression Feng, He and Hu 2011, https://doi.org/10.1093/biomet/asr052, correct to the same end
 * by the density at zero. What else was tried stands in studies/coverage.
 *
 * @param without the refits without each group; where one failed, its rows keep their own residual
 * @param groups of the refits
 * @param units the rows or clusters
 */
export function leftOutResiduals(
  kernel: Kernel,
  optimum: Float64Array,
  without: Refits,
  groups: Int32Array | null,
  units: number,
): Float64Array {
  const size = Math.sqrt(Math.max(1, units - kernel.size) / units);
  const out = kernel.residuals(optimum);
  const rowsOf: number[][] = without.map(() => []);
  for (let row = 0; row < kernel.rows; row++) rowsOf[groups === null ? row : groups[row]!]!.push(row);
  without.forEach((values, group) => {
    if (values === null) return;
    const at = kernel.toVariables(Object.fromEntries(kernel.names.map((name, j) => [name, values[j]!])));
    const residuals = kernel.residuals(at);
    for (const row of rowsOf[group]!) if (Number.isFinite(residuals[row]!)) out[row] = size * residuals[row]!;
  });
  return out;
}
