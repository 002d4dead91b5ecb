import { readFileSync } from "node:fs";
import { type Run, runSchema } from "../../src/index.ts";
import type { SweepName } from "./sweeps.ts";

/** The runs that the study ships, as their run.json had them. */
export function readRuns(name: SweepName): Run[] {
  const text = readFileSync(new URL(`runs/${name}.jsonl`, import.meta.url), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => runSchema.parse(JSON.parse(line)));
}

/** Validation loss in nats per byte; NaN where the run diverged. */
export function lossOf({ losses }: Run): number {
  return losses.find(({ unit }) => unit === "nats/token")?.value ?? Number.NaN;
}

/** "c1.6e12-…" → 1.6e12 FLOPs. */
export function budgetOf({ id }: Pick<Run, "id">): number {
  return Number(/^c([\d.e]+)-/.exec(id)?.[1] ?? Number.NaN);
}

export function paramsOf({ parameters }: Run): number {
  return parameters.total!;
}

/** Runs that have the same key together, in the order of their first. */
export function groupBy<Key extends string | number>(
  runs: readonly Run[],
  keyOf: (run: Run) => Key,
): Map<Key, Run[]> {
  const groups = new Map<Key, Run[]>();
  for (const run of runs) groups.set(keyOf(run), [...(groups.get(keyOf(run)) ?? []), run]);
  return groups;
}

export function meanLoss(runs: readonly Run[]): number {
  return mean(runs.map(lossOf));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

export function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(mean(values.map((one) => one * one)));
}

/** Of ln loss, about the mean of runs that differ in their seed alone. */
export function seedSpread(groups: Iterable<readonly Run[]>): {
  readonly spread: number;
  readonly runs: number;
} {
  let squares = 0;
  let degrees = 0;
  let runs = 0;
  for (const group of groups) {
    const logs = group.map((run) => Math.log(lossOf(run)));
    if (logs.length < 2) continue;
    squares += logs.reduce((sum, one) => sum + (one - mean(logs)) ** 2, 0);
    degrees += logs.length - 1;
    runs += logs.length;
  }
  return { spread: Math.sqrt(squares / degrees), runs };
}

/** A table in Markdown; the first column to the left, the others to the right. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const rule = head.map((_, i) => (i === 0 ? "-" : "-:"));
  return [head, rule, ...rows].map((cells, i) =>
    i === 1 ? `|${cells.join("|")}|` : `| ${cells.join(" | ")} |`,
  );
}
