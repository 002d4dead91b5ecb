import { defineLaw, type Law, type Source } from "../law.ts";

const source: Source = {
  authors: "Gao et al.",
  year: 2023,
  title: "Scaling Laws for Reward Model Overoptimization",
  url: "https://arxiv.org/abs/2210.10760",
  where: "section 1, the two functional forms",
};
const figuresOnly =
  "α and β stand in figures only (3, 17 and 18), by size and data of the proxy reward model; α of RL nowhere";
const notes = [
  "The reward is the gold reward above the initial policy's, which is 0 at d = 0.",
  "KL spent by RL and by best-of-n are not comparable: RL needs far more for the same gain (section 3.5).",
];

/**
 * How far best-of-n moves a policy from the one it samples: KL = ln n − (n − 1)/n, in nats.
 *
 * Stiennon et al. 2020, appendix G.3, as used in Gao et al. 2023, section 2, https://arxiv.org/abs/2210.10760
 */
export const bestOfNKl: Law<"samples", "klDivergence"> = defineLaw({
  name: "best-of-n-kl",
  title: "KL divergence of best-of-n from the policy it samples",
  kind: "sampling",
  formula: "log(n) - (n - 1) / n",
  inputs: { samples: "n" },
  output: "klDivergence",
  source: { ...source, where: "section 2, from Stiennon et al. 2020, appendix G.3" },
  unverified: "an identity without coefficients",
  notes: [
    "Section 3.1 has about 6 nats at n = 1000 and 10 at n = 60,000.",
    "An upper bound where answers can repeat; exact where the reward orders them strictly.",
  ],
});

/**
 * Gold reward under best-of-n against a proxy: it rises with the distance d = √KL, peaks and falls.
 *
 * R(d) = d·(α − β·d), with its peak at d = α / 2β. Gao et al. 2023, https://arxiv.org/abs/2210.10760
 */
export const gaoBestOfN: Law<"klDivergence", "reward"> = defineLaw({
  name: "gao-best-of-n",
  title: "Reward over-optimisation under best-of-n",
  kind: "sampling",
  formula: "d = sqrt(KL); d * (alpha - beta * d)",
  inputs: { klDivergence: "KL" },
  output: "reward",
  parameters: {
    alpha: { in: "positive", start: [0.5, 1], meaning: "gain per unit of distance at the start" },
    beta: { in: "positive", start: [0.05, 0.2], meaning: "how fast the proxy is over-optimised" },
  },
  source,
  unverified: figuresOnly,
  notes: [...notes, "Chain best-of-n-kl to it for the reward by n."],
});

/**
 * Gold reward under RL against a proxy, with d = √KL.
 *
 * R(d) = d·(α − β·ln d), with its peak at d = exp(α/β − 1). Gao et al. 2023, https://arxiv.org/abs/2210.10760
 */
export const gaoRl: Law<"klDivergence", "reward"> = defineLaw({
  name: "gao-rl",
  title: "Reward over-optimisation under reinforcement learning",
  kind: "sampling",
  formula: "d = sqrt(KL); d * (alpha - beta * log(d))",
  inputs: { klDivergence: "KL" },
  output: "reward",
  parameters: {
    alpha: { in: "positive", start: [0.5, 1], meaning: "gain per unit of distance at d = 1" },
    beta: { in: "positive", start: [0.2, 0.4], meaning: "how fast the proxy is over-optimised" },
  },
  source,
  unverified: figuresOnly,
  notes: [...notes, "Not near d = 0, where its slope is infinite (the paper's footnote 1)."],
});
