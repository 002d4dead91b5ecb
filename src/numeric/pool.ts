/** Threads that do pieces of work elsewhere, as pure code sees them; `pool/` makes one. */
export interface Pool {
  readonly threads: number;
  /** Has one thread do a task by its name, on plain data. */
  run(task: string, input: unknown): Promise<unknown>;
}

/** As much of an AbortSignal as work needs that may be given up; pure code has no name for the host's own. */
export interface AbortSignalLike {
  readonly aborted: boolean;
}

/** How a long piece of work is watched and stopped. */
export interface Watch {
  /** Told after every piece how many of all are done. */
  readonly onProgress?: (done: number, of: number) => void;
  /** Once aborted, nothing new is begun, and the promise is rejected when what runs has ended. */
  readonly signal?: AbortSignalLike;
}
