import type { Interval } from "../fit/index.ts";
import {
  criticalBatch,
  deepseekBatch,
  deepseekLearningRate,
  findSet,
  kaplanOptimalBatch,
  type Law,
  lawFunction,
  mupLearningRate,
  porianBatch,
  porianLearningRate,
  type Source,
  stepLawBatch,
  stepLawLearningRate,
  warmUp,
} from "../laws/index.ts";
import { type Architecture, countParameters, flopsPerToken, type ParameterCount } from "../models/index.ts";
import { type Extrapolation, extrapolations } from "./basis.ts";

/** What planSettings is asked for. */
export interface SettingsQuestion {
  readonly tokens: number;
  /** Counts every convention exactly; give it rather than `params`. */
  readonly shape?: Architecture | null;
  /** Where there is no shape: taken for every convention of counting. */
  readonly params?: number;
  /** Predicted, nats per token; for Kaplan's critical batch by loss. */
  readonly loss?: number | null;
  /** Tokens in a sequence, of which a batch is made; default the shape's, else 2048. */
  readonly context?: number;
  /** Batches are rounded to so many sequences: copies of the model × micro-batch. */
  readonly sequences?: number;
  /** What was tuned on a small model, for µP's transfer. */
  readonly tuned?: { readonly learningRate: number; readonly width: number } | null;
  /**
   * The interval of a quantity that follows from the plan's N and D, from the joint draws of its fit; null where there
   * are none.
   */
  readonly drawn?: (quantity: (at: { params: number; tokens: number }) => number) => Interval | null;
  /** The N that `drawn` draws around: rules scale their own count by N / params. */
  readonly drawnParams?: number;
}

/** One rule's word on one setting. */
export interface SettingRule {
  readonly setting: "batchTokens" | "learningRate" | "warmupTokens";
  /** The law's name, or the paper's rule. */
  readonly rule: string;
  readonly formula: string;
  /** null where the rule has nothing to say here; `reason` says why. */
  readonly value: number | null;
  readonly reason: string | null;
  /** Of the value, as far as the plan's N and D are uncertain. */
  readonly interval: Interval | null;
  readonly at: Readonly<Record<string, number>>;
  /** How far outside the rule's own data this lies; null where nobody says what those were. */
  readonly outside: readonly Extrapolation[] | null;
  readonly source: Source;
}

const kaplan: Source = { ...kaplanOptimalBatch.source, where: "appendix D.6, eq. D.1" };

/** The sizes that the rules speak of. */
export interface Sizes extends Pick<ParameterCount, "total" | "nonEmbedding" | "nonEmbeddingWithHead"> {
  /** DeepSeek's M. */
  readonly flopsPerToken: number;
  readonly width: number | null;
}

export function sizesOf({ shape, params }: SettingsQuestion): Sizes {
  if (!shape) {
    const N = params!;
    return { total: N, nonEmbedding: N, nonEmbeddingWithHead: N, flopsPerToken: 6 * N, width: null };
  }
  const matrices = flopsPerToken(shape, { convention: "kaplan" });
  const causal = flopsPerToken(shape, { convention: "kaplan", attention: true }) - matrices;
  return {
    ...countParameters(shape),
    // M = 72·n·d² + 12·n·d·l for GPT's layer: the scores over the full square, twice Kaplan's
    flopsPerToken: matrices + 2 * causal,
    width: shape.width,
  };
}

