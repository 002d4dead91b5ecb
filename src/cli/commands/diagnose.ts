import { type Fit, fit, objective } from "../../fit/index.ts";
import { type Observations, weightsOf } from "../../runs/index.ts";
import { diagnose } from "../../trust/index.ts";
import { jsonText, openAnswer } from "../answer.ts";
import { asTheFit } from "../as-the-fit.ts";
import {
  type DataOptions,
  lawOf,
  readObservations,
  withDataOptions,
  withLawOptions,
  withObjectiveOptions,
} from "../data-options.ts";
import { diagnosisLines } from "../diagnosis-text.ts";
import { Failed } from "../fail.ts";
import { readInput, saveText } from "../files.ts";
import { readFit } from "../fit-file.ts";
import { mappingLines } from "../fit-text.ts";
import { numberOption, numberPairs, readPairs, shareOption, wholeOption } from "../options.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop diagnose: a fit and its runs, or runs alone → a Diagnosis. */
export function diagnoseVerb(world: World): RunnableVerb {
  const command = verb(
    world,
    "diagnose",
    "How far a fit can be trusted: a verdict, whether the runs pin each parameter and N* at a budget, which run would help, where else the search could have ended, which choices move N* by how much, and what is odd about the data.",
    [
      "diagnose fit.json --data runs.csv --flops 1e24",
      "diagnose runs.csv",
      "diagnose runs.csv --drop-highest-loss 5 --law chinchilla",
    ],
  ).argument("[file]", "a fit, together with --data, or a file of runs, which is fitted first");
  return withObjectiveOptions(withDataOptions(withLawOptions(command)))
    .option("--data <runs>", "the runs of the fit")
    .option("--flops <C>", "the budget whose N* is asked for", numberOption("--flops", { above: 0 }))
    .option("--at <quantity=value...>", "other inputs of the law, such as uniqueTokens=100B")
    .option("--weights <column>", "a column of weights, one a row: those of the fit, which doesn't keep them")
    .option("--fix <name=value...>", "parameters held at a value: A=406.4")
    .option(
      "--bootstrap <n>",
      "refits for the interval of N*",
      wholeOption("--bootstrap", { least: 20 }),
      200,
    )
    .option("--level <share>", "level of the interval", shareOption("--level"), 0.9)
    .option("-o, --out <file>", "write the diagnosis here too")
    .action(async (file, options) => {
      const answer = openAnswer(world, options);
      const [map, fix, at] = [
        readPairs("--map", options.map),
        readPairs("--fix", options.fix),
        readPairs("--at", options.at),
      ];
      const files = [...(file === undefined ? [] : [file]), ...map.strays, ...fix.strays, ...at.strays];
      if (files.length > 1)
        throw new Error(`expected one file, got ${files.join(", ")}; runs beside a fit go behind --data`);
      if (files.length === 0)
        throw new Error("nothing to diagnose: give a fit with --data runs.csv, or a file of runs");

      // a fit or runs? Standard input can be read only once
      const { text } = await readInput(world, files[0]!);
      const read = { ...world, stdin: async () => text };
      const given = looksLikeFit(text) ? await readFit(read, files[0]!) : null;
      if (given && options.data === undefined)
        throw new Error(
          `a fit doesn't hold its runs: give them with --data, such as --data ${given.data.origin}`,
        );
      if (!given && options.data !== undefined)
        throw new Error(`${files[0]} is no fit, so --data has no use: give the runs alone, or a fit`);

      const runs = given ? options.data! : files[0]!;
      const law = given?.law ?? (await lawOf(world, options));
      const from = given ? world : read;
      const reading = given ? asTheFit(given, options) : options;
      const observed = await readObservations(from, runs, law, reading);
      answer.lines(mappingLines(observed));
      if (given && given.data.hash !== observed.hash)
        answer.remark(
          `These are not the runs of the fit (${given.rows} rows of ${given.data.origin}, another hash): what follows is its law fitted to these.`,
        );
      const weights = options.weights === undefined ? null : weightsOf(observed, options.weights);
      const made =
        given ??
        fit(law, observed, {
          weights,
          objective: objective(options.objective, { delta: options.delta }),
          fixed: numberPairs("--fix", fix.pairs),
          seed: options.seed,
        });
      if (made.status === "non-finite") throw new Failed(`no fit to diagnose: ${made.message}`);
      const found = diagnose(made, observed, {
        flops: options.flops ?? null,
        held: numberPairs("--at", at.pairs),
        weights,
        whole: await wholeOf(from, runs, law, reading),
        bootstrap: options.bootstrap,
        level: options.level,
      });
      if (options.out !== undefined)
        await saveText(world, options.out, jsonText(found), { inputs: [...files, runs] });
      answer.give(found, () => diagnosisLines(found, answer.paint));
      if (options.out !== undefined) answer.remark(`\nWritten to ${options.out}.`);
    });
}

function looksLikeFit(text: string): boolean {
  return /^\s*\{/.test(text) && /"format"\s*:\s*"isoflop\.fit\//.test(text);
}

/** All rows, where some were left out: what leaving them out does is a row of the table. */
async function wholeOf(
  world: World,
  runs: string,
  law: Fit["law"],
  options: DataOptions,
): Promise<Observations | null> {
  if (options.where === undefined && options.dropHighestLoss === 0) return null;
  try {
    return await readObservations(world, runs, law, { ...options, where: undefined, dropHighestLoss: 0 });
  } catch {
    return null; // the rows left out could not be read
  }
}
