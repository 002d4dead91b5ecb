import { deepseekLearningRate, findSet, lawFunction, stepLawLearningRate } from "../laws/index.ts";
import { formatNumber, median } from "../numeric/index.ts";
import type { Clues } from "./clues.ts";
import type { ComparedRun } from "./run-comparison.ts";

/** Why a run may lie off the law. */
export const causeCodes = [
  "as-expected",
  "under-trained",
  "over-trained",
  "not-finished",
  "unfinished-decay",
  "data-repeated",
  "learning-rate",
  "data-mix",
  "unexplained",
  "better-than-law",
] as const;

export type CauseCode = (typeof causeCodes)[number];

export interface Cause {
  readonly code: CauseCode;
  readonly sentence: string;
}

/** How much above the best loss counts as the same, as for a plan's flat region. */
const flat = 1e-3;
/** Where nobody knows how runs scatter: two standard deviations of seeds, Kaplan et al. 2020, section 3 (0.02 nats). */
export const unknownScatter = 0.04;

/**
 * Why a run lies where it does, the dearest cause first: its allocation by what that costs at its compute, what is its own by its
 * distance from the law.
 *
 * @param far how far it lies above the law, in its unit: beyond ±1 it wants a reason
 */
export function causesOf(
  run: Omit<ComparedRun, "line" | "efficiencyInterval" | "causes">,
  far: number,
  clues: Clues,
  { row, deviations }: { row: number; deviations: readonly number[] },
): [Cause, ...Cause[]] {
  const { params, tokens, flops, overTraining, predicted, frontier, loss, deviation } = run;
  const unit =
    deviation === null
      ? `${formatNumber(Math.abs(far), 2)} × ${unknownScatter}, two seeds' difference (Kaplan et al. 2020)`
      : `${formatNumber(Math.abs(deviation), 2)} half-widths of the interval`;
  const causes: { cause: Cause; cost: number }[] = [];
  const allocation = predicted / frontier.loss - 1;
  if (allocation > flat) {
    const over = overTraining > 1;
    const factor = formatNumber(over ? overTraining : 1 / overTraining, 2);
    causes.push({
      cost: predicted - frontier.loss,
      cause: {
        code: over ? "over-trained" : "under-trained",
        sentence: `${over ? "Over" : "Under"}-trained: ${factor} times ${over ? "more" : "fewer"} tokens per parameter than the best at this compute, which costs ${formatNumber(predicted - frontier.loss, 2)} of loss.`,
      },
    });
  }
  if (far > 1) {
    const found = suspects(clues, { row, params, tokens, flops, deviations });
    const rest: Cause = {
      code: "unexplained",
      sentence: `It lies above the law by ${unit}, and no column says why.`,
    };
    for (const cause of found.length > 0 ? found : [rest]) causes.push({ cost: loss - predicted, cause });
  }
  if (far < -1)
    causes.push({
      cost: predicted - loss,
      cause: {
        code: "better-than-law",
        sentence: `It lies below the law by ${unit}: better data or settings, or a loss that isn't of the same text.`,
      },
    });
  const [first, ...others] = causes.sort((x, y) => y.cost - x.cost).map(({ cause }) => cause);
  return first
    ? [first, ...others]
    : [{ code: "as-expected", sentence: "Where the law puts it, and near the best for its compute." }];
}

/** One run, for the question of what made it worse. */
interface SuspectRun {
  readonly row: number;
  readonly params: number;
  readonly tokens: number;
  readonly flops: number;
  /** How far each run lies above the law, in its own unit of what counts as far. */
  readonly deviations: readonly number[];
}

/** Repeats up to which tokens are nearly as good as new: Muennighoff et al. 2023, https://arxiv.org/abs/2305.16264 */
const harmlessEpochs = 4;
/** A learning rate beyond this factor of all rules is outside what they disagree about. */
const farRate = 3;
/** Schedules that end above this share of the peak have not decayed: Hoffmann et al. 2022 end at a tenth, section 3.1. */
const decayed = 0.2;

/** The likely reasons for a run that lies above its law, the plainest first; none where no column says anything. */
function suspects(clues: Clues, run: SuspectRun): Cause[] {
  const { row } = run;
  const found: Cause[] = [];
  const status = clues.status?.[row]?.toLowerCase() ?? "";
  if (status !== "" && status !== "finished")
    found.push({
      code: "not-finished",
      sentence: `The run is ${status}: its loss is not that of a full run.`,
    });
  const share = clues.finalRate?.[row] ?? Number.NaN;
  if (share > decayed)
    found.push({
      code: "unfinished-decay",
      sentence: `Its learning rate ended at ${percent(share)} of the peak; the law is of runs that decayed to about a tenth (Hoffmann et al. 2022, section 3.1).`,
    });
  const epochs = clues.epochs?.[row] ?? Number.NaN;
  if (epochs > harmlessEpochs)
    found.push({
      code: "data-repeated",
      sentence: `It read its data ${formatNumber(epochs, 3)} times; beyond about ${harmlessEpochs} a repeated token is worth clearly less than a new one (Muennighoff et al. 2023); take data-constrained for the law.`,
    });
  const rate = rateCause(clues.learningRate?.[row] ?? Number.NaN, run);
  if (rate) found.push(rate);
  const mix = mixCause(clues, run);
  if (mix) found.push(mix);
  return found;
}

function rateCause(rate: number, { params, tokens, flops }: SuspectRun): Cause | null {
  if (!(rate > 0)) return null;
  const stepLaw = lawFunction(stepLawLearningRate, findSet(stepLawLearningRate, "steplaw2025").parameters);
  const deepseek = lawFunction(
    deepseekLearningRate,
    findSet(deepseekLearningRate, "deepseek2024").parameters,
  );
  const rules = [stepLaw({ params, tokens }), deepseek({ flops })];
  const [low, high] = [Math.min(...rules), Math.max(...rules)];
  if (rate >= low / farRate && rate <= high * farRate) return null;
  const side =
    rate < low ? `${formatNumber(low / rate, 2)} times below` : `${formatNumber(rate / high, 2)} times above`;
  return {
    code: "learning-rate",
    sentence: `Its learning rate of ${formatNumber(rate, 3)} lies ${side} what the rules give: ${formatNumber(rules[0]!, 3)} by Step Law (Li et al. 2025), ${formatNumber(rules[1]!, 3)} by DeepSeek-AI 2024.`,
  };
}

/** The column of words whose group this run shares its deviation with, while the other groups don't. */
function mixCause({ groups }: Clues, { row, deviations }: SuspectRun): Cause | null {
  let best: { gap: number; cause: Cause } | null = null;
  for (const { column, words } of groups) {
    const own = deviations.filter((_, i) => words[i] === words[row]);
    const others = deviations.filter((_, i) => words[i] !== words[row]);
    if (own.length < 3 || others.length < 3) continue;
    const gap = median(own) - median(others);
    if (gap > 1 && (best === null || gap > best.gap))
      best = {
        gap,
        cause: {
          code: "data-mix",
          sentence: `All ${own.length} runs with ${column} = ${words[row]} lie higher than the others, by ${formatNumber(gap, 2)} of what counts as far: other data, or another tokenizer, has another law.`,
        },
      };
  }
  return best?.cause ?? null;
}

const percent = (share: number): string => `${formatNumber(100 * share, 2)} %`;
