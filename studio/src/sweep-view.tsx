import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { formatCount, formatDuration, formatFlops, formatNumber } from "isoflop/numeric";
import { readMetricLines } from "isoflop/runs";
import type { RunState } from "isoflop/sweep";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { CurvesView } from "./curves-view.tsx";
import type { Curve } from "./engine/messages.ts";
import { openSweepRuns } from "./open.ts";
import { Button, Empty, Icon, ProgressBar, Trouble } from "./parts.tsx";
import {
  followSweep,
  getLog,
  getMetrics,
  getSweep,
  getSweepSizes,
  orderSweep,
  type SweepOrder,
  type WatchedSweep,
} from "./server.ts";
import { say } from "./store.ts";
import { useWindowHeight } from "./window-height.ts";

const noSizes: ReadonlyMap<string, number> = new Map();

const looks: Readonly<Record<RunState["status"], string>> = {
  waiting: "text-muted",
  running: "text-accent",
  stopped: "text-warn",
  failed: "text-bad",
  finished: "text-good",
  diverged: "text-bad",
};

/** A sweep as it goes: how far, how long yet, every curve, and what went wrong with those that failed. */
export function SweepView({ name }: { name: string }) {
  const client = useQueryClient();
  const key = useMemo(() => ["sweep", name], [name]);
  const [live, setLive] = useState(false);
  const { data, error, isPending } = useQuery({
    queryKey: key,
    queryFn: () => getSweep(name),
    // where events don't come through, it is asked now and then
    refetchInterval: live ? false : 3000,
    retry: 1,
  });
  const { data: sizes = noSizes } = useQuery({
    queryKey: ["sizes", name],
    queryFn: () => getSweepSizes(name),
    staleTime: Number.POSITIVE_INFINITY,
    retry: 0,
  });
  const texts = useMetrics(name, data ?? null, sizes);
  const [chosen, setChosen] = useState<string | null>(null);
  const height = useWindowHeight((pixels) => Math.max(320, pixels - (chosen === null ? 240 : 480)));
  useEffect(
    () =>
      followSweep(
        name,
        (event) => {
          if (event.type === "state") client.setQueryData(key, event.state);
          if (event.type === "metrics") texts.add(event.id, event.after, event.lines);
        },
        setLive,
      ),
    [name, key, client, texts.add],
  );
  const order = useMutation({
    mutationFn: (what: SweepOrder) => orderSweep(name, what),
    onError: (problem) => say(problem.message, "failed"),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });

  if (error && !data)
    return (
      <div className="p-4">
        <Trouble title={`The sweep ${name} cannot be read`} text={error.message} />
      </div>
    );
  if (isPending || !data)
    return (
      <div className="space-y-3 p-4" aria-busy="true">
        <div className="skeleton h-24" />
        <div className="skeleton h-80" />
      </div>
    );
  const ended = data.finished + data.diverged;
  const share = data.flops.total > 0 ? data.flops.done / data.flops.total : 0;
  const atWork = data.conductor !== null || data.conductedHere;
  const run = data.runs.find(({ id }) => id === chosen) ?? null;
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-auto lg:overflow-hidden" data-testid="sweep">
      <header className="border-b border-line bg-surface px-4 py-3">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <h2 className="text-[16px] font-semibold">{data.name}</h2>
          <StatusWord state={data} atWork={atWork} live={live} />
          <div className="ml-auto flex flex-wrap gap-2">
            {data.conductedHere ? (
              <Button icon="pause" disabled={order.isPending} onClick={() => order.mutate("pause")}>
                Pause
              </Button>
            ) : ended < data.total && !atWork ? (
              <Button
                icon="play"
                look="strong"
                disabled={order.isPending}
                onClick={() =>
                  order.mutate(data.cancelled || data.stopped + data.failed + ended > 0 ? "resume" : "run")
                }
              >
                {data.stopped + data.failed + ended > 0 || data.cancelled ? "Resume" : "Run"}
              </Button>
            ) : null}
            {atWork && (
              <Button icon="stop" disabled={order.isPending} onClick={() => order.mutate("cancel")}>
                Cancel
              </Button>
            )}
            <Button icon="fit" disabled={data.finished < 3} onClick={() => void openSweepRuns(name)}>
              Fit the {data.finished} finished runs
            </Button>
          </div>
        </div>
        <div className="mt-3">
          <ProgressBar share={share} label="The sweep's progress" />
        </div>
        <dl className="mt-2.5 flex flex-wrap gap-x-6 gap-y-1">
          <Fact name="finished" text={`${ended} of ${data.total}`} id="finished" />
          {data.running > 0 && <Fact name="running" text={String(data.running)} />}
          {data.waiting > 0 && <Fact name="waiting" text={String(data.waiting)} />}
          {data.stopped > 0 && <Fact name="stopped" text={String(data.stopped)} look="text-warn" />}
          {data.failed > 0 && <Fact name="failed" text={String(data.failed)} look="text-bad" />}
          {data.diverged > 0 && <Fact name="diverged" text={String(data.diverged)} look="text-bad" />}
          <Fact
            name="compute"
            text={`${formatFlops(data.flops.done, 2)} of ${formatFlops(data.flops.total, 2)} FLOPs`}
          />
          <Fact name="time left" text={data.etaSeconds === null ? "–" : formatDuration(data.etaSeconds)} />
        </dl>
        {data.lastCall?.problem && <p className="mt-2 text-bad">{data.lastCall.problem}</p>}
      </header>
      <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
        <div className="min-w-0 flex-1 overflow-auto border-line bg-surface p-3 lg:border-r">
          {texts.curves.length > 0 ? (
            <CurvesView curves={texts.curves} height={height} lit={chosen} />
          ) : (
            <div className="h-96">
              <Empty icon="sweep" title="No curves yet">
                They appear as soon as the first run writes its losses.
              </Empty>
            </div>
          )}
          {run && <RunPanel sweep={name} run={run} onClose={() => setChosen(null)} />}
        </div>
        <RunList runs={data.runs} chosen={chosen} onChoose={setChosen} />
      </div>
    </div>
  );
}

