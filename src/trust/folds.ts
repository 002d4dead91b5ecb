import { formatNumber } from "../numeric/index.ts";
import { type Observations, plainNumber } from "../runs/index.ts";
import { flopsOf } from "./sizes.ts";

/** Rows to be fitted, and rows to be predicted from them. */
export interface Fold {
  readonly fitted: Int32Array;
  readonly held: Int32Array;
  /** The largest scale that is fitted; null where the split is somebody's own. */
  readonly upTo: number | null;
  /** The scales that are predicted. */
  readonly scale: readonly [low: number, high: number] | null;
}

export interface RollingOptions {
  /** The quantity that orders the runs: `flops` (6ND where no column holds it), `params`, `tokens`, any column of numbers. */
  by?: string;
  /** A gap wider than this share parts two groups, as budgets of a design are; see {@link rollingFolds}. */
  tolerance?: number;
  most?: number;
  /** How many groups beyond the fitted ones are predicted. */
  ahead?: number;
  /** How many groups the first fold has at the least. */
  first?: number;
}

/** The groups of a rolling extrapolation and its folds. */
export interface Rolling {
  readonly by: string;
  readonly groups: readonly ScaleGroup[];
  readonly folds: readonly Fold[];
}

export interface ScaleGroup {
  readonly low: number;
  readonly high: number;
  readonly rows: Int32Array;
}

/**
 * The folds of a rolling extrapolation: fit all runs up to a scale, predict the next.
 *
 * The held-out runs are always larger than the fitted ones, which is what a law is used for; shuffled folds would ask
 * it to interpolate (Choshen et al. 2024, section 3, https://arxiv.org/abs/2410.11840, hold out the largest model for
 * the same reason). Groups are told apart by the gaps between them where that makes at most `most`, none of them wider
 * than half an e-fold; else they are bins of one width on the log scale.
 *
 * @throws when there is no such quantity, or all runs are of one scale
 * @example rollingFolds(runs, { by: "flops" }).folds.length
 */
export function rollingFolds(
  observed: Observations,
  { by = defaultScale(observed), tolerance = 0.1, most = 12, ahead = 1, first = 3 }: RollingOptions = {},
): Rolling {
  checkRolling({ tolerance, most, ahead });
  const scales = scalesOf(observed, by);
  const groups = scaleGroups(scales, tolerance, most);
  if (groups.length < 2)
    throw new Error(
      `cannot hold out by ${by}: all ${observed.rows} runs of ${observed.origin} are of one scale (${formatNumber(groups[0]!.low, 3)}); choose another quantity`,
    );
  const folds: Fold[] = [];
  for (let count = Math.min(first, groups.length - 1); count < groups.length; count++) {
    const held = groups.slice(count, count + ahead);
    folds.push({
      fitted: rowsOf(groups.slice(0, count)),
      held: rowsOf(held),
      upTo: groups[count - 1]!.high,
      scale: [held[0]!.low, held.at(-1)!.high],
    });
    if (count + ahead >= groups.length) break;
  }
  return { by, groups, folds };
}

/** @throws where the options ask for the impossible, whatever the runs are */
export function checkRolling({ tolerance = 0.1, most = 12, ahead = 1 }: RollingOptions): void {
  if (!Number.isInteger(ahead) || ahead < 1)
    throw new Error(`cannot hold out ${ahead} scales: expected a whole number of at least 1`);
  if (!(tolerance > 0) || !(most >= 2))
    throw new Error(
      `cannot group runs by scale: expected a tolerance above 0 and at least 2 groups, got ${tolerance} and ${most}`,
    );
}

/** Compute where the data have it: a law's extrapolation is asked for along it. */
function defaultScale({ columns }: Observations): string {
  if (columns.flops || (columns.params && columns.tokens)) return "flops";
  return Object.keys(columns)[0]!;
}

/** A quantity of every row: a column of the law's, one of the file's others, or 6ND. */
export function scalesOf({ columns, labels, lines, origin }: Observations, by: string): Float64Array {
  const { params, tokens } = columns;
  const label = Object.hasOwn(labels, by) ? labels[by]! : null;
  const found =
    columns[by] ??
    (by === "flops" && params && tokens
      ? flopsOf({ params, tokens })
      : label &&
        Float64Array.from(
          label as ArrayLike<number | string>,
          (cell) => plainNumber(String(cell)) ?? Number.NaN,
        ));
  if (!found)
    throw new Error(
      `cannot order the runs by "${by}": ${origin} has no such quantity; it has ${[...Object.keys(columns), ...Object.keys(labels)].join(", ")}`,
    );
  const bad = found.findIndex((value) => !(value > 0));
  if (bad >= 0)
    throw new Error(
      `cannot order the runs by ${by}: ${origin}, row ${lines[bad]} has ${found[bad]}; expected numbers above 0`,
    );
  return found;
}

/** No budget of a design is spread wider than this. */
const widest = Math.exp(0.5);

/** Rows of one scale together, the smallest first; see {@link rollingFolds}. */
export function scaleGroups(scales: Float64Array, tolerance = 0.1, most = 12): ScaleGroup[] {
  const order = Int32Array.from(scales.keys()).sort((a, b) => scales[a]! - scales[b]! || a - b);
  const split = (parts: (row: number, group: readonly number[]) => boolean): ScaleGroup[] => {
    const groups: number[][] = [];
    for (const row of order) {
      const group = groups.at(-1);
      if (!group || parts(row, group)) groups.push([row]);
      else group.push(row);
    }
    return groups.map((rows) => ({
      low: scales[rows[0]!]!,
      high: scales[rows.at(-1)!]!,
      rows: Int32Array.from(rows),
    }));
  };
  const byGaps = split((row, group) => scales[row]! > scales[group.at(-1)!]! * (1 + tolerance));
  if (byGaps.length <= most && byGaps.every(({ low, high }) => high <= low * widest)) return byGaps;
  let factor = 1 + tolerance;
  for (;;) {
    const width = factor;
    const bins = split((row, group) => scales[row]! > scales[group[0]!]! * width);
    if (bins.length <= most) return bins;
    factor **= 1.25;
  }
}

function rowsOf(groups: readonly ScaleGroup[]): Int32Array {
  return Int32Array.from(groups.flatMap(({ rows }) => Array.from(rows))).sort();
}

/** A single fold of one's own: the rows where `isHeld` says so are predicted from all others. */
export function splitFold(rows: number, isHeld: (row: number) => boolean): Fold {
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  const held = all.filter(isHeld);
  const fitted = all.filter((row) => !isHeld(row));
  if (held.length === 0 || fitted.length === 0)
    throw new Error(
      `cannot hold out ${held.length} of ${rows} rows: there must be rows to fit and rows to predict`,
    );
  return { fitted, held, upTo: null, scale: null };
}
