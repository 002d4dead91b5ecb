import { median } from "../numeric/index.ts";
import type { Hardware } from "./hardware.ts";

/** How much of the dense peak somebody's training reached, and who says so. */
export interface UtilisationRecord {
  readonly model: string;
  /** Name in the catalogue, or of hardware that isn't in it. */
  readonly hardware: string;
  readonly devices: number | null;
  /** Model FLOPs utilisation: FLOPs that the model needs (no recomputation), over the dense peak. */
  readonly mfu: number;
  /** A training run to its end, or a benchmark of some steps, which is the more flattering. */
  readonly kind: "run" | "benchmark";
  readonly source: string;
  readonly url: string;
}

const palm = {
  source: "Chowdhery et al. 2022, PaLM, Table 3",
  url: "https://arxiv.org/abs/2204.02311",
} as const;
const korthikanti = {
  source: "Korthikanti et al. 2022, Table 5 (no data parallelism)",
  url: "https://arxiv.org/abs/2205.05198",
} as const;
const llama3 = {
  source: "Llama Team 2024, The Llama 3 Herd of Models, Table 4",
  url: "https://arxiv.org/abs/2407.21783",
} as const;
const megatronCore = {
  source: "Megatron-LM README, 2024 (GPT-3 175B, strong scaling)",
  url: "https://github.com/NVIDIA/Megatron-LM",
} as const;
const maxText = (version: string): Pick<UtilisationRecord, "source" | "url"> => ({
  source: `MaxText, configs for TPU ${version}, "expected performance results"`,
  url: `https://github.com/AI-Hypercomputer/maxtext/tree/main/MaxText/configs/${version}`,
});

/** Published utilisations of language-model training, the oldest first. */
export const utilisations: readonly UtilisationRecord[] = [
  { model: "GPT-3 175B", hardware: "V100", devices: null, mfu: 0.213, kind: "run", ...palm },
  { model: "Gopher 280B", hardware: "TPU v3", devices: 4096, mfu: 0.325, kind: "run", ...palm },
  { model: "Megatron-Turing NLG 530B", hardware: "A100", devices: 2240, mfu: 0.302, kind: "run", ...palm },
  { model: "PaLM 540B", hardware: "TPU v4", devices: 6144, mfu: 0.462, kind: "run", ...palm },
  { model: "22B", hardware: "A100", devices: 8, mfu: 0.415, kind: "benchmark", ...korthikanti },
  { model: "175B", hardware: "A100", devices: 64, mfu: 0.514, kind: "benchmark", ...korthikanti },
  { model: "530B", hardware: "A100", devices: 280, mfu: 0.56, kind: "benchmark", ...korthikanti },
  { model: "1T", hardware: "A100", devices: 512, mfu: 0.563, kind: "benchmark", ...korthikanti },
  {
    model: "OPT-175B",
    hardware: "A100",
    devices: 992,
    mfu: 147 / 312,
    kind: "run",
    source: 'Zhang et al. 2022, OPT: "147 TFLOP/s utilization per GPU" of 312',
    url: "https://arxiv.org/abs/2205.01068",
  },
  {
    model: "LLaMA 65B",
    hardware: "A100",
    devices: 2048,
    mfu: (6 * 65.2e9 * 380) / 312e12,
    kind: "run",
    source: "Touvron et al. 2023, LLaMA, section 2.4: 380 tokens/s/GPU, at 6 FLOPs per parameter and token",
    url: "https://arxiv.org/abs/2302.13971",
  },
  {
    model: "MegaScale 175B",
    hardware: "A100",
    devices: 12288,
    mfu: 0.552,
    kind: "benchmark",
    source: "Jiang et al. 2024, MegaScale, abstract",
    url: "https://arxiv.org/abs/2402.15627",
  },
  { model: "GPT-3 175B", hardware: "H100", devices: 96, mfu: 0.47, kind: "benchmark", ...megatronCore },
  { model: "GPT-3 175B", hardware: "H100", devices: 4608, mfu: 0.42, kind: "benchmark", ...megatronCore },
  { model: "Llama 3 405B", hardware: "H100", devices: 8192, mfu: 0.43, kind: "run", ...llama3 },
  { model: "Llama 3 405B", hardware: "H100", devices: 16384, mfu: 0.41, kind: "run", ...llama3 },
  {
    model: "Llama 3 405B, 131k context",
    hardware: "H100",
    devices: 16384,
    mfu: 0.38,
    kind: "run",
    ...llama3,
  },
  { model: "22B", hardware: "TPU v4", devices: 64, mfu: 0.567, kind: "benchmark", ...maxText("v4") },
  { model: "16B", hardware: "TPU v5e", devices: 256, mfu: 0.611, kind: "benchmark", ...maxText("v5e") },
  { model: "128B", hardware: "TPU v5e", devices: 256, mfu: 0.5606, kind: "benchmark", ...maxText("v5e") },
  { model: "128B", hardware: "TPU v5e", devices: 8192, mfu: 0.4625, kind: "benchmark", ...maxText("v5e") },
  { model: "32B", hardware: "TPU v5p", devices: 64, mfu: 0.7147, kind: "benchmark", ...maxText("v5p") },
  { model: "128B", hardware: "TPU v5p", devices: 256, mfu: 0.6883, kind: "benchmark", ...maxText("v5p") },
  { model: "1024B", hardware: "TPU v5p", devices: 2048, mfu: 0.648, kind: "benchmark", ...maxText("v5p") },
  {
    model: "3B to 32B",
    hardware: "RTX 4090",
    devices: 4,
    mfu: 0.5,
    kind: "benchmark",
    source: 'Schultheis and Alistarh 2025, LLMQ, abstract: "around 50%"',
    url: "https://arxiv.org/abs/2512.15306",
  },
];

