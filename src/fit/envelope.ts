import type { Random } from "../numeric/index.ts";
import type { Observations, Run, Table } from "../runs/index.ts";
import {
  type EnvelopeMethod,
  type FrontierFit,
  type FrontierOptimum,
  type FrontierOptions,
  type FrontierRows,
  finishFrontier,
  frontierRows,
  groupColumn,
} from "./frontier.ts";

export interface EnvelopeOptions extends FrontierOptions {
  /** Which points of the curves make the envelope: corners of their convex hull in logs, or every new lowest loss. */
  readonly method?: EnvelopeMethod;
  /** The column that names each row's curve, drawn as a whole by the bootstrap; the model size unless said. */
  readonly curves?: string | null;
}

/**
 * Approach 1: the envelope of training curves, the lowest loss at any compute, and power laws of C through its points.
 *
 * The rows are checkpoints with the compute spent until then. `hull` takes the corners of the lower convex hull of
 * (log C, log L), as McLeish et al. 2025, Gemstones, https://arxiv.org/abs/2502.06857: they close the hull with a point
 * at (2 max C, 2 max L) and keep what that point doesn't see and where the loss falls, which is the chain below.
 * `running-minimum` takes every row whose loss is below that of all rows of less compute, as Hoffmann et al. 2022, section
 * 3.1, https://arxiv.org/abs/2203.15556, without their interpolation to 1500 budgets.
 *
 * On dense, smooth curves the corners of the hull crowd where a curve bends, and the line leans on them: use the running
 * minimum there. A flaw of both is that checkpoints before the learning rate has decayed lie too high: they need curves
 * whose schedule doesn't matter, or final points.
 *
 * @param data checkpoints: runs, a table, or observations with params, tokens, loss and, unless C = 6ND, flops
 * @example fitEnvelope(checkpoints, { curves: "run_name", bootstrap: 400 }).exponents
 */
export function fitEnvelope(
  data: Observations | Table | readonly Run[],
  { method = "hull", curves = null, ...options }: EnvelopeOptions = {},
): FrontierFit {
  const rows = frontierRows(data, 1);
  const { flops, loss, params } = rows;
  const order = Array.from(flops.keys()).sort((i, j) => flops[i] - flops[j] || loss[i] - loss[j]);
  const names = curves === null ? params : groupColumn(rows, curves, "curves");
  const own = new Map<string | number, number>();
  const curveOf = Int32Array.from(flops.keys(), (row) => {
    const name = names[row];
    if (!own.has(name)) own.set(name, own.size);
    return own.get(name)!;
  });
  const found = (kept: readonly number[]): { optima: FrontierOptimum[]; weights: null } => ({
    optima: envelope(rows, kept, method),
    weights: null,
  });
  return finishFrontier(
    { approach: 1, method, slices: null, refused: [] },
    {
      rows,
      ...found(order),
      method: "curves",
      redraw(random: Random) {
        // a curve drawn twice changes no envelope
        const drawn = new Set(Array.from({ length: own.size }, () => random.integer(own.size)));
        return found(order.filter((row) => drawn.has(curveOf[row])));
      },
      warnings: [],
    },
    options,
  );
}

/** @param order rows by compute, and by loss where that is the same */
function envelope(
  { flops, loss, params, tokens }: FrontierRows,
  order: readonly number[],
  method: EnvelopeMethod,
): FrontierOptimum[] {
  const lowest: number[] = [];
  for (const row of order)
    if (lowest.length === 0 || loss[row] < loss[lowest[lowest.length - 1]]) lowest.push(row);
  // the hull's falling corners are new lows, so it is enough to look among these
  const kept = method === "hull" ? corners(lowest, flops, loss) : lowest;
  return kept.map((row) => ({
    flops: flops[row],
    params: params[row],
    tokens: tokens[row],
    loss: loss[row],
    points: 1,
    sizes: null,
  }));
}

/** The corners of the lower convex hull in logs, by Andrew's chain (1979), of rows by compute. */
function corners(rows: readonly number[], flops: Float64Array, loss: Float64Array): number[] {
  const chain: number[] = [];
  for (const row of rows) {
    while (chain.length > 1 && !turnsUp(chain[chain.length - 2], chain[chain.length - 1], row)) chain.pop();
    chain.push(row);
  }
  return chain;

  function turnsUp(from: number, over: number, to: number): boolean {
    const rise = (row: number): number => Math.log(loss[row] / loss[from]);
    const run = (row: number): number => Math.log(flops[row] / flops[from]);
    return run(over) * rise(to) > rise(over) * run(to);
  }
}
