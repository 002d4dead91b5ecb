export {
  attempt,
  checkTasks,
  type Executor,
  type Progress,
  type RunOptions,
  type Task,
  type TaskResult,
} from "./executor.ts";
export { inlineExecutor } from "./inline.ts";
export { type LocalOptions, localExecutor } from "./local.ts";
export { bestSplit, type MeasuredSplit, type Split, type SplitOptions } from "./split.ts";
