/** Whether the data pin a number: within a factor worth planning with, roughly, or not. */
export type Identified = "identified" | "weak" | "not-identified";

/** Why a number is not pinned. */
export interface Reason {
  readonly code:
    | "range-too-short"
    | "one-ratio"
    | "floor-not-reached"
    | "near-separable"
    | "unnoticed"
    | "at-bound"
    | "correlated"
    | "few-rows"
    | "several-minima"
    | "far-outside"
    | "no-optimum"
    | "scatter";
  readonly message: string;
}

export interface ParameterJudgement {
  readonly value: number;
  readonly verdict: Identified;
  /** Its standard error: of its logarithm for a positive one, else as a share of it or of its starts; null where it has none. */
  readonly spread: number | null;
  readonly reasons: readonly Reason[];
}

/** The compute-optimal model for the asked budget, and whether the data can tell it. */
export interface DecisionJudgement {
  readonly flops: number;
  /** Inputs that the budget doesn't set, and their values. */
  readonly held: Readonly<Record<string, number>>;
  readonly params: number;
  readonly tokens: number;
  readonly loss: number;
  /** Of N*: the central share `level` of the joint draws. */
  readonly interval: { readonly low: number; readonly high: number; readonly level: number };
  /** What the less lucky end of the interval costs, as a share of the loss, if the fit itself is right. */
  readonly regret: number;
  readonly verdict: Identified;
  readonly reasons: readonly Reason[];
}
