import type { Interval } from "../fit/index.ts";
import { formatCount, formatNumber } from "../numeric/index.ts";
import { type Basis, type BasisNote, type Extrapolation, extrapolations, openBasis } from "./basis.ts";
import { answersOf, missedText } from "./drawn.ts";
import { type Assumed, type ServedTokens, type Serving, servingCost } from "./serving.ts";
import { refuseTarget, type Surface, type SurfaceOptions, surfacesOf } from "./surface.ts";
import { lowestBetween } from "./valley.ts";

/** What is asked of {@link planInference}: what is served, and the quality by exactly one of the four. */
export interface InferenceQuestion extends SurfaceOptions {
  readonly served: ServedTokens;
  readonly serving?: Serving;
  /** This loss. */
  readonly loss?: number;
  /** The loss of the compute-optimal model that has so many parameters. */
  readonly params?: number;
  /** The loss of the best model on this training budget. */
  readonly flops?: number;
  /** The lowest loss that training and serving together afford. */
  readonly lifetimeFlops?: number;
  /** Of the intervals. */
  readonly level?: number;
}

/** A model and what it costs over its life. */
export interface LifetimePoint {
  readonly params: number;
  readonly tokens: number;
  readonly tokensPerParam: number;
  readonly trainingFlops: number;
  /** 2·N for each served token, not weighed. */
  readonly servingFlops: number;
  /** Training and serving in FLOPs of training, those of serving weighed by how dear they are. */
  readonly lifetimeFlops: number;
}

/** The cheapest model of a quality over its life. */
export interface InferencePlan {
  readonly basis: BasisNote;
  readonly source: string;
  /** How C counts a token of training; a served token costs a third of it. */
  readonly convention: string;
  readonly question: Readonly<Partial<Record<"loss" | "params" | "flops" | "lifetimeFlops", number>>>;
  readonly loss: number;
  readonly servedTokens: number;
  readonly weighedTokens: number;
  readonly optimum: LifetimePoint;
  /** The compute-optimal model of the same loss: the cheapest to train. */
  readonly computeOptimal: LifetimePoint;
  /** The optimum's N and D over the compute-optimal ones. */
  readonly factors: { readonly params: number; readonly tokens: number };
  readonly saved: { readonly flops: number; readonly share: number };
  /** Served tokens, weighed, from which on the optimum is the cheaper of the two; null where they are the same. */
  readonly breakEvenTokens: number | null;
  readonly intervals: Readonly<
    Record<"params" | "tokens" | "tokensPerParam" | "loss" | "lifetimeFlops" | "savedShare", Interval | null>
  >;
  readonly assumed: readonly Assumed[];
  readonly extrapolation: readonly Extrapolation[] | null;
  readonly warnings: readonly string[];
}

/**
 * The model that is cheapest to train and to serve at a loss: min over N, D of 6·N·D + 2·N·D_inf with L(N, D) = l.
 *
 * D_inf is the tokens served, each weighed by the cost of its FLOPs beside those of training: by utilisation of prompts
 * and answers, batch, bits and price where `serving` says them. Along the curve of equal loss D follows from N, and the
 * cost has one minimum, at or below the compute-optimal N. Sardana et al. 2023, their computational optimality,
 * https://arxiv.org/abs/2401.00448, whose Newton's method is a search of that curve here, for any law.
 *
 * Not for few served tokens against a loss far from the data: the over-trained end is an extrapolation in D/N.
 *
 * @throws when the quality is given in no or several ways, or no budget reaches it
 * @example planInference({ law: chinchilla, set: "sardana2023" }, { params: 30e9, served: { tokens: 1e13 } }).optimum.params // 13.6e9
 */
export function planInference(basis: Basis, question: InferenceQuestion): InferencePlan {
  const { served, serving, held = {}, flopsPerToken, level = 0.9 } = question;
  const asked = askedOf(question);
  const open = openBasis(basis);
  const { convention, surfaceAt } = surfacesOf(open, { held, flopsPerToken });
  const cost = servingCost(served, serving);
  const surface = surfaceAt(open.parameters);
  const found = solve(surface, asked, cost.weighedTokens);
  if (found === null) {
    const target = asked.loss;
    if (target !== undefined) refuseTarget(open, surface, target);
    const [[name, value]] = Object.entries(asked);
    throw cannot(`no model of ${open.law.name} answers ${name} ${formatNumber(value)}`, "check its unit");
  }
  const pointOf = (params: number, tokens: number): LifetimePoint =>
    lifetimePoint(surface, { params, tokens, served: cost.tokens, weighed: cost.weighedTokens });
  const optimum = pointOf(found.params, found.tokens);
  const computeOptimal = pointOf(found.best.params, found.best.tokens);
  const moreTraining = optimum.trainingFlops - computeOptimal.trainingFlops;
  const lessServing = (surface.costOf(computeOptimal.params) - surface.costOf(optimum.params)) / 3;
  const drawn = answersOf(
    open.draws,
    (parameters) => {
      const own = surfaceAt(parameters);
      const at = solve(own, asked, cost.weighedTokens, found.best.flops);
      if (!at) return null;
      const weigh = ({ params, tokens }: { params: number; tokens: number }): number =>
        own.costOf(params) * (tokens + cost.weighedTokens / 3);
      return { ...at, lifetime: weigh(at), baseline: weigh(at.best) };
    },
    level,
  );
  return {
    basis: open.note,
    source:
      "Sardana et al. 2023, Beyond Chinchilla-Optimal, computational optimality, https://arxiv.org/abs/2401.00448",
    convention,
    question: asked,
    loss: found.loss,
    servedTokens: cost.tokens,
    weighedTokens: cost.weighedTokens,
    optimum,
    computeOptimal,
    factors: {
      params: optimum.params / computeOptimal.params,
      tokens: optimum.tokens / computeOptimal.tokens,
    },
    saved: {
      flops: computeOptimal.lifetimeFlops - optimum.lifetimeFlops,
      share: 1 - optimum.lifetimeFlops / computeOptimal.lifetimeFlops,
    },
    breakEvenTokens: moreTraining > 0 && lessServing > 0 ? moreTraining / lessServing : null,
    intervals: {
      params: drawn.of((at) => at.params),
      tokens: drawn.of((at) => at.tokens),
      tokensPerParam: drawn.of((at) => at.tokens / at.params),
      loss: asked.loss === undefined ? drawn.of((at) => at.loss) : null,
      lifetimeFlops: asked.lifetimeFlops === undefined ? drawn.of((at) => at.lifetime) : null,
      savedShare: drawn.of((at) => 1 - at.lifetime / at.baseline),
    },
    assumed: cost.assumed,
    extrapolation: extrapolations(open.range, {
      params: optimum.params,
      tokens: optimum.tokens,
      tokensPerParam: optimum.tokensPerParam,
      flops: optimum.trainingFlops,
    }),
    warnings: [
      ...open.warnings,
      ...cost.warnings,
      ...missedText(drawn, "this quality"),
      ...farRatio(open.range, optimum),
    ],
  };
}

