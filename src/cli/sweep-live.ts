import type { MeasuredSplit } from "../execute/index.ts";
import { formatNumber } from "../numeric/index.ts";
import type { CurvePoint, MetricPoint } from "../runs/index.ts";
import { type RunFiles, type SweepFiles, type SweepProgress, stateOf } from "../sweep/index.ts";
import { painter } from "./answer.ts";
import { runLines, summaryLines } from "./sweep-text.ts";
import { wrap } from "./text.ts";
import type { World } from "./world.ts";

/** What a sweep says while it runs, on stderr. */
export interface Live {
  readonly onBegin: (id: string) => void;
  readonly onPoint: (id: string, point: CurvePoint) => void;
  readonly onProgress: (progress: SweepProgress) => void;
  readonly onSplit: (split: MeasuredSplit) => void;
  /** Leaves the terminal as it should be left. */
  readonly end: () => void;
}

const shownAtOnce = 8;
const plainEveryMs = 30_000;

/** Of an attempt that we saw ourselves, only the end is of interest. */
const firstAttempt = { number: 1, owner: { machine: "", pid: 0, start: "", since: 0 }, heartbeat: 0 };

/**
 * Shows a sweep as it runs: on a terminal a picture that is drawn anew, elsewhere a line for every end.
 *
 * It is the state that `status` reads from the files, kept up to date by what the conductor says.
 */
export function liveSweep(
  world: World,
  files: SweepFiles,
  { color, quiet, now = Date.now }: { color: boolean; quiet: boolean; now?: () => number },
): Live {
  const { write, isTerminal } = world.stderr;
  const paint = painter(world, "stderr", color);
  const runs = new Map<string, RunFiles>(files.record.specs.map(({ id }, i) => [id, files.runs[i]]));
  const begun = new Map<string, number>();
  /** The points of the runs at work, which grow: a program may say a hundred thousand. */
  const heard = new Map<string, MetricPoint[]>();
  const state = (): ReturnType<typeof stateOf> => stateOf({ ...files, runs: [...runs.values()] });

  let drawn = 0;
  const clear = (): void => {
    if (drawn > 0) write(`\x1b[${drawn}A\x1b[0J`);
    drawn = 0;
  };
  const draw = (): void => {
    clear();
    const now = state();
    const atWork = now.runs.filter(({ status }) => status === "running");
    const lines = [...summaryLines(now, paint), ...runLines(atWork.slice(0, shownAtOnce), paint)];
    write(`${lines.join("\n")}\n`);
    drawn = lines.length;
  };
  const say = (text: string): void => {
    const lines = wrap(text, { rest: "    " });
    if (isTerminal) clear();
    write(`${lines.join("\n")}\n`);
    if (isTerminal) draw();
  };
  const timer = quiet
    ? undefined
    : setInterval(
        isTerminal ? draw : () => write(`${summaryLines(state(), paint).join("\n")}\n`),
        isTerminal ? 500 : plainEveryMs,
      );
  timer?.unref();
  if (!quiet && isTerminal) write("\x1b[?25l"); // the cursor would flicker over the picture

  return {
    onBegin(id) {
      const before = runs.get(id)!;
      begun.set(id, now());
      const points = [...before.metrics.points];
      heard.set(id, points);
      const metrics = { ...before.metrics, points };
      runs.set(id, { ...before, metrics, held: true, result: { status: "none" } });
    },
    onPoint(id, point) {
      const seconds = (now() - (begun.get(id) ?? now())) / 1000;
      heard.get(id)?.push({ ...point, seconds });
    },
    onProgress({ id, status, message, ended, total }) {
      const before = runs.get(id)!;
      const isEnd = status === "finished" || status === "diverged";
      runs.set(id, {
        ...before,
        held: false,
        result: isEnd ? { status: "ended", run: { status } } : before.result,
        attempt: { ...(before.attempt ?? firstAttempt), ended: { status, message } },
      });
      if (quiet || status === "cancelled") return;
      const loss = before.metrics.points.filter(({ split }) => split === "validation").at(-1)?.loss;
      const end = loss !== undefined && status === "finished" ? `, loss ${formatNumber(loss, 4)}` : "";
      const width = String(total).length;
      say(
        `${String(ended).padStart(width)}/${total} ${id} ${status}${end}${message === null ? "" : `: ${message}`}`,
      );
    },
    onSplit({ processes, tried }) {
      if (quiet) return;
      const one = tried.find((split) => split.processes === 1);
      const many = tried.find((split) => split.processes === processes);
      const gain =
        processes > 1 && one && many
          ? `, which get ${formatNumber(many.perSecond / one.perSecond, 3)} times as much done as one`
          : "";
      say(`${processes} ${processes === 1 ? "run" : "runs"} at once${gain} (measured)`);
    },
    end() {
      clearInterval(timer);
      if (quiet || !isTerminal) return;
      clear();
      write("\x1b[?25h");
    },
  };
}