function Fact({ name, text, look = "", id }: { name: string; text: string; look?: string; id?: string }) {
  return (
    <div className="flex gap-1.5">
      <dt className="text-muted">{name}</dt>
      <dd className={`font-semibold ${look}`} data-fact={id}>
        {text}
      </dd>
    </div>
  );
}

function StatusWord({ state, atWork, live }: { state: WatchedSweep; atWork: boolean; live: boolean }) {
  const done = state.finished + state.diverged === state.total;
  const [word, look] = done
    ? ["done", "text-good"]
    : state.cancelled
      ? ["cancelled", "text-warn"]
      : atWork
        ? [state.conductedHere ? "running here" : "running elsewhere", "text-accent"]
        : state.finished + state.stopped + state.failed > 0
          ? ["paused", "text-warn"]
          : ["not begun", "text-muted"];
  return (
    <span
      className={`inline-flex items-center gap-1.5 font-medium ${look}`}
      data-testid="sweep-status"
      aria-live="polite"
    >
      <span className={`size-2 rounded-full bg-current ${atWork && live ? "animate-pulse" : ""}`} />
      {word}
    </span>
  );
}

function RunList({
  runs,
  chosen,
  onChoose,
}: {
  runs: readonly RunState[];
  chosen: string | null;
  onChoose: (id: string | null) => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  // what needs somebody first
  const ordered = useMemo(() => {
    const order: readonly RunState["status"][] = [
      "failed",
      "diverged",
      "running",
      "stopped",
      "finished",
      "waiting",
    ];
    return [...runs].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  }, [runs]);
  const virtual = useVirtualizer({
    count: ordered.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 46,
    overscan: 10,
  });
  return (
    <div ref={scroller} className="h-96 shrink-0 overflow-auto bg-surface lg:h-auto lg:w-[340px]">
      <ul className="relative" aria-label="Runs of the sweep" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const run = ordered[index]!;
          return (
            <li
              key={run.id}
              className="absolute inset-x-0"
              style={{ transform: `translateY(${start}px)`, height: 46 }}
            >
              <button
                type="button"
                aria-pressed={run.id === chosen}
                className={`flex h-full w-full cursor-pointer flex-col justify-center gap-1 border-b border-line/60 px-3 text-left hover:bg-ground ${run.id === chosen ? "bg-accent-soft" : ""}`}
                onClick={() => onChoose(run.id === chosen ? null : run.id)}
              >
                <span className="flex w-full items-center justify-between gap-3">
                  <span className="truncate font-mono text-xs">{run.id}</span>
                  <span className={`text-xs font-medium ${looks[run.status]}`}>{run.status}</span>
                </span>
                {run.status === "running" || run.status === "stopped" ? (
                  <span className="block w-full">
                    <ProgressBar share={run.progress} label={`Progress of ${run.id}`} />
                  </span>
                ) : (
                  <span className="truncate text-xs text-muted">
                    {run.message ??
                      (run.point
                        ? `loss ${formatNumber(run.point.loss, 4)} at ${formatCount(run.point.tokens, 2)} tokens`
                        : " ")}
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function RunPanel({ sweep, run, onClose }: { sweep: string; run: RunState; onClose: () => void }) {
  const { data, error } = useQuery({
    queryKey: ["log", sweep, run.id],
    queryFn: () => getLog(sweep, run.id),
    refetchInterval: run.status === "running" ? 1500 : false,
    retry: 0,
  });
  const end = useRef<HTMLPreElement>(null);
  // what was printed last is what one looks for
  useEffect(() => {
    if (data !== undefined && end.current) end.current.scrollTop = end.current.scrollHeight;
  }, [data]);
  return (
    <section aria-label={`Run ${run.id}`} className="mt-3 rounded-lg border border-line">
      <div className="flex items-center justify-between border-b border-line px-3 py-1.5">
        <p>
          <span className="font-mono text-xs font-semibold">{run.id}</span>{" "}
          <span className={looks[run.status]}>{run.status}</span>
          {run.attempts > 1 && <span className="text-muted">, attempt {run.attempts}</span>}
          {run.tokensPerSecond !== null && (
            <span className="text-muted">, {formatCount(run.tokensPerSecond, 2)} tokens a second</span>
          )}
        </p>
        <Button look="quiet" icon="close" aria-label="Close" onClick={onClose} />
      </div>
      {run.message !== null && (
        <p className="flex items-center gap-2 px-3 pt-2 text-bad">
          <Icon name="warn" /> {run.message}
        </p>
      )}
      <pre
        ref={end}
        tabIndex={0}
        aria-label="Log"
        className="max-h-64 overflow-auto p-3 font-mono text-xs whitespace-pre-wrap text-muted"
      >
        {error
          ? error.message
          : data === undefined
            ? "…"
            : data.trim() === ""
              ? "The trainer printed nothing."
              : data}
      </pre>
    </section>
  );
}

interface Metrics {
  readonly curves: readonly Curve[];
  /** New lines of a run, and how many came before them. */
  readonly add: (id: string, after: number, lines: readonly unknown[]) => void;
}

/** The curves of a sweep's runs: read once, and added to while they go. */
function useMetrics(name: string, state: WatchedSweep | null, sizes: ReadonlyMap<string, number>): Metrics {
  const [lines, setLines] = useState<ReadonlyMap<string, readonly string[]>>(new Map());
  const asked = useRef(new Set<string>());
  const begun = (state?.runs ?? []).filter(({ point }) => point !== null).map(({ id }) => id);
  const signature = begun.join("\n");
  useEffect(() => {
    const missing = signature.split("\n").filter((id) => id !== "" && !asked.current.has(id));
    for (const id of missing) asked.current.add(id);
    // a few at a time: a browser opens six connections to a host, and one of them waits for events
    const lane = async (): Promise<void> => {
      for (let id = missing.shift(); id !== undefined; id = missing.shift()) {
        const run = id;
        const text = await getMetrics(name, run).catch(() => "");
        const own = text.split("\n").filter(Boolean);
        setLines((was) => ((was.get(run)?.length ?? 0) > own.length ? was : new Map(was).set(run, own)));
      }
    };
    void Promise.all([lane(), lane(), lane()]);
  }, [name, signature]);
  const add = useCallback<Metrics["add"]>((id, after, more) => {
    setLines((was) => {
      const known = was.get(id) ?? [];
      // what came before is still on its way, and brings these with it
      if (known.length < after) return was;
      return new Map(was).set(id, [...known.slice(0, after), ...more.map((line) => JSON.stringify(line))]);
    });
  }, []);
  const curves = useMemo(
    () =>
      [...lines].flatMap(([id, own]): Curve[] => {
        const { points } = readMetricLines(own.join("\n"));
        const measured = points.filter(({ split }) => split === "validation");
        const shown = measured.length > 1 ? measured : points;
        if (shown.length < 2) return [];
        return [
          {
            name: id,
            params: sizes.get(id) ?? null,
            tokens: Float64Array.from(shown, ({ tokens }) => tokens),
            loss: Float64Array.from(shown, ({ loss }) => loss),
          },
        ];
      }),
    [lines, sizes],
  );
  return { curves, add };
}
