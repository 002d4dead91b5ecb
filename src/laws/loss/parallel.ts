import { defineLaw, type Law } from "../law.ts";

/**
 * Several streams of one model beside each other count as a larger model.
 *
 * L(N, P) = E + (A / (N·(k·ln P + 1)))^α, with P parallel streams whose outputs are weighed together.
 * Chen et al. 2025 (ParScale), eq. 5, https://arxiv.org/abs/2505.10475
 */
export const parallel: Law<"params" | "streams", "loss"> = defineLaw({
  name: "parallel",
  title: "Parallel streams: P passes count as ln P more parameters",
  kind: "loss",
  formula: "E + (A / (N * (k * log(P) + 1)))^alpha",
  inputs: { params: "N", streams: "P" },
  output: "loss",
  parameters: {
    E: { in: "positive", start: [0.5, 1, 1.5], meaning: "irreducible loss", unit: "nats/token" },
    A: {
      in: "positive",
      start: [1e7, 1e8, 1e9],
      meaning: "size at which the model's term is one",
      unit: "parameters",
    },
    k: { in: "positive", start: [0.1, 0.4], meaning: "how much one more e-fold of streams is worth" },
    alpha: { in: "positive", start: [0.1, 0.2, 0.4], meaning: "exponent of parameters" },
  },
  source: {
    authors: "Chen et al.",
    year: 2025,
    title: "Parallel Scaling Law for Language Models",
    url: "https://arxiv.org/abs/2505.10475",
    where: "eq. 5, at a fixed number of tokens",
  },
  unverified:
    "of the paper's two fits (figure 2) only k could be checked: 0.393 on Python code, 0.334 on the Pile",
  notes: [
    "One stream is a plain power law of parameters. Every stream costs a forward pass, but no memory for weights.",
    "The paper's runs: 0.5B to 4.4B parameters, 1 to 8 streams, 42 billion tokens each.",
  ],
});

/**
 * Loss on a task with a term for samples at test time, so that training and inference are planned together.
 *
 * L(N, D, k) = E + A / N^α + B / D^β + G / k^γ, the mean of -ln pass@k over a task's questions.
 * Roberts et al. 2026, approach 1, https://arxiv.org/abs/2604.01411
 */
export const trainToTest: Law<"params" | "tokens" | "samples", "loss"> = defineLaw({
  name: "train-to-test",
  title: "Train to test: chinchilla with a term for repeated samples",
  kind: "loss",
  formula: "E + A / N^alpha + B / D^beta + G / k^gamma",
  inputs: { params: "N", tokens: "D", samples: "k" },
  output: "loss",
  unit: "nats per question, -ln pass@k",
  parameters: {
    E: {
      in: "positive",
      start: [0.5, 1, 2],
      meaning: "what no size, data or samples remove",
      unit: "nats/question",
    },
    A: { in: "positive", start: [400], meaning: "size of the parameter term" },
    alpha: { in: "positive", start: [0.2, 0.35, 0.6], meaning: "exponent of parameters" },
    B: { in: "positive", start: [400], meaning: "size of the token term" },
    beta: { in: "positive", start: [0.2, 0.35, 0.6], meaning: "exponent of tokens" },
    G: { in: "positive", start: [0.5], meaning: "size of the sampling term" },
    gamma: { in: "positive", start: [0.2, 0.5, 1], meaning: "exponent of samples" },
  },
  source: {
    authors: "Roberts et al.",
    year: 2026,
    title: "Test-Time Scaling Makes Overtraining Compute-Optimal",
    url: "https://arxiv.org/abs/2604.01411",
    where: "approach 1: the loss extended by repeated samples",
  },
  unverified: "the paper's coefficients, one fit for each of eight tasks, could not be read",
  notes: [
    "Its loss is -ln pass@k of a question and not that of a token: map the column.",
    "Samples cost 2·N·k FLOPs per token of an answer, beside the 6·N·D of training: a budget of 6ND leaves them out.",
  ],
});
