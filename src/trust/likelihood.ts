import type { Objective } from "../fit/index.ts";
import { erf, findLowest } from "../numeric/index.ts";

/** What a fit's lowest objective says as a likelihood of its residuals. */
export interface Likelihood {
  /** `normal`, `Laplace`, `asymmetric Laplace` or `Huber`. */
  readonly family: string;
  /** The width at which the likelihood is highest, on the objective's scale. */
  readonly width: number;
  readonly logLikelihood: number;
}

/**
 * The likelihood that an objective stands for, at the lowest sum that a law reached, with its width as free as its
 * parameters.
 *
 * Minimising Σρ(r) is maximising Π exp(−ρ(r)/τ)/Z(τ) whatever τ is, so the fit is the maximum of this likelihood and
 * only τ is left, which has n ln Z(τ) + Σρ/τ as low as can be:
 *
 * - `squared`: normal, σ² = Σr²/n
 * - `absolute`, `quantile`, `asymmetric`: asymmetric Laplace, Z = τ(1/over + 1/under), τ = Σ/n
 * - `huber`: Huber's least favourable density (1964), normal within ±δ with exponential tails,
 *   Z = √(2πτ)·erf(δ/√(2τ)) + 2(τ/δ)·exp(−δ²/2τ); Besiroglu et al. 2024, section 3, take the same with a corner that
 *   moves along with the width, https://arxiv.org/abs/2404.10102
 *
 * Of the residuals on the objective's scale: likelihoods of different objectives don't compare.
 *
 * @returns null where no residual is left
 */
export function likelihoodOf(objective: Objective, value: number | null, rows: number): Likelihood | null {
  if (value === null || !(value > 0) || rows < 1) return null;
  const { loss, over, under } = objective;
  if (loss === "squared") {
    const sigma = Math.sqrt(value / rows);
    return {
      family: "normal",
      width: sigma,
      logLikelihood: -rows * (Math.log(sigma) + 0.5 * Math.log(2 * Math.PI) + 0.5),
    };
  }
  if (loss === "absolute") {
    const tau = value / rows;
    return {
      family: over === under ? "Laplace" : "asymmetric Laplace",
      width: tau,
      logLikelihood: -rows * (Math.log(tau * (1 / over + 1 / under)) + 1),
    };
  }
  const delta = objective.delta!;
  const cost = (logTau: number): number => {
    const tau = Math.exp(logTau);
    const ratio = delta / Math.sqrt(2 * tau);
    const z = Math.sqrt(2 * Math.PI * tau) * erf(ratio) + 2 * (tau / delta) * Math.exp(-ratio * ratio);
    return rows * Math.log(z) + value / tau;
  };
  // between the normal's τ and the Laplace's, each where the other's part is nothing
  const best = findLowest(cost, Math.log(value / rows) - 3, Math.log((2 * value) / rows) + 3);
  return { family: "Huber", width: Math.sqrt(Math.exp(best)), logLikelihood: -cost(best) };
}

/**
 * Akaike's criterion corrected for few rows, AICc = 2k − 2 ln L + 2k(k + 1)/(n − k − 1).
 *
 * Hurvich and Tsai 1989, https://doi.org/10.1093/biomet/76.2.297; k counts the width too.
 * @returns null where the rows are too few for the correction
 */
export function correctedAkaike(
  { logLikelihood }: Likelihood,
  parameters: number,
  rows: number,
): number | null {
  const k = parameters + 1;
  if (rows - k - 1 <= 0) return null;
  return 2 * k - 2 * logLikelihood + (2 * k * (k + 1)) / (rows - k - 1);
}
