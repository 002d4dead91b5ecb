import { formatFlops } from "../numeric/index.ts";
import { type Basis, openBasis } from "./basis.ts";
import { type ServedTokens, type Serving, servingCost } from "./serving.ts";
import { type SurfaceOptions, surfacesOf } from "./surface.ts";

/** One model size on the budget, and what taking it for the optimum costs and saves. */
export interface FlatMove {
  /** N over the optimum's. */
  readonly factor: number;
  readonly params: number;
  readonly tokens: number;
  readonly tokensPerParam: number;
  readonly loss: number;
  /** Loss above the lowest, and as a share of it. */
  readonly more: number;
  readonly moreShare: number;
  /** The share of the budget that the move gives away: the optimum reaches its loss with that much less. */
  readonly budgetLost: number | null;
  /** The cost of serving a token, and the memory of the weights, over the optimum's. */
  readonly servingFactor: number;
  /** Training and serving over the optimum's; null where nothing is served. */
  readonly lifetimeFactor: number | null;
  /** Within the flat region: the loss lies within `flat` of the lowest. */
  readonly flat: boolean;
}

export interface FlatOptions extends SurfaceOptions {
  /** N over the optimum's, for each row. */
  readonly factors?: readonly number[];
  /** As in `plan`: how much more loss counts as the same, as a share of the lowest. */
  readonly flat?: number;
  readonly served?: ServedTokens;
  readonly serving?: Serving;
}

/**
 * What moving along a budget costs and saves: N = f·N*, D = C / 6N, for factors f around the optimum.
 *
 * Near the optimum the loss rises with the square of ln f, so half the model for twice the tokens costs a fraction of a
 * per cent of loss and halves the price of every served token. Hoffmann et al. 2022, figure 3,
 * https://arxiv.org/abs/2203.15556; Harm de Vries 2023, https://www.harmdevries.com/post/model-size-vs-compute-overhead/,
 * who asks for the budget that a smaller model needs for the same loss: that is `planConstrained` at a size and a loss.
 *
 * @example movesAlongBudget({ law: chinchilla, set: "besiroglu2024-refit" }, 5.76e23)[1].budgetLost // at half of N*
 */
export function movesAlongBudget(
  basis: Basis,
  flops: number,
  {
    factors = [1 / 4, 1 / 2, 1 / Math.SQRT2, 1, Math.SQRT2, 2, 4],
    flat = 1e-3,
    served,
    serving,
    held = {},
    flopsPerToken,
  }: FlatOptions = {},
): readonly FlatMove[] {
  const open = openBasis(basis);
  const surface = surfacesOf(open, { held, flopsPerToken }).surfaceAt(open.parameters);
  const best = surface.optimum(flops);
  if (!best)
    throw new Error(
      `cannot move along ${formatFlops(flops)} FLOPs: ${open.law.name} has no optimum there; give a larger budget`,
    );
  const odd = factors.find((factor) => !(factor > 0) || !Number.isFinite(factor));
  if (odd !== undefined)
    throw new Error(
      `cannot move along a budget: expected factors above 0, got ${odd}; 0.5 is half the model`,
    );
  const weighed = served && servingCost(served, serving).weighedTokens;
  const lifetime = (params: number, tokens: number): number =>
    surface.costOf(params) * (tokens + (weighed ?? 0) / 3);
  return factors.map((factor) => {
    const params = factor * best.params;
    const each = surface.costOf(params);
    const tokens = flops / each;
    const loss = factor === 1 ? best.loss : surface.loss(params, tokens);
    const same = factor === 1 ? best : surface.cheapest(loss, flops);
    return {
      factor,
      params,
      tokens,
      tokensPerParam: tokens / params,
      loss,
      more: loss - best.loss,
      moreShare: loss / best.loss - 1,
      budgetLost: same && 1 - same.flops / flops,
      servingFactor: each / surface.costOf(best.params),
      lifetimeFactor:
        weighed === undefined ? null : lifetime(params, tokens) / lifetime(best.params, best.tokens),
      flat: loss <= best.loss * (1 + flat),
    };
  });
}
