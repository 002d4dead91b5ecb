import { defineLaw, type Law } from "../law.ts";

/**
 * Loss falls with the context that a model is given, towards a floor.
 *
 * L(c) = (α / c)^β + γ. Xiong et al. 2023, section 3.1 and figure 1, https://arxiv.org/abs/2309.16039
 */
export const contextLength: Law<"contextTokens", "loss"> = defineLaw({
  name: "context-length",
  title: "Context length: a power law of the context with a floor",
  kind: "loss",
  formula: "(alpha / c)^beta + gamma",
  inputs: { contextTokens: "c" },
  output: "loss",
  parameters: {
    alpha: {
      in: "positive",
      start: [5, 20, 80],
      meaning: "context at which the term is one nat",
      unit: "tokens",
    },
    beta: { in: "positive", start: [0.2, 0.5, 1], meaning: "exponent of the context" },
    gamma: { in: "positive", start: [1, 1.5, 2.5], meaning: "loss with endless context", unit: "nats/token" },
  },
  source: {
    authors: "Xiong et al.",
    year: 2023,
    title: "Effective Long-Context Scaling of Foundation Models",
    url: "https://arxiv.org/abs/2309.16039",
    where: "section 3.1 and figure 1",
  },
  sets: {},
  published: [],
  unverified:
    "the fits for four model sizes stand in a figure, of which only the exponent of 70B, 0.51, could be read",
  notes: [
    "One model a fit, on text that is longer than the longest context asked about.",
    "Beyond the context a model was trained for, losses rise instead.",
  ],
});
