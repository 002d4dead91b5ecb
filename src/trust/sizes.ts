import type { Observations } from "../runs/index.ts";

/** N and D of every row. */
export interface Sizes {
  readonly params: Float64Array;
  readonly tokens: Float64Array;
}

/** What N and D of a budget give. */
export const followsFromBudget: readonly string[] = ["params", "tokens", "flops", "tokensPerParam"];

/** N and D of every row, the latter also from tokens per parameter or FLOPs; null where the data don't say. */
export function sizesOf({ columns: { params, tokens, tokensPerParam, flops } }: Observations): Sizes | null {
  if (!params) return null;
  if (tokens) return { params, tokens };
  if (tokensPerParam) return { params, tokens: params.map((N, row) => N * tokensPerParam[row]!) };
  return flops ? { params, tokens: params.map((N, row) => flops[row]! / (6 * N)) } : null;
}

/** 6ND of every row. */
export function flopsOf({ params, tokens }: Sizes): Float64Array {
  return params.map((N, row) => 6 * N * tokens[row]!);
}

/** D / N of every row. */
export function tokensPerParamOf({ params, tokens }: Sizes): Float64Array {
  return params.map((N, row) => tokens[row]! / N);
}

/** 6ND of every row, else the column of FLOPs; null where the data have neither. */
export function budgetsOf(observed: Observations): Float64Array | null {
  const sizes = sizesOf(observed);
  return sizes ? flopsOf(sizes) : (observed.columns.flops ?? null);
}

/** The observations with all that follows from N and D, so that another law may ask for it. */
export function withDerived(observed: Observations): Observations {
  const sizes = sizesOf(observed);
  if (!sizes) return observed;
  const derived = { ...sizes, flops: flopsOf(sizes), tokensPerParam: tokensPerParamOf(sizes) };
  return { ...observed, columns: { ...derived, ...observed.columns } };
}

/** The smallest and the largest of some values. */
export function extent(values: Float64Array): readonly [low: number, high: number] {
  return [values.reduce((x, y) => Math.min(x, y)), values.reduce((x, y) => Math.max(x, y))];
}
