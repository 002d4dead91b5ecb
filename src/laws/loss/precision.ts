import { defineLaw, type Law, type LawParameter, type Source } from "../law.ts";

const source: Source = {
  authors: "Kumar et al.",
  year: 2024,
  title: "Scaling Laws for Precision",
  url: "https://arxiv.org/abs/2411.04330",
  where: "",
};
/** Section 2.3: every one of four sizes on every one of five numbers of tokens. */
const range = { params: [3e7, 2.2e8], tokens: [1.5e9, 2.6e10], flops: [2.7e17, 3.43e19] } as const;
const base: Record<"E" | "A" | "alpha" | "B" | "beta", Partial<LawParameter>> = {
  E: { in: "positive", start: [1, 2.5], meaning: "irreducible loss", unit: "nats/token" },
  A: { in: "positive", start: [400, 4000], meaning: "size of the parameter term" },
  alpha: { in: "positive", start: [0.3, 0.5], meaning: "exponent of parameters" },
  B: { in: "positive", start: [400, 2e4], meaning: "size of the token term" },
  beta: { in: "positive", start: [0.3, 0.5], meaning: "exponent of tokens" },
};
const kumar = { E: 2.7648, A: 4.299e3, alpha: 0.4965, B: 1.806e4, beta: 0.4965 } as const;
const effective =
  "N_eff = N * (1 - exp(n_w - P_w / gamma_w)) * (1 - exp(n_a - P_a / gamma_a)) * (1 - exp(n_kv - P_kv / gamma_kv))";
const sensitivity = (of: string, bits: number): Partial<LawParameter> => ({
  in: "positive",
  start: [bits],
  meaning: `bits of the ${of} by which a loss of parameters shrinks e-fold`,
  unit: "bits",
});
const shift = (of: string): Partial<LawParameter> => ({
  in: "real",
  start: [0, 1],
  meaning: `how far the curve of the ${of} is shifted; 0 in the paper's main text`,
});
const sensitivities: Record<string, Partial<LawParameter>> = {
  gamma_w: sensitivity("weights", 2.5),
  n_w: shift("weights"),
  gamma_a: sensitivity("activations", 2.5),
  n_a: shift("activations"),
  gamma_kv: sensitivity("cache", 1),
  n_kv: shift("cache"),
};
const quantised: Record<"C_T" | "gamma_D" | "gamma_N" | "gamma_post", Partial<LawParameter>> = {
  C_T: { in: "positive", start: [0.1], meaning: "size of what quantising costs" },
  gamma_D: {
    in: "positive",
    start: [0.3, 0.6],
    meaning: "exponent of tokens in it: over-trained models lose more",
  },
  gamma_N: { in: "positive", start: [0.3, 0.6], meaning: "exponent of parameters in it" },
  gamma_post: { in: "positive", start: [0.4, 0.8], meaning: "bits by which it shrinks e-fold", unit: "bits" },
};
const loose =
  "The authors call their constants unlikely to be useful elsewhere: one small architecture, one corpus.";

/**
 * Loss of training in low precision: it takes parameters away.
 *
 * L = A / N_eff^α + B / D^β + E, N_eff = N ∏ (1 - exp(n - P/γ)) over weights, activations and key-value cache.
 * Kumar et al. 2024, eqs. 3 and 4, with the shifts n of appendix K, https://arxiv.org/abs/2411.04330
 */
export const precision: Law<"params" | "tokens" | "weightBits" | "activationBits" | "cacheBits", "loss"> =
  defineLaw({
    name: "precision",
    title: "Precision in training: fewer bits are fewer effective parameters",
    kind: "loss",
    formula: `${effective}; E + A / N_eff^alpha + B / D^beta`,
    inputs: { params: "N", tokens: "D", weightBits: "P_w", activationBits: "P_a", cacheBits: "P_kv" },
    output: "loss",
    parameters: { ...base, ...sensitivities },
    source: { ...source, where: "eqs. 3 and 4, appendix K" },
    sets: {
      kumar2024: {
        parameters: {
          ...kumar,
          gamma_w: 2.6745,
          n_w: 0.3037,
          gamma_a: 2.2102,
          n_a: 1.4072,
          gamma_kv: 0.9578,
          n_kv: 2.4185,
        },
        from: "Kumar et al. 2024, appendix K, table 2",
        params: "nonEmbedding",
        range: { ...range, weightBits: [3, 12], activationBits: [4, 12], cacheBits: [4, 12] },
        note: "The paper does not print the sign of the shifts n; with this one the best precision is its 7 to 8 bits, with the other 2.",
      },
    },
    published: [],
    unverified: "the paper prints no loss; that its constants make 7 bits the best precision is tested",
    notes: [
      loose,
      "Integer types; at 3 bits of activations or cache runs diverge and the law has no value.",
      "16 bits count as all of them, to 1 %.",
    ],
  });

