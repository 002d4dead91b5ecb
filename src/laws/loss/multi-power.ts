import { curvePieces } from "../../models/index.ts";
import { type CoefficientSet, defineLaw, type Law } from "../law.ts";

type Inputs<Piece extends number> = "lrArea" | `lr${"Drop" | "After" | "Since"}${Piece}`;

/** One value for each of the pieces' inputs. */
function ofPieces<T>(count: number, drop: T, after: T, since: T): Record<string, T> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i): [string, T][] => [
      [`lrDrop${i + 1}`, drop],
      [`lrAfter${i + 1}`, after],
      [`lrSince${i + 1}`, since],
    ]).flat(),
  );
}

/**
 * The {@link multiPower} law over any number of pieces: a schedule that falls no more often than that is met exactly,
 * any other the better the more there are.
 *
 * @param pieces 1 to 64; `curveFeatures` makes as many
 * @example multiPowerLaw(16)
 */
export function multiPowerLaw(pieces: number): Law<Inputs<number>, "loss"> {
  if (!(Number.isInteger(pieces) && pieces >= 1 && pieces <= 64))
    throw new Error(`cannot make a multi-power law: expected 1 to 64 pieces, got ${pieces}`);
  const letters: Record<string, string> = { lrArea: "S_1" };
  for (let j = 1; j <= pieces; j++) {
    letters[`lrDrop${j}`] = `d_${j}`;
    letters[`lrAfter${j}`] = `eta_${j}`;
    letters[`lrSince${j}`] = `since_${j}`;
  }
  const set = (
    L_0: number,
    A: number,
    alpha: number,
    B: number,
    C: number,
    beta: number,
    gamma: number,
    size: string,
  ): CoefficientSet => ({
    parameters: { L_0, A, alpha, B, C, beta, gamma },
    from: `the authors' README, table "Best Parameters", ${size}, https://github.com/thu-yao-01-luo/MultiPowerLaw`,
    // cosine and WSD curves of up to 72,000 steps from a peak of 3e-4
    range: {
      lrArea: [0.3, 21.6],
      ...ofPieces<readonly [number, number]>(pieces, [1e-6, 4e-5], [3e-5, 3e-4], [0.01, 10]),
    },
  });
  return defineLaw<Inputs<number>, "loss">({
    name: pieces === curvePieces ? "multi-power" : `multi-power-${pieces}`,
    title: "Multi-power law: a whole loss curve, each fall of the learning rate a power law of its own",
    kind: "loss",
    formula: `L_0 + A * S_1^(-alpha) - B * sum(j, 1, ${pieces}, d_j * (1 - (C * since_j / eta_j^gamma + 1)^(-beta)))`,
    inputs: letters as Record<Inputs<number>, string>,
    output: "loss",
    parameters: {
      L_0: {
        in: "positive",
        start: [2, 3],
        meaning: "loss of an endless run at a constant rate",
        unit: "nats/token",
      },
      A: { in: "positive", start: [0.5], meaning: "size of the progress term" },
      alpha: { in: "positive", start: [0.3, 0.6], meaning: "exponent of the learning rate's area" },
      B: { in: "positive", start: [400], meaning: "loss that a unit of fall takes away in the end" },
      C: { in: "positive", start: [1, 4], meaning: "how soon a fall pays off" },
      beta: { in: "positive", start: [0.4, 0.8], meaning: "exponent of a fall's pay-off" },
      gamma: { in: "positive", start: [0.4, 0.8], meaning: "how much sooner it pays off at a low rate" },
    },
    source: {
      authors: "Luo et al.",
      year: 2025,
      title: "A Multi-Power Law for Loss Curve Prediction Across Learning Rate Schedules",
      url: "https://arxiv.org/abs/2503.12811",
      where: "the law and its loss-reduction term, as the authors' README gives them",
    },
    sets: {
      "luo2025-400m": set(2.375, 0.654, 0.429, 523.425, 2.025, 0.594, 0.635, "400M"),
      "luo2025-100m": set(2.651, 0.601, 0.453, 437.946, 2.132, 0.598, 0.655, "100M"),
      "luo2025-25m": set(3.04, 0.525, 0.508, 363.788, 2.066, 0.583, 0.641, "25M"),
    },
    published: [],
    unverified: "the README prints coefficients and no loss of a curve",
    notes: [
      "A table of step, learning rate and loss (and run, where there are several curves) is enough: the rest is worked out of it.",
      "One model, one batch, one peak rate, as annealing: fit it on a few curves and ask it about other schedules.",
      "Read from the README's updated table, which differs a little from the paper's.",
      "Its pieces and their names are ours: the paper sums over every step.",
    ],
  });
}

/**
 * Loss at every step of a run from its learning rates, where each fall pays off by a power law of its own.
 *
 * L(t) = L₀ + A·(S₁(t) + S_W)^-α - B·Σₖ (ηₖ₋₁ - ηₖ)·G(ηₖ^-γ·Sₖ(t)), G(x) = 1 - (C·x + 1)^-β, Sₖ(t) = Σ ηᵢ from step k to t.
 * Luo et al. 2025, https://arxiv.org/abs/2503.12811
 *
 * S₁ + S_W is lrArea. The sum over steps is one over eight pieces, which `curveFeatures` makes of any schedule:
 * exact for up to eight falls, else within 4e-4 nats on the paper's schedules; {@link multiPowerLaw} takes more.
 */
export const multiPower: Law<Inputs<1 | 2 | 3 | 4 | 5 | 6 | 7 | 8>, "loss"> = multiPowerLaw(
  curvePieces,
) as Law<Inputs<1 | 2 | 3 | 4 | 5 | 6 | 7 | 8>, "loss">;
