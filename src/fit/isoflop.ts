import {
  akima,
  fitParabola,
  formatCount,
  formatFlops,
  formatNumber,
  mean,
  type Random,
} from "../numeric/index.ts";
import type { Observations, Run, Table } from "../runs/index.ts";
import {
  type FrontierFit,
  type FrontierOptimum,
  type FrontierOptions,
  type FrontierRows,
  finishFrontier,
  frontierRows,
  groupColumn,
  type IsoflopMethod,
  type RefusedSlice,
} from "./frontier.ts";
import type { Warning } from "./noun.ts";

export interface IsoflopOptions extends FrontierOptions {
  /**
   * How the minimum of a slice is found: `parabola` of the loss in log N, and in log D; `akima`, the lowest point of
   * Akima's curve through the best run of every size, in logs; `argmin`, the best run; `given`: the rows are optima.
   */
  readonly method?: IsoflopMethod;
  /** The share by which neighbours in C may differ and still be one budget. */
  readonly tolerance?: number;
  /** A column that names each row's budget, instead of grouping by C; C is still the mean of the rows' FLOPs. */
  readonly budgets?: string | null;
  /** The parabola goes through the lowest run and so many sizes on each side of it; null for all. */
  readonly window?: number | null;
  /** Whether the parabola stands on the loss or on its logarithm. */
  readonly scale?: "raw" | "log";
  /** Take the parabola's lowest point where it lies beyond the sizes too, instead of refusing the slice. */
  readonly beyond?: boolean;
  /**
   * A column that names runs that belong together, such as the branches of one stable run: the bootstrap then draws
   * these as wholes, across the budgets, and not the runs of each budget.
   */
  readonly clusters?: string | null;
  /** A weight per row: of the runs in the parabola; with `given`, of the optima in the lines. */
  readonly weights?: Float64Array | null;
}

/** Points of Akima's curve for every gap between sizes, as Porian et al. 2024 look for its minimum. */
const perGap = 25;
/** A minimum shows only between a smaller and a larger size. */
const fewest = 3;

/**
 * Approach 2: the minimum of the loss among the runs of each budget, and power laws of C through the minima.
 *
 * log N* = log k + a·log C and log D* = log q + b·log C by least squares, C being the mean FLOPs of a slice. Hoffmann et al.
 * 2022, section 3.2, https://arxiv.org/abs/2203.15556; Akima's curve after Porian et al. 2024, https://arxiv.org/abs/2406.19146
 *
 * Budgets are found by gaps, not by rounding: a step in C of more than `tolerance` starts a new one. A slice whose losses
 * bend down, whose minimum lies at or beyond an end, or that has fewer than three sizes is refused with the reason.
 *
 * It says where the minimum lies and not how low. A parabola is biased where the loss is not symmetric in log N: by 5 %
 * in D* on Hoffmann's surface with sizes up to 16 times off the optimum, more if they aren't centred on it; exponents stay
 * right, so no goodness of fit shows it. Approach 3 ({@link fit}) has no such bias on the same runs.
 *
 * @param data runs, a table, or observations with params, tokens, loss and, unless C = 6ND, flops
 * @example fitIsoflop(runs).exponents // { a: 0.46, b: 0.54, interval: null }
 */
