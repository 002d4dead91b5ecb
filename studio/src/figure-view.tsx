import { svgElement } from "isoflop/draw";
import {
  colourIn,
  type Figure,
  type Layout,
  layoutFigure,
  type Mark,
  type PlacedAxis,
  type PlacedPanel,
  themes,
} from "isoflop/figures";
import { formatFlops } from "isoflop/numeric";
import {
  type PointerEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTheme } from "./theme.ts";

/** A run in the picture, in the units of its panel's axes. */
export interface Spot {
  readonly line: number;
  readonly x: number;
  readonly y: number;
  readonly excluded: boolean;
}

interface Interaction {
  /** The runs of each panel; null where a panel has none. */
  readonly spots: readonly (readonly Spot[] | null)[];
  readonly describe: (line: number) => ReactNode;
  readonly hovered: number | null;
  readonly onHover: (line: number | null) => void;
  readonly onToggle: (line: number) => void;
  /** A rectangle was drawn around these. */
  readonly onChoose: (lines: readonly number[]) => void;
  /** Of panels whose horizontal axis is a budget: where the budget stands, and how it is moved. */
  readonly budget: {
    readonly flops: number;
    readonly best: number | null;
    readonly onDrag: (flops: number) => void;
    readonly onEnd: () => void;
  } | null;
}

