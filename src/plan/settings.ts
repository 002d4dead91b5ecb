import type { Schedule } from "../models/index.ts";
import { formatCount, formatNumber } from "../numeric/index.ts";
import { nearestPractices, type Practice } from "./practice.ts";
import { type SettingRule, type SettingsQuestion, settingRules, sizesOf } from "./setting-rules.ts";

/** Where rules agree and where not. */
export interface RuleSpread {
  readonly low: number;
  readonly high: number;
  /** high / low. */
  readonly factor: number;
  readonly rules: number;
}

/** Batch, learning rate, warm-up and schedule: one choice, and what every rule says. */
export interface SettingsPlan {
  readonly chosen: {
    /** Whose: of the papers that give both batch and learning rate, the one nearest to its own data. */
    readonly rules: string;
    readonly why: string;
    readonly batchTokens: number;
    readonly sequences: number;
    readonly learningRate: number;
    readonly warmupTokens: number;
    readonly steps: number;
    readonly schedule: Schedule;
  };
  readonly rules: readonly SettingRule[];
  readonly spread: { readonly [setting in SettingRule["setting"]]: RuleSpread | null };
  readonly schedules: readonly ScheduleChoice[];
  /** What published models near this size ran with. */
  readonly practice: readonly Practice[];
  readonly assumed: readonly string[];
  readonly warnings: readonly string[];
}

/** A shape of schedule with whose it is. */
export interface ScheduleChoice {
  readonly schedule: Schedule;
  readonly says: string;
  readonly source: string;
}

/**
 * Batch size, learning rate, warm-up and schedule by the named rules of the field, with the spread between them.
 *
 * Each rule takes its own count of parameters and FLOPs: Step Law and Kaplan non-embedding N; Porian N with the head;
 * DeepSeek C = M·D with M the non-embedding FLOPs a token, attention included. The choice takes batch and learning rate
 * from one paper, as they were tuned together: the one whose data this point lies least outside of; the geometric mean
 * of all rules where it lies more than three times outside of each.
 *
 * @example planSettings({ shape, tokens: 20e9 }).chosen.learningRate
 */
export function planSettings(question: SettingsQuestion): SettingsPlan {
  const { tokens, shape = null, sequences: multiple = 1 } = question;
  check(question);
  const sizes = sizesOf(question);
  const context = question.context ?? shape?.context ?? 2048;
  const rules = settingRules(question, sizes);
  const { family, batch, rate } = choose(rules, tokens / sizes.nonEmbeddingWithHead);
  const most = Math.max(multiple, multiple * Math.floor(tokens / context / multiple));
  const sequences = Math.min(most, Math.max(multiple, multiple * Math.round(batch / context / multiple)));
  const batchTokens = sequences * context;
  const steps = Math.max(1, Math.round(tokens / batchTokens));
  const warmupSteps = warmup(rules, tokens, batchTokens, steps);
  const schedules = schedulesOf(rate, steps, warmupSteps);
  const spreadOf = (setting: SettingRule["setting"]): RuleSpread | null =>
    spread(rules.filter((rule) => rule.setting === setting));
  const rateSpread = spreadOf("learningRate");
  return {
    chosen: {
      rules: family.name,
      why: family.why,
      batchTokens,
      sequences,
      learningRate: rate,
      warmupTokens: warmupSteps * batchTokens,
      steps,
      schedule: schedules[0]!.schedule,
    },
    rules,
    spread: {
      batchTokens: spreadOf("batchTokens"),
      learningRate: rateSpread,
      warmupTokens: spreadOf("warmupTokens"),
    },
    schedules,
    practice: nearestPractices(sizes.total).slice(0, 3),
    assumed: [
      ...(shape
        ? []
        : [`${formatCount(sizes.total)} parameters by every rule's own count, as no shape is given`]),
      ...(question.context === undefined && !shape ? ["sequences of 2048 tokens"] : []),
      "Adam, for which all these rules are; at small batches β₂ wants tuning too (Porian et al. 2024)",
    ],
    warnings: [
      ...(rateSpread && rateSpread.factor > 2
        ? [
            `The rules' learning rates lie a factor of ${formatNumber(rateSpread.factor, 2)} apart: sweep a few around the choice on a small model first.`,
          ]
        : []),
      ...(family.factor > tooFar
        ? [
            `Batch and learning rate lie far outside the data of every rule, ${formatNumber(family.factor, 2)} times outside those of the nearest: the choice is the middle of guesses.`,
          ]
        : []),
    ],
  };
}

interface Family {
  readonly name: string;
  readonly why: string;
  /** How far outside its data, 1 within. */
  readonly factor: number;
}

/** Past this a rule's own data say little, and one is as good as the other. */
const tooFar = 3;

