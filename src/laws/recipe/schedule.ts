import { defineLaw, type Law } from "../law.ts";

/** Warm-up as long in tokens as the model has parameters. Porian et al. 2024, https://arxiv.org/abs/2406.19146 */
export const warmUp: Law<"params", "warmupTokens"> = defineLaw({
  name: "warm-up",
  title: "Length of the warm-up by parameters",
  kind: "recipe",
  formula: "w * N",
  inputs: { params: "N" },
  output: "warmupTokens",
  parameters: {
    w: {
      in: "positive",
      start: [1],
      meaning: "tokens of warm-up per parameter",
      unit: "tokens per parameter",
    },
  },
  source: {
    authors: "Porian et al.",
    year: 2024,
    title: "Resolving Discrepancies in Compute-Optimal Scaling of Language Models",
    url: "https://arxiv.org/abs/2406.19146",
    where: "the correction of the warm-up",
  },
  sets: {
    porian2024: {
      parameters: { w: 1 },
      from: "the warm-up drawn in paper_figures.py, N tokens for a model of N parameters, https://github.com/formll/resolving-scaling-law-discrepancies",
      range: { params: [5e6, 9e8] },
      note: "Parameters of the output head counted, those of the embedding not; on RefinedWeb never below 13.1M tokens.",
    },
  },
  published: [
    {
      set: "porian2024",
      at: { params: 190354176 },
      gives: 363 * 524288,
      within: 0.003,
      where:
        "Bhagia et al. 2024, table 1, https://arxiv.org/abs/2412.04403: 363 steps of 524,288 tokens for their 190M by this rule; one step",
    },
    {
      set: "porian2024",
      at: { params: 1279395840 },
      gives: 813 * 1572864,
      within: 0.0013,
      where: "the same table: 813 steps of 1,572,864 tokens for their 1.3B; one step",
    },
  ],
  notes: [
    "Kaplan's 3000 steps of 2^19 tokens for every size are longer than a small model's whole best run: that alone moves the exponent of N* from 0.60 to 0.71.",
    "Not for large models: their runs mostly warm up for a fixed number of steps (2000 in DeepSeek LLM), far less than this.",
  ],
});

/** The final decay of a constant learning rate, as a share of the run. Hägele et al. 2024, https://arxiv.org/abs/2405.18392 */
export const decayLength: Law<"tokens", "decayTokens"> = defineLaw({
  name: "decay-length",
  title: "Length of the final decay after a constant learning rate",
  kind: "recipe",
  formula: "f * D",
  inputs: { tokens: "D" },
  output: "decayTokens",
  parameters: {
    f: { in: "unit", start: [0.1, 0.2], meaning: "share of the run in which the learning rate falls" },
  },
  source: {
    authors: "Hägele et al.",
    year: 2024,
    title: "Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations",
    url: "https://arxiv.org/abs/2405.18392",
    where: "section 3.2 and figure 5",
  },
  sets: {
    hagele2024: {
      parameters: { f: 0.2 },
      from: "section 3.2: longer cooldowns stop helping at around 20 %",
      note: "Between 10 and 20 % it passes a cosine schedule (figure 5), linear or 1 - sqrt in shape.",
    },
    minicpm2024: {
      parameters: { f: 0.1 },
      from: "Hu et al. 2024, section 4.3, https://arxiv.org/abs/2404.06395: 10 % is enough, 2.5 % is too short",
    },
    deepseek2024: {
      parameters: { f: 0.2 },
      from: "DeepSeek-AI 2024, section 2.3, https://arxiv.org/abs/2401.02954: to 31.6 % at 80 % of the tokens, to 10 % at 90 %",
      note: "Two steps down, not a slope.",
    },
  },
  unverified:
    "a rule of thumb: each set is the share that its paper prints, and no other number follows from it",
  notes: [
    "Not for long runs, where a smaller share does: 5 % of 200K steps in figure 6.",
    "The best constant learning rate is about half of the best peak of a cosine (figure 3 of the paper).",
    "A run stopped before its decay is no point of a loss law: much of the loss falls only then.",
  ],
});
