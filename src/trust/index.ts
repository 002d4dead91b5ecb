/** How far a fit can be trusted. */

export { type BasinMap, basinMap, type MappedBasin } from "./basins.ts";
export type { SensitivityKind } from "./choices/choice.ts";
export { type CompareOptions, compare } from "./compare.ts";
export type { Comparison, HoldoutDesign, LawHeldOut, LeftOut, RankedLaw } from "./comparison.ts";
export { lawsFor } from "./contestants.ts";
export type { Coverage } from "./coverage.ts";
export { type DiagnoseOptions, diagnose } from "./diagnose.ts";
export type { Diagnosis, DiagnosisFinding, LawSpread } from "./diagnosis.ts";
export { compareFamilies, type FamilyComparison, type FamilyOptions, type FamilyTest } from "./families.ts";
export {
  type Fold,
  type Rolling,
  type RollingOptions,
  rollingFolds,
  type ScaleGroup,
  splitFold,
} from "./folds.ts";
export { type HeldOut, type HeldOutFold, type HoldOutOptions, holdOut } from "./holdout.ts";
export type { DecisionJudgement, Identified, ParameterJudgement, Reason } from "./judgement.ts";
export { correctedAkaike, type Likelihood, likelihoodOf } from "./likelihood.ts";
export type { Margin } from "./margin.ts";
export type { NextRun } from "./next-run.ts";
export { type NextRunsOptions, nextRuns } from "./next-runs.ts";
export type { DesignedRun, KnownTo, NextRuns, NextRunsStep, SimulatedRuns } from "./next-runs-noun.ts";
export { nextRunsSchema } from "./next-runs-schema.ts";
export {
  borrow,
  type LargestModel,
  modelsNeeded,
  modelsOf,
  type PracticeOptions,
  predictLargest,
  type SizedModel,
} from "./practices.ts";
export type { Question, QuestionOptions } from "./reopen.ts";
export { isPattern, type ResidualPattern } from "./residual-patterns.ts";
export { comparisonSchema, diagnosisSchema } from "./schema.ts";
export {
  type Sensitivity,
  type SensitivityOptions,
  type SensitivityRow,
  sensitivity,
} from "./sensitivity.ts";