export function fitIsoflop(
  data: Observations | Table | readonly Run[],
  {
    method = "parabola",
    tolerance = 0.05,
    budgets = null,
    window = null,
    scale = "raw",
    beyond = false,
    clusters = null,
    weights = null,
    ...options
  }: IsoflopOptions = {},
): FrontierFit {
  const rows = frontierRows(data, 2);
  if (!(tolerance > 0 && tolerance < 1))
    throw new Error(`cannot group budgets: expected a tolerance between 0 and 1, got ${tolerance}`);
  if (window !== null && !(Number.isInteger(window) && window > 0))
    throw new Error(`cannot fit parabolas: expected a window of at least 1 size each side, got ${window}`);
  if (weights && weights.length !== rows.observed.rows)
    throw new Error(
      `cannot fit by approach 2: ${rows.observed.rows} rows but ${weights.length} weights; give one weight per row`,
    );
  if (weights?.some((weight) => !(weight >= 0) || !Number.isFinite(weight)))
    throw new Error("cannot fit by approach 2: weights must be finite and not negative");
  const slices = {
    by: budgets ?? "flops",
    tolerance: budgets === null ? tolerance : null,
    window,
    scale,
    beyond,
  };
  if (method === "given") {
    const all = Array.from(rows.flops.keys()).sort((i, j) => rows.flops[i] - rows.flops[j]);
    const given = (kept: readonly number[]) => ({
      optima: kept.map((row) => runAt(rows, row, 1)),
      weights: weights && kept.map((row) => weights[row]),
    });
    return finishFrontier(
      { approach: 2, method, slices: null, refused: [] },
      {
        rows,
        ...given(all),
        method: "optima",
        redraw: (random) => given(resample(all, random)),
        warnings: [],
      },
      options,
    );
  }

  const names = clusters === null ? null : groupColumn(rows, clusters, "clusters");
  const search = { rows, method, window, scale, beyond, weights };
  const optima: FrontierOptimum[] = [];
  const refused: RefusedSlice[] = [];
  const kept: (readonly number[])[] = [];
  for (const slice of slicesOf(rows, budgets, tolerance)) {
    const flops = meanOf(rows.flops, slice);
    const widest = widthOf(rows, slice);
    // gaps within the tolerance can chain budget to budget
    const found =
      budgets === null && widest > 1 + 4 * tolerance
        ? `its runs differ by a factor of ${formatNumber(widest, 3)} in FLOPs without a gap of ${formatNumber(100 * tolerance)} %, so they are no single budget`
        : minimumOf(search, slice);
    if (typeof found === "string") refused.push({ flops, points: slice.length, reason: found });
    else {
      optima.push(found);
      kept.push(slice);
    }
  }
  return finishFrontier(
    { approach: 2, method, slices, refused },
    {
      rows,
      optima,
      weights: null,
      method: names === null ? "runs-within-budgets" : "clusters",
      redraw(random) {
        const drawn = names === null ? null : timesDrawn(names, kept.flat(), random);
        const slices = kept.map((slice) =>
          drawn === null
            ? resample(slice, random)
            : slice.flatMap((row) => new Array<number>(drawn.get(names![row]) ?? 0).fill(row)),
        );
        return {
          optima: slices
            .map((slice) => minimumOf(search, slice))
            .filter((found) => typeof found !== "string"),
          weights: null,
        };
      },
      warnings: sliceWarnings(optima, method, window),
    },
    options,
  );
}

/** Rows of one budget each, from the smallest. */
function slicesOf(rows: FrontierRows, column: string | null, tolerance: number): number[][] {
  const { flops } = rows;
  if (column !== null) {
    const names = groupColumn(rows, column, "budgets");
    const byName = new Map<string | number, number[]>();
    for (const row of flops.keys()) byName.set(names[row], [...(byName.get(names[row]) ?? []), row]);
    return [...byName.values()].sort((x, y) => meanOf(flops, x) - meanOf(flops, y));
  }
  const order = Array.from(flops.keys()).sort((i, j) => flops[i] - flops[j]);
  const slices: number[][] = [];
  order.forEach((row, i) => {
    if (i === 0 || flops[row] > flops[order[i - 1]] * (1 + tolerance)) slices.push([]);
    slices[slices.length - 1].push(row);
  });
  return slices;
}

function widthOf({ flops }: FrontierRows, slice: readonly number[]): number {
  return flops[slice[slice.length - 1]] / flops[slice[0]];
}

interface Search {
  readonly rows: FrontierRows;
  readonly method: Exclude<IsoflopMethod, "given">;
  readonly window: number | null;
  readonly scale: "raw" | "log";
  readonly beyond: boolean;
  readonly weights: Float64Array | null;
}

