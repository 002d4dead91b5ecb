import { formatCount, formatNumber } from "../numeric/index.ts";
import { nearlyEqual } from "./amounts.ts";
import { numberPattern, type Words } from "./words.ts";

/** What a question fixes or wants besides compute; null where it doesn't say. */
export interface Goals {
  /** A loss to reach, in the unit of the law that is asked. */
  targetLoss: number | null;
  /** A size of the model that is fixed. */
  params: number | null;
  /** Training tokens that are fixed. */
  tokens: number | null;
  tokensPerParam: number | null;
  /** No more tokens than these are to be had; training beyond them repeats data. */
  uniqueTokens: number | null;
  inference: InferenceLoad | null;
}

/** What the model is to serve over its lifetime. */
export interface InferenceLoad {
  /** All tokens, read and written. */
  tokens: number;
  promptTokens: number | null;
  outputTokens: number | null;
  /** "interactive" for somebody who waits, "batch" for work without hurry. */
  latency: "interactive" | "batch" | null;
  /** Time that one token may take. */
  secondsPerToken: number | null;
  /** The number format of the weights as they are served. */
  precision: "bf16" | "fp16" | "fp8" | "int8" | "int4" | null;
}

const number = `(-?${numberPattern})`;
const days: Readonly<Record<string, number>> = { d: 1, w: 7, m: 365 / 12, y: 365 };

/**
 * Takes what is fixed or wanted out of the words, and leaves the compute in them.
 *
 * "served 1e12 tokens", "serving 5B tokens a day for 2 years", "served 7e11 prompt and 3e11 output tokens", "interactive",
 * "50 ms per token", "in int8"; "200B unique tokens"; "20 tokens per parameter"; "7B parameters", "7B model", "N = 7B";
 * "2T tokens", "D = 2T"; "loss 2.0". A year has 365 days and a month a twelfth of it.
 *
 * @throws when an amount is not above zero, or params, tokens and their ratio contradict each other
 */
export function takeGoals(words: Words, steps: string[]): Goals {
  const inference = takeInference(words, steps);
  const read = (...patterns: string[]): number | null => {
    for (const pattern of patterns) {
      const match = words.take(
        `(?:,\\s*|\\band )?(?:\\b(?:with|on|at|to|for|from|of|a|an|only|just|has|have)\\s+)*${pattern}`,
      );
      if (match) return words.amount(match.slice(1).find((group) => group !== undefined)!);
    }
    return null;
  };
  const tokens = "(?:training )?(?:tokens?|toks?)\\b";
  const goals: Goals = {
    uniqueTokens: read(
      `${number}\\s*(?:unique|distinct|fresh)(?: (?:tokens?|data)\\b)?`,
      `${number}\\s*tokens? of (?:unique |distinct )?data\\b`,
      `(?:unique|distinct) tokens?\\s*(?:of|=|:)?\\s*${number}`,
    ),
    tokensPerParam: read(
      `${number}\\s*(?:tokens?|toks?)\\s*(?:per|/|a)\\s*(?:param(?:eter)?s?|weight)\\b`,
      `(?:\\bratio|tokens? per param(?:eter)?s?)\\s*(?:of|=|:)?\\s*${number}(?:\\s*:\\s*1\\b)?`,
      `${number}\\s*:\\s*1\\b`,
    ),
    params: read(
      `${number}[- ]?(?:param(?:eter)?s?)\\b(?: model\\b)?`,
      `${number}[- ]model\\b`,
      `\\b(?:N|params?|parameters)\\s*(?:=|:)\\s*${number}`,
    ),
    tokens: read(`${number}\\s*${tokens}`, `\\b(?:D|tokens)\\s*(?:=|:)\\s*${number}`),
    targetLoss: read(
      `(?:reach(?:es|ing)? )?(?:a )?(?:target )?loss\\s*(?:of|at|below|under|=|:|≤|<=|<)?\\s*${number}(?:\\s*nats?(?:\\s*(?:/|per) ?token)?\\b)?`,
      `${number}\\s*nats?(?:\\s*(?:/|per) ?token)?\\b`,
    ),
    inference,
  };
  checkRatio(goals, words);
  return goals;
}

