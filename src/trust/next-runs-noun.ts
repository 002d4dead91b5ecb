import type { DesignAimName, RunPoint } from "../plan/index.ts";
import type { RunSpec } from "../runs/index.ts";

/** How well something is known: the interval that the fit's draws, its runs or its covariance give. */
export interface KnownTo {
  /** null for aims that are no single number. */
  readonly value: number | null;
  readonly interval: { readonly low: number; readonly high: number; readonly level: number } | null;
  /** The standard deviation in ln of what is aimed at, by the delta method. */
  readonly sd: number;
}

/** A run that was chosen. */
export interface DesignedRun extends RunPoint {
  readonly tokensPerParam: number;
  /** The standard deviation that is left after this run and those before it, as a share of today's. */
  readonly leaves: number;
}

/** The best set for a part of the budget. */
export interface NextRunsStep {
  readonly flops: number;
  readonly runs: number;
  /** The standard deviation that is left, as a share of today's. */
  readonly leaves: number;
}

/** Runs planted, noise drawn, the law fitted again: what a set of runs leaves, beside what the delta method says. */
export interface SimulatedRuns {
  readonly design: "none" | "chosen" | "single" | "isoflop";
  readonly flops: number;
  /** The standard deviation in ln: by the delta method, and that of the refits; null where hardly one had an answer. */
  readonly predicted: number;
  readonly simulated: number | null;
  /** Refits without an answer. */
  readonly lost: number;
  readonly replications: number;
}

/** The runs that would teach a fit most, for the FLOPs that are left. */
export interface NextRuns {
  readonly format: "isoflop.nextruns/1";
  readonly basis: {
    readonly kind: "fit";
    readonly law: string;
    readonly hash: string;
    readonly origin: string;
    readonly rows: number;
  };
  readonly aim: DesignAimName;
  /** The budget whose best model is to be known. */
  readonly target: {
    readonly flops: number;
    readonly convention: string;
    readonly held: Readonly<Record<string, number>>;
  };
  readonly budget: { readonly flops: number; readonly used: number };
  /** Where today's knowledge was taken from, the scatter of a run in ln loss, and the objective's price (see {@link nextRuns}). */
  readonly knowledge: {
    readonly from: "runs" | "covariance";
    readonly scatter: number;
    readonly price: number;
  };
  readonly now: KnownTo;
  readonly after: KnownTo;
  /** Those first that tell most for their FLOPs beside what came before. */
  readonly runs: readonly DesignedRun[];
  /** The one run that tells most for its FLOPs, of those that tell at least half of what the best one does. */
  readonly single: DesignedRun | null;
  readonly steps: readonly NextRunsStep[];
  /** What an isoFLOP curve of as many FLOPs around today's optimum would leave. */
  readonly isoflop: NextRunsStep | null;
  /** null without the runs of the fit. */
  readonly simulated: readonly SimulatedRuns[] | null;
  readonly candidates: number;
  /** Cells that cannot be run, and the reason of the first. */
  readonly refused: { readonly count: number; readonly reason: string | null };
  readonly specs: readonly RunSpec[];
  readonly warnings: readonly string[];
  readonly seed: number;
}
