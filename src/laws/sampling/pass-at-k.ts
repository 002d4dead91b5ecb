import { defineLaw, type Law } from "../law.ts";

/**
 * Coverage of k samples from the share of single samples that pass, problems being unequally hard.
 *
 * pass@k = 1 − B(s·p, s·(1 − p) + k) / B(s·p, s·(1 − p)): pass rates of problems spread like a beta distribution of mean p and
 * concentration s, so beta-binomial with α = s·p and β = s·(1 − p). With s → ∞ all problems are equally hard and it is
 * 1 − (1 − p)^k, the most that the mean p allows. Schaeffer et al. 2025, https://arxiv.org/abs/2502.17578
 */
export const passAtKLaw: Law<"accuracy" | "samples", "coverage"> = defineLaw({
  name: "pass-at-k",
  title: "From one sample to k: coverage by accuracy and samples",
  kind: "sampling",
  formula: "-expm1(logBeta(s * p, s * (1 - p) + k) - logBeta(s * p, s * (1 - p)))",
  inputs: { accuracy: "p", samples: "k" },
  output: "coverage",
  parameters: {
    s: {
      in: "positive",
      start: [0.3, 3, 30],
      meaning: "concentration: how alike the problems are; 0 for all or nothing, large for equally hard",
    },
  },
  source: {
    authors: "Schaeffer et al.",
    year: 2025,
    title: "How Do Large Language Monkeys Get Their Power (Laws)?",
    url: "https://arxiv.org/abs/2502.17578",
    where: "the section on distributions of single-attempt success, the beta by its mean and concentration",
  },
  sets: {
    "schaeffer2025-pythia-70m-refit": {
      parameters: { s: 100.1434839512 },
      from: "beta-binomial's set of that name: alpha + beta, at an accuracy of 0.00065",
      range: { samples: [1, 1e4] },
    },
    "schaeffer2025-pythia-2.8b-refit": {
      parameters: { s: 11.95009469 },
      from: "beta-binomial's set of that name: alpha + beta, at an accuracy of 0.0206",
      range: { samples: [1, 1e4] },
    },
  },
  published: [
    {
      set: "schaeffer2025-pythia-2.8b-refit",
      at: { accuracy: 0.24601999 / 11.95009469, samples: 1 },
      gives: 0.02031171875,
      within: 0.02,
      where:
        "the counts: 2.03 % of 1,280,000 samples of Pythia 2.8B pass; one sample has the coverage of its accuracy",
    },
  ],
  notes: [
    "Made for chains: size and data give a loss, the loss an accuracy, and this the coverage of k samples.",
    "The concentration moves with the model (100 for Pythia 70M, 12 for 2.8B, on MATH): fit it at a size near the one asked about.",
    "Counts of every problem say more than its mean: beta-binomial fits both parameters to them.",
  ],
});
