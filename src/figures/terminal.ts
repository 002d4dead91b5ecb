import type { Figure, Mark, Panel, Point, Tick } from "./figure.ts";
import { domainsOf, placeOn } from "./span.ts";
import { ticksOf } from "./ticks.ts";

export interface TerminalOptions {
  /** Characters across, labels included. */
  readonly width?: number;
  /** Lines of the plot itself; title, ticks and labels come on top. */
  readonly height?: number;
  /** `ascii` for terminals and logs without braille. */
  readonly signs?: "braille" | "ascii";
}

/**
 * A figure as text, for a terminal: lines in braille dots (two by four to a character), points as signs, each series
 * labelled where it ends; maps in four greys, bands by their edges; panels as the figure has them.
 *
 * @example terminalFigure(isoflopCurves(observed, made)).join("\n")
 */
export function terminalFigure(
  { title, panels, columns }: Figure,
  { width = 80, height = 18, signs = "braille" }: TerminalOptions = {},
): string[] {
  const rows = Math.ceil(panels.length / columns);
  const each = panels.length === 1 ? height : Math.max(5, Math.round(height * (columns > 2 ? 0.35 : 0.6)));
  const across = Math.floor((width - (columns - 1)) / columns);
  const body: string[] = [];
  for (let row = 0; row < rows; row++) {
    const beside = panels.slice(row * columns, (row + 1) * columns).map((panel) => {
      if (panel === null) return [];
      const lines = panelLines(panel, { width: across, height: each, signs });
      return panel.title === undefined ? lines : [clip(panel.title, across), ...lines];
    });
    if (row > 0) body.push("");
    body.push(...sideBySide(beside, across));
  }
  return [clip(title, width), ...body].map((line) => line.trimEnd());
}

/** Blocks of lines in columns of one width; lines without a character in any column are left out. */
function sideBySide(blocks: readonly (readonly string[])[], width: number): string[] {
  if (blocks.length === 1) return [...blocks[0]!];
  const most = Math.max(...blocks.map((lines) => lines.length));
  return Array.from({ length: most }, (_, i) =>
    blocks.map((lines) => clip(lines[i] ?? "", width).padEnd(width)).join(" "),
  ).filter((line) => line.trim() !== "");
}

