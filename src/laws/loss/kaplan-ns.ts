import { kaplan2020 } from "../kaplan.ts";
import { defineLaw, type Law } from "../law.ts";

/**
 * Learning curves: loss by parameters and optimisation steps, on unlimited data.
 *
 * L(N, S_min) = (N_c / N)^α_N + (S_c / S_min)^α_S, with the steps adjusted to a batch far above the critical one.
 * Kaplan et al. 2020, eq. 1.6, https://arxiv.org/abs/2001.08361
 */
export const kaplanNS: Law<"params" | "minSteps", "loss"> = defineLaw({
  name: "kaplan-ns",
  title: "Kaplan: loss by parameters and steps",
  kind: "loss",
  formula: "(N_c / N)^alpha_N + (S_c / S_min)^alpha_S",
  inputs: { params: "N", minSteps: "S_min" },
  output: "loss",
  parameters: {
    N_c: {
      in: "positive",
      start: [1e11, 1e14],
      meaning: "parameters at which converged loss would be 1",
      unit: "parameters",
    },
    alpha_N: { in: "positive", start: [0.05, 0.1, 0.2], meaning: "exponent of parameters" },
    S_c: { in: "positive", start: [300, 3000], meaning: "steps at which the step term is 1", unit: "steps" },
    alpha_S: { in: "positive", start: [0.4, 0.8, 1.2], meaning: "exponent of steps" },
  },
  source: { ...kaplan2020, where: "eq. 1.6 and table 3" },
  sets: {
    kaplan2020: {
      parameters: { N_c: 6.5e13, alpha_N: 0.077, S_c: 2.1e3, alpha_S: 0.76 },
      from: "table 3 (WebText2, after warm-up)",
      params: "nonEmbedding",
      range: { params: [768, 1.5e9], minSteps: [1e3, 2.5e5] },
    },
  },
  published: [
    {
      set: "kaplan2020",
      at: { params: 1e12, minSteps: 5.4e3 * 1e4 ** 0.03 },
      gives: 1.7,
      within: 0.05,
      where:
        "eq. 6.8: N* ~ 1e12 and L* ~ 1.7 at C* ~ 1e4 PF-days, with table 6's S_min = 5.4e3·C^0.03; both orders of magnitude",
    },
  ],
  noBudget:
    "S_min is steps at a batch far above the critical one, not tokens; kaplan-optimal-params and kaplan-optimal-batch plan from the same paper",
  notes: [
    "Takes S_min: kaplan-min-steps turns steps at a batch into it.",
    "Training to α_N/α_S, about 10 %, above the converged loss is compute-efficient (eq. B.5).",
    "Fails early in training, before the power law sets in; fitted at constant learning rate after warm-up.",
  ],
});
