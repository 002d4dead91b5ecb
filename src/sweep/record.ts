import { join } from "node:path";
import { contentHash, type Run, type RunSpec } from "../runs/index.ts";
import {
  type Disk,
  folderName,
  type Host,
  isHeld,
  jsonFile,
  newestClaim,
  nodeDisk,
  readMetrics,
  readResult,
  runFolder,
  thisHost,
  writeWhole,
} from "../store/index.ts";
import { endLeftBehind } from "./attempt.ts";
import { sweepRecordSchema } from "./schema.ts";
import { type RunFiles, type SweepFiles, type SweepState, stateOf } from "./state.ts";
import { checkTrainer } from "./trainers.ts";

/** A sweep as it stands in its folder's sweep.json: what to train, and by whom. */
export interface SweepRecord {
  readonly format: "isoflop.sweeprecord/1";
  readonly name: string;
  readonly specs: readonly RunSpec[];
  /** The program of the trainer "command", and where it runs; null for trainers of ours. */
  readonly command: { readonly argv: readonly string[]; readonly cwd: string } | null;
  /** How many runs at once; null for what suits the trainer. */
  readonly concurrency: number | null;
  /** No run begins when the sweep has been at work so long in one call. */
  readonly hours: number | null;
}

/**
 * The files of a sweep's folder:
 *
 *     sweep.json          what to train (SweepRecord)
 *     runs/<id>/          one run folder a run
 *     conductors/<n>/     one claim a call of run or resume: only one conducts at a time
 *     cancelled.json      there when somebody cancelled the sweep
 */
export interface SweepFolder {
  readonly path: string;
  readonly record: string;
  readonly runs: string;
  readonly conductors: string;
  readonly cancelled: string;
  readonly runOf: (id: string) => string;
}

export function sweepFolder(path: string): SweepFolder {
  const runs = join(path, "runs");
  return {
    path,
    record: join(path, "sweep.json"),
    runs,
    conductors: join(path, "conductors"),
    cancelled: join(path, "cancelled.json"),
    runOf: (id) => join(runs, folderName(id)),
  };
}

export interface Reading {
  readonly disk?: Disk;
  readonly host?: Host;
}

/** The sweep in a folder, or null where there is none. */
export async function readSweep(
  path: string,
  { disk = nodeDisk() }: Reading = {},
): Promise<SweepRecord | null> {
  const { record } = sweepFolder(path);
  const text = await disk.read(record);
  return text === null ? null : parseRecord(text, record);
}

/**
 * Refuses a sweep that could not be kept or trained: runs that would share a folder, several trainers, an unknown one.
 */
export function checkRecord({ name, specs, command }: SweepRecord): void {
  const cannot = (reason: string): Error => new Error(`cannot make the sweep "${name}": ${reason}`);
  if (specs.length === 0) throw cannot("expected runs, got none");
  const folders = new Map<string, string>();
  for (const { id, trainer } of specs) {
    if (trainer !== specs[0].trainer)
      throw cannot(
        `expected one trainer for all runs, got "${specs[0].trainer}" and "${trainer}"; make a sweep for each`,
      );
    // some file systems don't tell capitals from small letters
    const folder = folderName(id).toLowerCase();
    const other = folders.get(folder);
    if (other !== undefined)
      throw cannot(`the runs "${other}" and "${id}" would share a folder; give every run its own id`);
    folders.set(folder, id);
  }
  if (command === null) checkTrainer(specs[0].trainer);
}

