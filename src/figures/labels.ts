import type { Colour, Mark, Point } from "./figure.ts";
import { type Box, type PlacedText, textAt } from "./layout.ts";

/** A label that a series asks for. */
export interface LabelWish {
  readonly text: string;
  /** The mark it stands at. */
  readonly mark: Mark;
  readonly colour: Colour;
  /** Whether it stands beyond the right edge, level with the mark's end. */
  readonly flows: boolean;
}

interface Room {
  readonly wishes: readonly LabelWish[];
  readonly marks: readonly Mark[];
  /** Pixels of a point. */
  readonly at: (point: Point) => readonly [x: number, y: number];
  readonly frame: Box;
  readonly outer: Box;
  readonly size: number;
}

/**
 * Labels beside what they name, none on another: those of lines that reach the right edge beyond it, pushed apart where
 * they are close; the others, and the names of points, at the nearest place that hides least. A name that fits nowhere is
 * left out; the label of a series never is.
 */
export function placeLabels(room: Room): PlacedText[] {
  const { wishes, marks, at, size } = room;
  const placed = beyondTheEdge(room);
  const obstacles = marks.flatMap((mark) => coveredBy(mark, at));
  // words that the figure puts in its place come before those that may move
  for (const mark of marks)
    if (mark.kind === "text")
      mark.points.forEach((point, i) => {
        const [x, y] = at(point);
        const text = textAt(mark.texts[i] ?? "", x, y, {
          size,
          colour: mark.colour ?? "muted",
          anchor: "middle",
          inPlace: true,
        });
        if (!placed.some(({ box }) => overlap(box, text.box) > 0)) placed.push(text);
      });
  const settle = (
    text: string,
    colour: Colour,
    anchors: readonly Point[],
    must: boolean,
    swell = 1,
  ): void => {
    const best = candidates(text, colour, anchors.map(at), room, 4 * (swell - 1))
      .map((candidate, order) => ({
        candidate,
        cost: costOf(candidate, placed, obstacles, room) + order * 0.05 + tierOf(order, anchors.length) * 2.5,
      }))
      .reduce((a, b) => (b.cost < a.cost ? b : a));
    if (Number.isFinite(best.cost) || must) placed.push(best.candidate);
  };
  for (const { text, mark, colour, flows } of wishes) if (!flows) settle(text, colour, anchorsOf(mark), true);
  for (const mark of marks)
    if (mark.kind === "points")
      mark.names?.forEach((name, i) => {
        if (name !== null && name !== "")
          settle(
            name,
            mark.colour ?? 0,
            [mark.points[i]!],
            false,
            Math.sqrt(mark.sizes?.[i] ?? mark.sizes?.[0] ?? 1),
          );
      });
  return placed;
}

function beyondTheEdge({ wishes, at, frame, size }: Room): PlacedText[] {
  const ends = wishes
    .filter(({ flows }) => flows)
    .map((wish) => {
      const points = anchorPoints(wish.mark);
      const end = points.reduce((a, b) => (at(b)[0] >= at(a)[0] ? b : a));
      return { wish, y: Math.min(frame.y + frame.height, Math.max(frame.y, at(end)[1])) };
    })
    .sort((a, b) => a.y - b.y);
  const step = size * 1.25;
  const ys = apart(
    ends.map(({ y }) => y),
    step,
    frame.y + step / 2,
    frame.y + frame.height - step / 2,
  );
  return ends.map(({ wish: { text, colour } }, i) =>
    textAt(text, frame.x + frame.width + 7, ys[i]!, { size, colour }),
  );
}

/** Sorted places moved as little as needed to lie a step apart between two ends; past them where there is no room. */
function apart(wanted: readonly number[], step: number, low: number, high: number): number[] {
  // blocks of labels that touch, each around the middle of what its labels want
  const blocks: { from: number; wants: number[] }[] = [];
  for (const y of wanted) {
    blocks.push({ from: y, wants: [y] });
    for (;;) {
      const last = blocks.at(-1)!;
      const size = (last.wants.length - 1) * step;
      const centre = last.wants.reduce((sum, want, i) => sum + want - i * step, 0) / last.wants.length;
      last.from = Math.max(low, Math.min(centre, high - size));
      const before = blocks.at(-2);
      if (!before || before.from + before.wants.length * step <= last.from + 1e-9) break;
      before.wants.push(...last.wants);
      blocks.pop();
    }
  }
  return blocks.flatMap(({ from, wants }) => wants.map((_, i) => from + i * step));
}

