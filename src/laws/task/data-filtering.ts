import { type CoefficientSet, defineLaw, type Law } from "../law.ts";

const epochs = 10;
/** Epoch j in the exponent: its examples count for b·(1/2)^((j-1)/τ). */
const later = Array.from({ length: epochs - 1 }, (_, i) => {
  const j = i + 2;
  const seen = j === epochs ? `max(n, ${j - 1} * U)` : `max(min(n, ${j} * U), ${j - 1} * U)`;
  return `2^(-${j - 1} / tau) * log(${seen} / (${j - 1} * U))`;
});

const pool = (b: number, tau: number, name: string): CoefficientSet => ({
  parameters: { a: 0.025, b, tau, d: 0.1 },
  from: `results/parameter_values.jsonl, tmars_imagenet1k_utility, ${name}, https://github.com/locuslab/scaling_laws_data_filtering`,
  range: { examples: [3.2e7, 1.28e8], uniqueExamples: [1.28e7, 6.4e7] },
});

/**
 * Error by the quality of a data pool, whose worth halves with its repeats.
 *
 * y = ((a·n₁)^-b + d)·∏ⱼ (nⱼ / nⱼ₋₁)^(-b·δⱼ), δⱼ = (1/2)^((j-1)/τ): n in hundred thousands, nⱼ what was seen by the end
 * of epoch j, b the utility of the pool and τ the epochs in which it halves. Goyal et al. 2024,
 * https://arxiv.org/abs/2404.07177
 *
 * As the authors' objective.py has it, where the product multiplies d too; ten epochs are spelt out, and the last goes on.
 */
export const dataFiltering: Law<"examples" | "uniqueExamples", "error"> = defineLaw({
  name: "data-filtering",
  title: "Data filtering: a pool's quality as utility, halving with repeats",
  kind: "task",
  formula: `((a * min(n, U) / 1e5)^(-b) + d) * exp(-b * (${later.join(" + ")}))`,
  inputs: { examples: "n", uniqueExamples: "U" },
  output: "error",
  parameters: {
    a: {
      in: "positive",
      start: [0.005, 0.03, 0.2],
      meaning: "what an example counts for, the same for all pools",
    },
    b: { in: "positive", start: [0.05, 0.1, 0.2], meaning: "utility of the pool: exponent of its examples" },
    tau: {
      in: "positive",
      start: [1, 4, 10],
      meaning: "epochs after which the utility has halved",
      unit: "epochs",
    },
    d: { in: "positive", start: [0.05, 0.2], meaning: "irreducible error" },
  },
  source: {
    authors: "Goyal et al.",
    year: 2024,
    title: "Scaling Laws for Data Filtering: Data Curation cannot be Compute Agnostic",
    url: "https://arxiv.org/abs/2404.07177",
    where: "the utility with repetition; func_effective_utility in the authors' objective.py",
  },
  sets: {
    "goyal2024-tmars-top-10": pool(0.16, 6.7272727272727275, "tmars_top0to10p"),
    "goyal2024-tmars-10-to-20": pool(0.125, 8.545454545454547, "tmars_top10to20p"),
    "goyal2024-tmars-20-to-30": pool(0.1, 5.2727272727272725, "tmars_top20to30p"),
    "goyal2024-tmars-30-to-40": pool(0.085, 2.2727272727272725, "tmars_top30to40p"),
  },
  published: [
    {
      set: "goyal2024-tmars-top-10",
      at: { examples: 1.28e8, uniqueExamples: 1.28e7 },
      gives: 0.7127099872429348,
      within: 1e-12,
      where:
        "the formula of func_effective_utility in objective.py, worked out again here for ten epochs of the pool",
    },
    {
      set: "goyal2024-tmars-10-to-20",
      at: { examples: 3.2e7, uniqueExamples: 1.28e7 },
      gives: 0.8697355958609422,
      within: 1e-12,
      where:
        "the formula of func_effective_utility in objective.py, worked out again here for two and a half epochs",
    },
  ],
  notes: [
    "No measured error is in the repository: the values checked are those of the formula in the authors' code, worked out a second time.",
    "Not beyond ten epochs, nor for another size of model. ImageNet zero-shot error of CLIP models of one size by image–text pairs: typed inputs, not tokens.",
    "A mixture of p equal pools takes the mean of their b·δ, with τ p times as long, as each pool repeats later.",
    "Grid-searched by the authors, to the grid's step only; d was held at 0.1.",
  ],
});
