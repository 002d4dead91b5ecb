import type { Executor, Task } from "../execute/index.ts";
import type { SweepPlan } from "../plan/index.ts";
import { type CurvePoint, contentHash, type Run, type RunSpec } from "../runs/index.ts";
import type { Store } from "../store/index.ts";
import type { Trainer } from "../train/index.ts";
import { checkRun, trunkOf } from "./attempt.ts";
import { hasEnded } from "./state.ts";

/** Said when a run has ended, one way or another; runs that were there before are counted but not announced. */
export interface SweepProgress {
  readonly id: string;
  readonly status: Run["status"] | "failed" | "cancelled";
  /** Why it failed; null for the rest. */
  readonly message: string | null;
  /** How many of the sweep's runs need nothing more in this call, those that were there before included. */
  readonly ended: number;
  readonly total: number;
}

export interface ConductOptions {
  readonly trainer: Trainer;
  readonly executor: Executor;
  readonly store: Store;
  /** Aborted: no run begins, those at work stop, and the outcome says how far it came. */
  readonly signal?: AbortSignal;
  /** A run begins to be trained. */
  readonly onBegin?: (id: string) => void;
  readonly onProgress?: (progress: SweepProgress) => void;
  /** Every point of every curve as it is measured. */
  readonly onPoint?: (id: string, point: CurvePoint) => void;
  /** What a run is expected to need, for executors that mind. */
  readonly memoryBytesOf?: (spec: RunSpec) => number;
}

/** What became of a sweep in one call: every id is in exactly one of the five lists, in the order of the specs. */
export interface SweepOutcome {
  readonly finished: readonly string[];
  readonly diverged: readonly string[];
  readonly failed: readonly { readonly id: string; readonly message: string }[];
  /** Ended before this call, finished or diverged, and left as they were. */
  readonly skipped: readonly string[];
  readonly cancelled: readonly string[];
  /** All runs of the sweep that have ended, now or before; diverged ones have no loss. */
  readonly runs: readonly Run[];
}

/**
 * Carries a sweep out: trains every run that the store does not hold ended, and stores each the moment it ends.
 *
 * To resume is to call it again. A run that failed or was stopped is trained again by the next call; one that diverged
 * has ended, since the same spec would diverge again. One failed run stops no other.
 *
 * @throws when the request makes no sense: two specs of one id, specs for another trainer, or a store that holds
 *   something else under an id
 * @example
 * const { runs } = await conduct(planSweep({ budgets: [1e18, 1e19, 1e20] }), {
 *   trainer: syntheticTrainer({ law, parameters }), executor: inlineExecutor(), store: memoryStore(),
 * });
 */