function anchorPoints(mark: Mark): readonly Point[] {
  if (mark.kind === "segments") return mark.segments.map(([, , x2, y2]) => [x2, y2] as const);
  if (mark.kind === "boxes")
    return mark.boxes.map(([x1, y1, x2, y2]) => [(x1 + x2) / 2, (y1 + y2) / 2] as const);
  if (mark.kind === "band")
    return mark.points.map(
      ([x, low, high]) => [x, low > 0 ? Math.sqrt(low * high) : (low + high) / 2] as const,
    );
  return mark.points;
}

/** Where a series' label may hang: its last, first, highest and lowest point. */
function anchorsOf(mark: Mark): Point[] {
  const points = [...anchorPoints(mark)].sort((a, b) => a[0] - b[0]);
  const byY = [...points].sort((a, b) => a[1] - b[1]);
  return [points.at(-1)!, points[0]!, byY.at(-1)!, byY[0]!, points[points.length >> 1]!];
}

/** The eight places around each anchor, nearer ones first. */
function candidates(
  text: string,
  colour: Colour,
  anchors: readonly (readonly [number, number])[],
  { size }: Room,
  /** How much larger than a plain point the anchor is. */
  larger: number,
): PlacedText[] {
  return [7, 16, 30]
    .map((off) => off + Math.max(0, larger))
    .flatMap((off) =>
      anchors.flatMap(([x, y]) => {
        const place = (dx: number, dy: number, anchor: PlacedText["anchor"]): PlacedText =>
          textAt(text, x + dx, y + dy, { size, colour, anchor });
        const rise = off + size * 0.45;
        return [
          place(off, 0, "start"),
          place(-off, 0, "end"),
          place(0, -rise, "middle"),
          place(0, rise, "middle"),
          place(off * 0.7, -rise * 0.8, "start"),
          place(off * 0.7, rise * 0.8, "start"),
          place(-off * 0.7, -rise * 0.8, "end"),
          place(-off * 0.7, rise * 0.8, "end"),
        ];
      }),
    );
}

/** How far out the n-th candidate lies: 0 for those that touch. */
const tierOf = (order: number, anchors: number): number => Math.floor(order / (8 * anchors));

function costOf(
  { box }: PlacedText,
  placed: readonly PlacedText[],
  obstacles: readonly Box[],
  { outer, frame }: Room,
): number {
  const inside =
    box.x >= Math.max(outer.x, frame.x + 1) &&
    box.x + box.width <= outer.x + outer.width - 2 &&
    box.y >= frame.y - 8 &&
    box.y + box.height <= frame.y + frame.height - 1;
  if (!inside || placed.some((other) => overlap(box, other.box) > 0)) return Number.POSITIVE_INFINITY;
  let cost = 0;
  for (const obstacle of obstacles) if (overlap(box, obstacle) > 0) cost += 1;
  return cost;
}

/** The area that two boxes share. */
function overlap(a: Box, b: Box): number {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return across > 0 && down > 0 ? across * down : 0;
}

/** Small boxes along all that a label should not hide. */
function coveredBy(mark: Mark, at: Room["at"]): Box[] {
  const dot = ([x, y]: readonly [number, number], r: number): Box => ({
    x: x - r,
    y: y - r,
    width: 2 * r,
    height: 2 * r,
  });
  const along = (from: readonly [number, number], to: readonly [number, number]): Box[] => {
    const steps = Math.max(1, Math.min(400, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / 7)));
    return Array.from({ length: steps + 1 }, (_, i) =>
      dot([from[0] + ((to[0] - from[0]) * i) / steps, from[1] + ((to[1] - from[1]) * i) / steps], 2),
    );
  };
  if (mark.kind === "points") return mark.points.map((point) => dot(at(point), 5));
  if (mark.kind === "line" || mark.kind === "rule") {
    const pixels = mark.points.map(at);
    return pixels.slice(1).flatMap((to, i) => along(pixels[i]!, to));
  }
  if (mark.kind === "segments")
    return mark.segments.flatMap(([x1, y1, x2, y2]) => along(at([x1, y1]), at([x2, y2])));
  if (mark.kind === "boxes" && !mark.shades && !mark.faint)
    return mark.boxes.map(([x1, y1, x2, y2]) => {
      const [[left, bottom], [right, top]] = [
        at([Math.min(x1, x2), Math.min(y1, y2)]),
        at([Math.max(x1, x2), Math.max(y1, y2)]),
      ];
      return { x: left, y: top, width: right - left, height: bottom - top };
    });
  return [];
}
