import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import {
  type Fit,
  type FrontierFit,
  fitSchema,
  frontierFitSchema,
  type Objective,
  objective,
} from "../fit/index.ts";
import { readRuns } from "../import/index.ts";
import { findLaw, findSet, type Law, lawFromFormula, readLaw } from "../laws/index.ts";
import type { Basis } from "../plan/index.ts";
import {
  chooseRows,
  type Observations,
  type ObserveOptions,
  observe,
  type Table,
  tableOfRuns,
  type Wanted,
} from "../runs/index.ts";
import { collectRuns } from "../sweep/index.ts";
import { readAs } from "./nouns.ts";
import { Refused } from "./refused.ts";
import type { BasisGiven, LawGiven, ObjectiveGiven, Reading, RunsGiven } from "./schema.ts";
import type { Workspace } from "./workspace.ts";

// What requests give by name or whole: runs, laws, fits.

/** The largest file that is taken in or read for a request. */
export const mostBytes: number = 64 * 2 ** 20;

/** A file's text, by its name. */
async function textOf(workspace: Workspace, name: string): Promise<string> {
  const { path, bytes, isFolder } = await workspace.find(name);
  if (isFolder) throw new Refused(409, `${name} is a folder`, { remedy: "name a file" });
  if (bytes > mostBytes)
    throw new Refused(413, `${name} is too large to be read for a request`, {
      got: `${Math.round(bytes / 2 ** 20)} MiB`,
      remedy: "use the command line, which has no limit",
    });
  return readFile(path, "utf8");
}

export async function jsonOf(workspace: Workspace, name: string): Promise<unknown> {
  const text = await textOf(workspace, name);
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Refused(422, `cannot read ${name}: expected JSON (${reason})`);
  }
}

/** Runs as a table, nothing chosen yet. */
export async function tableGiven(
  workspace: Workspace,
  runs: RunsGiven,
  decimal?: "comma" | "point",
): Promise<Table> {
  const { text, origin } =
    typeof runs === "string"
      ? { text: await sweepText(workspace, runs), origin: runs }
      : { text: runs.text, origin: runs.origin ?? "runs" };
  if (text !== null) return tableOfText(text, origin, decimal);
  const ended = await collectRuns(await workspace.findSweep(origin));
  const kept = ended.filter(({ spec }) => spec?.settings.trunk !== true); // as isoflop sweep collect does
  if (kept.length === 0)
    throw new Refused(409, `no run of ${origin} has ended yet`, { remedy: "ask again later" });
  return tableOfRuns(kept, { origin });
}

/** The text of a file of runs; null for a sweep. */
async function sweepText(workspace: Workspace, name: string): Promise<string | null> {
  const isSweep = await workspace.findSweep(name).then(
    () => true,
    () => false,
  );
  return isSweep ? null : textOf(workspace, name);
}

/** The text of a file of runs as a table. */
export function tableOfText(text: string, origin: string, decimal?: "comma" | "point"): Table {
  const read = readRuns(text, { origin, decimal });
  return "columns" in read ? read : tableOfRuns(read, { origin });
}

/** How the columns are to be read. */
export function observing(reading: Reading): ObserveOptions {
  const { map = {}, skipBadRows, paramsConvention, schedule, memory, fromStep, warmup } = reading;
  return {
    map,
    skipBadRows,
    convention: { params: paramsConvention },
    curves: { schedule, memory, fromStep, warmupSteps: warmup },
  };
}

/** The rows that are meant. */
export function rowsGiven(table: Table, wanted: Wanted, reading: Reading): Table {
  const { where, exclude, dropFirst, dropShare, run, dropHighestLoss: dropHighest } = reading;
  return chooseRows(
    table,
    wanted,
    { where, exclude, dropFirst, dropShare, run, dropHighest },
    observing(reading),
  );
}

/** Runs as the quantities of a law. */
export async function runsGiven(
  workspace: Workspace,
  runs: RunsGiven,
  { inputs, output }: Pick<Law, "inputs" | "output">,
  reading: Reading,
): Promise<Observations> {
  const wanted = { inputs: Object.keys(inputs), output };
  const table = rowsGiven(await tableGiven(workspace, runs, reading.decimal), wanted, reading);
  return observe(table, wanted, observing(reading));
}

export function objectiveGiven({
  objective: name = "huber-log",
  delta,
  tau,
  over,
}: ObjectiveGiven): Objective {
  return objective(name, { delta, tau, over });
}