function panelLines(panel: Panel, { width, height: asked, signs }: Required<TerminalOptions>): string[] {
  const { x, y, marks } = panel;
  // a line for each name along the side
  const { x: xSpan, y: ySpan } = domainsOf(panel);
  const names = y.ticks && y.scale === "linear" ? y.ticks.length : 0;
  const height = names > asked / 3 ? Math.max(asked, Math.ceil(Math.abs(ySpan[1] - ySpan[0])) + 1) : asked;
  const most = Math.floor(width * 0.45);
  const yTicks = ticksOf(y, ySpan, Math.floor(height / 3)).map((tick) => ({
    ...tick,
    text: clip(tick.text, most),
  }));
  const left = Math.max(...yTicks.map(({ text }) => text.length), 1) + 2;
  const labels = [...new Set(marks.map(({ series }) => series))].filter((series) => series !== "");
  const right = labels.length === 0 ? 1 : Math.min(24, Math.max(...labels.map((label) => label.length)) + 2);
  const across = Math.max(8, width - left - right);
  const [onX, onY] = [placeOn(x, xSpan), placeOn(y, ySpan)];
  const toColumn = (value: number): number => onX(value) * (across - 1);
  const toRow = (value: number): number => height - 1 - onY(value) * (height - 1);

  const canvas = Array.from({ length: height }, () => new Array<string>(across + right).fill(" "));
  const dots = Array.from({ length: height }, () => new Uint8Array(across));
  const put = (row: number, column: number, sign: string): void => {
    if (row >= 0 && row < height && column >= 0 && column < across + right) canvas[row][column] = sign;
  };
  for (const mark of marks) if (mark.kind === "boxes") fillBoxes(mark, toColumn, toRow, signs, put);
  for (const mark of marks) for (const line of linesOf(mark)) drawLine(line, toColumn, toRow, dots);
  for (const [row, cells] of dots.entries())
    for (const [column, bits] of cells.entries())
      if (bits > 0) put(row, column, signs === "ascii" ? "." : String.fromCharCode(0x2800 + bits));
  // last, so that no line hides them; the diamonds after the dots
  const inOrder = [...marks].sort((a, b) => rank(a) - rank(b));
  for (const mark of inOrder)
    if (mark.kind === "points")
      for (const [px, py] of mark.points)
        put(Math.round(toRow(py)), Math.round(toColumn(px)), signOf(mark, signs));
  for (const mark of marks)
    if (mark.kind === "text")
      for (const [i, [px, py]] of mark.points.entries()) {
        const text = mark.texts[i] ?? "";
        const from = Math.round(toColumn(px) - text.length / 2);
        for (const [at, sign] of [...text].entries()) put(Math.round(toRow(py)), from + at, sign);
      }
  for (const series of labels) {
    // a series of its own sign says which; the others are told apart by where they end
    const odd = marks.find(
      (mark): mark is Points =>
        mark.series === series && mark.kind === "points" && !["dot", undefined].includes(mark.symbol),
    );
    const ends = anchors(marks, series, toColumn, toRow);
    if (ends) writeLabel(canvas, odd ? `${signOf(odd, signs)} ${series}` : series, ends);
  }
  for (const mark of marks)
    if (mark.kind === "points")
      for (const [i, name] of (mark.names ?? []).entries()) {
        const [px, py] = mark.points[i]!;
        const spot = { row: Math.round(toRow(py)), column: Math.round(toColumn(px)) };
        if (name) writeLabel(canvas, name, [spot, spot], { must: false });
      }

  const rowTick = new Map(yTicks.map(({ value, text }) => [Math.round(toRow(value)), text]));
  const plain = signs === "ascii";
  const body = canvas.map((cells, row) => {
    const text = rowTick.get(row);
    return `${(text ?? "").padStart(left - 2)} ${text === undefined ? (plain ? "|" : "│") : plain ? "+" : "┤"}${cells.join("")}`.trimEnd();
  });
  const xTicks = ticksOf(x, xSpan, Math.floor(across / 9));
  return [
    clip(y.label, width),
    ...body,
    ...xAxis(xTicks, toColumn, { left, across, plain, width }),
    clip(
      `${" ".repeat(left)}${" ".repeat(Math.max(0, Math.floor((across - x.label.length) / 2)))}${x.label}`,
      width,
    ),
  ];
}

type Points = Extract<Mark, { kind: "points" }>;

/** The lines that a mark is made of. */
function linesOf(mark: Mark): (readonly Point[])[] {
  if (mark.kind === "line" || mark.kind === "rule") return [mark.points];
  if (mark.kind === "segments")
    return mark.segments.map(([x1, y1, x2, y2]) => [
      [x1, y1],
      [x2, y2],
    ]);
  if (mark.kind === "band")
    return [mark.points.map(([x, low]) => [x, low]), mark.points.map(([x, , high]) => [x, high])];
  return [];
}

/** Boxes as blocks: a map from light to dark, bars in full. */
function fillBoxes(
  { boxes, shades, faint = false }: Extract<Mark, { kind: "boxes" }>,
  toColumn: (x: number) => number,
  toRow: (y: number) => number,
  signs: "braille" | "ascii",
  put: (row: number, column: number, sign: string) => void,
): void {
  const greys = signs === "ascii" ? " .:#" : " ░▒▓";
  for (const [i, [x1, y1, x2, y2]] of boxes.entries()) {
    const bar = signs === "ascii" ? (faint ? ":" : "=") : faint ? "░" : "■";
    const sign = shades ? greys[Math.min(3, Math.floor(shades[i]! * 4))]! : bar;
    const [from, to] = [toColumn(x1), toColumn(x2)].sort((a, b) => a - b) as [number, number];
    const [top, bottom] = [toRow(y1), toRow(y2)].sort((a, b) => a - b) as [number, number];
    // a box covers the characters whose middle it holds, and at least one
    const columns = [Math.round(from), Math.max(Math.round(from), Math.round(to) - (shades ? 1 : 0))];
    const rows = [Math.ceil(top), Math.max(Math.ceil(top), Math.floor(bottom))];
    for (let row = rows[0]!; row <= rows[1]!; row++)
      for (let column = columns[0]!; column <= columns[1]!; column++) put(row, column, sign);
  }
}

/** Braille's dots, by column and row within a character. */
const brailleBits = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
];

