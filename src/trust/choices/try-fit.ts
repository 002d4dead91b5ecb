import { type Fit, fit, type Objective } from "../../fit/index.ts";
import type { Law } from "../../laws/index.ts";
import type { Observations } from "../../runs/index.ts";
import type { Parameters } from "../reopen.ts";

/** A fit that may not be possible: null where there are too few rows, or no finite value. */
export function tryFit(
  law: Law,
  observed: Observations,
  {
    objective,
    weights,
    fixed = {},
    seed = 0,
  }: { objective: Objective; weights: Float64Array | null; fixed?: Parameters; seed?: number },
): Fit | null {
  try {
    const found = fit(law, observed, { objective, fixed, weights, seed });
    return found.objective.value === null ? null : found;
  } catch {
    return null;
  }
}
