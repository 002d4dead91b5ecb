import { defineLaw, type Law } from "../law.ts";

/** A row of table 2: `active` parameters, of which the model has (8·64 + 4) / 12 = 43 times as many in all. */
const row = (active: number, tokens: number, granularity: number, gives: number) => ({
  set: "krajewski2024",
  at: { params: active * 43, tokens, granularity },
  gives,
  within: 0.01,
  where: "table 2; half a unit of the last digits of alpha and beta alone moves it by 1 %",
});

/**
 * Loss of mixtures of fine-grained experts, each of them a G-th of the dense layer's width.
 *
 * L(N, D, G) = c + (g / G^γ + a) / N^α + b / D^β. Krajewski et al. 2024, eq. 9, https://arxiv.org/abs/2402.07871
 */
export const fineGrainedMoe: Law<"params" | "tokens" | "granularity", "loss"> = defineLaw({
  name: "fine-grained-moe",
  title: "Fine-grained mixture of experts: granularity shrinks the parameter term",
  kind: "loss",
  formula: "c + (g / G^gamma + a) / N^alpha + b / D^beta",
  inputs: { params: "N", tokens: "D", granularity: "G" },
  output: "loss",
  parameters: {
    c: { in: "positive", start: [0.5, 1.5], meaning: "irreducible loss", unit: "nats/token" },
    g: { in: "positive", start: [1, 5], meaning: "what coarse experts (G = 1) add to the parameter term" },
    gamma: { in: "positive", start: [0.3, 0.6, 1.2], meaning: "exponent of granularity" },
    a: { in: "positive", start: [10, 100], meaning: "size of the parameter term at infinite granularity" },
    alpha: { in: "positive", start: [0.08, 0.15, 0.3, 0.5], meaning: "exponent of parameters" },
    b: { in: "positive", start: [10, 100], meaning: "size of the token term" },
    beta: { in: "positive", start: [0.08, 0.15, 0.3, 0.5], meaning: "exponent of tokens" },
  },
  noBudget:
    'N counts every expert, of which a token passes few, so a token costs less than 6·N; say what it costs, such as --flops-per-token "6 * N / 43"',
  source: {
    authors: "Krajewski et al.",
    year: 2024,
    title: "Scaling Laws for Fine-Grained Mixture of Experts",
    url: "https://arxiv.org/abs/2402.07871",
    where: "eq. 9",
  },
  sets: {
    krajewski2024: {
      parameters: { c: 0.47, g: 2.1, gamma: 0.58, a: 18.1, alpha: 0.115, b: 30.8, beta: 0.147 },
      from: "table 1, 64 times the parameters of a dense layer (E = 64)",
      params: "nonEmbedding",
      range: { params: [1.29e8, 3.7e9], tokens: [1.6e10, 1.3e11], granularity: [1, 16] },
      // of 8·64 + 4 matrices of a layer, twelfths of it, a token passes 12; the router's own share depends on the width
      flopsPerToken: "6 * N / 43",
      note: "N counts all experts, without embeddings and routers; the fit had weight decay, which pulls c down.",
    },
  },
  published: [
    row(1e8, 4.37e9, 8, 3.133),
    row(1e9, 28.94e9, 16, 2.491),
    row(3e9, 72.9e9, 16, 2.245),
    row(7e9, 137.6e9, 32, 2.076),
    row(70e9, 941.07e9, 32, 1.694),
    row(300e9, 2.96e12, 64, 1.503),
    row(1e12, 7.94e12, 64, 1.367),
  ],
  notes: [
    "One expansion rate: other numbers of experts want other coefficients.",
    "Finer experts cost routing, which the loss doesn't see: the best granularity needs the FLOPs of the router.",
    "Where a router has more parameters than the experts, the paper saw the loss rise with granularity.",
  ],
});
