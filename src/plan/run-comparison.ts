import type { Interval } from "../fit/index.ts";
import type { BasisNote } from "./basis.ts";
import type { Cause, CauseCode } from "./causes.ts";

/** One run beside a law: where it should lie, what it cost, what its loss is worth. */
export interface ComparedRun {
  /** The row as a spreadsheet counts. */
  readonly line: number;
  readonly params: number;
  readonly tokens: number;
  readonly flops: number;
  readonly tokensPerParam: number;
  readonly loss: number;
  /** What the law says of its size and data. */
  readonly predicted: number;
  /** Where a single new run of that size would lie. */
  readonly expected: Interval | null;
  /** (loss − predicted) as a share of predicted. */
  readonly excess: number;
  /** The same in units of the interval's half-width on that side: beyond ±1 it is outside. */
  readonly deviation: number | null;
  /** The law's best loss at this compute, and where that lies. */
  readonly frontier: { readonly loss: number; readonly params: number; readonly tokens: number };
  /** Tokens per parameter over those of the best at this compute. */
  readonly overTraining: number;
  /** FLOPs that the law's best model needs for the loss that was reached; null below the law's floor. */
  readonly flopsNeeded: number | null;
  /** flopsNeeded / flops: 0.5 means that half the compute would have done. */
  readonly efficiency: number | null;
  readonly efficiencyInterval: Interval | null;
  /** The likeliest first. */
  readonly causes: readonly [Cause, ...Cause[]];
}

/** A person's runs against the frontier of a law. */
export interface RunComparison {
  readonly format: "isoflop.runs-compared/1";
  readonly basis: BasisNote;
  readonly formula: string;
  readonly convention: string;
  readonly origin: string;
  readonly runs: readonly ComparedRun[];
  readonly summary: {
    readonly runs: number;
    readonly flops: number;
    readonly medianEfficiency: number | null;
    readonly medianExcess: number;
    /** How many runs have each cause first. */
    readonly causes: Readonly<Partial<Record<CauseCode, number>>>;
  };
  readonly level: number;
  readonly warnings: readonly string[];
  readonly remarks: readonly string[];
}
