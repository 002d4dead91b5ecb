import { runClusters } from "../fit/index.ts";
import { formatFlops } from "../numeric/index.ts";
import type { Observations } from "../runs/index.ts";
import { budgetsOf } from "./sizes.ts";

/** Rows that belong together and are left out together. */
export interface RowGroup {
  readonly name: string;
  readonly rows: readonly number[];
}

/** The runs: the rows of one run together where the data have several of each, else every row by itself. */
export function runsOf(observed: Observations): RowGroup[] {
  const { labels, rows, lines } = observed;
  const clusters = runClusters(observed);
  if (!clusters)
    return Array.from({ length: rows }, (_, row) => ({ name: `row ${lines[row]}`, rows: [row] }));
  const names = labels[clusters.by]!;
  const groups = Array.from({ length: clusters.count }, (): { name: string; rows: number[] } => ({
    name: "",
    rows: [],
  }));
  clusters.of.forEach((cluster, row) => {
    groups[cluster]!.name = `run ${String(names[row])}`;
    groups[cluster]!.rows.push(row);
  });
  return groups;
}

/** Budgets nearer than this belong together. */
const apart = Math.log(1.15);

/**
 * The budgets, smallest first: rows whose compute lies together with a gap to the next, as isoFLOP designs have it,
 * else half-decades. Null where there are not three of them.
 */
export function budgetGroups(observed: Observations): RowGroup[] | null {
  const budgets = budgetsOf(observed);
  if (!budgets) return null;
  const order = Array.from(budgets.keys()).sort((i, j) => budgets[i]! - budgets[j]!);
  const logs = budgets.map(Math.log);
  const split = (starts: (row: number, before: number) => boolean): number[][] => {
    const groups: number[][] = [];
    order.forEach((row, i) => {
      if (i === 0 || starts(row, order[i - 1]!)) groups.push([row]);
      else groups.at(-1)!.push(row);
    });
    return groups;
  };
  const natural = split((row, before) => logs[row]! - logs[before]! > apart);
  const width = (group: readonly number[]): number => logs[group.at(-1)!]! - logs[group[0]!]!;
  const isDesign =
    natural.length >= 3 &&
    natural.length * 2 <= budgets.length &&
    natural.every((group) => width(group) < 0.5);
  const half = (row: number): number => Math.floor((2 * logs[row]!) / Math.LN10);
  const groups = isDesign ? natural : split((row, before) => half(row) !== half(before));
  if (groups.length < 3) return null;
  return groups.map((rows) => {
    const [low, high] = [budgets[rows[0]!]!, budgets[rows.at(-1)!]!];
    const name =
      high / low < 1.2
        ? `budget ${formatFlops(low, 2)}`
        : `budgets ${formatFlops(low, 2)} to ${formatFlops(high, 2)}`;
    return { name, rows };
  });
}
