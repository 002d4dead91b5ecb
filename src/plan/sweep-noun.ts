import type { ParameterConvention } from "../models/index.ts";
import type { JsonValue, RunSpec } from "../runs/index.ts";
import type { BasisNote } from "./basis.ts";
import type { DesignAimName } from "./run-design.ts";
import type { RefusedRun, RunLimits } from "./run-limits.ts";
import type { ShapeQuestion } from "./shape-search.ts";

/** Around which size a budget's models lie. */
export type SweepCentre =
  | { readonly rule: "tokensPerParam"; readonly tokensPerParam: number }
  | {
      readonly rule: "optimum";
      readonly basis: BasisNote;
      /** Inputs of the law that the budget does not set, as they were given. */
      readonly held: Readonly<Record<string, number>>;
    };

/** Shapes to be planned for the sizes, as {@link planShape} takes them. */
export type SweepShape = Omit<ShapeQuestion, "params" | "counting" | "tokens" | "interval">;

/** What every design says: enough to make it again. */
interface AnyDesign {
  readonly seeds: readonly number[];
  readonly trainer: string;
  /** Which parameters the sizes count. */
  readonly convention: ParameterConvention;
  readonly batchTokens: number | null;
  readonly learningRate: number | null;
  readonly settings: Readonly<Record<string, JsonValue>>;
  /** The budget that the sweep is to plan for, in FLOPs; null where nobody said. */
  readonly target: number | null;
  readonly limits: RunLimits;
  readonly shape: SweepShape | null;
}

/** A row of sizes for each budget. */
export interface IsoflopDesign extends AnyDesign {
  readonly kind: "isoflop";
  /** In FLOPs, in the 6ND convention. */
  readonly budgets: readonly number[];
  readonly sizesPerBudget: number;
  readonly centre: SweepCentre;
  /** The smallest size is centre / spread and the largest centre · spread. */
  readonly spread: number;
}

/** Every size on every number of tokens per parameter. */
export interface RatioDesign extends AnyDesign {
  readonly kind: "ratios";
  readonly sizes: readonly number[];
  readonly ratios: readonly number[];
}

/** Runs that were chosen for what they tell. */
export interface OptimalDesign extends AnyDesign {
  readonly kind: "optimal";
  readonly aim: DesignAimName;
  /** What was believed of the law: the runs are best where that is true. */
  readonly beliefs: readonly BasisNote[];
  readonly held: Readonly<Record<string, number>>;
  /** The standard deviation of ln loss from run to run that was reckoned with. */
  readonly noise: number;
  readonly candidates: number;
  /** The standard deviation, in ln, that the runs should leave of what is aimed at; of the usual isoFLOP grid beside it, null where limits cut that. */
  readonly expected: { readonly sd: number; readonly isoflop: number | null };
}

/** What a sweep was designed from. */
export type SweepDesign = IsoflopDesign | RatioDesign | OptimalDesign;

/** Runs to train. */
export interface SweepPlan<Design extends SweepDesign = SweepDesign> {
  readonly format: "isoflop.sweep/1";
  readonly design: Design;
  /** By budget (or size), then size (or tokens), then seed; each from the smallest, seeds as they were given. */
  readonly specs: readonly RunSpec[];
  readonly runs: number;
  /** Of all runs together: Σ 6ND, or what the basis says that a token costs. */
  readonly flops: number;
  /** Cells of the design that cannot be run. */
  readonly refused: readonly RefusedRun[];
}

/** How the runs of any design are made. */
export interface SweepRunOptions {
  readonly seeds?: readonly number[];
  readonly trainer?: string;
  readonly batchTokens?: number | null;
  readonly learningRate?: number | null;
  /** For the trainer, the same in every run. */
  readonly settings?: Readonly<Record<string, JsonValue>>;
  /** Cells that don't keep to them are left out, with the reason. */
  readonly limits?: RunLimits;
  /** Shapes for the sizes; none unless given. The runs then have the shape's own number of parameters. */
  readonly shape?: SweepShape | null;
  /** The budget that the sweep is to plan for: the whole sweep then takes `share` of it. */
  readonly target?: number | null;
  /** Default a hundredth. */
  readonly share?: number;
}
