import type { Verdict } from "../fit/index.ts";
import type { DataFinding } from "../runs/index.ts";
import type { BasinMap } from "./basins.ts";
import type { DecisionJudgement, ParameterJudgement } from "./judgement.ts";
import type { NextRun } from "./next-run.ts";
import type { Sensitivity } from "./sensitivity.ts";

/** What the laws that fit about as well say of the same budget: beside the interval, which takes the law for true. */
export interface LawSpread {
  /** Laws whose objective lies at most this share above the fit's. */
  readonly within: number;
  readonly laws: readonly string[];
  readonly params: readonly [low: number, high: number];
  readonly loss: readonly [low: number, high: number];
}

/** What is odd about the runs, by themselves or beside the law. */
export interface DiagnosisFinding extends Omit<DataFinding, "code"> {
  readonly code: DataFinding["code"] | "outliers";
}

/** How far a fit can be trusted, and why. */
export interface Diagnosis {
  readonly format: "isoflop.diagnosis/1";
  readonly basis: {
    readonly law: string;
    readonly hash: string;
    readonly origin: string;
    readonly rows: number;
  };
  /** The data it was held against, and whether they are those of the fit. */
  readonly data: {
    readonly origin: string;
    readonly hash: string;
    readonly rows: number;
    readonly same: boolean;
  };
  readonly verdict: Verdict;
  /** null for a law that no budget can be split with. */
  readonly decision: DecisionJudgement | null;
  readonly parameters: Readonly<Record<string, ParameterJudgement>>;
  readonly nextRun: NextRun | null;
  readonly basins: BasinMap;
  /** null where there is no decision whose moves could be counted. */
  readonly sensitivity: Sensitivity | null;
  readonly spread: LawSpread | null;
  readonly findings: readonly DiagnosisFinding[];
  readonly seed: number;
}