interface Solved {
  readonly params: number;
  readonly tokens: number;
  readonly loss: number;
  /** The compute-optimal model of the same loss. */
  readonly best: { readonly flops: number; readonly params: number; readonly tokens: number };
}

function solve(
  surface: Surface,
  { loss, params, flops, lifetimeFlops }: InferencePlan["question"],
  weighed: number,
  near?: number,
): Solved | null {
  if (lifetimeFlops !== undefined) return withinLifetime(surface, lifetimeFlops, weighed);
  const best =
    loss !== undefined
      ? surface.cheapest(loss, near)
      : params !== undefined
        ? surface.optimumWhere((optimum) => optimum.params, params, near)
        : surface.optimum(flops!);
  if (!best) return null;
  const target = loss ?? best.loss;
  if (weighed === 0) return { params: best.params, tokens: best.tokens, loss: target, best };
  const tokensOf = (logParams: number): number | null => surface.tokensFor(target, Math.exp(logParams));
  const lifetime = (logParams: number): number => {
    const tokens = tokensOf(logParams);
    return tokens === null
      ? Number.POSITIVE_INFINITY
      : Math.log(surface.costOf(Math.exp(logParams)) * (tokens + weighed / 3));
  };
  // serving only ever asks for a smaller model than training does
  const logParams = lowestBetween(lifetime, Math.log(best.params) - 12, Math.log(best.params));
  const tokens = tokensOf(logParams);
  return tokens === null ? null : { params: Math.exp(logParams), tokens, loss: target, best };
}

/** min over N of L(N, D) with cost(N)·(D + D_inf / 3) = C: what serving leaves of the money goes to training. */
function withinLifetime(surface: Surface, flops: number, weighed: number): Solved | null {
  const tokensOf = (logParams: number): number => flops / surface.costOf(Math.exp(logParams)) - weighed / 3;
  const loss = (logParams: number): number => {
    const tokens = tokensOf(logParams);
    return tokens >= 1 ? surface.loss(Math.exp(logParams), tokens) : Number.POSITIVE_INFINITY;
  };
  const alone = surface.optimum(flops);
  if (!alone) return null;
  const logParams = lowestBetween(loss, 0, Math.log(alone.params) + 1);
  const lowest = loss(logParams);
  if (!Number.isFinite(lowest)) return null;
  const best = surface.cheapest(lowest, flops);
  return best && { params: Math.exp(logParams), tokens: tokensOf(logParams), loss: lowest, best };
}

function lifetimePoint(
  surface: Surface,
  { params, tokens, served, weighed }: { params: number; tokens: number; served: number; weighed: number },
): LifetimePoint {
  const each = surface.costOf(params);
  return {
    params,
    tokens,
    tokensPerParam: tokens / params,
    trainingFlops: each * tokens,
    servingFlops: (each / 3) * served,
    lifetimeFlops: each * (tokens + weighed / 3),
  };
}

function askedOf({ loss, params, flops, lifetimeFlops }: InferenceQuestion): InferencePlan["question"] {
  const given = Object.entries({ loss, params, flops, lifetimeFlops }).filter(
    ([, value]) => value !== undefined,
  );
  if (given.length !== 1)
    throw cannot(
      `expected the quality by one of loss, params, flops, lifetimeFlops, got ${given.map(([name]) => name).join(" and ") || "none"}`,
      "give one",
    );
  const [[name, value]] = given as [[string, number]];
  if (!(value > 0) || !Number.isFinite(value))
    throw cannot(`expected ${name} above 0, got ${formatNumber(value)}`);
  return { [name]: value };
}

/** Sardana et al. trained up to 10,000 tokens for each parameter; fits seldom see more than a few hundred. */
function farRatio(
  range: Readonly<Record<string, readonly [number, number]>> | null,
  { tokensPerParam }: LifetimePoint,
): readonly string[] {
  const seen = range?.tokensPerParam?.[1];
  const limit = seen ?? 100;
  return tokensPerParam <= limit
    ? []
    : [
        `${formatCount(tokensPerParam)} tokens for each parameter, ${seen === undefined ? "far more than most laws were fitted to" : `${formatNumber(tokensPerParam / seen, 2)} times beyond the runs`}: laws fitted at usual ratios overrate what more tokens are worth there (Sardana et al. 2023, abstract).`,
      ];
}

function cannot(reason: string, remedy?: string): Error {
  return new Error(`cannot plan for inference: ${reason}${remedy === undefined ? "" : `; ${remedy}`}`);
}
