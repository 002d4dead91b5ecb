import type { DecimalMark, Run, Table } from "../runs/index.ts";
import { readCsv } from "./csv.ts";
import { readJsonLines } from "./jsonl.ts";

/**
 * Records from a file's text, whatever it is: JSON lines or JSON by ending or first character, else separated values.
 *
 * @param decimal the decimal mark, where a column of separated values leaves it open
 * @example
 * readRuns("params,loss\n1e6,3.2\n", { origin: "runs.csv" }); // Table
 */
export function readRuns(
  text: string,
  { origin, decimal }: { origin: string; decimal?: DecimalMark },
): Table | Run[] {
  const separated = /\.(csv|tsv|tab)$/i.test(origin);
  const json = /\.(jsonl|ndjson|json)$/i.test(origin) || /^\uFEFF?\s*(?:\{|\[\s*[{\]])/.test(text);
  return json && !separated ? readJsonLines(text, { origin }) : readCsv(text, { origin, decimal });
}
