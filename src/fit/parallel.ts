import type { Law } from "../laws/index.ts";
import type { Pool, Watch } from "../numeric/index.ts";
import type { Observations, Run, Table } from "../runs/index.ts";
import { type BootstrapJob, type Refits, refitDraws } from "./bootstrap.ts";
import { type FitOptions, fitSteps } from "./fit.ts";
import type { Fit } from "./noun.ts";

/** A piece of a bootstrap, as it is sent to a thread. */
export interface RefitPiece {
  readonly job: BootstrapJob;
  readonly from: number;
  readonly to: number;
}

/** What a pool's threads have to know for {@link fitInPool}; a worker's module exports it under its name. */
export function refitPiece({ job, from, to }: RefitPiece): Refits {
  return refitDraws(job, from, to);
}

/** The name of {@link refitPiece}, which a bundler may change. */
const task = "refitPiece";

/** Enough to share the work evenly and to show progress, few enough that making a kernel for each costs little. */
const piecesPerThread = 4;

/**
 * {@link fit} with its refits spread over a pool's threads; the same numbers to the last bit, however many there are.
 *
 * @throws what `fit` throws; and an error when the signal stops it
 * @example const made = await fitInPool(await createPool(), chinchilla, runs, { bootstrap: 4000 });
 */
export async function fitInPool(
  pool: Pool,
  law: Law,
  data: Observations | Table | readonly Run[],
  options: FitOptions & Watch = {},
): Promise<Fit> {
  const steps = fitSteps(law, data, options);
  let step = steps.next();
  while (!step.done) step = steps.next(await refits(pool, step.value, options));
  return step.value;
}

async function refits(pool: Pool, job: BootstrapJob, { signal, onProgress }: Watch): Promise<Refits> {
  const pieces = Math.max(1, Math.min(job.count, pool.threads * piecesPerThread));
  const ends: Refits[] = [];
  let begun = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (begun < pieces) {
      if (signal?.aborted) throw new Error(`the bootstrap was stopped after ${done} of ${job.count} refits`);
      const i = begun++;
      const from = Math.floor((i * job.count) / pieces);
      const to = Math.floor(((i + 1) * job.count) / pieces);
      const piece: RefitPiece = { job, from, to };
      ends[i] = (await pool.run(task, piece)) as Refits;
      done += to - from;
      onProgress?.(done, job.count);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: pool.threads }, lane));
  const failed = lanes.find((end) => end.status === "rejected");
  if (failed) throw failed.reason; // only now: nothing is running any more
  return ends.flat();
}
