import { defineLaw, type Law } from "../law.ts";
import { powerOfCompute, powerParameters } from "./power-of-compute.ts";

/** D* = 0.29·C^0.53. Grattafiori et al. 2024, section 3.2.1, https://arxiv.org/abs/2407.21783 */
export const llama3OptimalTokens: Law<"flops", "tokens"> = defineLaw({
  name: "llama3-optimal-tokens",
  title: "Llama 3: compute-optimal tokens",
  kind: "recipe",
  formula: powerOfCompute,
  inputs: { flops: "C" },
  output: "tokens",
  parameters: powerParameters([0.05, 0.5, 5], [0.4, 0.6], "tokens"),
  source: {
    authors: "Grattafiori et al.",
    year: 2024,
    title: "The Llama 3 Herd of Models",
    url: "https://arxiv.org/abs/2407.21783",
    where: "section 3.2.1 and figure 3",
  },
  sets: {
    "llama3-figure": {
      parameters: { k: 0.299, p: 0.537 },
      from: "the label in figure 3",
      params: "unstated",
      range: { flops: [6e18, 1e22] },
      note: "The digits to use: they give the token count of the text.",
    },
    "llama3-text": {
      parameters: { k: 0.29, p: 0.53 },
      from: "section 3.2.1",
      params: "unstated",
      range: { flops: [6e18, 1e22] },
      caution: "Rounded too far: 10.5T tokens at 3.8e25 FLOPs, where the text says 16.55T.",
    },
  },
  published: [
    {
      set: "llama3-figure",
      at: { flops: 3.8e25 },
      gives: 16.55e12,
      within: 0.02,
      where: "section 3.2.1: 16.55T tokens at 3.8e25 FLOPs; the third digit of 0.537 is worth 3 % there",
    },
  ],
  notes: [
    "The paper's 402B parameters at 3.8e25 FLOPs are not C / (6·D), which is 383B: the FLOP convention is not stated.",
    "IsoFLOP curves from 6e18 to 1e22 FLOPs: the flagship is an extrapolation by more than three orders of magnitude.",
  ],
});
