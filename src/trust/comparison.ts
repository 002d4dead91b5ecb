import type { FitStatus, Objective } from "../fit/index.ts";
import type { Plan } from "../plan/index.ts";
import type { Coverage } from "./coverage.ts";
import type { Margin } from "./margin.ts";
import type { ResidualPattern } from "./residual-patterns.ts";

/** Laws held against each other on the same runs, the best first. */
export interface Comparison {
  readonly format: "isoflop.comparison/1";
  readonly output: string;
  readonly objective: Objective;
  /** The family of the likelihood behind AICc: `Huber`, `normal`, `Laplace`, `asymmetric Laplace`. */
  readonly likelihood: string;
  readonly rows: number;
  /** null where the runs don't allow any: laws are then ranked by AICc. */
  readonly holdout: HoldoutDesign | null;
  readonly laws: readonly RankedLaw[];
  /** Laws that could not be compared, and why. */
  readonly leftOut: readonly LeftOut[];
  readonly verdict: string;
  readonly warnings: readonly string[];
  /** Of all margins together. */
  readonly level: number;
  readonly targetFlops: number | null;
  readonly data: { readonly origin: string; readonly hash: string };
  readonly seed: number;
}

export interface LeftOut {
  readonly law: string;
  readonly reason: string;
}

/** How the runs were held out. */
export interface HoldoutDesign {
  /** The quantity along which is extrapolated; null for a split of somebody's own. */
  readonly by: string | null;
  /** The groups of one scale; empty for a split of somebody's own. */
  readonly groups: readonly { readonly low: number; readonly high: number; readonly rows: number }[];
  readonly folds: readonly {
    readonly upTo: number | null;
    readonly scale: readonly [low: number, high: number] | null;
    readonly fittedRows: number;
    readonly heldRows: number;
  }[];
  /** Refits behind each fold's intervals; 0 for the delta method. */
  readonly draws: number;
}

export interface RankedLaw {
  readonly rank: number;
  readonly law: string;
  readonly formula: string;
  readonly status: FitStatus;
  readonly parameters: Readonly<Record<string, number>>;
  /** How many are free. */
  readonly free: number;
  readonly objective: number | null;
  readonly heldOut: LawHeldOut | null;
  /** Against the winner; null for the winner itself, and where nothing or a single run was held out. */
  readonly margin: Margin | null;
  /** `difference` to the lowest of the compared. */
  readonly aicc: { readonly value: number; readonly difference: number } | null;
  readonly residuals: readonly ResidualPattern[];
  /** N* and D* at the target; null where none was asked for, or the law has none. */
  readonly optimum: Plan["optimum"] | null;
}

export interface LawHeldOut {
  /** The mean over folds of the mean absolute, and of the mean signed, relative error. */
  readonly error: number;
  readonly bias: number;
  /** Root mean square of the errors of logs over all held-out rows. */
  readonly rmseLog: number | null;
  readonly folds: readonly { readonly error: number; readonly bias: number; readonly status: FitStatus }[];
  readonly coverage: readonly Coverage[] | null;
}
