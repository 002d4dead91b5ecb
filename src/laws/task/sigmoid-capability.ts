import { defineLaw, type Law } from "../law.ts";

/**
 * Score on a benchmark as a sigmoid of a model's capability above the benchmark's difficulty.
 *
 * score = σ(α·(c − D)). Ho et al. 2025, https://github.com/epoch-research/benchmark-stitching
 */
export const sigmoidCapability: Law<"capability", "accuracy"> = defineLaw({
  name: "sigmoid-capability",
  title: "Benchmark score as a sigmoid of capability",
  kind: "task",
  formula: "sigmoid(alpha * (c - D))",
  inputs: { capability: "c" },
  output: "accuracy",
  parameters: {
    alpha: {
      in: "positive",
      start: [0.5, 1, 2],
      meaning: "slope: how sharply the benchmark tells models apart",
    },
    D: { in: "real", start: [-1, 0.5, 2, 4], meaning: "difficulty: the capability at which half is scored" },
  },
  source: {
    authors: "Ho et al.",
    year: 2025,
    title: "A Rosetta Stone for AI Benchmarks",
    url: "https://github.com/epoch-research/benchmark-stitching",
    where: "the model of model_fit.ipynb, with WinoGrande as the anchor (D = 0, alpha = 1)",
  },
  sets: {
    "epoch2025-mmlu-refit": {
      parameters: { alpha: 1.8138526, D: 0.8181355 },
      from: "the notebook's fit done again on its 1324 scores: it prints D = 0.8181 and the cost 3.4474, which this has",
      range: { capability: [0.21, 1.98] },
    },
    "epoch2025-gso-bench": {
      parameters: { alpha: 1.3372, D: 4.4259 },
      from: "model_fit.ipynb at commit f87d3cc, GSO-Bench",
      range: { capability: [1.76, 2.66] },
      note: "No model scores above 15 %: D is an extrapolation.",
    },
  },
  published: [
    {
      set: "epoch2025-gso-bench",
      at: { capability: 2.6453 },
      gives: 0.069,
      within: 0.23,
      where:
        "GSO leaderboard: 6.9 % for GPT-5 (high), of capability 2.6453; 1.6 points off, as squares of scores are fitted",
    },
    {
      set: "epoch2025-mmlu-refit",
      at: { capability: 1.7714 },
      gives: 0.843,
      within: 0.01,
      where: "the measured score of gpt-4o-2024-08-06, beside its capability in the same fit",
    },
    {
      set: "epoch2025-mmlu-refit",
      at: { capability: 0.6985 },
      gives: 0.458,
      within: 0.03,
      where: "the measured score of Llama-2-7b",
    },
  ],
  notes: [
    "Capability has no zero and no unit of its own: coefficients mean something only beside their anchor benchmark.",
    "No chance level and no ceiling: normalise (y - chance) / (1 - chance) first.",
  ],
});

/**
 * Score as two sigmoids of capability: easy questions and hard ones, or a benchmark of two kinds of tasks.
 *
 * score = f·σ(α₁·(c − D₁)) + (1 − f)·σ(α₂·(c − D₂)): a mixture of two of sigmoid-capability.
 */
export const doubleSigmoidCapability: Law<"capability", "accuracy"> = defineLaw({
  name: "double-sigmoid-capability",
  title: "Benchmark score as two sigmoids of capability: easy and hard questions",
  kind: "task",
  formula: "f * sigmoid(alpha_1 * (c - D_1)) + (1 - f) * sigmoid(alpha_2 * (c - D_2))",
  inputs: { capability: "c" },
  output: "accuracy",
  parameters: {
    f: { in: "unit", start: [0.3, 0.6], meaning: "share of easy questions" },
    alpha_1: { in: "positive", start: [2, 6], meaning: "slope of the easy ones" },
    D_1: { in: "real", start: [-1, 0, 1], meaning: "difficulty of the easy ones" },
    alpha_2: { in: "positive", start: [2, 6], meaning: "slope of the hard ones" },
    D_2: { in: "real", start: [0.5, 1.5, 3], meaning: "difficulty of the hard ones" },
  },
  source: {
    authors: "Wu and Lo",
    year: 2024,
    title: "U-shaped and Inverted-U Scaling behind Emergent Abilities of Large Language Models",
    url: "https://arxiv.org/abs/2410.01692",
    where: "questions grouped by difficulty; the two-sigmoid form is not theirs",
  },
  unverified: "no paper's coefficients; the form is a mixture of two of sigmoid-capability",
  notes: [
    "Five parameters: with fewer than a dozen models on both rises it fits noise.",
    "The two groups can change places: (f, alpha_1, D_1, alpha_2, D_2) and (1 - f, alpha_2, D_2, alpha_1, D_1) are one curve.",
  ],
});

/**
 * Chance-corrected accuracy as a sigmoid of log compute: the baseline that observational laws are held against.
 *
 * y = σ(w·ln(C / 1e21) + b). Ruan et al. 2024, sections 3.4 and B.3, https://arxiv.org/abs/2405.10938
 */
export const sigmoidCompute: Law<"flops", "accuracy"> = defineLaw({
  name: "sigmoid-compute",
  title: "Task accuracy as a sigmoid of log compute",
  kind: "task",
  formula: "sigmoid(w * log(C / 1e21) + b)",
  inputs: { flops: "C" },
  output: "accuracy",
  parameters: {
    w: { in: "positive", start: [0.3, 0.7, 1.5], meaning: "slope per e-fold of compute" },
    b: { in: "real", start: [-8, -5, -2], meaning: "log-odds of a right answer at 1e21 FLOPs" },
  },
  source: {
    authors: "Ruan et al.",
    year: 2024,
    title: "Observational Scaling Laws and the Predictability of Language Model Performance",
    url: "https://arxiv.org/abs/2405.10938",
    where: "sections 3.4 and B.3, the training FLOPs baseline",
  },
  sets: {
    "ruan2024-word-unscramble": {
      parameters: { w: 1.04, b: -7.03 },
      from: "emergent-capability fit of word unscrambling on models up to 8.4e22 FLOPs, https://github.com/ryoungj/ObsScaling",
      range: { flops: [1.26e20, 8.4e22] },
    },
    "ruan2024-persian-qa": {
      parameters: { w: 0.57, b: -6.4 },
      from: "emergent-capability fit of Persian QA, chance level 0.25 taken off, on models up to 8.4e22 FLOPs, https://github.com/ryoungj/ObsScaling",
      range: { flops: [1.26e20, 8.4e22] },
    },
  },
  published: [
    {
      set: "ruan2024-word-unscramble",
      at: { flops: 8.4e22 },
      gives: 0.089,
      within: 0.09,
      where:
        "the authors' scores: 8.9 % of Llama 2 7B, the largest model of the fit; 0.75 points, half of the fit's own error",
    },
  ],
  notes: [
    "The logarithm is the natural one; the paper's axes say log10, its code does not.",
    "Compute alone predicts emergent tasks badly across families: that is the paper's point. On word unscrambling the mean squared error is 2.6e-4 where it was fitted and 1.3e-2 on larger models.",
    "A cut-off below the rise leaves w and b to chance (near-separable logistic): look at the start agreement.",
  ],
});
