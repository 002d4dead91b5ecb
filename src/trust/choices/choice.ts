import { type ComputeOptimum, type Law, optimumExponents } from "../../laws/index.ts";
import type { Asked, Parameters, Question } from "../reopen.ts";

/** What a choice is about. */
export type SensitivityKind =
  | "outliers"
  | "runs"
  | "budgets"
  | "parameters"
  | "flops"
  | "objective"
  | "law"
  | "minimiser"
  | "seed";

/** A choice that could have been made otherwise, and what would then have been decided. */
export interface Choice {
  readonly kind: SensitivityKind;
  /** The other choice, in words. */
  readonly choice: string;
  readonly rows: number;
  /** null where the choice leaves the budget without one. */
  readonly optimum: ComputeOptimum | null;
  readonly a: number | null;
  /** How far the objective lies above the fit's, as a share of it, where both measure the same (laws, minimisers). */
  readonly above: number | null;
  readonly note: string | null;
}

/** A choice under which the same law has other parameters. */
export function otherParameters(
  base: Asked,
  kind: SensitivityKind,
  choice: string,
  parameters: Parameters,
  {
    rows = base.observed.rows,
    above = null,
    note = null,
  }: Partial<Pick<Choice, "rows" | "above" | "note">> = {},
): Choice {
  const a = exponentOf(base.law, parameters, base.question);
  return { kind, choice, rows, optimum: base.decide(parameters), a, above, note };
}

/** a at the asked budget; null where the optimum ends. */
export function exponentOf(law: Law, parameters: Parameters, { flops, held }: Question): number | null {
  return optimumExponents(law, parameters, flops, { held })?.a ?? null;
}
