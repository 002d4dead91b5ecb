import { dirname, join } from "node:path";
import { type CurvePoint, contentHash, metricLine, type Run, type RunSpec } from "../runs/index.ts";
import {
  type Claim,
  type ClaimRecord,
  claim,
  type Disk,
  folderName,
  type Host,
  mendMetrics,
  nodeDisk,
  type Owner,
  openRunFolder,
  type RunFolder,
  readResult,
  runFolder,
  thisHost,
  writeResult,
  writeWhole,
} from "../store/index.ts";
import { endProgram, type Trainer } from "../train/index.ts";
import { hasEnded } from "./state.ts";

export interface AttemptOptions {
  readonly signal?: AbortSignal;
  readonly report?: (point: CurvePoint) => void;
  readonly disk?: Disk;
  readonly host?: Host;
  /** How often a sign of life is given, and looked whether the run is still ours. */
  readonly beatMs?: number;
  /** Waits while somebody else is at work on the run, looking this often, instead of throwing. */
  readonly waitMs?: number | null;
  /** How long a program that an earlier attempt left running may take to stop. */
  readonly graceMs?: number;
}

/** Somebody else is at work on a run, and alive. */
export class AtWorkElsewhere extends Error {
  override readonly name = "AtWorkElsewhere";
}

/**
 * One attempt at a run in its folder: the run folder's protocol around any trainer.
 *
 * The run's end in run.json is returned as it is. Else the attempt is claimed (so no other begins while this one
 * lives), points go to metrics.jsonl as they come, and the end is written last, when the attempt still holds its claim.
 * A kill at any moment leaves either a run that has ended, or one that the next attempt takes over.
 *
 * @throws AtWorkElsewhere when a living attempt holds the run
 * @example
 * await trainInFolder(trainer, spec, "ladder/runs/a");
 */
export async function trainInFolder(
  trainer: Trainer,
  spec: RunSpec,
  path: string,
  {
    signal,
    report,
    disk = nodeDisk(),
    host = thisHost(),
    beatMs = 5000,
    waitMs = null,
    graceMs = 10_000,
  }: AttemptOptions = {},
): Promise<Run> {
  signal?.throwIfAborted();
  const folder = runFolder(path);
  await openRunFolder(disk, folder, spec);
  const before = await endOf(disk, folder, spec);
  if (before !== null) return before;

  let held = await claim(folder.attempts, disk, host);
  while (!isClaim(held)) {
    if (waitMs === null)
      throw new AtWorkElsewhere(`cannot train ${spec.id}: ${whoHolds(held)} is at work on it`);
    await new Promise((done) => setTimeout(done, waitMs));
    signal?.throwIfAborted();
    held = await claim(folder.attempts, disk, host);
  }
  return await trainClaimed(held);

  async function trainClaimed(held: Claim): Promise<Run> {
    try {
      if (held.previous !== null) await endLeftBehind(disk, folder, held.previous.number, host, graceMs);
      await held.beat();
      // it may have ended between our look and our claim
      const run = (await endOf(disk, folder, spec)) ?? (await train(held));
      await held.end({ status: run.status, message: null });
      return run;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const status = signal?.aborted ? "stopped" : "failed";
      // on a full disk this fails too; then our own end says that the attempt has ended
      await held.end({ status, message: signal?.aborted ? null : message }).catch(() => {});
      throw error;
    }
  }

  async function train(claim: Claim): Promise<Run> {
    await mendMetrics(disk, folder);
    const lost = new AbortController();
    const stop = signal ? AbortSignal.any([signal, lost.signal]) : lost.signal;
    const beating = setInterval(() => {
      claim.beat().then(
        (ours) => ours || lost.abort(new Error(`cannot train ${spec.id}: another attempt has taken it over`)),
        () => {}, // a sign of life that failed is none; what matters fails by itself
      );
    }, beatMs);
    beating.unref();

    const begun = host.now();
    let written: Promise<void> = Promise.resolve();
    let trouble: unknown = null;
    try {
      const run = await trainer.train(spec, {
        signal: stop,
        folder: path,
        branchFrom: trunkFolder(spec, path),
        report(point) {
          report?.(point);
          if (trainer.writesMetrics) return;
          const line = metricLine(point, (host.now() - begun) / 1000);
          written = written
            .then(() => disk.append(folder.metrics, line))
            .catch((error: unknown) => {
              // a curve that can't be written is no reason to go on training for hours
              trouble ??= error;
              lost.abort(error);
            });
        },
        onProgram: (pid) => void noteProgram(disk, claim.folder, pid, host).catch(() => {}),
      });
      checkRun(run, spec, trainer);
      await written;
      if (trouble !== null) throw trouble;
      if (!(await claim.beat())) throw new Error(`cannot keep ${spec.id}: another attempt has taken it over`);
      if ((await endOf(disk, folder, spec)) === null) await writeResult(disk, folder, run);
      trainer.release?.(spec);
      return run;
    } catch (error) {
      await written;
      throw trouble ?? (lost.signal.aborted ? lost.signal.reason : error);
    } finally {
      clearInterval(beating);
    }
  }
}

