import { attempt, checkTasks, type RunOptions, type Task, type TaskResult } from "./executor.ts";

/** When an executor lets the next task begin. */
export interface Room {
  /** At most so many at work at once. */
  readonly slots: number;
  /** Resolves when there is room for the task beside those at work, of which there is one at least. */
  readonly roomFor?: (task: Task<unknown>, atWork: readonly Task<unknown>[]) => boolean;
  /** Resolves when it is time to ask `roomFor` again. */
  readonly pause?: () => Promise<void>;
}

/**
 * Begins tasks in their order as there is room, each when those it waits for are done; what executors share.
 *
 * A task waits for room only while another is at work, so that a machine too small for a task tries it alone.
 */
export async function schedule<T>(
  tasks: readonly Task<T>[],
  { signal = new AbortController().signal, onProgress }: RunOptions,
  { slots, roomFor = () => true, pause }: Room,
): Promise<TaskResult<T>[]> {
  checkTasks(tasks);
  const results = new Map<string, TaskResult<T>>();
  const waiting = new Set(tasks);
  const atWork = new Map<Task<T>, Promise<void>>();

  const end = (result: TaskResult<T>): void => {
    results.set(result.id, result);
    onProgress?.({ id: result.id, status: result.status, ended: results.size, total: tasks.length });
  };
  const begin = (task: Task<T>): void => {
    waiting.delete(task);
    const work = attempt(task, signal).then((result) => {
      atWork.delete(task);
      end(result);
    });
    atWork.set(task, work);
  };

  while (waiting.size > 0 || atWork.size > 0) {
    let short = false;
    for (const task of waiting) {
      if (atWork.size >= slots) break;
      const awaited = (task.after ?? []).map((id) => results.get(id));
      if (awaited.includes(undefined) && !signal.aborted) continue;
      const lost = awaited.find((result) => result !== undefined && result.status !== "done");
      if (lost && !signal.aborted) {
        waiting.delete(task);
        end(resultWithout(task, lost));
      } else if (signal.aborted || atWork.size === 0 || roomFor(task, [...atWork.keys()])) begin(task);
      else {
        short = true; // the tasks behind it are not let past: a large one would never get its turn
        break;
      }
    }
    const ends = [...atWork.values()];
    if (ends.length > 0) await Promise.race(short && pause ? [...ends, pause()] : ends);
  }
  return tasks.map(({ id }) => results.get(id)!);
}

function resultWithout<T>({ id }: Task<T>, lost: TaskResult<T>): TaskResult<T> {
  if (lost.status === "cancelled") return { id, status: "cancelled" };
  return { id, status: "failed", error: new Error(`"${id}" waits for "${lost.id}", which failed`) };
}
