import { computeOptimum, isPlannable, type Law, lawFunction, optimumExponents } from "../laws/index.ts";
import type { Fit } from "./noun.ts";

/** Something that follows from a law's parameters, and of which one may want an interval. */
export interface FitQuantity {
  readonly name: string;
  /** NaN where the parameters don't give it. */
  of(parameters: Readonly<Record<string, number>>): number;
  /** Where it is always above 0 its logarithm is nearer to normal, and lasts longer as a straight line. */
  readonly positive: boolean;
}

/** A parameter of the law. */
export function parameterQuantity(law: Law, name: string): FitQuantity {
  return { name, of: (parameters) => parameters[name]!, positive: law.parameters[name]!.in === "positive" };
}

/** a of N* ∝ C^a at the middle of the fit's budgets; null where the law has no optimum. */
export function exponentQuantity({ law, range, exponents }: Fit): FitQuantity | null {
  if (!range.flops || !exponents || !isPlannable(law)) return null;
  const middle = Math.sqrt(range.flops[0] * range.flops[1]);
  return { name: "a", of: (at) => optimumExponents(law, at, middle)?.a ?? Number.NaN, positive: false };
}

/** N*, D* or the loss at the compute-optimal point of a budget, C = 6ND. */
export function optimumQuantity(law: Law, flops: number, which: "params" | "tokens" | "loss"): FitQuantity {
  return {
    name: `${which} at ${flops.toExponential(3)} FLOPs`,
    of: (at) => computeOptimum(law, at, flops)?.[which] ?? Number.NaN,
    positive: true,
  };
}

/** What the law says of one point. */
export function outputQuantity(law: Law, at: Readonly<Record<string, number>>): FitQuantity {
  const point = Object.entries(at).map(([quantity, value]) => `${quantity} ${value}`);
  return {
    name: `${law.output} at ${point.join(", ")}`,
    of: (parameters) => lawFunction(law, parameters)(at),
    positive: law.output === "loss",
  };
}
