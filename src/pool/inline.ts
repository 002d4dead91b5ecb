import type { Pool } from "../numeric/index.ts";

/** What threads can be asked for, by name. */
export type Tasks = Readonly<Record<string, (input: never) => unknown>>;

/** The null pool: does every task in this thread, where there are no others or none are worth it. */
export function inlinePool(tasks: Tasks): Pool {
  return {
    threads: 1,
    async run(task, input) {
      const work = tasks[task];
      if (!work) throw new Error(`no task "${task}": the pool has ${Object.keys(tasks).join(", ")}`);
      return structuredClone(work(structuredClone(input) as never)); // as a thread would: copies in, copies out
    },
  };
}
