import { type FlopConvention, type ParameterConvention, type Quantity, quantities } from "../models/index.ts";
import { didYouMean } from "../numeric/index.ts";
import { withoutPoints, withPoint } from "./commas.ts";
import { fitOf, readHeader } from "./header.ts";
import { isQuantity, readCell } from "./read-column.ts";
import { type Column, listColumns, noColumn, type Table } from "./table.ts";

/** What the user says the columns count. */
export interface StatedConventions {
  readonly params?: ParameterConvention;
  readonly flops?: FlopConvention;
}

/** A column found for a quantity. */
export interface Found {
  readonly column: string;
  readonly scale: number;
  readonly how: "given" | "guessed";
  readonly convention: ParameterConvention | FlopConvention | null;
  /** What the column's name states, where the user stated something else. */
  readonly overruled: Found["convention"];
  readonly bitsPerByte: boolean;
  /** Columns that also fit, but less well. */
  readonly others: readonly string[];
}

export interface Finder {
  readonly table: Table;
  readonly map: Readonly<Record<string, string>>;
  readonly convention: StatedConventions;
}

const CATALOGUE = Object.keys(quantities) as Quantity[];

export function checkMap(
  table: Table,
  map: Readonly<Record<string, string>>,
  names: readonly string[],
): void {
  for (const [name, column] of Object.entries(map)) {
    if (!isQuantity(name) && !names.includes(name)) {
      const near = didYouMean(name, [...names, ...CATALOGUE]);
      const remedy = near === null ? `quantities: ${CATALOGUE.join(", ")}` : `did you mean "${near}"?`;
      throw new Error(`cannot map "${name}": no such quantity; ${remedy}`);
    }
    if (!Object.hasOwn(table.columns, column)) {
      throw new Error(`cannot map ${name}=${column}: ${noColumn(table, column)}`);
    }
  }
}

/** The column for a quantity, null where none fits; several equally good ones are an error. */
export function find({ table, map, convention }: Finder, name: string): Found | null {
  const given = Object.hasOwn(map, name) ? map[name] : null;
  const stated = name === "params" ? convention.params : name === "flops" ? convention.flops : undefined;
  if (given !== null) return found(name, given, "given", stated, []);

  const taken = new Set(Object.entries(map).map(([, column]) => column));
  const free = Object.keys(table.columns).filter((column) => !taken.has(column));
  const exact = free.find((column) => column === name);
  if (!isQuantity(name)) return exact === undefined ? null : found(name, exact, "guessed", stated, []);

  const fits = free
    .map((column) => ({ column, fit: fitOf(name, column), says: conventionIn(name, column) }))
    .filter((candidate): candidate is { column: string; fit: number; says: Found["convention"] } => {
      return candidate.fit !== null && !claimedByAnother(name, candidate.column, candidate.fit);
    })
    .filter(({ column }) => holdsNumbers(table.columns[column]));
  // A stated convention asks first for the columns that state it, then for those that state none.
  const alike = stated === undefined ? [] : fits.filter(({ says }) => says === stated);
  const silent = fits.filter(({ says }) => says === "unstated" || says === null);
  const pool = stated === undefined ? validationFirst(name, fits) : alike.length > 0 ? alike : silent;
  if (pool.length === 0) {
    if (fits.length === 0) return null;
    const list = fits.map(({ column, says }) => `"${column}" (${says})`).join(", ");
    throw new Undecided(
      `cannot take ${stated} ${name} from ${table.origin}: its columns count otherwise: ${list}; ` +
        `name one with --map ${name}=COLUMN`,
    );
  }
  const best = Math.min(...pool.map(({ fit }) => fit));
  const winners = pool.filter(({ fit }) => fit === best);
  if (winners.length > 1)
    throw ambiguous(
      table,
      name,
      winners.map(({ column }) => column),
    );
  const [{ column }] = winners;
  return found(
    name,
    column,
    "guessed",
    stated,
    fits.map((other) => other.column).filter((other) => other !== column),
  );
}

