import { defineLaw, type Law } from "../law.ts";

/** The 240 points read from Hoffmann's figure 4, with tokens = FLOPs / (6 · parameters). */
const epochRange = {
  params: [5.7334e7, 1.6183e10],
  tokens: [8.1868e8, 3.1775e11],
  flops: [1.3972e18, 1.2956e22],
} as const;
/** The runs of Hoffmann et al. 2022: table A9's models; the abstract's 5 to 500 billion tokens; FLOPs of figure 4's runs. */
const hoffmannRange = {
  params: [44e6, 16.183e9],
  tokens: [5e9, 500e9],
  flops: epochRange.flops,
} as const;

/**
 * Loss falls with parameters and with tokens, each towards the same floor.
 *
 * L(N, D) = E + A / N^α + B / D^β, in nats per token. Hoffmann et al. 2022, eq. 10, https://arxiv.org/abs/2203.15556
 */
export const chinchilla: Law<"params" | "tokens", "loss"> = defineLaw({
  name: "chinchilla",
  title: "Chinchilla: floor plus a power law of parameters and one of tokens",
  kind: "loss",
  formula: "E + A / N^alpha + B / D^beta",
  inputs: { params: "N", tokens: "D" },
  output: "loss",
  parameters: {
    E: {
      in: "positive",
      start: [0.5, 1, 2],
      meaning: "irreducible loss: the entropy of the text",
      unit: "nats/token",
    },
    A: { in: "positive", start: [10, 400, 1e4], meaning: "size of the parameter term" },
    alpha: { in: "positive", start: [0.2, 0.3, 0.45, 0.7], meaning: "exponent of parameters" },
    B: { in: "positive", start: [10, 400, 1e4], meaning: "size of the token term" },
    beta: { in: "positive", start: [0.2, 0.3, 0.45, 0.7], meaning: "exponent of tokens" },
  },
  source: {
    authors: "Hoffmann et al.",
    year: 2022,
    title: "Training Compute-Optimal Large Language Models",
    url: "https://arxiv.org/abs/2203.15556",
    where: "eq. 10",
  },
  sets: {
    "besiroglu2024-refit": {
      parameters: { E: 1.81722, A: 477.826, alpha: 0.34731, B: 2143.42, beta: 0.367172 },
      from: "the optimum of the sum of Huber losses on the 240 points of Besiroglu et al. 2024, found here",
      params: "total",
      range: epochRange,
      note: "The published digits beside it stop short of this optimum; use this one.",
    },
    besiroglu2024: {
      parameters: { E: 1.8172, A: 482.01, alpha: 0.3478, B: 2085.43, beta: 0.3658 },
      from: "Besiroglu et al. 2024, Chinchilla Scaling: A replication attempt, https://arxiv.org/abs/2404.10102",
      params: "total",
      range: epochRange,
      note: "As printed; E comes from one fit and the rest from another, and neither is the optimum.",
    },
    "besiroglu2024-notebook": {
      parameters: { E: 1.81686, A: 482.00572, alpha: 0.34781, B: 2085.4342, beta: 0.36585 },
      from: "Besiroglu et al. 2024, data_analysis.ipynb, cell 24, https://github.com/epoch-research/analyzing-chinchilla",
      params: "total",
      range: epochRange,
      note: "The end of a BFGS run on a likelihood with a scale parameter, not the optimum of the Huber sum.",
    },
    "hoffmann2022-rounded": {
      parameters: { E: 1.69, A: 406.4, alpha: 0.34, B: 410.7, beta: 0.28 },
      from: "Hoffmann et al. 2022, eq. 10, as printed",
      params: "total",
      range: hoffmannRange,
      caution: "Rounded too far to plan with: 5.76e23 FLOPs would go to 32B parameters, 93 tokens for each.",
    },
    "krajewski2024-dense": {
      parameters: { E: 0.47, A: 16.3, alpha: 0.126, B: 26.7, beta: 0.127 },
      from: "Krajewski et al. 2024, table 1, the dense models beside fine-grained-moe",
      params: "nonEmbedding",
      caution: "Exponents of three digits and a floor pulled down by weight decay: a plan from it is rough.",
    },
    "hoffmann2022-unrounded": {
      // natural logs in the source: a = 6.0073404, b = 6.0179186, e = 0.5267228
      parameters: {
        E: Math.exp(0.5267228),
        A: Math.exp(6.0073404),
        alpha: 0.33917084,
        B: Math.exp(6.0179186),
        beta: 0.2849083,
      },
      from: "the coefficients behind Hoffmann et al. 2022, eq. 10, as Besiroglu et al. 2024 give them",
      params: "total",
      range: hoffmannRange,
      note: "Does not agree with Hoffmann's own approaches 1 and 2.",
    },
    sardana2023: {
      parameters: { E: 1.69, A: 406.4, alpha: 0.336, B: 410.7, beta: 0.283 },
      from: "Sardana et al. 2023, Beyond Chinchilla-Optimal, https://arxiv.org/abs/2401.00448",
      params: "total",
      range: hoffmannRange,
      note: "Hoffmann's fit with a third digit of the exponents; their inference results need just these.",
    },
    muennighoff2023: {
      // natural logs in the source: a = 6.255414, b = 7.3049974, e = 0.6254804
      parameters: {
        E: Math.exp(0.6254804),
        A: Math.exp(6.255414),
        alpha: 0.3526596,
        B: Math.exp(7.3049974),
        beta: 0.3526596,
      },
      from: "Muennighoff et al. 2023, Scaling Data-Constrained Language Models, appendix on C4 coefficients, https://arxiv.org/abs/2305.16264",
      params: "unstated",
      note: "Fitted to 54 of Hoffmann's C4 runs, alpha held equal to beta.",
    },
  },
  published: [
    {
      set: "hoffmann2022-rounded",
      at: { params: 70e9, tokens: 1.4e12 },
      gives: 1.937,
      within: 3e-4,
      where: "eq. 10 worked out by hand for Chinchilla, 70B on 1.4T: 1.69 + 0.083 + 0.163",
    },
    {
      set: "hoffmann2022-rounded",
      at: { params: 280e9, tokens: 300e9 },
      gives: 1.993,
      within: 3e-4,
      where: "eq. 10 worked out by hand for Gopher, 280B on 300B: 1.69 + 0.052 + 0.251",
    },
    {
      set: "muennighoff2023",
      at: { params: 70e9, tokens: 1.37e12 },
      gives: 1.87 + 521 / 70e9 ** 0.353 + 1488 / 1.37e12 ** 0.353,
      within: 3e-3,
      where:
        "Muennighoff et al. 2023, C4 coefficients: 1.87 + 521/N^0.353 + 1488/D^0.353, at its optimum of 70.0B and 1.37T for Gopher's budget; half a unit of 1.87",
    },
  ],
  notes: [
    "Every token counts as new: for more than about four epochs use data-constrained.",
    "The parameter count is the total one; fitting it on non-embedding counts moves the exponents (Pearce and Song 2024).",
    "One corpus, one tokenizer, one architecture: E and B move with them.",
  ],
});
