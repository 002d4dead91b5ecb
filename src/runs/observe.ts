import type { FlopConvention, ParameterConvention, Quantity } from "../models/index.ts";
import {
  type CurveOptions,
  curveNames,
  type DerivedCurves,
  deriveCurves,
  findCurve,
  isOfCurve,
} from "./curves.ts";
import { type DataFinding, doubtful, duplicates, lossFindings } from "./data-findings.ts";
import {
  checkMap,
  type Finder,
  type Found,
  find,
  hidesValidation,
  type StatedConventions,
  textColumn,
  Undecided,
} from "./find-column.ts";
import { hashColumns } from "./hash.ts";
import { type Parsed, readColumn } from "./read-column.ts";
import type { Run } from "./run.ts";
import { tableOfRuns } from "./run-table.ts";
import { type Column, listColumns, rowName, type Table, takeCells } from "./table.ts";

/** Which column became a quantity, and how; printed back to the user. */
export interface ColumnMapping {
  readonly quantity: string;
  /** The column's name as it stands in the source; null where the quantity was derived. */
  readonly column: string | null;
  /** The factor that brought the column to base units. */
  readonly scale: number;
  /** The parameter or FLOP convention of this quantity; null where there is none. */
  readonly convention: ParameterConvention | FlopConvention | null;
  readonly how: "given" | "guessed" | "derived";
  /** The rule by which a derived quantity was computed: "6 * params * tokens"; else null. */
  readonly rule: string | null;
}

/** A row left out because a cell that was needed cannot be used; one entry a row, for its first such cell. */
export interface SkippedRow {
  /** The row as a spreadsheet counts: the line of the source, the header being row 1. */
  readonly line: number;
  readonly column: string;
  readonly got: string;
  readonly reason: string;
}

/** What a law meets: quantities as columns in base units, and where every one of them came from. */
export interface Observations {
  readonly origin: string;
  readonly rows: number;
  /** By quantity, in base units. */
  readonly columns: Readonly<Record<string, Float64Array>>;
  /** The line of the source that each row came from. */
  readonly lines: Int32Array;
  readonly mapping: readonly ColumnMapping[];
  /** null where the quantity is not among the columns. */
  readonly conventions: {
    readonly params: ParameterConvention | null;
    readonly flops: FlopConvention | "unstated" | null;
  };
  readonly skipped: readonly SkippedRow[];
  /** The columns that became no quantity, for grouping and showing. */
  readonly labels: Readonly<Record<string, Column>>;
  /** What a reader should know, one sentence each. */
  readonly notes: readonly string[];
  /** Those of the notes that question the data themselves, with codes that stay: a fit should repeat them. */
  readonly findings: readonly DataFinding[];
  /** The content hash of `columns`: the same numbers have the same hash whatever their file was called. */
  readonly hash: string;
}

/** What a law asks of the data: usually quantities; a stranger's law may name columns of its own. */
export interface Wanted {
  readonly inputs: readonly string[];
  readonly output: string;
}

export interface ObserveOptions {
  /** Quantity → column, where the guess from the header is not wanted. */
  readonly map?: Readonly<Record<string, string>>;
  /** Leave out rows with cells that cannot be used, each of them counted, instead of refusing the data. */
  readonly skipBadRows?: boolean;
  /** What the user says the columns count; it also chooses between columns that state different conventions. */
  readonly convention?: StatedConventions;
  /** For laws of whole loss curves: what the table doesn't say by itself. */
  readonly curves?: CurveOptions;
}

/**
 * The quantities that a law asks for, from a table or from runs: columns in base units with their provenance.
 *
 * Columns are found by name and unit (`N`, `n_params`, `tokens (B)`, `eval/loss` …), cells like "70M" are read, and the
 * mapping says what was taken for what. An exact name wins over a looser one; several that fit equally well are an error
 * that names them. A quantity without a column is derived where C = 6ND (or tokens = steps · batchTokens) allows, and
 * the mapping says so. What laws of whole loss curves take (lrArea …) is worked out from the columns of the step and the
 * learning rate, or the schedule, run by run. No row is dropped unless `skipBadRows` is set, and then each is listed in `skipped`. Rows are
 * named as a spreadsheet counts them: the line of the source, the header being row 1.
 *
 * @example
 * const table = readCsv("N,tokens (B),val_loss\n70M,1.4,3.2\n", { origin: "runs.csv" });
 * observe(table, { inputs: ["params", "tokens"], output: "loss" }).columns.tokens; // Float64Array [1.4e9]
 */
