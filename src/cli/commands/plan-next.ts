import type { Fit } from "../../fit/index.ts";
import { formatCount, formatFlops, formatNumber } from "../../numeric/index.ts";
import { type Observations, weightsOf } from "../../runs/index.ts";
import { type KnownTo, type NextRuns, nextRuns } from "../../trust/index.ts";
import { jsonText, openAnswer, type Paint } from "../answer.ts";
import { asTheFit } from "../as-the-fit.ts";
import { type DataOptions, readObservations, withDataOptions } from "../data-options.ts";
import { saveText } from "../files.ts";
import { readFit } from "../fit-file.ts";
import { numberOption, numberPairs, readPairs, shareOption, wholeOption } from "../options.ts";
import { aimOption, aimText, runDesign, withRunOptions } from "../run-options.ts";
import { columns, labelled, warned, wrap } from "../text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop plan next: a fit and the FLOPs that are left → the runs that would teach it most. */
export function planNextVerb(world: World): RunnableVerb {
  const command = verb(
    world,
    "plan next",
    "Which runs to make next: of all that the FLOPs left allow, the few that shrink the interval of N* (or of the loss) at a budget most, checked by simulation, as RunSpecs for isoflop sweep run.",
    [
      "plan next fit.json --flops 1e20",
      "plan next fit.json --data runs.csv --flops 1e20 --at-budget 1e23 --for loss --unique-tokens 5B",
      "plan next fit.json --flops 3e16 --runs 3 --trainer gpt -o next.json",
    ],
  ).argument("<fit.json>", "a fit of a law");
  return withRunOptions(withDataOptions(command))
    .option("--flops <C>", "FLOPs that are left for runs", numberOption("--flops", { above: 0 }))
    .option(
      "--at-budget <C>",
      "the budget whose best model is to be known (default: ten times the largest run)",
      numberOption("--at-budget", { above: 0 }),
    )
    .option("--for <aim>", "to know N*, loss, predictions or parameters (default: N*)", aimOption)
    .option("--runs <n>", "so many at the most (default: 6)", wholeOption("--runs", { least: 1 }))
    .option(
      "--reach <x>",
      "no run beyond so many times the largest one (default: 10)",
      numberOption("--reach", { above: 0 }),
    )
    .option("--data <runs>", "the runs of the fit (default: the file it was made from, where that is here)")
    .option("--weights <column>", "a column of weights: those of the fit, which doesn't keep them")
    .option("--at <quantity=value...>", "values of the law's other inputs, such as uniqueTokens=100B")
    .option("--flops-per-token <formula>", 'what a token costs, such as "6 * N / 43" (default: 6 * N)')
    .option(
      "--simulate <n>",
      "refits that check a design; 0 for none (default: 400)",
      wholeOption("--simulate"),
    )
    .option("--level <share>", "level of the intervals", shareOption("--level"), 0.9)
    .option("-o, --out <file>", "write the answer here too; isoflop sweep run trains its runs")
    .action(async (file, options) => {
      const answer = openAnswer(world, options);
      if (options.flops === undefined)
        throw new Error("no budget: give the FLOPs that are left for runs, such as --flops 1e20");
      const { pairs, strays } = readPairs("--at", options.at);
      if (strays.length > 0) throw new Error(`--at: expected name=value, got "${strays[0]}"`);
      const fit = await readFit(world, file);
      const observed = await rowsOf(world, fit, options);
      if (observed && observed.hash !== fit.data.hash)
        answer.remark(
          `These are not the runs of the fit (${fit.rows} rows of ${fit.data.origin}, another hash): what they would tell its law is taken as known.`,
        );
      if (options.weights !== undefined && !observed)
        throw new Error(`--weights ${options.weights} is a column of the runs; give them with --data`);
      const made = nextRuns(fit, observed, {
        ...runDesign(options),
        flops: options.flops,
        target: options.atBudget,
        aim: options.for,
        most: options.runs,
        reach: options.reach,
        held: numberPairs("--at", pairs),
        flopsPerToken: options.flopsPerToken,
        weights: observed && options.weights !== undefined ? weightsOf(observed, options.weights) : null,
        replications: options.simulate,
        level: options.level,
        seed: options.seed,
      });
      if (options.out !== undefined) await saveText(world, options.out, jsonText(made), { inputs: [file] });
      answer.give(made, () => nextLines(made, answer.paint));
      answer.warnings(made.warnings);
      if (options.out !== undefined)
        answer.remark(`\nWritten to ${options.out}; isoflop sweep run ${options.out} trains them.`);
    });
}

