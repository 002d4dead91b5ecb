import type { Interval } from "../fit/index.ts";
import { type Law, lawFunction } from "../laws/index.ts";
import { formatFlops, formatNumber } from "../numeric/index.ts";
import {
  type Basis,
  type BasisNote,
  budgetOptions,
  checkHeld,
  type Extrapolation,
  extrapolations,
  openBasis,
} from "./basis.ts";
import { answersOf, missedText } from "./drawn.ts";
import { lowestBetween } from "./valley.ts";

/** What is asked of {@link planTrainToTest}: two budgets, or one for both. */
export interface TrainToTestQuestion {
  /** FLOPs of training. */
  readonly trainingFlops?: number;
  /** FLOPs of answering one question: all samples, all their tokens. */
  readonly questionFlops?: number;
  /** Instead of both: FLOPs of training and of answering `questions` of them. */
  readonly totalFlops?: number;
  readonly questions?: number;
  /** Tokens of one sample of an answer; 1 counts a budget for each token of an answer, as the paper does. */
  readonly answerTokens?: number;
  /** Values of the law's other inputs. */
  readonly held?: Readonly<Record<string, number>>;
  readonly flopsPerToken?: string;
  /** Of the intervals. */
  readonly level?: number;
}

/** A model, its data and how often it is asked. */
export interface TrainToTestPoint {
  readonly params: number;
  readonly tokens: number;
  readonly tokensPerParam: number;
  /** Samples for each question; a fraction means that the budget doesn't pay for a whole one. */
  readonly samples: number;
  /** The law's output. */
  readonly value: number;
  readonly trainingFlops: number;
  readonly questionFlops: number;
}

export interface TrainToTestPlan {
  readonly basis: BasisNote;
  readonly source: string;
  readonly convention: string;
  readonly output: string;
  readonly optimum: TrainToTestPoint;
  /** The best of the models that are asked once, on the same training budget. */
  readonly oneSample: TrainToTestPoint | null;
  readonly intervals: Readonly<Record<"params" | "tokens" | "samples" | "value", Interval | null>>;
  readonly extrapolation: readonly Extrapolation[] | null;
  readonly warnings: readonly string[];
}

/**
 * Model, data and samples together: the best L(N, D, k) with 6·N·D ≤ C_train and 2·N·k·t ≤ C_question.
 *
 * Both budgets are spent whole, so that N alone is free: a smaller model reads more tokens and is asked more often. With
 * one budget for training and Q questions, 6·N·D + 2·N·k·t·Q = C, N and k are searched together. Roberts et al. 2026,
 * https://arxiv.org/abs/2604.01411. The law takes params, tokens and samples and gives a loss or error (least
 * is best) or a coverage or accuracy (most is best): train-to-test fitted to a task, or a chain of a loss law and a law
 * of samples. Samples are a real number, at least 1.
 *
 * @throws when the law has no samples, or a budget doesn't pay for one sample of the smallest model
 * @example planTrainToTest({ law: trainToTest, parameters }, { trainingFlops: 1e20, questionFlops: 1e11 }).optimum.samples
 */
export function planTrainToTest(basis: Basis, question: TrainToTestQuestion): TrainToTestPlan {
  const { held = {}, flopsPerToken, level = 0.9 } = question;
  check(question);
  const open = openBasis(basis);
  const { law } = open;
  checkHeld(law, held);
  for (const quantity of ["params", "tokens", "samples"])
    if (law.inputs[quantity] === undefined)
      throw cannot(
        `${law.name} has no input ${quantity}: it takes ${Object.keys(law.inputs).join(", ")}`,
        "take train-to-test, or chain a law of loss with one of samples",
      );
  const { convention, ...options } = budgetOptions(open, held, flopsPerToken);
  const costOf = options.flopsPerToken ?? ((params: number) => 6 * params);
  const found = solve({ law, held, costOf, question }, open.parameters);
  if (!found) throw cannot("the budgets don't pay for one sample of any model", "give larger ones");
  const drawn = answersOf(
    open.draws,
    (parameters) => solve({ law, held, costOf, question }, parameters)?.optimum ?? null,
    level,
  );
  const { optimum, oneSample } = found;
  return {
    basis: open.note,
    source:
      "Roberts et al. 2026, Test-Time Scaling Makes Overtraining Compute-Optimal, https://arxiv.org/abs/2604.01411",
    convention,
    output: law.output,
    optimum,
    oneSample,
    intervals: {
      params: drawn.of((at) => at.params),
      tokens: drawn.of((at) => at.tokens),
      samples: drawn.of((at) => at.samples),
      value: drawn.of((at) => at.value),
    },
    extrapolation: extrapolations(open.range, {
      params: optimum.params,
      tokens: optimum.tokens,
      samples: optimum.samples,
      tokensPerParam: optimum.tokensPerParam,
    }),
    warnings: [...open.warnings, ...missedText(drawn, "these budgets")],
  };
}