/** Three statements about two numbers must agree. */
function checkRatio({ params, tokens, tokensPerParam }: Goals, { fail }: Words): void {
  if (params === null || tokens === null || tokensPerParam === null) return;
  if (!nearlyEqual(tokens / params, tokensPerParam))
    throw fail(
      `it contradicts itself: ${formatCount(tokens)} tokens for ${formatCount(params)} parameters are ${formatNumber(tokens / params, 3)} tokens per parameter, not ${formatNumber(tokensPerParam, 3)}; leave one of the three out`,
    );
}

function takeInference(words: Words, steps: string[]): InferenceLoad | null {
  const serve =
    "(?:,\\s*|\\band )?(?:\\b(?:to be|to|then|and|that|which|it|is|will|with|an|for|over) )*\\b(?:serv(?:ed|ing|es|e)|inference(?: load)?)(?: (?:for|of|on|over|to))*\\s*:?\\s*";
  const rate =
    "(?:\\s*(?:a|per|/|every)\\s*(day|week|month|year)(?:\\s*(?:for|over)\\s*" +
    `(a|one|${numberPattern})[- ]?(days?|weeks?|months?|years?))?)?`;
  const split = words.take(
    `${serve}${number}\\s*(?:prompt|input|prefill|read)(?: tokens?)?\\s*(?:,|and|\\+)+\\s*${number}\\s*(?:output|generated|completion|decoded?|written)(?: tokens?)?`,
  );
  const whole = split
    ? null
    : (words.take(`${serve}${number}\\s*(?:inference |served |lifetime )?(?:tokens?|toks?)\\b${rate}`) ??
      words.take(
        `(?:,\\s*|\\band )?(?:\\b(?:with|for) )*${number}\\s*(?:inference|served|serving|lifetime) tokens?\\b${rate}`,
      ) ??
      words.take(
        `(?:,\\s*|\\band )?(?:\\b(?:with|for) )*${number}\\s*tokens? (?:served|of inference|of serving|at inference)\\b${rate}`,
      ));
  if (!split && !whole) {
    const bare = words.take(`${serve}(?=$|,| )`);
    if (bare)
      throw words.fail(
        `expected how many tokens are served, as in "served 1e12 tokens", got "${bare[0].trim().replace(/^,\s*/, "")}"`,
      );
    return null;
  }
  const [promptTokens, outputTokens] = split
    ? [words.amount(split[1]), words.amount(split[2])]
    : [null, null];
  return {
    tokens: promptTokens !== null ? promptTokens + outputTokens! : lifetime(whole!, words, steps),
    promptTokens,
    outputTokens,
    ...takeLatency(words),
  };
}

/** All tokens of "5B tokens a day for 2 years". */
function lifetime([, count, every, span, unit]: RegExpExecArray, words: Words, steps: string[]): number {
  const tokens = words.amount(count);
  if (every === undefined) return tokens;
  if (span === undefined)
    throw words.fail(
      `expected for how long, as in "5B tokens a day for 2 years", got "${count} tokens a ${every}"`,
    );
  const length = /^a|one/i.test(span) ? 1 : words.amount(span);
  const times = (length * days[unit[0].toLowerCase()]) / days[every[0].toLowerCase()];
  steps.push(
    `served: ${formatCount(tokens, 4)} tokens a ${every} × ${formatNumber(times, 6)} = ${formatCount(tokens * times, 4)} tokens`,
  );
  return tokens * times;
}

function takeLatency(words: Words): Pick<InferenceLoad, "latency" | "secondsPerToken" | "precision"> {
  const lead = "(?:,\\s*)?(?:\\b(?:at|with|in|within|quanti[sz]ed to|as) )*";
  const precision = words.take(`${lead}\\b(bf16|fp16|fp8|int8|int4)\\b(?: (?:weights|serving))?`);
  const time = words.take(`${lead}${number}\\s*(m?s)\\s*(?:per|/|a)\\s*token\\b`);
  const quick = words.take(`${lead}\\b(?:interactive(?:ly)?|real[- ]?time|low[- ]latency)\\b`);
  const slow = quick ? null : words.take(`${lead}\\b(?:batch(?:ed)?|offline|high[- ]throughput)\\b`);
  return {
    latency: quick || time ? "interactive" : slow ? "batch" : null,
    secondsPerToken: time ? words.amount(time[1]) * (/^m/i.test(time[2]) ? 1e-3 : 1) : null,
    precision: precision ? (precision[1].toLowerCase() as InferenceLoad["precision"]) : null,
  };
}
