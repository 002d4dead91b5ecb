import { dropStart } from "./drop-start.ts";
import { type Observations, type ObserveOptions, observe, type Wanted } from "./observe.ts";
import { dropHighest, where } from "./select.ts";
import { type Table, takeRows } from "./table.ts";

/** Which rows of a table are meant; nothing is left out unless it is said. */
export interface RowChoice {
  /** Only these: "used_in_fit=1, params>=70M". */
  readonly where?: string;
  /** Not the rows on these lines of the source, as a table counts them. */
  readonly exclude?: readonly number[];
  /** Of training curves: not the rows up to so many tokens. */
  readonly dropFirst?: number;
  /** Of training curves: not this first share of each run's tokens. */
  readonly dropShare?: number;
  /** The column that names the run, for `dropShare`. */
  readonly run?: string | null;
  /** Not the so many rows of highest output. */
  readonly dropHighest?: number;
}

/**
 * The rows of a table that are meant: the filter first, then lines by hand, then the starts of curves, then the highest.
 *
 * @param observing how the columns are read, by which starts and highest values are found
 * @throws when a column or a line isn't there, or nothing would be left
 * @example chooseRows(table, { inputs: ["params", "tokens"], output: "loss" }, { dropHighest: 5 }).rows // 240
 */
export function chooseRows(
  table: Table,
  { output }: Wanted,
  { where: filter, exclude = [], dropFirst = 0, dropShare = 0, run = null, dropHighest: k = 0 }: RowChoice,
  observing: ObserveOptions = {},
): Table {
  let left = filter === undefined ? table : where(table, filter).table;
  if (exclude.length > 0) left = withoutLines(left, exclude);
  if (dropFirst > 0 || dropShare > 0) {
    const inputs = dropShare > 0 && run === null ? ["tokens", "params"] : ["tokens"];
    const { lines, notes } = dropStart(observeOnly(left, { inputs, output }, observing), {
      tokens: dropFirst,
      share: dropShare,
      run,
    });
    const kept = new Set(lines);
    const rows = Array.from(left.lineNumbers.keys()).filter((row) => kept.has(left.lineNumbers[row]!));
    left = takeRows(left, rows, notes.at(-1));
  }
  if (k === 0) return left;
  const { mapping } = observeOnly(left, { inputs: [], output }, observing);
  const column = mapping.find(({ quantity }) => quantity === output)?.column;
  if (column == null) throw new Error(`cannot drop the highest ${output}: no column holds it`);
  return dropHighest(left, column, k).table;
}

function withoutLines(table: Table, exclude: readonly number[]): Table {
  const unwanted = new Set(exclude);
  const rows = Array.from(table.lineNumbers.keys()).filter((row) => !unwanted.has(table.lineNumbers[row]!));
  if (rows.length === 0) throw new Error(`cannot leave out all ${table.rows} rows of ${table.origin}`);
  const count = table.rows - rows.length;
  return takeRows(table, rows, `${count} of ${table.rows} rows left out by hand`);
}

/** Some of the quantities, without the columns that were named for others. */
function observeOnly(table: Table, wanted: Wanted, observing: ObserveOptions): Observations {
  const asked = Object.entries(observing.map ?? {}).filter(
    ([quantity]) => quantity === wanted.output || wanted.inputs.includes(quantity),
  );
  return observe(table, wanted, { ...observing, map: Object.fromEntries(asked) });
}
