import { quantityAt } from "../laws/index.ts";
import { seededRandom } from "../numeric/index.ts";
import type { Observations } from "../runs/index.ts";

/** Rows that belong together, and so are drawn together. */
export interface Clusters {
  /** A column, `params` or `flops`, or `given`. */
  readonly by: string;
  /** The cluster of each row, from 0 up. */
  readonly of: Int32Array;
  readonly count: number;
}

/** The headers by which a column names runs. */
const runHeader =
  /^(?:run|model|curve|experiment|trial)?[ _-]?(?:run|id|name|label|curve|experiment|trial)$/i;

/** Fewer runs than this say nothing of how runs differ. */
const fewest = 6;

/** The runs, where the data have several rows of each, such as the points of loss curves; null where they have not. */
export function runClusters({ labels, rows }: Observations): Clusters | null {
  for (const [by, cells] of Object.entries(labels)) {
    if (!runHeader.test(by)) continue;
    const clusters = numbered(
      by,
      Array.from({ length: rows }, (_, row) => String(cells[row])),
    );
    if (clusters.count >= fewest && clusters.count * 2 <= rows) return clusters;
  }
  return null;
}

/**
 * Clusters by a column that names them, or by a quantity such as `params` or `flops`, whose values count as one where no
 * gap of 5 % lies between.
 *
 * @param by an array gives each row's cluster itself
 * @throws when there is no such column
 */
export function clustersBy(observed: Observations, by: string | ArrayLike<number | string>): Clusters {
  const { rows, labels, origin } = observed;
  if (typeof by !== "string") {
    if (by.length !== rows)
      throw new Error(`cannot cluster: ${rows} rows but ${by.length} clusters; give one a row`);
    return checked(numbered("given", Array.from(by, String)), rows);
  }
  if (Object.hasOwn(labels, by))
    return checked(
      numbered(
        by,
        Array.from({ length: rows }, (_, row) => String(labels[by]![row])),
      ),
      rows,
    );
  const values = quantityColumn(observed, by);
  if (!values)
    throw new Error(
      `cannot cluster by "${by}": ${origin} has no such column or quantity; it has ${[...Object.keys(labels), ...Object.keys(observed.columns)].join(", ")}`,
    );
  const order = Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!);
  const names: string[] = [];
  let cluster = 0;
  order.forEach((row, i) => {
    if (i > 0 && values[row]! > 1.05 * values[order[i - 1]!]!) cluster++;
    names[row] = String(cluster);
  });
  return checked(numbered(by, names), rows);
}

function quantityColumn({ columns }: Observations, quantity: string): Float64Array | null {
  if (Object.hasOwn(columns, quantity)) return columns[quantity]!;
  const { params, tokens } = columns;
  if (!params || !tokens) return null;
  const values = params.map((N, row) => quantityAt(quantity, N, tokens[row]!) ?? Number.NaN);
  return values.every(Number.isFinite) ? values : null;
}

function numbered(by: string, names: readonly string[]): Clusters {
  const number = new Map<string, number>();
  const of = Int32Array.from(names, (name) => {
    if (!number.has(name)) number.set(name, number.size);
    return number.get(name)!;
  });
  return { by, of, count: number.size };
}

function checked(clusters: Clusters, rows: number): Clusters {
  if (clusters.count < 2)
    throw new Error(
      `cannot cluster by "${clusters.by}": all ${rows} rows are in one; give a column that parts them`,
    );
  return clusters;
}

export function groupCount(groups: Int32Array): number {
  return groups.reduce((most, group) => Math.max(most, group + 1), 0);
}

/** As many refits without a group are enough for a jackknife. */
const mostGroups = 200;

/** The groups that a jackknife leaves out: the clusters or rows themselves, or some of them together where they are many. */
export function leaveOutGroups(rows: number, clusters: Clusters | null, seed: number): Int32Array | null {
  const count = clusters?.count ?? rows;
  if (count <= mostGroups) return clusters?.of ?? null;
  const place = Int32Array.from({ length: count }, (_, i) => i);
  const random = seededRandom(seed).fork(-1);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [place[i], place[j]] = [place[j]!, place[i]!];
  }
  return Int32Array.from({ length: rows }, (_, row) => place[clusters?.of[row] ?? row]! % mostGroups);
}

/**
 * The size of the noise between runs of equal inputs: √(Σ (y − mean of its group)² / Σ (rows − 1)), on the objective's scale.
 *
 * @throws when hardly any inputs repeat
 */
export function repeatNoise(
  columns: Readonly<Record<string, Float64Array>>,
  inputs: readonly string[],
  truth: Float64Array,
): { readonly deviation: number; readonly degrees: number } {
  const groups = new Map<string, number[]>();
  truth.forEach((y, row) => {
    const key = inputs.map((quantity) => columns[quantity]![row]).join(" ");
    const group = groups.get(key);
    if (group) group.push(y);
    else groups.set(key, [y]);
  });
  let squares = 0;
  let degrees = 0;
  for (const group of groups.values()) {
    const centre = group.reduce((sum, y) => sum + y, 0) / group.length;
    for (const y of group) squares += (y - centre) ** 2;
    degrees += group.length - 1;
  }
  if (degrees < 3)
    throw new Error(
      `cannot draw parametrically: the noise is known from runs of equal inputs, and ${degrees === 0 ? "no two rows have them" : `only ${degrees} rows repeat others`}; use another scheme, such as residual`,
    );
  return { deviation: Math.sqrt(squares / degrees), degrees };
}
