import {
  type Architecture,
  countParameters,
  findHardware,
  flopsPerToken,
  gpt2Shape,
  llamaShape,
} from "../../../src/models/index.ts";
import {
  activationBytesPerLayer,
  interconnectOf,
  memoryOf,
  type ParallelLayout,
  planSettings,
  planShape,
  stateBytes,
  stepTime,
} from "../../../src/plan/index.ts";
import { type Comparison, gigabytes, grouped } from "./comparison.ts";

const sizing = "https://github.com/karpathy/nanoGPT/blob/master/transformer_sizing.ipynb";
const cookbook = "https://github.com/EleutherAI/cookbook/tree/main/calc";
const megatron =
  "https://github.com/NVIDIA/Megatron-LM/blob/main/megatron/training/theoretical_memory_usage.py";
const deepspeed = "https://deepspeed.readthedocs.io/en/latest/memory.html";
const llmAnalysis = "https://github.com/cli99/llm-analysis/tree/main/examples/llama";

/** GPT-2, 124M, as nanoGPT trains it. */
const [L, h, s, V] = [12, 768, 1024, 50257];
export const sizingParams = (): number => s * h + V * h + L * (12 * h ** 2 + 2 * h) + h;
export const sizingFlops = (): number => 3 * (L * (24 * s * h ** 2 + 4 * s ** 2 * h) + 2 * s * h * V);
export const palmFlops = (): number => s * (6 * sizingParams() + 12 * L * h * s);
const cookbookParams = (): number => h * V + h * s + 12 * L * h ** 2 + 13 * L * h;
/** A pass more where activations are computed again, which is its default. */
const cookbookFlops = (passes: 3 | 4): number => passes * L * (24 * h ** 2 + 4 * s * h) + 6 * h * V;

const released = gpt2Shape({ layers: L, width: h, heads: 12 });
const trained: Architecture = { ...released, biases: false };
const exact = (): string => grouped(flopsPerToken(trained, { convention: "exact" }));

/** 7.5e9 parameters on 64 data-parallel devices: the case of ZeRO's figure 1. */
const [params, shards] = [7.5e9, 64];
const states = (zero: 0 | 1 | 2 | 3, ranks: number): string => {
  const { weights, gradients, optimizer } = stateBytes(params, zero, ranks);
  return gigabytes(weights + gradients + optimizer);
};

/** GPT-3: 96 layers of 12,288, sequences of 2,048. */
const gpt3 = gpt2Shape({ layers: 96, width: 12288, heads: 96, vocabulary: 51200, context: 2048 });
const single: ParallelLayout = {
  data: 1,
  tensor: 1,
  pipeline: 1,
  context: 1,
  expert: 1,
  zero: 0,
  sequenceParallel: false,
  recompute: "none",
  microBatch: 1,
  interleave: 1,
};
const kept = { attention: "scores", dropout: true } as const;
const layer = (layout: Partial<ParallelLayout>): number =>
  activationBytesPerLayer(gpt3, { ...single, ...layout }, kept);
const sbh = 2048 * 12288;

/** LLaMA 65B as llm-analysis lays it out on 2,048 A100. */
const llama65 = llamaShape({ layers: 80, width: 8192, heads: 64, context: 2048 });
const laid: ParallelLayout = {
  ...single,
  data: 32,
  tensor: 8,
  pipeline: 8,
  sequenceParallel: true,
  recompute: "selective",
};
/** Batches of 4M tokens (Touvron et al. 2023, table 2), in whole sequences for every copy. */
const sequences = 2048;
const a100 = findHardware("A100");
const days = (): number =>
  1.4e12 / stepTime(llama65, laid, a100, interconnectOf(a100), { sequences }).tokensPerSecond / 86400;

/** Step Law at 1e9 non-embedding parameters and 1e11 tokens; DeepSeek at their 6·N·D. */
const [N, D] = [1e9, 1e11];
const setting = (batch: number, rate: number): string =>
  `${(batch / 1e6).toFixed(2)}M tokens, ${(1000 * rate).toFixed(2)}e-3`;
