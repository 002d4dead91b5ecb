import type { CurvePoint, Run, RunSpec } from "../runs/index.ts";

export interface TrainOptions {
  /** Aborted: the trainer stops soon and rejects. */
  readonly signal?: AbortSignal;
  /** Called with every point of the curve as it is measured, in the order of its tokens. */
  readonly report?: (point: CurvePoint) => void;
  /** The run's own folder, where there is one: for checkpoints, and for programs that write it themselves. */
  readonly folder?: string;
  /** The folder of the run that this one branches off (`settings.branchFrom`), at `settings.branchAt` tokens. */
  readonly branchFrom?: string;
  /** Told of every program that is started for the run, so that whoever takes over can end one left behind. */
  readonly onProgram?: (pid: number) => void;
}

/**
 * What carries a run out: in this process, or by a program that writes a run folder.
 *
 * `train` resolves with the run's end, `finished` or `diverged` (a value: its losses are left out), whose id is the
 * spec's and whose `spec` is what was asked. It rejects when the spec cannot be trained, when the world failed, and
 * when it was stopped; what was then half done is a matter of the trainer's own checkpoints. The same spec gives the
 * same run, and the points that `report` heard are those of its `curve`.
 */
export interface Trainer {
  /** What a spec's `trainer` says. */
  readonly name: string;
  readonly train: (spec: RunSpec, options?: TrainOptions) => Promise<Run>;
  /** The run's result is safe: what was kept to go on with it may go. Not before, for who is killed on the way goes on from it. */
  readonly release?: (spec: RunSpec) => void;
  /** It writes the folder's metrics.jsonl itself: nobody else may. */
  readonly writesMetrics?: true;
}