interface Problem {
  readonly law: Law;
  readonly held: Readonly<Record<string, number>>;
  readonly costOf: (params: number) => number;
  readonly question: TrainToTestQuestion;
}

function solve(
  { law, held, costOf, question }: Problem,
  parameters: Readonly<Record<string, number>>,
): Pick<TrainToTestPlan, "optimum" | "oneSample"> | null {
  const { trainingFlops, questionFlops, totalFlops, questions = 1, answerTokens = 1 } = question;
  const value = lawFunction(law, parameters);
  const sign = law.output === "loss" || law.output === "error" ? 1 : -1;
  const sampleCost = (params: number): number => (costOf(params) / 3) * answerTokens;
  const pointOf = (params: number, samples: number): TrainToTestPoint | null => {
    const each = sampleCost(params);
    const training = trainingFlops ?? totalFlops! - samples * each * questions;
    const tokens = training / costOf(params);
    if (!(tokens >= 1) || !(samples >= 1)) return null;
    return {
      params,
      tokens,
      tokensPerParam: tokens / params,
      samples,
      value: value({ ...held, params, tokens, samples }),
      trainingFlops: training,
      questionFlops: samples * each,
    };
  };
  const worst = Number.POSITIVE_INFINITY;
  const score = (point: TrainToTestPoint | null): number =>
    point === null || Number.isNaN(point.value) ? worst : sign * point.value;
  const atSize = (params: number): TrainToTestPoint | null => {
    if (questionFlops !== undefined) return pointOf(params, questionFlops / sampleCost(params));
    const most = totalFlops! / (sampleCost(params) * questions);
    if (!(most > 1)) return null;
    const logSamples = lowestBetween((u) => score(pointOf(params, Math.exp(u))), 0, Math.log(most), {
      steps: 24,
    });
    return pointOf(params, Math.exp(logSamples));
  };
  const high = Math.log(trainingFlops ?? totalFlops!);
  const best = (at: (params: number) => TrainToTestPoint | null): TrainToTestPoint | null => {
    const u = lowestBetween((logParams) => score(at(Math.exp(logParams))), 0, high, { steps: 80 });
    const point = at(Math.exp(u));
    return score(point) === worst ? null : point;
  };
  const optimum = best(atSize);
  return optimum && { optimum, oneSample: best((params) => pointOf(params, 1)) };
}

function check({
  trainingFlops,
  questionFlops,
  totalFlops,
  questions,
  answerTokens,
}: TrainToTestQuestion): void {
  const given = { trainingFlops, questionFlops, totalFlops, questions, answerTokens };
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && (!(value > 0) || !Number.isFinite(value)))
      throw cannot(`expected ${name} above 0, got ${formatNumber(value)}`);
  const two = trainingFlops !== undefined && questionFlops !== undefined;
  const one = totalFlops !== undefined && questions !== undefined;
  if (two && totalFlops === undefined) return;
  if (one && trainingFlops === undefined && questionFlops === undefined) return;
  const got = Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${formatFlops(value!)}`);
  throw cannot(
    `expected trainingFlops with questionFlops, or totalFlops with questions, got ${got.join(", ") || "none"}`,
  );
}

function cannot(reason: string, remedy?: string): Error {
  return new Error(`cannot plan training and testing: ${reason}${remedy === undefined ? "" : `; ${remedy}`}`);
}
