import { type ComputeOptimum, computeOptimum, lawFunction, quantityAt } from "../laws/index.ts";
import { findRoot, formatNumber } from "../numeric/index.ts";
import { budgetOptions, checkHeld, type OpenBasis } from "./basis.ts";

/** A law at given parameters, ready for questions about N and D. */
export interface Surface {
  loss(params: number, tokens: number): number;
  /** FLOPs of training on one token. */
  costOf(params: number): number;
  /** The best split of a training budget. */
  optimum(flops: number): ComputeOptimum | null;
  /** The tokens with which so many parameters reach a loss; null where no number of them does. */
  tokensFor(loss: number, params: number): number | null;
  /** The smallest model that reaches a loss on so many tokens. */
  paramsFor(loss: number, tokens: number): number | null;
  /** The smallest budget whose best model reaches a loss; null where none does. */
  cheapest(loss: number, near?: number): ComputeOptimum | null;
  /** The optimum of which a quantity has a value, such as the budget that a model of 30B parameters is optimal for. */
  optimumWhere(
    quantity: (optimum: ComputeOptimum) => number,
    value: number,
    near?: number,
  ): ComputeOptimum | null;
  /** What the loss tends to with ever more parameters and tokens; null where it tends to nothing. */
  floor: number | null;
}

/** What {@link surfacesOf} may be told. */
export interface SurfaceOptions {
  /** Values of the law's other inputs, such as `uniqueTokens`. */
  readonly held?: Readonly<Record<string, number>>;
  /** What a token costs, a formula in the letters of the law's inputs; default what the coefficients say, else 6·N. */
  readonly flopsPerToken?: string;
}

/** More FLOPs than anybody will ever have: beyond it a question has no answer. */
export const mostFlops = 1e45;
const most = Math.log(1e40);

/**
 * A law as a surface over N and D, at the parameters of a fit or of one of its draws.
 *
 * @throws when the law needs more than a budget sets, or gives no loss
 */
export function surfacesOf(
  open: OpenBasis,
  { held = {}, flopsPerToken }: SurfaceOptions = {},
): {
  readonly convention: string;
  readonly surfaceAt: (parameters: Readonly<Record<string, number>>) => Surface;
} {
  const { law } = open;
  if (law.kind !== "loss")
    throw new Error(
      `cannot plan with ${law.name}: it gives ${law.output}; take a law of loss by params and tokens, such as chinchilla`,
    );
  checkHeld(law, held);
  const { convention, ...options } = budgetOptions(open, held, flopsPerToken);
  const inputs = Object.keys(law.inputs);
  const missing = inputs.find((name) => held[name] === undefined && quantityAt(name, 1, 1) === null);
  if (missing !== undefined)
    throw new Error(
      `cannot plan with ${law.name}: it also needs ${missing}, which a budget doesn't set; give its value`,
    );
  const costOf = options.flopsPerToken ?? ((params: number) => 6 * params);
  return { convention, surfaceAt };

  function surfaceAt(parameters: Readonly<Record<string, number>>): Surface {
    const value = lawFunction(law, parameters);
    const at: Record<string, number> = { ...held };
    const free = inputs.filter((name) => held[name] === undefined);
    const loss = (params: number, tokens: number): number => {
      for (const name of free) at[name] = quantityAt(name, params, tokens)!;
      return value(at);
    };
    const optimum = (flops: number): ComputeOptimum | null => computeOptimum(law, parameters, flops, options);
    const optimumWhere: Surface["optimumWhere"] = (quantity, wanted, near = 1e21) => {
      const excess = (logFlops: number): number => {
        const found = optimum(Math.exp(logFlops));
        return found ? quantity(found) - wanted : Number.NaN;
      };
      const logFlops = rootFrom(excess, Math.log(near));
      return logFlops === null ? null : optimum(Math.exp(logFlops));
    };
    const far = loss(1e300, 1e300);
    return {
      loss,
      costOf,
      optimum,
      optimumWhere,
      cheapest: (target, near) => optimumWhere((found) => found.loss, target, near),
      tokensFor: (target, params) =>
        exponential(findRoot((u) => loss(params, Math.exp(u)) - target, 0, most)),
      paramsFor: (target, tokens) =>
        exponential(findRoot((u) => loss(Math.exp(u), tokens) - target, 0, most)),
      floor: Number.isFinite(far) ? far : null,
    };
  }
}

const exponential = (u: number | null): number | null => (u === null ? null : Math.exp(u));

/** The root of a function of ln C that is monotone, looked for from a guess outwards; null where its sign never changes. */
function rootFrom(f: (logFlops: number) => number, guess: number): number | null {
  const [low, high] = [Math.log(1e3), Math.log(mostFlops)];
  const start = f(guess);
  if (start === 0) return guess;
  if (Number.isNaN(start)) return null;
  let before = { up: guess, down: guess };
  let dead = { up: false, down: false };
  for (let step = 0.5; !(dead.up && dead.down); step *= 2) {
    const up = Math.min(high, guess + step);
    const down = Math.max(low, guess - step);
    if (!dead.up) {
      const value = f(up);
      if (value * start <= 0) return findRoot(f, before.up, up);
      dead = { ...dead, up: up === high || Number.isNaN(value) };
    }
    if (!dead.down) {
      const value = f(down);
      if (value * start <= 0) return findRoot(f, down, before.down);
      dead = { ...dead, down: down === low || Number.isNaN(value) };
    }
    before = { up, down };
  }
  return null;
}

/**
 * Refuses a target that a law never reaches, with what it tends to and why.
 *
 * @throws when the loss lies at or below the floor, or so near it that no budget helps
 */
export function refuseTarget(open: OpenBasis, { floor }: Surface, target: number): never {
  const { law, parameters } = open;
  const got = `got ${formatNumber(target, 6)}`;
  if (floor === null || target > floor)
    throw new Error(
      `cannot plan a loss of ${formatNumber(target, 6)} with ${law.name}: no budget between 1e3 and ${formatNumber(mostFlops)} FLOPs has it as the best loss${floor === null ? "" : `, which falls to ${formatNumber(floor, 6)} with infinite compute`}, ${got}; ask for another loss`,
    );
  const named = Object.keys(law.parameters).find(
    (name) => Math.abs(parameters[name]! / floor - 1) < 1e-9 && law.parameters[name]!.meaning !== "",
  );
  const why =
    named === undefined
      ? "what it tends to with infinite parameters and tokens"
      : `its ${named}, ${law.parameters[named]!.meaning}, which no parameters and no tokens remove`;
  throw new Error(
    `cannot plan a loss of ${formatNumber(target, 6)} with ${law.name}: it never falls below ${formatNumber(floor, 6)} (${why}), ${got}; ask for more than that, or fit the law to runs on the data that the target was measured on`,
  );
}