export function observe(
  source: Table | readonly Run[],
  wanted: Wanted,
  { map = {}, skipBadRows = false, convention = {}, curves = {} }: ObserveOptions = {},
): Observations {
  const table = "columns" in source ? source : tableOfRuns(source);
  const names = [...new Set([...wanted.inputs, wanted.output])];
  const mayBeOfCurve = names.some(isOfCurve);
  checkMap(table, map, mayBeOfCurve ? [...names, ...curveNames] : names);
  const finder: Finder = { table, map, convention };

  // What to read from columns, and what to compute from those: a derivation may need columns the law didn't ask for.
  const read = new Map<string, Found>();
  const derived = new Map<string, Rule>();
  const ofCurve = names.filter((name) => isOfCurve(name) && find(finder, name) === null);
  for (const name of names) if (!ofCurve.includes(name)) resolve(finder, name, read, derived);

  const parsed = new Map([...read].map(([name, found]) => [name, readColumn(table, name, found)] as const));
  const curve = ofCurve.length === 0 ? null : curveFrom(finder, ofCurve, curves, read, parsed);
  const { kept, skipped } = refuseOrSkip(table, [...parsed.values()], skipBadRows, curve?.early);

  const base = new Map<string, Float64Array>(
    [...parsed].map(([name, { values }]) => [name, takeCells(values, kept) as Float64Array]),
  );
  for (const [name, column] of curve?.columns ?? []) base.set(name, takeCells(column, kept) as Float64Array);
  // In the order of resolution, so that what a rule needs is there before it.
  for (const [name, rule] of derived) base.set(name, computeRule(rule, base, kept.length));
  const columns = names.map((name) => [name, base.get(name) as Float64Array] as const);
  const resolved = [...read.keys(), ...derived.keys()];
  const mapping = [...names, ...resolved.filter((name) => !names.includes(name))].map((name) => {
    if (ofCurve.includes(name)) return curveMapping(name, curve as DerivedCurves);
    const rule = derived.get(name);
    return rule === undefined ? mappingOf(name, read.get(name) as Found) : derivedMapping(rule, convention);
  });
  const conventionOf = (name: string) =>
    mapping.find(({ quantity }) => quantity === name)?.convention ?? null;
  const conventions = {
    params: conventionOf("params") as ParameterConvention | null,
    flops: conventionOf("flops") as FlopConvention | "unstated" | null,
  };
  const used = new Set([...read.values()].map(({ column }) => column));
  const labels = Object.entries(table.columns)
    .filter(([name]) => !used.has(name))
    .map(([name, column]) => [name, takeCells(column, kept)] as const);
  const result = Object.fromEntries(columns);
  const lines = Int32Array.from(kept, (i) => table.lineNumbers[i]);
  const place = (row: number) => (table.ids === null ? `row ${lines[row]}` : `run "${table.ids[kept[row]]}"`);
  const findings = [
    ...lossFindings(read.get("loss")),
    ...doubtful(read, base, kept.length, place),
    ...duplicates(
      names.map((name) => base.get(name) as Float64Array),
      kept.length,
      place,
    ),
  ];
  return {
    origin: table.origin,
    rows: kept.length,
    columns: result,
    lines,
    mapping,
    conventions,
    skipped,
    labels: Object.fromEntries(labels),
    notes: [
      ...table.notes,
      ...notesOn(table, read, conventions.params, skipped.length, map, mayBeOfCurve ? curveNames : []),
      ...(curve?.notes ?? []),
      ...[...parsed.values()].flatMap(({ note }) => note ?? []),
      ...findings.map(({ message }) => message),
    ],
    findings,
    hash: hashColumns(result),
  };
}