function drawLine(
  points: readonly Point[],
  toColumn: (x: number) => number,
  toRow: (y: number) => number,
  dots: readonly Uint8Array[],
): void {
  const fine = points.map(([px, py]) => [toColumn(px) * 2 + 0.5, toRow(py) * 4 + 1.5]);
  for (let i = 1; i < fine.length; i++) {
    const [[x0, y0], [x1, y1]] = [fine[i - 1], fine[i]];
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0))));
    for (let s = 0; s <= steps; s++) {
      const column = Math.round(x0 + ((x1 - x0) * s) / steps);
      const row = Math.round(y0 + ((y1 - y0) * s) / steps);
      const cells = dots[row >> 2];
      if (cells && column >= 0 && column >> 1 < cells.length)
        cells[column >> 1] |= brailleBits[column & 1][row & 3];
    }
  }
}

function rank(mark: Mark): number {
  return mark.kind === "points" && mark.symbol === "diamond" ? 1 : 0;
}

function signOf({ symbol = "dot", faint }: Points, signs: "braille" | "ascii"): string {
  if (faint) return signs === "ascii" ? "." : "·";
  const all =
    signs === "ascii"
      ? { dot: "o", diamond: "#", ring: "0", cross: "x" }
      : { dot: "●", diamond: "◆", ring: "○", cross: "×" };
  return all[symbol];
}

/** Where a series' label may stand: its right end first, then its left end. */
function anchors(
  marks: readonly Mark[],
  series: string,
  toColumn: (x: number) => number,
  toRow: (y: number) => number,
): { row: number; column: number }[] | null {
  const own = marks.filter((mark) => mark.series === series);
  const shown = own.find((mark) => linesOf(mark).length > 0) ?? own.find(({ kind }) => kind === "points");
  if (!shown) return null;
  const all = shown.kind === "points" ? shown.points : linesOf(shown).flat();
  const points = [...all].sort((a, b) => a[0] - b[0]);
  const at = ([px, py]: readonly [number, number]): { row: number; column: number } => ({
    row: Math.round(toRow(py)),
    column: Math.round(toColumn(px)),
  });
  return [at(points[points.length - 1]), at(points[0])];
}

/** Writes a label right of its series' end, or as near to it as there is room. */
function writeLabel(
  canvas: string[][],
  label: string,
  [end, start]: readonly { row: number; column: number }[],
  /** Whether it may stand at the edge where there is no room beside its end. */
  { must = true }: { must?: boolean } = {},
): void {
  const free = (row: number, column: number): boolean => {
    const cells = canvas[row];
    if (!cells || column < 0 || column + label.length > cells.length) return false;
    return Array.from({ length: label.length + 2 }, (_, i) => cells[column - 1 + i] ?? " ").every(
      (cell) => cell === " ",
    );
  };
  const near = must ? [0, -1, 1, -2, 2, -3, 3] : [0];
  const spots = [
    ...near.map((by) => ({ row: end.row + by, column: end.column + 2 })),
    ...near.map((by) => ({ row: start.row + by, column: start.column - label.length - 1 })),
    ...(must ? near.map((by) => ({ row: end.row + by, column: canvas[0].length - label.length })) : []),
  ];
  const spot = spots.find(({ row, column }) => free(row, column));
  if (spot) for (const [i, sign] of [...label].entries()) canvas[spot.row][spot.column + i] = sign;
}

function xAxis(
  ticks: readonly Tick[],
  toColumn: (x: number) => number,
  {
    left,
    across,
    plain,
    width,
  }: { readonly left: number; readonly across: number; readonly plain: boolean; readonly width: number },
): string[] {
  const rule = new Array<string>(across).fill(plain ? "-" : "─");
  let labels = " ".repeat(left);
  for (const { value, text } of ticks) {
    const column = Math.round(toColumn(value));
    if (column < 0 || column >= across) continue;
    const from = left + column - Math.floor(text.length / 2);
    if (
      from < labels.length + (labels.trim() === "" ? 0 : 1) ||
      from + text.length > Math.min(left + across + 4, width)
    )
      continue;
    rule[column] = plain ? "+" : "┬";
    labels = labels.padEnd(from) + text;
  }
  return [`${" ".repeat(left - 1)}${plain ? "+" : "└"}${rule.join("")}`, labels];
}

function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
