import type { Law } from "../laws/index.ts";
import { seededRandom } from "../numeric/index.ts";
import type { Objective } from "./objective.ts";
import { createProjection } from "./project.ts";

/** Steps down the valley of the linear parameters before the minimiser takes over, which is faster near the end. */
const projectedSteps = 3;

/**
 * Where a fit starts from: the grid of the declared starts, in the parameters that matter.
 *
 * A law that is linear in some parameters needs no guess for them. Chinchilla's grid is then one of α and β; each of
 * its points first goes a few steps down by variable projection, on its own.
 *
 * @param most more points than this are thinned by a seeded shuffle
 */
export function startingPoints(
  law: Law,
  columns: Readonly<Record<string, Float64Array>>,
  target: Float64Array,
  objective: Objective,
  {
    fixed = {},
    most = 64,
    seed = 0,
  }: { fixed?: Readonly<Record<string, number>>; most?: number; seed?: number } = {},
): Record<string, number>[] {
  const projection = createProjection(law, columns, target, objective, fixed);
  const searched =
    projection?.searched ?? Object.keys(law.parameters).filter((name) => fixed[name] === undefined);
  const grid = thin(product(searched.map((name) => law.parameters[name]!.start)), most, seed);
  return grid.map((point) => projection?.descend(point, projectedSteps) ?? named(searched, point));
}

/** More rows than this, and the search begins on a sample of so many. */
const largeData = 50_000;
const sampleSize = 20_000;

/** The rows of large data on which a search begins, chosen by chance; null where a pass over all is quick. */
export function sampleRows(rows: number, seed: number): Int32Array | null {
  if (rows <= largeData) return null;
  const random = seededRandom(seed);
  // one of each stretch of the data, so that sorted data are covered evenly
  return Int32Array.from({ length: sampleSize }, (_, i) => {
    const from = Math.floor((i * rows) / sampleSize);
    return from + random.integer(Math.floor(((i + 1) * rows) / sampleSize) - from);
  });
}

function named(names: readonly string[], values: readonly number[]): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, values[i]!]));
}

function product(lists: readonly (readonly number[])[]): number[][] {
  return lists.reduce<number[][]>(
    (points, list) => points.flatMap((point) => list.map((value) => [...point, value])),
    [[]],
  );
}

function thin(points: number[][], most: number, seed: number): number[][] {
  if (points.length <= most) return points;
  const random = seededRandom(seed);
  for (let i = points.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [points[i], points[j]] = [points[j]!, points[i]!];
  }
  return points.slice(0, most);
}