/** The columns that a fit took, unless others are asked for. */
export function readingOfFit({ data, conventions }: Fit, reading: Reading): Reading {
  const map = Object.fromEntries(
    data.mapping.flatMap(({ quantity, column }) => (column === null ? [] : [[quantity, column]])),
  );
  const { params } = conventions;
  const counted = params === null || params === "unstated" ? undefined : params;
  return {
    ...reading,
    map: { ...map, ...reading.map },
    paramsConvention: reading.paramsConvention ?? counted,
  };
}

/**
 * A law by name, from a file or as JSON. A program is refused by its ending, before anything looks for it: nothing that
 * comes over HTTP is executed.
 */
export async function lawGiven(workspace: Workspace, given: LawGiven = "chinchilla"): Promise<Law> {
  if (typeof given === "string") {
    const ending = extname(given).toLowerCase();
    if (/^\.[cm]?[jt]sx?$/.test(ending))
      throw new Refused(403, "a law that is a program is not run over HTTP", {
        got: given,
        remedy: "give it as JSON or as a formula, or use isoflop fit --law on the command line",
      });
    return ending === ".json" ? readLaw(await jsonOf(workspace, given), given) : findLaw(given);
  }
  const { formula, inputs, output, real } = given;
  if (typeof formula !== "string" || typeof inputs !== "string") return readLaw(given, "the request");
  return lawFromFormula(formula, {
    inputs,
    ...(typeof output === "string" ? { output } : {}),
    real: Array.isArray(real) ? real.map(String) : [],
  });
}

/** A fit by any approach, from its file or as JSON. */
export async function anyFitGiven(workspace: Workspace, given: BasisGiven): Promise<Fit | FrontierFit> {
  const origin = typeof given === "string" ? given : "the fit of the request";
  const json = typeof given === "string" ? await jsonOf(workspace, given) : given;
  const { format = null, approach } = (json ?? {}) as { format?: unknown; approach?: unknown };
  if (format !== "isoflop.fit/1")
    throw new Refused(422, `cannot read ${origin}: expected a fit (format "isoflop.fit/1")`, {
      got: format === null ? "JSON without a format" : JSON.stringify(format),
    });
  const isFrontier = approach === 1 || approach === 2;
  return readAs<Fit | FrontierFit>(isFrontier ? frontierFitSchema : fitSchema, json, origin);
}

export async function fitGiven(workspace: Workspace, given: BasisGiven): Promise<Fit> {
  const found = await anyFitGiven(workspace, given);
  if (found.approach === 3) return found;
  throw new Refused(
    422,
    `approach ${found.approach} says where the best model lies and has no law of the loss`,
    { remedy: "fit one with approach 3" },
  );
}

/** What a plan rests on: a fit, or a law with a published set or with coefficients. */
export async function planBasis(workspace: Workspace, given: BasisGiven): Promise<Basis | FrontierFit> {
  if (typeof given === "string" || "format" in given) return anyFitGiven(workspace, given);
  const { law: named, source, parameters } = given;
  if (typeof named !== "string" && (typeof named !== "object" || named === null))
    throw new Refused(422, "nothing to rest on: expected a fit, { law, source } or { law, parameters }");
  const law = await lawGiven(workspace, named as LawGiven);
  if (parameters !== undefined) return { law, parameters: numbersOf(parameters) };
  const keys = Object.keys(law.sets);
  const set = typeof source === "string" ? source : keys.length === 1 ? keys[0]! : null;
  if (set === null)
    throw new Refused(422, `${law.name} has ${keys.length} published sets of coefficients`, {
      remedy: keys.length === 0 ? "give parameters" : `choose one as source: ${keys.join(", ")}`,
    });
  findSet(law, set); // an unknown one is told before anything is computed
  return { law, set };
}

export async function basisGiven(workspace: Workspace, given: BasisGiven): Promise<Basis> {
  const basis = await planBasis(workspace, given);
  if (!("approach" in basis) || basis.approach === 3) return basis;
  throw new Refused(
    422,
    `approach ${basis.approach} says where the best model lies, not how low its loss is`,
    {
      remedy: "fit a law with approach 3",
    },
  );
}

function numbersOf(given: unknown): Record<string, number> {
  const entries = typeof given === "object" && given !== null ? Object.entries(given) : [];
  if (entries.every((entry): entry is [string, number] => typeof entry[1] === "number"))
    return Object.fromEntries(entries);
  throw new Refused(422, "parameters: expected numbers by name");
}
