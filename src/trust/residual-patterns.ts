import type { Fit } from "../fit/index.ts";
import { rankCorrelation, runsTest } from "../numeric/index.ts";
import type { Observations } from "../runs/index.ts";
import { scalesOf } from "./folds.ts";
import { tokensPerParamOf } from "./sizes.ts";

/** What is left in the residuals along a quantity: nothing, if the law has the right shape. */
export interface ResidualPattern {
  readonly quantity: string;
  /** Spearman's, of residual against quantity, with its p value. */
  readonly correlation: number;
  readonly trendP: number;
  /** Changes of sign along the quantity: fewer than expected where the residuals bend. */
  readonly runs: number;
  readonly expectedRuns: number;
  readonly runsP: number;
}

/** Residuals along the law's inputs, and along what else follows from parameters and tokens. */
export function patternsOf(made: Fit, observed: Observations): ResidualPattern[] {
  const { values } = made.residuals;
  if (!values) return [];
  const { params, tokens } = observed.columns;
  const along: Record<string, Float64Array> = {};
  if (params) along.params = params;
  if (tokens) along.tokens = tokens;
  if (params && tokens) {
    along.flops = scalesOf(observed, "flops");
    along.tokensPerParam = tokensPerParamOf({ params, tokens });
  }
  for (const quantity of Object.keys(made.law.inputs)) along[quantity] ??= observed.columns[quantity]!;
  return Object.entries(along).flatMap(([quantity, at]) => {
    const { correlation, pValue } = rankCorrelation(at, values);
    if (Number.isNaN(correlation)) return [];
    const order = Int32Array.from(at.keys()).sort((a, b) => at[a]! - at[b]! || a - b);
    const { runs, expected, pValue: runsP } = runsTest(Float64Array.from(order, (row) => values[row]!));
    return [{ quantity, correlation, trendP: pValue, runs, expectedRuns: expected, runsP }];
  });
}

/** Whether chance alone seldom leaves as much; the residuals of a fit are straighter than chance, as the law bent to them. */
export function isPattern({ trendP, runsP }: ResidualPattern): boolean {
  return Math.min(trendP, runsP) < 0.01;
}
