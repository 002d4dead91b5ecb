import type { Domain, Law } from "../laws/index.ts";
import { formulaOf } from "../laws/index.ts";
import { bindFormula, type Program, type SmoothFunction } from "../numeric/index.ts";
import { type Objective, onScale } from "./objective.ts";
import { createScaledRows, toScale } from "./scaled-rows.ts";
import { createSums } from "./sums.ts";

/** A law, its data and an objective as one smooth function of free variables, one for each free parameter. */
export interface Kernel extends SmoothFunction {
  /** The parameters that are fitted, in the order of the variables. */
  readonly names: readonly string[];
  readonly rows: number;
  /** Parameter values ↔ the unbounded variables that the minimiser moves: ln θ for a positive one, and so on. */
  toVariables(parameters: Readonly<Record<string, number>>): Float64Array;
  toParameters(variables: ArrayLike<number>): Record<string, number>;
  /** dθ/du of the j-th parameter. */
  slope(variables: ArrayLike<number>, j: number): number;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Rounds the corner of a loss that has one: within ± this of zero the loss is a parabola. */
  smoothing: number;
  /** Rows' weights, written in place: a bootstrap draw sets its own. */
  readonly weights: Float64Array;
  /** What the predictions are held against, on the objective's scale; written in place too. */
  readonly truth: Float64Array;
  /** Residuals at these variables, on the objective's scale. */
  residuals(variables: Float64Array): Float64Array;
  /** ∂residual/∂variable, a column each. */
  jacobian(variables: Float64Array): Float64Array[];
}

/** θ(u), with its first and second derivative: so a bounded parameter becomes a free variable. */
interface Change {
  to(value: number): number;
  from(variable: number): number;
  slope(variable: number): number;
  bend(variable: number): number;
  readonly lower: number;
  readonly upper: number;
}

export function createKernel(
  law: Law,
  columns: Readonly<Record<string, Float64Array>>,
  target: Float64Array,
  objective: Objective,
  {
    fixed = {},
    weights = null,
  }: { fixed?: Readonly<Record<string, number>>; weights?: Float64Array | null } = {},
): Kernel {
  const names = Object.keys(law.parameters).filter((name) => fixed[name] === undefined);
  const size = names.length;
  const rows = target.length;
  const formula = formulaOf(law);
  // a fixed parameter is a column of one value to the formula: it then costs nothing per step
  const byLetter: Record<string, Float64Array> = {};
  for (const [quantity, letter] of Object.entries(law.inputs)) byLetter[letter] = columns[quantity]!;
  for (const [name, value] of Object.entries(fixed)) byLetter[name] = new Float64Array(rows).fill(value);
  // the columns of residuals and slopes are asked for once or twice a fit, the sums at every step
  let program: Program | null = null;
  const columnwise = (): Program => {
    program ??= bindFormula(formula, byLetter, names, { order: 1 });
    return program;
  };
  const sums = createSums(law, columns, names, fixed, objective);
  sums.truth.set(target.map((y) => onScale(objective.scale, y)));
  if (weights) sums.weights.set(weights);
  const changes = names.map((name) => changeOf(law.parameters[name]!.in));
  const theta = new Float64Array(size);
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const metric = new Float64Array(size * size);
  const setTheta = (variables: ArrayLike<number>): void => {
    for (let j = 0; j < size; j++) theta[j] = changes[j]!.from(variables[j]!);
  };

  /** From derivatives by θ to derivatives by u. */
  const slopes = new Float64Array(size);
  const chainToVariables = (variables: ArrayLike<number>): void => {
    for (let j = 0; j < size; j++) slopes[j] = changes[j]!.slope(variables[j]!);
    scaleSymmetric(hessian, slopes, size);
    scaleSymmetric(metric, slopes, size);
    for (let j = 0; j < size; j++) {
      hessian[j * size + j]! += gradient[j]! * changes[j]!.bend(variables[j]!);
      gradient[j]! *= slopes[j]!;
    }
  };

  const kernel: Kernel = {
    size,
    rows,
    names,
    gradient,
    hessian,
    metric,
    lower: Float64Array.from(changes, (c) => c.lower),
    upper: Float64Array.from(changes, (c) => c.upper),
    smoothing:
      objective.loss === "huber"
        ? objective.delta!
        : objective.loss === "squared"
          ? Number.POSITIVE_INFINITY
          : 1e-6,
    weights: sums.weights,
    truth: sums.truth,
    evaluate(variables) {
      setTheta(variables);
      const value = sums.run(theta, kernel.smoothing, kernel);
      chainToVariables(variables);
      return value;
    },
    toVariables: (parameters) => Float64Array.from(names, (name, j) => changes[j]!.to(parameters[name]!)),
    toParameters: (variables) => ({
      ...Object.fromEntries(Object.keys(law.parameters).map((name) => [name, fixed[name] ?? 0])),
      ...Object.fromEntries(names.map((name, j) => [name, changes[j]!.from(variables[j]!)])),
    }),
    slope: (variables, j) => changes[j]!.slope(variables[j]!),
    residuals(variables) {
      setTheta(variables);
      const program = columnwise();
      const block = createScaledRows(program.blockRows);
      const out = new Float64Array(rows);
      for (let start = 0; start < rows; start += program.blockRows) {
        const count = program.run(theta, start);
        toScale[objective.scale](program.value, block, count);
        for (let i = 0; i < count; i++) out[start + i] = block.onto[i]! - sums.truth[start + i]!;
      }
      return out;
    },
    jacobian(variables) {
      setTheta(variables);
      const program = columnwise();
      const block = createScaledRows(program.blockRows);
      const out = names.map(() => new Float64Array(rows));
      for (let start = 0; start < rows; start += program.blockRows) {
        const count = program.run(theta, start);
        toScale[objective.scale](program.value, block, count);
        for (let j = 0; j < size; j++) {
          const column = program.gradient[j];
          if (!column) continue;
          const slope = changes[j]!.slope(variables[j]!);
          for (let i = 0; i < count; i++) out[j]![start + i] = column[i]! * slope * block.slope[i]!;
        }
      }
      return out;
    },
  };
  return kernel;
}

function scaleSymmetric(matrix: Float64Array, by: Float64Array, size: number): void {
  for (let at = 0, j = 0; j < size; j++) for (let k = 0; k < size; k++) matrix[at++]! *= by[j]! * by[k]!;
}

/** Far enough that no law of the field gets there, near enough that nothing overflows on the way. */
const farthest = 80;

function changeOf(domain: Domain): Change {
  if (domain === "real")
    return {
      to: (v) => v,
      from: (u) => u,
      slope: () => 1,
      bend: () => 0,
      lower: Number.NEGATIVE_INFINITY,
      upper: Number.POSITIVE_INFINITY,
    };
  if (domain === "positive")
    return {
      to: Math.log,
      from: Math.exp,
      slope: Math.exp,
      bend: Math.exp,
      lower: -farthest,
      upper: farthest,
    };
  const [low, high] = domain === "unit" ? [0, 1] : domain;
  const span = high - low;
  const logistic = (u: number): number => 1 / (1 + Math.exp(-u));
  const near = 1e-9; // a start on the bound itself begins just inside
  return {
    to: (v) => {
      const t = Math.min(1 - near, Math.max(near, (v - low) / span));
      return Math.log(t / (1 - t));
    },
    from: (u) => low + span * logistic(u),
    slope: (u) => span * logistic(u) * logistic(-u),
    bend: (u) => span * logistic(u) * logistic(-u) * (1 - 2 * logistic(u)),
    lower: -30,
    upper: 30,
  };
}
