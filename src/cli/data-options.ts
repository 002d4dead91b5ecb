import type { Command, OptionValues } from "@commander-js/extra-typings";
import { objectiveNames } from "../fit/index.ts";
import { readRuns } from "../import/index.ts";
import { findLaw, type Law, lawFromFormula } from "../laws/index.ts";
import type { ParameterConvention } from "../models/index.ts";
import {
  chooseRows,
  type Observations,
  type ObserveOptions,
  observe,
  type Table,
  tableOfRuns,
  where,
} from "../runs/index.ts";
import { readInput } from "./files.ts";
import { namedLaw } from "./law.ts";
import { numberOption, readPairs, shareOption, wholeOption, wordOption } from "./options.ts";
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

/** What every command that fits asks of the objective. */
export type ObjectiveOptions = { readonly objective: string; readonly delta?: number };

export function withObjectiveOptions<Arguments extends unknown[], Options extends OptionValues>(
  command: Command<Arguments, Options>,
): Command<Arguments, Options & ObjectiveOptions> {
  return command
    .option(
      "--objective <name>",
      "what is minimised, summed over rows: huber, squared, absolute, quantile, asymmetric; alone or with -log, -log1p, -log-log",
      wordOption("--objective", objectiveNames),
      "huber-log",
    )
    .option(
      "--delta <d>",
      "where Huber's loss becomes a line (default: 1e-3)",
      numberOption("--delta", { above: 0 }),
    ) as unknown as Command<Arguments, Options & ObjectiveOptions>;
}

export type DataOptions = {
  readonly map?: string[];
  readonly paramsConvention?: ParameterConvention;
  readonly where?: string;
  readonly dropHighestLoss: number;
  readonly dropFirst?: number;
  readonly dropShare?: number;
  readonly run?: string;
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
      "--drop-first <tokens>",
      "of training curves: leave out rows up to so many tokens, such as 10B",
      numberOption("--drop-first", { above: 0 }),
    )
    .option(
      "--drop-share <share>",
      "of training curves: leave out this first share of each run's tokens",
      shareOption("--drop-share"),
    )
    .option("--run <column>", "with --drop-share: the column that names the run (default: params tells them)")
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

/** What a law asks of the file. */
type Wanted = { readonly inputs: readonly string[]; readonly output: string };

/** A file of runs as the law's quantities: the filter first, then the highest losses. */
export async function readObservations(
  world: World,
  file: string,
  law: Pick<Law, "inputs" | "output">,
  options: DataOptions,
): Promise<Observations> {
  const wanted = { inputs: Object.keys(law.inputs), output: law.output };
  const kept = chosenRows(await readTable(world, file, options), wanted, options);
  return observe(kept, wanted, observing(options));
}

/** A file of runs as it stands, but for the rows that --where leaves out. */
export async function readTable(world: World, file: string, options: DataOptions): Promise<Table> {
  const { text, origin } = await readInput(world, file);
  const source = readRuns(text, { origin, decimal: options.decimal });
  const table = "columns" in source ? source : tableOfRuns(source, { origin });
  return options.where === undefined ? table : where(table, options.where).table;
}

/** How the columns are to be read. */
export function observing({
  map,
  paramsConvention,
  skipBadRows,
  schedule,
  memory,
  fromStep,
  warmup,
}: DataOptions): ObserveOptions {
  return {
    map: readPairs("--map", map).pairs,
    skipBadRows,
    convention: { params: paramsConvention },
    curves: { schedule, memory, fromStep, warmupSteps: warmup },
  };
}

/** Without the rows that --drop-first, --drop-share and --drop-highest-loss leave out, in that order. */
export function chosenRows(table: Table, wanted: Wanted, options: DataOptions): Table {
  const { dropHighestLoss, dropFirst, dropShare, run } = options;
  if (run !== undefined && dropShare === undefined)
    throw new Error(`--run ${run} says whose share is dropped; add --drop-share, such as --drop-share 0.1`);
  const choice = { dropFirst, dropShare, run, dropHighest: dropHighestLoss };
  return chooseRows(table, wanted, choice, observing(options));
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
