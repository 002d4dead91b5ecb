import { formatFlops } from "../numeric/index.ts";
import type { Observations } from "../runs/index.ts";
import { budgetsOf } from "./reopen.ts";

/** Rows that belong together and are left out together. */
export interface RowGroup {
  readonly name: string;
  readonly rows: readonly number[];
}

/** The headers by which a column names runs. */
const runNames = /^(?:run|model|experiment)?_?(?:name|id|run)$/i;

/** The runs: the rows that one name has, else every row by itself. */
export function runsOf(observed: Observations): RowGroup[] {
  const { labels, rows, lines } = observed;
  const naming = Object.entries(labels).find(
    ([header, cells]) => runNames.test(header) && !(cells instanceof Float64Array),
  )?.[1];
  const groups = new Map<string, number[]>();
  for (let row = 0; row < rows; row++) {
    const name = naming === undefined ? `row ${lines[row]}` : `run ${String(naming[row])}`;
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return [...groups].map(([name, members]) => ({ name, rows: members }));
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
    const name = high / low < 1.2 ? formatFlops(low, 2) : `${formatFlops(low, 2)} to ${formatFlops(high, 2)}`;
    return { name, rows };
  });
}
