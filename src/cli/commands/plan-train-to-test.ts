import { formatIn } from "../../figures/index.ts";
import { findSet, type Law, outputUnit } from "../../laws/index.ts";
import { formatCount, formatFlops, formatNumber } from "../../numeric/index.ts";
import {
  type Basis,
  planTrainToTest,
  type TrainToTestPlan,
  type TrainToTestPoint,
} from "../../plan/index.ts";
import { openAnswer, type Paint } from "../answer.ts";
import { basisText, readBasis } from "../basis.ts";
import { chainedBasis, readLink } from "../chain.ts";
import { numberOption, numberPairs, readPairs, shareOption } from "../options.ts";
import { extrapolationText } from "../quantity-text.ts";
import { columns, labelled, warned, wrap } from "../text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop plan train-to-test: size, data and samples at test time together. */
export function planTrainToTestVerb(world: World): RunnableVerb {
  return verb(
    world,
    "plan train-to-test",
    "Model, data and samples at test time together: the best of a law that says what repeated samples are worth, for a budget of training and one of answering a question, or for one budget of both (Roberts et al. 2026).",
    [
      "plan train-to-test fit.json --training-flops 1e20 \\\n      --question-flops 1e11",
      "plan train-to-test fit.json --total-flops 1e22 --questions 1e9 \\\n      --answer-tokens 500",
      "plan train-to-test --law chinchilla --source besiroglu2024-refit \\\n      --then task.json --then pass-at-k:s=12 \\\n      --training-flops 1e21 --question-flops 1e13 --answer-tokens 100",
    ],
  )
    .argument("[fit.json]", "a fit made by isoflop fit, or - for standard input")
    .option("--law <name|file>", "instead of a fit: a law, with --source or --set")
    .option("--source <key>", "which published coefficients of the law")
    .option("--set <name=value...>", "coefficients of your own for it, all of them: E=0.5 A=400")
    .option(
      "--then <link>",
      "a law that takes what the one before it gives (repeat for more): fit.json, law:source or law:name=value,…",
      (link: string, before: string[]) => [...before, link],
      [],
    )
    .option(
      "--training-flops <C>",
      "FLOPs of training, with --question-flops",
      numberOption("--training-flops", { above: 0 }),
    )
    .option(
      "--question-flops <c>",
      "FLOPs of answering a question: all samples, all their tokens",
      numberOption("--question-flops", { above: 0 }),
    )
    .option(
      "--total-flops <C>",
      "instead: FLOPs of training and of answering, with --questions",
      numberOption("--total-flops", { above: 0 }),
    )
    .option("--questions <n>", "how many questions it will answer", numberOption("--questions", { above: 0 }))
    .option(
      "--answer-tokens <n>",
      "tokens of one sample of an answer (default: 1)",
      numberOption("--answer-tokens", { above: 0 }),
    )
    .option("--at <quantity=value...>", "values of the law's other inputs: uniqueTokens=100B")
    .option("--flops-per-token <F>", "what a token costs where it isn't 6·N: a formula in the law's letters")
    .option("--level <share>", "level of the intervals", shareOption("--level"), 0.9)
    .action(async (file, options) => {
      const answer = openAnswer(world, options);
      const { pairs, strays } = readPairs("--at", options.at);
      const set = readPairs("--set", options.set);
      const files = [...(file === undefined ? [] : [file]), ...strays, ...set.strays];
      if (files.length > 1) throw new Error(`expected one fit file, got ${files.join(", ")}`);
      checkBudgets(options);
      const { trainingFlops, questionFlops, totalFlops, questions, answerTokens, level } = options;
      const first = await readBasis(world, files[0], { ...options, coefficients: set.pairs });
      const links = await Promise.all(options.then.map((link) => readLink(world, link)));
      const basis = links.length === 0 ? first : chainedBasis([first, ...links]);
      const made = planTrainToTest(basis, {
        trainingFlops,
        questionFlops,
        totalFlops,
        questions,
        answerTokens,
        held: numberPairs("--at", pairs),
        flopsPerToken: options.flopsPerToken ?? (links.length === 0 ? undefined : costOf(first)),
        level,
      });
      const drawn = "format" in basis && Boolean(basis.bootstrap);
      answer.give(made, () =>
        planLines(made, { law: basis.law, questions, answerTokens, level, drawn }, answer.paint),
      );
      if (links.length > 0)
        answer.remark(
          "\nThe chain is taken at its laws' best values: no intervals, and how far it lies outside their data is not said.",
        );
      answer.warnings(made.warnings);
    });
}

