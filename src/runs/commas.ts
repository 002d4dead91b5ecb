import { rowName, type Table } from "./table.ts";

/**
 * What the commas and points of a column's cells mean, decided from all of them.
 *
 * `decimal`: some comma can only be a decimal mark (3,72 · 0,125 · 1.234,5). `thousands`: some comma can only stand
 * between thousands (1,000,000 · 1,000.5). `unclear`: there are commas and each of them could be either (3,722).
 * `mixed`: two cells contradict one another. `points`: some points stand between thousands (18.900.000). `none`: there
 * are no commas in numbers.
 */
type Mark = "none" | "decimal" | "thousands" | "unclear" | "mixed" | "points";

export interface Marks {
  readonly mark: Mark;
  /** The row of a cell that shows it; −1 where there are no commas. */
  readonly row: number;
  /** The row of the cell that contradicts it; −1 unless mixed. */
  readonly against: number;
  /** The row of a comma that alone could be either; −1 where there is none. */
  readonly either: number;
}

/** A number in any of the ways people write it, up to what its marks mean. */
const NUMBER =
  /^[+-]?([\d.,]*\d)(?:\s*[x×*]\s*10\s*\^\s*[+-]?\d+|e[+-]?\d+)?\s*(?:[kmbt%]|thousand|million|billion|trillion)?$/i;

const EITHER = /^[1-9]\d{0,2},\d{3}$/;
const DECIMAL_COMMA = /^(?:\d*|[1-9]\d{0,2}(?:\.\d{3})+),\d+$/;
const THOUSANDS_COMMA = /^[1-9]\d{0,2}(?:(?:,\d{3}){2,}|(?:,\d{3})+\.\d+)$/;
const THOUSANDS_POINT = /^[1-9]\d{0,2}(?:\.\d{3}){2,}$/;
const POINT = /^\d*\.\d+$/;

/**
 * What the commas of a column mean.
 *
 * A point in another cell doesn't settle a lone 3,722: it may have been pasted in from elsewhere.
 *
 * @example
 * marksIn(["3,722", "3,5"]).mark; // "decimal"
 * marksIn(["3,722", "3,501"]).mark; // "unclear"
 */
export function marksIn(cells: readonly string[]): Marks {
  let either = -1;
  let decimal = -1;
  let thousands = -1;
  let point = -1;
  let points = -1;
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    const comma = cell.includes(",");
    // One cell of each kind is enough.
    if (comma ? decimal >= 0 && thousands >= 0 : point >= 0 && points >= 0) continue;
    if (!comma && !cell.includes(".")) continue;
    const digits = NUMBER.exec(cell.trim())?.[1];
    if (digits === undefined) continue;
    if (EITHER.test(digits)) either = either < 0 ? row : either;
    else if (DECIMAL_COMMA.test(digits)) decimal = decimal < 0 ? row : decimal;
    else if (THOUSANDS_COMMA.test(digits)) thousands = thousands < 0 ? row : thousands;
    else if (THOUSANDS_POINT.test(digits)) points = points < 0 ? row : points;
    else if (POINT.test(digits)) point = point < 0 ? row : point;
  }
  if (decimal >= 0) {
    const against = thousands >= 0 ? thousands : point;
    return { mark: against >= 0 ? "mixed" : "decimal", row: decimal, against, either };
  }
  const commas = thousands >= 0 ? thousands : either;
  if (points >= 0) return { mark: commas >= 0 ? "mixed" : "points", row: points, against: commas, either };
  if (thousands >= 0) return { mark: "thousands", row: thousands, against: -1, either };
  return { mark: either >= 0 ? "unclear" : "none", row: either, against: -1, either };
}

