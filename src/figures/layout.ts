import type { Axis, Colour, Figure, Mark, Panel, Tick } from "./figure.ts";
import { type LabelWish, placeLabels } from "./labels.ts";
import { domainsOf, placeOn } from "./span.ts";
import { textWidth, wrapText } from "./text-width.ts";
import { ticksOf } from "./ticks.ts";

/** A rectangle in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A text where it stands: `x` and `y` are its anchor's, at half its height; `box` is what it covers. */
export interface PlacedText {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "middle" | "end";
  readonly size: number;
  readonly bold: boolean;
  readonly colour: Colour;
  /** Whether the figure itself says where it stands. */
  readonly inPlace: boolean;
  readonly box: Box;
}

/** An axis with its ends, and what is written along it. */
export interface PlacedAxis {
  readonly axis: Axis;
  readonly domain: readonly [number, number];
  readonly ticks: readonly Tick[];
}

/** A panel with its place in the picture. */
export interface PlacedPanel {
  readonly panel: Panel;
  /** All of it, and the part between the axes, in pixels of the picture. */
  readonly outer: Box;
  readonly frame: Box;
  readonly x: PlacedAxis;
  readonly y: PlacedAxis;
  /** Titles of the panel and its axes, and the labels of its series. */
  readonly texts: readonly PlacedText[];
}

/** A figure at a size: where everything stands that is not a mark. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Title, subtitle and note. */
  readonly texts: readonly PlacedText[];
  readonly panels: readonly PlacedPanel[];
}

export interface LayoutOptions {
  /** Pixels across. */
  readonly width?: number;
  /** Pixels of a panel's frame from top to bottom; in proportion to its width unless said. */
  readonly panelHeight?: number;
}

const sizes = { title: 17, subtitle: 12.5, note: 10.5, panel: 12.5, axis: 12, tick: 11, label: 12 } as const;
const edge = 16;

/**
 * Where everything of a figure stands at a size, in pixels: panels, ticks, and labels that lie on no other label.
 *
 * Everything a drawing needs to know of places is decided here, so that a page, a file and the studio show the same.
 *
 * @example layoutFigure(figure, { width: 720 }).panels[0].frame
 */
export function layoutFigure(figure: Figure, { width = 720, panelHeight }: LayoutOptions = {}): Layout {
  const texts: PlacedText[] = [];
  let top = edge;
  const paragraph = (text: string | null, size: number, colour: Colour, bold = false): void => {
    for (const line of text === null ? [] : wrapText(text, size, width - 2 * edge)) {
      texts.push(textAt(line, edge, top + size * 0.62, { size, colour, bold }));
      top += size * 1.35;
    }
  };
  paragraph(figure.title, sizes.title, "ink", true);
  paragraph(figure.subtitle, sizes.subtitle, "muted");
  top += 6;

  const { columns } = figure;
  const rows = Math.ceil(figure.panels.length / columns);
  const gap = 8;
  const across = (width - 2 * 6 - (columns - 1) * gap) / columns;
  const share = columns === 1 ? (rows === 1 ? 0.56 : 0.36) : columns === 2 ? 0.56 : 0.62;
  const tall = panelHeight ?? Math.round(across * share);
  const margins = figure.panels.map((panel) => panel && marginsOf(panel, across, tall));
  const widest = (side: "left" | "right" | "top" | "bottom", of: (i: number) => boolean): number =>
    Math.max(0, ...margins.flatMap((margin, i) => (margin && of(i) ? [margin[side]] : [])));
  const panels: PlacedPanel[] = [];
  for (let row = 0; row < rows; row++) {
    const inRow = (i: number): boolean => Math.floor(i / columns) === row;
    const above = widest("top", inRow);
    const below = widest("bottom", inRow);
    for (let column = 0; column < columns; column++) {
      const panel = figure.panels[row * columns + column];
      if (!panel) continue;
      // frames stand in line: those of a column have one left and one right edge, those of many columns one width
      const inLine = (i: number): boolean => columns > 2 || i % columns === column;
      const margin = {
        left: widest("left", inLine),
        right: widest("right", inLine),
        top: above,
        bottom: below,
      };
      const outer = { x: 6 + column * (across + gap), y: top, width: across, height: above + tall + below };
      panels.push(layoutPanel(panel, outer, margin));
    }
    top += above + tall + below + (row < rows - 1 ? gap : 8);
  }
  paragraph(figure.note, sizes.note, "muted");
  return { width, height: Math.round(top + edge * 0.5), texts, panels };
}

