import { defineLaw, type Law } from "../law.ts";

/**
 * What pretraining is worth in fine-tuning data.
 *
 * D_T = k·D_F^α·N^β: the characters that a model of N parameters trained from scratch would need on top of the D_F it
 * is fine-tuned on. Hernandez et al. 2021, eq. 1.1 and table 1, https://arxiv.org/abs/2102.01293
 */
export const transfer: Law<"fineTuningCharacters" | "params", "transferredCharacters"> = defineLaw({
  name: "transfer",
  title: "Transfer: pretraining as so much more fine-tuning data",
  kind: "recipe",
  formula: "k * D_F^alpha * N^beta",
  inputs: { fineTuningCharacters: "D_F", params: "N" },
  output: "transferredCharacters",
  parameters: {
    k: { in: "positive", start: [1e4], meaning: "characters transferred where D_F = N = 1" },
    alpha: {
      in: "positive",
      start: [0.1, 0.3],
      meaning: "exponent of the fine-tuning set: the smaller, the nearer the two distributions",
    },
    beta: { in: "positive", start: [0.3, 0.5], meaning: "exponent of parameters: generality of the model" },
  },
  source: {
    authors: "Hernandez et al.",
    year: 2021,
    title: "Scaling Laws for Transfer",
    url: "https://arxiv.org/abs/2102.01293",
    where: "eq. 1.1 and table 1",
  },
  sets: {
    "hernandez2021-text-to-python": {
      parameters: { k: 1.9e4, alpha: 0.18, beta: 0.38 },
      from: "table 1, pretrained on text",
      params: "nonEmbedding",
      range: { fineTuningCharacters: [1e5, 1e8], params: [1e5, 1e9] },
    },
    "hernandez2021-text-and-code-to-python": {
      parameters: { k: 2.1e5, alpha: 0.096, beta: 0.38 },
      from: "table 1, pretrained on text and other code, half and half",
      params: "nonEmbedding",
      range: { fineTuningCharacters: [1e5, 1e8], params: [1e5, 1e9] },
    },
  },
  published: [
    {
      set: "hernandez2021-text-to-python",
      at: { fineTuningCharacters: 1, params: 1.75e11 },
      gives: 3.7e8,
      within: 0.05,
      where: "section 6.2: GPT-3's size and about one character; half a digit of β alone is 13 %",
    },
    {
      set: "hernandez2021-text-to-python",
      at: { fineTuningCharacters: 300, params: 1.75e11 },
      gives: 2.8 * 3.7e8,
      within: 0.05,
      where: "section 6.2: 300 characters make it 2.8 times as much",
    },
    {
      set: "hernandez2021-text-and-code-to-python",
      at: { fineTuningCharacters: 1, params: 1.75e11 },
      gives: 4.1e9,
      within: 0.05,
      where: "section 6.2, the same after text and code",
    },
    {
      set: "hernandez2021-text-and-code-to-python",
      at: { fineTuningCharacters: 300, params: 1.75e11 },
      gives: 1.7 * 4.1e9,
      within: 0.07,
      where: "section 6.2: 300 characters make it 1.7 times as much",
    },
  ],
  notes: [
    "For little fine-tuning data only: at most a tenth of what a model of that size can use; beyond, pretraining can even harm (ossification).",
    "Characters, not tokens; another unit changes k.",
    "One target, Python, and unsupervised fine-tuning only (section 5).",
  ],
});
