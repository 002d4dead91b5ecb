import { type CoefficientSet, defineLaw, type Law } from "../law.ts";

/** Exponents and natural logs of the coefficients in the authors' order: width, depth, parameters, tokens. */
const set = (
  [alpha, beta, gamma, zeta]: readonly [number, number, number, number],
  [a, b, c, d]: readonly [number, number, number, number],
  e: number,
  file: string,
  tokens: readonly [number, number],
): CoefficientSet => ({
  parameters: {
    E: Math.exp(e),
    A: Math.exp(a),
    alpha,
    B: Math.exp(b),
    beta,
    C: Math.exp(c),
    gamma,
    K: Math.exp(d),
    zeta,
  },
  from: `parameters_delta-3/approach_3_width_depth_parameters_grid_search_0_${file}.json, https://github.com/mcleish7/gemstone-scaling-laws`,
  params: "active",
  range: { width: [256, 3072], depth: [3, 80], params: [5e7, 2.1e9], tokens },
});

/**
 * Loss by width, depth, parameters and tokens, each a power law towards the same floor.
 *
 * L(w, d, p, T) = E + A / w^α + B / d^β + C / p^γ + K / T^ζ. McLeish et al. 2025 (Gemstones), the width–depth law of
 * approach 3, https://arxiv.org/abs/2502.06857
 */
export const shape: Law<"width" | "depth" | "params" | "tokens", "loss"> = defineLaw({
  name: "shape",
  title: "Shape: width and depth beside parameters and tokens",
  kind: "loss",
  formula: "E + A / w^alpha + B / d^beta + C / p^gamma + K / T^zeta",
  inputs: { width: "w", depth: "d", params: "p", tokens: "T" },
  output: "loss",
  parameters: {
    E: { in: "positive", start: [0.5, 1, 2], meaning: "irreducible loss", unit: "nats/token" },
    A: { in: "positive", start: [1, 10], meaning: "size of the width term" },
    alpha: { in: "positive", start: [0.2, 0.4], meaning: "exponent of width" },
    B: { in: "positive", start: [1, 10], meaning: "size of the depth term" },
    beta: { in: "positive", start: [0.4, 0.8], meaning: "exponent of depth" },
    C: { in: "positive", start: [400], meaning: "size of the parameter term" },
    gamma: { in: "positive", start: [0.25, 0.4], meaning: "exponent of parameters" },
    K: { in: "positive", start: [1e5], meaning: "size of the token term" },
    zeta: { in: "positive", start: [0.4, 0.6], meaning: "exponent of tokens" },
  },
  noBudget:
    "width, depth and parameters are inputs of their own, so a budget would move N at a shape that N doesn't have; use it to compare shapes by isoflop predict",
  source: {
    authors: "McLeish et al.",
    year: 2025,
    title: "Gemstones: A Model Suite for Multi-Faceted Scaling Laws",
    url: "https://arxiv.org/abs/2502.06857",
    where: "approach 3 with width and depth; depth_width.py in the authors' repository",
  },
  sets: {
    "gemstones2025-cooldown": set(
      [0.3540096969, 0.464087269, 0.3941362557, 0.5364845902],
      [1.5262220266, -0.1780173948, 6.3319550722, 11.5393125864],
      0.5874913187,
      "cool_end",
      [1.1e10, 1.1e11],
    ),
    "gemstones2025-hot-100b+": set(
      [0.205280776, 0.4741415976, 0.372096494, 0.5116481093],
      [1.0738807871, -0.2097602665, 6.2174536361, 10.9040518165],
      0.3966401522,
      "hot_100b+",
      [1e10, 3.5e11],
    ),
    "gemstones2025-lr-ablation": set(
      [0.3843608161, 0.5124435014, 0.4096142991, 0.5401321511],
      [1.5997194721, -0.2355685527, 6.6464813725, 11.8187276871],
      0.6638094371,
      "lr_ablation_hot",
      [1e10, 1e11],
    ),
  },
  published: [],
  unverified: "no loss of it is printed; the objective of each set on the authors' runs is tested",
  notes: [
    "Width, depth and parameters go together: a wide range of shapes is needed to tell their terms apart.",
    "The paper's N is the precise count of active parameters, with embeddings.",
    "Huber on logs with δ = 1e-3; the paper's fits with δ = 1e-4 stop short of their optimum.",
  ],
});
