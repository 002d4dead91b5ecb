import { defineLaw, type Law } from "../law.ts";

/**
 * Loss whose data exponent and coefficient depend on the model's size.
 *
 * L(N, D) = exp(s·N^q + S) + exp(B·N^b + Q)·D^(-exp(A·N^a + E)). Li et al. 2025 (Farseer),
 * https://arxiv.org/abs/2506.10972
 *
 * The starts are orders of magnitude, checked against no source: at A = -0.12 they make the exponent of data 0.50,
 * 0.35 and 0.22 at 1e8, 1e9 and 1e10 parameters, around the 0.28 to 0.37 of chinchilla's fits.
 */
export const farseer: Law<"params" | "tokens", "loss"> = defineLaw({
  name: "farseer",
  title: "Farseer: the exponent of data depends on the model's size",
  kind: "loss",
  formula: "exp(s * N^q + S) + exp(B * N^b + Q) * D^(-exp(A * N^a + E))",
  inputs: { params: "N", tokens: "D" },
  output: "loss",
  parameters: {
    s: { in: "real", start: [-0.02], meaning: "how the model's own floor falls with its size" },
    q: { in: "real", start: [0.15], meaning: "exponent of that" },
    S: { in: "real", start: [0.1, 0.5, 1], meaning: "log of the model's floor at a size of nothing" },
    B: { in: "real", start: [90], meaning: "how the data term's size falls with the model's" },
    b: { in: "real", start: [-0.1], meaning: "exponent of that" },
    Q: { in: "real", start: [-6], meaning: "log of the data term's size for an endless model" },
    A: { in: "real", start: [-0.12, -0.05], meaning: "how the exponent of data falls with the model's size" },
    a: { in: "real", start: [0.12], meaning: "exponent of that" },
    E: { in: "real", start: [0.4], meaning: "log of the exponent of data at a size of nothing" },
  },
  source: {
    authors: "Li et al.",
    year: 2025,
    title: "Predictable Scale: Part II, Farseer: A Refined Scaling Law in Large Language Models",
    url: "https://arxiv.org/abs/2506.10972",
    where: "the form of L(N, D) with nine parameters",
  },
  sets: {},
  published: [],
  unverified:
    "the form was read in a later benchmark's table of laws, the paper's nine coefficients could not be",
  notes: [
    "Nine parameters, three by three nearly interchangeable: it wants a dense grid of N and D, and its parameters mean little one by one.",
    "With a, b and q near 0 it is chinchilla without a floor of its own; the paper leaves embeddings out of N.",
  ],
});
