import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** How a machine's cores are shared out: so many processes at once, each with so many threads. */
export interface Split {
  readonly processes: number;
  readonly threads: number;
}

/** A split, and what was measured to find it: work done in a second, by all processes together. */
export interface MeasuredSplit extends Split {
  readonly tried: readonly (Split & { readonly perSecond: number })[];
}

export interface SplitOptions {
  readonly cores: number;
  /** The work has threads of its own; without them a process is a core. */
  readonly threads?: boolean;
  /** Fewer processes are taken when they get no less done than this share below the best: they need less memory. */
  readonly margin?: number;
  /** Where the answer is kept; its name should say the machine and what was measured. Nothing is kept without it. */
  readonly file?: string;
}

/**
 * The split of a machine's cores that gets the most work done in a second, by measuring: from a process a core down
 * to one, halving, as long as fewer don't get clearly less done.
 *
 * Cores share caches, memory and, as the two threads of one core, even arithmetic, so neither "one a core" nor "all
 * for one" is always right.
 *
 * @param measure does some work in so many processes at once and says how much was done in a second
 * @example
 * await bestSplit(async ({ processes }) => Math.min(processes, 4), { cores: 8 }); // { processes: 4, threads: 1, … }
 */
export async function bestSplit(
  measure: (split: Split) => Promise<number>,
  { cores, threads = false, margin = 0.05, file }: SplitOptions,
): Promise<MeasuredSplit> {
  if (!Number.isInteger(cores) || cores < 1)
    throw new Error(`cannot share out cores: expected 1 at least, got ${cores}`);
  const kept = file === undefined ? null : readSplit(file);
  if (kept !== null) return kept;
  const tried: (Split & { perSecond: number })[] = [];
  let best = 0;
  for (let processes = cores; processes >= 1; processes = Math.floor(processes / 2)) {
    const split = { processes, threads: threads ? Math.floor(cores / processes) : 1 };
    const perSecond = cores === 1 ? 1 : await measure(split); // there is nothing to choose
    tried.push({ ...split, perSecond });
    best = Math.max(best, perSecond);
    if (perSecond < (1 - 2 * margin) * best) break;
  }
  const chosen = tried.findLast(({ perSecond }) => perSecond >= (1 - margin) * best)!;
  const found = { processes: chosen.processes, threads: chosen.threads, tried };
  if (file !== undefined) keep(file, found);
  return found;
}

function readSplit(file: string): MeasuredSplit | null {
  try {
    const { processes, threads, tried } = JSON.parse(readFileSync(file, "utf8")) as MeasuredSplit;
    return processes >= 1 && threads >= 1 && Array.isArray(tried) ? { processes, threads, tried } : null;
  } catch {
    return null;
  }
}

/** What can be measured again is not worth failing for. */
function keep(file: string, split: MeasuredSplit): void {
  const temporary = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(temporary, `${JSON.stringify(split)}\n`);
    renameSync(temporary, file);
  } catch {}
}
