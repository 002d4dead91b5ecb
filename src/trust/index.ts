/** How far a fit can be trusted. */

export { type BasinMap, basinMap, type MappedBasin } from "./basins.ts";
export {
  type CompareOptions,
  type Comparison,
  compare,
  type HoldoutDesign,
  isPattern,
  type LawHeldOut,
  lawsFor,
  type Margin,
  type RankedLaw,
  type ResidualPattern,
} from "./compare.ts";
export { type DiagnoseOptions, type Diagnosis, diagnose, type LawSpread } from "./diagnose.ts";
export { compareFamilies, type FamilyComparison, type FamilyOptions, type FamilyTest } from "./families.ts";
export {
  type Coverage,
  type Fold,
  type HeldOut,
  type HeldOutFold,
  type HoldOutOptions,
  holdOut,
  type Rolling,
  type RollingOptions,
  rollingFolds,
  type ScaleGroup,
  splitFold,
} from "./holdout.ts";
export type { DecisionJudgement, Identified, ParameterJudgement, Reason } from "./identify.ts";
export { correctedAkaike, type Likelihood, likelihoodOf } from "./likelihood.ts";
export type { NextRun } from "./next-run.ts";
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
export { comparisonSchema, diagnosisSchema } from "./schema.ts";
export {
  type Sensitivity,
  type SensitivityKind,
  type SensitivityOptions,
  type SensitivityRow,
  sensitivity,
} from "./sensitivity.ts";
