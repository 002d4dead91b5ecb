import { kaplan2020, pfDay } from "../kaplan.ts";
import { defineLaw, type Law } from "../law.ts";

/**
 * Loss along the compute frontier.
 *
 * L(C) = (C_c / C)^α_C, with C in FLOPs; the paper counts PF-days, 8.64e19 FLOPs each.
 * Kaplan et al. 2020, eq. 1.3 and table 5, https://arxiv.org/abs/2001.08361
 */
export const kaplanC: Law<"flops", "loss"> = defineLaw({
  name: "kaplan-c",
  title: "Kaplan: loss by compute alone",
  kind: "loss",
  formula: "(C_c / C)^alpha_C",
  inputs: { flops: "C" },
  output: "loss",
  parameters: {
    C_c: {
      in: "positive",
      start: [1e23, 1e27, 1e31],
      meaning: "FLOPs at which the loss would be 1",
      unit: "FLOPs",
    },
    alpha_C: { in: "positive", start: [0.02, 0.05, 0.15], meaning: "exponent of compute" },
  },
  source: { ...kaplan2020, where: "eq. 1.3 and table 5" },
  sets: {
    "kaplan2020-min": {
      parameters: { C_c: 3.1e8 * pfDay, alpha_C: 0.05 },
      from: "eq. 1.3: the smallest compute, at batches far below the critical one",
      params: "nonEmbedding",
      range: { flops: [1e-8 * pfDay, 1 * pfDay] },
      note: "Measured 0.050; eq. 6.4 predicts 0.054 from the other exponents.",
    },
    "kaplan2020-naive": {
      parameters: { C_c: 1.6e7 * pfDay, alpha_C: 0.057 },
      from: "table 5: compute at a fixed batch of 2^19 tokens",
      params: "nonEmbedding",
      range: { flops: [1e-8 * pfDay, 1 * pfDay] },
      note: "The paper asks to extrapolate with C_min instead.",
    },
  },
  published: [
    {
      set: "kaplan2020-min",
      at: { flops: 1e4 * pfDay },
      gives: 1.7,
      within: 0.03,
      where: "eq. 6.8: L* ~ 1.7 at C* ~ 1e4 PF-days",
    },
  ],
  notes: [
    "C = 6·N·D with non-embedding N: not comparable with FLOPs that count the head or the embedding.",
    "kaplan2020-min takes C_min, which kaplan-min-compute works out from C, the batch and the loss.",
  ],
});
