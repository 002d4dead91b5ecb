/** Runs: what was asked for, what happened, and both as columns of quantities that a law can meet. */

export { chooseRows, type RowChoice } from "./choose-rows.ts";
export { type DecimalMark, isNumberLike, marksIn, settleMarks, withPoint } from "./commas.ts";
export { type CurveOptions, isOfCurve } from "./curves.ts";
export type { DataFinding } from "./data-findings.ts";
export { type DropStart, dropStart } from "./drop-start.ts";
export { canonicalText, contentHash, hashColumns } from "./hash.ts";
export { type MetricLines, type MetricPoint, metricLine, readMetricLines } from "./metric-lines.ts";
export {
  type ColumnMapping,
  type Observations,
  type ObserveOptions,
  observe,
  type SkippedRow,
  type Wanted,
} from "./observe.ts";
export { type OtherColumn, otherColumns } from "./other-columns.ts";
export { reviewData } from "./review.ts";
export {
  type CurvePoint,
  checkRun,
  type Finding,
  type JsonValue,
  type Loss,
  type ParameterCounts,
  type Run,
  type RunSpec,
} from "./run.ts";
export { tableOfRuns } from "./run-table.ts";
export { runSchema, runSpecSchema } from "./schema.ts";
export { type Condition, dropHighest, parseFilter, type Selection, where } from "./select.ts";
export {
  type Cell,
  type Column,
  columnOf,
  plainNumber,
  rowName,
  type Table,
  tableOf,
  takeRows,
} from "./table.ts";
export { takeObservations } from "./take-observations.ts";
export { weightsOf } from "./weights.ts";
