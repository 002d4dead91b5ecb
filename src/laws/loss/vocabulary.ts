import { defineLaw, type Law } from "../law.ts";

const range = {
  params: [3.3e7, 1.13e9],
  vocabulary: [4096, 96256],
  width: [512, 2048],
  characters: [8e8, 2.4e11],
} as const;

/**
 * Loss by vocabulary: its embeddings are parameters of their own, and characters become fewer tokens.
 *
 * L_u = -E + A1 / N^β + A2 / (V·d)^α2 + B / D^β, with N the parameters that are not embeddings, in millions, V·d those
 * that are, in millions, and D the tokens that H characters make, in billions. Tao et al. 2024, section 4.3 (approach
 * 3), https://arxiv.org/abs/2407.13623, as the authors fitted it: α1 held equal to β, and the tokens of a character a
 * parabola in ln(V / 1000), https://github.com/sail-sg/scaling-with-vocab
 */
export const vocabulary: Law<"params" | "vocabulary" | "width" | "characters", "normalisedLoss"> = defineLaw({
  name: "vocabulary",
  title: "Vocabulary: embeddings as parameters of their own, data in characters",
  kind: "loss",
  formula: [
    "v = log(V / 1000)",
    "D = H / 1e9 * (0.00639222 * v^2 - 0.15811069 * v + 1.20470122)",
    "-E + A_1 / (N / 1e6)^beta + A_2 / (V * W / 1e6)^alpha_2 + B / D^beta",
  ].join("; "),
  inputs: { params: "N", vocabulary: "V", width: "W", characters: "H" },
  output: "normalisedLoss",
  parameters: {
    E: {
      in: "positive",
      start: [2, 5],
      meaning: "what can be gained on a unigram model",
      unit: "nats/token",
    },
    A_1: { in: "positive", start: [0.5, 2], meaning: "size of the term of the other parameters" },
    A_2: { in: "positive", start: [0.2, 2], meaning: "size of the embeddings' term" },
    alpha_2: { in: "positive", start: [0.1, 0.3, 0.7, 1], meaning: "exponent of the embeddings" },
    B: { in: "positive", start: [0.5, 2], meaning: "size of the data term" },
    beta: {
      in: "positive",
      start: [0.1, 0.3, 0.5, 0.8],
      meaning: "exponent of data and of the other parameters",
    },
  },
  source: {
    authors: "Tao et al.",
    year: 2024,
    title: "Scaling Laws with Vocabulary: Larger Models Deserve Larger Vocabularies",
    url: "https://arxiv.org/abs/2407.13623",
    where: "approach 3, the parametric fit of the loss",
  },
  sets: {
    tao2024: {
      parameters: { E: 5.533, A_1: 1.831, A_2: 0.196, alpha_2: 0.671, B: 2.124, beta: 0.447 },
      from: "Tao et al. 2024, the fitted coefficients of approach 3",
      params: "nonEmbedding",
      range,
      note: "Chosen by R²; the refit has the lowest objective.",
    },
    "tao2024-refit": {
      parameters: {
        E: 5.534943,
        A_1: 1.828879,
        A_2: 0.1906685,
        alpha_2: 0.6636714,
        B: 2.121973,
        beta: 0.445317,
      },
      from: "the optimum of the sum of Huber losses (1e-3) on the authors' runs of at least 2.18e17 FLOPs, found here",
      params: "nonEmbedding",
      range,
    },
  },
  published: [],
  unverified: "the paper prints no value of it; its objective and R² on the authors' runs are tested",
  noBudget:
    "its data are characters, of which the vocabulary makes fewer or more tokens, and its loss is less than a unigram model's; ask it by isoflop predict",
  notes: [
    "The output is below 0 and falls as models get better: it is the loss less that of a unigram model.",
    "The parabola was made for ln V; the authors' fit hands it V in thousands, and only so do their coefficients fit their runs. For tokens of H characters that is not a tokenizer's count.",
    "One family of tokenizers (byte pairs on SlimPajama), untied embeddings counted once (V·d).",
  ],
});