/** Batch and learning rate of one paper, the least extrapolated; of none where all are far outside their data. */
function choose(
  rules: readonly SettingRule[],
  tokensPerParam: number,
): { family: Family; batch: number; rate: number } {
  const families = [
    { name: "Step Law", prefix: "step-law", ratios: null },
    // only N or C enters: both are for runs near compute-optimal, at about 20 tokens a parameter
    { name: "Porian", prefix: "porian", ratios: [10, 40] },
    { name: "DeepSeek", prefix: "deepseek", ratios: [10, 40] },
  ] as const;
  const known = families.map(({ name, prefix, ratios }) => {
    const of = (setting: string): SettingRule =>
      rules.find((rule) => rule.rule.startsWith(prefix) && rule.setting === setting)!;
    const [batch, rate] = [of("batchTokens"), of("learningRate")];
    const outside = [...(batch.outside ?? []), ...(rate.outside ?? [])].map(({ quantity, factor }) =>
      // FLOPs are a product of two such quantities
      quantity === "flops" ? Math.sqrt(factor) : factor,
    );
    const off = ratios ? [tokensPerParam / ratios[1], ratios[0] / tokensPerParam] : [];
    return { name, factor: Math.max(1, ...outside, ...off), batch: batch.value!, rate: rate.value! };
  });
  const best = known.reduce((x, y) => (y.factor < x.factor ? y : x));
  const away = formatNumber(best.factor, 2);
  if (best.factor > tooFar)
    return {
      family: {
        name: "the middle of all rules",
        why: `the geometric mean of all that speak, as even the nearest, of ${best.name}, is ${away} times outside its data`,
        factor: best.factor,
      },
      batch: middle(rules, "batchTokens"),
      rate: middle(rules, "learningRate"),
    };
  const inside =
    best.factor === 1
      ? `this lies within the data of ${best.name}`
      : `this lies ${away} times outside the data of ${best.name}, less than of the others`;
  return {
    family: { name: best.name, why: `tuned together, and ${inside}`, factor: best.factor },
    batch: best.batch,
    rate: best.rate,
  };
}

function middle(rules: readonly SettingRule[], setting: SettingRule["setting"]): number {
  const logs = rules.flatMap((rule) =>
    rule.setting === setting && rule.value !== null ? [Math.log(rule.value)] : [],
  );
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
}

/** Porian's N tokens, but no more than the 2,000 steps that large runs take and a tenth of the run. */
function warmup(rules: readonly SettingRule[], tokens: number, batchTokens: number, steps: number): number {
  const byParams = rules.find(({ setting }) => setting === "warmupTokens")!.value! / batchTokens;
  const tenth = tokens / batchTokens / 10;
  return Math.min(steps - 1, Math.max(0, Math.round(Math.min(byParams, 2000, tenth))));
}

function schedulesOf(peak: number, steps: number, warmupSteps: number): ScheduleChoice[] {
  const base = { peak, steps, warmupSteps };
  const decaySteps = Math.min(steps - warmupSteps, Math.max(1, Math.round(0.2 * steps)));
  return [
    {
      schedule: { kind: "cosine", ...base, final: peak / 10 },
      says: "to a tenth of the peak at the end of the run: a cycle over 25 % longer than the run costs loss",
      source: "Hoffmann et al. 2022, appendix B, https://arxiv.org/abs/2203.15556",
    },
    {
      schedule: { kind: "wsd", ...base, final: 0, decaySteps, decay: "sqrt" },
      says: "constant, then 1 - sqrt over the last fifth: as good as a cosine, and runs can be prolonged; its best peak is about half of a cosine's",
      source: "Hägele et al. 2024, section 3, https://arxiv.org/abs/2405.18392",
    },
    {
      schedule: {
        kind: "step",
        ...base,
        drops: [
          { after: Math.floor(0.8 * steps), rate: peak * Math.sqrt(0.1) },
          { after: Math.floor(0.9 * steps), rate: peak / 10 },
        ],
      },
      says: "constant, to 31.6 % after 80 % of the tokens and to 10 % after 90 %",
      source: "DeepSeek-AI 2024, section 2.3, https://arxiv.org/abs/2401.02954",
    },
    {
      schedule: { kind: "cosine", ...base, final: Math.min(1e-5, peak) },
      says: "to 1e-5 whatever the peak, which Step Law's learning rate is tuned for",
      source: "Li et al. 2025, https://arxiv.org/abs/2503.04715",
    },
  ];
}

function spread(rules: readonly SettingRule[]): RuleSpread | null {
  const values = rules.flatMap(({ value }) => (value === null ? [] : [value]));
  if (values.length === 0) return null;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return { low, high, factor: high / low, rules: values.length };
}

function check({ tokens, shape, params, context, sequences, tuned, loss }: SettingsQuestion): void {
  const given = { tokens, params, context, sequences, loss, ...tuned };
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && value !== null && !(value > 0 && Number.isFinite(value)))
      throw new Error(`cannot plan settings: expected ${name} above 0, got ${value}`);
  if (!shape && params === undefined)
    throw new Error("cannot plan settings: expected a shape or a number of parameters, got neither");
}