/** The share of the wall-clock in which a long run made progress; the rest went to failures and restarts. */
export interface EffectiveTimeRecord {
  readonly model: string;
  readonly devices: number;
  readonly share: number;
  /** What was published: the share itself, a bound on it, or times from which it follows. */
  readonly kind: "reported" | "at least" | "derived";
  readonly source: string;
  readonly url: string;
}

/** Published shares of useful time. */
export const effectiveTimes: readonly EffectiveTimeRecord[] = [
  {
    model: "OPT-175B",
    devices: 992,
    // 6 · 175e9 · 300e9 FLOPs at 147 TFLOP/s on each device; the run lasted from 11 November 2021 to 6 January 2022
    share: (6 * 175e9 * 300e9) / (992 * 147e12) / (57 * 86400),
    kind: "derived",
    source: "Zhang et al. 2022, OPT, and its logbook: 25 days of work at the stated rate took 57",
    url: "https://github.com/facebookresearch/metaseq/tree/main/projects/OPT/chronicles",
  },
  {
    model: "MegaScale",
    devices: 12288,
    share: 0.9,
    kind: "at least",
    source: 'Jiang et al. 2024, MegaScale: "over 90% effective training time rate"',
    url: "https://arxiv.org/abs/2402.15627",
  },
  {
    model: "Llama 3 405B",
    devices: 16384,
    share: 0.9,
    kind: "at least",
    source: "Llama Team 2024, section 3.3.4: higher than 90 % over 54 days with 419 unexpected interruptions",
    url: "https://arxiv.org/abs/2407.21783",
  },
];

/** A number that was not given and is taken from what was published, with its spread. */
export interface TypicalValue {
  readonly value: number;
  readonly range: readonly [low: number, high: number];
  /** How many published numbers it is the median of. */
  readonly count: number;
  /** Where it comes from, as half a sentence. */
  readonly from: string;
  /** False where one of the numbers is unverified, or none is of this hardware. */
  readonly verified: boolean;
}

/**
 * The MFU to reckon with where nobody gave one: the median of the published runs on this hardware, else of its
 * benchmarks, else of all published runs.
 *
 * The table holds large models on large clusters; a small model on one device may reach less, or more.
 *
 * @example typicalMfu(findHardware("H100")).value // 0.41
 */
export function typicalMfu({ name }: Pick<Hardware, "name">): TypicalValue {
  const here = utilisations.filter(({ hardware }) => hardware === name);
  const runs = here.filter(({ kind }) => kind === "run");
  if (runs.length > 0) return summarise(runs, "run", name);
  if (here.length > 0) return summarise(here, "benchmark", name);
  const all = utilisations.filter(({ kind }) => kind === "run");
  return {
    ...spread(all.map(({ mfu }) => mfu)),
    from: `the median of ${all.length} published runs on other hardware: none on ${name} is in the table`,
    verified: false,
  };
}

function summarise(
  records: readonly UtilisationRecord[],
  noun: UtilisationRecord["kind"],
  name: string,
): TypicalValue {
  const many = records.length > 1;
  const cited = records.map(({ model, source }) => `${model.split(",")[0]} (${source.split(",")[0]})`);
  return {
    ...spread(records.map(({ mfu }) => mfu)),
    from: `${many ? `the median of ${records.length}` : "one"} published ${noun}${many ? "s" : ""} on ${name}: ${[...new Set(cited)].join(", ")}`,
    verified: true,
  };
}

/**
 * The price of a device-hour to reckon with where nobody gave one: the median of the on-demand list prices in the
 * catalogue, else of whatever prices are there; null without any.
 *
 * @example typicalPrice(findHardware("H100"))?.value // 3.99
 */
export function typicalPrice({ name, prices }: Pick<Hardware, "name" | "prices">): TypicalValue | null {
  const listed = prices.filter(({ plan }) => plan === "on-demand");
  const used = listed.length > 0 ? listed : prices;
  if (used.length === 0) return null;
  if (used.every(({ plan }) => plan === "own"))
    return {
      ...spread(used.map(({ usd }) => usd)),
      from: `stated for ${name} by its owner`,
      verified: used.every((price) => price.verified),
    };
  const dates = used.flatMap(({ date }) => (date === null ? [] : [date])).sort();
  const read = dates.length === 0 ? "undated" : `read ${[...new Set([dates[0], dates.at(-1)])].join(" to ")}`;
  const who = used.map(({ provider }) => provider).join(", ");
  const verified = used.every((price) => price.verified);
  return {
    ...spread(used.map(({ usd }) => usd)),
    from: `${used.length > 1 ? `the median of ${used.length} prices` : "the price"} of ${name}, ${read}: ${who}${verified ? "" : " (unverified)"}`,
    verified,
  };
}

function spread(values: readonly number[]): Pick<TypicalValue, "value" | "range" | "count"> {
  return { value: median(values), range: [Math.min(...values), Math.max(...values)], count: values.length };
}
