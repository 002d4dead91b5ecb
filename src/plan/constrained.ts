import type { Interval } from "../fit/index.ts";
import { findRoot, formatCount, formatFlops, formatNumber } from "../numeric/index.ts";
import {
  type Basis,
  type BasisNote,
  type Extrapolation,
  extrapolations,
  type OpenBasis,
  openBasis,
} from "./basis.ts";
import { answersOf, missedText } from "./drawn.ts";
import { openRepeating } from "./repetition.ts";
import type { Assumed } from "./serving.ts";
import { mostFlops, refuseTarget, type Surface, type SurfaceOptions, surfacesOf } from "./surface.ts";

/** What a plan may be held to. One of them, and compute-optimality gives the rest; two of them fix the plan alone. */
export interface Constraints {
  readonly flops?: number;
  readonly loss?: number;
  readonly params?: number;
  readonly tokens?: number;
  readonly tokensPerParam?: number;
}

export interface ConstrainedOptions extends SurfaceOptions {
  /** No more tokens than these: what is read beyond them is repeated, as in `planDataLimit`. */
  readonly uniqueTokens?: number;
  /** Tokens, weighed, that the FLOPs given serve as well as train for: C = c(N)·(D + w / 3). */
  readonly weighedTokens?: number;
  /** Of the intervals. */
  readonly level?: number;
}

export interface PlanPoint {
  readonly flops: number;
  readonly params: number;
  readonly tokens: number;
  readonly tokensPerParam: number;
  readonly loss: number;
}

/** A plan under constraints, beside the plan that is free of them. */
export interface ConstrainedPlan {
  readonly basis: BasisNote;
  readonly source: string;
  readonly convention: string;
  readonly constraints: Constraints;
  readonly point: PlanPoint;
  /** null for what was given, and without draws. */
  readonly intervals: Readonly<Record<keyof PlanPoint, Interval | null>>;
  /** The other answer where there are two: a budget and a loss above its best have a smaller and a larger model. */
  readonly alternative: PlanPoint | null;
  /** The best that the same budget buys; null where the law has no optimum there. */
  readonly bestOnBudget: PlanPoint | null;
  /** The cheapest way to the same loss. */
  readonly cheapestForLoss: PlanPoint | null;
  /** What the constraint costs beside the optimum. */
  readonly price: {
    /** Loss above the best on the budget, in the law's unit. */
    readonly loss: number | null;
    /** FLOPs beyond those that the optimum needs for this loss, and as a share of them. */
    readonly flops: number | null;
    readonly share: number | null;
    /** Tokens per parameter over the optimum's on the same budget: above 1 over-trained, below it under-trained. */
    readonly overtraining: number | null;
  };
  /** Of repeated data. */
  readonly assumed: readonly Assumed[];
  readonly extrapolation: readonly Extrapolation[] | null;
  readonly warnings: readonly string[];
}

/**
 * The plan for a fixed model, a fixed amount of data, a ratio, a target loss or a budget, or for two of them.
 *
 * One of them leaves the split free, and it is the compute-optimal one: a loss → the cheapest budget that reaches it, a
 * model or an amount of data → the budget it is optimal for. Two of them fix N and D by 6·N·D = C, D = r·N and
 * L(N, D) = l. Hoffmann et al. 2022, eq. 4 and section 3, https://arxiv.org/abs/2203.15556, solved here by Brent's
 * method, for any law and any cost of a token.
 *
 * @throws when nothing or too much is given, or a target lies below what the law ever reaches: it says so and why
 * @example planConstrained({ law: chinchilla, set: "besiroglu2024-refit" }, { params: 8e9, tokens: 15e12 }).price.overtraining // 105
 */