/** What every rule says, each with its own count of parameters and FLOPs. */
export function settingRules(question: SettingsQuestion, sizes: Sizes): SettingRule[] {
  const { tokens: D, loss = null, tuned = null, drawn, drawnParams } = question;
  const C = 6 * sizes.nonEmbedding * D;
  /** The value at the plan's point, and its interval as N and D are drawn. */
  const by = (
    setting: SettingRule["setting"],
    law: Law,
    set: string,
    at: (scale: number, D: number) => Record<string, number>,
  ): SettingRule => {
    const { parameters, range, from } = findSet(law, set);
    const value = lawFunction(law, parameters);
    const here = at(1, D);
    return {
      setting,
      rule: law.name,
      formula: law.formula,
      value: value(here),
      reason: null,
      interval:
        drawn && drawnParams !== undefined
          ? drawn(({ params, tokens }) => value(at(params / drawnParams, tokens)))
          : null,
      at: here,
      outside: extrapolations(range ?? null, here),
      source: { ...law.source, where: from },
    };
  };
  const N = sizes.nonEmbedding;
  const head = sizes.nonEmbeddingWithHead;
  const M = sizes.flopsPerToken;
  const silent = (
    setting: SettingRule["setting"],
    { name, formula, source }: Pick<Law, "name" | "formula" | "source">,
    reason: string,
  ): SettingRule => ({
    setting,
    rule: name,
    formula,
    value: null,
    reason,
    interval: null,
    at: {},
    outside: null,
    source,
  });
  return [
    by("batchTokens", stepLawBatch, "steplaw2025", (_, tokens) => ({ tokens })),
    by("batchTokens", porianBatch, "porian2024-runs-refit", (scale) => ({ params: scale * head })),
    by("batchTokens", deepseekBatch, "deepseek2024", (scale, tokens) => ({ flops: scale * M * tokens })),
    by("batchTokens", kaplanOptimalBatch, "kaplan2020", (scale, tokens) => ({
      flops: (C * scale * tokens) / D,
    })),
    loss === null
      ? silent("batchTokens", criticalBatch, "it asks for the loss, which nobody predicts here")
      : by("batchTokens", criticalBatch, "kaplan2020", () => ({ loss })),
    by("learningRate", stepLawLearningRate, "steplaw2025", (scale, tokens) => ({
      params: scale * N,
      tokens,
    })),
    by("learningRate", porianLearningRate, "porian2024-runs-refit", (scale) => ({ params: scale * head })),
    by("learningRate", deepseekLearningRate, "deepseek2024", (scale, tokens) => ({
      flops: scale * M * tokens,
    })),
    kaplanLearningRate(N, drawn, drawnParams),
    tuned === null || sizes.width === null
      ? silent(
          "learningRate",
          mupLearningRate,
          tuned === null
            ? "it carries over what was tuned on a small model; give that learning rate and width"
            : "it asks for the width; give a shape",
        )
      : {
          setting: "learningRate",
          rule: mupLearningRate.name,
          formula: mupLearningRate.formula,
          value: lawFunction(mupLearningRate, { eta_0: tuned.learningRate, d_0: tuned.width })({
            width: sizes.width,
          }),
          reason: null,
          interval: null,
          at: { width: sizes.width, tunedWidth: tuned.width, tunedLearningRate: tuned.learningRate },
          outside: null,
          source: mupLearningRate.source,
        },
    by("warmupTokens", warmUp, "porian2024", (scale) => ({ params: scale * head })),
  ];
}

/** LR = 0.003239 − 0.0001395·ln N, to 1e10 non-embedding parameters. Kaplan et al. 2020, eq. D.1 */
function kaplanLearningRate(
  N: number,
  drawn: SettingsQuestion["drawn"],
  drawnParams: number | undefined,
): SettingRule {
  const rate = (params: number): number => 0.003239 - 0.0001395 * Math.log(params);
  const silent = N > 1e10;
  return {
    setting: "learningRate",
    rule: "kaplan-learning-rate",
    formula: "0.003239 - 0.0001395 * log(N)",
    value: silent ? null : rate(N),
    reason: silent ? "the paper says that it breaks down above 1e10 parameters" : null,
    interval:
      silent || !drawn || drawnParams === undefined
        ? null
        : drawn(({ params }) => rate((N * params) / drawnParams)),
    at: { params: N },
    // the paper's models
    outside: extrapolations({ params: [768, 1.5e9] }, { params: N }),
    source: kaplan,
  };
}
