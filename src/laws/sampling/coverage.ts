import { defineLaw, type Law } from "../law.ts";

/**
 * Share of problems solved by at least one of k samples.
 *
 * c(k) = exp(-a / k^b), with the paper's a of the other sign.
 * Brown et al. 2024, section 3.1, eq. 3, https://arxiv.org/abs/2407.21787
 */
export const coverage: Law<"samples", "coverage"> = defineLaw({
  name: "coverage",
  title: "Repeated sampling: coverage as the exponential of a power law",
  kind: "sampling",
  formula: "exp(-a / k^b)",
  inputs: { samples: "k" },
  output: "coverage",
  parameters: {
    a: { in: "positive", start: [0.5, 2, 8], meaning: "-ln of the coverage of one sample" },
    b: { in: "positive", start: [0.1, 0.3, 0.6, 1], meaning: "exponent of samples" },
  },
  source: {
    authors: "Brown et al.",
    year: 2024,
    title: "Large Language Monkeys: Scaling Inference Compute with Repeated Sampling",
    url: "https://arxiv.org/abs/2407.21787",
    where: "section 3.1, eqs. 2 and 3",
  },
  sets: {
    "brown2024-swe-bench-lite": {
      // a = -ln 0.159, b = ln(a / -ln 0.56) / ln 250
      parameters: { a: 1.8388510767619055, b: 0.20903546046881524 },
      from: "through the two points that the abstract prints: 15.9 % with one sample, 56 % with 250 (SWE-bench Lite)",
      range: { samples: [1, 250] },
      note: "Two points for two parameters: it interpolates them and is no fit of the curve between.",
    },
  },
  published: [
    {
      set: "brown2024-swe-bench-lite",
      at: { samples: 1 },
      gives: 0.159,
      within: 3e-3,
      where: "abstract: 15.9 % with one sample",
    },
    {
      set: "brown2024-swe-bench-lite",
      at: { samples: 250 },
      gives: 0.56,
      within: 9e-3,
      where: "abstract: 56 % with 250 samples",
    },
    {
      set: "brown2024-swe-bench-lite",
      at: { samples: 5 },
      gives: 0.2962,
      within: 0.1,
      where:
        "table 1: 29.62 % with five samples, which the two points do not hold; within a tenth between them",
    },
  ],
  notes: [
    "Two fits are published: Brown et al. minimise squares of coverage (--objective squared), Schaeffer et al. 2025 squares of ln(-ln coverage) (--objective squared-log-log). They give different exponents: .194 and .199 for Pythia 70M on MATH.",
    "Coverage needs a verifier: without one, more samples are only more guesses.",
    "A mean over problems of unequal difficulty: a single problem's failure rate falls exponentially, not as a power.",
    "pass@k as the unbiased estimate from n samples is a metric, not this law.",
  ],
});
