/** Decisions: budgets as people write them, the compute-optimal plan, predictions. */
export type { Basis, BasisNote, Extrapolation, GivenBasis, PublishedBasis } from "./basis.ts";
export { type Budget, parseBudget } from "./budget.ts";
export { type FamilyShape, type GridOptions, planGrid } from "./grid.ts";
export { type Plan, type PlanOptions, plan } from "./optimal.ts";
export { type Prediction, predict } from "./predict.ts";
export { budgetSchema, planSchema, predictionSchema, sweepPlanSchema } from "./schema.ts";
export { type SolveQuestion, solveInput } from "./solve.ts";
export {
  planSweep,
  type SweepCentre,
  type SweepDesign,
  type SweepOptions,
  type SweepPlan,
} from "./sweep.ts";
