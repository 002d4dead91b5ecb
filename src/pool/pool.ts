import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Pool } from "../numeric/index.ts";

/** A pool that holds threads until it is closed. */
export interface ThreadPool extends Pool {
  close(): Promise<void>;
}

/**
 * Worker threads that do the library's own tasks, such as the refits of a bootstrap.
 *
 * A thread takes some 50 ms to start and a piece some 0.1 ms to send: worth it from about a quarter of a second of work.
 *
 * @param threads default one a core
 * @param worker the module that exports the tasks; default the one that comes with the package
 * @example
 * const pool = await createPool();
 * try { await fitInPool(pool, chinchilla, runs, { bootstrap: 4000 }); } finally { await pool.close(); }
 */
export async function createPool({
  threads = availableParallelism(),
  worker = new URL("../cli/worker.js", import.meta.url),
}: {
  readonly threads?: number;
  readonly worker?: URL;
} = {}): Promise<ThreadPool> {
  if (!Number.isInteger(threads) || threads < 1)
    throw new Error(`cannot make a pool: expected at least one thread, got ${threads}`);
  const file = fileURLToPath(worker);
  if (!existsSync(file))
    throw new Error(
      `cannot make a pool: no worker at ${file}; give one, or build the package (npm run build)`,
    );
  const { Tinypool } = await import("tinypool");
  const pool = new Tinypool({
    filename: file,
    minThreads: threads,
    maxThreads: threads,
    runtime: "worker_threads",
  });
  return {
    threads,
    run: (task, input) => pool.run(input, { name: task }) as Promise<unknown>,
    close: () => pool.destroy(),
  };
}
