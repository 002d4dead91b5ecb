import { defineLaw, type Law } from "../law.ts";

/**
 * The chance that one sample passes, by model size: its negative logarithm is a power law.
 *
 * PU(N) = exp(−c / (N/1e9)^α): the task law −ln p = c·N^−α, with its c at a billion parameters rather than at one.
 * Hu et al. 2023, https://arxiv.org/abs/2310.03262
 */
export const passUntil: Law<"params", "accuracy"> = defineLaw({
  name: "passuntil",
  title: "PassUntil: the pass rate of a task by model size",
  kind: "task",
  formula: "exp(-c / (N / 1e9)^alpha)",
  inputs: { params: "N" },
  output: "accuracy",
  parameters: {
    c: { in: "positive", start: [0.5, 5, 20], meaning: "-ln of the pass rate of a model of 1e9 parameters" },
    alpha: { in: "positive", start: [0.1, 0.25, 0.5], meaning: "exponent of parameters" },
  },
  source: {
    authors: "Hu et al.",
    year: 2023,
    title: "Predicting Emergent Abilities with Infinite Resolution Evaluation",
    url: "https://arxiv.org/abs/2310.03262",
    where: "the task scaling law, and section 6, definition 1",
  },
  unverified: "no raw data and no code are public, and the coefficients stand in figures only",
  notes: [
    "Not for a task that guessing solves at times, nor where several circuits solve it: the curve bends (section 6).",
    "Fit with squared-log-log: F(N) = ln(-ln p) is a straight line in ln N.",
    "Pass rates of 1e-5 need samples until one passes: r passes in K samples, p = r/K, or (r - 1)/(K - 1) without bias.",
    "passUntilTest in isoflop/ability tells a straight line from a convex or concave one (accelerated emergence).",
  ],
});
