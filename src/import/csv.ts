import Papa from "papaparse/papaparse.js";
import {
  type Column,
  columnOf,
  type DecimalMark,
  isNumberLike,
  marksIn,
  plainNumber,
  settleMarks,
  type Table,
  withPoint,
} from "../runs/index.ts";

/**
 * A table from separated values: comma, tab, semicolon or bar, with a header in the first row.
 *
 * Reads RFC 4180 (Y. Shafranovich, 2005, https://www.rfc-editor.org/rfc/rfc4180) and what people write: a byte order
 * mark, any line ends, line breaks inside quotes, lines that start with `#` (comments), blank lines. The separator is
 * the one that cuts the header into most cells. Where that isn't the comma, a column of numbers with commas that can
 * only be decimal marks (3,25) is read so, and the notes say it; what could be either (3,722) stays text, which
 * `observe` refuses to use unless `decimal` says what the mark is. Refuses what would have to be guessed: two columns of one name, a row of another length
 * than the header, an open quote, a header that is missing. The header is row 1, as in a spreadsheet, and rows are the lines of the file.
 *
 * @param decimal the decimal mark, where a column leaves it open: 3,722 is 3.722 by "comma" and 3722 by "point"
 * @example
 * readCsv("params,loss\n1e6,3.2\n2e6,3.0\n", { origin: "runs.csv" }).columns.loss; // Float64Array [3.2, 3]
 */
export function readCsv(
  text: string,
  { origin, delimiter, decimal }: { origin: string; delimiter?: string; decimal?: DecimalMark },
): Table {
  refuseBinary(text, origin);
  const source = withoutLastBreaks(text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n"));
  const separator = delimiter ?? guessDelimiter(source, origin);
  const notes: string[] = [];
  let names: string[] = [];
  let columns: Cells[] = [];
  const lines = growing();
  const left = readRecords(source, separator, origin, (cells, line) => {
    if (columns.length === 0) {
      names = columnNames(cells, line, origin, notes);
      columns = names.map(() => ({ numbers: growing(), filled: 0, text: null }));
      return;
    }
    if (cells.length !== names.length) {
      throw new Error(
        `${origin}, row ${line}: expected ${names.length} cells as in the header, got ${cells.length}; ` +
          `put quotes round a cell that holds "${separator === "\t" ? "a tab" : separator}"`,
      );
    }
    lines.push(line);
    for (let c = 0; c < cells.length; c++) addCell(columns[c], cells[c], decimal);
  });
  if (names.length === 0) {
    throw new Error(`cannot read ${origin}: the file is empty; expected a header and at least one row`);
  }
  if (lines.length() === 0) {
    throw new Error(`cannot read ${origin}: it has a header (${names.join(", ")}) but no rows below it`);
  }
  const rows = lines.length();
  const late = columns.filter(({ text }) => text === "late");
  if (late.length > 0) {
    const texts = late.map((column) => ({ c: columns.indexOf(column), text: [] as string[] }));
    let header = true;
    readRecords(source, separator, origin, (cells) => {
      if (!header) for (const { c, text } of texts) text.push(cells[c]);
      header = false;
    });
    for (const { c, text } of texts) columns[c].text = text;
  }
  const pointed: string[] = [];
  const said: string[] = [];
  const entries = columns.map(({ numbers, filled, text }, c): [string, Column] => {
    if (!Array.isArray(text))
      return [names[c], filled > 0 ? numbers.all() : new Array<string>(rows).fill("")];
    const settled = decimal === undefined ? null : settleMarks(text, decimal);
    if (settled !== null) {
      said.push(`"${names[c]}" (${text[settled.row]} is ${settled.cells[settled.row]})`);
      return [names[c], columnOf(settled.cells)];
    }
    if (separator === ",") return [names[c], columnOf(text)];
    const { mark, row } = marksIn(text);
    if (mark !== "decimal" || !text.every(isNumberLike)) return [names[c], columnOf(text)];
    pointed.push(`"${names[c]}" (${text[row]} is ${withPoint(text[row])})`);
    return [names[c], columnOf(text.map(withPoint))];
  });
  if (pointed.length > 0) notes.push(`commas were read as decimal marks in ${pointed.join(", ")}`);
  if (said.length > 0) notes.push(`with a decimal ${decimal}, as was said: ${said.join(", ")}`);
  return {
    origin,
    rows,
    columns: Object.fromEntries(entries),
    lineNumbers: Int32Array.from(lines.all()),
    ids: null,
    notes: [...left, ...notes],
  };
}

/**
 * A column as it grows. Numbers are kept as numbers alone, which takes a fifth of the room that their text would: where
 * one turns out to be text only after some numbers ("late"), its cells are read again.
 */
interface Cells {
  readonly numbers: Growing;
  /** How many of its cells hold something. */
  filled: number;
  text: string[] | "late" | null;
}

function addCell(column: Cells, cell: string, decimal: DecimalMark | undefined): void {
  if (column.text === "late") return;
  if (column.text !== null) {
    column.text.push(cell);
    return;
  }
  // where the comma is said to be the decimal mark, 18.900 waits for the rest of its column
  const open = decimal === "comma" && cell.includes(".");
  const value = cell === "" ? Number.NaN : open ? null : plainNumber(cell);
  if (cell !== "") column.filled++;
  if (value !== null) column.numbers.push(value);
  else if (column.numbers.length() === 0) column.text = [cell];
  else column.text = "late";
}

/** Numbers whose count isn't known yet. */
interface Growing {
  readonly push: (value: number) => void;
  readonly length: () => number;
  readonly all: () => Float64Array;
}

function growing(): Growing {
  let values = new Float64Array(64);
  let length = 0;
  return {
    push: (value) => {
      if (length === values.length) {
        const old = values;
        values = new Float64Array(2 * length);
        values.set(old);
      }
      values[length++] = value;
    },
    length: () => length,
    all: () => values.slice(0, length),
  };
}

/** The text without the breaks at its end; spaces and tabs stay, as a last row may end with an empty cell. */
function withoutLastBreaks(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 10) end--;
  return text.slice(0, end);
}

