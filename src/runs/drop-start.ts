import { formatCount, formatNumber } from "../numeric/index.ts";
import type { Observations } from "./observe.ts";
import { takeObservations } from "./take-observations.ts";

/** How much of each run's beginning is left out. */
export interface DropStart {
  /** Rows at fewer tokens than this. */
  readonly tokens?: number;
  /** Rows in this first share of the tokens that their run reached. */
  readonly share?: number;
  /** The column that names the run; default: rows of one model size are one run. */
  readonly run?: string | null;
}

/**
 * Observations of training curves without the beginning of each run, where warm-up and the first descent follow no
 * law of final losses.
 *
 * Choshen et al. 2024, section 5.1, drop the first 1e10 tokens, https://arxiv.org/abs/2410.11840. A row at exactly the
 * limit goes too. The notes say how many rows went.
 *
 * @throws when the data have no tokens, or nothing would be left
 * @example dropStart(curves, { tokens: 1e10 }).rows
 */
export function dropStart(
  observed: Observations,
  { tokens = 0, share = 0, run = null }: DropStart,
): Observations {
  const { columns, origin, rows } = observed;
  const seen = columns.tokens;
  if (!seen) throw new Error(`cannot drop the start of runs: ${origin} has no tokens`);
  if (!(tokens >= 0) || !(share >= 0 && share < 1))
    throw new Error(
      `cannot drop the first ${tokens} tokens and ${share} of each run: expected tokens of at least 0 and a share in [0, 1)`,
    );
  const reached = share > 0 ? tokensReached(observed, seen, run) : null;
  const kept: number[] = [];
  for (let row = 0; row < rows; row++) {
    const first = Math.max(tokens, reached ? share * reached[row]! : 0);
    if (seen[row]! > first || first === 0) kept.push(row);
  }
  if (kept.length === 0)
    throw new Error(`cannot drop so much: none of the ${rows} rows of ${origin} comes later`);
  const left = takeObservations(observed, kept);
  const what = [
    ...(tokens > 0 ? [`the first ${formatCount(tokens)} tokens`] : []),
    ...(share > 0 ? [`the first ${formatNumber(100 * share)} % of each run`] : []),
  ].join(" and ");
  return {
    ...left,
    notes: [...left.notes, `${rows - kept.length} of ${rows} rows dropped: ${what || "nothing"}`],
  };
}

/** The most tokens of each row's run. */
function tokensReached(
  { columns, labels, origin }: Observations,
  tokens: Float64Array,
  run: string | null,
): Float64Array {
  const names = run === null ? columns.params : labels[run];
  if (!names)
    throw new Error(
      run === null
        ? `cannot tell the runs of ${origin} apart: it has no params; name the column of the runs`
        : `cannot tell runs apart by "${run}": ${origin} has no such column; it has ${Object.keys(labels).join(", ") || "none"}`,
    );
  const most = new Map<string | number, number>();
  tokens.forEach((value, row) => {
    most.set(names[row]!, Math.max(most.get(names[row]!) ?? 0, value));
  });
  return tokens.map((_, row) => most.get(names[row]!)!);
}