function parseRecord(text: string, file: string): SweepRecord {
  const wrong = (reason: string): Error => new Error(`cannot read ${file}: ${reason}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
  const read = sweepRecordSchema.safeParse(json);
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0];
  throw wrong(`no valid isoflop.sweeprecord/1: ${path.length > 0 ? `${path.join(".")}: ` : ""}${message}`);
}

/**
 * Writes a sweep into its folder; the same sweep again changes nothing but who trains it and how.
 *
 * @throws when the folder holds other runs
 */
export async function writeSweep(
  path: string,
  record: SweepRecord,
  { disk = nodeDisk() }: Reading = {},
): Promise<void> {
  checkRecord(record);
  const there = await readSweep(path, { disk });
  if (there !== null && contentHash(there.specs) !== contentHash(record.specs))
    throw new Error(
      `cannot begin the sweep "${record.name}": ${path} holds another sweep, "${there.name}" of ${there.specs.length} runs; choose another folder`,
    );
  if (there !== null && contentHash(there) === contentHash(record)) return;
  await disk.makeFolder(path);
  await writeWhole(disk, sweepFolder(path).record, jsonFile(record));
}

/**
 * How far the sweep in a folder is, from its files alone: any number may look while it runs.
 *
 * @throws when there is no sweep
 * @example (await sweepState("ladder")).finished; // 12
 */
export async function sweepState(path: string, options: Reading = {}): Promise<SweepState> {
  return stateOf(await readSweepFiles(path, options));
}

/** The runs of a sweep that had ended when somebody looked, by their ids, and when their results were written. */
export type EndedRuns = Map<string, { readonly written: number | null; readonly files: RunFiles }>;

/**
 * What {@link sweepState} is made from.
 *
 * @param options.ended who looks again and again keeps this map: a run that has ended is read once
 */
export async function readSweepFiles(
  path: string,
  options: Reading & { readonly ended?: EndedRuns } = {},
): Promise<SweepFiles> {
  const { disk = nodeDisk(), host = thisHost(), ended } = options;
  const record = await openSweep(path, options);
  const folder = sweepFolder(path);
  const runs: RunFiles[] = [];
  for (const spec of record.specs) {
    const files = runFolder(folder.runOf(spec.id));
    const written = ended ? await disk.changed(files.run) : null;
    const known = ended?.get(spec.id);
    if (known !== undefined && known.written === written) {
      runs.push(known.files);
      continue;
    }
    // the result last: a run that ends while we look is then seen to have ended, not to be broken off
    const attempt = await newestClaim(files.attempts, disk);
    const held = attempt !== null && isHeld(attempt, host);
    const metrics = await readMetrics(disk, files);
    const changed = await disk.changed(files.metrics);
    const found: RunFiles = { attempt, held, metrics, changed, result: await readResult(disk, files, spec) };
    runs.push(found);
    // nothing before the result was written is known to be its last
    if (found.result.status === "ended" && written !== null) {
      const { status } = found.result.run;
      ended?.set(spec.id, { written, files: { ...found, result: { status: "ended", run: { status } } } });
    }
  }
  const conducting = await newestClaim(folder.conductors, disk);
  return {
    record,
    runs,
    conductor: conducting !== null && isHeld(conducting, host) ? conducting.owner : null,
    cancelled: (await disk.read(folder.cancelled)) !== null,
  };
}

/** The runs of the sweep in a folder that have ended, in the order of its specs. */
export async function collectRuns(path: string, { disk = nodeDisk() }: Reading = {}): Promise<Run[]> {
  const { specs } = await openSweep(path, { disk });
  const runs: Run[] = [];
  for (const spec of specs) {
    const result = await readResult(disk, runFolder(sweepFolder(path).runOf(spec.id)), spec);
    if (result.status === "ended") runs.push(result.run);
  }
  return runs;
}

/** Marks a sweep as cancelled, which whoever conducts it soon sees and stops; or takes the mark away. */
export async function markCancelled(
  path: string,
  cancelled: boolean,
  { disk = nodeDisk(), host = thisHost() }: Reading = {},
): Promise<void> {
  await openSweep(path, { disk });
  const { cancelled: mark } = sweepFolder(path);
  if (cancelled) await writeWhole(disk, mark, jsonFile({ at: new Date(host.now()).toISOString() }));
  else await disk.remove(mark);
}

/**
 * Ends the programs that a killed conductor left at work on the runs of a sweep, and says how many there were. Whose
 * conductor lives is left to it.
 */
export async function endPrograms(
  path: string,
  { disk = nodeDisk(), host = thisHost() }: Reading = {},
): Promise<number> {
  const { specs } = await openSweep(path, { disk });
  const { runOf } = sweepFolder(path);
  let ended = 0;
  for (const { id } of specs) {
    const folder = runFolder(runOf(id));
    const newest = await newestClaim(folder.attempts, disk);
    if (newest !== null) ended += Number(await endLeftBehind(disk, folder, newest.number, host));
  }
  return ended;
}

/** The sweep in a folder, or an error that says that there is none. */
export async function openSweep(path: string, options: Reading = {}): Promise<SweepRecord> {
  const record = await readSweep(path, options);
  if (record !== null) return record;
  throw new Error(`no sweep in ${path}: expected a folder with a sweep.json; isoflop sweep run makes one`);
}