const chosen = (): string => {
  const { batchTokens, learningRate } = planSettings({ params: N, tokens: D }).chosen;
  return setting(batchTokens, learningRate);
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const shapeOf = (layers: number, width: number, heads: number): string =>
  `${layers} layers, ${grouped(width)} wide, ${heads} heads`;

export const builds: readonly Comparison[] = [
  {
    who: "nanoGPT, transformer_sizing (size)",
    url: sizing,
    theirs: () => grouped(sizingParams()),
    ours: () => grouped(countParameters(trained).total),
  },
  {
    who: "cookbook, calc_transformer_params",
    url: cookbook,
    theirs: () => grouped(cookbookParams()),
    ours: () => grouped(countParameters(released).total),
  },
  {
    who: "nanoGPT, transformer_sizing (FLOPs)",
    url: sizing,
    theirs: () => grouped(sizingFlops() / s),
    ours: exact,
  },
  {
    who: "PaLM's formula",
    url: "https://arxiv.org/abs/2204.02311",
    theirs: () => grouped(palmFlops() / s),
    ours: () => grouped(flopsPerToken(trained, { convention: "6ND", attention: true })),
  },
  {
    who: "cookbook, calc_transformer_flops",
    url: cookbook,
    theirs: () => grouped(cookbookFlops(4)),
    ours: exact,
  },
  {
    who: "Hoffmann et al. 2022, Chinchilla",
    url: "https://arxiv.org/abs/2203.15556",
    theirs: () => shapeOf(80, 8192, 64),
    ours: () => {
      const { shape } = planShape({ params: 70e9, family: "chinchilla" });
      return shapeOf(shape.layers, shape.width, shape.heads);
    },
  },
  {
    who: "Touvron et al. 2023, Llama 2 70B",
    url: "https://arxiv.org/abs/2307.09288",
    theirs: () => shapeOf(80, 8192, 64),
    ours: () => {
      const { shape } = planShape({ params: 69e9 });
      return shapeOf(shape.layers, shape.width, shape.heads);
    },
  },
  {
    who: "Accelerate, estimate-memory",
    url: "https://github.com/huggingface/accelerate/blob/main/src/accelerate/commands/estimate.py",
    theirs: () => gigabytes(Math.max(4, 4 + 2, 2 * 4) * params),
    ours: () => states(0, 1),
  },
  {
    who: "Megatron-LM, report_theoretical_memory (states)",
    url: megatron,
    theirs: () => gigabytes((6 + 12 / shards) * params),
    ours: () => states(1, shards),
  },
  {
    who: "cookbook, calc_transformer_mem (states)",
    url: cookbook,
    theirs: () => gigabytes((2 + 4 + 12 / shards) * params + 5e8 * 2),
    ours: () => states(1, shards),
  },
  {
    who: "DeepSpeed, ZeRO 2 estimator",
    url: deepspeed,
    theirs: () => gigabytes(4 * params + (16 * params) / shards),
    ours: () => states(2, shards),
  },
  {
    who: "DeepSpeed, ZeRO 3 estimator",
    url: deepspeed,
    theirs: () => gigabytes((18 * params) / shards),
    ours: () => states(3, shards),
  },
  {
    who: "Megatron-LM, report_theoretical_memory (a layer)",
    url: megatron,
    theirs: () => megabytes((sbh * (18 + 4 * 4)) / 8),
    ours: () => megabytes(layer({ tensor: 8, sequenceParallel: true, recompute: "selective" })),
  },
  {
    who: "cookbook, calc_transformer_mem --checkpoint-activations",
    url: cookbook,
    theirs: () => gigabytes(96 * 34 * sbh),
    ours: () =>
      `${gigabytes(96 * layer({ recompute: "selective" }))}, all again ${gigabytes(96 * layer({ recompute: "full" }))}`,
  },
  {
    who: "llm-analysis, LLaMA 65B",
    url: llmAnalysis,
    theirs: () => "20.66 days",
    ours: () => `${days().toFixed(1)} days`,
  },
  {
    who: "llm-analysis, its memory",
    url: llmAnalysis,
    theirs: () => gigabytes(1e9 * (2.08 + 2.01 + 16.11)),
    ours: () => {
      const { weights, gradients, optimizer } = memoryOf(llama65, laid, { microBatches: 64 });
      return gigabytes(weights + gradients + optimizer);
    },
  },
  {
    who: "Step Law's tool",
    url: "https://step-law.github.io/#steplawtool",
    theirs: () => setting(0.58 * D ** 0.571, 1.79 * N ** -0.713 * D ** 0.307),
    ours: chosen,
  },
  {
    who: "DeepSeek LLM's formulas",
    url: "https://arxiv.org/abs/2401.02954",
    theirs: () => setting(0.292 * (6 * N * D) ** 0.3271, 0.3118 * (6 * N * D) ** -0.125),
    ours: chosen,
  },
];
