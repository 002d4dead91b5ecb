import type { Interval } from "../fit/index.ts";
import type { ComputeOptimum, Law } from "../laws/index.ts";
import { findRoot, formatNumber } from "../numeric/index.ts";
import { type Basis, type BasisNote, type Extrapolation, extrapolations } from "./basis.ts";
import { answersOf, missedText } from "./drawn.ts";
import { openRepeating, type RepeatedPoint, repeatedPoint, stepOf, tooManyEpochs } from "./repetition.ts";
import type { Assumed } from "./serving.ts";
import { type Surface, surfacesOf } from "./surface.ts";

/** What is asked of {@link planDataLimit}. */
export interface DataLimitQuestion {
  readonly flops: number;
  /** Tokens that may be repeated, but of which there are no more. */
  readonly uniqueTokens: number;
  /** Values of the law's other inputs. */
  readonly held?: Readonly<Record<string, number>>;
  /** What a token costs, a formula in the letters of the law's inputs; default what the coefficients say, else 6·N. */
  readonly flopsPerToken?: string;
  /** How much more loss counts as the same, as a share of the lowest. */
  readonly flat?: number;
  /** Of the intervals. */
  readonly level?: number;
}

/** A plan where data are short. */
export interface DataLimitPlan {
  readonly basis: BasisNote;
  readonly source: string;
  readonly convention: string;
  readonly uniqueTokens: number;
  readonly optimum: RepeatedPoint;
  /** The optimum of the same budget with as many fresh tokens as it asks for. */
  readonly unlimited: RepeatedPoint;
  /** What the lack of data costs: loss above the unlimited optimum; tokens that it would read afresh and that are missing. */
  readonly price: { readonly loss: number; readonly missingTokens: number };
  readonly intervals: Readonly<Record<"params" | "tokens" | "epochs" | "loss", Interval | null>>;
  /** The least loss that these tokens allow, with infinite compute. */
  readonly limit: { readonly loss: number; readonly interval: Interval | null };
  /**
   * Where more compute is wasted: the smallest budget, and its best model, within `tolerance` of the limit; and the
   * epochs past which the optimum's own size gains less than that from all further ones together.
   */
  readonly wasted: {
    readonly tolerance: number;
    readonly from: RepeatedPoint | null;
    readonly epochsAtThisSize: number | null;
    /** True where the budget asked is beyond it. */
    readonly beyond: boolean;
  };
  /** What repeating is worth: the effective share of all tokens read, and of one more token, after so many epochs. */
  readonly worth:
    | readonly { readonly epochs: number; readonly share: number; readonly next: number }[]
    | null;
  readonly assumed: readonly Assumed[];
  readonly extrapolation: readonly Extrapolation[] | null;
  readonly warnings: readonly string[];
}

/**
 * The best model on a budget when there are only U unique tokens: min over N of L(N, C / 6N, U).
 *
 * L = E + A / N'^α + B / D'^β with D' = U·(1 + R_D*·(1 − exp(−R_D / R_D*))), R_D = D / U − 1, and N' likewise.
 * Muennighoff et al. 2023, eqs. 5 and 6, https://arxiv.org/abs/2305.16264. A basis whose law takes
 * `uniqueTokens` is used as it is; a fit of chinchilla is given the paper's R_D* and R_N*, and the plan says so.
 *
 * Not for data repeated a hundred times and more: the law's loss only ever falls, where real models overfit.
 *
 * @throws when the basis knows nothing of repetition and is no chinchilla
 * @example planDataLimit({ law: dataConstrained, set: "muennighoff2023" }, { flops: 5.76e23, uniqueTokens: 1e11 }).optimum.epochs
 */
