import { chinchilla } from "../../../src/laws/index.ts";
import { findHardware } from "../../../src/models/index.ts";
import {
  type Budget,
  costOf,
  decodingShare,
  devicesForLatency,
  parseBudget,
  planInference,
} from "../../../src/plan/index.ts";
import { billions, type Comparison, grouped } from "./comparison.ts";

const narayanan = "https://arxiv.org/abs/2104.04473";
const lambda = "https://lambda.ai/blog/demystifying-gpt-3";
const read = (text: string): Budget => parseBudget(text, { assume: true });

/** GPT-3, by 6·P·D. */
const gpt3 = 6 * 175e9 * 300e9;

/** 6·N·D over the node's peak at 30 %, in days. */
export const sizingDays = (): number => (6 * 124_337_664 * 300e9) / (312e12 * 8 * 0.3) / 86400;
/** 8·T·P / (n·X), in days. */
export const megatronDays = (): number => (8 * 300e9 * 175e9) / (1024 * 140e12) / 86400;
/** Years of one V100 at 28 TFLOP/s. */
export const lambdaYears = (): number => 3.14e23 / 28e12 / (365.25 * 86400);
const scientific = (x: number): string => x.toExponential(2).replace("e+", "e");
const years = (hours: number): string => `${Math.round(hours / (365.25 * 24))} years`;

/** Watts × hours × kilograms a kWh. */
const mlCo2 = { kWh: 0.4 * 1_022_362, kg: 0.4 * 1_022_362 * 0.432 };
/** Kilowatts × hours × PUE × grams. */
export const gera: { kWh: number; kg: number } = {
  kWh: 0.4 * 256 * 300 * 1.1,
  kg: 0.4 * 256 * 300 * 1.1 * 0.4,
};
const electricity = ({ kWh, kg }: { kWh: number; kg: number }): string =>
  `${grouped(kWh)} kWh, ${(kg / 1000).toFixed(1)} t`;
const ofCost = (budget: Budget, more: { pue?: number; kgCo2PerKwh?: number } = {}): string => {
  const { energyKwh, co2Kg } = costOf({ flops: budget.flops!, hardware: "A100", mfu: budget.mfu, ...more });
  return electricity({ kWh: energyKwh!, kg: co2Kg! });
};

/** Sequences at which reading the weights takes as long as multiplying by them: peak / bandwidth, with 16 bits. */
export const kipply = (peak: number, bandwidth: number): number => peak / bandwidth;
const ridge = (name: string): number => 1 / decodingShare(findHardware(name), { batch: 1 });

export const costs: readonly Comparison[] = [
  {
    who: "Transformer Math 101, petaFLOP-days",
    url: "https://blog.eleuther.ai/transformer-math/",
    theirs: () => `${grouped(gpt3 / (1e15 * 24 * 3600))} PF-days`,
    ours: () => `${grouped(read("3.15e23 FLOPs").flops! / read("1 PF-day").flops!)} PF-days`,
  },
  {
    who: "nanoGPT, transformer_sizing (time)",
    url: "https://github.com/karpathy/nanoGPT/blob/master/transformer_sizing.ipynb",
    theirs: () => `${sizingDays().toFixed(2)} days`,
    ours: () => `${(read("2.238e20 on 8 A100 at 30% MFU").hours! / 24).toFixed(2)} days`,
  },
  {
    who: "Megatron-LM, 8TP / nX",
    url: narayanan,
    theirs: () => `${megatronDays().toFixed(1)} days`,
    ours: () => `${(read("3.15e23 on 1024 A100 at 44.87% MFU").hours! / 24).toFixed(1)} days`,
  },
  {
    who: "Megatron-LM, 6 of its 8 FLOPs",
    url: narayanan,
    theirs: () => `${megatronDays().toFixed(1)} days`,
    ours: () => `${(read("3.15e23 on 1024 A100 at 33.65% MFU").hours! / 24).toFixed(1)} days`,
  },
  {
    who: "Lambda, GPT-3",
    url: lambda,
    theirs: () => `${Math.round(lambdaYears())} years`,
    ours: () => years(read("3.14e23 on V100").deviceHours!),
  },
  {
    who: "Lambda, its price",
    url: lambda,
    theirs: () => "$4.6M",
    ours: () => {
      const { cost } = read("3.14e23 on V100");
      return cost!.costUsd === null ? "not known" : `$${cost!.costUsd}`;
    },
  },
  {
    who: "Epoch, GPU time at 30 %",
    url: "https://epochai.org/blog/estimating-training-compute",
    theirs: () => scientific(1024 * 34 * 86400 * 312e12 * 0.3),
    ours: () => {
      const { flops, flopsRange } = read("1024 A100 for 34 days");
      const [low, high] = flopsRange!;
      return `${scientific(flops!)} (${scientific(low)} to ${scientific(high)})`;
    },
  },
  {
    who: "Sardana et al. 2023",
    url: "https://arxiv.org/abs/2401.00448",
    theirs: () => "13.6B, × 2.84, 28 %",
    ours: () => {
      const basis = { law: chinchilla, set: "sardana2023" };
      const { optimum, factors, saved } = planInference(basis, { params: 30e9, served: { tokens: 1e13 } });
      return `${billions(optimum.params)}, × ${factors.tokens.toFixed(2)}, ${Math.round(100 * saved.share)} %`;
    },
  },
  {
    who: "kipply, batch",
    url: "https://kipp.ly/transformer-inference-arithmetic/",
    theirs: () => `${Math.round(kipply(312e12, 1.5e12))} sequences`,
    ours: () => `${Math.round(ridge("A100"))} sequences`,
  },
  {
    who: "llm-analysis, time of a token",
    url: "https://github.com/cli99/llm-analysis/tree/main/examples/llama",
    theirs: () => "33.85 ms on 2 A100",
    ours: () => {
      const hardware = findHardware("A100");
      return `${devicesForLatency(65.2e9, { hardware, secondsPerToken: 33.85e-3 })} A100 for 33.85 ms`;
    },
  },
  {
    who: "ML CO2 Impact",
    url: "https://mlco2.github.io/impact/",
    theirs: () => electricity(mlCo2),
    ours: () => ofCost(read("1022362 A100-hours")),
  },
  {
    who: "Gera, carbon estimator",
    url: "https://tools.gera.services/ai-model-carbon-estimator",
    theirs: () => electricity(gera),
    ours: () => ofCost(read("256 A100 for 300 hours"), { pue: 1.1, kgCo2PerKwh: 0.4 }),
  },
];