interface Margins {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const isSmall = (width: number): boolean => width < 300;
const tickSizeOf = (width: number): number => (isSmall(width) ? sizes.tick - 1 : sizes.tick);

function yTicksOf({ y }: Panel, domain: readonly [number, number], tall: number): readonly Tick[] {
  return ticksOf(y, domain, Math.max(3, Math.floor(tall / 34)));
}

/** The room that a panel needs around its frame. */
function marginsOf(panel: Panel, across: number, tall: number): Margins {
  const domains = domainsOf(panel);
  const flowing = wishesOf(panel.marks).filter(({ mark }) => reachesRight(mark, panel, domains.x));
  const widest = Math.max(0, ...flowing.map(({ text }) => textWidth(text, sizes.label)));
  const ticks = yTicksOf(panel, domains.y, tall).map(({ text }) => textWidth(text, tickSizeOf(across)));
  const bare = panel.x.ticks?.length === 0 && panel.x.label === "";
  return {
    left: 14 + Math.max(isSmall(across) ? 4 : 10, ...ticks),
    right: flowing.length > 0 ? Math.max(12, Math.min(widest + 14, across * 0.5)) : 12,
    top: 8 + (panel.title === undefined ? 0 : 19) + (panel.y.label === "" ? 0 : 18),
    bottom: bare ? 6 : 24 + (panel.x.label === "" ? 0 : 18),
  };
}

function layoutPanel(panel: Panel, outer: Box, margin: Margins): PlacedPanel {
  const domains = domainsOf(panel);
  const small = isSmall(outer.width);
  const tickSize = tickSizeOf(outer.width);
  const tall = outer.height - margin.top - margin.bottom;
  const yTicks = yTicksOf(panel, domains.y, tall);
  const wishes = wishesOf(panel.marks);
  const flowing = wishes.filter(({ mark }) => reachesRight(mark, panel, domains.x));
  const frame: Box = {
    x: outer.x + margin.left,
    y: outer.y + margin.top,
    width: outer.width - margin.left - margin.right,
    height: tall,
  };
  const placeX = placeOn(panel.x, domains.x);
  const end = outer.x + outer.width - 2;
  const xTicks = roomFor(panel.x, domains.x, frame.width, tickSize).filter(
    ({ value, text }) => frame.x + placeX(value) * frame.width + textWidth(text, tickSize) / 2 < end,
  );
  const placeY = placeOn(panel.y, domains.y);
  const at = ([px, py]: readonly [number, number]): readonly [number, number] => [
    frame.x + placeX(px) * frame.width,
    frame.y + (1 - placeY(py)) * frame.height,
  ];
  const texts: PlacedText[] = [];
  if (panel.title !== undefined)
    texts.push(
      textAt(panel.title, outer.x + 10, outer.y + 10, { size: sizes.panel, colour: "ink", bold: true }),
    );
  if (panel.y.label !== "")
    texts.push(textAt(panel.y.label, outer.x + 10, frame.y - 15, { size: tickSize + 0.5, colour: "muted" }));
  if (panel.x.label !== "")
    texts.push(
      textAt(panel.x.label, frame.x + frame.width / 2, frame.y + frame.height + 33, {
        size: tickSize + 0.5,
        colour: "muted",
        anchor: "middle",
      }),
    );
  const labels = placeLabels({
    wishes: wishes.map((wish) => ({ ...wish, flows: flowing.includes(wish) })),
    marks: panel.marks,
    at,
    frame,
    outer,
    size: small ? sizes.label - 1 : sizes.label,
  });
  return {
    panel,
    outer,
    frame,
    x: { axis: panel.x, domain: domains.x, ticks: xTicks },
    y: { axis: panel.y, domain: domains.y, ticks: yTicks },
    texts: [...texts, ...labels],
  };
}

/** Ticks of an x axis, so few that their texts don't touch. */
function roomFor(
  axis: Axis,
  domain: readonly [number, number],
  width: number,
  size: number,
): readonly Tick[] {
  const place = placeOn(axis, domain);
  for (let most = Math.max(2, Math.floor(width / 40)); ; most--) {
    const ticks = ticksOf(axis, domain, most);
    const touching = ticks.some(({ value, text }, i) => {
      if (i === 0) return false;
      const before = ticks[i - 1]!;
      const room = Math.abs(place(value) - place(before.value)) * width;
      return room < (textWidth(text, size) + textWidth(before.text, size)) / 2 + 8;
    });
    if (!touching || most <= 2 || axis.ticks) return ticks;
  }
}

/** The labels that the series ask for, each at the mark that shows it best. */
function wishesOf(marks: readonly Mark[]): LabelWish[] {
  const wishes: LabelWish[] = [];
  for (const series of new Set(marks.map((mark) => mark.series))) {
    if (series === "") continue;
    const own = marks.filter((mark) => mark.series === series && mark.kind !== "text");
    const mark = own.find(({ kind }) => kind === "line" || kind === "rule") ?? own[0];
    if (mark) wishes.push({ text: series, mark, colour: mark.colour ?? 0, flows: false });
  }
  return wishes;
}

/** A line that runs to the right edge carries its label beyond it. */
function reachesRight(mark: Mark, { x }: Panel, domain: readonly [number, number]): boolean {
  if (mark.kind !== "line" && mark.kind !== "rule" && mark.kind !== "band") return false;
  const place = placeOn(x, domain);
  return Math.max(...mark.points.map(([px]) => place(px))) > 0.96;
}

interface TextOptions {
  readonly size: number;
  readonly colour: Colour;
  readonly bold?: boolean;
  readonly anchor?: PlacedText["anchor"];
  readonly inPlace?: boolean;
}

/** @param y half its height */
export function textAt(
  text: string,
  x: number,
  y: number,
  { size, colour, bold = false, anchor = "start", inPlace = false }: TextOptions,
): PlacedText {
  const width = textWidth(text, size) * (bold ? 1.06 : 1);
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  const box = { x: left, y: y - size * 0.6, width, height: size * 1.2 };
  return { text, x, y, anchor, size, bold, colour, inPlace, box };
}