/**
 * A trainer whose runs are kept in run folders under `runs`, in this process.
 *
 * @example
 * await conduct(sweep, { trainer: folderTrainer(trainer, "ladder/runs"), executor, store: folderStore("ladder") });
 */
export function folderTrainer(
  trainer: Trainer,
  runs: string,
  options: Omit<AttemptOptions, "signal" | "report"> = {},
): Trainer {
  return {
    name: trainer.name,
    train: (spec, { signal, report } = {}) =>
      trainInFolder(trainer, spec, join(runs, folderName(spec.id)), { ...options, signal, report }),
  };
}

/** A trainer that answers another question must not leave a result. */
export function checkRun(run: Run, spec: RunSpec, trainer: Trainer): void {
  const wrong = (expected: string, got: string): Error =>
    new Error(`cannot store what ${trainer.name} made of ${spec.id}: expected ${expected}, got ${got}`);
  if (run.id !== spec.id) throw wrong(`the run "${spec.id}"`, `"${run.id}"`);
  if (run.spec === null || contentHash(run.spec) !== contentHash(spec))
    throw wrong("the spec that was asked for", "another");
  if (!hasEnded(run)) throw wrong("a run that has ended", run.status);
}

/** The run's end; what stands in its place and is none is set aside. */
export async function endOf(disk: Disk, folder: RunFolder, spec: RunSpec): Promise<Run | null> {
  const result = await readResult(disk, folder, spec);
  if (result.status === "wrong") await disk.rename(folder.run, join(folder.path, "run.rejected.json"));
  return result.status === "ended" ? result.run : null;
}

/** The run that a spec branches off, or null. */
export function trunkOf({ settings }: RunSpec): string | null {
  return typeof settings.branchFrom === "string" ? settings.branchFrom : null;
}

function trunkFolder(spec: RunSpec, path: string): string | undefined {
  const trunk = trunkOf(spec);
  return trunk === null ? undefined : join(dirname(path), folderName(trunk));
}

export function isClaim(held: Claim | ClaimRecord): held is Claim {
  return "end" in held;
}

/** @example "process 4711 on ada" */
export function whoHolds({ owner }: ClaimRecord): string {
  return `process ${owner.pid} on ${owner.machine.split(" ")[0]}`;
}

/** A process, told from later ones of its number by its start. */
type Started = Pick<Owner, "pid" | "start">;

async function noteProgram(disk: Disk, attempt: string, pid: number, host: Host): Promise<void> {
  const program: Started = { pid, start: host.startOf(pid) ?? "" };
  await writeWhole(disk, join(attempt, "program.json"), `${JSON.stringify(program)}\n`);
}

/**
 * Ends the program of an attempt whose owner was killed and could not end it: two would write one folder. It need not be
 * the newest's, since whoever followed may have been killed before it got so far; whose heart beat had.
 *
 * @returns whether there was one
 */
export async function endLeftBehind(
  disk: Disk,
  { attempts }: RunFolder,
  newest: number,
  host: Host,
  graceMs = 10_000,
): Promise<boolean> {
  for (let number = newest; number > 0; number--) {
    const at = join(attempts, String(number));
    const program = await readProcess(disk, join(at, "program.json"));
    if (program === null) {
      if ((await disk.changed(join(at, "heartbeat"))) !== null) return false;
      continue;
    }
    const owner = await readProcess(disk, join(at, "owner.json"));
    // only where its start says that it is the same process, and no later one of its number
    const lives = ({ pid, start }: Started): boolean => start !== "" && host.startOf(pid) === start;
    if (owner?.machine !== host.machine || lives(owner as Owner) || !lives(program)) return false;
    // it may keep a checkpoint first, and torchrun end what it has started
    for (const [signal, patience] of [
      ["SIGTERM", graceMs],
      ["SIGKILL", 5000],
    ] as const) {
      if (lives(program)) endProgram(program.pid, signal);
      for (let waited = 0; lives(program) && waited < patience; waited += 10)
        await new Promise((done) => setTimeout(done, 10));
    }
    if (!lives(program)) return true;
    throw new Error(`cannot end process ${program.pid}, which an earlier attempt left at work in ${at}`);
  }
  return false;
}

async function readProcess(disk: Disk, file: string): Promise<(Started & Partial<Owner>) | null> {
  const text = await disk.read(file);
  return text === null ? null : (JSON.parse(text) as Started);
}
