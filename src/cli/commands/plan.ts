import { type Law, outputUnit } from "../../laws/index.ts";
import { formatNumber } from "../../numeric/index.ts";
import {
  type Budget,
  type BudgetReading,
  type Decision,
  decide,
  parseBudget,
  planCsv,
  planExplain,
  planLatex,
  planPython,
} from "../../plan/index.ts";
import { jsonText, openAnswer } from "../answer.ts";
import { readPlanBasis } from "../basis.ts";
import { saveText } from "../files.ts";
import { numberOption, numberPairs, readPairs, shareOption, wordOption } from "../options.ts";
import { ownHardware } from "../own-hardware.ts";
import { planLines } from "../plan-text.ts";
import { wrap } from "../text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop plan: a budget and a basis → the model and the data it buys best. */
export function planVerb(world: World): RunnableVerb {
  return verb(
    world,
    "plan",
    "The model and the data that a budget buys best, how little it matters near there, and how far it lies outside the data.",
    [
      "plan fit.json --flops 5.76e23",
      'plan fit.json "512 H100 for 30 days at 40% MFU" -o plan.json',
      "plan --law chinchilla --source besiroglu2024-refit --flops 5.76e23",
      "plan fit.json '$2M of H100, served 1e12 tokens'",
      "plan fit.json 'reach a loss of 2.0 with a 7B model'",
      "plan fit.json '1e22 FLOPs, 50B unique tokens' --explain",
    ],
  )
    .argument("[fit.json]", "a fit made by isoflop fit, or - for standard input")
    .argument("[budget...]", 'the budget in words, such as "3 PF-days"')
    .option("--law <name|file>", "instead of a fit: a law, with --source or --set")
    .option("--source <key>", "which published coefficients of the law")
    .option("--set <name=value...>", "coefficients of your own for it, all of them: E=1.69 A=406.4")
    .option(
      "--flops <C>",
      "the budget in FLOPs (C = 6ND, unless the law says otherwise)",
      numberOption("--flops", { above: 0 }),
    )
    .option("--budget <words>", 'the budget in words, such as "3 PF-days"')
    .option("--at <quantity=value...>", "values of the law's other inputs: uniqueTokens=100B")
    .option("--flops-per-token <F>", "what a token costs where it isn't 6·N: a formula in the law's letters")
    .option("--flat <share>", "how much more loss counts as the same", shareOption("--flat"), 1e-3)
    .option("--level <share>", "level of the intervals", shareOption("--level"), 0.9)
    .option("--hardware <file>", "hardware of your own, YAML or JSON, to name in the words")
    .option("--no-assume", "take no MFU and no price from the cited tables")
    .option(
      "--family <name>",
      "of the shape: llama, gpt2, moe or chinchilla",
      wordOption("--family", shapeFamilies),
    )
    .option("--vocabulary <V>", "of the shape", numberOption("--vocabulary", { above: 0 }))
    .option("--context <T>", "tokens in a training sequence", numberOption("--context", { above: 0 }))
    .option("--explain", "the arithmetic, line by line, with its sources")
    .option(
      "--export <language>",
      "the plan as python, latex or csv",
      wordOption("--export", exportLanguages),
    )
    .option("-o, --out <file>", "write the plan here too")
    .action(async (file, words, options) => {
      const answer = openAnswer(world, options);
      const { pairs, strays } = readPairs("--at", options.at);
      const set = readPairs("--set", options.set);
      // with --law there is no fit file: whatever stands there is the budget
      const all = [...(file === undefined ? [] : [file]), ...words, ...strays, ...set.strays];
      const isFile = all.length > 0 && !isBudget(all[0]);
      const withFile = isFile && (options.law === undefined || all[0].endsWith(".json"));
      const basis = await readPlanBasis(world, withFile ? all[0] : undefined, {
        ...options,
        coefficients: set.pairs,
      });
      const given = [
        ...(withFile ? all.slice(1) : all),
        ...(options.budget === undefined ? [] : [options.budget]),
      ];
      const hardware = await ownHardware(world, options.hardware);
      const question = questionOf(
        { flops: options.flops, words: given },
        { assume: options.assume, hardware },
      );
      const shape = {
        ...(options.family === undefined ? {} : { family: options.family }),
        ...(options.vocabulary === undefined ? {} : { vocabulary: options.vocabulary }),
        ...(options.context === undefined ? {} : { context: options.context }),
      };
      const made = decide(basis, question, {
        held: numberPairs("--at", pairs),
        ...(options.flopsPerToken === undefined ? {} : { flopsPerToken: options.flopsPerToken }),
        flat: options.flat,
        level: options.level,
        hardware,
        shape,
      });
      if (options.out !== undefined)
        await saveText(world, options.out, jsonText(made), { inputs: file === undefined ? [] : [file] });
      const law = "law" in basis ? basis.law : null;
      const symbolic = law && !("slices" in law) ? (law as Law) : null;
      answer.give(made, () =>
        options.export !== undefined
          ? exports[options.export](made, symbolic).trimEnd().split("\n")
          : options.explain
            ? explainLines(made, symbolic)
            : planLines(made, symbolic ? outputUnit(symbolic) : "", answer.paint),
      );
      answer.warnings([...made.warnings, ...made.left]);
      if (options.out !== undefined) answer.remark(`\nWritten to ${options.out}.`);
    });
}

/** True for words that are a budget, as in `isoflop plan "3 PF-days"`, where the fit was forgotten. */
function isBudget(words: string): boolean {
  try {
    return parseBudget(words) !== null;
  } catch {
    return false;
  }
}

/** What was asked: FLOPs alone, or words, which may want other things beside a budget. */
function questionOf(
  { flops, words }: { flops: number | undefined; words: readonly string[] },
  reading: BudgetReading,
): Budget | number {
  if (flops === undefined) {
    if (words.length === 0)
      throw new Error(
        "no budget: give --flops 5.76e23, or words such as '512 H100 for 30 days at 40% MFU' or '$2M of H100, served 1e12 tokens'",
      );
    return parseBudget(words.join(" "), reading);
  }
  if (words.length === 0) return flops;
  // --flops beside words that want something else: a ratio, unique tokens, a load
  const text = words.join(" ");
  if (parseBudget(text, { ...reading, assume: false }).limits.length > 0)
    throw new Error(`the budget is given twice, as --flops and as "${text}"; give it once`);
  return parseBudget(`${flops} FLOPs, ${text}`, reading);
}

const shapeFamilies = ["llama", "gpt2", "moe", "chinchilla"] as const;
const exportLanguages = ["python", "latex", "csv"] as const;
const exports = { python: planPython, latex: planLatex, csv: planCsv };

/** The arithmetic for people, a step a block. */
function explainLines(made: Decision, law: Law | null): string[] {
  return planExplain(made, law).flatMap(({ what, formula, numbers, value, unit, source }, i) => [
    ...(i === 0 ? [] : [""]),
    ...wrap(`${i + 1}. ${what}: ${formula}`, { rest: "   " }),
    ...(numbers === formula ? [] : wrap(numbers, { first: "   = ", rest: "     " })),
    ...(value === null
      ? []
      : wrap(`${formatNumber(value, 5)} ${unit}`.trim(), { first: "   = ", rest: "     " })),
    ...(source === null ? [] : wrap(source, { first: "   — ", rest: "     " })),
  ]);
}