/** A cell of a column whose decimal mark is the comma, with a point for it: "18.900,5M" is "18900.5M". */
export function withPoint(cell: string): string {
  if (!cell.includes(",")) return cell.includes(".") ? withoutPoints(cell) : cell;
  const digits = NUMBER.exec(cell.trim())?.[1];
  if (digits === undefined || !DECIMAL_COMMA.test(digits)) return cell;
  return cell.replaceAll(".", "").replace(",", ".");
}

/** "18.900.000" as 18900000; other points stay. */
export function withoutPoints(cell: string): string {
  const digits = NUMBER.exec(cell.trim())?.[1];
  return digits !== undefined && THOUSANDS_POINT.test(digits) ? cell.replaceAll(".", "") : cell;
}

/** What stands before the fraction of a number. */
export type DecimalMark = "comma" | "point";

/** "18.900": by itself 18.9, and 18900 where somebody says that the decimal mark is the comma. */
const OPEN_POINT = /^[1-9]\d{0,2}(?:\.\d{3})+$/;

/**
 * The cells of a column of numbers whose marks are open, with points for decimal marks and nothing between thousands, and
 * a row that shows it; null where the column itself settles them, or holds other things than numbers.
 *
 * @example
 * settleMarks(["3,722", "3,501"], "comma")?.cells; // ["3.722", "3.501"]
 * settleMarks(["3,722", "3,5"], "point"); // null: 3,5 has a decimal comma whatever is said
 */
export function settleMarks(
  cells: readonly string[],
  decimal: DecimalMark,
): { readonly cells: readonly string[]; readonly row: number } | null {
  const { mark, row } = marksIn(cells);
  if (mark !== "unclear" && (mark === "decimal" || mark === "mixed" || decimal === "point")) return null;
  if (!cells.every(isNumberLike)) return null;
  if (decimal === "point") return { cells: cells.map((cell) => cell.replaceAll(",", "")), row };
  const pointed = cells.findIndex((cell) => cell.includes("."));
  const open = (cell: string): boolean =>
    !cell.includes(".") || (!/e|\^/i.test(cell) && OPEN_POINT.test(NUMBER.exec(cell.trim())?.[1] ?? ""));
  const shown = mark === "unclear" ? row : pointed;
  if (shown < 0 || !cells.every(open)) return null;
  return { cells: cells.map((cell) => cell.replaceAll(".", "").replace(",", ".")), row: shown };
}

/** Whether a cell is empty or a number in any way of writing. */
export function isNumberLike(cell: string): boolean {
  const text = cell.trim();
  return text === "" || NUMBER.test(text);
}

/**
 * Why a column cannot be read: its marks can be read both ways, or contradict one another; null where they are clear.
 *
 * @example
 * whyUnclear(table, "loss", marksIn(cells)); // 'runs.csv, row 2, column "loss": "3,722" can be read as …'
 */
export function whyUnclear(table: Table, column: string, { mark, row, against }: Marks): string | null {
  const cell = (at: number) => String(table.columns[column][at]).trim();
  if (mark === "unclear") {
    const [point, whole] = [cell(row).replace(",", "."), cell(row).replace(",", "")];
    return (
      `${rowName(table, row)}, column "${column}": "${cell(row)}" can be read as ${point} (a decimal comma) or as ` +
      `${whole} (a comma between thousands), and no cell of the column settles it; say which with --decimal comma ` +
      `or --decimal point (in readCsv: decimal), or write ${point} or ${whole} throughout the column`
    );
  }
  if (mark === "mixed") {
    return (
      `${rowName(table, row)}, column "${column}": "${cell(row)}" and "${cell(against)}" (${rowName(table, against)}) ` +
      `cannot have the same decimal mark; write every number of the column with a decimal point and nothing ` +
      `between thousands`
    );
  }
  if (mark === "points") {
    return (
      `${rowName(table, row)}, column "${column}": "${cell(row)}" has points between its thousands, so a point ` +
      `elsewhere in the column may be no decimal mark; write ${withoutPoints(cell(row))}, and so throughout the column`
    );
  }
  return null;
}
