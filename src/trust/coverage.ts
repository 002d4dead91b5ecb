import { createKernel, drawsOf, type Fit, fromScale, onScale } from "../fit/index.ts";
import { choleskyInPlace, dot, quantile, seededRandom } from "../numeric/index.ts";
import type { Observations } from "../runs/index.ts";
import { fixedOf, freeOf, objectiveOf, valuesOf } from "./fitted-values.ts";
import { predictRows } from "./predict-rows.ts";

/** How many held-out runs lie within their interval of a new run, and how wide that is, as a share of the truth. */
export interface Coverage {
  readonly level: number;
  readonly share: number;
  readonly width: number;
}

/** How many times parameters and noise are drawn for a delta-method interval. */
const deltaDraws = 500;

/**
 * How a fit's intervals of new runs did on the runs it was not fitted to.
 *
 * An interval joins draws of the prediction with the fit's residuals, widened by √(n/(n − p)). Null where the fit
 * says too little of either.
 */
export function coverageOf(
  made: Fit,
  held: Observations,
  levels: readonly number[],
  seed: number,
): readonly Coverage[] | null {
  const { scale } = made.objective;
  const { values } = made.residuals;
  const free = freeOf(made);
  const predictions = made.bootstrap ? drawnPredictions(made, held) : deltaPredictions(made, held, seed);
  if (!values || !predictions || values.length <= free) return null;
  const widen = Math.sqrt(values.length / (values.length - free));
  const random = seededRandom(seed).fork(1);
  const samples = predictions.map((draws) =>
    // a residual is prediction less truth, so a new truth lies as far on the other side
    draws.map((at) => at - widen * values[random.integer(values.length)]!).sort(),
  );
  const truth = held.columns[made.law.output]!;
  return levels.map((level) => {
    let [inside, width] = [0, 0];
    samples.forEach((sample, row) => {
      const [low, high] = [quantile(sample, (1 - level) / 2), quantile(sample, (1 + level) / 2)];
      const y = onScale(scale, truth[row]!);
      if (y >= low && y <= high) inside++;
      width += Math.abs((fromScale(scale, high) - fromScale(scale, low)) / truth[row]!);
    });
    return { level, share: inside / samples.length, width: width / samples.length };
  });
}

/** What the bootstrap's draws predict at every row, on the objective's scale; null where they are few. */
function drawnPredictions(made: Fit, held: Observations): Float64Array[] | null {
  const draws = drawsOf(valuesOf(made), made.bootstrap)!.all;
  if (draws.length < 20) return null;
  const columns = draws.map((parameters) => predictRows(made.law, parameters, held));
  return Array.from({ length: held.rows }, (_, row) =>
    Float64Array.from(columns, (column) => onScale(made.objective.scale, column[row]!)),
  );
}

/** The same by the delta method: normal draws from the fit's covariance, along the slope of the prediction. */
function deltaPredictions(made: Fit, held: Observations, seed: number): Float64Array[] | null {
  const { law, covariance } = made;
  if (!covariance) return null;
  const n = covariance.names.length;
  const factor = Float64Array.from(covariance.matrix.flat());
  if (!choleskyInPlace(factor, n)) return null;
  const objective = objectiveOf(made);
  const kernel = createKernel(law, held.columns, held.columns[law.output]!, objective, {
    fixed: fixedOf(made),
  });
  const parameters = valuesOf(made);
  const jacobian = kernel.jacobian(kernel.toVariables(parameters));
  const random = seededRandom(seed).fork(0);
  const moves = Array.from({ length: deltaDraws }, () => {
    const z = Float64Array.from({ length: n }, () => random.normal());
    return z.map((_, j) => dot(factor.subarray(j * n), z, j + 1));
  });
  return Array.from(predictRows(law, parameters, held), (value, row) =>
    Float64Array.from(moves, (move) => {
      let at = onScale(objective.scale, value);
      for (let j = 0; j < n; j++) at += jacobian[j]![row]! * move[j]!;
      return at;
    }),
  );
}

/** The coverage of all folds together, every held-out row counting the same; null where no fold has any. */
export function pooledCoverage(
  folds: readonly { readonly heldRows: number; readonly coverage: readonly Coverage[] | null }[],
): readonly Coverage[] | null {
  const known = folds.flatMap(({ heldRows, coverage }) => (coverage ? [{ heldRows, coverage }] : []));
  if (known.length === 0) return null;
  const rows = known.reduce((sum, { heldRows }) => sum + heldRows, 0);
  return known[0]!.coverage.map(({ level }, at) => {
    const pooled = (of: (coverage: Coverage) => number): number =>
      known.reduce((sum, { coverage, heldRows }) => sum + of(coverage[at]!) * heldRows, 0) / rows;
    return { level, share: pooled(({ share }) => share), width: pooled(({ width }) => width) };
  });
}
