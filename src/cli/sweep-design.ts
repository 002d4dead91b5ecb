import { formatFlops } from "../numeric/index.ts";
import { planGrid, planSweep } from "../plan/index.ts";
import type { JsonValue, RunSpec } from "../runs/index.ts";
import { checkRecord, ownFlops, type SweepRecord } from "../sweep/index.ts";
import {
  checkKeys,
  commandOf,
  type Fields,
  fields,
  gridOptions,
  isObject,
  isoflopOptions,
  list,
  nameOf,
  number,
  seed,
  specsOf,
  whole,
  wrong,
} from "./sweep-fields.ts";

export interface DesignOptions {
  /** How errors call the file. */
  readonly origin: string;
  /** The sweep's name where the file doesn't say one. */
  readonly name: string;
  /** Where a command runs. */
  readonly cwd: string;
  /** Instead of what the file says: a trainer's name, or a command. */
  readonly trainer?: string | null;
  /** The seed of runs for which the file says none. */
  readonly seed?: number;
  /** The JSON of another file, for `runs: sweep.json`. */
  readonly read?: (path: string) => Promise<unknown>;
  /** Where a path in the file leads, for `data: { text: books }`. */
  readonly follow?: (path: string) => string;
}

/** Files that are sweeps as they are. */
const planned: readonly unknown[] = ["isoflop.sweep/1", "isoflop.nextruns/1"];

const keys = [
  "name",
  "trainer",
  "runs",
  "isoflop",
  "grid",
  "seeds",
  "decay",
  "data",
  "settings",
  "budget",
  "concurrency",
];

/**
 * A sweep from its file: which runs, by which trainer.
 *
 * The file is an object (from YAML or JSON) whose runs are one of `runs` (RunSpecs, or the file of `plan sweep -o`),
 * `isoflop` (budgets, sizes, tokensPerParam, spread: an isoFLOP profile a budget) and `grid` (params or shapes, tokens
 * or tokensPerParam, batchTokens, learningRate, vary). Beside them `seeds`, `decay` (branches off stable trunks, see
 * planGrid), `data` and `settings` (for the trainer), `budget` (flops: refused above it; hours: stops after them),
 * `concurrency`, `name`, and `trainer`: a name, or `{ command: python train.py --out {out} }`. Numbers may be written
 * as people do (70M, 1.5B). The files of `plan sweep -o` and `plan next -o` and a list of RunSpecs are
 * sweeps as they are.
 *
 * @example
 * await designSweep({ isoflop: { budgets: ["1e15", "1e16"] }, seeds: [0, 1] }, { origin: "ladder.yaml", name: "ladder", cwd: "." });
 */
export async function designSweep(
  file: unknown,
  { origin, name, cwd, trainer: wanted = null, seed: only, read, follow = (path) => path }: DesignOptions,
): Promise<SweepRecord> {
  const said =
    Array.isArray(file) || (isObject(file) && planned.includes(file.format)) ? { runs: file } : file;
  if (!isObject(said)) throw wrong(origin, "an object with runs, isoflop or grid", said);
  const at = (key: string): string => `${origin}, ${key}`;
  checkKeys(said, keys, origin);

  const given = wanted ?? said.trainer ?? null;
  const command = commandOf(given, at("trainer"), cwd);
  const trainer = command === null ? nameOf(given, at("trainer")) : "command";
  const settings = {
    ...(fields(said.settings ?? {}, at("settings")) as Readonly<Record<string, JsonValue>>),
    ...(said.data === undefined ? {} : { data: followed(fields(said.data, at("data")), follow) }),
  };
  // misread, it would train on another text than it was given
  if (trainer === "gpt" && isObject(settings.data)) checkKeys(settings.data, ["text"], at("data"));
  const seeds = list(said.seeds ?? only ?? 0, at("seeds"), seed);
  const decay = said.decay === undefined ? null : number(said.decay, at("decay"));

  const ways = ["runs", "isoflop", "grid"].filter((key) => said[key] !== undefined);
  if (ways.length !== 1)
    throw new Error(
      `${origin}: expected one of runs, isoflop and grid, got ${ways.length === 0 ? "none" : ways.join(" and ")}`,
    );
  if (decay !== null && ways[0] !== "grid")
    throw new Error(`${origin}: decay needs a grid, whose runs differ in their tokens alone; got ${ways[0]}`);

  // the embedded trainer finds by itself what its runs share, and has settings for it
  const own: Record<string, JsonValue> =
    trainer === "gpt" && decay !== null ? { schedule: "wsd", decayShare: decay } : {};
  const same = { seeds, trainer: trainer ?? undefined, settings: { ...settings, ...own } };
  const specs: readonly RunSpec[] =
    ways[0] === "isoflop"
      ? planSweep({ ...isoflopOptions(said.isoflop, at("isoflop")), ...same }).specs
      : ways[0] === "grid"
        ? planGrid({
            ...gridOptions(said.grid, at("grid"), trainer),
            ...same,
            decay: trainer === "gpt" ? null : decay,
          })
        : runsGiven(
            specsOf(typeof said.runs === "string" && read ? await read(said.runs) : said.runs, at("runs")),
            trainer,
            settings,
          );

  const budget = fields(said.budget ?? {}, at("budget"));
  checkKeys(budget, ["flops", "hours"], at("budget"));
  const limit = budget.flops === undefined ? null : number(budget.flops, at("budget.flops"));
  const flops = specs.reduce((sum, spec) => sum + ownFlops(spec), 0);
  if (limit !== null && flops > limit)
    throw new Error(
      `${origin}: the sweep's runs take ${formatFlops(flops)} FLOPs (6ND), its budget is ${formatFlops(limit)}; leave runs out or raise budget.flops`,
    );
  const record: SweepRecord = {
    format: "isoflop.sweeprecord/1",
    name: said.name === undefined ? name : sweepName(said.name, at("name")),
    specs,
    command,
    concurrency: said.concurrency === undefined ? null : whole(said.concurrency, at("concurrency")),
    hours: budget.hours === undefined ? null : number(budget.hours, at("budget.hours")),
  };
  checkRecord(record);
  return record;
}

/** The data with its paths followed: `data: { text: books }`, a list of paths, or `data: { tokens: shards }`. */
function followed({ text, tokens, ...rest }: Fields, follow: (path: string) => string): JsonValue {
  return {
    ...(rest as Readonly<Record<string, JsonValue>>),
    ...(text === undefined ? {} : { text: [text].flat().map((path) => follow(String(path))) }),
    ...(tokens === undefined ? {} : { tokens: follow(String(tokens)) }),
  };
}

/** A sweep's name, which its folder gets too: never a path that leads elsewhere. */
function sweepName(value: unknown, at: string): string {
  if (typeof value === "string" && value.trim() !== "" && !/[/\\]|^\.\.?$/.test(value)) return value;
  throw wrong(at, "a name, which is no path", value);
}

/** Runs as they stand in a file, with the file's trainer and settings where it says some. */
function runsGiven(
  specs: readonly RunSpec[],
  trainer: string | null,
  settings: Readonly<Record<string, JsonValue>>,
): RunSpec[] {
  return specs.map((spec) => ({
    ...spec,
    trainer: trainer ?? spec.trainer,
    settings: { ...spec.settings, ...settings },
  }));
}
