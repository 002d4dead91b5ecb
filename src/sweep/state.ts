import type { CurvePoint, MetricLines, MetricPoint, Run, RunSpec } from "../runs/index.ts";
import type { ClaimRecord, Owner } from "../store/index.ts";
import type { SweepRecord } from "./record.ts";

/** What the files of a run said when they were read. */
export interface RunFiles {
  readonly result:
    | { readonly status: "none" }
    | { readonly status: "ended"; readonly run: Pick<Run, "status"> }
    | { readonly status: "wrong"; readonly message: string };
  readonly metrics: Pick<MetricLines, "points" | "torn">;
  /** When metrics.jsonl last changed, in milliseconds since 1970; null where nobody looked. */
  readonly changed?: number | null;
  /** The newest attempt, and whether its owner lives. */
  readonly attempt: ClaimRecord | null;
  readonly held: boolean;
}

/** What the files of a sweep said; `runs` in the order of the record's specs. */
export interface SweepFiles {
  readonly record: SweepRecord;
  readonly runs: readonly RunFiles[];
  /** Who conducts the sweep, if anybody does and lives. */
  readonly conductor: Owner | null;
  readonly cancelled: boolean;
}

/**
 * Where a run is: `waiting` was never begun, `stopped` was begun and broken off, `failed` has an error of its own; all
 * three are what a resumed sweep trains. `running` is at work now; `finished` and `diverged` have ended.
 */
export type RunStatus = "waiting" | "running" | "stopped" | "failed" | "finished" | "diverged";

/** How far one run is. */
export interface RunState {
  readonly id: string;
  readonly status: RunStatus;
  readonly attempts: number;
  /** The last point of its curve. */
  readonly point: CurvePoint | null;
  /** Of the tokens that the run itself trains on, how many it has seen: 0 to 1. */
  readonly progress: number;
  readonly tokensPerSecond: number | null;
  /** Why it failed. */
  readonly message: string | null;
  /** Lines of metrics.jsonl that could not be read. */
  readonly tornLines: number;
}

/** How far a sweep is: every run is in exactly one of the counts below `total`. */
export interface SweepState {
  readonly format: "isoflop.sweepstate/1";
  readonly name: string;
  readonly total: number;
  readonly finished: number;
  readonly diverged: number;
  readonly running: number;
  readonly stopped: number;
  readonly failed: number;
  readonly waiting: number;
  readonly conductor: Owner | null;
  readonly cancelled: boolean;
  /** By 6ND; what a run takes over from the one it branches off is counted once, there. */
  readonly flops: { readonly done: number; readonly total: number };
  /** At the speed of the runs at work now; null when none has a speed. */
  readonly etaSeconds: number | null;
  readonly runs: readonly RunState[];
}

/** A run that has come to its end, and is not trained again. */
export function hasEnded({ status }: Run): boolean {
  return status !== "unfinished";
}

/** How far a sweep is, from what its files said: the same files, the same state. */
export function stateOf({ record, runs: files, conductor, cancelled }: SweepFiles): SweepState {
  const { specs, name } = record;
  const runs = specs.map((spec, i) => runState(spec, files[i]));
  const count = (wanted: RunStatus): number => runs.filter(({ status }) => status === wanted).length;
  const total = specs.reduce((sum, spec) => sum + ownFlops(spec), 0);
  const done = specs.reduce((sum, spec, i) => sum + ownFlops(spec) * runs[i].progress, 0);
  const speeds = runs.flatMap(({ status, tokensPerSecond }, i) =>
    status === "running" && tokensPerSecond !== null
      ? [(tokensPerSecond * ownFlops(specs[i])) / ownTokens(specs[i])]
      : [],
  );
  // those that have just begun will be about as fast as the others
  const speed = (count("running") * speeds.reduce((sum, speed) => sum + speed, 0)) / speeds.length;
  return {
    format: "isoflop.sweepstate/1",
    name,
    total: specs.length,
    finished: count("finished"),
    diverged: count("diverged"),
    running: count("running"),
    stopped: count("stopped"),
    failed: count("failed"),
    waiting: count("waiting"),
    conductor,
    cancelled,
    flops: { done, total },
    etaSeconds: speed > 0 ? (total - done) / speed : null,
    runs,
  };
}

function runState(spec: RunSpec, { result, metrics, changed = null, attempt, held }: RunFiles): RunState {
  const { points, torn } = metrics;
  const last = points.at(-1);
  const status = statusOf(result, attempt, held);
  const ended = status === "finished" || status === "diverged";
  const message =
    result.status === "wrong"
      ? result.message
      : status === "failed"
        ? (attempt?.ended?.message ?? null)
        : null;
  const before = spec.tokens - ownTokens(spec);
  const seen = last === undefined ? 0 : (last.tokens - before) / ownTokens(spec);
  return {
    id: spec.id,
    status,
    attempts: attempt?.number ?? 0,
    point: last ? { step: last.step, tokens: last.tokens, loss: last.loss, split: last.split } : null,
    progress: ended ? 1 : Math.min(1, Math.max(0, seen)),
    tokensPerSecond: speedOf(points) ?? speedByFiles(points, changed, attempt, before),
    message,
    tornLines: torn,
  };
}

function statusOf(result: RunFiles["result"], attempt: ClaimRecord | null, held: boolean): RunStatus {
  if (result.status === "ended") return result.run.status === "diverged" ? "diverged" : "finished";
  if (held) return "running";
  if (result.status === "wrong" || attempt?.ended?.status === "failed") return "failed";
  return attempt === null ? "waiting" : "stopped";
}

/**
 * Tokens a second over the later half of the last attempt, whose seconds began at 0 again: what went before may be a
 * curve told once more by a trainer that goes on from a checkpoint.
 */
function speedOf(points: readonly MetricPoint[]): number | null {
  const timed = points.filter((point): point is MetricPoint & { seconds: number } => point.seconds !== null);
  let first = timed.length - 1;
  while (first > 0 && timed[first - 1].seconds <= timed[first].seconds) first--;
  const to = timed.at(-1);
  const from = timed.slice(Math.max(0, first)).findLast(({ seconds }) => seconds <= to!.seconds / 2);
  if (to === undefined || from === undefined || to.seconds <= from.seconds) return null;
  return (to.tokens - from.tokens) / (to.seconds - from.seconds);
}

/** Of a program that says no seconds: over its whole first attempt, from its claim to the last change of its file. */
function speedByFiles(
  points: readonly MetricPoint[],
  changed: number | null,
  attempt: ClaimRecord | null,
  before: number,
): number | null {
  const last = points.at(-1);
  // where a later attempt began nobody has said
  if (last === undefined || last.seconds !== null || changed === null || attempt?.number !== 1) return null;
  const seconds = (changed - attempt.owner.since) / 1000;
  return seconds > 0 && last.tokens > before ? (last.tokens - before) / seconds : null;
}

/** The tokens that a run trains on itself: a branch begins where its trunk was. */
function ownTokens({ tokens, settings }: RunSpec): number {
  const { branchFrom, branchAt } = settings;
  return typeof branchFrom === "string" && typeof branchAt === "number" ? tokens - branchAt : tokens;
}

/** 6·N·D, N the active parameters, of the tokens that a run trains on itself; 6·D where nobody knows them. */
export function ownFlops(spec: RunSpec): number {
  const { total, active, nonEmbedding, unstated } = spec.parameters;
  return 6 * (active ?? total ?? nonEmbedding ?? unstated ?? 1) * ownTokens(spec);
}
