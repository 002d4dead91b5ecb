import {
  type CoefficientSet,
  defineLaw,
  type Law,
  type LawParameter,
  type PublishedValue,
  type Source,
} from "../law.ts";

const source: Source = {
  authors: "Clark et al.",
  year: 2022,
  title: "Unified Scaling Laws for Routed Language Models",
  url: "https://arxiv.org/abs/2202.01169",
  where: "",
};
const range = { params: [1.6e7, 1.31e9], experts: [1, 512] } as const;
const slopes: Record<"a" | "b" | "c" | "d", Partial<LawParameter>> = {
  a: { in: "real", start: [-0.08], meaning: "slope of log loss by log parameters" },
  b: { in: "real", start: [-0.1], meaning: "slope by log experts, where N = 1" },
  c: { in: "real", start: [0.01], meaning: "how far one slope falls as the other input grows" },
  d: { in: "real", start: [1.1], meaning: "log10 of the loss of one parameter and one expert" },
};
const unverified =
  "the paper's own coefficients of this form could not be read; those here are fitted to its runs";
const notes: readonly string[] = [
  "Every run had 130 billion tokens: it says nothing of other lengths, and Krajewski et al. 2024 dispute its cutoff for that.",
  "N counts the parameters that one token meets, E the experts of a routed layer; E = 1 is a dense model.",
  "Routing at every second layer and one expert a token (k = 1); logs are to base 10.",
];

/** Coefficients of a router from its runs, which have more digits than table 3. */
const refit = (router: string, parameters: Record<string, number>): CoefficientSet => ({
  parameters,
  from: `least squares on the log of the final loss of the dense and the ${router} runs with k = 1, frequency 1/2 and seed 42, found here; https://github.com/google-deepmind/scaling_laws_for_routing`,
  params: "active",
  range,
});

/** A row of table 3, with the size at which the paper says that the router ceases to help. */
const table3 = (router: string, parameters: Record<string, number>, cutoff: string): CoefficientSet => ({
  parameters,
  from: `table 3, ${router}`,
  params: "active",
  range,
  note: `The cutoff 10^(-b/c) is printed as ${cutoff}; c has too few digits for it, and the refit lies nearer to the runs.`,
});

/** The loss measured of the largest model: 1.3 billion parameters for each token. */
const measured = (set: string, experts: number, loss: number, within: number): PublishedValue => ({
  set,
  at: { params: 1308819456, experts },
  gives: loss,
  within,
  where: `measured, 1.3B with ${experts} experts (authors' data): within twice the set's root mean square error in log loss over the router's runs`,
});

/**
 * Loss of routed models with an independent power law of experts.
 *
 * log L = a log N + b log E + d. Clark et al. 2022, the separable law, https://arxiv.org/abs/2202.01169
 */
export const routedSeparable: Law<"params" | "experts", "loss"> = defineLaw({
  name: "routed-separable",
  title: "Routed models (mixtures of experts, MoE): a power of parameters times one of experts",
  kind: "loss",
  formula: "10^(a * log10(N) + b * log10(E) + d)",
  inputs: { params: "N", experts: "E" },
  output: "loss",
  parameters: {
    a: slopes.a,
    b: { in: "real", start: [-0.03], meaning: "slope of log loss by log experts" },
    d: slopes.d,
  },
  source: { ...source, where: "the law separable in parameters and experts" },
  sets: {
    "s-base-refit": refit("S-BASE", { a: -0.0700749, b: -0.02858197, d: 0.9983042 }),
    "rl-r-refit": refit("RL-R", { a: -0.0677427, b: -0.0276287, d: 0.9798292 }),
    "hash-refit": refit("HASH", { a: -0.0691748, b: -0.02549149, d: 0.9950843 }),
  },
  published: [],
  unverified,
  notes: [
    "The form that the paper rejects: experts help large models less than it says; use routed.",
    ...notes,
  ],
});

/**
 * The same with slopes that depend on each other.
 *
 * log L = a log N + b log E + c log N log E + d. Clark et al. 2022, the law with an interaction, https://arxiv.org/abs/2202.01169
 */
