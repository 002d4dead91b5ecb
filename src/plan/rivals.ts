import { didYouMean, formatCount, formatFlops, formatNumber } from "../numeric/index.ts";
import { type Basis, type BasisNote, openBasis } from "./basis.ts";
import { type RivalSource, rivalSources } from "./rival-sources.ts";
import { type SurfaceOptions, surfacesOf } from "./surface.ts";

/** What one published law would do with the budget. */
export interface RivalPlan extends Omit<RivalSource, "at" | "params"> {
  /** Which parameters its N counts. */
  readonly convention: RivalSource["params"];
  readonly params: number;
  readonly tokens: number;
  readonly tokensPerParam: number;
  /** By its own law, in its own unit and on its own data: not to be compared between rows; null where it gives none. */
  readonly loss: number | null;
  /** Of N* ∝ C^a and D* ∝ C^b at the budget. */
  readonly exponents: { readonly a: number; readonly b: number };
  /** How far the budget lies outside its own; 1 inside, null where they are not stated. */
  readonly outside: number | null;
  /** What its split would cost by the law of the plan; null without one. */
  readonly byOurs: {
    readonly loss: number;
    readonly more: number;
    /** The share of the budget that it gives away. */
    readonly budgetLost: number | null;
  } | null;
}

/** The published laws side by side on one budget. */
export interface RivalPlans {
  readonly flops: number;
  /** The law that `byOurs` judges by. */
  readonly basis: BasisNote | null;
  readonly rows: readonly RivalPlan[];
  /** From the smallest to the largest of the rows. */
  readonly spread: Readonly<
    Record<"params" | "tokens" | "tokensPerParam", readonly [low: number, high: number]>
  >;
  readonly says: string;
  readonly warnings: readonly string[];
}

export interface RivalOptions extends SurfaceOptions {
  /** A law or fit to judge the rivals' splits by. */
  readonly basis?: Basis;
  /** Keys of the rivals to show; all unless said. */
  readonly only?: readonly string[];
}

/**
 * How the published laws would split a budget, what each counts, and why they differ.
 *
 * Each row's N and D are those of its own authors, in their own counting: non-embedding parameters are fewer than total
 * ones, the more so the smaller the model. With a basis, every split is also judged by it: the loss it would have, and the
 * share of the budget that the basis's own optimum saves for the same loss.
 *
 * @throws when a key is unknown
 * @example rivalPlans(5.76e23).rows.find(({ key }) => key === "besiroglu2024-refit")!.params // 73.2e9
 */
export function rivalPlans(
  flops: number,
  { basis, only, held = {}, flopsPerToken }: RivalOptions = {},
): RivalPlans {
  if (!(flops > 0) || !Number.isFinite(flops))
    throw new Error(`cannot compare laws: expected a budget above 0 FLOPs, got ${flops}`);
  const chosen = only === undefined ? rivalSources : only.map(findRival);
  const open = basis && openBasis(basis);
  const surface = open && surfacesOf(open, { held, flopsPerToken }).surfaceAt(open.parameters);
  const best = surface?.optimum(flops);
  const rows = chosen.map(({ at, params: convention, ...rest }): RivalPlan => {
    const { params, tokens, loss } = at(flops);
    const step = 1.01;
    const [above, below] = [at(flops * step), at(flops / step)];
    const slope = (x: number, y: number): number => Math.log(x / y) / (2 * Math.log(step));
    const ours = surface && best ? surface.loss(params, flops / surface.costOf(params)) : null;
    const same = ours === null ? null : surface!.cheapest(ours, flops);
    return {
      ...rest,
      convention,
      params,
      tokens,
      tokensPerParam: tokens / params,
      loss,
      exponents: { a: slope(above.params, below.params), b: slope(above.tokens, below.tokens) },
      outside: rest.range && Math.max(1, flops / rest.range[1], rest.range[0] / flops),
      byOurs:
        ours === null
          ? null
          : { loss: ours, more: ours - best!.loss, budgetLost: same && Math.max(0, 1 - same.flops / flops) },
    };
  });
  const spanOf = (quantity: "params" | "tokens" | "tokensPerParam"): readonly [number, number] => [
    Math.min(...rows.map((row) => row[quantity])),
    Math.max(...rows.map((row) => row[quantity])),
  ];
  const spread = {
    params: spanOf("params"),
    tokens: spanOf("tokens"),
    tokensPerParam: spanOf("tokensPerParam"),
  };
  const largest = rows.find(({ params }) => params === spread.params[1])!;
  const smallest = rows.find(({ params }) => params === spread.params[0])!;
  const far = rows.filter(({ outside }) => outside !== null && outside > 100);
  return {
    flops,
    basis: open?.note ?? null,
    rows,
    spread,
    says: `On ${formatFlops(flops)} FLOPs the published laws ask for ${formatCount(spread.params[0])} (${smallest.name}) to ${formatCount(spread.params[1])} parameters (${largest.name}), a factor of ${formatNumber(spread.params[1] / spread.params[0], 2)}.`,
    warnings:
      far.length === 0
        ? []
        : [
            `More than a hundredfold outside their own budgets: ${far.map(({ name, outside }) => `${name} (${formatNumber(outside!, 2)}×)`).join(", ")}.`,
          ],
  };
}

function findRival(key: string): RivalSource {
  const found = rivalSources.find((rival) => rival.key === key);
  if (found) return found;
  const keys = rivalSources.map((rival) => rival.key);
  const near = didYouMean(key, keys);
  throw new Error(
    `unknown published law "${key}"; ${near === null ? `known: ${keys.join(", ")}` : `did you mean "${near}"?`}`,
  );
}
