import { type CoefficientSet, defineLaw, type Law, type PublishedValue, type Source } from "../law.ts";
import { powerOfCompute, powerParameters } from "./power-of-compute.ts";

const source: Source = {
  authors: "DeepSeek-AI",
  year: 2024,
  title: "DeepSeek LLM: Scaling Open-Source Language Models with Longtermism",
  url: "https://arxiv.org/abs/2401.02954",
  where: "section 3.1, eq. 1",
};
const tuned = (k: number, p: number): Record<string, CoefficientSet> => ({
  deepseek2024: {
    parameters: { k, p },
    from: "eq. 1",
    params: "nonEmbedding",
    range: { flops: [1e17, 2e19] },
  },
});
const allocated = (k: number, p: number): Record<string, CoefficientSet> => ({
  deepseek2024: {
    parameters: { k, p },
    from: "eq. 4, the corpus in use at the time",
    params: "nonEmbedding",
    range: { flops: [1e17, 3e20] },
    note: "Exponent of the model by corpus (table 4): 0.450 early, 0.524 this one, 0.578 OpenWebText2: better data, larger models.",
  },
});
const printed = (flops: number, gives: number, within: number, where: string): PublishedValue[] => [
  { set: "deepseek2024", at: { flops }, gives, within, where },
];
// eq. 2 for 30 layers, 4096 wide, sequences of 4096, on 2T tokens
const seven = (72 * 30 * 4096 ** 2 + 12 * 30 * 4096 * 4096) * 2e12;
const convention = "C = M·D with M the non-embedding FLOPs per token, attention included: not 6ND.";
const broad =
  "A broad optimum: settings within 0.25 % of the best loss lie in a wide band. Not for runs far from compute-optimal: only C enters (section 3.1).";
const corpus = "Not for other data: the exponents move with its quality (section 3.3).";

/** η = 0.3118·C^−0.1250. DeepSeek-AI 2024, eq. 1, https://arxiv.org/abs/2401.02954 */
export const deepseekLearningRate: Law<"flops", "learningRate"> = defineLaw({
  name: "deepseek-learning-rate",
  title: "DeepSeek: peak learning rate by compute",
  kind: "recipe",
  formula: powerOfCompute,
  inputs: { flops: "C" },
  output: "learningRate",
  parameters: powerParameters([0.01, 0.3], [-0.3, -0.1], "per step"),
  source,
  sets: tuned(0.3118, -0.125),
  published: printed(
    seven,
    4.2e-4,
    0.012,
    "table 2: 4.2e-4 for DeepSeek LLM 7B on 2T tokens; half of the last digit",
  ),
  notes: [
    convention,
    broad,
    "Some tables quote 0.3188 for the coefficient; the paper prints 0.3118, which gives the rates of both their models.",
  ],
});

/** B = 0.2920·C^0.3271 tokens. DeepSeek-AI 2024, eq. 1, https://arxiv.org/abs/2401.02954 */
export const deepseekBatch: Law<"flops", "batchTokens"> = defineLaw({
  name: "deepseek-batch",
  title: "DeepSeek: batch size by compute",
  kind: "recipe",
  formula: powerOfCompute,
  inputs: { flops: "C" },
  output: "batchTokens",
  parameters: powerParameters([0.1, 1], [0.25, 0.45], "tokens"),
  source,
  sets: tuned(0.292, 0.3271),
  published: printed(
    seven,
    2304 * 4096,
    0.025,
    "table 2: 2304 sequences of 4096 for DeepSeek LLM 7B on 2T tokens, 2.3 % above the law",
  ),
  notes: [convention, broad],
});

/** M = 0.1715·C^0.5243. DeepSeek-AI 2024, eq. 4, https://arxiv.org/abs/2401.02954 */
export const deepseekOptimalScale: Law<"flops", "flopsPerToken"> = defineLaw({
  name: "deepseek-optimal-scale",
  title: "DeepSeek: compute-optimal model scale, in non-embedding FLOPs per token",
  kind: "recipe",
  formula: powerOfCompute,
  inputs: { flops: "C" },
  output: "flopsPerToken",
  parameters: powerParameters([0.1, 1], [0.4, 0.6], "FLOPs per token"),
  source: { ...source, where: "section 3.2, eq. 4" },
  sets: allocated(0.1715, 0.5243),
  published: printed(
    3e20,
    3e20 / (5.8316 * 3e20 ** 0.4757),
    2e-4,
    "eq. 4: C / D_opt at the largest budget, 3e20 FLOPs, as C = M·D; four digits",
  ),
  notes: [
    convention,
    corpus,
    "M is about 6N for wide models and short sequences; M = 72·n·d² + 12·n·d·l for n layers (eq. 2).",
  ],
});

/** D = 5.8316·C^0.4757. DeepSeek-AI 2024, eq. 4, https://arxiv.org/abs/2401.02954 */
export const deepseekOptimalTokens: Law<"flops", "tokens"> = defineLaw({
  name: "deepseek-optimal-tokens",
  title: "DeepSeek: compute-optimal tokens",
  kind: "recipe",
  formula: powerOfCompute,
  inputs: { flops: "C" },
  output: "tokens",
  parameters: powerParameters([0.5, 5], [0.4, 0.6], "tokens"),
  source: { ...source, where: "section 3.2, eq. 4" },
  sets: allocated(5.8316, 0.4757),
  published: printed(
    3e20,
    3e20 / (0.1715 * 3e20 ** 0.5243),
    2e-4,
    "eq. 4: C / M_opt at the largest budget, 3e20 FLOPs, as C = M·D; four digits",
  ),
  notes: [convention, corpus],
});
