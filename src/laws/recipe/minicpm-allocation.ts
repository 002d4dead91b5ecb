import { type CoefficientSet, defineLaw, type Law, type LawParameter, type Source } from "../law.ts";

const source: Source = {
  authors: "Hu et al.",
  year: 2024,
  title: "MiniCPM: Unveiling the Potential of Small Language Models with Scalable Training Strategies",
  url: "https://arxiv.org/abs/2404.06395",
  where: "section 4.5, eq. 3: N*/D* = K²·(C/6)^η, with D*/N* at 1e21 FLOPs for K² (figure 10)",
};
const parameters: Record<"r" | "eta", Partial<LawParameter>> = {
  r: {
    in: "positive",
    start: [20, 200],
    meaning: "tokens per parameter at 1e21 FLOPs",
    unit: "tokens per parameter",
  },
  eta: { in: "real", start: [-0.1, 0.1], meaning: "exponent of compute of N*/D*, (β - α) / (α + β)" },
};
const sets: Record<string, CoefficientSet> = {
  minicpm2024: {
    parameters: { r: 191.87, eta: -0.1 },
    from: "figure 10, average over five corpora, which section 4.5 rounds to 192",
    params: "nonEmbedding",
    // section 4.5: from 0.031B on 10 tokens a parameter to 2B on 60
    range: { flops: [5.8e16, 1.44e21] },
    note: "By corpus the ratio runs from 95.6 (η = 0) to 834 (η = -0.33). α = 0.29, β = 0.23; K² = 0.01 has too few digits to use.",
  },
};
const notes = [
  "Far more tokens than Chinchilla's 20 per parameter; fitted by envelope and surface, which others find the least stable.",
  "Not for other data: between the paper's five corpora the ratio differs by a factor of nine.",
];

/** Tokens per parameter by eq. 3 from the loss fitted in figure 10, N and D in billions: 7.15e-2/N^0.29 + 3.00e-1/D^0.23 + 0.31. */
function ratio(flops: number): number {
  const K = ((0.29 * 7.15e-2) / (0.23 * 0.3)) ** (1 / (0.29 + 0.23));
  return 1 / (K ** 2 * (flops / 6e18) ** ((0.23 - 0.29) / (0.29 + 0.23)));
}
const where = "eq. 3 with the coefficients of the loss printed in figure 10; two digits in the exponents";

/** D* = √(C/6 · r·(C/1e21)^−η). Hu et al. 2024, eq. 3, https://arxiv.org/abs/2404.06395 */
export const minicpmOptimalTokens: Law<"flops", "tokens"> = defineLaw({
  name: "minicpm-optimal-tokens",
  title: "MiniCPM: compute-optimal tokens",
  kind: "recipe",
  formula: "sqrt(C / 6 * r * (C / 1e21)^(-eta))",
  inputs: { flops: "C" },
  output: "tokens",
  parameters,
  source,
  sets,
  published: [
    {
      set: "minicpm2024",
      at: { flops: 1e21 },
      gives: Math.sqrt((1e21 / 6) * ratio(1e21)),
      within: 0.025,
      where,
    },
    {
      set: "minicpm2024",
      at: { flops: 1e20 },
      gives: Math.sqrt((1e20 / 6) * ratio(1e20)),
      within: 0.045,
      where,
    },
  ],
  notes,
});

/** N* = √(C/6 / (r·(C/1e21)^−η)). Hu et al. 2024, eq. 3, https://arxiv.org/abs/2404.06395 */
export const minicpmOptimalParams: Law<"flops", "params"> = defineLaw({
  name: "minicpm-optimal-params",
  title: "MiniCPM: compute-optimal model size",
  kind: "recipe",
  formula: "sqrt(C / 6 / r * (C / 1e21)^eta)",
  inputs: { flops: "C" },
  output: "params",
  parameters,
  source,
  sets,
  published: [
    {
      set: "minicpm2024",
      at: { flops: 1e21 },
      gives: Math.sqrt(1e21 / 6 / ratio(1e21)),
      within: 0.025,
      where,
    },
    {
      set: "minicpm2024",
      at: { flops: 1e20 },
      gives: Math.sqrt(1e20 / 6 / ratio(1e20)),
      within: 0.045,
      where,
    },
  ],
  notes,
});
