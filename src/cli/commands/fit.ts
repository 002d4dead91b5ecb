import {
  type DrawnEnds,
  type DrawScheme,
  type FitOptions,
  frontierQuantities,
  objective,
} from "../../fit/index.ts";
import { weightsOf } from "../../runs/index.ts";
import { jsonText, openAnswer } from "../answer.ts";
import {
  lawOf,
  readObservations,
  withDataOptions,
  withLawOptions,
  withObjectiveOptions,
} from "../data-options.ts";
import { Failed } from "../fail.ts";
import { saveText } from "../files.ts";
import { fitLines, mappingLines, nextText } from "../fit-text.ts";
import { fitFrontier, isFrontierApproach, withFrontierOptions } from "../frontier-fit.ts";
import { frontierLines } from "../frontier-text.ts";
import { methodsOption, withIntervals } from "../intervals.ts";
import { invocation } from "../invocation.ts";
import { numberOption, numberPairs, readPairs, shareOption, wholeOption, wordOption } from "../options.ts";
import { fitWatched } from "../refits.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

const schemes: readonly (DrawScheme | "auto")[] = [
  "auto",
  "residual",
  "pairs",
  "cluster",
  "wild",
  "wild-webb",
  "parametric",
];
const ends: readonly DrawnEnds[] = ["percentile", "bca"];

