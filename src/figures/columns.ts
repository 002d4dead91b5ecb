import type { Observations } from "../runs/index.ts";

/** The columns that a picture of losses by size and data is made of; C is 6ND where no column says. */
export interface LossColumns {
  readonly params: Float64Array;
  readonly tokens: Float64Array;
  readonly loss: Float64Array;
  readonly flops: Float64Array;
}

/** @throws when one of params, tokens and loss is missing, or a value is not above 0 */
export function lossColumns(observed: Observations, figure: string): LossColumns {
  const { params, tokens, loss, flops } = observed.columns;
  if (!params || !tokens || !loss)
    throw new Error(
      `cannot draw ${figure}: they need params, tokens and loss, got ${Object.keys(observed.columns).join(", ")}`,
    );
  const columns = { params, tokens, loss, flops: flops ?? params.map((N, row) => 6 * N * tokens[row]!) };
  for (const [name, column] of Object.entries(columns)) {
    const row = column.findIndex((value) => !(value > 0) || !Number.isFinite(value));
    if (row >= 0)
      throw new Error(
        `cannot draw ${figure}: ${observed.origin}, row ${observed.lines[row]}, ${name}: expected a number above 0, got ${column[row]}`,
      );
  }
  return columns;
}
