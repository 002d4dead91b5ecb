import { runClusters } from "../fit/index.ts";
import { formatFlops } from "../numeric/index.ts";
import type { Observations } from "../runs/index.ts";
import { scaleGroups } from "./folds.ts";
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

/**
 * The budgets, smallest first, as a rolling extrapolation groups them; null where there are not three, or where hardly two
 * runs share one.
 */
export function budgetGroups(observed: Observations): RowGroup[] | null {
  const budgets = budgetsOf(observed);
  if (!budgets) return null;
  const groups = scaleGroups(budgets);
  if (groups.length < 3 || groups.length * 2 > budgets.length) return null;
  return groups.map(({ low, high, rows }) => {
    const name =
      high / low < 1.2
        ? `budget ${formatFlops(low, 2)}`
        : `budgets ${formatFlops(low, 2)} to ${formatFlops(high, 2)}`;
    return { name, rows: Array.from(rows) };
  });
}
