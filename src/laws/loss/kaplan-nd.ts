import { kaplan2020 } from "../kaplan.ts";
import { defineLaw, type Law } from "../law.ts";

/**
 * Loss by parameters and size of the data set, both limits in one formula.
 *
 * L(N, D) = [(N_c / N)^(α_N / α_D) + D_c / D]^α_D. Kaplan et al. 2020, eq. 1.5, https://arxiv.org/abs/2001.08361
 */
export const kaplanND: Law<"params" | "tokens", "loss"> = defineLaw({
  name: "kaplan-nd",
  title: "Kaplan: loss by parameters and data, with overfitting",
  kind: "loss",
  formula: "((N_c / N)^(alpha_N / alpha_D) + D_c / D)^alpha_D",
  inputs: { params: "N", tokens: "D" },
  output: "loss",
  parameters: {
    N_c: {
      in: "positive",
      start: [1e11, 1e14],
      meaning: "parameters at which the loss would be 1",
      unit: "parameters",
    },
    alpha_N: { in: "positive", start: [0.05, 0.1, 0.2], meaning: "exponent of parameters" },
    D_c: {
      in: "positive",
      start: [1e11, 1e14],
      meaning: "tokens at which the loss would be 1",
      unit: "tokens",
    },
    alpha_D: { in: "positive", start: [0.05, 0.1, 0.2], meaning: "exponent of tokens" },
  },
  caution:
    "D is the size of the data set under early stopping, not the tokens of one pass: a budget of 6ND does not mean here what it means for chinchilla.",
  source: { ...kaplan2020, where: "eq. 1.5 and table 2" },
  sets: {
    kaplan2020: {
      parameters: { N_c: 6.4e13, alpha_N: 0.076, D_c: 1.8e13, alpha_D: 0.103 },
      from: "table 2 (WebText2, 10 % dropout)",
      params: "nonEmbedding",
      range: { params: [3.932e5, 7.08e8], tokens: [2.1e7, 2.29e10] },
      note: "Differs from eqs. 1.1 and 1.2 (N_c 8.8e13, D_c 5.4e13, α_D 0.095), which were fitted apart.",
    },
  },
  published: [
    {
      set: "kaplan2020",
      at: { params: 1e9, tokens: 5e3 * 1e9 ** 0.74 },
      gives: 1.02 * (6.4e13 / 1e9) ** 0.076,
      within: 5e-3,
      where: "eq. 4.4: D = 5e3·N^0.74 (22B tokens for 1e9) keeps the loss within 0.02 of L(N, ∞), one digit",
    },
  ],
  notes: [
    "D is the size of the data set, read with early stopping, not the tokens of one pass.",
    "The paper says the fit is poor for the smallest D, where an epoch is 40 steps.",
  ],
});
