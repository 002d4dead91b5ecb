import { inverseSymmetric, multiply, robustScale, symmetricEigen, tripleDot } from "../numeric/index.ts";
import type { Kernel } from "./kernel.ts";
import type { Objective } from "./objective.ts";

/** How well the data pin each variable, from the Jacobian at the optimum alone. */
export interface Identifiability {
  /** The smallest eigenvalue of the correlation of the Jacobian's columns: 0 when one repeats the others. */
  readonly smallestEigenvalue: number;
  /** How far the output moves, as a share of it, when a parameter changes by its own size (a real one: by one). */
  readonly effects: Readonly<Record<string, number>>;
  /** The pair of parameters that the data tell apart least, with their correlation in the fit. */
  readonly worstPair: { readonly names: readonly [string, string]; readonly correlation: number } | null;
}

/** Covariance of the variables (ln θ for a positive parameter), n × n. */
export interface VariableCovariance {
  readonly method: "sandwich" | "classical";
  readonly matrix: Float64Array;
  /** B⁻¹, of the objective's own curvature B: what the covariance would be if the objective were minus a log-likelihood. */
  readonly inverseCurvature: Float64Array;
}

/** JᵀJ at these variables, with the weights but without the loss. */
function information(kernel: Kernel, variables: Float64Array): Float64Array {
  const kept = kernel.smoothing;
  kernel.smoothing = Number.POSITIVE_INFINITY;
  kernel.evaluate(variables);
  kernel.smoothing = kept;
  return Float64Array.from(kernel.metric);
}

/** @param size of a residual that is as large as the output itself: 1 on logs, the typical output on the raw scale */
export function identifiability(kernel: Kernel, variables: Float64Array, size: number): Identifiability {
  const n = kernel.size;
  const gram = information(kernel, variables);
  const scale = Float64Array.from({ length: n }, (_, j) => Math.sqrt(gram[j * n + j]!));
  const correlation = Float64Array.from(
    gram,
    (value, at) => value / (scale[Math.floor(at / n)]! * scale[at % n]!),
  );
  const effects = Object.fromEntries(
    kernel.names.map((name, j) => [name, scale[j]! / (Math.sqrt(kernel.rows) * size)]),
  );
  if (!correlation.every(Number.isFinite)) return { smallestEigenvalue: 0, effects, worstPair: null };
  const inverse = inverseSymmetric(correlation, n);
  let worstPair: Identifiability["worstPair"] = null;
  if (inverse)
    for (let j = 0; j < n; j++)
      for (let k = 0; k < j; k++) {
        const value = inverse[j * n + k]! / Math.sqrt(inverse[j * n + j]! * inverse[k * n + k]!);
        if (worstPair === null || Math.abs(value) > Math.abs(worstPair.correlation))
          worstPair = { names: [kernel.names[k]!, kernel.names[j]!], correlation: value };
      }
  return { smallestEigenvalue: symmetricEigen(correlation, n).values[0]!, effects, worstPair };
}

/**
 * The delta-method covariance of the variables at a minimum; null where the rows are too few to tell.
 *
 * Least squares: s² (JᵀJ)⁻¹, as everybody's. Otherwise the sandwich B⁻¹ (Σ ψᵢ² ∇rᵢ∇rᵢᵀ) B⁻¹ times n/(n − p) (Huber 1967). B counts the
 * residuals near zero; with δ = 1e-3 that would be a handful, so it counts those within a window h instead, as is
 * done for quantile regression (Powell 1991): B = Σ_{|rᵢ| ≤ h} (δ/h) ∇rᵢ∇rᵢᵀ, h = max(δ, 1.06 · scale · n^(-1/5)).
 * A loss with a corner passes through p points; those p say nothing of the density there and are taken off the
 * count. It serves the terminal; for a decision ask for a bootstrap.
 */
export function variableCovariance(
  kernel: Kernel,
  objective: Objective,
  variables: Float64Array,
): VariableCovariance | null {
  const n = kernel.size;
  const { rows } = kernel;
  if (rows <= n) return null;
  if (objective.loss === "squared") {
    const value = kernel.evaluate(variables);
    const inverse = inverseSymmetric(Float64Array.from(kernel.metric), n);
    const variance = (2 * value) / (rows - n); // the kernel's value is half the sum of squares
    return (
      inverse && {
        method: "classical",
        matrix: inverse.map((v) => v * variance),
        inverseCurvature: inverse,
      }
    );
  }
  const residuals = kernel.residuals(variables);
  const jacobian = kernel.jacobian(variables);
  const delta = objective.delta ?? 0;
  const window = Math.max(delta, 1.06 * robustScale(residuals) * rows ** -0.2);
  if (!(window > 0)) return null;
  const bread = new Float64Array(n * n);
  const meat = new Float64Array(n * n);
  const height = delta > 0 ? delta : 1; // of ψ far from zero
  const squares = new Float64Array(rows); // ψ²
  const density = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const residual = residuals[i]!;
    const weight = kernel.weights[i]!;
    const side = residual > 0 ? objective.over : objective.under;
    const psi =
      weight * side * (delta > 0 ? Math.max(-delta, Math.min(delta, residual)) : Math.sign(residual));
    squares[i] = psi * psi;
    if (Math.abs(residual) <= window)
      density[i] = (weight * height * (objective.over + objective.under)) / (2 * window);
  }
  for (let j = 0; j < n; j++)
    for (let k = 0; k < n; k++) {
      bread[j * n + k] = tripleDot(density, jacobian[j]!, jacobian[k]!, rows);
      meat[j * n + k] = tripleDot(squares, jacobian[j]!, jacobian[k]!, rows);
    }
  const inverse = inverseSymmetric(bread, n);
  if (!inverse) return null;
  const near = residuals.reduce((count, residual) => count + (Math.abs(residual) <= window ? 1 : 0), 0);
  const correction = (rows / (rows - n)) * (near / Math.max(near / 2, near - n)) ** 2;
  return {
    method: "sandwich",
    matrix: multiply(multiply(inverse, meat, n), inverse, n).map((v) => v * correction),
    inverseCurvature: inverse,
  };
}
