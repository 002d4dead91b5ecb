import {
  closureText,
  type FrontierFit,
  frontierAt,
  type Interval,
  percentileInterval,
} from "../fit/index.ts";
import { contentHash } from "../runs/index.ts";
import { type Basis, type BasisNote, extrapolations } from "./basis.ts";
import type { Plan } from "./optimal.ts";

/** A fit by approach 1 or 2 that a plan can rest on: it has its two lines. */
export interface OpenFrontier {
  readonly fit: FrontierFit;
  readonly laws: NonNullable<FrontierFit["laws"]>;
  readonly note: BasisNote;
}

export function isFrontier(basis: Basis | FrontierFit): basis is FrontierFit {
  return "approach" in basis && basis.approach !== 3;
}

/** @throws when the fit found too few minima for lines, or is asked for what only a law has */
export function openFrontier(
  fit: FrontierFit,
  held: Readonly<Record<string, number>>,
  flopsPerToken?: string,
): OpenFrontier {
  const { approach, method, laws, message, data, rows, optima } = fit;
  if (!laws) throw new Error(`cannot plan with this fit by approach ${approach}: ${message}`);
  const [asked] = [...Object.keys(held), ...(flopsPerToken === undefined ? [] : ["flopsPerToken"])];
  if (asked !== undefined)
    throw new Error(
      `cannot plan at ${asked} with approach ${approach}: it knows budgets alone; fit a law by approach 3`,
    );
  const note: BasisNote = {
    kind: "frontier",
    approach,
    method,
    optima: optima.length,
    hash: contentHash(fit),
    origin: data.origin,
    rows,
  };
  return { fit, laws, note };
}

/** N* = k·C^a and D* = q·C^b at a budget; each with its interval from the joint draws of both lines. */
export function planFrontier({ fit, laws, note }: OpenFrontier, flops: number, level: number): Plan {
  const { params, tokens } = frontierAt(laws, flops);
  const point = { params, tokens, tokensPerParam: tokens / params };
  const drawn = fit.bootstrap?.draws.map(([k, a, q, b]) => ({
    params: k * flops ** a,
    tokens: q * flops ** b,
  }));
  const of = (quantity: (at: { params: number; tokens: number }) => number): Interval | null =>
    percentileInterval(drawn!.map(quantity), level);
  const closure = closureText(fit, flops);
  return {
    format: "isoflop.plan/1",
    basis: note,
    formula: "N* = k * C^a; D* = q * C^b",
    parameters: {
      k: laws.params.coefficient.value,
      a: laws.params.exponent.value,
      q: laws.tokens.coefficient.value,
      b: laws.tokens.exponent.value,
    },
    budget: { flops, convention: fit.conventions.flops ?? "unstated" },
    optimum: { ...point, loss: null },
    intervals: drawn
      ? {
          params: of((at) => at.params),
          tokens: of((at) => at.tokens),
          loss: null,
          tokensPerParam: of((at) => at.tokens / at.params),
        }
      : null,
    flatRegion: null,
    extrapolation: extrapolations(fit.range, { flops, ...point }),
    params: fit.conventions.params,
    held: {},
    warnings: closure === null ? [] : [closure],
    remarks: [
      `Approach ${fit.approach} says where the best model lies, not how low its loss is, nor how flat it is around there.`,
    ],
  };
}
