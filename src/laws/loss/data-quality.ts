import { defineLaw, type Law } from "../law.ts";

/**
 * Loss on data of several qualities: a token of a source is worth q^κ tokens of the reference, and each source has an
 * offset of its own.
 *
 * L(N, D, q) = E + A / N^α + B / (q^κ·D)^β + o·(1 − q). Effective tokens after Goyal et al. 2024,
 * https://arxiv.org/abs/2404.07177, put into Hoffmann's form; the offset is where that fails: a source whose text is
 * harder to predict whatever is trained on it.
 */
export const dataQuality: Law<"params" | "tokens" | "quality", "loss"> = defineLaw({
  name: "data-quality",
  title: "Data quality: a source's tokens count for more or fewer, and its loss is offset",
  kind: "loss",
  formula: "E + A / N^alpha + B / (q^kappa * D)^beta + o * (1 - q)",
  inputs: { params: "N", tokens: "D", quality: "q" },
  output: "loss",
  parameters: {
    E: {
      in: "positive",
      start: [0.5, 1, 2],
      meaning: "irreducible loss on the reference",
      unit: "nats/token",
    },
    A: { in: "positive", start: [400], meaning: "size of the parameter term" },
    alpha: { in: "positive", start: [0.2, 0.35, 0.5], meaning: "exponent of parameters" },
    B: { in: "positive", start: [2000], meaning: "size of the token term" },
    beta: { in: "positive", start: [0.2, 0.35, 0.5], meaning: "exponent of tokens" },
    kappa: {
      in: "real",
      start: [0.5, 2],
      meaning: "how much of its worth a token loses with quality; 0 for an offset alone",
    },
    o: {
      in: "real",
      start: [0.1],
      meaning: "loss added where quality is 0, at any scale",
      unit: "nats/token",
    },
  },
  source: {
    authors: "Goyal et al.",
    year: 2024,
    title: "Scaling Laws for Data Filtering: Data Curation cannot be Compute Agnostic",
    url: "https://arxiv.org/abs/2404.07177",
    where: "the idea of a token's utility, here in a loss law of language models; the form is ours",
  },
  sets: {},
  published: [],
  unverified:
    "the paper fits errors of vision-language models (data-filtering); no coefficients of a loss exist",
  notes: [
    "Quality is a share of the reference's, 1 for the reference itself: the score of a classifier, or one number a source.",
    "Runs of at least two qualities at several scales are needed: at one scale an offset and fewer effective tokens are the same.",
    "Hold o at 0 for effective tokens alone (`--fix o=0`), or kappa at 0 for an offset a source (`--fix kappa=0`).",
  ],
});
