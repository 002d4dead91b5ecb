/** One piece of work: a name and what to do; `work` should stop early when its signal is aborted. */
export interface Task<T> {
  readonly id: string;
  readonly work: (signal: AbortSignal) => Promise<T>;
  /** Tasks earlier in the list that must be done before this one begins; when one fails, this one does. */
  readonly after?: readonly string[];
  /** What it is expected to need; 0 where nobody knows. */
  readonly memoryBytes?: number;
}

/** How a task ended. A failure is a value: one failed run must not end the sweep around it. */
export type TaskResult<T> =
  | { readonly id: string; readonly status: "done"; readonly value: T }
  | { readonly id: string; readonly status: "failed"; readonly error: Error }
  | { readonly id: string; readonly status: "cancelled" };

/** Said after each task has ended: how it ended, and how many of the total have. */
export interface Progress {
  readonly id: string;
  readonly status: TaskResult<unknown>["status"];
  readonly ended: number;
  readonly total: number;
}

export interface RunOptions {
  /** Aborted: tasks not yet started are cancelled without being called; those at work are told to stop. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Where work happens: in this process, in others, on a cluster.
 *
 * `run` resolves with one result a task, in the order of the tasks, whatever happened to them; it rejects only when the
 * request itself makes no sense (two tasks of one id). A task that finished although it was told to stop is `done`,
 * since finished work is never thrown away; one that fails after it was told to stop is `cancelled`.
 */
export interface Executor {
  readonly name: string;
  readonly run: <T>(tasks: readonly Task<T>[], options?: RunOptions) => Promise<TaskResult<T>[]>;
}

/** Refuses two tasks of the same id, whose results could not be told apart, and tasks that wait for a later one. */
export function checkTasks(tasks: readonly Task<unknown>[]): void {
  const seen = new Set<string>();
  for (const { id, after = [] } of tasks) {
    if (seen.has(id)) throw new Error(`cannot run tasks: two have the id "${id}"; give every task its own`);
    const missing = after.find((other) => !seen.has(other));
    if (missing !== undefined)
      throw new Error(
        `cannot run tasks: "${id}" waits for "${missing}", got no such task before it; list it before`,
      );
    seen.add(id);
  }
}

/**
 * Does one task and says how it ended, never throwing: the step that every executor shares.
 *
 * @example
 * await attempt({ id: "a", work: async () => 1 }, new AbortController().signal); // { id: "a", status: "done", value: 1 }
 */
export async function attempt<T>({ id, work }: Task<T>, signal: AbortSignal): Promise<TaskResult<T>> {
  if (signal.aborted) return { id, status: "cancelled" };
  try {
    return { id, status: "done", value: await work(signal) };
  } catch (thrown) {
    if (signal.aborted) return { id, status: "cancelled" };
    return { id, status: "failed", error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }
}