export const routedBilinear: Law<"params" | "experts", "loss"> = defineLaw({
  name: "routed-bilinear",
  title: "Routed models (mixtures of experts, MoE): bilinear in log parameters and log experts",
  kind: "loss",
  formula: "10^(a * log10(N) + b * log10(E) + c * log10(N) * log10(E) + d)",
  inputs: { params: "N", experts: "E" },
  output: "loss",
  parameters: slopes,
  source: { ...source, where: "the law with an interaction, before experts saturate" },
  sets: {
    "s-base-refit": refit("S-BASE", { a: -0.0801212, b: -0.0881313, c: 0.00741573, d: 1.078974 }),
    "rl-r-refit": refit("RL-R", { a: -0.0804292, b: -0.1028322, c: 0.00936249, d: 1.0817139 }),
    "hash-refit": refit("HASH", { a: -0.0808732, b: -0.0949359, c: 0.00864814, d: 1.0889972 }),
  },
  published: [],
  unverified,
  notes: ["Without the saturation at few and at many experts, which routed has.", ...notes],
});

/**
 * Loss of routed models: bilinear in log parameters and log experts, whose number saturates.
 *
 * log L = a log N + b log Ê + c log N log Ê + d, 1/Ê = 1/(E - 1 + 1/(1/E_start - 1/E_max)) + 1/E_max: Ê runs from
 * E_start for a dense model to E_max. Experts cease to help where b + c log N = 0, at N = 10^(-b/c).
 * Clark et al. 2022, eq. 1 and table 3, https://arxiv.org/abs/2202.01169
 */
export const routed: Law<"params" | "experts", "loss"> = defineLaw({
  name: "routed",
  title: "Routed models (mixtures of experts, MoE): bilinear in logs, experts saturate",
  kind: "loss",
  formula: [
    "E_hat = 1 / (1 / (E - 1 + 1 / (1 / E_start - 1 / E_max)) + 1 / E_max)",
    "10^(a * log10(N) + b * log10(E_hat) + c * log10(N) * log10(E_hat) + d)",
  ].join("; "),
  inputs: { params: "N", experts: "E" },
  output: "loss",
  parameters: {
    ...slopes,
    E_start: {
      in: "positive",
      start: [1.5, 4],
      meaning: "experts that a dense model counts as",
      unit: "experts",
    },
    E_max: {
      in: "positive",
      start: [150, 500],
      meaning: "experts beyond which more don't help",
      unit: "experts",
    },
  },
  source: { ...source, where: "eq. 1" },
  sets: {
    "clark2022-s-base": table3(
      "S-BASE",
      { a: -0.082, b: -0.108, c: 0.009, d: 1.104, E_start: 1.847, E_max: 314.478 },
      "937B",
    ),
    "clark2022-rl-r": table3(
      "RL-R",
      { a: -0.083, b: -0.126, c: 0.012, d: 1.111, E_start: 1.88, E_max: 469.982 },
      "85B",
    ),
    "clark2022-hash": table3(
      "HASH",
      { a: -0.087, b: -0.136, c: 0.012, d: 1.157, E_start: 4.175, E_max: 477.741 },
      "83B",
    ),
    "s-base-refit": refit("S-BASE", {
      a: -0.0830253,
      b: -0.1180437,
      c: 0.00992483,
      d: 1.11358,
      E_start: 2.074568,
      E_max: 238.6749,
    }),
    "rl-r-refit": refit("RL-R", {
      a: -0.0827295,
      b: -0.1234167,
      c: 0.01123257,
      d: 1.1070126,
      E_start: 1.721926,
      E_max: 470.0533,
    }),
    "hash-refit": refit("HASH", {
      a: -0.0873567,
      b: -0.1383639,
      c: 0.01263523,
      d: 1.1595307,
      E_start: 4.26877,
      E_max: 427.323,
    }),
  },
  // of the runs on which a set is compared: twice the root mean square of ln(law / measured) there
  published: [
    measured("clark2022-s-base", 128, 2.030570679, 0.017),
    measured("clark2022-rl-r", 128, 2.065347497, 0.0356),
    measured("clark2022-hash", 128, 2.088882909, 0.0242),
    measured("s-base-refit", 512, 1.999080369, 0.0149),
    measured("rl-r-refit", 512, 2.031533198, 0.0149),
    measured("hash-refit", 512, 2.056815137, 0.0143),
  ],
  notes,
});
