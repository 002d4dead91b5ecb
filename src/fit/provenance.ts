import type { Observations, Run, Table } from "../runs/index.ts";
import type { Fit } from "./noun.ts";

export function isObservations(data: Observations | Table | readonly Run[]): data is Observations {
  return !Array.isArray(data) && "mapping" in data;
}

/** Where the rows of a fit came from, as it is written into the fit. */
export function provenance(observed: Observations): Fit["data"] {
  return {
    origin: observed.origin,
    hash: observed.hash,
    skippedRows: observed.skipped.length,
    mapping: observed.mapping.map(({ quantity, column, how, scale }) => ({ quantity, column, how, scale })),
  };
}
