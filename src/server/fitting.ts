import { type Fit, type FitOptions, fit, fitInPool } from "../fit/index.ts";
import type { Law } from "../laws/index.ts";
import { createPool } from "../pool/index.ts";
import type { Observations } from "../runs/index.ts";

/** Rows times refits from which threads pay: about a quarter of a second on one. */
const worthThreads = 300_000;

/** A fit whose refits go to threads where they are many, so that the server answers others meanwhile. */
export async function fitHere(law: Law, observed: Observations, options: FitOptions): Promise<Fit> {
  if ((options.bootstrap ?? 0) * observed.rows < worthThreads) return fit(law, observed, options);
  const pool = await createPool().catch(() => null); // none where the source itself is run
  if (pool === null) return fit(law, observed, options);
  try {
    return await fitInPool(pool, law, observed, options);
  } finally {
    await pool.close();
  }
}