/** The rows of the fit: as given, else from the file that it names, where those are its rows. */
async function rowsOf(
  world: World,
  fit: Fit,
  options: DataOptions & { readonly data?: string },
): Promise<Observations | null> {
  if (options.data !== undefined)
    return readObservations(world, options.data, fit.law, asTheFit(fit, options));
  try {
    const found = await readObservations(world, fit.data.origin, fit.law, asTheFit(fit, options));
    return found.hash === fit.data.hash ? found : null;
  } catch {
    return null; // it was made somewhere else
  }
}

function nextLines(made: NextRuns, paint: Paint): string[] {
  const { aim, target, budget, now, after, runs, single, steps, isoflop, simulated, specs, refused } = made;
  const what = aimText(aim, formatFlops(target.flops));
  const idOf = (params: number, tokens: number): string =>
    specs.find((spec) => spec.tokens === tokens && Object.values(spec.parameters).includes(params))?.id ?? "";
  const rows = runs.map(({ params, tokens, tokensPerParam, flops, leaves }) => [
    formatFlops(flops, 3),
    formatCount(params),
    formatCount(tokens),
    formatNumber(tokensPerParam, 3),
    percent(leaves),
    idOf(params, tokens),
  ]);
  const less = steps
    .slice(0, -1)
    .map((step) => `${formatFlops(step.flops, 2)} leave ${percent(step.leaves)}`);
  return [
    ...wrap(
      `To know ${what} better than the fit of ${made.basis.law} to ${made.basis.rows} rows of ${made.basis.origin} does, of ${made.candidates} runs that can be made:`,
    ),
    "",
    ...columns([["FLOPs", "params", "tokens", "D/N", "leaves", "id"], ...rows], {
      align: ["right", "right", "right", "right", "right"],
    }),
    "",
    ...labelled("now", knownText(aim, now)),
    ...labelled("then", `${knownText(aim, after)}: ${percent(after.sd / now.sd)} as wide in ln`),
    ...labelled("for", `${formatFlops(budget.used, 3)} of ${formatFlops(budget.flops, 3)} FLOPs`),
    ...(less.length > 0 ? labelled("or for", less.join(", ")) : []),
    ...(isoflop
      ? labelled(
          "isoFLOP",
          `a curve of ${isoflop.runs} sizes for all the FLOPs leaves ${percent(isoflop.leaves)}`,
        )
      : []),
    ...(single
      ? labelled(
          "one run",
          `${formatCount(single.params)} on ${formatCount(single.tokens)} tokens, ${formatFlops(single.flops, 2)} FLOPs, leaves ${percent(single.leaves)}: the most for its FLOPs`,
        )
      : []),
    ...(simulated ? labelled("simulated", simulatedText(simulated)) : []),
    ...(refused.count > 0
      ? labelled("left out", `${refused.count}, the first because ${refused.reason}`)
      : []),
    ...(made.warnings.length > 0 ? ["", ...made.warnings.flatMap((text) => warned(text, paint))] : []),
  ];
}

const percent = (share: number): string => `${formatNumber(100 * share, 2)} %`;

function knownText(aim: NextRuns["aim"], { value, interval, sd }: KnownTo): string {
  if (value === null || interval === null) return `± ${percent(sd)} (one standard deviation)`;
  const show = (x: number): string => (aim === "loss" ? formatNumber(x, 4) : formatCount(x));
  return `${show(value)} (${show(interval.low)} to ${show(interval.high)}, ${percent(interval.level)})`;
}

const names = { none: "now", chosen: "with these", single: "with the one run", isoflop: "with the curve" };

function simulatedText(simulated: NonNullable<NextRuns["simulated"]>): string {
  const said = simulated.map(
    ({ design, predicted, simulated: sd }) =>
      `${names[design]} ± ${sd === null ? "–" : percent(sd)} (expected ${percent(predicted)})`,
  );
  return `${simulated[0]!.replications} refits each: ${said.join(", ")}`;
}