/**
 * Of the loss columns those that say validation, which is what laws are fitted to; but one that is called `loss` and
 * nothing else was called so by somebody who knew the others.
 */
function validationFirst<Fit extends { readonly column: string; readonly fit: number }>(
  name: string,
  fits: readonly Fit[],
): readonly Fit[] {
  if (name !== "loss" || fits.some(({ column }) => column === "loss")) return fits;
  const validation = fits.filter(({ column, fit }) => fit < 3 && saysValidation(column));
  return validation.length > 0 ? validation : fits;
}

export function saysValidation(column: string): boolean {
  const { words } = readHeader("loss", column);
  return /(?:^|_)(?:val|valid|validation|eval|evaluation|held_?out|dev|test)(?:_|$)/.test(words);
}

/** Columns there are, but the user must choose: told apart from "there are none". */
export class Undecided extends Error {}

function ambiguous(table: Table, name: string, candidates: readonly string[]): Error {
  const list = candidates.map((column) => `"${column}"`).join(", ");
  const quoted = /[\s,;()]/.test(candidates[0]) ? `"${candidates[0]}"` : candidates[0];
  return new Undecided(
    `cannot choose the ${name} column of ${table.origin}: ${candidates.length} fit equally well (${list}); ` +
      `name one with --map ${name}=${quoted}`,
  );
}

/** A guess needs something to read: `param_count` may hold "kaplan" and "standard". A column the user names may not. */
function holdsNumbers(column: Column): boolean {
  if (column instanceof Float64Array) return true;
  return column.some((cell) => {
    const text = cell.includes(",") ? withPoint(cell) : cell;
    return (
      Number.isFinite(readCell(cell, 1, "unit")) ||
      (text !== cell && Number.isFinite(readCell(text, 1, "unit")))
    );
  });
}

/** Whether a column's name is better read as another quantity: batch_tokens holds tokens, but isn't `tokens`. */
export function claimedByAnother(name: Quantity, column: string, fit: number): boolean {
  return CATALOGUE.some(
    (other) => other !== name && (fitOf(other, column) ?? Number.POSITIVE_INFINITY) < fit,
  );
}

function conventionIn(name: Quantity, column: string): Found["convention"] {
  const header = readHeader(name, column);
  return name === "params" ? header.params : name === "flops" ? header.flops : null;
}

function found(
  name: string,
  column: string,
  how: Found["how"],
  stated: Found["convention"] | undefined,
  others: readonly string[],
): Found {
  if (!isQuantity(name)) {
    return { column, scale: 1, how, convention: null, overruled: null, bitsPerByte: false, others };
  }
  const { factor, bitsPerByte } = readHeader(name, column);
  const says = conventionIn(name, column);
  const overruled = stated !== undefined && says !== "unstated" && says !== stated ? says : null;
  return { column, scale: factor, how, convention: stated ?? says, overruled, bitsPerByte, others };
}

/** What stands in a column that has the right name and no numbers, with the remedy; null where there is none. */
export function textColumn({ table, map }: Finder, name: string): string | null {
  if (!isQuantity(name)) return null;
  const column = Object.keys(table.columns).find((candidate) => {
    const fit = fitOf(name, candidate);
    const free = !Object.values(map).includes(candidate);
    return free && fit !== null && !claimedByAnother(name, candidate, fit);
  });
  if (column === undefined) return null;
  const example = [...table.columns[column]].map(String).find((cell) => cell.trim() !== "");
  if (example === undefined)
    return `column "${column}" is empty; name another column with --map ${name}=COLUMN`;
  const whole = withoutPoints(example.trim());
  const remedy = whole === example.trim() ? "" : `write ${whole}, without points between thousands, or `;
  return (
    `column ${column} holds text, e.g. ${example.trim()}; ${remedy}name another column with --map ${name}=COLUMN ` +
    `(columns: ${listColumns(table)})`
  );
}

/** Whether a loss that doesn't say on what it was measured was taken although others say validation. */
export function hidesValidation(loss: Found | undefined): loss is Found {
  return loss?.how === "guessed" && !saysValidation(loss.column) && loss.others.some(saysValidation);
}
