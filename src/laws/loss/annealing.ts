import { defineLaw, type Law } from "../law.ts";

/**
 * Loss at every step of a run from its learning rates: progress by their sum, and what their falls bring on top.
 *
 * L(s) = L₀ + A·S₁^-α - C·S₂ with S₁ = Σᵢ ηᵢ and S₂ = Σᵢ Σₖ≤ᵢ (ηₖ₋₁ - ηₖ)·λ^(i-k). Tissue et al. 2024, eq. 1,
 * https://arxiv.org/abs/2408.11029
 *
 * S₁ and S₂ of any schedule are `curveFeatures`; λ is one number for a fit, found by trying several.
 */
export const annealing: Law<"lrArea" | "annealedArea", "loss"> = defineLaw({
  name: "annealing",
  title: "Annealing: a whole loss curve from the learning rate's area and its falls",
  kind: "loss",
  formula: "L_0 + A * S_1^(-alpha) - C * S_2",
  inputs: { lrArea: "S_1", annealedArea: "S_2" },
  output: "loss",
  parameters: {
    L_0: {
      in: "positive",
      start: [1, 2, 3],
      meaning: "loss of an endless run at a constant rate",
      unit: "nats/token",
    },
    A: { in: "positive", start: [0.3, 1], meaning: "size of the progress term" },
    alpha: { in: "positive", start: [0.2, 0.4, 0.6, 1], meaning: "exponent of the learning rate's area" },
    C: { in: "positive", start: [0.1, 0.5, 2], meaning: "loss that one unit of annealed area takes away" },
  },
  source: {
    authors: "Tissue, Wang and Wang",
    year: 2024,
    title: "Scaling Law with Learning Rate Annealing",
    url: "https://arxiv.org/abs/2408.11029",
    where: "eq. 1",
  },
  sets: {},
  published: [],
  unverified: "the fitted constants stand in the paper's figures only, which could not be read",
  notes: [
    "A table of step, learning rate and loss (and run, where there are several curves) is enough: S₁ and S₂ are worked out of it.",
    "One model, one batch, one peak rate: fit it on one or two curves and ask it about other schedules of the same run.",
    "Steps at a rate of zero go on lowering the predicted loss, and so does a peak rate beyond what training stands.",
    "The warm-up's rise counts into S₁ and not into S₂; the paper's treatment of it could not be read.",
  ],
});