export function planConstrained(
  basis: Basis,
  constraints: Constraints,
  { held = {}, flopsPerToken, uniqueTokens, weighedTokens = 0, level = 0.9 }: ConstrainedOptions = {},
): ConstrainedPlan {
  const given = check(constraints);
  const { open, assumed } =
    uniqueTokens === undefined ? { open: openBasis(basis), assumed: [] } : openRepeating(basis);
  const { convention, surfaceAt } = surfacesOf(open, {
    held: uniqueTokens === undefined ? held : { ...held, uniqueTokens },
    flopsPerToken,
  });
  const surface = surfaceAt(open.parameters);
  const found = solve(surface, constraints, { served: weighedTokens / 3 });
  if (!found) refuse(open, surface, constraints, weighedTokens);
  const { point, alternative } = found;
  // held to one thing alone, the point is its own optimum
  const alone = given.length === 1;
  const best = alone ? point : surface.optimum(point.flops);
  const cheapest = alone ? point : surface.cheapest(point.loss, point.flops);
  const drawn = answersOf(
    open.draws,
    (parameters) =>
      solve(surfaceAt(parameters), constraints, { served: weighedTokens / 3, near: point.flops })?.point ??
      null,
    level,
  );
  const interval = (quantity: keyof PlanPoint): Interval | null =>
    constraints[quantity] === undefined && !follows(quantity, given) ? drawn.of((at) => at[quantity]) : null;
  const bestOnBudget = best && pointOf(surface, best.params, best.tokens);
  const cheapestForLoss = cheapest && pointOf(surface, cheapest.params, cheapest.tokens);
  return {
    basis: open.note,
    source: "Hoffmann et al. 2022, section 3, https://arxiv.org/abs/2203.15556",
    convention,
    constraints,
    point,
    intervals: {
      flops: interval("flops"),
      params: interval("params"),
      tokens: interval("tokens"),
      tokensPerParam: interval("tokensPerParam"),
      loss: interval("loss"),
    },
    alternative,
    bestOnBudget,
    cheapestForLoss,
    price: {
      loss: bestOnBudget && point.loss - bestOnBudget.loss,
      flops: cheapestForLoss && point.flops - cheapestForLoss.flops,
      share: cheapestForLoss && point.flops / cheapestForLoss.flops - 1,
      overtraining: bestOnBudget && point.tokensPerParam / bestOnBudget.tokensPerParam,
    },
    assumed,
    extrapolation: extrapolations(open.range, { ...point }),
    warnings: [...open.warnings, ...missedText(drawn, "this question")],
  };
}

function refuse(open: OpenBasis, surface: Surface, asked: Constraints, weighedTokens: number): never {
  const alone = Object.values(asked).filter((value) => value !== undefined).length === 1;
  const { loss } = asked;
  if (loss !== undefined && (alone || (surface.floor !== null && loss <= surface.floor)))
    refuseTarget(open, surface, loss);
  if (weighedTokens > 0 && asked.flops !== undefined)
    throw cannot(
      `serving takes more than the ${formatFlops(asked.flops)} FLOPs by itself, and leaves nothing to train with`,
      "give more, or serve less",
    );
  throw cannot(unreachable(surface, asked), alone ? "give a budget too" : "loosen one of them");
}

/** A quantity that two given ones fix whatever the law says, so that an interval would be of rounding alone. */
function follows(quantity: keyof PlanPoint, given: readonly string[]): boolean {
  return given.length === 2 && quantity !== "loss" && !given.includes("loss");
}

interface Solved {
  readonly point: PlanPoint;
  readonly alternative: PlanPoint | null;
}

function solve(
  surface: Surface,
  asked: Constraints,
  { served, near }: { served: number; near?: number },
): Solved | null {
  const { flops, loss, params, tokens, tokensPerParam: ratio } = asked;
  const at = (N: number | null, D: number | null): Solved | null =>
    N === null || D === null || !(N > 0 && D > 0)
      ? null
      : { point: pointOf(surface, N, D), alternative: null };
  const { costOf } = surface;
  if (Object.values(asked).filter((value) => value !== undefined).length === 1) {
    const best =
      flops !== undefined
        ? surface.optimum(flops)
        : loss !== undefined
          ? surface.cheapest(loss, near)
          : params !== undefined
            ? surface.optimumWhere((optimum) => optimum.params, params, near)
            : tokens !== undefined
              ? surface.optimumWhere((optimum) => optimum.tokens, tokens, near)
              : surface.optimumWhere((optimum) => optimum.tokens / optimum.params, ratio!, near);
    return best && at(best.params, best.tokens);
  }
  if (params !== undefined) {
    if (tokens !== undefined) return at(params, tokens);
    if (ratio !== undefined) return at(params, ratio * params);
    return at(
      params,
      flops !== undefined ? flops / costOf(params) - served : surface.tokensFor(loss!, params),
    );
  }
  if (tokens !== undefined) {
    if (ratio !== undefined) return at(tokens / ratio, tokens);
    if (loss !== undefined) return at(surface.paramsFor(loss, tokens), tokens);
    return at(
      sizeWhere((N) => costOf(N) * (tokens + served) - flops!),
      tokens,
    );
  }
  if (ratio !== undefined) {
    const N = sizeWhere((N) =>
      flops !== undefined ? costOf(N) * (ratio * N + served) - flops : surface.loss(N, ratio * N) - loss!,
    );
    return at(N, N === null ? null : ratio * N);
  }
  return onBudget(surface, flops!, loss!);
}