/** The minimum of a slice, or why it has none. */
function minimumOf(search: Search, slice: readonly number[]): FrontierOptimum | string {
  const { rows, method } = search;
  const { params, tokens, loss, flops } = rows;
  const best = bestBySize(rows, slice);
  if (best.length < fewest)
    return `${best.length === 1 ? "one model size" : `${best.length} model sizes`} of the ${fewest} that a minimum needs`;
  const lowest = best.reduce((low, row, i) => (loss[row] < loss[best[low]] ? i : low), 0);
  const sizes = [params[best[0]], params[best[best.length - 1]]] as const;
  if (method === "argmin") {
    const end = lowest === 0 ? "smallest" : lowest === best.length - 1 ? "largest" : null;
    if (end !== null) return endText(end, sizes);
    return { ...runAt(rows, best[lowest], slice.length), flops: meanOf(flops, slice), sizes };
  }
  const used = method === "parabola" ? withinWindow(search, slice, best, lowest) : best;
  const size = lowestOf(search, used, params);
  if (size.status === "flat")
    return "its losses bend down, or not at all, so there is no minimum among its sizes";
  if (size.status !== "found") {
    const end = size.status === "below" ? "smallest" : "largest";
    // the data turn where the curve does not
    if (method === "parabola" && lowest > 0 && lowest < best.length - 1)
      return `its parabola is lowest beyond the ${end} model (${formatCount(sizes[end === "smallest" ? 0 : 1])}) although its best run is not there: use fewer sizes on each side of that`;
    return endText(end, sizes);
  }
  const data = lowestOf(search, used, tokens);
  if (data.status !== "found") return "it has a minimum in size and none in tokens";
  return {
    flops: meanOf(flops, slice),
    params: size.at,
    tokens: data.at,
    loss: size.loss,
    points: used.length,
    sizes: [params[used[0]], params[used[used.length - 1]]],
  };
}

function endText(end: "smallest" | "largest", [low, high]: readonly [number, number]): string {
  return end === "smallest"
    ? `its minimum lies at or below the smallest model (${formatCount(low)}): train smaller ones`
    : `its minimum lies at or above the largest model (${formatCount(high)}): train larger ones`;
}

/** Of every size the run with the lowest loss, by size. */
function bestBySize({ params, loss }: FrontierRows, slice: readonly number[]): number[] {
  const best = new Map<number, number>();
  for (const row of slice) {
    const known = best.get(params[row]);
    if (known === undefined || loss[row] < loss[known]) best.set(params[row], row);
  }
  return [...best.values()].sort((i, j) => params[i] - params[j]);
}

/** The rows of a slice, by size, from `window` sizes below the lowest loss to as many above. */
function withinWindow(
  { rows: { params }, window }: Search,
  slice: readonly number[],
  best: readonly number[],
  lowest: number,
): number[] {
  const reach = window ?? best.length;
  const low = params[best[Math.max(0, lowest - reach)]];
  const high = params[best[Math.min(best.length - 1, lowest + reach)]];
  return slice
    .filter((row) => params[row] >= low && params[row] <= high)
    .sort((i, j) => params[i] - params[j]);
}

type Lowest =
  | { readonly status: "found"; readonly at: number; readonly loss: number }
  | { readonly status: "below" | "above" | "flat" };

/** Where the curve through these rows is lowest, between the ends of a column. */
function lowestOf(
  { rows: { loss }, method, scale, beyond, weights }: Search,
  used: readonly number[],
  column: Float64Array,
): Lowest {
  const x = used.map((row) => Math.log(column[row]));
  const [low, high] = [Math.min(...x), Math.max(...x)];
  if (method === "akima") return lowestOfAkima(used, x, loss);
  const y = used.map((row) => (scale === "log" ? Math.log(loss[row]) : loss[row]));
  const parabola = fitParabola(x, y, weights && used.map((row) => weights[row]));
  if (!parabola || !(parabola.curvature > 0)) return { status: "flat" };
  const { vertex, value } = parabola;
  if (!beyond && !(vertex > low)) return { status: "below" };
  if (!beyond && !(vertex < high)) return { status: "above" };
  return { status: "found", at: Math.exp(vertex), loss: scale === "log" ? Math.exp(value) : value };
}