/** Text with a NUL in it is a spreadsheet, an archive or UTF-16: no separated values. */
export function refuseBinary(text: string, origin: string): void {
  if (!text.slice(0, 65536).includes("\0") && !text.startsWith("PK\u0003\u0004")) return;
  throw new Error(
    `cannot read ${origin}: it is not UTF-8 text (a spreadsheet, an archive or UTF-16?); ` +
      `save it as CSV in UTF-8 and pass that`,
  );
}

/** The separator that cuts the header into most cells; a tie goes to the one that cuts the next line alike. */
function guessDelimiter(source: string, origin: string): string {
  if (/\.(tsv|tab)$/i.test(origin)) return "\t";
  const lines = source.split("\n", 1000).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const cut = (line: string | undefined, by: string) => (line ?? "").replace(/"[^"]*"/g, "").split(by).length;
  const scored = ["\t", ";", ",", "|"].map((by) => {
    const cells = cut(lines[0], by);
    return { by, score: cells <= 1 ? 0 : cells + (cut(lines[1], by) === cells ? 0.5 : 0) };
  });
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
  return best.score === 0 ? "," : best.by;
}

/** Gives every record with the line it starts on; lines left out are counted in the notes that come back. */
function readRecords(
  source: string,
  separator: string,
  origin: string,
  take: (cells: readonly string[], line: number) => void,
): string[] {
  const quoted = source.includes('"');
  let position = 0;
  let breaks = 0;
  let previousEnd = 0;
  let comments = 0;
  let hollow = 0;
  Papa.parse(source, {
    delimiter: separator,
    newline: "\n",
    comments: "#",
    step({ data, errors, meta }) {
      const cells = data.map((cell) => cell.trim());
      // The parser gives no line numbers: count the line breaks up to its cursor, then go back over the record's own.
      for (; position < meta.cursor; position++) if (source.charCodeAt(position) === 10) breaks++;
      const inside = quoted ? data.reduce((sum, cell) => sum + cell.split("\n").length - 1, 0) : 0;
      const ended = meta.cursor > 0 && source.charCodeAt(meta.cursor - 1) === 10 ? 1 : 0;
      const line = breaks - inside - ended + 1;
      comments += line - previousEnd - 1;
      previousEnd = line + inside;
      if (errors.length > 0) {
        throw new Error(`${origin}, row ${line}: ${errors[0].message}; check the quotes from this row on`);
      }
      if (cells.length === 1 && cells[0] === "") return;
      if (cells.every((cell) => cell === "")) hollow++;
      else take(cells, line);
    },
  });
  comments += source
    .slice(position)
    .split("\n")
    .filter((line) => line.startsWith("#")).length;
  const notes: string[] = [];
  if (comments > 0) notes.push(`${comments} comment ${comments === 1 ? "line" : "lines"} (#) left out`);
  if (hollow > 0) notes.push(`${hollow} ${hollow === 1 ? "row" : "rows"} without any content left out`);
  return notes;
}

function columnNames(cells: readonly string[], line: number, origin: string, notes: string[]): string[] {
  const filled = cells.filter((cell) => cell !== "");
  if (filled.length > 0 && filled.every((cell) => plainNumber(cell) !== null)) {
    throw new Error(
      `${origin}, row ${line}: expected a header with column names, got numbers (${filled.slice(0, 3).join(", ")}); ` +
        `put a first line such as params,tokens,loss above them (without a # in front)`,
    );
  }
  const names = cells.map((cell, c) => cell || `column ${c + 1}`);
  const twice = [...new Set(names.filter((name, c) => names.indexOf(name) !== c))];
  if (twice.length > 0) {
    const quoted = twice.map((name) => `"${name}"`).join(", ");
    throw new Error(
      `${origin}, row ${line}: more than one column is named ${quoted}; give every column its own name`,
    );
  }
  const unnamed = names.filter((_, c) => cells[c] === "");
  if (unnamed.length > 0)
    notes.push(`columns without a name: ${unnamed.map((name) => `"${name}"`).join(", ")}`);
  return names;
}
