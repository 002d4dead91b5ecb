import { defineLaw, type Law, type LawParameter } from "../law.ts";

const steepness: Partial<LawParameter> = {
  in: "positive",
  start: [1, 3, 10],
  meaning: "steepness per unit of loss",
};
const middle: Partial<LawParameter> = {
  in: "positive",
  start: [0.5, 0.9, 1.5, 2.5],
  meaning: "loss in the middle of the rise",
};
const openEnded =
  "From 0 to 1: a task with a chance level or with wrong labels wants logistic-loss, which fits both ends.";

/**
 * Accuracy as a sigmoid of loss.
 *
 * Acc(L) = σ(k·(L₀ − L)). Grattafiori et al. 2024, section 3.2.1, https://arxiv.org/abs/2407.21783
 */
export const sigmoidLoss: Law<"loss", "accuracy"> = defineLaw({
  name: "sigmoid-loss",
  title: "Task accuracy as a sigmoid of loss",
  kind: "task",
  formula: "sigmoid(k * (L_0 - L))",
  inputs: { loss: "L" },
  output: "accuracy",
  parameters: { k: steepness, L_0: middle },
  source: {
    authors: "Grattafiori et al.",
    year: 2024,
    title: "The Llama 3 Herd of Models",
    url: "https://arxiv.org/abs/2407.21783",
    where: "section 3.2.1, figure 4: a sigmoidal relation of ARC Challenge's accuracy to its loss",
  },
  unverified: "the paper draws the fitted curve and prints no coefficients",
  notes: ["The loss is the normalised loss of the right answers, not that of a validation set.", openEnded],
});

/**
 * Accuracy as a sigmoid of loss from a chance level to a ceiling, both fitted: saturation is a number, not a surprise.
 *
 * Acc(L) = g + (h − g)·σ(k·(L₀ − L)). olmo-task is the same curve with a = g − h and b = h.
 * Bhagia et al. 2024, eq. 2, https://arxiv.org/abs/2412.04403
 */
export const logisticLoss: Law<"loss", "accuracy"> = defineLaw({
  name: "logistic-loss",
  title: "Task accuracy as a sigmoid of loss between chance and a ceiling",
  kind: "task",
  formula: "g + (h - g) * sigmoid(k * (L_0 - L))",
  inputs: { loss: "L" },
  output: "accuracy",
  parameters: {
    g: { in: "unit", start: [0.02, 0.25], meaning: "accuracy of guessing" },
    h: { in: "unit", start: [0.8, 0.98], meaning: "ceiling: the accuracy that no loss gets beyond" },
    k: steepness,
    L_0: middle,
  },
  source: {
    authors: "Bhagia et al.",
    year: 2024,
    title: "Establishing Task Scaling Laws via Compute-Efficient Model Ladders",
    url: "https://arxiv.org/abs/2412.04403",
    where: "section 3.2, eq. 2, written with its two ends as parameters",
  },
  sets: {
    "bhagia2024-mmlu-refit": {
      parameters: { g: 0.2579356684852487, h: 1, k: 4.833379503055731, L_0: 0.615951686952906 },
      from: "olmo-task's set of that name in these letters",
      range: { loss: [0.984, 1.857] },
      note: "Fitted with the point (0, 1) added, which is why the ceiling is 1.",
    },
  },
  published: [
    {
      set: "bhagia2024-mmlu-refit",
      at: { loss: 0.7501562 },
      gives: 0.51268,
      within: 5e-6,
      where: "figures/chained_main.csv: MMLU of 13B-5T, from step 1's 0.7501562 bits per byte",
    },
  ],
  notes: [
    "Fix g at the chance level that the task's design gives (0.25 for four choices) when no model is near it.",
    "Fix h or don't extrapolate when no model is near the ceiling: k and h then trade against each other.",
  ],
});

/**
 * Accuracy in two rises: a mixture of two groups of questions that are learnt at different losses.
 *
 * Acc(L) = f·σ(k₁·(L₁ − L)) + (1 − f)·σ(k₂·(L₂ − L)). The two groups are those of Wu and Lo 2024,
 * https://arxiv.org/abs/2410.01692, who fit polynomials to each; the sigmoids are ours.
 */
export const doubleSigmoidLoss: Law<"loss", "accuracy"> = defineLaw({
  name: "double-sigmoid-loss",
  title: "Task accuracy as two sigmoids of loss: easy and hard questions",
  kind: "task",
  formula: "f * sigmoid(k_1 * (L_1 - L)) + (1 - f) * sigmoid(k_2 * (L_2 - L))",
  inputs: { loss: "L" },
  output: "accuracy",
  parameters: {
    f: { in: "unit", start: [0.3, 0.6], meaning: "share of easy questions" },
    k_1: { ...steepness, start: [2, 8], meaning: "steepness of the easy ones" },
    L_1: { ...middle, start: [1, 2, 3], meaning: "loss at which half of the easy ones are right" },
    k_2: { ...steepness, start: [2, 8], meaning: "steepness of the hard ones" },
    L_2: { ...middle, start: [0.5, 1, 2], meaning: "loss at which half of the hard ones are right" },
  },
  source: {
    authors: "Wu and Lo",
    year: 2024,
    title: "U-shaped and Inverted-U Scaling behind Emergent Abilities of Large Language Models",
    url: "https://arxiv.org/abs/2410.01692",
    where: "questions grouped by difficulty; the two-sigmoid form is not theirs",
  },
  unverified: "no paper's coefficients; the form is a mixture of two of sigmoid-loss",
  notes: [
    "Five parameters: with fewer than a dozen models on both rises it fits noise. Compare it with logistic-loss.",
    "The two groups can change places: (f, k_1, L_1, k_2, L_2) and (1 - f, k_2, L_2, k_1, L_1) are one curve.",
    "It only rises: the U-shapes that the paper finds within its groups are not in it.",
  ],
});