export async function conduct(
  sweep: SweepPlan | readonly RunSpec[],
  { trainer, executor, store, signal, onBegin, onProgress, onPoint, memoryBytesOf }: ConductOptions,
): Promise<SweepOutcome> {
  const specs = "specs" in sweep ? sweep.specs : sweep;
  checkSpecs(specs, trainer);
  const ended = new Map<string, Run>();
  for (const spec of specs) {
    const run = await endedRun(store, spec);
    if (run) ended.set(spec.id, run);
  }
  const skipped = new Set(ended.keys());

  const failures = new Map<string, string>();
  const bringToEnd = async (spec: RunSpec, stop: AbortSignal): Promise<Run> => {
    // another conductor on the same store may have been faster
    const there = await endedRun(store, spec);
    if (there) {
      skipped.add(spec.id);
      return there;
    }
    const trunk = trunkOf(spec);
    if (trunk !== null && ended.get(trunk)?.status !== "finished")
      throw new Error(
        `cannot train ${spec.id}: ${trunk}, which it branches off, has not finished but diverged`,
      );
    onBegin?.(spec.id);
    const run = await trainer.train(spec, { signal: stop, report: (point) => onPoint?.(spec.id, point) });
    checkRun(run, spec, trainer);
    await store.put(run);
    return run;
  };
  const pending = specs.filter(({ id }) => !skipped.has(id));
  const waiting = new Set(pending.map(({ id }) => id));
  const tasks = trunksFirst(pending).map(
    (spec): Task<void> => ({
      id: spec.id,
      after: [trunkOf(spec)].filter((id) => id !== null && waiting.has(id)) as string[],
      memoryBytes: memoryBytesOf?.(spec),
      async work(stop) {
        try {
          ended.set(spec.id, await bringToEnd(spec, stop));
        } catch (error) {
          // a cancelled run has not failed: what it threw on the way out is nobody's news
          if (!stop.aborted) failures.set(spec.id, error instanceof Error ? error.message : String(error));
          throw error;
        }
      },
    }),
  );
  const before = skipped.size;
  const results = await executor.run(tasks, {
    signal,
    onProgress: ({ id, status, ended: now }) =>
      onProgress?.({
        id,
        status: status === "done" ? ended.get(id)!.status : status,
        message: failures.get(id) ?? null,
        ended: before + now,
        total: specs.length,
      }),
  });

  // never begun, since the run it branches off failed: nobody has said so yet
  for (const result of results)
    if (result.status === "failed" && !failures.has(result.id)) failures.set(result.id, result.error.message);
  const runs = specs.flatMap(({ id }) => ended.get(id) ?? []);
  const cancelled = new Set(results.filter(({ status }) => status === "cancelled").map(({ id }) => id));
  const trained = (status: Run["status"]): string[] =>
    runs.filter((run) => run.status === status && !skipped.has(run.id)).map(({ id }) => id);
  return {
    finished: trained("finished"),
    diverged: trained("diverged"),
    failed: specs.flatMap(({ id }) => (failures.has(id) ? [{ id, message: failures.get(id)! }] : [])),
    skipped: runs.filter(({ id }) => skipped.has(id)).map(({ id }) => id),
    cancelled: specs.map(({ id }) => id).filter((id) => cancelled.has(id)),
    runs,
  };
}

/** Trunks before their branches, else in the given order. */
function trunksFirst(specs: readonly RunSpec[]): readonly RunSpec[] {
  return [...specs].sort((a, b) => Number(trunkOf(a) !== null) - Number(trunkOf(b) !== null));
}

function checkSpecs(specs: readonly RunSpec[], trainer: Trainer): void {
  const seen = new Map<string, RunSpec>();
  for (const spec of specs) {
    if (seen.has(spec.id))
      throw new Error(`cannot conduct: two specs have the id "${spec.id}"; give every run its own`);
    seen.set(spec.id, spec);
    if (spec.trainer !== trainer.name)
      throw new Error(
        `cannot conduct: ${spec.id} asks for the trainer "${spec.trainer}", got "${trainer.name}"; plan the sweep for the trainer that runs it`,
      );
  }
  for (const spec of specs) {
    const id = trunkOf(spec);
    const trunk = id === null ? null : seen.get(id);
    if (trunk === undefined)
      throw new Error(
        `cannot conduct: ${spec.id} branches off "${id}", got no such run; add it to the sweep`,
      );
    if (trunk !== null && trunkOf(trunk) !== null)
      throw new Error(
        `cannot conduct: ${spec.id} branches off "${id}", which is a branch itself; name its trunk`,
      );
  }
}

/** The run that a spec came to, or null; an error when the id belongs to something else. */
async function endedRun(store: Store, spec: RunSpec): Promise<Run | null> {
  const run = await store.get("run", spec.id);
  if (run === null) return null;
  if (run.spec === null || contentHash(run.spec) !== contentHash(spec))
    throw new Error(
      `cannot conduct: the ${store.name} store holds a run "${spec.id}" of another spec, from ${run.origin.source}; use another store or other ids`,
    );
  return hasEnded(run) ? run : null;
}
