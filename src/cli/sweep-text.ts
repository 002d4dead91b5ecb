import { formatCount, formatDuration, formatFlops, formatGrouped, formatNumber } from "../numeric/index.ts";
import type { RunState, SweepState } from "../sweep/index.ts";
import type { Paint } from "./answer.ts";
import { columns, warned, wrap } from "./text.ts";

/** How far a sweep is, in a line or two. */
export function summaryLines(state: SweepState, paint: Paint): string[] {
  const { name, total, finished, diverged, running, failed, stopped, waiting, flops, etaSeconds } = state;
  const counts = [
    [running, "at work"],
    [waiting, "waiting"],
    [stopped, "broken off"],
    [failed, "failed"],
    [diverged, "diverged"],
  ] as const;
  const parts = [
    `${formatGrouped(finished + diverged)} of ${formatGrouped(total)} runs done`,
    ...counts.filter(([count]) => count > 0).map(([count, word]) => `${formatGrouped(count)} ${word}`),
    `${formatNumber((100 * flops.done) / flops.total, 3)} % of ${formatFlops(flops.total)} FLOPs`,
    ...(etaSeconds === null ? [] : [`about ${formatDuration(etaSeconds)} left`]),
  ];
  return wrap(`${paint.bold(name)}: ${parts.join(", ")}`, { rest: "  " });
}

/** Runs in a table, a line each. */
export function runLines(runs: readonly RunState[], paint: Paint): string[] {
  if (runs.length === 0) return [];
  const rows = runs.map(({ id, status, progress, point, tokensPerSecond }) => [
    shortened(id),
    status === "running" ? `${formatNumber(100 * progress, 2)} %` : word[status],
    point ? formatCount(point.tokens) : "–",
    point ? formatNumber(point.loss, 4) : "–",
    tokensPerSecond === null ? "–" : formatCount(tokensPerSecond),
  ]);
  return columns([["run", "", "tokens", "loss", "tokens/s"].map(paint.dim), ...rows], {
    align: ["left", "right", "right", "right", "right"],
  });
}

const word: Readonly<Record<RunState["status"], string>> = {
  waiting: "waiting",
  running: "at work",
  stopped: "broken off",
  failed: "failed",
  finished: "done",
  diverged: "diverged",
};

/** Why runs failed; of many the first few. */
export function failureLines(runs: readonly RunState[], paint: Paint): string[] {
  const failed = runs.filter(({ status }) => status === "failed");
  const shown = failed.slice(0, 5);
  return [
    ...shown.flatMap(({ id, message }) =>
      warned(`${id}: ${message ?? "it failed and didn't say why"}`, paint),
    ),
    ...(failed.length > shown.length ? [`  … and ${failed.length - shown.length} more`] : []),
  ];
}

/** A line has room for so much of an id. */
function shortened(id: string): string {
  return id.length > 34 ? `${id.slice(0, 16)}…${id.slice(-17)}` : id;
}