/** The two models that reach a loss on a budget that could do better: the smaller is the point, the larger the alternative. */
function onBudget(surface: Surface, flops: number, loss: number): Solved | null {
  const best = surface.optimum(flops);
  if (!best || best.loss > loss) return null;
  const tokensOf = (N: number): number => flops / surface.costOf(N);
  const excess = (u: number): number => surface.loss(Math.exp(u), tokensOf(Math.exp(u))) - loss;
  const centre = Math.log(best.params);
  const side = (end: number): PlanPoint | null => {
    const u = findRoot(excess, Math.min(centre, end), Math.max(centre, end));
    return u === null ? null : pointOf(surface, Math.exp(u), tokensOf(Math.exp(u)));
  };
  const [small, large] = [side(0), side(Math.log(flops / 6))];
  const point = small ?? large;
  return point && { point, alternative: small && large };
}

function sizeWhere(f: (params: number) => number): number | null {
  const u = findRoot((logParams) => f(Math.exp(logParams)), 0, Math.log(mostFlops));
  return u === null ? null : Math.exp(u);
}

function pointOf(surface: Surface, params: number, tokens: number): PlanPoint {
  return {
    flops: surface.costOf(params) * tokens,
    params,
    tokens,
    tokensPerParam: tokens / params,
    loss: surface.loss(params, tokens),
  };
}

/** Why two constraints, or one that the optimum has to meet, have no answer. */
function unreachable(surface: Surface, asked: Constraints): string {
  const { flops, loss, params, tokens, tokensPerParam } = asked;
  const words = [
    ...(params === undefined ? [] : [`${formatCount(params)} parameters`]),
    ...(tokens === undefined ? [] : [`${formatCount(tokens)} tokens`]),
    ...(tokensPerParam === undefined ? [] : [`${formatNumber(tokensPerParam)} tokens for each parameter`]),
    ...(flops === undefined ? [] : [`${formatFlops(flops)} FLOPs`]),
    ...(loss === undefined ? [] : [`a loss of ${formatNumber(loss, 6)}`]),
  ].join(" and ");
  if (loss !== undefined) {
    const limit =
      params !== undefined
        ? { value: surface.loss(params, 1e300), by: "however long it is trained" }
        : tokens !== undefined
          ? { value: surface.loss(1e300, tokens), by: "however large the model is" }
          : flops !== undefined
            ? { value: surface.optimum(flops)?.loss ?? Number.NaN, by: "whatever the split is" }
            : { value: Number.NaN, by: "" };
    return Number.isFinite(limit.value)
      ? `${words} don't go together: the loss stays above ${formatNumber(limit.value, 6)} ${limit.by}, got ${formatNumber(loss, 6)}`
      : `${words} don't go together`;
  }
  if (tokensPerParam !== undefined) {
    const [low, high] = [1e18, 1e27].map((budget) => {
      const best = surface.optimum(budget);
      return best ? formatNumber(best.tokens / best.params, 3) : "none";
    });
    return `no budget has its optimum at ${words}: the law's own ratio is ${low} at 1e18 FLOPs and ${high} at 1e27`;
  }
  return `no budget between 1e3 and ${formatFlops(mostFlops)} FLOPs has its optimum at ${words}`;
}

function check(constraints: Constraints): readonly string[] {
  const given = Object.entries(constraints).filter(([, value]) => value !== undefined) as [string, number][];
  const names = given.map(([name]) => name);
  const all = "flops, loss, params, tokens, tokensPerParam";
  for (const [name, value] of given) {
    if (!all.split(", ").includes(name)) throw cannot(`unknown constraint "${name}"`, `there are ${all}`);
    if (!(value > 0) || !Number.isFinite(value))
      throw cannot(`expected ${name} above 0, got ${formatNumber(value)}`);
  }
  if (names.length === 0) throw cannot(`expected one or two of ${all}, got none`);
  if (names.length > 2)
    throw cannot(`two of ${all} fix a plan, got ${names.join(" and ")}`, "leave one of them out");
  return names;
}

function cannot(reason: string, remedy?: string): Error {
  return new Error(`cannot plan: ${reason}${remedy === undefined ? "" : `; ${remedy}`}`);
}
