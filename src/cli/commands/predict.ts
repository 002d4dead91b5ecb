import { formatIn } from "../../figures/index.ts";
import { type Law, outputUnit, quantityInfo } from "../../laws/index.ts";
import { curveFeatures, learningRates, readSchedule } from "../../models/index.ts";
import { didYouMean, formatNumber } from "../../numeric/index.ts";
import { type Prediction, predict, predictChain, solveInput } from "../../plan/index.ts";
import { isOfCurve } from "../../runs/index.ts";
import { openAnswer, type Paint } from "../answer.ts";
import { basisText, readBasis } from "../basis.ts";
import { chainLines, readLink } from "../chain.ts";
import { numberOption, numberPairs, readPairs, shareOption } from "../options.ts";
import { extrapolationText, unitOf, valueText, valueWithUnit } from "../quantity-text.ts";
import { warned, width, wrap } from "../text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop predict: what a basis says of one point. */
export function predictVerb(world: World): RunnableVerb {
  return verb(
    world,
    "predict",
    "What a fit or a published law says of one point, such as a model of so many parameters on so many tokens.",
    [
      "predict fit.json --params 70B --tokens 1.4T",
      "predict --law chinchilla --source besiroglu2024-refit \\\n      --params 70B --tokens 1.4T",
      "predict --law coverage --at samples=1000",
      "predict --law mup-learning-rate --set eta_0=0.01 d_0=256 \\\n      --at width=4096",
      "predict fit.json --at params=7B tokens=2T uniqueTokens=500B",
      "predict fit.json --solve params --target 2.1 --tokens 1T",
      'predict curves.json --schedule "wsd peak=3e-4 steps=24k decay=4k"',
      "predict fit.json --params 7B --tokens 2T --then task.json \\\n      --then pass-at-k:s=12 --at samples=100",
    ],
  )
    .argument("[fit.json]", "a fit made by isoflop fit, or - for standard input")
    .option("--law <name|file>", "instead of a fit: a law, with --source or --set")
    .option("--source <key>", "which published coefficients of the law")
    .option("--set <name=value...>", "coefficients of your own for it, all of them: E=1.69 A=406.4")
    .option("--params <N>", "model size, such as 70B", numberOption("--params", { above: 0 }))
    .option("--tokens <D>", "training tokens, such as 1.4T", numberOption("--tokens", { above: 0 }))
    .option("--at <quantity=value...>", "any input of the law: samples=100 loss=2.5")
    .option(
      "--schedule <text>",
      "for laws of loss curves: the schedule at whose end the loss is asked, such as wsd peak=3e-4 steps=24k",
    )
    .option(
      "--memory <lambda>",
      "for annealing: the λ it was fitted with (default: 0.999)",
      shareOption("--memory"),
    )
    .option("--solve <input>", "turned round: the input at which --target is reached, the others given")
    .option("--target <value>", "with --solve: what the law's output is to be", numberOption("--target"))
    .option("--near <value>", "with --solve: of several answers the nearest to this", numberOption("--near"))
    .option(
      "--then <link>",
      "a law that takes what the one before it gives (repeat for more): fit.json, law:source or law:name=value,…",
      (link: string, before: string[]) => [...before, link],
      [],
    )
    .option("--level <share>", "level of the interval", shareOption("--level"), 0.9)
    .action(async (file, options) => {
      const answer = openAnswer(world, options);
      const { pairs, strays } = readPairs("--at", options.at);
      const set = readPairs("--set", options.set);
      const files = [...(file === undefined ? [] : [file]), ...strays, ...set.strays];
      if (files.length > 1) throw new Error(`expected one fit file, got ${files.join(", ")}`);
      const at = numberPairs("--at", pairs);
      for (const quantity of ["params", "tokens"] as const) {
        const value = options[quantity];
        if (value === undefined) continue;
        if (at[quantity] !== undefined)
          throw new Error(`${quantity} is given twice, as --${quantity} and in --at`);
        at[quantity] = value;
      }
      const basis = await readBasis(world, files[0], { ...options, coefficients: set.pairs });
      if (options.schedule !== undefined)
        Object.assign(at, curveInputs(basis.law, options.schedule, options.memory));
      const { solve, target, near, level } = options;
      if (options.then.length > 0) {
        if (solve !== undefined || target !== undefined || near !== undefined)
          throw new Error("--then can't be turned round: leave --solve, --target and --near out");
        const links = await Promise.all(options.then.map((link) => readLink(world, link)));
        const chained = predictChain([basis, ...links], at, { level, seed: options.seed });
        answer.give(chained, () => chainLines(chained, [basis, ...links], answer.paint));
        answer.warnings(chained.warnings);
        return;
      }
      if ((solve === undefined) !== (target === undefined) || (near !== undefined && solve === undefined))
        throw new Error(
          "--solve and --target go together, such as --solve params --target 2.1 (--near chooses among several answers)",
        );
      checkInputs(basis.law, at, solve);
      const made =
        solve === undefined || target === undefined
          ? predict(basis, at, { level })
          : solveInput(basis, { solve, target, at, level, ...(near === undefined ? {} : { near }) });
      answer.give(made, () => predictionLines(made, basis.law, answer.paint));
      answer.warnings(made.warnings);
    });
}