/** Works out the quantities of curves, adding the columns that they come from to `read` and their cells to `parsed`. */
function curveFrom(
  finder: Finder,
  wanted: readonly string[],
  options: CurveOptions,
  read: Map<string, Found>,
  parsed: Map<string, Parsed>,
): DerivedCurves {
  const { table } = finder;
  const columns = findCurve(finder, wanted, options);
  const made = deriveCurves(table, columns, wanted, options);
  read.set("steps", columns.steps);
  parsed.set("steps", made.steps);
  if (columns.rate !== null && made.rate !== null) {
    read.set("learningRate", columns.rate);
    parsed.set("learningRate", made.rate);
  }
  return made;
}

function curveMapping(quantity: string, { ruleOf }: DerivedCurves): ColumnMapping {
  return { quantity, column: null, scale: 1, convention: null, how: "derived", rule: ruleOf(quantity) };
}

/** A quantity that follows from others. */
interface Rule {
  readonly to: Quantity;
  readonly from: readonly [Quantity, Quantity];
  readonly text: string;
  readonly compute: (a: number, b: number) => number;
}

const RULES: readonly Rule[] = [
  { to: "tokens", from: ["steps", "batchTokens"], text: "steps * batchTokens", compute: (S, B) => S * B },
  {
    to: "tokens",
    from: ["params", "tokensPerParam"],
    text: "params * tokensPerParam",
    compute: (N, M) => N * M,
  },
  { to: "tokens", from: ["flops", "params"], text: "flops / (6 * params)", compute: (C, N) => C / (6 * N) },
  { to: "params", from: ["flops", "tokens"], text: "flops / (6 * tokens)", compute: (C, D) => C / (6 * D) },
  { to: "flops", from: ["params", "tokens"], text: "6 * params * tokens", compute: (N, D) => 6 * N * D },
  { to: "tokensPerParam", from: ["tokens", "params"], text: "tokens / params", compute: (D, N) => D / N },
  { to: "steps", from: ["tokens", "batchTokens"], text: "tokens / batchTokens", compute: (D, B) => D / B },
  { to: "batchTokens", from: ["tokens", "steps"], text: "tokens / steps", compute: (D, S) => D / S },
];

/** Settles where a quantity comes from, adding it and what it needs to `read` or `derived`; an error if it can't. */
function resolve(
  finder: Finder,
  name: string,
  read: Map<string, Found>,
  derived: Map<string, Rule>,
  busy: readonly string[] = [],
): void {
  if (read.has(name) || derived.has(name)) return;
  const column = find(finder, name);
  if (column !== null) {
    read.set(name, column);
    return;
  }
  const undecided: Error[] = [];
  for (const rule of RULES.filter(
    ({ to, from }) => to === name && !from.some((part) => busy.includes(part)),
  )) {
    const tried = { read: new Map(read), derived: new Map(derived) };
    try {
      for (const part of rule.from) resolve(finder, part, tried.read, tried.derived, [...busy, name]);
    } catch (error) {
      // A part with several columns: another rule may do without it, else its own error says what to choose.
      if (error instanceof Undecided) undecided.push(error);
      continue;
    }
    for (const [part, found] of tried.read) read.set(part, found);
    for (const [part, found] of tried.derived) derived.set(part, found);
    derived.set(name, rule);
    return;
  }
  if (undecided.length > 0) throw undecided[0];
  const { table } = finder;
  const text = textColumn(finder, name);
  if (text !== null) throw new Error(`cannot find the ${name} in ${table.origin}: ${text}`);
  throw new Error(
    `cannot find the ${name} in ${table.origin}: no column looks like it, columns: ` +
      `${listColumns(table)}; name one with --map ${name}=COLUMN`,
  );
}

function computeRule(rule: Rule, base: ReadonlyMap<string, Float64Array>, rows: number): Float64Array {
  const [a, b] = rule.from.map((part) => base.get(part) as Float64Array);
  return Float64Array.from({ length: rows }, (_, i) => rule.compute(a[i], b[i]));
}

