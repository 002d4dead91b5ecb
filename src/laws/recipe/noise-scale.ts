import { defineLaw, type Law, type LawParameter, type Source } from "../law.ts";

const source: Source = {
  authors: "McCandlish et al.",
  year: 2018,
  title: "An Empirical Model of Large-Batch Training",
  url: "https://arxiv.org/abs/1812.06162",
  where: "section 2, (S/S_min - 1)(E/E_min - 1) = 1 (Kaplan et al. 2020, eq. 5.1), solved for what is asked",
};
const unverified =
  "S_min, E_min and B_crit belong to one task, one model and one loss; the relation is what is published";
const critical: Partial<LawParameter> = {
  in: "positive",
  start: [1e5, 1e6, 1e7],
  meaning: "critical batch, E_min / S_min; about the gradient noise scale",
  unit: "tokens",
};
const steps: Partial<LawParameter> = {
  in: "positive",
  start: [1e3, 1e4],
  meaning: "steps at a batch without end",
  unit: "steps",
};
const tokens: Partial<LawParameter> = {
  in: "positive",
  start: [1e9, 1e10],
  meaning: "tokens at the smallest batch",
  unit: "tokens",
};
const notes = [
  "To one loss: S_min, E_min and B_crit grow as the loss aimed at falls (critical-batch gives the last by loss).",
  "At the critical batch a run takes twice the least steps and twice the least tokens.",
  "Learning rate and schedule have to be tuned at each batch, or the curve is of the tuning.",
];

/** S = S_min·(1 + B_crit / B). McCandlish et al. 2018, section 2, https://arxiv.org/abs/1812.06162 */
export const noiseScaleSteps: Law<"batchTokens", "steps"> = defineLaw({
  name: "noise-scale-steps",
  title: "Steps to a loss by batch size",
  kind: "recipe",
  formula: "S_min * (1 + B_crit / B)",
  inputs: { batchTokens: "B" },
  output: "steps",
  parameters: { S_min: steps, B_crit: critical },
  source,
  unverified,
  notes,
});

/** E = E_min·(1 + B / B_crit). McCandlish et al. 2018, section 2, https://arxiv.org/abs/1812.06162 */
export const noiseScaleTokens: Law<"batchTokens", "tokens"> = defineLaw({
  name: "noise-scale-tokens",
  title: "Tokens to a loss by batch size",
  kind: "recipe",
  formula: "E_min * (1 + B / B_crit)",
  inputs: { batchTokens: "B" },
  output: "tokens",
  parameters: { E_min: tokens, B_crit: critical },
  source,
  unverified,
  notes,
});

/** E = E_min·S / (S − S_min), for S above S_min. McCandlish et al. 2018, section 2, https://arxiv.org/abs/1812.06162 */
export const noiseScaleTradeOff: Law<"steps", "tokens"> = defineLaw({
  name: "noise-scale-trade-off",
  title: "Tokens to a loss by the steps one allows: time against compute",
  kind: "recipe",
  formula: "E_min / (1 - S_min / S)",
  inputs: { steps: "S" },
  output: "tokens",
  parameters: { E_min: tokens, S_min: { ...steps, start: [100, 500, 900] } },
  source,
  unverified,
  notes: ["No run takes S_min steps or fewer: the law is negative there and means nothing.", ...notes],
});

/**
 * The best learning rate by batch size for SGD.
 *
 * η = η_max / (1 + B_noise / B). McCandlish et al. 2018, section 2, https://arxiv.org/abs/1812.06162
 */
export const noiseScaleLearningRate: Law<"batchTokens", "learningRate"> = defineLaw({
  name: "noise-scale-learning-rate",
  title: "Best learning rate of SGD by batch size",
  kind: "recipe",
  formula: "eta_max / (1 + B_noise / B)",
  inputs: { batchTokens: "B" },
  output: "learningRate",
  parameters: {
    eta_max: { in: "positive", start: [1e-3, 1e-1], meaning: "best learning rate at the full gradient" },
    B_noise: { ...critical, meaning: "gradient noise scale tr(HΣ) / GᵀHG" },
  },
  source: { ...source, where: "section 2, the best step by batch size" },
  unverified,
  notes: ["For plain SGD. Adam's best rate grows more slowly, between √B and B below the noise scale."],
});
