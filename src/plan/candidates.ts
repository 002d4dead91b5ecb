import type { Interval } from "../fit/index.ts";
import { formatCount, formatNumber } from "../numeric/index.ts";
import { type Basis, type Extrapolation, extrapolations } from "./basis.ts";
import { answersOf } from "./drawn.ts";
import { guessing, openRepeating, type RepeatedPoint, repeatedPoint } from "./repetition.ts";
import type { Assumed } from "./serving.ts";
import { surfacesOf } from "./surface.ts";

/** A model and the data that it would be trained on. */
export interface Candidate {
  readonly name?: string;
  readonly params: number;
  readonly uniqueTokens: number;
}

/** What one candidate comes to on the budget. */
export interface RankedCandidate extends RepeatedPoint {
  readonly name: string;
  readonly uniqueTokens: number;
  /** FLOPs of reading its data once, and how many times the budget reads them. */
  readonly onePassFlops: number;
  readonly interval: Interval | null;
  /** Loss of one pass over its data. */
  readonly onePassLoss: number;
  readonly extrapolation: readonly Extrapolation[] | null;
}

export interface CandidateRanking {
  readonly flops: number;
  /** The lowest loss first. */
  readonly ranking: readonly RankedCandidate[];
  readonly assumed: readonly Assumed[];
  readonly warnings: readonly string[];
}

/**
 * Which of several models, each with data of its own, a budget trains best: D = C / 6N tokens, D / U times each.
 *
 * The loss is that of the law of repetition, as in `planDataLimit`: Muennighoff et al. 2023, eqs. 5 and 6,
 * https://arxiv.org/abs/2305.16264. Candidates with the same N·U read their data equally often, so that the ranking is
 * one of balance: too small a model, or too few tokens, has its own term of the loss in the way.
 *
 * @example rankCandidates(basis, { flops: 1e19, candidates: [{ params: 5e6, uniqueTokens: 1.2e7 }, …] }).ranking[0].name
 */
export function rankCandidates(
  basis: Basis,
  { flops, candidates, level = 0.9 }: { flops: number; candidates: readonly Candidate[]; level?: number },
): CandidateRanking {
  const numbers = candidates.flatMap(({ params, uniqueTokens }) => [params, uniqueTokens]);
  const odd = [flops, ...numbers].find((value) => !(value > 0) || !Number.isFinite(value));
  if (odd !== undefined)
    throw new Error(`cannot rank candidates: expected FLOPs, params and uniqueTokens above 0, got ${odd}`);
  if (candidates.length === 0)
    throw new Error("cannot rank candidates: expected some, got none; give two or more");
  const { open, assumed } = openRepeating(basis);
  const { law, parameters, draws, range } = open;
  const ranking = candidates
    .map(({ name, params, uniqueTokens }): RankedCandidate => {
      const { surfaceAt } = surfacesOf(open, { held: { uniqueTokens } });
      const surface = surfaceAt(parameters);
      const each = surface.costOf(params);
      const tokens = flops / each;
      const loss = surface.loss(params, tokens);
      const drawn = answersOf(draws, (draw) => ({ loss: surfaceAt(draw).loss(params, tokens) }), level);
      return {
        ...repeatedPoint(law, parameters, { flops, params, tokens, loss }, uniqueTokens),
        name: name ?? `${formatCount(params)} on ${formatCount(uniqueTokens)}`,
        uniqueTokens,
        onePassFlops: each * uniqueTokens,
        onePassLoss: surface.loss(params, uniqueTokens),
        interval: drawn.of((at) => at.loss),
        extrapolation: extrapolations(range, { params, tokens, uniqueTokens, flops }),
      };
    })
    .sort((x, y) => x.loss - y.loss);
  const most = Math.max(...ranking.map(({ epochs }) => epochs));
  return {
    flops,
    ranking,
    assumed,
    warnings: [
      ...open.warnings,
      ...(ranking.some(({ loss }) => loss > guessing)
        ? [
            `A loss above ${formatNumber(guessing, 3)} nats is worse than giving every one of 50,257 tokens the same chance: the law is far outside its range there, and only says that such a candidate is hopeless.`,
          ]
        : []),
      ...(most > 100
        ? [
            `Up to ${formatNumber(most, 3)} epochs: the law's loss only falls with them, where real models overfit; the order holds, the losses don't.`,
          ]
        : []),
    ],
  };
}