/** A figure as wide as its place, drawn by the library; over it what can be pointed at. */
export function FigureView({
  figure,
  interaction = null,
  maxHeight = null,
}: {
  figure: Figure;
  interaction?: Interaction | null;
  /** So that the picture and what is below it fit a screen. */
  maxHeight?: number | null;
}) {
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const theme = useTheme();

  useLayoutEffect(() => {
    const element = holder.current;
    if (!element) return;
    const measure = (): void => setWidth(Math.max(320, Math.floor(element.clientWidth)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const size = useMemo(() => {
    if (width === 0) return null;
    const free = layoutFigure(figure, { width });
    if (maxHeight === null || free.height <= maxHeight) return { layout: free, panelHeight: undefined };
    // frames give way, words don't
    const rows = Math.ceil(figure.panels.length / figure.columns);
    const frame = free.panels[0]?.frame.height ?? 0;
    const panelHeight = Math.max(rows > 2 ? 70 : 150, Math.floor(frame - (free.height - maxHeight) / rows));
    return { layout: layoutFigure(figure, { width, panelHeight }), panelHeight };
  }, [figure, width, maxHeight]);

  useEffect(() => {
    if (!size || !canvas.current) return;
    const { light, heavy } = weighed(figure, size.layout);
    const svg = svgElement(light, {
      document: document as never,
      theme,
      width,
      panelHeight: size.panelHeight,
    });
    const drawn: Node[] = [svg as unknown as Node];
    if (heavy) drawn.push(dotsOf(size.layout, theme));
    canvas.current.replaceChildren(...drawn);
  }, [figure, size, theme, width]);

  return (
    <div ref={holder} className="relative w-full" style={{ height: size?.layout.height ?? 320 }}>
      <div ref={canvas} className="absolute inset-0" data-testid="figure" />
      {size && interaction && <Overlay layout={size.layout} {...interaction} />}
    </div>
  );
}

/** Of pictures with more points than this, clouds go to a canvas: a page gets slow by elements, not by dots. */
const mostDots = 2500;
const cloud = 200;

const isCloud = (mark: Mark): boolean => mark.kind === "points" && mark.points.length > cloud;

function pointsIn({ panels }: Pick<Figure, "panels">): number {
  const counts = panels
    .flatMap((panel) => panel?.marks ?? [])
    .map((mark) => (isCloud(mark) && mark.kind === "points" ? mark.points.length : 0));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The figure without most of its largest clouds, its axes where they were; and whether there were any. */
function weighed(figure: Figure, { panels }: Layout): { light: Figure; heavy: boolean } {
  if (pointsIn(figure) <= mostDots) return { light: figure, heavy: false };
  let at = 0;
  const light = figure.panels.map((panel) => {
    const placed = panel && panels[at++];
    if (!panel || !placed) return panel;
    return {
      ...panel,
      x: { ...panel.x, domain: placed.x.domain },
      y: { ...panel.y, domain: placed.y.domain },
      marks: panel.marks.map((mark) =>
        mark.kind === "points" && isCloud(mark)
          ? { ...mark, points: mark.points.slice(0, 1), sizes: undefined, names: undefined }
          : mark,
      ),
    };
  });
  return { light: { ...figure, panels: light }, heavy: true };
}

/** The large clouds as dots on a canvas, over the picture. */
function dotsOf(layout: Layout, theme: "light" | "dark"): HTMLCanvasElement {
  const sheet = document.createElement("canvas");
  const ratio = devicePixelRatio;
  sheet.width = layout.width * ratio;
  sheet.height = layout.height * ratio;
  sheet.style.cssText = `position:absolute;inset:0;width:${layout.width}px;height:${layout.height}px`;
  const context = sheet.getContext("2d")!;
  context.scale(ratio, ratio);
  for (const panel of layout.panels) {
    const { x, y } = scalesOf(panel);
    for (const mark of panel.panel.marks) {
      if (mark.kind !== "points" || !isCloud(mark)) continue;
      context.fillStyle = colourIn(themes[theme], mark.colour);
      context.globalAlpha = 0.6;
      for (const [px, py] of mark.points) {
        const [left, top] = [x.place(px), y.place(py)];
        context.beginPath();
        context.arc(left, top, 1.9, 0, 2 * Math.PI);
        context.fill();
      }
    }
  }
  return sheet;
}

/** Places along an axis in pixels of the picture, and back. */
function scaleOf({ axis, domain: [from, to] }: PlacedAxis, start: number, length: number) {
  const on = axis.scale === "log" ? Math.log : (value: number) => value;
  const off = axis.scale === "log" ? Math.exp : (value: number) => value;
  return {
    place: (value: number): number => start + ((on(value) - on(from)) / (on(to) - on(from))) * length,
    value: (place: number): number => off(on(from) + ((place - start) / length) * (on(to) - on(from))),
  };
}

function scalesOf({ frame, x, y }: PlacedPanel) {
  return {
    x: scaleOf(x, frame.x, frame.width),
    y: scaleOf(y, frame.y + frame.height, -frame.height),
  };
}

interface Placed extends Spot {
  readonly px: number;
  readonly py: number;
}

function Overlay({
  layout,
  spots,
  describe,
  hovered,
  onHover,
  onToggle,
  onChoose,
  budget,
}: Interaction & { layout: Layout }) {
  const svg = useRef<SVGSVGElement>(null);
  const [box, setBox] = useState<readonly [number, number, number, number] | null>(null);
  const [pointer, setPointer] = useState<{ x: number; y: number } | null>(null);
  const dragging = useRef<"box" | "budget" | null>(null);

  const placed = useMemo(
    () =>
      layout.panels.map((panel, i): readonly Placed[] => {
        const { x, y } = scalesOf(panel);
        const { frame } = panel;
        const inside = (value: number, low: number, high: number): number =>
          Math.min(high, Math.max(low, value));
        return (spots[i] ?? []).flatMap((spot) => {
          const px = inside(x.place(spot.x), frame.x, frame.x + frame.width);
          const py = inside(y.place(spot.y), frame.y, frame.y + frame.height);
          return Number.isFinite(px) && Number.isFinite(py) ? [{ ...spot, px, py }] : [];
        });
      }),
    [layout, spots],
  );

  const crosses = useMemo(
    () =>
      placed
        .flat()
        .filter(({ excluded }) => excluded)
        .map(({ px, py }) => `M${px - 3.5} ${py - 3.5}l7 7m0-7l-7 7`)
        .join(""),
    [placed],
  );
  const byLine = useMemo(() => {
    const found = new Map<number, Placed[]>();
    for (const spot of placed.flat()) {
      const own = found.get(spot.line);
      if (own) own.push(spot);
      else found.set(spot.line, [spot]);
    }
    return found;
  }, [placed]);

  const rules = layout.panels.flatMap((panel) => {
    if (!budget || panel.panel.x.unit !== "FLOPs") return [];
    const { x, y } = scalesOf(panel);
    const { frame } = panel;
    const at = Math.min(frame.x + frame.width, Math.max(frame.x, x.place(budget.flops)));
    const best =
      budget.best === null || panel.panel.y.unit === "parameters" || panel.panel.y.unit === "tokens"
        ? null
        : y.place(budget.best);
    return [
      { at, frame, x, best: best !== null && best > frame.y && best < frame.y + frame.height ? best : null },
    ];
  });

  const where = (event: PointerEvent): { x: number; y: number } => {
    const rectangle = svg.current!.getBoundingClientRect();
    return { x: event.clientX - rectangle.left, y: event.clientY - rectangle.top };
  };

  const nearest = ({ x, y }: { x: number; y: number }): Placed | null => {
    let best: Placed | null = null;
    let least = 14 ** 2;
    for (const panel of placed)
      for (const spot of panel) {
        const far = (spot.px - x) ** 2 + (spot.py - y) ** 2;
        if (far < least) [best, least] = [spot, far];
      }
    return best;
  };

  const start = useRef<{ x: number; y: number } | null>(null);
  const ruleAt = ({ x }: { x: number }) =>
    rules.find(({ at, frame }) => Math.abs(at - x) < 7 && x >= frame.x - 8);

  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const at = where(event);
    start.current = at;
    svg.current!.setPointerCapture(event.pointerId);
    dragging.current = ruleAt(at) && !nearest(at) ? "budget" : "box";
  };
  const onPointerMove = (event: PointerEvent): void => {
    const at = where(event);
    if (start.current && dragging.current === "budget") {
      const rule = rules[0];
      if (rule && budget)
        budget.onDrag(rule.x.value(Math.min(rule.frame.x + rule.frame.width, Math.max(rule.frame.x, at.x))));
      return;
    }
    if (start.current) {
      const { x, y } = start.current;
      if (box || Math.hypot(at.x - x, at.y - y) > 5)
        setBox([Math.min(x, at.x), Math.min(y, at.y), Math.max(x, at.x), Math.max(y, at.y)]);
      return;
    }
    const found = nearest(at);
    setPointer(found ? { x: found.px, y: found.py } : null);
    if ((found?.line ?? null) !== hovered) onHover(found?.line ?? null);
    svg.current!.style.cursor = found ? "pointer" : ruleAt(at) ? "ew-resize" : "crosshair";
  };
  const onPointerUp = (event: PointerEvent): void => {
    const at = where(event);
    if (dragging.current === "budget") budget?.onEnd();
    else if (box) {
      const [x1, y1, x2, y2] = box;
      const chosen = placed.flatMap((panel) =>
        panel.filter(({ px, py }) => px >= x1 && px <= x2 && py >= y1 && py <= y2),
      );
      if (chosen.length > 0) onChoose([...new Set(chosen.map(({ line }) => line))]);
    } else if (start.current) {
      const found = nearest(at);
      if (found) onToggle(found.line);
    }
    start.current = null;
    dragging.current = null;
    setBox(null);
  };

  const step = (factor: number): void => budget?.onDrag(budget.flops * factor);
  return (
    <>
      <svg
        ref={svg}
        width={layout.width}
        height={layout.height}
        className="absolute inset-0 touch-none select-none"
        aria-hidden="true"
        data-testid="overlay"
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerLeave={() => {
          setPointer(null);
          if (hovered !== null) onHover(null);
        }}
      >
        {crosses.length > 0 && (
          <path
            d={crosses}
            stroke="var(--bad)"
            strokeWidth="1.6"
            strokeLinecap="round"
            data-testid="left-out"
          />
        )}
        {hovered !== null &&
          (byLine.get(hovered) ?? []).map(({ px, py }) => (
            <circle
              key={`${px} ${py}`}
              cx={px}
              cy={py}
              r="7"
              fill="none"
              stroke="var(--ink)"
              strokeWidth="1.8"
            />
          ))}
        {rules.map(({ at, frame, best }) => (
          <g key={frame.x} stroke="var(--accent)" fill="var(--accent)">
            <line
              x1={at}
              x2={at}
              y1={frame.y}
              y2={frame.y + frame.height}
              strokeWidth="1.5"
              strokeDasharray="2 3"
            />
            {best !== null && <circle cx={at} cy={best} r="5" stroke="var(--surface)" strokeWidth="2" />}
            <rect
              x={at - 5}
              y={frame.y + frame.height - 9}
              width="10"
              height="18"
              rx="4"
              stroke="var(--surface)"
              strokeWidth="2"
            />
            <path
              d={`M${at - 1.5} ${frame.y + frame.height - 3}v6m3-6v6`}
              stroke="var(--on-accent)"
              strokeWidth="1"
            />
          </g>
        ))}
        {box && (
          <rect
            x={box[0]}
            y={box[1]}
            width={box[2] - box[0]}
            height={box[3] - box[1]}
            fill="var(--accent)"
            fillOpacity="0.12"
            stroke="var(--accent)"
            rx="2"
          />
        )}
      </svg>
      {budget && rules.length > 0 && (
        <input
          type="range"
          aria-label="Budget, on the picture"
          aria-valuetext={`${formatFlops(budget.flops)} FLOPs`}
          className="sr-only"
          min={0}
          max={2}
          step={1}
          value={1}
          onChange={(event) => step(event.target.value === "0" ? 1 / 1.25 : 1.25)}
        />
      )}
      {pointer && hovered !== null && (
        <div
          role="tooltip"
          className="pointer-events-none absolute z-10 w-60 rounded-lg border border-line bg-raised p-2.5 text-xs shadow-lg"
          style={{
            left: Math.min(layout.width - 250, pointer.x + 14),
            ...(pointer.y > layout.height / 2
              ? { bottom: layout.height - pointer.y + 14 }
              : { top: pointer.y + 14 }),
          }}
        >
          {describe(hovered)}
        </div>
      )}
    </>
  );
}

/** The picture as files of the formats people send. */
export async function figureFile(
  figure: Figure,
  format: "svg" | "png" | "json",
  theme: "light" | "dark",
): Promise<Blob> {
  if (format === "json")
    return new Blob([`${JSON.stringify(figure, null, 2)}\n`], { type: "application/json" });
  const svg = svgElement(figure, { document: document as never, theme }) as unknown as SVGSVGElement;
  const text = new XMLSerializer().serializeToString(svg);
  if (format === "svg") return new Blob([text], { type: "image/svg+xml" });
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const sheet = document.createElement("canvas");
  sheet.width = image.width * 2;
  sheet.height = image.height * 2;
  sheet.getContext("2d")!.drawImage(image, 0, 0, sheet.width, sheet.height);
  return new Promise((resolve, reject) =>
    sheet.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("the browser could not draw the PNG"))),
      "image/png",
    ),
  );
}
