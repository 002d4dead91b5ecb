import { availableParallelism } from "node:os";
import { type Executor, inlineExecutor, localExecutor, type MeasuredSplit } from "../execute/index.ts";
import type { CurvePoint } from "../runs/index.ts";
import {
  claim,
  type Disk,
  folderStore,
  type Host,
  isDiskFull,
  nodeDisk,
  runFolder,
  thisHost,
} from "../store/index.ts";
import { commandTrainer, type Trainer } from "../train/index.ts";
import { endOf, folderTrainer, isClaim, whoHolds } from "./attempt.ts";
import { type ChildOptions, childTrainer } from "./child.ts";
import { conduct, type SweepOutcome, type SweepProgress } from "./conductor.ts";
import { openSweep, type SweepFolder, type SweepRecord, sweepFolder } from "./record.ts";
import { measureRuns } from "./split.ts";
import { memoryBytesOf, recordTrainer } from "./trainers.ts";

export interface RunSweepOptions {
  /** `local`: each run in a process of its own, several at once; `inline`: one after the other, in this process. */
  readonly executor?: "local" | "inline";
  /** How many runs at once; the record's unless said, and else what is measured to get the most done. */
  readonly concurrency?: number | null;
  readonly signal?: AbortSignal;
  /** Takes back a cancellation, when nobody else is at work who has yet to obey it. */
  readonly resume?: boolean;
  readonly onBegin?: (id: string) => void;
  readonly onProgress?: (progress: SweepProgress) => void;
  readonly onPoint?: (id: string, point: CurvePoint) => void;
  /** How many runs at once were measured to get the most done, where that was measured. */
  readonly onSplit?: (split: MeasuredSplit) => void;
  /** How far the runs stand back behind what people do on this machine: 0 to 19. */
  readonly nice?: number;
  /** How processes are started. */
  readonly child?: Pick<ChildOptions, "program" | "graceMs">;
  /** Instead of the trainer that the record names, in this process. */
  readonly trainer?: Trainer;
  readonly disk?: Disk;
  readonly host?: Host;
  readonly beatMs?: number;
}

/** Why a sweep stopped before its end. */
export type StopReason = "signal" | "cancelled" | "hours" | "disk-full" | "taken-over";

/** What became of a sweep in one call, and what stopped it, if anything did. */
export interface FolderOutcome extends SweepOutcome {
  readonly stopped: StopReason | null;
}

/** Somebody else conducts the sweep, and lives. */
export class SweepHeld extends Error {
  override readonly name = "SweepHeld";
}

/**
 * Carries out the sweep in a folder: trains every run that has not ended, until all have or something stops it.
 *
 * To resume is to call it again, after whatever kill: what has ended is kept, what was broken off is taken over. Only
 * one call conducts a folder at a time.
 *
 * @throws SweepHeld while another conducts it
 * @example
 * await runSweep("ladder", { concurrency: 2 });
 */
