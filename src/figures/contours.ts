import type { Point } from "./figure.ts";

/** A function of two variables on a grid; `values` row by row, x running fastest. */
export interface Grid {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  readonly values: readonly number[];
}

/**
 * Where a function on a grid has a level, as lines: marching squares, the crossings of each cell's edges joined and the
 * pieces linked where they share an edge. A saddle is decided by the middle of its cell. Cells with a value that is not
 * finite are left open.
 *
 * Maple 2003, "Geometric design and space planning using the marching squares and marching cube algorithms".
 */
export function contour({ xs, ys, values }: Grid, level: number): Point[][] {
  const [columns, rows] = [xs.length, ys.length];
  const at = (i: number, j: number): number => values[j * columns + i]!;
  const places = new Map<string, Point>();
  const links = new Map<string, string[]>();
  // the edge from (i, j) to the right ("h") or up ("v")
  const cross = (name: string, i: number, j: number): string => {
    const key = `${name}${i},${j}`;
    if (!places.has(key)) {
      const [i2, j2] = name === "h" ? [i + 1, j] : [i, j + 1];
      const share = (level - at(i, j)) / (at(i2, j2) - at(i, j));
      const between = (a: number, b: number): number => a + (b - a) * share;
      places.set(key, [between(xs[i]!, xs[i2]!), between(ys[j]!, ys[j2]!)]);
    }
    return key;
  };
  const link = (a: string, b: string): void => {
    links.set(a, [...(links.get(a) ?? []), b]);
    links.set(b, [...(links.get(b) ?? []), a]);
  };
  for (let j = 0; j + 1 < rows; j++)
    for (let i = 0; i + 1 < columns; i++) {
      const corners = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
      if (!corners.every(Number.isFinite)) continue;
      const above = corners.map((value) => value > level);
      const edges = [
        above[0] !== above[1] && cross("h", i, j),
        above[1] !== above[2] && cross("v", i + 1, j),
        above[2] !== above[3] && cross("h", i, j + 1),
        above[3] !== above[0] && cross("v", i, j),
      ].filter((edge) => edge !== false);
      if (edges.length === 2) link(edges[0]!, edges[1]!);
      else if (edges.length === 4) {
        const middle = corners.reduce((sum, value) => sum + value, 0) / 4 > level;
        const [a, b, c, d] = edges as [string, string, string, string];
        if (middle === above[0]) {
          link(a, b);
          link(c, d);
        } else {
          link(a, d);
          link(b, c);
        }
      }
    }
  return joined(links).map((keys) => keys.map((key) => places.get(key)!));
}

/** Chains of linked names: open ones from end to end, then the rings. */
function joined(links: ReadonlyMap<string, readonly string[]>): string[][] {
  const left = new Set(links.keys());
  const chains: string[][] = [];
  const follow = (start: string): void => {
    const chain = [start];
    left.delete(start);
    for (let here = start; ; ) {
      const next = links.get(here)!.find((key) => left.has(key));
      if (next === undefined) {
        if (chain.length > 2 && links.get(here)!.includes(start)) chain.push(start);
        break;
      }
      left.delete(next);
      chain.push(next);
      here = next;
    }
    chains.push(chain);
  };
  for (const [key, to] of links) if (to.length === 1 && left.has(key)) follow(key);
  for (const key of links.keys()) if (left.has(key)) follow(key);
  return chains;
}
