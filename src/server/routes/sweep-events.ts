import { runFolder } from "../../store/index.ts";
import { type RunStatus, sweepFolder } from "../../sweep/index.ts";
import type { Route } from "../route.ts";
import type { Studio } from "../studio.ts";
import { bytesFrom } from "./sweep-runs.ts";
import { type WatchedSweep, watchedSweep } from "./sweeps.ts";

/** What is told of a sweep while it runs. */
type SweepEvent =
  | { readonly type: "state"; readonly state: WatchedSweep }
  /** New lines of a run's metrics.jsonl; `after` lines came before them. */
  | {
      readonly type: "metrics";
      readonly id: string;
      readonly after: number;
      readonly lines: readonly unknown[];
    }
  /** New text of a run's log; `after` bytes came before it. */
  | { readonly type: "log"; readonly id: string; readonly after: number; readonly text: string }
  /** The sweep's files can't be read any more; the stream ends. */
  | { readonly type: "error"; readonly what: string };

/** GET /api/sweeps/{name}/events: what happens to a sweep, as it happens. */
export const sweepEventsRoute: Route = {
  method: "get",
  path: "/api/sweeps/{name}/events",
  summary: "what happens to a sweep, as server-sent events",
  answers: {
    type: "text/event-stream",
    meaning:
      '{ type: "state", state } at first and at every change; { type: "metrics", id, after, lines } and { type: "log", id, after, text } for what runs write from now on: after says how many lines or bytes came before, so nothing is missed that was read from /metrics?after=…',
  },
  async handle({ params, request }, studio) {
    const folder = await studio.workspace.findSweep(params.name!);
    const left = AbortSignal.any([studio.closing, request.signal]);
    const encoder = new TextEncoder();
    const stop = new AbortController();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const say = (text: string): void => controller.enqueue(encoder.encode(text));
        const tell = (event: SweepEvent): void => say(`data: ${JSON.stringify(event)}\n\n`);
        say("retry: 2000\n\n");
        void follow(folder, studio, {
          tell,
          rest: () => say(": still here\n\n"),
          left: AbortSignal.any([left, stop.signal]),
        })
          .catch((error: unknown) =>
            tell({ type: "error", what: error instanceof Error ? error.message : String(error) }),
          )
          .finally(() => controller.close())
          .catch(() => {}); // the reader has left
      },
      cancel: () => stop.abort(),
    });
    return new Response(body, {
      headers: {
        "Content-Type": "text/event-stream",
        "Cache-Control": "no-store",
        "X-Accel-Buffering": "no",
      },
    });
  },
};

const restMs = 15_000;

/** Looks at the files again and again, and tells what is new, until the reader leaves. */
async function follow(
  folder: string,
  studio: Studio,
  { tell, rest, left }: { tell: (event: SweepEvent) => void; rest: () => void; left: AbortSignal },
): Promise<void> {
  const { runOf } = sweepFolder(folder);
  const tails = new Map<string, { metrics: Tail; log: Tail }>();
  let statuses = new Map<string, RunStatus>();
  let before = "";
  let lastSaid = Date.now();
  for (let first = true; !left.aborted; first = false) {
    const began = Date.now();
    const state = await watchedSweep(folder, studio);
    for (const { id, status } of state.runs) {
      // what is at work writes, and what has ended since we looked wrote its last lines; also what began since then
      const isOver = status === "finished" || status === "diverged";
      const isNews = first ? status !== "waiting" && !isOver : statuses.get(id) !== status;
      if (status !== "running" && !isNews) continue;
      const files = runFolder(runOf(id));
      const tail = tails.get(id) ?? { metrics: openTail(files.metrics), log: openTail(files.log) };
      tails.set(id, tail);
      const news = { metrics: await tail.metrics.next(), log: await tail.log.next() };
      if (left.aborted) return;
      if (first) continue; // of what was there when the reader came, only where it ends is of interest
      const { lines, linesBefore } = news.metrics;
      if (lines.length > 0) tell({ type: "metrics", id, after: linesBefore, lines: lines.map(parsedLine) });
      const { text, bytesBefore } = news.log;
      if (text !== "") tell({ type: "log", id, after: bytesBefore, text });
    }
    statuses = new Map(state.runs.map(({ id, status }) => [id, status]));
    const now = JSON.stringify(state);
    if (left.aborted) return;
    if (now !== before) tell({ type: "state", state });
    if (now !== before) lastSaid = Date.now();
    else if (Date.now() - lastSaid > restMs) {
      rest();
      lastSaid = Date.now();
    }
    before = now;
    // a sweep of thousands of runs takes a while to look at: most of the time is left to others
    await pause(Math.max(studio.pollMs, 4 * (Date.now() - began)), left);
  }
}

/** A file that grows: each call gives the whole lines, or all the text, that came since the last. */
interface Tail {
  readonly next: () => Promise<{ lines: string[]; linesBefore: number; text: string; bytesBefore: number }>;
}

function openTail(path: string): Tail {
  let bytes = 0;
  let lines = 0;
  let half = "";
  const decoder = new TextDecoder();
  return {
    async next() {
      const [bytesBefore, linesBefore] = [bytes, lines];
      const read = await bytesFrom(path, bytes);
      bytes += read?.length ?? 0;
      const text = read === null ? "" : decoder.decode(read, { stream: true });
      const parts = (half + text).split("\n");
      half = parts.pop() ?? "";
      lines += parts.length;
      return { lines: parts, linesBefore, text, bytesBefore };
    },
  };
}

/** A line as JSON, a bare NaN as null; null for what a killed writer left half written, which counts as a line too. */
function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line.replace(/(?<=:\s*)-?(NaN|Infinity)(?=\s*[,}])/g, "null"));
  } catch {
    return null;
  }
}

function pause(ms: number, left: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      left.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    left.addEventListener("abort", end);
  });
}