/**
 * Loss of a model trained in 16 bits and quantised afterwards: the more it has read, the more it loses.
 *
 * L = A / N^α + B / D^β + E + C_T D^γD / N^γN exp(-P_post / γ_post). Kumar et al. 2024, eqs. 1 and 2, https://arxiv.org/abs/2411.04330
 */
export const quantisedAfter: Law<"params" | "tokens" | "servedBits", "loss"> = defineLaw({
  name: "quantised-after",
  title: "Quantised after training: the loss rises with tokens per parameter",
  kind: "loss",
  formula: "E + A / N^alpha + B / D^beta + C_T * D^gamma_D / N^gamma_N * exp(-P_post / gamma_post)",
  inputs: { params: "N", tokens: "D", servedBits: "P_post" },
  output: "loss",
  parameters: { ...base, ...quantised },
  source: { ...source, where: "eqs. 1 and 2" },
  sets: {
    kumar2024: {
      parameters: {
        ...kumar,
        C_T: 0.0598 * Math.exp(1.1277),
        gamma_D: 0.5068,
        gamma_N: 0.3439,
        gamma_post: 0.5907,
      },
      from: "Kumar et al. 2024, appendix K, table 2 (GPTQ)",
      params: "nonEmbedding",
      range: { ...range, servedBits: [3, 6] },
      note: "C_T is the table's 0.0598 times exp(b), b = 1.1277: the shift of the exponent, with the sign of those in N_eff.",
    },
  },
  published: [],
  unverified: "the paper prints no loss to compare with",
  notes: [loose, "Weights alone are quantised; another method than GPTQ has other constants (appendix F)."],
});

/**
 * Both: trained in low precision and quantised further. Training in few bits makes a model robust to quantising.
 *
 * L = A / N_eff^α + B / D^β + E + C_T exp(-P_post / γ_post) D^γD / N_eff^γN ∏ (1 - exp(-C_x (P_x - P_post))).
 * Kumar et al. 2024, eqs. 9 and 11, https://arxiv.org/abs/2411.04330
 */
export const precisionUnified: Law<
  "params" | "tokens" | "weightBits" | "activationBits" | "cacheBits" | "servedBits",
  "loss"
> = defineLaw({
  name: "precision-unified",
  title: "Precision in training and after it, in one law",
  kind: "loss",
  formula: [
    effective,
    "robust = (1 - exp(-C_w * (P_w - P_post))) * (1 - exp(-C_a * (P_a - P_post))) * (1 - exp(-C_kv * (P_kv - P_post)))",
    "E + A / N_eff^alpha + B / D^beta + C_T * exp(-P_post / gamma_post) * D^gamma_D / N_eff^gamma_N * robust",
  ].join("; "),
  inputs: {
    params: "N",
    tokens: "D",
    weightBits: "P_w",
    activationBits: "P_a",
    cacheBits: "P_kv",
    servedBits: "P_post",
  },
  output: "loss",
  parameters: {
    ...base,
    ...sensitivities,
    ...quantised,
    C_w: {
      in: "positive",
      start: [0.3, 1],
      meaning: "how fast a gap to the weights' training precision costs",
    },
    C_a: { in: "positive", start: [0.3, 1], meaning: "the same for the activations" },
    C_kv: { in: "positive", start: [0.3, 1], meaning: "the same for the cache" },
  },
  source: { ...source, where: "eqs. 9 and 11" },
  sets: {},
  published: [],
  unverified:
    "table 2 of the paper lacks C_w, C_a and C_kv; the other constants are those of precision and quantised-after",
  notes: [
    loose,
    "Only where every training precision is above the served one; where they are equal, quantising costs nothing.",
    "Eighteen parameters: hold most of them at a fit of precision on runs that were not quantised.",
  ],
});
