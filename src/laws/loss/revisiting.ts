import { defineLaw, type Law, type LawParameter, type Source } from "../law.ts";

const source: Source = {
  authors: "Alabdulmohsin, Neyshabur and Zhai",
  year: 2022,
  title: "Revisiting Neural Scaling Laws in Language and Vision",
  url: "https://arxiv.org/abs/2209.06640",
  where: "",
};
const unit = "in the unit of the data (loss or error)";
const unverified = "the paper prints how well the forms extrapolate and not their coefficients";
const beta: Partial<LawParameter> = { in: "positive", start: [1, 30, 1000], meaning: "size of the power" };
const c: Partial<LawParameter> = { in: "positive", start: [0.1, 0.3, 0.6], meaning: "exponent of examples" };
const floor: Partial<LawParameter> = {
  in: "positive",
  start: [0.01, 0.2, 0.5],
  meaning: "error or loss with endless data",
};

/**
 * Learning curve as a bare power law.
 *
 * ε(x) = β·x^-c. Alabdulmohsin et al. 2022, M1, https://arxiv.org/abs/2209.06640
 */
export const learningCurveM1: Law<"examples", "loss"> = defineLaw({
  name: "learning-curve-m1",
  title: "Learning curve M1: a power law",
  kind: "loss",
  formula: "beta * x^(-c)",
  inputs: { examples: "x" },
  output: "loss",
  unit,
  parameters: { beta, c },
  source: { ...source, where: "M1" },
  sets: {},
  published: [],
  unverified,
  notes: ["It has no floor, and so underrates the loss of long runs."],
});

/**
 * Learning curve as a power law with a floor.
 *
 * ε(x) = ε∞ + β·x^-c. Alabdulmohsin et al. 2022, M2, https://arxiv.org/abs/2209.06640
 */
export const learningCurveM2: Law<"examples", "loss"> = defineLaw({
  name: "learning-curve-m2",
  title: "Learning curve M2: a power law with a floor",
  kind: "loss",
  formula: "epsilon_inf + beta * x^(-c)",
  inputs: { examples: "x" },
  output: "loss",
  unit,
  parameters: { epsilon_inf: floor, beta, c },
  source: { ...source, where: "M2" },
  sets: {},
  published: [],
  unverified,
  notes: [
    "The paper minimises errors of ln(ε - ε∞), whose data depend on ε∞: on several of its curves that has two minima, and the published one is not always the lower.",
  ],
});

/**
 * Learning curve as a power law that bends into a plateau.
 *
 * ε(x) = β·(1/x + γ)^c. Alabdulmohsin et al. 2022, M3, https://arxiv.org/abs/2209.06640
 */
export const learningCurveM3: Law<"examples", "loss"> = defineLaw({
  name: "learning-curve-m3",
  title: "Learning curve M3: a power law of a shifted inverse",
  kind: "loss",
  formula: "beta * (1 / x + gamma)^c",
  inputs: { examples: "x" },
  output: "loss",
  unit,
  parameters: {
    beta,
    c,
    gamma: {
      in: "positive",
      start: [1e-10, 1e-8, 1e-6],
      meaning: "inverse of the examples at which the curve bends",
    },
  },
  source: { ...source, where: "M3" },
  sets: {},
  published: [],
  unverified,
  notes: ["The paper's search for γ stops at a grid made of its own points, above the least squares."],
});

/**
 * Learning curve with a start, a power law and a floor: a sigmoid in the logs.
 *
 * (ε - ε∞) / (ε₀ - ε)^α = β·x^-c, solved for ε. Alabdulmohsin et al. 2022, M4, https://arxiv.org/abs/2209.06640
 *
 * With the share u = (ε - ε∞) / gap of the gap ε₀ - ε∞ it reads u / (1 - u)^α = (x₀ / x)^c where β = gap^(1-α)·x₀^c, and
 * impliedLogit solves it for the logit of u; the derivatives come from the implicit function theorem. Written with
 * x₀ and the gap for the paper's β and ε₀, the law is linear in ε∞ and the gap, and ε₀ can't fall below ε∞.
 */
export const learningCurveM4: Law<"examples", "loss"> = defineLaw({
  name: "learning-curve-m4",
  title: "Learning curve M4: from the level of guessing over a power law to a floor",
  kind: "loss",
  formula: "epsilon_inf + gap * sigmoid(impliedLogit(c * log(x_0 / x), alpha))",
  inputs: { examples: "x" },
  output: "loss",
  unit,
  parameters: {
    epsilon_inf: floor,
    gap: {
      in: "positive",
      start: [1, 3],
      meaning: "ε₀ - ε∞: error or loss of guessing, without data, less the floor",
    },
    alpha: { in: "positive", start: [0.1, 1, 3], meaning: "how late the curve leaves the level of guessing" },
    x_0: {
      in: "positive",
      start: [1e2, 1e4, 1e6, 1e8],
      meaning: "examples about which the power law sets in: β = gap^(1-α)·x₀^c",
      unit: "examples",
    },
    c: { ...c, start: [0.2, 0.6] },
  },
  source: { ...source, where: "M4" },
  sets: {},
  published: [],
  unverified,
  notes: [
    "α = 0 is M2, α = 1 a logistic curve in ln x.",
    "A curve that neither starts at the level of guessing nor reaches its floor leaves the gap, α and ε∞ loose.",
    "The paper minimises errors of the logs of its equation, whose data depend on ε∞ and ε₀.",
  ],
});
