import { formatNumber } from "../numeric/index.ts";
import { type Found, hidesValidation, saysValidation } from "./find-column.ts";
import { DOUBTS, type DoubtCode, type Facts } from "./plausible.ts";

/** One thing about the data that a careful reader would want to know; advice, never a removal. */
export interface DataFinding {
  readonly code:
    | DoubtCode
    | "bits-per-byte"
    | "duplicate-rows"
    | "other-loss-columns"
    | "unfinished-runs"
    | "decay-unfinished"
    | "untuned-settings"
    | "worse-with-more"
    | "mixed-groups";
  readonly message: string;
  /** The lines of the rows that it is about, where `reviewData` looked for them. */
  readonly lines?: readonly number[];
  /** What to do about it, where there is something. */
  readonly remedy?: string;
}

export function lossFindings(loss: Found | undefined): DataFinding[] {
  const findings: DataFinding[] = [];
  if (loss?.bitsPerByte)
    findings.push({
      code: "bits-per-byte",
      message:
        `the loss of column "${loss.column}" is in bits per byte and not in nats per token: E, A and B come out on ` +
        "that scale, and beside published coefficients they mean nothing",
    });
  if (hidesValidation(loss)) {
    const others = loss.others.map((other) => `"${other}"`).join(", ");
    const better = loss.others.find(saysValidation);
    findings.push({
      code: "other-loss-columns",
      message:
        `loss is column "${loss.column}", which doesn't say on what it was measured; there are also ${others} ` +
        `(--map loss=${better})`,
    });
  }
  return findings;
}

/** How many rows a finding names. */
const NAMED = 3;

export function doubtful(
  read: ReadonlyMap<string, Found>,
  base: ReadonlyMap<string, Float64Array>,
  rows: number,
  place: (row: number) => string,
): DataFinding[] {
  const factsOf = (row: number): Facts => ({
    params: base.get("params")?.[row],
    tokens: base.get("tokens")?.[row],
    uniqueTokens: base.get("uniqueTokens")?.[row],
    flops: base.get("flops")?.[row],
    loss: read.get("loss")?.bitsPerByte ? undefined : base.get("loss")?.[row],
    vocabulary: base.get("vocabulary")?.[row],
  });
  // Only a law of repeated data asks for unique tokens: repeats are its subject and no reason to doubt it.
  const rules = DOUBTS.filter(({ code }) => code !== "repeated-data");
  const broken = rules.map(() => ({ count: 0, first: [] as number[] }));
  for (let row = 0; row < rows; row++) {
    const facts = factsOf(row);
    for (let r = 0; r < rules.length; r++) {
      if (rules[r].broken(facts) && ++broken[r].count <= NAMED) broken[r].first.push(row);
    }
  }
  return rules.flatMap(({ code, sentence }, r) => {
    const { count, first } = broken[r];
    if (count === 0) return [];
    const of = count === 1 ? place(first[0]) : `${count} of ${rows} rows, such as ${place(first[0])}`;
    const unit = code === "params-huge" ? "params" : code === "tokens-huge" ? "tokens" : null;
    const { column, scale } = (unit === null ? undefined : read.get(unit)) ?? { column: "", scale: 1 };
    // A header's "(B)" was probably applied to cells that are whole counts.
    const header =
      scale < 1e3
        ? ""
        : ` (column "${column}" was read in units of ${formatNumber(scale)} by its name; rename it if its cells are ` +
          "whole counts)";
    return [{ code, message: `${of}: ${sentence(factsOf(first[0]))}${header}` }];
  });
}

/** Rows that say what an earlier one said, digit for digit: a file pasted twice, or a run counted twice. */
export function duplicates(
  columns: readonly Float64Array[],
  rows: number,
  place: (row: number) => string,
): DataFinding[] {
  // A hash table of row numbers (open addressing) over the bits of the cells: linear, and 4 bytes a slot.
  const bits = columns.map(({ buffer, byteOffset }) => new Uint32Array(buffer, byteOffset, 2 * rows));
  const mask = 2 ** Math.ceil(Math.log2(2 * rows + 1)) - 1;
  const slots = new Int32Array(mask + 1).fill(-1);
  const same = (a: number, b: number) => columns.every((column) => column[a] === column[b]);
  const pairs: string[] = [];
  let count = 0;
  for (let row = 0; row < rows; row++) {
    let hash = 0;
    for (const words of bits) {
      hash = Math.imul(hash ^ words[2 * row], 0x9e3779b1);
      hash = Math.imul(hash ^ (hash >>> 15) ^ words[2 * row + 1], 0x85ebca6b);
    }
    let slot = (hash ^ (hash >>> 13)) & mask;
    while (slots[slot] >= 0 && !same(slots[slot], row)) slot = (slot + 1) & mask;
    if (slots[slot] < 0) slots[slot] = row;
    else if (++count <= NAMED) pairs.push(`${place(row)} is ${place(slots[slot])}`);
  }
  if (count === 0) return [];
  const list = `${pairs.join(", ")}${count > NAMED ? ", …" : ""}`;
  return [
    {
      code: "duplicate-rows",
      message: `${count} of ${rows} rows ${count === 1 ? "repeats" : "repeat"} an earlier one digit for digit (${list}) and ${count === 1 ? "counts" : "count"} again`,
    },
  ];
}
