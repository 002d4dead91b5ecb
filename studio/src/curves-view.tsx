import { colourIn, formatIn, themes } from "isoflop/figures";
import { formatCount } from "isoflop/numeric";
import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import type { Curve } from "./engine/messages.ts";
import { useTheme } from "./theme.ts";

/** Logs of a curve, taken once: it is drawn again with every zoom. */
const logsOf = new WeakMap<Curve, { readonly x: Float64Array; readonly y: Float64Array }>();

function logs(curve: Curve): { readonly x: Float64Array; readonly y: Float64Array } {
  const known = logsOf.get(curve);
  if (known) return known;
  const made = { x: curve.tokens.map(Math.log), y: curve.loss.map(Math.log) };
  logsOf.set(curve, made);
  return made;
}

/** About as many corners as a screen shows of all curves together, and a canvas draws within a frame or two. */
const mostCorners = 200_000;

/**
 * A curve's way over so many columns, each with its first, lowest, highest and last point: a million points look as they
 * are. In logs.
 */
function thinned(
  { x, y }: { x: Float64Array; y: Float64Array },
  left: number,
  right: number,
  columns: number,
): number[] {
  const way: number[] = [];
  const scale = columns / (right - left);
  let column = Number.NaN;
  let [low, high, last] = [0, 0, 0];
  const flush = (): void => {
    if (Number.isNaN(column)) return;
    const [first, second] = low < high ? [low, high] : [high, low];
    way.push(x[first]!, y[first]!);
    if (second !== first) way.push(x[second]!, y[second]!);
    if (last !== second) way.push(x[last]!, y[last]!);
  };
  for (let i = 0; i < x.length; i++) {
    const at = x[i]!;
    // one point beyond each end, so that lines leave the frame
    if (at < left && i + 1 < x.length && x[i + 1]! < left) continue;
    const here = Math.floor((at - left) * scale);
    if (here !== column) {
      flush();
      column = here;
      [low, high] = [i, i];
    }
    if (y[i]! < y[low]!) low = i;
    if (y[i]! > y[high]!) high = i;
    last = i;
    if (at > right) break;
  }
  flush();
  return way;
}

/** Training curves on a canvas: as many as there are, a pixel's worth of each. */
export function CurvesView({
  curves,
  height = 360,
  lit = null,
}: {
  curves: readonly Curve[];
  height?: number;
  lit?: string | null;
}) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = useTheme();
  const [pointed, setPointed] = useState<string | null>(null);
  const shown = pointed ?? lit;
  const state = useRef({ curves, lit: shown });
  state.current = { curves, lit: shown };

  const ends = useMemo(() => {
    let [left, right, low, high] = [Infinity, 0, Infinity, 0];
    for (const { tokens, loss } of curves) {
      for (let i = 0; i < tokens.length; i++) {
        if (!(tokens[i]! > 0) || !Number.isFinite(loss[i]!)) continue;
        left = Math.min(left, tokens[i]!);
        right = Math.max(right, tokens[i]!);
        low = Math.min(low, loss[i]!);
        high = Math.max(high, loss[i]!);
      }
    }
    return left < Infinity
      ? { left, right: Math.max(right, left * 1.01), low, high: Math.max(high, low * 1.01) }
      : null;
  }, [curves]);
  const span = useRef(ends);
  span.current = ends;

  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const colours = themes[theme];
    const grid = { stroke: colours.grid, width: 1 };
    const font = "11px Inter, system-ui, sans-serif";
    const made = new uPlot(
      {
        width: Math.max(200, element.clientWidth),
        height,
        cursor: { drag: { x: true, y: false } },
        scales: {
          x: { time: false, distr: 3, range: (_, low, high) => zoomed(low, high, span.current) },
          y: { distr: 3, range: (u) => heightsOf(state.current.curves, u, span.current) },
        },
        axes: [
          {
            stroke: colours.muted,
            grid,
            ticks: grid,
            font,
            label: "tokens",
            labelFont: font,
            values: (_, ticks) => ticks.map((value) => formatCount(value, 2)),
            splits: ({ scales }) => decadesBetween(scales.x!.min ?? 1, scales.x!.max ?? 10),
            filter: (_, ticks) => ticks,
          },
          {
            stroke: colours.muted,
            grid,
            ticks: grid,
            font,
            label: "loss, nats per token",
            labelFont: font,
            values: (_, ticks) => ticks.map((value) => formatIn("nats/token", value)),
            filter: (_, ticks) => ticks,
            splits: ({ scales }) => ticksBetween(scales.y!.min ?? 1, scales.y!.max ?? 10),
          },
        ],
        series: [{}, { show: true, stroke: "transparent", points: { show: false } }],
        hooks: {
          draw: [(u) => drawCurves(u, state.current, theme)],
          setCursor: [(u) => setPointed(curveAt(u, state.current.curves))],
        },
      },
      cornersOf(span.current),
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() =>
      made.setSize({ width: Math.max(200, element.clientWidth), height }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [theme, height]);

  useEffect(() => {
    if (!ends || !plot.current) return;
    plot.current.setData(cornersOf(ends));
  }, [ends]);
  useEffect(() => {
    void shown;
    plot.current?.redraw(false);
  }, [shown]);

  const size = curves.find(({ name }) => name === shown)?.params ?? null;
  return (
    <div className="w-full" data-testid="curves">
      <p className="flex h-5 items-center justify-between gap-4 px-2 text-xs text-muted">
        <span className="truncate">
          {curves.length.toLocaleString("en")} curves by size; drag to look closer, double-click for all
        </span>
        <span className="shrink-0 font-mono text-ink">
          {shown}
          {size === null ? "" : `, ${formatCount(size, 3)} parameters`}
        </span>
      </p>
      <div
        ref={holder}
        className="w-full"
        style={{ height }}
        role="img"
        aria-label={`${curves.length} training curves: loss by tokens`}
      />
    </div>
  );
}

