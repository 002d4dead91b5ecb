import type { Command, OptionValues } from "@commander-js/extra-typings";
import { readRuns } from "../import/index.ts";
import { findLaw, type Law, lawFromFormula } from "../laws/index.ts";
import type { ParameterConvention } from "../models/index.ts";
import {
  dropHighest,
  type Observations,
  type ObserveOptions,
  observe,
  type Table,
  tableOfRuns,
  where,
} from "../runs/index.ts";
import { readInput } from "./files.ts";
import { namedLaw } from "./law.ts";
import { numberOption, readPairs, wholeOption, wordOption } from "./options.ts";
import type { World } from "./world.ts";

// What every command asks that reads runs: which law, and what the columns and rows of the file mean.

const conventions: readonly ParameterConvention[] = ["total", "nonEmbedding", "active"];

export type LawOptions = {
  readonly law?: string;
  readonly formula?: string;
  readonly real?: string;
  readonly inputs?: string;
  readonly output?: string;
};

export function withLawOptions<Arguments extends unknown[], Options extends OptionValues>(
  command: Command<Arguments, Options>,
): Command<Arguments, Options & LawOptions> {
  return command
    .option("--law <name|file>", "a law by name, or from a .json or .ts file (default: chinchilla)")
    .option("--formula <F>", 'a law of your own: "E + A / N^alpha"; its parameters are positive')
    .option("--real <names>", "with --formula: parameters that may be negative, such as --real a,b")
    .option("--inputs <pairs>", "its inputs, quantity=letter: params=N,tokens=D")
    .option("--output <quantity>", "what it predicts (default: loss)") as unknown as Command<
    Arguments,
    Options & LawOptions
  >;
}

export type DataOptions = {
  readonly map?: string[];
  readonly paramsConvention?: ParameterConvention;
  readonly where?: string;
  readonly dropHighestLoss: number;
  readonly decimal?: "comma" | "point";
  readonly skipBadRows?: true;
  readonly schedule?: string;
  readonly memory?: number;
  readonly fromStep?: number;
  readonly warmup?: number;
};

export function withDataOptions<Arguments extends unknown[], Options extends OptionValues>(
  command: Command<Arguments, Options>,
): Command<Arguments, Options & DataOptions> {
  return command
    .option("--map <quantity=column...>", "columns by hand: params=N_total tokens=D loss=val_loss")
    .option(
      "--params-convention <c>",
      "what the parameter column counts: total, nonEmbedding, active",
      wordOption("--params-convention", conventions),
    )
    .option("--where <filter>", "only these rows: used_in_fit=1, params>=70M,family=a|b")
    .option(
      "--drop-highest-loss <k>",
      "leave out the k rows of highest loss",
      wholeOption("--drop-highest-loss"),
      0,
    )
    .option(
      "--decimal <mark>",
      "the decimal mark where a column leaves it open (3,722): comma or point",
      wordOption("--decimal", ["comma", "point"] as const),
    )
    .option("--skip-bad-rows", "leave out rows with unreadable cells, counted, instead of refusing the file")
    .option(
      "--schedule <text>",
      "for laws of loss curves without a column of learning rates: cosine peak=3e-4 steps=24000 warmup=500",
    )
    .option(
      "--memory <lambda>",
      "for annealing: how slowly falls of the rate fade (default: 0.999)",
      numberOption("--memory", { above: 0 }),
    )
    .option(
      "--from-step <step>",
      "for loss curves: the first step to fit; those before it only say their rate",
      wholeOption("--from-step"),
    )
    .option(
      "--warmup <steps>",
      "for loss curves: the length of a warm-up that the log leaves out",
      wholeOption("--warmup"),
    ) as unknown as Command<Arguments, Options & DataOptions>;
}

/** A file of runs as the law's quantities: the filter first, then the highest losses. */
export async function readObservations(
  world: World,
  file: string,
  law: Law,
  options: DataOptions,
): Promise<Observations> {
  const { text, origin } = await readInput(world, file);
  const source = readRuns(text, { origin, decimal: options.decimal });
  return observeRows("columns" in source ? source : tableOfRuns(source, { origin }), law, options);
}

function observeRows(
  table: Table,
  law: Law,
  {
    map,
    paramsConvention,
    where: filter,
    dropHighestLoss: k,
    skipBadRows,
    schedule,
    memory,
    fromStep,
    warmup,
  }: DataOptions,
): Observations {
  const wanted = { inputs: Object.keys(law.inputs), output: law.output };
  const options: ObserveOptions = {
    map: readPairs("--map", map).pairs,
    skipBadRows,
    convention: { params: paramsConvention },
    curves: { schedule, memory, fromStep, warmupSteps: warmup },
  };
  const kept = filter === undefined ? table : where(table, filter).table;
  const observed = observe(kept, wanted, options);
  if (k === 0) return observed;
  const column = observed.mapping.find(({ quantity }) => quantity === law.output)?.column;
  if (column == null) throw new Error(`cannot drop the highest ${law.output}: no column holds it`);
  return observe(dropHighest(kept, column, k).table, wanted, options);
}

export async function lawOf(world: World, { law, formula, inputs, output, real }: LawOptions): Promise<Law> {
  if (formula !== undefined) {
    if (law !== undefined) throw new Error("both --law and --formula are given; give one of them");
    if (inputs === undefined)
      throw new Error(
        "--formula also needs --inputs, its inputs as quantity=letter, such as --inputs params=N,tokens=D",
      );
    return lawFromFormula(formula, {
      inputs,
      output,
      real: real?.split(",").map((name) => name.trim()) ?? [],
    });
  }
  if (inputs !== undefined || output !== undefined)
    throw new Error(
      `${inputs !== undefined ? "--inputs" : "--output"} belongs to --formula; to write the fit to a file use -o FILE`,
    );
  return law === undefined ? findLaw("chinchilla") : namedLaw(world, law);
}
