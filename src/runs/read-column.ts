import { type Quantity, quantities } from "../models/index.ts";
import { formatNumber, numberOrNull } from "../numeric/index.ts";
import { marksIn, whyUnclear, withPoint } from "./commas.ts";
import type { Found } from "./find-column.ts";
import { plainNumber, type Table } from "./table.ts";

export function isQuantity(name: string): name is Quantity {
  return Object.hasOwn(quantities, name);
}

/** A column in base units, and the cells of it that cannot be used. */
export interface Parsed {
  readonly values: Float64Array;
  readonly bad: readonly {
    readonly row: number;
    readonly column: string;
    readonly got: string;
    readonly reason: string;
  }[];
  /** How its commas were read, where one of them alone could have been read otherwise. */
  readonly note: string | null;
}

/** @param blank empty cells are NaN and not bad */
export function readColumn(
  table: Table,
  name: string,
  { column, scale }: Found,
  {
    domain = isQuantity(name) ? quantities[name].domain : "real",
    blank = false,
  }: { domain?: Domain; blank?: boolean } = {},
): Parsed {
  const cells = table.columns[column];
  const values = new Float64Array(table.rows);
  const bad: { row: number; column: string; got: string; reason: string }[] = [];
  const marks = cells instanceof Float64Array ? null : marksIn(cells);
  const unclear = marks === null ? null : whyUnclear(table, column, marks);
  if (unclear !== null) throw new Error(unclear);
  const decimal = marks?.mark === "decimal";
  for (let row = 0; row < table.rows; row++) {
    const cell = cells[row];
    const value =
      typeof cell === "number"
        ? scaled(cell, scale)
        : readCell(decimal ? withPoint(cell) : cell, scale, domain);
    values[row] = value;
    if (blank && (typeof cell === "number" ? Number.isNaN(cell) : cell.trim() === "")) continue;
    if (!inDomain(value, domain)) {
      bad.push({ row, column, got: String(Number.isNaN(cell) ? "" : cell).trim(), reason: EXPECTED[domain] });
    }
  }
  const shown = decimal ? marks.row : (marks?.either ?? -1);
  const note =
    shown < 0
      ? null
      : `commas in column "${column}" were read as ${decimal ? "decimal marks" : "marks between thousands"}: ` +
        `"${String(cells[shown]).trim()}" in row ${table.lineNumbers[shown]} is ${formatNumber(values[shown], 6)}`;
  return { values, bad, note };
}

/** A cell of text in base units: a suffix of its own ("70M", "45%") counts instead of the header's unit. */
export function readCell(cell: string, scale: number, domain: Domain): number {
  const text = cell.trim();
  const plain = plainNumber(text);
  if (plain !== null) return scaled(plain, scale);
  const share = domain === "unit" && text.endsWith("%") ? plainNumber(text.slice(0, -1).trim()) : null;
  if (share !== null) return share / 100;
  const value = numberOrNull(text) ?? Number.NaN;
  return /[a-z]\s*$/i.test(text) ? value : scaled(value, scale);
}

/** value · scale, as the double nearest to what was written where the scale is a power of ten: 70.1 (B) is 70.1e9. */
function scaled(value: number, scale: number): number {
  if (scale === 1) return value;
  const power = POWERS.get(scale);
  const text = String(value);
  return power === undefined || text.includes("e") ? value * scale : Number(`${text}e${power}`);
}

const POWERS: ReadonlyMap<number, number> = new Map(
  [3, 6, 9, 12, 15, 18, 21, 24].map((k) => [Number(`1e${k}`), k]),
);

type Domain = (typeof quantities)[Quantity]["domain"];

const EXPECTED: Readonly<Record<Domain, string>> = {
  positive: "expected a number above 0",
  nonnegative: "expected a number of at least 0",
  unit: "expected a number from 0 to 1",
  real: "expected a number",
};

function inDomain(value: number, domain: Domain): boolean {
  if (!Number.isFinite(value)) return false;
  if (domain === "positive") return value > 0;
  if (domain === "nonnegative") return value >= 0;
  return domain === "real" || (value >= 0 && value <= 1);
}
