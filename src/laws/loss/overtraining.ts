import { defineLaw, type Law } from "../law.ts";

/**
 * Loss of a model trained for longer than compute-optimal, with one exponent for parameters and tokens.
 *
 * L(C, M) = E + (a·M^η + b·M^-η)·C^-η with C = 6ND and M = D / N.
 * Gadre et al. 2024, eq. 4, https://arxiv.org/abs/2403.08540
 */
export const overtraining: Law<"params" | "tokens", "loss"> = defineLaw({
  name: "overtraining",
  title: "Over-training: one exponent of compute at every number of tokens per parameter",
  kind: "loss",
  formula: "C = 6 * N * D; M = D / N; E + (a * M^eta + b / M^eta) / C^eta",
  inputs: { params: "N", tokens: "D" },
  output: "loss",
  parameters: {
    E: { in: "positive", start: [0.5, 1, 2], meaning: "irreducible loss", unit: "nats/token" },
    a: { in: "positive", start: [50, 500], meaning: "size of the parameter term, 6^-η·a = A of A / N^(2η)" },
    b: { in: "positive", start: [50, 500], meaning: "size of the token term, 6^-η·b = B of B / D^(2η)" },
    eta: {
      in: "positive",
      start: [0.05, 0.1, 0.15, 0.2, 0.3],
      meaning: "exponent of compute; 2η that of N and of D",
    },
  },
  source: {
    authors: "Gadre et al.",
    year: 2024,
    title: "Language models scale reliably with over-training and on downstream tasks",
    url: "https://arxiv.org/abs/2403.08540",
    where: "eq. 4",
  },
  sets: {
    "gadre2024-redpajama-refit": {
      parameters: {
        E: 1.8366483738751576,
        a: 212.236108534743,
        b: 366.6871700563752,
        eta: 0.13642535097647146,
      },
      from: "least squares on raw C4 loss of the authors' five fitting runs on RedPajama, https://github.com/mlfoundations/scaling",
      params: "total",
      range: {
        params: [10569312, 411616256],
        tokens: [211386240, 8232325120],
        tokensPerParam: [20, 320],
        flops: [1.3405e16, 2.0331e19],
      },
      note: "The authors' code prints A = 166.2 in place of a = A·6^η and b = 366.7, with the exponent -2η = -0.2729.",
    },
  },
  published: [
    {
      set: "gadre2024-redpajama-refit",
      at: { params: 1439795200, tokens: 921468928000 },
      gives: 2.50205356212 * 1.007103,
      within: 1e-6,
      where: "scaling_explorer.ipynb, cell 2: 0.7103 % above the measured loss of 1.4B at M = 640",
    },
    {
      set: "gadre2024-redpajama-refit",
      at: { params: 6889410560, tokens: 137788211200 },
      gives: 2.42499309937 * 1.00732,
      within: 1e-6,
      where: "scaling_explorer.ipynb, cell 2: 0.7320 % above the measured loss of 6.9B at M = 20",
    },
  ],
  notes: [
    "The same as chinchilla with alpha = beta = 2·eta, so the optimal tokens per parameter do not change with the budget.",
    "Inputs are N and D rather than C and M, so that a FLOP column in another convention than 6ND can't slip in.",
    "Five runs and four parameters: the published fit says little about its own uncertainty.",
  ],
});
