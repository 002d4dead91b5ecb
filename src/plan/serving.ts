import { type Hardware, trainingPeak } from "../models/index.ts";
import { formatNumber } from "../numeric/index.ts";
import type { InferenceLoad } from "./goals.ts";

/** What will be served over a model's life: all tokens alike, or prompts and answers apart. */
export type ServedTokens =
  | { readonly tokens: number }
  | { readonly inputTokens: number; readonly outputTokens: number };

/** How serving is done; without any of it a FLOP costs the same in training and in serving (Sardana's first part). */
export interface Serving {
  readonly latency?: LatencyClass;
  /** Shares of the training peak rate that training, reading prompts and writing answers reach. */
  readonly trainingUtilisation?: number;
  readonly prefillUtilisation?: number;
  readonly decodeUtilisation?: number;
  /** From which the decoding share follows: sequences decoded together, on this hardware, in weights of so many bits. */
  readonly hardware?: Hardware;
  readonly batch?: number;
  readonly weightBits?: number;
  /** A device-hour of serving over one of training, in money. */
  readonly priceRatio?: number;
}

/** A number that was assumed, and whence. */
export interface Assumed {
  readonly what: string;
  readonly value: number;
  readonly source: string;
}

/** What a served token costs beside its 2·N FLOPs at the training rate. */
export interface ServingCost {
  /** Served tokens, weighed by how dear their FLOPs are beside those of training. */
  readonly weighedTokens: number;
  /** As asked, unweighed. */
  readonly tokens: number;
  readonly assumed: readonly Assumed[];
  readonly warnings: readonly string[];
}

/** "interactive" for somebody who waits, "batch" for work without hurry. */
export type LatencyClass = "interactive" | "batch";

const pope = "Pope et al. 2022, Efficiently Scaling Transformer Inference, https://arxiv.org/abs/2211.05102";
const palm = "Chowdhery et al. 2022, PaLM, table 3: 46.2 %, https://arxiv.org/abs/2204.02311";

/** Utilisations of PaLM 540B on 64 TPU v4 at a context of 2,048, bf16 FLOPs at int8 weights. */
export const latencyClasses: Readonly<
  Record<
    LatencyClass,
    {
      readonly prefill: number;
      readonly decode: number;
      readonly source: string;
      readonly unverified: string;
    }
  >
> = {
  interactive: {
    prefill: 0.43,
    decode: 0.14,
    source: `${pope}, table 2, low latency: one prompt at a time, 64 answers at a time`,
    unverified:
      "the two shares could not be read again; the abstract's 29 ms a token, at a batch of 64, is a decoding share of 13.5 %",
  },
  batch: {
    prefill: 0.76,
    decode: 0.33,
    source: `${pope}, table 2, high throughput: 512 at a time; the prefill share is in the abstract too`,
    unverified: "the decoding share could not be read again",
  },
};

/**
 * The share of the peak rate that decoding a batch reaches when every step reads all weights once.
 *
 * u = min(ceiling, 2·b·w / (p/8 · F)): b sequences, w bytes of memory a second, p bits a weight, F peak FLOPs a second.
 * The roofline of Williams et al. 2009, https://doi.org/10.1145/1498765.1498785, on 2 FLOPs for each weight and
 * sequence. Left out: the reading of keys and values, which at long contexts costs as much again.
 *
 * @example decodingShare(findHardware("H100"), { batch: 32 }) // 0.108
 */
export function decodingShare(
  hardware: Hardware,
  { batch, weightBits = 16, ceiling = 1 }: { batch: number; weightBits?: number; ceiling?: number },
): number {
  const peak = trainingPeak(hardware);
  const { bandwidthBytesPerSecond: bandwidth } = hardware;
  if (peak === null || bandwidth === null)
    throw new Error(
      `cannot say what decoding on ${hardware.name} costs: its ${peak === null ? "peak rate" : "memory bandwidth"} is unknown; give decodeUtilisation`,
    );
  return Math.min(ceiling, (2 * batch * bandwidth) / ((weightBits / 8) * peak));
}

/**
 * The devices over which a model has to be spread to write a token in the time that it may take: each step reads all weights.
 *
 * n = N·(p/8) / (w·t), without the time of the exchange between them, which bounds how many help.
 */
export function devicesForLatency(
  params: number,
  {
    hardware,
    secondsPerToken,
    weightBits = 16,
  }: { hardware: Hardware; secondsPerToken: number; weightBits?: number },
): number | null {
  const { bandwidthBytesPerSecond: bandwidth } = hardware;
  return bandwidth === null
    ? null
    : Math.max(1, Math.ceil((params * (weightBits / 8)) / (bandwidth * secondsPerToken)));
}

const bits = { bf16: 16, fp16: 16, fp8: 8, int8: 8, int4: 4 } as const;