/** What the chain's first law says that a token costs, which its coefficients carry and a chain doesn't. */
function costOf(basis: Basis): string | undefined {
  return "set" in basis ? findSet(basis.law, basis.set).flopsPerToken : undefined;
}

/** Two budgets or one for both, in the words of the options. */
function checkBudgets(options: {
  readonly trainingFlops?: number;
  readonly questionFlops?: number;
  readonly totalFlops?: number;
  readonly questions?: number;
}): void {
  const { trainingFlops, questionFlops, totalFlops, questions } = options;
  const two = trainingFlops !== undefined && questionFlops !== undefined && totalFlops === undefined;
  const one = totalFlops !== undefined && trainingFlops === undefined && questionFlops === undefined;
  if ((two && questions === undefined) || (one && questions !== undefined)) return;
  const given = Object.entries({
    "--training-flops": trainingFlops,
    "--question-flops": questionFlops,
    "--total-flops": totalFlops,
    "--questions": questions,
  }).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  throw new Error(
    `expected --training-flops with --question-flops, or --total-flops with --questions, got ${given.join(", ") || "none of them"}`,
  );
}

interface Asked {
  readonly law: Law;
  readonly questions: number | undefined;
  readonly answerTokens: number | undefined;
  readonly level: number;
  /** Whether there are draws: without intervals all the same, a warning says why. */
  readonly drawn: boolean;
}

/** The optimum beside the best model that is asked once, then what it rests on. */
function planLines(made: TrainToTestPlan, asked: Asked, paint: Paint): string[] {
  const { optimum, oneSample, intervals, convention, basis, extrapolation, source, warnings } = made;
  const { law, questions, answerTokens = 1, level, drawn } = asked;
  const unit = outputUnit(law);
  const spans = Object.values(intervals).some((interval) => interval !== null);
  const sampleCount = (value: number): string => formatNumber(value, 3);
  const output = (value: number): string => formatIn(unit, value);
  const row = (
    name: string,
    of: (point: TrainToTestPoint) => number,
    text: (value: number) => string,
    interval: TrainToTestPlan["intervals"]["value"] = null,
  ): string[] => [
    name,
    paint.bold(text(of(optimum))),
    ...(spans ? [interval ? `${text(interval.low)} … ${text(interval.high)}` : "–"] : []),
    oneSample ? text(of(oneSample)) : "–",
  ];
  const heads = [
    "",
    "best",
    ...(spans ? [`${formatNumber(100 * level, 3)} % interval`] : []),
    "asked once",
  ].map((head) => (head === "" ? head : paint.dim(head)));
  const each = `${formatNumber(answerTokens, 6)} ${answerTokens === 1 ? "token" : "tokens"} a sample`;
  const what =
    questions === undefined
      ? `${formatFlops(optimum.trainingFlops)} FLOPs of training and ${formatFlops(optimum.questionFlops)} of answering each question`
      : `${formatFlops(optimum.trainingFlops + questions * optimum.questionFlops)} FLOPs of training and of answering ${formatCount(questions)} questions`;
  return [
    ...wrap(`${what} (${each}), by ${basisText(basis, law)}:`),
    "",
    ...columns(
      [
        heads,
        row("parameters", (at) => at.params, formatCount, intervals.params),
        row("tokens", (at) => at.tokens, formatCount, intervals.tokens),
        row("tokens per parameter", (at) => at.tokensPerParam, sampleCount),
        row("samples a question", (at) => at.samples, sampleCount, intervals.samples),
        row(made.output, (at) => at.value, output, intervals.value),
        row("FLOPs of training", (at) => at.trainingFlops, formatFlops),
        row("FLOPs a question", (at) => at.questionFlops, formatFlops),
      ],
      { align: heads.map((_, i) => (i === 0 ? "left" : "right")) },
    ),
    "",
    ...labelled("outside", extrapolationText(extrapolation).join("; ")),
    ...labelled(
      "counting",
      `a token costs ${convention === "6ND" ? "6·N" : convention} FLOPs to train on, a third of that to answer with`,
    ),
    ...labelled("source", source),
    ...(spans || drawn
      ? []
      : labelled(
          "intervals",
          basis.kind === "fit"
            ? "none: fit with --bootstrap 400 to get them"
            : `none: ${basis.kind} coefficients carry no draws`,
        )),
    ...(warnings.length > 0 ? ["", ...warnings.flatMap((text) => warned(text, paint))] : []),
  ];
}
