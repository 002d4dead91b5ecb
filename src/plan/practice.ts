/** What one published model was trained with. */
export interface Practice {
  readonly model: string;
  /** As the paper names the size. */
  readonly params: number;
  readonly tokens: number;
  readonly learningRate: number;
  /** The batch of most of the run, in tokens. */
  readonly batchTokens: number;
  readonly warmup: string;
  readonly source: string;
}

const gpt3 = (model: string, params: number, learningRate: number, batchTokens: number): Practice => ({
  model,
  params,
  tokens: 300e9,
  learningRate,
  batchTokens,
  warmup: "375M tokens",
  source: "Brown et al. 2020, table 2.1 and appendix B, https://arxiv.org/abs/2005.14165",
});

const llama3 = (model: string, params: number, learningRate: number): Practice => ({
  model,
  params,
  tokens: 15.6e12,
  learningRate,
  batchTokens: 16e6,
  warmup: "8,000 steps (405B)",
  source:
    "Grattafiori et al. 2024, table 3 and section 3.4.1, https://arxiv.org/abs/2407.21783; the batch is the 405B's, 4M tokens at first",
});

const deepseek = (model: string, params: number, learningRate: number, sequences: number): Practice => ({
  model,
  params,
  tokens: 2e12,
  learningRate,
  batchTokens: sequences * 4096,
  warmup: "2,000 steps",
  source: "DeepSeek-AI 2024, table 2 and section 2.3, https://arxiv.org/abs/2401.02954",
});

/** Published runs to hold a plan against, the smallest first within a paper. */
const practices: readonly Practice[] = [
  gpt3("GPT-3 Small", 125e6, 6e-4, 0.5e6),
  gpt3("GPT-3 Medium", 350e6, 3e-4, 0.5e6),
  gpt3("GPT-3 Large", 760e6, 2.5e-4, 0.5e6),
  gpt3("GPT-3 XL", 1.3e9, 2e-4, 1e6),
  gpt3("GPT-3 2.7B", 2.7e9, 1.6e-4, 1e6),
  gpt3("GPT-3 6.7B", 6.7e9, 1.2e-4, 2e6),
  gpt3("GPT-3 13B", 13e9, 1e-4, 2e6),
  gpt3("GPT-3 175B", 175e9, 0.6e-4, 3.2e6),
  deepseek("DeepSeek LLM 7B", 7e9, 4.2e-4, 2304),
  deepseek("DeepSeek LLM 67B", 67e9, 3.2e-4, 4608),
  llama3("Llama 3 8B", 8e9, 3e-4),
  llama3("Llama 3 70B", 70e9, 1.5e-4),
  llama3("Llama 3 405B", 405e9, 8e-5),
];

/** The published runs nearest in size, by the logarithm of parameters, one a paper. */
export function nearestPractices(params: number): Practice[] {
  const away = ({ params: other }: Practice): number => Math.abs(Math.log(other / params));
  const bySource = new Map<string, Practice>();
  for (const practice of practices) {
    const held = bySource.get(practice.source);
    if (!held || away(practice) < away(held)) bySource.set(practice.source, practice);
  }
  return [...bySource.values()].sort((x, y) => away(x) - away(y));
}