export function planDataLimit(
  basis: Basis,
  { flops, uniqueTokens, held = {}, flopsPerToken, flat = 1e-3, level = 0.9 }: DataLimitQuestion,
): DataLimitPlan {
  checkAbove("flops", flops);
  checkAbove("uniqueTokens", uniqueTokens);
  const { open, assumed } = openRepeating(basis);
  const surfacesWith = (unique: number): ReturnType<typeof surfacesOf> =>
    surfacesOf(open, { held: { ...held, uniqueTokens: unique }, flopsPerToken });
  const { convention, surfaceAt } = surfacesWith(uniqueTokens);
  const surface = surfaceAt(open.parameters);
  const best = surface.optimum(flops);
  // more unique tokens than any budget reads: every token counts as new
  const free = surfacesWith(1e30).surfaceAt(open.parameters).optimum(flops);
  if (!best || !free)
    throw cannot(
      `${open.law.name} has no optimum on ${formatNumber(flops)} FLOPs with ${formatNumber(uniqueTokens)} unique tokens`,
      "give a larger budget",
    );
  const pointOf = (at: ComputeOptimum, unique: number): RepeatedPoint =>
    repeatedPoint(open.law, open.parameters, at, unique);
  const optimum = pointOf(best, uniqueTokens);
  const unlimited = pointOf(free, Math.max(uniqueTokens, free.tokens));
  const limit = surface.floor;
  if (limit === null)
    throw cannot(`${open.law.name} tends to no loss as compute grows`, "take the law data-constrained");
  const answers = answersOf(
    open.draws,
    (parameters) => {
      const own = surfaceAt(parameters);
      const found = own.optimum(flops);
      return found && own.floor !== null ? { ...found, limit: own.floor } : null;
    },
    level,
  );
  const from = surface.cheapest(limit * (1 + flat), flops);
  return {
    basis: open.note,
    source:
      "Muennighoff et al. 2023, Scaling Data-Constrained Language Models, eqs. 5 and 6, https://arxiv.org/abs/2305.16264",
    convention,
    uniqueTokens,
    optimum,
    unlimited,
    price: {
      loss: optimum.loss - unlimited.loss,
      missingTokens: Math.max(0, unlimited.tokens - uniqueTokens),
    },
    intervals: {
      params: answers.of((at) => at.params),
      tokens: answers.of((at) => at.tokens),
      epochs: answers.of((at) => at.tokens / uniqueTokens),
      loss: answers.of((at) => at.loss),
    },
    limit: { loss: limit, interval: answers.of((at) => at.limit) },
    wasted: {
      tolerance: flat * limit,
      from: from && pointOf(from, uniqueTokens),
      epochsAtThisSize: lastUsefulEpoch(surface, optimum.params, uniqueTokens, flat),
      beyond: optimum.loss <= limit * (1 + flat),
    },
    worth: worthOf(open.law, open.parameters, uniqueTokens),
    assumed,
    extrapolation: extrapolations(open.range, {
      flops,
      params: optimum.params,
      tokens: optimum.tokens,
      uniqueTokens,
    }),
    warnings: [...open.warnings, ...missedText(answers, "this budget"), ...tooManyEpochs(optimum.epochs)],
  };
}

/** The epochs past which a model of this size gains less than `flat` of its last loss from all further ones together. */
function lastUsefulEpoch(
  surface: Surface,
  params: number,
  uniqueTokens: number,
  flat: number,
): number | null {
  const last = surface.loss(params, 1e300);
  const excess = (logEpochs: number): number =>
    surface.loss(params, uniqueTokens * Math.exp(logEpochs)) - last * (1 + flat);
  const found = findRoot(excess, 0, Math.log(1e9));
  return found === null ? (excess(0) <= 0 ? 1 : null) : Math.exp(found);
}

function worthOf(
  law: Law,
  parameters: Readonly<Record<string, number>>,
  uniqueTokens: number,
): DataLimitPlan["worth"] {
  const effective = stepOf(law, parameters, "D_eff");
  if (!effective) return null;
  const at = (epochs: number): number =>
    effective({ params: 1, tokens: epochs * uniqueTokens, uniqueTokens });
  return [1, 2, 4, 8, 16, 32, 64].map((epochs) => ({
    epochs,
    share: at(epochs) / (epochs * uniqueTokens),
    next: (at(epochs * (1 + 1e-6)) - at(epochs)) / (epochs * 1e-6 * uniqueTokens),
  }));
}

function checkAbove(name: string, value: number): void {
  if (!(value > 0) || !Number.isFinite(value))
    throw cannot(`expected ${name} above 0, got ${formatNumber(value)}`);
}

function cannot(reason: string, remedy?: string): Error {
  return new Error(`cannot plan for limited data: ${reason}${remedy === undefined ? "" : `; ${remedy}`}`);
}
