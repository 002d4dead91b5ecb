/** Work in parallel: the same interface over worker threads and over none. */
export { inlinePool, type Tasks } from "./inline.ts";
export { createPool, type ThreadPool } from "./pool.ts";
