/** Decisions: budgets as people write them, the compute-optimal plan, predictions. */
export { bestVocabulary, depthLimit, type ShapeFinding } from "./aspect.ts";
export type { Basis, BasisNote, Extrapolation, GivenBasis, PublishedBasis } from "./basis.ts";
export { type Assumption, type Budget, type BudgetReading, parseBudget } from "./budget.ts";
export { budgetSchema, costSchema } from "./budget-schema.ts";
export { layoutPlanSchema, settingsPlanSchema, shapePlanSchema } from "./build-schema.ts";
export {
  type Candidate,
  type CandidateRanking,
  type RankedCandidate,
  rankCandidates,
} from "./candidates.ts";
export type { Cause, CauseCode } from "./causes.ts";
export { chainPredictionSchema } from "./chain-schema.ts";
export {
  type ChosenRuns,
  chooseRuns,
  type DesignAim,
  type DesignBelief,
  type DesignQuestion,
  designSpread,
} from "./choose-runs.ts";
export {
  type ConstrainedOptions,
  type ConstrainedPlan,
  type Constraints,
  type PlanPoint,
  planConstrained,
} from "./constrained.ts";
export { type Cost, type CostQuestion, costOf, type Premise } from "./cost.ts";
export {
  type DataLimitPlan,
  type DataLimitQuestion,
  planDataLimit,
} from "./data-limit.ts";
export { type DecideOptions, type Decision, decide } from "./decide.ts";
export {
  candidateRankingSchema,
  constrainedPlanSchema,
  dataLimitPlanSchema,
  flatMovesSchema,
  inferencePlanSchema,
  rivalPlansSchema,
  trainToTestPlanSchema,
} from "./decision-schema.ts";
export { compareRuns, type EfficiencyOptions } from "./efficiency.ts";
export { type ExplainedStep, planExplain } from "./explain.ts";
export { type FlatMove, type FlatOptions, movesAlongBudget } from "./flat.ts";
export type { Goals, InferenceLoad } from "./goals.ts";
export { type FamilyShape, type GridOptions, planGrid } from "./grid.ts";
export {
  type InferencePlan,
  type InferenceQuestion,
  type LifetimePoint,
  planInference,
} from "./inference.ts";
export { type Interconnect, interconnectOf } from "./interconnect.ts";
export { type LayoutPlan, type LayoutQuestion, type PlacedLayout, planLayout } from "./layout.ts";
export type { BudgetLimit } from "./limits.ts";
export {
  activationBytesPerLayer,
  type Memory,
  type MemoryOptions,
  memoryOf,
  mixedPrecisionAdam,
  type ParallelLayout,
  type StateBytes,
  stateBytes,
} from "./memory.ts";
export { type Plan, type PlanOptions, plan } from "./optimal.ts";
export { type OptimalSweepOptions, planOptimalSweep } from "./optimal-sweep.ts";
export {
  type PlacedValue,
  type Placement,
  type PlaceOptions,
  placeModels,
  type WorldPlacement,
} from "./place.ts";
export { planCsv } from "./plan-csv.ts";
export { planLatex } from "./plan-latex.ts";
export { planPython } from "./plan-python.ts";
export type { Practice } from "./practice.ts";
export { type Prediction, predict } from "./predict.ts";
export { type ChainOptions, type ChainPrediction, type ChainStep, predictChain } from "./predict-chain.ts";
export { planRatioSweep, type RatioSweepOptions } from "./ratio-sweep.ts";
export type { RepeatedPoint } from "./repetition.ts";
export { type RivalSource, rivalSources } from "./rival-sources.ts";
export { type RivalOptions, type RivalPlan, type RivalPlans, rivalPlans } from "./rivals.ts";
export type { ComparedRun, RunComparison } from "./run-comparison.ts";
export { runComparisonSchema } from "./run-comparison-schema.ts";
export { aimsOf, columnsAt, type DesignAimName, type DesignLaw, designAims, slopesAt } from "./run-design.ts";
export { checkLimits, type RefusedRun, type RunLimits, type RunPoint, refusalOf } from "./run-limits.ts";
export { planSchema, predictionSchema, sweepPlanSchema } from "./schema.ts";
export {
  type Assumed,
  decodingShare,
  devicesForLatency,
  type LatencyClass,
  latencyClasses,
  type ServedTokens,
  type Serving,
  type ServingCost,
  servingOf,
} from "./serving.ts";
export type { SettingRule, SettingsQuestion } from "./setting-rules.ts";
export { planSettings, type RuleSpread, type ScheduleChoice, type SettingsPlan } from "./settings.ts";
export { planShape, type ShapePlan, type ShapeSketch } from "./shape.ts";
export type { ShapeCounting, ShapeQuestion } from "./shape-search.ts";
export { type SolveQuestion, solveInput } from "./solve.ts";
export { type StepOptions, type StepTime, stepTime } from "./step-time.ts";
export type { SurfaceOptions } from "./surface.ts";
export { ladderBudgets, planSweep, type SweepOptions } from "./sweep.ts";
export type {
  IsoflopDesign,
  OptimalDesign,
  RatioDesign,
  SweepCentre,
  SweepDesign,
  SweepPlan,
  SweepRunOptions,
  SweepShape,
} from "./sweep-noun.ts";
export {
  distinctNames,
  feasibleCells,
  type ReadyOptions,
  type RunCell,
  readyOptions,
  sizeName,
  specsOf,
} from "./sweep-runs.ts";
export {
  planTrainToTest,
  type TrainToTestPlan,
  type TrainToTestPoint,
  type TrainToTestQuestion,
} from "./train-to-test.ts";
export { type WorldClaim, worldClaims } from "./world-claims.ts";
export { findWorldModel, type WorldModel, worldModels } from "./world-models.ts";
export { worldModelSchema, worldPlacementSchema } from "./world-schema.ts";
