import { defineLaw, type Law } from "../law.ts";
import { chinchilla } from "./chinchilla.ts";

/**
 * Chinchilla's law with repeated tokens and surplus parameters worth less and less.
 *
 * L = E + A / N'^α + B / D'^β with D' = U_D·(1 + R_D*·(1 - exp(-R_D / R_D*))), R_D = D / U_D - 1 the repeats, and
 * N' the same of U_N = min(N, N_opt(U_D)), R_N = N / U_N - 1: the parameters beyond those that U_D unique tokens are
 * compute-optimal for. Muennighoff et al. 2023, eqs. 5 and 6 with section 3.1, https://arxiv.org/abs/2305.16264
 *
 * U_D is min(U, D), since tokens that are never read don't count. 1 - exp(-x) is written -expm1(-x): with a large R*
 * the difference would be rounding alone, and a fit would find a minimum in it.
 */
export const dataConstrained: Law<"params" | "tokens" | "uniqueTokens", "loss"> = defineLaw({
  name: "data-constrained",
  title: "Data-constrained: repeated tokens and surplus parameters decay in worth",
  kind: "loss",
  formula: [
    "G = (alpha * A / (beta * B))^(1 / (alpha + beta))",
    "U_D = min(U, D)",
    "U_N = min(N, G * (G * U_D)^(beta / alpha))",
    "R_D = D / U_D - 1",
    "R_N = N / U_N - 1",
    "D_eff = U_D * (1 - R_D_star * expm1(-R_D / R_D_star))",
    "N_eff = U_N * (1 - R_N_star * expm1(-R_N / R_N_star))",
    "E + A / N_eff^alpha + B / D_eff^beta",
  ].join("; "),
  inputs: { params: "N", tokens: "D", uniqueTokens: "U" },
  output: "loss",
  parameters: {
    E: { in: "positive", start: [1, 2], meaning: "irreducible loss", unit: "nats/token" },
    A: { in: "positive", start: [100, 500], meaning: "size of the parameter term" },
    alpha: { in: "positive", start: [0.25, 0.35], meaning: "exponent of parameters" },
    B: { in: "positive", start: [500, 1500], meaning: "size of the token term" },
    beta: { in: "positive", start: [0.25, 0.35], meaning: "exponent of tokens" },
    R_D_star: {
      in: "positive",
      start: [2, 5, 10, 20, 50, 100, 200],
      meaning: "repeats after which repeated tokens have lost 1 - 1/e of their worth",
    },
    R_N_star: {
      in: "positive",
      start: [1.2, 1.7, 2.5, 5, 15, 60],
      meaning: "the same for surplus parameters",
    },
  },
  source: {
    authors: "Muennighoff et al.",
    year: 2023,
    title: "Scaling Data-Constrained Language Models",
    url: "https://arxiv.org/abs/2305.16264",
    where: "eqs. 5 and 6",
  },
  sets: {
    muennighoff2023: {
      parameters: {
        ...chinchilla.sets.muennighoff2023!.parameters,
        R_D_star: 15.387756,
        R_N_star: 5.309743,
      },
      from: "Muennighoff et al. 2023, utils/parametric_fit.ipynb, https://github.com/huggingface/datablations",
      params: "unstated",
      range: {
        params: [7098752, 8.67e9],
        tokens: [1e8, 9e11],
        uniqueTokens: [1e8, 1.78e11],
        flops: [4.259e15, 9.26e21],
      },
      note: "It lies below most of its 182 measured losses, at the median by 7 %: for comparing plans, not for a loss. R_D* and R_N* were fitted with the rest fixed, and are one of several minima: R_D* = 95, R_N* = 1.7 fits better.",
    },
  },
  published: [
    {
      set: "muennighoff2023",
      at: { params: 70e9, tokens: 1.37e12, uniqueTokens: 1.37e12 },
      gives: 1.87 + 521 / 70e9 ** 0.353 + 1488 / 1.37e12 ** 0.353,
      within: 3e-3,
      where:
        "appendix on C4 coefficients: its law at its optimum for Gopher's budget, no repeats; half a unit of 1.87",
    },
    {
      set: "muennighoff2023",
      // 8.67B on 178B tokens of 25B unique, one of its runs; the rounded law by hand, with U_N = 0.051·U_D
      at: { params: 8.67e9, tokens: 178e9, uniqueTokens: 25e9 },
      gives:
        1.87 +
        521 / (0.051 * 25e9 * (1 + 5.3 * (1 - Math.exp(-(8.67 / (0.051 * 25) - 1) / 5.3)))) ** 0.353 +
        1488 / (25e9 * (1 + 15.4 * (1 - Math.exp(-(178 / 25 - 1) / 15.4)))) ** 0.353,
      within: 3e-3,
      where:
        "appendix on the derivation, last formula: R_N* = 5.3, R_D* = 15.4, U_N = 0.051·U_D; exponent 0.353, of which it prints 0.35; half a unit of 1.87",
    },
  ],
  notes: [
    "With unique data for the whole run, and no more parameters than those tokens are optimal for, it is chinchilla.",
    "Several minima: start agreement is low on the published runs, so look at the other basins of a fit.",
    "The law of repetition: about four epochs are worth nearly as much as new data, and forty next to nothing.",
    "Loss rises at most to a plateau: it does not describe the overfitting of a model that repeats a tiny corpus.",
  ],
});
