import type { Executor } from "./executor.ts";
import { schedule } from "./schedule.ts";

/**
 * The executor that does the tasks here and now, one after the other: the null object, for tests and browser tabs.
 *
 * @example
 * const results = await inlineExecutor().run([{ id: "a", work: async () => 6 * 7 }]);
 * results[0]; // { id: "a", status: "done", value: 42 }
 */
export function inlineExecutor(): Executor {
  return { name: "inline", run: (tasks, options = {}) => schedule(tasks, options, { slots: 1 }) };
}
