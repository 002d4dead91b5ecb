import { defineLaw, type Law } from "../law.ts";

/**
 * One architecture's power law with its own floor, for setting families side by side.
 *
 * L(N) = E + A / N^α with an offset and an exponent for each family. After Tay et al. 2022, who compare the slopes
 * of ten architectures; their lines are straight in the logs, without a floor, https://arxiv.org/abs/2207.10551
 *
 * Whether two families share the exponent, or the exponent and the floor, is a question for `compareFamilies`.
 */
export const familyPower: Law<"params", "loss"> = defineLaw({
  name: "family-power",
  title: "Power law with a floor, one for each family of architectures",
  kind: "loss",
  formula: "E + A / N^alpha",
  inputs: { params: "N" },
  output: "loss",
  parameters: {
    E: { in: "positive", start: [0.5, 1, 2], meaning: "floor of the family", unit: "nats/token" },
    A: { in: "positive", start: [10, 400], meaning: "offset of the family: size of the parameter term" },
    alpha: { in: "positive", start: [0.05, 0.15, 0.3, 0.6], meaning: "exponent of the family" },
  },
  source: {
    authors: "Tay et al.",
    year: 2022,
    title: "Scaling Laws vs Model Architectures: How does Inductive Bias Influence Scaling?",
    url: "https://arxiv.org/abs/2207.10551",
    where: "the comparison of ten architectures' slopes",
  },
  sets: {},
  published: [],
  unverified: "the paper's slopes could not be read",
  notes: [
    "Families are comparable at the same tokens or at the same tokens per parameter only.",
    "A family that wins at one size may lose at another: compare the curves, not one point.",
    "Exponent and floor trade off within a narrow range of sizes; look at the intervals before naming a winner.",
  ],
});
