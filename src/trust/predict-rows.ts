import { type Law, lawFunction } from "../laws/index.ts";
import type { Observations } from "../runs/index.ts";

/** A law's value at every row. */
export function predictRows(
  law: Law,
  parameters: Readonly<Record<string, number>>,
  { columns, rows }: Observations,
): Float64Array {
  const value = lawFunction(law, parameters);
  const inputs = Object.keys(law.inputs);
  const at: Record<string, number> = {};
  return Float64Array.from({ length: rows }, (_, i) => {
    for (const quantity of inputs) at[quantity] = columns[quantity]![i]!;
    return value(at);
  });
}

/** prediction / truth − 1 at every row. */
export function relativeErrors(
  law: Law,
  parameters: Readonly<Record<string, number>>,
  observed: Observations,
): number[] {
  const truth = observed.columns[law.output]!;
  return Array.from(predictRows(law, parameters, observed), (value, row) => value / truth[row]! - 1);
}