function mappingOf(quantity: string, { column, scale, convention, how }: Found): ColumnMapping {
  return { quantity, column, scale, convention, how, rule: null };
}

function derivedMapping({ to, text }: Rule, stated: StatedConventions): ColumnMapping {
  const convention = to === "flops" ? "6ND" : to === "params" ? (stated.params ?? "unstated") : null;
  return { quantity: to, column: null, scale: 1, convention, how: "derived", rule: text };
}

/** How many bad cells an error lists before it only counts them. */
const LISTED = 5;

function refuseOrSkip(
  table: Table,
  parsed: readonly Parsed[],
  skipBadRows: boolean,
  /** Rows that are left out anyway. */
  early: ReadonlySet<number> = new Set(),
): { kept: Int32Array; skipped: SkippedRow[] } {
  const bad = parsed
    .flatMap((column) => column.bad)
    .filter(({ row }) => !early.has(row))
    .sort((a, b) => a.row - b.row);
  if (bad.length > 0 && !skipBadRows) {
    const lines = bad
      .slice(0, LISTED)
      .map(
        ({ row, column, got, reason }) =>
          `${rowName(table, row)}, column "${column}": ${reason}, got "${got}"`,
      );
    const more = bad.length > LISTED ? [`and ${bad.length - LISTED} more, ${bad.length} cells in all`] : [];
    const rule = table.ids === null ? " (rows are lines of the file, the header is row 1)" : "";
    const wrong = parsed.find((column) => column.bad.length === table.rows && table.rows > 1)?.bad[0].column;
    const remedy =
      wrong === undefined
        ? `correct ${bad.length === 1 ? "it" : "them"}, or leave such rows out with --skip-bad-rows${rule}`
        : `no cell of "${wrong}" can be used: name another column with --map`;
    throw new Error(lines.length === 1 ? `${lines[0]}; ${remedy}` : [...lines, ...more, remedy].join("\n"));
  }
  const first = new Map<number, SkippedRow>();
  for (const { row, column, got, reason } of bad) {
    if (!first.has(row)) first.set(row, { line: table.lineNumbers[row], column, got, reason });
  }
  const kept: number[] = [];
  for (let row = 0; row < table.rows; row++) if (!first.has(row) && !early.has(row)) kept.push(row);
  if (kept.length === 0) {
    const { column, reason } = [...first.values()][0] ?? { column: "any", reason: "expected rows" };
    throw new Error(
      `cannot use ${table.origin}: none of its ${table.rows} rows is left (column "${column}": ${reason})`,
    );
  }
  return { kept: Int32Array.from(kept), skipped: [...first.values()] };
}

function notesOn(
  table: Table,
  read: ReadonlyMap<string, Found>,
  params: ParameterConvention | null,
  skipped: number,
  map: Readonly<Record<string, string>>,
  known: readonly string[],
): string[] {
  const notes: string[] = [];
  if (skipped > 0)
    notes.push(`${skipped} of ${table.rows} rows skipped because of cells that cannot be used`);
  if (params === "unstated") {
    const column = read.get("params")?.column;
    const which = column === undefined ? "the derived params" : `column "${column}"`;
    notes.push(
      `nothing says which parameters ${which} counts (total, non-embedding, active): taken as unstated`,
    );
  }
  for (const [name, { column, how, others, convention, overruled }] of read) {
    if (overruled !== null) {
      notes.push(`column "${column}" says ${overruled} ${name}; taken as ${convention}, as was asked`);
    }
    if (how === "guessed" && others.length > 0 && !(name === "loss" && hidesValidation(read.get("loss")))) {
      const list = others.map((other) => `"${other}"`).join(", ");
      notes.push(`${name} is column "${column}"; ${list} would also do (--map ${name}=…)`);
    }
  }
  for (const [name, column] of Object.entries(map)) {
    if (!read.has(name) && !known.includes(name))
      notes.push(`${name}=${column} was given but nothing asked for it`);
  }
  return notes;
}