export async function runSweep(path: string, options: RunSweepOptions = {}): Promise<FolderOutcome> {
  const { disk = nodeDisk(), host = thisHost(), beatMs = 5000 } = options;
  const record = await openSweep(path, { disk });
  const folder = sweepFolder(path);
  const held = await claim(folder.conductors, disk, host);
  if (!isClaim(held))
    throw new SweepHeld(
      `cannot run ${path}: ${whoHolds(held)} is at work on it; wait for its end, or stop it with isoflop sweep cancel`,
    );

  let stopped: StopReason | null = null;
  const stop = new AbortController();
  const stopFor = (reason: StopReason): void => {
    stopped ??= reason;
    stop.abort(new Error(`stopped: ${reason}`));
  };
  const onSignal = (): void => stopFor("signal");
  options.signal?.addEventListener("abort", onSignal);
  if (options.signal?.aborted) onSignal();
  const begun = performance.now();
  const look = async (): Promise<void> => {
    if (record.hours !== null && performance.now() - begun > record.hours * 3.6e6) stopFor("hours");
    if (!(await held.beat())) stopFor("taken-over");
    if ((await disk.read(folder.cancelled)) !== null) stopFor("cancelled");
  };
  const looking = setInterval(() => void look().catch(() => {}), Math.min(beatMs, 1000));
  looking.unref();

  try {
    if (options.resume) await disk.remove(folder.cancelled);
    await look();
    // what stands where a result belongs and is none of this run must not stop the others
    for (const spec of record.specs) await endOf(disk, runFolder(folder.runOf(spec.id)), spec);
    const concurrency =
      options.concurrency ?? record.concurrency ?? (await measured(record, options, stop.signal));
    const { trainer, executor } = equipment(record, folder, { ...options, concurrency, disk, host });
    const outcome = await conduct(record.specs, {
      trainer: {
        ...trainer,
        train: (spec, given) =>
          trainer.train(spec, given).catch((error: unknown) => {
            if (isDiskFull(error)) stopFor("disk-full"); // no other run would come further
            throw error;
          }),
      },
      executor,
      store: folderStore(path, { disk }),
      signal: stop.signal,
      onBegin: options.onBegin,
      onProgress: options.onProgress,
      onPoint: options.onPoint,
      memoryBytesOf:
        record.command === null ? memoryBytesOf : ({ settings }) => Number(settings.memoryBytes ?? 0),
    });
    await held.end({ status: stopped ?? "done", message: null }).catch(() => {}); // our own end will say it
    return { ...outcome, stopped };
  } catch (error) {
    await held.end({ status: "failed", message: String(error) }).catch(() => {});
    throw error;
  } finally {
    clearInterval(looking);
    options.signal?.removeEventListener("abort", onSignal);
  }
}

/** How many runs at once get the most done here; null where nobody can say, or it takes longer than it gives. */
async function measured(
  { specs, command }: SweepRecord,
  { executor = "local", trainer, child, nice, onSplit }: RunSweepOptions,
  signal: AbortSignal,
): Promise<number | null> {
  if (executor !== "local" || trainer !== undefined || command !== null) return null;
  // a sweep is not to fail for what only makes it faster
  const split = await measureRuns(specs, { signal, child, nice }).catch(() => null);
  if (split === null) return null;
  onSplit?.(split);
  return split.processes;
}

/** Programs side by side share the cores: each would take them all for its arithmetic, unless told. */
function threadsOf(atOnce: number): Record<string, string> {
  if (atOnce < 2) return {};
  const threads = String(Math.max(1, Math.floor(availableParallelism() / atOnce)));
  return { OMP_NUM_THREADS: threads, OPENBLAS_NUM_THREADS: threads, MKL_NUM_THREADS: threads };
}

/** Who trains a sweep's runs, and where. */
function equipment(
  record: SweepRecord,
  { runs, runOf }: SweepFolder,
  { executor: where = "local", concurrency, nice = 10, child, trainer, disk, host, beatMs }: RunSweepOptions,
): { trainer: Trainer; executor: Executor } {
  const { specs, command } = record;
  const name = specs[0]?.trainer ?? "synthetic";
  const inFolder = (trainer: Trainer): Trainer =>
    folderTrainer(trainer, runs, { disk, host, beatMs, waitMs: 500 });
  const local = (most?: number): Executor => localExecutor({ concurrency: concurrency ?? most });
  const executor = where === "inline" ? inlineExecutor() : local();

  if (trainer !== undefined) return { trainer: inFolder(trainer), executor };
  if (command !== null) {
    const { argv, cwd } = command;
    // a program of somebody's takes a whole machine unless they say that it doesn't
    const env = { ...threadsOf(concurrency ?? 1), ...process.env };
    return { trainer: inFolder(commandTrainer({ command: argv, cwd, env, nice })), executor: local(1) };
  }
  if (where === "local")
    return { trainer: childTrainer(name, { folderOf: runOf, nice, ...child }), executor };
  return { trainer: inFolder(recordTrainer(record)), executor };
}
