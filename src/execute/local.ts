import { availableParallelism } from "node:os";
import type { Executor } from "./executor.ts";
import { schedule } from "./schedule.ts";

export interface LocalOptions {
  /** How many tasks are at work at once; one a core unless said. */
  readonly concurrency?: number;
  /** What is left to everybody else on this machine. */
  readonly reserveBytes?: number;
  /** The memory that is free now; asked of the system unless given. */
  readonly freeBytes?: () => number;
  /** How often a task that waits for memory is looked at again. */
  readonly pauseMs?: number;
}

/**
 * The executor of this machine: several tasks at once, as its cores and its memory allow.
 *
 * What computes belongs in a process of its own (a task's `work` starts one and waits), so the limit is on those. A
 * task begins beside others only when its `memoryBytes` fit, both into what is free now and into what was free at the
 * start less what those at work were said to need: a process just started has yet to take what it will. With nothing
 * at work it begins whatever is free.
 *
 * @example
 * await localExecutor({ concurrency: 2 }).run(tasks);
 */
export function localExecutor({
  concurrency = availableParallelism(),
  reserveBytes = 256 * 2 ** 20,
  // knows the limit of a container, where os.freemem() doesn't
  freeBytes = () => process.availableMemory(),
  pauseMs = 500,
}: LocalOptions = {}): Executor {
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new Error(`cannot run locally: expected a concurrency of at least 1, got ${concurrency}`);
  return {
    name: "local",
    async run(tasks, options = {}) {
      const atStart = freeBytes();
      return await schedule(tasks, options, {
        slots: concurrency,
        roomFor({ memoryBytes = 0 }, atWork) {
          const taken = atWork.reduce((sum, task) => sum + (task.memoryBytes ?? 0), 0);
          return memoryBytes === 0 || Math.min(freeBytes(), atStart - taken) - memoryBytes >= reserveBytes;
        },
        pause: () => new Promise((done) => setTimeout(done, pauseMs)),
      });
    },
  };
}
