import { type CoefficientSet, defineLaw, type Law, type Source } from "../law.ts";
import { powerOfCompute, powerParameters } from "./power-of-compute.ts";

const source: Source = {
  authors: "Porian et al.",
  year: 2024,
  title: "Resolving Discrepancies in Compute-Optimal Scaling of Language Models",
  url: "https://arxiv.org/abs/2406.19146",
  where: "figure 1 and the table of exponents",
};
/** Weighted log-log regressions on the optima in the authors' repository; the exponents are the paper's to four digits. */
const refit = (k: number, p: number): CoefficientSet => ({
  parameters: { k, p },
  from: "the authors' optima with tuned hyperparameters, weighted by 1/σ², https://github.com/formll/resolving-scaling-law-discrepancies",
  range: { flops: [1.25e16, 2.56e19] },
});
const steps =
  "The paper goes from Kaplan's exponent to this in steps: 0.835, 0.706 counting the last layer's FLOPs, 0.602 with a shorter warm-up, 0.571 with a cosine decay matched to the run, 0.497 with tuned hyperparameters (RefinedWeb).";

const counting = "FLOPs and parameters count the output head and not the embedding.";
const extrapolated =
  "Not for budgets far above 2.56e19 FLOPs: the optima span three orders of magnitude, on models up to 0.9B.";

/** N* = k·C^0.497 (RefinedWeb), k·C^0.518 (OpenWebText2). Porian et al. 2024, https://arxiv.org/abs/2406.19146 */
export const porianOptimalParams: Law<"flops", "params"> = defineLaw({
  name: "porian-optimal-params",
  title: "Porian: compute-optimal model size with tuned hyperparameters",
  kind: "recipe",
  formula: powerOfCompute,
  inputs: { flops: "C" },
  output: "params",
  parameters: powerParameters([1e-5, 0.1], [0.4, 0.7], "parameters"),
  source,
  sets: {
    "porian2024-refinedweb-refit": refit(0.118926484055, 0.496895078163),
    "porian2024-openwebtext2-refit": refit(0.0469353463655, 0.518454205696),
  },
  published: [
    {
      set: "porian2024-refinedweb-refit",
      at: { flops: 2.56e19 },
      gives: 534703603.4,
      within: 0.1,
      where:
        "data/summary_df: the optimum at 2.56e19 FLOPs; one budget scatters by about a tenth around the line",
    },
  ],
  notes: [steps, counting, extrapolated],
});

/** D* = k·C^0.503 (RefinedWeb), k·C^0.483 (OpenWebText2). Porian et al. 2024, https://arxiv.org/abs/2406.19146 */
export const porianOptimalTokens: Law<"flops", "tokens"> = defineLaw({
  name: "porian-optimal-tokens",
  title: "Porian: compute-optimal tokens with tuned hyperparameters",
  kind: "recipe",
  formula: powerOfCompute,
  inputs: { flops: "C" },
  output: "tokens",
  parameters: powerParameters([1, 1e4], [0.3, 0.6], "tokens"),
  source,
  sets: {
    "porian2024-refinedweb-refit": refit(1.40142599982, 0.503104921816),
    "porian2024-openwebtext2-refit": refit(3.35715276097, 0.482926176065),
  },
  published: [
    {
      set: "porian2024-refinedweb-refit",
      at: { flops: 2.56e19 },
      gives: 7979498622,
      within: 0.1,
      where:
        "data/summary_df: the optimum at 2.56e19 FLOPs; one budget scatters by about a tenth around the line",
    },
  ],
  notes: [steps, counting, extrapolated],
});

/** η and B of the authors' runs: 16 sizes, printed to two digits and as whole sequences in make_paper.ipynb. */
const settings =
  "log-log regression on the settings of the authors' 16 tuned sizes, make_paper.ipynb in https://github.com/formll/resolving-scaling-law-discrepancies";
const quoted = "as quoted in Li et al. 2025, https://arxiv.org/abs/2503.04715, which compares such laws";
const range = { params: [5173248, 901726208] } as const;
const counted = "Parameters of the output head counted, those of the embedding not.";

/** η = 2.09·N^−0.329. Porian et al. 2024, https://arxiv.org/abs/2406.19146 */
export const porianLearningRate: Law<"params", "learningRate"> = defineLaw({
  name: "porian-learning-rate",
  title: "Porian: learning rate by parameters",
  kind: "recipe",
  formula: "k * N^p",
  inputs: { params: "N" },
  output: "learningRate",
  parameters: powerParameters([0.1, 3], [-0.6, -0.2], "per step", "parameter"),
  source: { ...source, where: "the fit to the sweep of learning rate and batch" },
  sets: {
    "porian2024-runs-refit": { parameters: { k: 2.0856624814, p: -0.3286888171 }, from: settings, range },
    "porian2024-quoted": {
      parameters: { k: 3.7, p: -0.36 },
      from: quoted,
      range,
      note: "Second-hand: up to 9 % from the settings that the authors ran with.",
    },
  },
  published: [
    {
      set: "porian2024-runs-refit",
      at: { params: 5173248 },
      gives: 1.3e-2,
      within: 0.005,
      where: "make_paper.ipynb: 0.013 for the smallest model",
    },
    {
      set: "porian2024-runs-refit",
      at: { params: 901726208 },
      gives: 2.4e-3,
      within: 0.017,
      where: "make_paper.ipynb: 0.0024 for the largest model",
    },
  ],
  notes: [
    counted,
    "For about 20 tokens per parameter and a constant rate: not for runs far from compute-optimal, which no input says.",
    "At small batches β₂ of Adam has to be tuned with it (abstract).",
    "On Step Law's grids the quoted law ends 0.37 % above the best loss (their comparison).",
  ],
});

/** B = 1.43·N^0.666 tokens. Porian et al. 2024, https://arxiv.org/abs/2406.19146 */
export const porianBatch: Law<"params", "batchTokens"> = defineLaw({
  name: "porian-batch",
  title: "Porian: batch size by parameters",
  kind: "recipe",
  formula: "k * N^p",
  inputs: { params: "N" },
  output: "batchTokens",
  parameters: powerParameters([0.1, 10], [0.5, 0.9], "tokens", "parameter"),
  source: { ...source, where: "the fit to the sweep of learning rate and batch" },
  sets: {
    "porian2024-runs-refit": { parameters: { k: 1.43232766, p: 0.6664723821 }, from: settings, range },
    "porian2024-quoted": {
      parameters: { k: 0.7576, p: 0.703 },
      from: quoted,
      range,
      note: "Second-hand: up to 17 % from the settings that the authors ran with; 0.00037·N^0.703 sequences of 2048.",
    },
  },
  published: [
    {
      set: "porian2024-runs-refit",
      at: { params: 5173248 },
      gives: 20 * 2048,
      within: 0.05,
      where: "make_paper.ipynb: 20 sequences of 2048 for the smallest model; all are multiples of four",
    },
    {
      set: "porian2024-runs-refit",
      at: { params: 901726208 },
      gives: 640 * 2048,
      within: 0.02,
      where: "make_paper.ipynb: 640 sequences of 2048 for the largest model",
    },
  ],
  notes: [
    counted,
    "For about 20 tokens per parameter: Step Law finds that the best batch grows with tokens and not with parameters.",
  ],
});
