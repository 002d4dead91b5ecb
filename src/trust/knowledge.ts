import { createKernel } from "../fit/index.ts";
import { inverseSymmetric, robustScale, standardDeviation } from "../numeric/index.ts";
import type { Reopened } from "./reopen.ts";

/** Runs' inputs, as columns. */
export type Columns = Readonly<Record<string, Float64Array>>;

/** Information about the variables: what the fit's draws or its Jacobian say of them. */
export interface Knowledge {
  /** The covariance of the variables by the Jacobian: (JᵀWJ / s² + 1 / (ln 10)²)⁻¹. */
  readonly covariance: Float64Array;
  /** s, the scatter of the runs about the law, on the objective's scale. */
  readonly scatter: number;
}

/** A priori a parameter may be ten times larger or smaller: it keeps the covariance finite where nothing is known. */
const prior = 1 / Math.LN10 ** 2;

/** What the data say of the variables, by the Jacobian, under any design. */
export function knowledgeOf(base: Reopened): Knowledge {
  const residuals = base.kernel.residuals(base.optimum);
  const scatter = Math.max(robustScale(residuals), standardDeviation(residuals) / 10, 1e-6);
  return { covariance: covarianceUnder(base, base.observed.columns, scatter), scatter };
}

/** The covariance that runs at these inputs would give, with the same scatter. */
export function covarianceUnder(base: Reopened, columns: Columns, scatter: number): Float64Array {
  const { kernel } = base;
  const n = kernel.size;
  const jacobian = jacobianAt(base, columns);
  const information = new Float64Array(n * n);
  for (let j = 0; j < n; j++)
    for (let k = 0; k < n; k++) {
      let sum = j === k ? prior : 0;
      for (let row = 0; row < kernel.rows; row++) {
        const product = (kernel.weights[row]! * jacobian[j]![row]! * jacobian[k]![row]!) / scatter ** 2;
        if (Number.isFinite(product)) sum += product; // a design may reach where the law has no value
      }
      information[j * n + k] = sum;
    }
  return (
    inverseSymmetric(information, n) ??
    information.fill(0).map((_, at) => (at % (n + 1) === 0 ? 1 / prior : 0))
  );
}

/** ∂residual/∂variable at any inputs. */
export function jacobianAt({ law, objective, fixed, optimum }: Reopened, columns: Columns): Float64Array[] {
  const rows = Object.values(columns)[0]!.length;
  // the slope doesn't depend on what was measured; any value with a place on the scale will do
  const target = new Float64Array(rows).fill(0.5);
  return createKernel(law, columns, target, objective, { fixed }).jacobian(optimum);
}
