/** The conductor: the one place where plan, train, execute and store meet; and the sweep in a folder. */
export { type AttemptOptions, AtWorkElsewhere, folderTrainer, trainInFolder } from "./attempt.ts";
export { type ChildMessage, type ChildOptions, childTrainer, runOne } from "./child.ts";
export { type ConductOptions, conduct, type SweepOutcome, type SweepProgress } from "./conductor.ts";
export {
  type Checked,
  checkPredictions,
  type FitLadderOptions,
  fitLadder,
  type HeldOutLadder,
  type LadderFits,
  type Pinned,
  pinned,
} from "./ladder.ts";
export {
  checkRecord,
  collectRuns,
  type EndedRuns,
  endPrograms,
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
export { sweepRecordSchema } from "./schema.ts";
export { type MeasureOptions, measureRuns } from "./split.ts";
export {
  ownFlops,
  type RunFiles,
  type RunState,
  type RunStatus,
  type SweepFiles,
  type SweepState,
  stateOf,
} from "./state.ts";
export { recordTrainer } from "./trainers.ts";