/** isoflop fit: runs and a law → a Fit. */
export function fitVerb(world: World): RunnableVerb {
  const command = verb(
    world,
    "fit",
    "Fit a law to runs. Reads CSV, TSV, JSON lines and JSON; columns are found by name and unit, and what was taken for what is printed.",
    [
      "fit runs.csv -o fit.json",
      "fit runs.csv --bootstrap 1000 --where used_in_fit=1",
      "fit runs.csv --map params=N_total tokens=D loss=val_loss",
      'fit runs.csv --formula "E + A / N^alpha" --inputs params=N',
      "fit runs.csv --approach 2 --budget-tolerance 5% --bootstrap 400",
      "fit runs.csv --law ./mine.ts --json | isoflop plan - --flops 1e22",
    ],
  ).argument("[runs]", "a file of runs, or - for standard input");
  return withObjectiveOptions(withFrontierOptions(withDataOptions(withLawOptions(command))))
    .option(
      "--approach <n>",
      "Hoffmann's: 1 envelope of curves, 2 isoFLOP minima, 3 a law",
      wholeOption("--approach"),
      3,
    )
    .option("--tau <q>", "of the quantile objective (default: 0.5)", shareOption("--tau"))
    .option(
      "--over <w>",
      "of the asymmetric one: weight of predicting too high (default: 10)",
      numberOption("--over", { above: 0 }),
    )
    .option("--weights <column>", "a column of weights, one a row")
    .option("--fix <name=value...>", "parameters held at a value: A=406.4")
    .option(
      "--fix-from <fit.json:names>",
      "parameters held at what another fit found, such as other.json:alpha,beta",
    )
    .option("--bootstrap <n>", "refits for intervals; 0 for none", wholeOption("--bootstrap"), 0)
    .option(
      "--scheme <name>",
      "how the refits' data are drawn: auto, residual, pairs, cluster, wild, wild-webb, parametric",
      wordOption("--scheme", schemes),
      "auto",
    )
    .option(
      "--clusters <by>",
      "what is drawn together: a column that names runs, or params, or flops (the budget)",
    )
    .option(
      "--interval <ends>",
      "how the ends are taken from the draws: percentile or bca",
      wordOption("--interval", ends),
      "percentile",
    )
    .option("--intervals <methods>", "side by side: bootstrap,profile,delta", methodsOption("--intervals"))
    .option("--level <share>", "level of the intervals", shareOption("--level"), 0.9)
    .option("-o, --out <file>", "write the fit here too")
    .action(async (file, options) => {
      const answer = openAnswer(world, options);
      const map = readPairs("--map", options.map);
      const fix = readPairs("--fix", options.fix);
      const files = [...(file === undefined ? [] : [file]), ...map.strays, ...fix.strays];
      if (files.length > 1) throw new Error(`expected one file of runs, got ${files.join(", ")}`);
      if (files.length === 0)
        throw new Error(
          "no runs to fit: give a file, such as isoflop fit runs.csv (or - for standard input)",
        );
      const { law: named, formula, delta, tau, over, objective: by } = options;
      const ofLaws = {
        "--law": named,
        "--formula": formula,
        "--objective": by === "huber-log" ? undefined : by,
        "--delta": delta,
        "--tau": tau,
        "--over": over,
        "--fix": options.fix,
        "--fix-from": options.fixFrom,
        "--scheme": options.scheme === "auto" ? undefined : options.scheme,
        "--clusters": options.clusters,
        "--interval": options.interval === "percentile" ? undefined : options.interval,
        "--intervals": options.intervals,
      };
      if (isFrontierApproach(options, { approach: options.approach, ofLaws })) {
        await frontier(files[0]!);
        return;
      }

      const law = await lawOf(world, options);
      const observed = await readObservations(world, files[0]!, law, options);
      answer.lines(mappingLines(observed));
      const settings: FitOptions = {
        objective: objective(options.objective, {
          delta: options.delta,
          tau: options.tau,
          over: options.over,
        }),
        weights: options.weights === undefined ? null : weightsOf(observed, options.weights),
        fixed: { ...(await borrowed(world, options.fixFrom)), ...numberPairs("--fix", fix.pairs) },
        bootstrap: options.bootstrap,
        scheme: options.scheme,
        clusters: options.clusters,
        interval: options.interval,
        level: options.level,
        seed: options.seed,
      };
      const plain = await fitWatched(world, law, observed, { ...settings, quiet: options.quiet });
      const { intervals: methods, level } = options;
      const weights = settings.weights ?? null;
      const made =
        methods === undefined ? plain : withIntervals(plain, observed, { methods, level, weights });
      if (options.out !== undefined) await saveText(world, options.out, jsonText(made), { inputs: files });
      answer.give(made, () => fitLines(made, answer.paint));
      answer.warnings(made.warnings.map(({ message }) => message));
      if (made.status === "non-finite") throw new Failed(`no fit: ${made.message}`);
      if (options.out !== undefined) answer.remark(`\nWritten to ${options.out}.`);
      if (!answer.json && made.exponents && made.verdict?.grade !== "do-not-use")
        answer.remark(nextText(made, options.out, invocation(world)));

      /** Approaches 1 and 2, which need no law. */
      async function frontier(runs: string): Promise<void> {
        const observed = await readObservations(world, runs, frontierQuantities, options);
        answer.lines(mappingLines(observed));
        const { weights, bootstrap, level, seed } = options;
        const made = fitFrontier(options.approach, observed, options, {
          weights: weights === undefined ? null : weightsOf(observed, weights),
          bootstrap,
          level,
          seed,
        });
        if (options.out !== undefined) await saveText(world, options.out, jsonText(made), { inputs: files });
        answer.give(made, () => frontierLines(made, answer.paint));
        answer.warnings(made.warnings.map(({ message }) => message));
        if (made.laws === null) throw new Failed(`no fit: ${made.message}`);
        if (options.out !== undefined) answer.remark(`\nWritten to ${options.out}.`);
        if (!answer.json) answer.remark(nextText(made, options.out, invocation(world)));
      }
    });
}

/** The parameters that --fix-from takes over from another fit. */
async function borrowed(world: World, text: string | undefined): Promise<Record<string, number>> {
  if (text === undefined) return {};
  const [, file, names] = /^(.+):([^:]+)$/.exec(text) ?? [];
  if (file === undefined || names === undefined)
    throw new Error(`--fix-from: expected a fit and names, such as other.json:alpha,beta, got "${text}"`);
  // loaded only here: most fits borrow nothing
  const [{ readFit }, { borrow }] = await Promise.all([
    import("../fit-file.ts"),
    import("../../trust/index.ts"),
  ]);
  return borrow(
    await readFit(world, file),
    names.split(",").map((name) => name.trim()),
  );
}
