import { hashColumns } from "./hash.ts";
import type { Observations } from "./observe.ts";
import { takeCells } from "./table.ts";

/**
 * Some of the rows of observations, still in base units, with their lines and labels.
 *
 * @example takeObservations(observed, [0, 2]).rows // 2
 */
export function takeObservations(observed: Observations, rows: ArrayLike<number>): Observations {
  const take = <Column extends Float64Array | Observations["labels"][string]>(column: Column): Column =>
    takeCells(column, rows) as Column;
  const columns = Object.fromEntries(
    Object.entries(observed.columns).map(([name, column]) => [name, take(column)]),
  );
  return {
    ...observed,
    hash: hashColumns(columns),
    rows: rows.length,
    columns,
    lines: Int32Array.from(rows, (row) => observed.lines[row]!),
    labels: Object.fromEntries(Object.entries(observed.labels).map(([name, column]) => [name, take(column)])),
  };
}
