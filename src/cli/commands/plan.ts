import { outputUnit } from "../../laws/index.ts";
import { formatFlops, formatNumber } from "../../numeric/index.ts";
import { type Plan, parseBudget, plan } from "../../plan/index.ts";
import { jsonText, openAnswer, type Paint } from "../answer.ts";
import { basisText, readPlanBasis } from "../basis.ts";
import { saveText } from "../files.ts";
import { numberOption, numberPairs, readPairs, shareOption } from "../options.ts";
import {
  conventionText,
  extrapolationText,
  spanText,
  unitOf,
  valueText,
  valueWithUnit,
} from "../quantity-text.ts";
import { columns, labelled, warned, wrap } from "../text.ts";
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
      "plan sweep --help",
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
      const flops = budgetOf({ flops: options.flops, words: given });
      const made = plan(basis, flops, {
        held: numberPairs("--at", pairs),
        flopsPerToken: options.flopsPerToken,
        flat: options.flat,
        level: options.level,
      });
      if (options.out !== undefined)
        await saveText(world, options.out, jsonText(made), { inputs: file === undefined ? [] : [file] });
      answer.give(made, () => planLines(made, "law" in basis ? outputUnit(basis.law) : "", answer.paint));
      answer.warnings(made.warnings);
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

/** The budget's FLOPs; words that don't lead to any are refused with what they lack. */
function budgetOf({ flops, words }: { flops?: number; words: readonly string[] }): number {
  if (flops !== undefined) {
    if (words.length > 0)
      throw new Error(`the budget is given twice, as --flops and as "${words.join(" ")}"; give it once`);
    return flops;
  }
  if (words.length === 0)
    throw new Error('no budget: give --flops 5.76e23, or words such as "512 H100 for 30 days at 40% MFU"');
  const budget = parseBudget(words.join(" "));
  if (budget.flops === null)
    throw new Error(
      `the budget "${budget.text}" doesn't say how many FLOPs it is: ${budget.missing.join("; ")}`,
    );
  return budget.flops;
}

/** A plan for people. */
function planLines(made: Plan, unit: string, paint: Paint): string[] {
  const { basis, optimum, intervals, flatRegion, budget } = made;
  const level = intervals && Object.values(intervals).find((interval) => interval !== null)?.level;
  const rows = (["params", "tokens", "tokensPerParam", "loss"] as const).flatMap((quantity) => {
    const value = optimum[quantity];
    if (value === null) return [];
    const interval = intervals?.[quantity];
    const letter = letters[quantity];
    const measured = quantity === "loss" ? `${unit}, predicted` : unitOf(quantity);
    const cells = [letter, paint.bold(valueText(quantity, value))];
    return level
      ? [[...cells, interval ? spanText(quantity, [interval.low, interval.high]) : "–", measured]]
      : [[...cells, measured]];
  });
  const head = level ? ["", "best", `${formatNumber(100 * level, 3)} % interval`, ""] : null;
  const held = Object.entries(made.held).map(
    ([quantity, value]) => `${quantity} = ${valueWithUnit(quantity, value)}`,
  );
  const outside = extrapolationText(made.extrapolation);
  return [
    ...wrap(
      `${paint.bold(`${formatFlops(budget.flops)} FLOPs`)} (${conventionOf(made).short}) buy best, by ${basisText(basis)}:`,
    ),
    "",
    ...columns(head ? [head.map(paint.dim), ...rows] : rows, { align: ["left", "right"] }),
    "",
    ...(flatRegion
      ? labelled(
          "flat",
          `${spanText("params", flatRegion.params)} parameters, on ${spanText("tokens", [flatRegion.tokens[1], flatRegion.tokens[0]])} tokens, lose at most ${formatNumber(flatRegion.tolerance, 2)} more`,
        )
      : []),
    ...labelled(
      "outside",
      outside.length === 1
        ? outside[0]
        : outside
            .map((text) => `${text};`)
            .join(" ")
            .replace(/;$/, ""),
    ),
    ...labelled("counting", `${conventionText(made.params)}; C ${conventionOf(made).long}`),
    ...(held.length > 0 ? labelled("held", held.join(", ")) : []),
    ...labelled("formula", made.formula),
    ...(basis.kind === "published" ? labelled("source", basis.from) : []),
    ...(level
      ? []
      : labelled(
          "intervals",
          basis.kind === "fit" || basis.kind === "frontier"
            ? "none: fit with --bootstrap 400 to get them"
            : `none: ${basis.kind} coefficients carry no draws`,
        )),
    ...made.remarks.flatMap((text, i) => labelled(i === 0 ? "note" : "", text)),
    ...(made.warnings.length > 0 ? ["", ...made.warnings.flatMap((text) => warned(text, paint))] : []),
  ];
}

/** How C is counted: by the runs of an envelope or of isoFLOP slices, else by what a token costs. */
function conventionOf({ basis, budget: { convention } }: Plan): { short: string; long: string } {
  if (convention === "6ND") return { short: "6ND", long: "= 6·N·D" };
  if (basis.kind === "frontier") {
    const counted = convention === "unstated" ? "as the runs count it" : `by the convention "${convention}"`;
    return { short: counted, long: counted };
  }
  return { short: `${convention} for each token`, long: `= (${convention})·D` };
}

const letters = { params: "N*", tokens: "D*", tokensPerParam: "D*/N*", loss: "L*" } as const;
