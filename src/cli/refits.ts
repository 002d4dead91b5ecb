import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Fit, type FitOptions, fit, fitInPool } from "../fit/index.ts";
import type { Law } from "../laws/index.ts";
import { formatGrouped } from "../numeric/index.ts";
import { createPool } from "../pool/index.ts";
import type { Observations } from "../runs/index.ts";
import type { World } from "./world.ts";

/** Rows times refits from which threads pay: about a quarter of a second on one. */
const worthThreads = 300_000;

/** A fit whose refits go to threads where they are many, with a line on a terminal that says how far they are. */
export async function fitWatched(
  { stderr }: World,
  law: Law,
  observed: Observations,
  { quiet, ...options }: FitOptions & { readonly quiet?: boolean },
): Promise<Fit> {
  const worker = new URL("./worker.js", import.meta.url); // not there where the source itself is run
  const small = (options.bootstrap ?? 0) * observed.rows < worthThreads;
  if (small || !existsSync(fileURLToPath(worker))) return fit(law, observed, options);
  const shown = stderr.isTerminal && !quiet;
  const pool = await createPool({ worker });
  try {
    return await fitInPool(pool, law, observed, {
      ...options,
      onProgress: (done, of) => {
        if (shown) stderr.write(`\r  ${formatGrouped(done)} of ${formatGrouped(of)} refits`);
      },
    });
  } finally {
    if (shown) stderr.write("\r\x1b[K");
    await pool.close();
  }
}
