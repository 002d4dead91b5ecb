import type { Law, ParameterConvention } from "../laws/index.ts";
import type { Bootstrap, Interval } from "./interval.ts";
import type { Objective } from "./objective.ts";
import type { QuantityIntervals } from "./profile.ts";
import type { StartReport } from "./solve.ts";

/** How a fit ended; each has a sentence in {@link statusSentences}. */
export type FitStatus = "converged" | "at-bound" | "max-steps" | "not-identified" | "non-finite";

export const statusSentences: Readonly<Record<FitStatus, string>> = {
  converged: "The best start reached a minimum.",
  "at-bound":
    "A parameter ran to the end of its range, where the data no longer notice it: that term is not supported by these runs.",
  "max-steps": "The minimiser ran out of steps before it settled: treat the values as a best guess.",
  "not-identified": "The data cannot tell some parameters apart: other values fit equally well.",
  "non-finite": "The law has no finite value at any start on these runs: check units and starts.",
};

export interface FittedParameter {
  readonly value: number;
  /** Standard error: the spread of the bootstrap draws, else by the delta method; null where the parameter was fixed or the data give none. */
  readonly se: number | null;
  /** From the bootstrap, when one was asked for. */
  readonly interval: Interval | null;
  readonly fixed: boolean;
}

export interface Warning {
  /** Stable, for programs: `outliers`, `start-agreement`, `several-minima`, `convention-unstated` … */
  readonly code: string;
  readonly message: string;
}

/** What a careful reviewer would say of a fit, in a sentence or two. */
export interface Verdict {
  readonly grade: "sound" | "caution" | "do-not-use";
  readonly sentence: string;
}

/** A law that met runs. Everything a plan, a prediction or a report needs is in it. */
export interface Fit {
  readonly format: "isoflop.fit/1";
  readonly law: Law;
  readonly approach: 3;
  readonly objective: Objective & { readonly value: number | null };
  readonly status: FitStatus;
  readonly message: string;
  readonly rows: number;
  readonly parameters: Readonly<Record<string, FittedParameter>>;
  /** N* ∝ C^a, D* ∝ C^b at the middle of the data's budgets; null for a law that no budget can be split with. */
  readonly exponents: { readonly a: number; readonly b: number; readonly interval: Interval | null } | null;
  readonly starts: StartReport;
  /** Of the logs of positive parameters, and of the others as they are. */
  readonly covariance: {
    readonly names: readonly string[];
    readonly matrix: readonly (readonly number[])[];
    readonly method: "sandwich" | "classical";
  } | null;
  readonly identifiability: {
    readonly smallestEigenvalue: number;
    readonly effects: Readonly<Record<string, number>>;
    readonly worstPair: { readonly names: readonly [string, string]; readonly correlation: number } | null;
  };
  /** scale(prediction) − scale(truth), in the order of the rows; `values` is null past 100,000 rows. */
  readonly residuals: {
    readonly values: readonly number[] | null;
    readonly rms: number;
    readonly largest: number;
    readonly r2: number;
  };
  readonly bootstrap: Bootstrap | null;
  /** Intervals by several methods side by side, where they were asked for. */
  readonly intervals?: readonly QuantityIntervals[];
  /** The span of the data in every quantity, and in training FLOPs and tokens per parameter where they follow. */
  readonly range: Readonly<Record<string, readonly [low: number, high: number]>>;
  readonly conventions: { readonly params: ParameterConvention | null; readonly flops: string | null };
  readonly warnings: readonly Warning[];
  /** What follows from all that; fits from before it was said have none. */
  readonly verdict?: Verdict;
  readonly data: {
    readonly origin: string;
    readonly hash: string;
    readonly skippedRows: number;
    readonly mapping: readonly {
      readonly quantity: string;
      /** null where the quantity was derived from others. */
      readonly column: string | null;
      readonly how: "given" | "guessed" | "derived";
      readonly scale: number;
    }[];
  };
  readonly seed: number;
}