/** The curve nearest to the pointer, within a finger's breadth. */
function curveAt(u: uPlot, curves: readonly Curve[]): string | null {
  const { left, top } = u.cursor;
  if (left === undefined || top === undefined || left < 0) return null;
  const at = u.posToVal(left, "x");
  let best: string | null = null;
  let least = 12;
  for (const { name, tokens, loss } of curves) {
    if (at < tokens[0]! || at > tokens.at(-1)! * 1.02) continue;
    const high = Math.min(tokens.length - 1, firstFrom(tokens, at));
    const low = Math.max(0, high - 1);
    const share = high > low ? Math.log(at / tokens[low]!) / Math.log(tokens[high]! / tokens[low]!) : 0;
    const value = loss[low]! * (loss[high]! / loss[low]!) ** Math.min(1, share);
    const far = Math.abs(u.valToPos(value, "y") - top);
    if (far < least) [best, least] = [name, far];
  }
  return best;
}

type Ends = { left: number; right: number; low: number; high: number } | null;

/** The plot's own series: two points that are never seen, so that its axes span what is drawn by hand. */
function cornersOf(ends: Ends): uPlot.AlignedData {
  return ends
    ? [
        [ends.left, ends.right],
        [ends.low, ends.high],
      ]
    : [
        [1, 2],
        [1, 2],
      ];
}

function zoomed(low: number, high: number, ends: Ends): [number, number] {
  if (!ends) return [1, 10];
  return low > 0 && high > low ? [low, high] : [ends.left, ends.right];
}

/** From the lowest to the highest loss in sight. */
function heightsOf(curves: readonly Curve[], { scales }: uPlot, ends: Ends): [number, number] {
  if (!ends) return [1, 10];
  const { min, max } = scales.x!;
  if (!min || !max || (min <= ends.left && max >= ends.right)) return [ends.low * 0.98, ends.high * 1.02];
  let [low, high] = [Infinity, 0];
  for (const { tokens, loss } of curves)
    for (let i = firstFrom(tokens, min); i < tokens.length && tokens[i]! <= max; i++) {
      if (loss[i]! < low) low = loss[i]!;
      if (loss[i]! > high) high = loss[i]!;
    }
  return high > 0 ? [low * 0.99, high * 1.01] : [ends.low, ends.high];
}

/** The first place whose value is not below. */
function firstFrom(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Powers of ten, and their halves where there are few. */
function decadesBetween(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  const decades = Array.from(
    { length: Math.ceil(Math.log10(high)) - first + 1 },
    (_, i) => 10 ** (first + i),
  );
  const many = decades.length > 6;
  return decades
    .flatMap((tick) => (many ? [tick] : [tick, 3 * tick]))
    .filter((tick) => tick >= low && tick <= high);
}

function ticksBetween(low: number, high: number): number[] {
  const steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
  const step = steps.find((size) => (high - low) / size <= 7) ?? 20;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(6)),
  );
}

function drawCurves(
  u: uPlot,
  { curves, lit }: { curves: readonly Curve[]; lit: string | null },
  theme: "light" | "dark",
): void {
  const { ctx, bbox } = u;
  const { min, max } = u.scales.x!;
  if (!min || !max) return;
  const colours = themes[theme];
  const sizes = curves.map(({ params }) => params).filter((size) => size !== null);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineJoin = "round";
  const { min: low, max: high } = u.scales.y!;
  const [left, right, bottom, top] = [Math.log(min), Math.log(max), Math.log(low!), Math.log(high!)];
  const columns = Math.min(bbox.width / devicePixelRatio, Math.max(40, mostCorners / (3 * curves.length)));
  const many = curves.length > 60;
  for (const [i, curve] of curves.entries()) {
    const way = thinned(logs(curve), left, right, columns);
    const share =
      curve.params !== null && most > least ? Math.log(curve.params / least) / Math.log(most / least) : null;
    ctx.strokeStyle = colourIn(colours, share === null ? i : { ramp: share });
    ctx.globalAlpha = lit === null ? (many ? 0.5 : 0.95) : lit === curve.name ? 1 : many ? 0.12 : 0.25;
    ctx.lineWidth = (lit === curve.name ? 2.6 : many ? 1 : 1.5) * devicePixelRatio;
    ctx.beginPath();
    for (let k = 0; k < way.length; k += 2) {
      const px = bbox.left + ((way[k]! - left) / (right - left)) * bbox.width;
      const py = bbox.top + ((top - way[k + 1]!) / (top - bottom)) * bbox.height;
      if (k === 0) ctx.moveTo(px, py);
      else ctx.lineTo(px, py);
    }
    ctx.stroke();
  }
  ctx.restore();
}
