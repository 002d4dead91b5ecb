import { formatCount, formatDuration, formatFlops, formatNumber } from "../../numeric/index.ts";
import type { CurvePoint, RunSpec } from "../../runs/index.ts";
import type { SweepProgress } from "../../sweep/index.ts";
import { type Paint, painter } from "../answer.ts";
import { wrap } from "../text.ts";
import type { World } from "../world.ts";
import { lossTable } from "./table.ts";

/** What a ladder says while it is trained, on stderr. */
export interface LiveLadder {
  readonly onBegin: (id: string) => void;
  readonly onPoint: (id: string, point: CurvePoint) => void;
  readonly onProgress: (progress: SweepProgress) => void;
  readonly end: () => void;
}

export interface LiveOptions {
  readonly specs: readonly RunSpec[];
  /** The exact FLOPs of each run's budget. */
  readonly budgetOf: (spec: RunSpec) => number;
  /** Seconds that each is expected to take by itself. */
  readonly runSeconds: readonly number[];
  readonly cores: number;
  /** Losses of the runs that had ended before. */
  readonly ended: ReadonlyMap<string, number>;
  readonly color: boolean;
  readonly quiet: boolean;
  readonly now?: () => number;
}

const refreshMs = 400;

/** On a terminal a table that fills and a loss that falls, drawn anew; elsewhere a line for every budget. */
export function liveLadder(
  world: World,
  { specs, budgetOf, runSeconds, cores, ended, color, quiet, now = Date.now }: LiveOptions,
): LiveLadder {
  const { write, isTerminal } = world.stderr;
  const paint = painter(world, "stderr", color);
  const losses = new Map(ended);
  const atWork = new Map<string, { progress: number; curve: CurvePoint[] }>();
  const bySpec = new Map(specs.map((spec, i) => [spec.id, { spec, seconds: runSeconds[i] }]));
  const total = runSeconds.reduce((sum, one) => sum + one, 0);
  const done = (): number =>
    specs.reduce((sum, { id }, i) => {
      const share = losses.has(id) ? 1 : (atWork.get(id)?.progress ?? 0);
      return sum + share * runSeconds[i];
    }, 0);
  const begun = { at: now(), done: done() };

  /** What is left at the pace so far; at first at the pace that was expected. */
  const secondsLeft = (): number => {
    const elapsed = (now() - begun.at) / 1000;
    const worked = done() - begun.done;
    const pace = elapsed > 5 && worked > 0.02 * total ? worked / elapsed : cores;
    return (total - done()) / pace;
  };
  const headline = (): string => {
    const left = losses.size < specs.length ? `, about ${leftText(secondsLeft())} left` : "";
    return `${losses.size} of ${specs.length} models trained${left}`;
  };

  let drawn = 0;
  const clear = (): void => {
    if (drawn > 0) write(`\x1b[${drawn}A\x1b[0J`);
    drawn = 0;
  };
  const draw = (): void => {
    clear();
    const progress = new Map([...atWork].map(([id, { progress }]) => [id, progress]));
    const lines = [
      paint.bold(headline()),
      paint.cyan(bar(done() / total)),
      "",
      ...lossTable({ specs, budgetOf, losses, progress, paint }),
      "",
      ...[...atWork].slice(0, 4).map(([id, { curve }]) => curveLine(bySpec.get(id)!.spec, curve, paint)),
    ];
    write(`${lines.join("\n")}\n`);
    drawn = lines.length;
  };
  const timer = quiet || !isTerminal ? undefined : setInterval(draw, refreshMs);
  timer?.unref();
  if (!quiet && isTerminal) write("\x1b[?25l"); // the cursor would flicker over the table

  return {
    onBegin: (id) => void atWork.set(id, { progress: 0, curve: [] }),
    onPoint(id, point) {
      const run = atWork.get(id);
      if (!run || point.split !== "validation") return;
      run.curve.push(point);
      run.progress = Math.min(1, point.tokens / bySpec.get(id)!.spec.tokens);
    },
    onProgress({ id, status, message }) {
      const last = atWork.get(id)?.curve.at(-1)?.loss;
      atWork.delete(id);
      if (status === "finished" && last !== undefined) losses.set(id, last);
      else if (status === "finished" || status === "diverged") losses.set(id, Number.NaN);
      if (quiet) return;
      if (status === "failed" || status === "diverged") {
        clear();
        write(`${wrap(`${id} ${status}${message === null ? "" : `: ${message}`}`).join("\n")}\n`);
      }
      const { spec } = bySpec.get(id)!;
      const row = specs.filter((other) => budgetOf(other) === budgetOf(spec));
      if (isTerminal || !row.every((other) => losses.has(other.id))) return;
      const best = row.reduce((x, y) => (losses.get(y.id)! < losses.get(x.id)! ? y : x));
      const size = formatCount(best.parameters.total ?? 0);
      const lowest = formatNumber(losses.get(best.id)!, 4);
      const text = `${formatFlops(budgetOf(spec))} FLOPs: ${row.length} runs, lowest loss ${lowest} at ${size} parameters; ${headline()}`;
      write(`${wrap(text, { rest: "    " }).join("\n")}\n`);
    },
    end() {
      clearInterval(timer);
      if (quiet || !isTerminal) return;
      clear();
      write("\x1b[?25h");
    },
  };
}

/** Rounded as people say it. */
function leftText(seconds: number): string {
  if (seconds < 10) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90) return `${5 * Math.round(seconds / 5)} s`;
  return formatDuration(60 * Math.round(seconds / 60));
}

const barWidth = 60;

function bar(share: number): string {
  const full = Math.floor(share * barWidth);
  return `${"█".repeat(full)}${"░".repeat(barWidth - full)} ${String(Math.floor(100 * share)).padStart(3)} %`;
}

const heights = "▁▂▃▄▅▆▇█";

/** One model at work and its loss as it falls. */
function curveLine(spec: RunSpec, curve: readonly CurvePoint[], paint: Paint): string {
  const name = `${formatCount(spec.parameters.total ?? 0)} on ${formatCount(spec.tokens)} tokens`.padEnd(24);
  if (curve.length === 0) return `  ${name} ${paint.dim("begins")}`;
  const shown = curve.slice(-32).map(({ loss }) => loss);
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  const line = shown
    .map((loss) => heights[high > low ? Math.round((7 * (loss - low)) / (high - low)) : 3])
    .join("");
  const share = Math.floor((100 * curve[curve.length - 1].tokens) / spec.tokens);
  return `  ${name} ${paint.cyan(line.padEnd(32))} ${shown[shown.length - 1].toFixed(3)} ${paint.dim(`${share} %`)}`;
}
