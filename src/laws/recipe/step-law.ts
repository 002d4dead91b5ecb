import { defineLaw, type Law, type Source } from "../law.ts";

const source: Source = {
  authors: "Li et al.",
  year: 2025,
  title: "Predictable Scale: Part I, Step Law",
  url: "https://arxiv.org/abs/2503.04715",
  where: "the fitted laws of learning rate and batch, from the means of 1000 bootstrap fits",
};
const range = {
  params: [2.1e8, 1.1e9],
  tokens: [4e9, 1e11],
} as const;
const from = "the fitted law, and the means of the bootstrap fits in https://github.com/step-law/steplaw";
const notes = [
  "On the authors' 17 grids of dense models the run nearest to the law (in the logs of both settings) is on average 0.096 %, at most 0.31 %, above the best loss of the grid.",
  "Evaluate it, don't refit it: a regression on the released grids gives N^-0.766·D^0.197 and D^0.6125.",
  "For a constant final learning rate of 1e-5 rather than a decay to a share of the peak.",
];

/** η = 1.79·N^−0.713·D^0.307. Li et al. 2025, https://arxiv.org/abs/2503.04715 */
export const stepLawLearningRate: Law<"params" | "tokens", "learningRate"> = defineLaw({
  name: "step-law-learning-rate",
  title: "Step Law: peak learning rate by parameters and tokens",
  kind: "recipe",
  formula: "k * N^a * D^b",
  inputs: { params: "N", tokens: "D" },
  output: "learningRate",
  parameters: {
    k: { in: "positive", start: [0.1, 2, 30], meaning: "coefficient", unit: "per step" },
    a: { in: "real", start: [-0.8, -0.3], meaning: "exponent of parameters" },
    b: { in: "real", start: [-0.2, 0.3], meaning: "exponent of tokens" },
  },
  source,
  sets: {
    steplaw2025: {
      parameters: { k: 1.79, a: -0.713, b: 0.307 },
      from,
      params: "nonEmbedding",
      range,
    },
  },
  published: [
    {
      set: "steplaw2025",
      at: { params: 268304384, tokens: 8e10 },
      gives: 0.003906,
      within: 0.17,
      where: "the authors' grid, 268M on 80B tokens: the best run's learning rate, to half of a step of √2",
    },
  ],
  notes,
});

/** B = 0.58·D^0.571 tokens, whatever the model. Li et al. 2025, https://arxiv.org/abs/2503.04715 */
export const stepLawBatch: Law<"tokens", "batchTokens"> = defineLaw({
  name: "step-law-batch",
  title: "Step Law: batch size by tokens",
  kind: "recipe",
  formula: "k * D^b",
  inputs: { tokens: "D" },
  output: "batchTokens",
  parameters: {
    k: { in: "positive", start: [0.1, 1, 10], meaning: "coefficient", unit: "tokens" },
    b: { in: "real", start: [0.4, 0.6], meaning: "exponent of tokens" },
  },
  source,
  sets: {
    steplaw2025: { parameters: { k: 0.58, b: 0.571 }, from, range: { tokens: range.tokens } },
  },
  published: [
    {
      set: "steplaw2025",
      at: { tokens: 8e10 },
      gives: 1048576,
      within: 0.17,
      where: "the authors' grid, 268M on 80B tokens: the best run's batch, to half of a step of √2",
    },
  ],
  notes,
});
