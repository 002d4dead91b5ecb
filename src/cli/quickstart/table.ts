import { formatCount, formatFlops } from "../../numeric/index.ts";
import type { RunSpec } from "../../runs/index.ts";
import type { Paint } from "../answer.ts";

export interface LossTable {
  readonly specs: readonly RunSpec[];
  readonly budgetOf: (spec: RunSpec) => number;
  /** Of the runs that have ended; NaN where one diverged. */
  readonly losses: ReadonlyMap<string, number>;
  /** Of the runs at work, 0 to 1. */
  readonly progress?: ReadonlyMap<string, number>;
  readonly paint: Paint;
}

/** A budget a line, a size a column, and the loss (the mean of the seeds) where they meet; the lowest is marked. */
export function lossTable({ specs, budgetOf, losses, progress = new Map(), paint }: LossTable): string[] {
  const sizes = ascending(specs.map(({ parameters }) => parameters.total ?? 0));
  const budgets = ascending(specs.map(budgetOf));
  const wide = Math.min(7, Math.floor(71 / sizes.length)); // with the mark and a space: fourteen fit in 80 columns
  const cell = (text: string): string => text.padStart(wide);
  const head = `${"FLOPs".padStart(8)} ${sizes.map((size) => cell(formatCount(size, 2))).join("")}`;
  const lines = budgets.map((budget) => {
    const row = sizes.map((size) => {
      const runs = specs.filter((spec) => budgetOf(spec) === budget && (spec.parameters.total ?? 0) === size);
      const ended = runs.flatMap(({ id }) => losses.get(id) ?? []);
      const share = runs.reduce((sum, { id }) => sum + (losses.has(id) ? 1 : (progress.get(id) ?? 0)), 0);
      return {
        mean: runs.length > 0 && ended.length === runs.length ? mean(ended) : null,
        working: runs.some(({ id }) => progress.has(id)),
        share: share / Math.max(1, runs.length),
        empty: runs.length === 0,
      };
    });
    const lowest = Math.min(
      ...row.flatMap(({ mean }) => (mean === null || Number.isNaN(mean) ? [] : [mean])),
    );
    const complete = row.every(({ mean, empty }) => empty || mean !== null);
    const cells = row.map(({ mean, working, share, empty }) => {
      if (empty) return cell("");
      if (mean === null) return paint.dim(cell(working ? `${Math.floor(100 * share)}%` : "·"));
      if (Number.isNaN(mean)) return paint.yellow(cell("div."));
      return complete && mean === lowest ? paint.green(cell(`*${mean.toFixed(2)}`)) : cell(mean.toFixed(2));
    });
    return `${formatFlops(budget, 3).padStart(8)} ${cells.join("")}`.trimEnd();
  });
  return [paint.dim(head.trimEnd()), ...lines];
}

const ascending = (values: readonly number[]): number[] => [...new Set(values)].sort((x, y) => x - y);
const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