function lowestOfAkima(used: readonly number[], x: readonly number[], loss: Float64Array): Lowest {
  // a column may run against the sizes (tokens do), or repeat itself
  const order = Array.from(x.keys()).sort((i, j) => x[i] - x[j] || loss[used[i]] - loss[used[j]]);
  const knots = order.filter((i, k) => k === 0 || x[i] > x[order[k - 1]]);
  if (knots.length < fewest) return { status: "flat" };
  const curve = akima(
    knots.map((i) => x[i]),
    knots.map((i) => Math.log(loss[used[i]])),
  );
  const count = (knots.length - 1) * perGap;
  const [low, high] = [x[knots[0]], x[knots[knots.length - 1]]];
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const value = curve(low + ((high - low) * i) / (count - 1));
    if (value < least) [least, best] = [value, i];
  }
  if (best === 0) return { status: "below" };
  if (best === count - 1) return { status: "above" };
  return { status: "found", at: Math.exp(low + ((high - low) * best) / (count - 1)), loss: Math.exp(least) };
}

function runAt({ params, tokens, loss, flops }: FrontierRows, row: number, points: number): FrontierOptimum {
  return {
    flops: flops[row],
    params: params[row],
    tokens: tokens[row],
    loss: loss[row],
    points,
    sizes: null,
  };
}

function meanOf(column: Float64Array, rows: readonly number[]): number {
  return mean(rows.map((row) => column[row]));
}

function resample(rows: readonly number[], random: Random): number[] {
  return rows.map(() => rows[random.integer(rows.length)]);
}

/** How often each cluster is drawn when as many as there are are drawn with replacement. */
function timesDrawn(
  names: ArrayLike<string | number>,
  rows: readonly number[],
  random: Random,
): Map<string | number, number> {
  const clusters = [...new Set(rows.map((row) => names[row]))];
  const times = new Map<string | number, number>();
  for (const name of resample(
    clusters.map((_, i) => i),
    random,
  ).map((i) => clusters[i]))
    times.set(name, (times.get(name) ?? 0) + 1);
  return times;
}

/** What the shape of the slices says against their minima. */
function sliceWarnings(
  optima: readonly FrontierOptimum[],
  method: IsoflopMethod,
  window: number | null,
): Warning[] {
  if (optima.length === 0) return [];
  const warnings: Warning[] = [];
  const places = optima.map(({ params, sizes }) => {
    const [low, high] = sizes!;
    return Math.log(params / low) / Math.log(high / low);
  });
  const reach = Math.max(
    ...optima.map(({ params, sizes }) => Math.max(params / sizes![0], sizes![1] / params)),
  );
  const place = mean(places);
  if (method === "parabola" && reach > 8)
    warnings.push({
      code: "wide-parabola",
      message: `The sizes of a budget lie up to ${formatNumber(reach, 2)} times off its minimum. A loss is no parabola over so wide a range: where it isn't symmetric all minima move the same way, unseen. Compare with approach 3${window === null ? ", or use fewer sizes on each side" : ""}.`,
    });
  if (place < 0.3 || place > 0.7)
    warnings.push({
      code: "off-centre",
      message: `The minima lie near the ${place < 0.5 ? "smallest" : "largest"} sizes of their budgets (on average at ${formatNumber(100 * place, 2)} % of the way from the smallest to the largest): such slices put them off. Compare with approach 3, or train ${place < 0.5 ? "smaller" : "larger"} models.`,
    });
  const thin = optima.filter(({ points }) => points === fewest);
  if (method === "parabola" && thin.length > 0)
    warnings.push({
      code: "thin-slices",
      message: `${thin.length} of ${optima.length} parabolas pass through ${fewest} runs, whatever their noise (${thin
        .slice(0, 3)
        .map(({ flops }) => `${formatFlops(flops)} FLOPs`)
        .join(", ")}).`,
    });
  return warnings;
}