/**
 * A load in words as the question of a plan: prompts and answers apart where they are, utilisation by its latency.
 *
 * Without a latency, a precision or hardware a FLOP costs the same in serving as in training.
 */
export function servingOf(
  { tokens, promptTokens, outputTokens, latency, precision }: InferenceLoad,
  more: Serving = {},
): { readonly served: ServedTokens; readonly serving: Serving } {
  return {
    served:
      promptTokens === null || outputTokens === null
        ? { tokens }
        : { inputTokens: promptTokens, outputTokens },
    serving: {
      ...(latency === null ? {} : { latency }),
      ...(precision === null ? {} : { weightBits: bits[precision] }),
      ...more,
    },
  };
}

/** @throws when an amount or a share is impossible */
export function servingCost(load: ServedTokens, serving: Serving = {}): ServingCost {
  const split = "inputTokens" in load;
  const amounts = split
    ? { inputTokens: load.inputTokens, outputTokens: load.outputTokens }
    : { tokens: load.tokens };
  for (const [name, value] of Object.entries(amounts))
    if (!(value >= 0) || !Number.isFinite(value))
      throw cannot(`expected ${name} of at least 0, got ${formatNumber(value)}`);
  const [input, output] = split ? [load.inputTokens, load.outputTokens] : [0, load.tokens];
  const { trainingUtilisation, prefillUtilisation, decodeUtilisation, priceRatio } = serving;
  const shares = { trainingUtilisation, prefillUtilisation, decodeUtilisation };
  for (const [name, value] of Object.entries(shares))
    if (value !== undefined && !(value > 0 && value <= 1))
      throw cannot(`expected ${name} above 0 and at most 1, got ${formatNumber(value)}; 0.4 is 40 %`);
  for (const [name, value] of Object.entries({
    batch: serving.batch,
    weightBits: serving.weightBits,
    priceRatio,
  }))
    if (value !== undefined && !(value > 0 && Number.isFinite(value)))
      throw cannot(`expected ${name} above 0, got ${formatNumber(value)}`);
  if (serving.batch !== undefined && !serving.hardware)
    throw cannot(
      `a batch of ${serving.batch} says nothing without the hardware; give it, or decodeUtilisation`,
    );

  const tokens = input + output;
  const plain = Object.values(serving).every((value) => value === undefined);
  const assumed: Assumed[] = [];
  const say = (what: string, value: number, source: string): number => {
    assumed.push({ what, value, source });
    return value;
  };
  if (plain) {
    say(
      "cost of a FLOP in serving, beside one in training",
      1,
      "Sardana et al. 2023, computational optimality: 6·N·D + 2·N·D_inf, https://arxiv.org/abs/2401.00448",
    );
    return { weighedTokens: tokens, tokens, assumed, warnings: [] };
  }
  const known = latencyClasses[serving.latency ?? "interactive"];
  const cited = serving.latency === undefined ? `${known.source} (no latency was asked)` : known.source;
  const given = "as given";
  const training = say(
    "utilisation of training",
    trainingUtilisation ?? 0.462,
    trainingUtilisation ? "the training's MFU" : palm,
  );
  const prefill = say(
    "utilisation of reading prompts",
    prefillUtilisation ?? known.prefill,
    prefillUtilisation ? given : cited,
  );
  const { hardware, batch = 1, weightBits = 16 } = serving;
  const decode = decodeUtilisation
    ? say("utilisation of writing answers", decodeUtilisation, given)
    : hardware
      ? say(
          "utilisation of writing answers",
          decodingShare(hardware, { batch, weightBits, ceiling: prefill }),
          `roofline of ${hardware.name}, batch ${formatNumber(batch)}, ${formatNumber(weightBits)}-bit weights, keys and values left out; ${hardware.source}`,
        )
      : say("utilisation of writing answers", known.decode, cited);
  const price = say(
    "a device-hour of serving, beside one of training",
    priceRatio ?? 1,
    priceRatio ? given : "the same devices",
  );
  const weighedTokens = price * training * (input / prefill + output / decode);
  const guessed = (prefillUtilisation === undefined && input > 0) || !(decodeUtilisation || hardware);
  return {
    weighedTokens,
    tokens,
    assumed,
    warnings: [
      ...(split
        ? []
        : [
            "All served tokens are taken as written answers, the dearer kind; give inputTokens and outputTokens apart.",
          ]),
      ...(guessed ? [`Utilisation of serving: ${known.unverified}.`] : []),
      ...(weightBits < 16
        ? [
            `Serving in ${formatNumber(weightBits)} bits is taken to cost no quality, and the more a model has read the more it costs (Kumar et al. 2024); plan with the law quantised-after for a loss that knows.`,
          ]
        : []),
    ],
  };
}

function cannot(reason: string): Error {
  return new Error(`cannot plan for inference: ${reason}`);
}
