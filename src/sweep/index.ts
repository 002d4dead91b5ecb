/** The conductor: the one place where plan, train, execute and store meet; and the sweep in a folder. */
export { type AttemptOptions, AtWorkElsewhere, folderTrainer, trainInFolder } from "./attempt.ts";
export { type ChildMessage, type ChildOptions, childTrainer, runOne } from "./child.ts";
export { type ConductOptions, conduct, type SweepOutcome, type SweepProgress } from "./conductor.ts";
export {
  checkRecord,
  collectRuns,
  markCancelled,
  openSweep,
  type Reading,
  readSweep,
  readSweepFiles,
  type SweepFolder,
  type SweepRecord,
  sweepFolder,
  sweepState,
  writeSweep,
} from "./record.ts";
export {
  type FolderOutcome,
  type RunSweepOptions,
  runSweep,
  type StopReason,
  SweepHeld,
} from "./run-sweep.ts";
export {
  ownFlops,
  type RunFiles,
  type RunState,
  type RunStatus,
  type SweepFiles,
  type SweepState,
  stateOf,
} from "./state.ts";