/** What a law of loss curves takes at the end of a schedule. */
function curveInputs(law: Law, text: string, memory: number | undefined): Record<string, number> {
  const inputs = Object.keys(law.inputs).filter(isOfCurve);
  if (inputs.length === 0)
    throw new Error(
      `cannot predict with ${law.name} by --schedule: it has no input that follows from learning rates; annealing and multi-power have`,
    );
  const pieces = Math.max(1, ...inputs.map((name) => Number(/\d+$/.exec(name)?.[0] ?? 1)));
  const schedule = readSchedule(text);
  const warmupSteps = schedule.warmupSteps ?? 0;
  const options = { at: [schedule.steps], pieces, warmupSteps, ...(memory === undefined ? {} : { memory }) };
  const [end] = curveFeatures(learningRates(schedule), options);
  return Object.fromEntries(inputs.map((name) => [name, (end as unknown as Record<string, number>)[name]!]));
}

/** The inputs that have an option of their own, as it is typed. */
const ownOptions: Readonly<Record<string, string>> = { params: "--params 70B", tokens: "--tokens 1.4T" };

/** What is asked has to be the law's, and all of it: an input that is missing or misspelt is told with its remedy. */
function checkInputs(law: Law, at: Readonly<Record<string, number>>, solve: string | undefined): void {
  const inputs = Object.keys(law.inputs);
  const unknown = Object.keys(at).find((quantity) => !inputs.includes(quantity));
  if (unknown !== undefined) {
    const near = didYouMean(unknown, inputs);
    throw new Error(
      `cannot predict with ${law.name}: it has no input "${unknown}"; ${near === null ? `it takes ${inputs.join(", ")}` : `did you mean "${near}"?`}`,
    );
  }
  const missing = inputs.filter((quantity) => at[quantity] === undefined && quantity !== solve);
  if (missing.length === 0) return;
  const named = missing.map((quantity) => {
    const meaning = quantityInfo(quantity)?.meaning;
    return meaning === undefined ? quantity : `${quantity} (${meaning})`;
  });
  const others = missing.filter((quantity) => !Object.hasOwn(ownOptions, quantity));
  const remedy = [
    ...Object.entries(ownOptions).flatMap(([quantity, option]) =>
      missing.includes(quantity) ? [option] : [],
    ),
    ...(others.length > 0 ? [`--at ${others.map((quantity) => `${quantity}=…`).join(" ")}`] : []),
  ];
  throw new Error(
    `cannot predict with ${law.name}: it also needs ${named.join(", ")}; add ${remedy.join(" ")}`,
  );
}

function predictionLines(
  { basis, at, output, value, interval, newRun, solved, extrapolation, warnings, remarks }: Prediction,
  law: Law,
  paint: Paint,
): string[] {
  const unit = outputUnit(law);
  const given = Object.entries(at).filter(([quantity]) => quantity !== solved?.quantity);
  const point = given.map(([quantity, given]) =>
    quantity === "params" || quantity === "tokens"
      ? valueWithUnit(quantity, given)
      : `${quantity} ${valueText(quantity, given)}`,
  );
  const outside = extrapolationText(extrapolation);
  const asked = solved ? [`for a ${output} of ${formatIn(unit, solved.target)}`] : [];
  const answer = solved
    ? numberLine(
        {
          quantity: solved.quantity,
          unit: unitOf(solved.quantity),
          value: at[solved.quantity],
          interval: solved.interval,
          of: "",
        },
        paint,
      )
    : numberLine({ quantity: output, unit, value, interval, of: " of the mean" }, paint);
  return [
    ...wrap(`${[...asked, ...point].join(", ")}, by ${basisText(basis, law)}:`),
    "",
    ...answer,
    ...(newRun && !solved
      ? [`    a single new run: ${formatIn(unit, newRun.low)} … ${formatIn(unit, newRun.high)}`]
      : []),
    "",
    ...wrap(outside.join("; "), { first: "  " }),
    ...remarks.flatMap((text) => ["", ...wrap(text, { first: "  " })]),
    ...(warnings.length > 0 ? ["", ...warnings.flatMap((text) => warned(text, paint))] : []),
  ];
}

/** The number that was asked for, its unit and its interval, on two lines where one is too narrow. */
function numberLine(
  {
    quantity,
    unit,
    value,
    interval,
    of,
  }: {
    quantity: string;
    unit: string;
    value: number;
    interval: Prediction["interval"];
    of: string;
  },
  { bold }: Paint,
): string[] {
  const text = formatIn(unit, value);
  const number = `  ${quantity} ${bold(text)} ${unit}`.trimEnd();
  if (!interval) return [number];
  const { low, high, level } = interval;
  const between = `${formatNumber(100 * level, 3)} % interval${of} ${formatIn(unit, low)} … ${formatIn(unit, high)}`;
  const whole = `  ${quantity} ${text} ${unit}  ${between}`;
  return whole.length <= width ? [`${number}  ${between}`] : [number, `    ${between}`];
}
