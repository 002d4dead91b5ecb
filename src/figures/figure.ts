/** A place on an axis and what is written there. */
export interface Tick {
  readonly value: number;
  readonly text: string;
}

/** One direction of a panel. */
export interface Axis {
  /** The quantity, and its unit where the ticks don't say it. */
  readonly label: string;
  readonly scale: "log" | "linear";
  /** The base unit of the values, in words ("parameters", "FLOPs"); null for none. Ticks are written in it. */
  readonly unit: string | null;
  /** Its ends, the lower or left one first, so that a falling pair turns it round; the span of the marks unless said. */
  readonly domain?: readonly [from: number, to: number];
  /** All that may be written along it, such as names; round numbers, as many as there is room for, unless said. */
  readonly ticks?: readonly Tick[];
}

/**
 * What colours a mark: the n-th of the palette, the text's own colour, a weaker one, or a place on the ramp from low (0)
 * to high (1) for series that have an order.
 */
export type Colour = number | "ink" | "muted" | { readonly ramp: number };

interface MarkBase {
  /** What it belongs to; marks of one series are labelled once, those of the series "" not at all. */
  readonly series: string;
  readonly colour?: Colour;
  /** Stands back behind the others. */
  readonly faint?: boolean;
}

export type Point = readonly [x: number, y: number];

/** Separate points. */
export interface PointsMark extends MarkBase {
  readonly kind: "points";
  readonly points: readonly Point[];
  /** How they stand out; plain dots unless said. */
  readonly symbol?: "dot" | "diamond" | "ring" | "cross";
  /** How large they are beside a plain one, by area: one for all, or one each. */
  readonly sizes?: readonly number[];
  /** What each is called, where it is called anything. */
  readonly names?: readonly (string | null)[];
}

/** A line through points. */
export interface LineMark extends MarkBase {
  readonly kind: "line";
  readonly points: readonly Point[];
  readonly dashed?: boolean;
  /** A broad, pale stroke: a stretch of another line. */
  readonly thick?: boolean;
}

/** A straight rule between two points. */
export interface RuleMark extends MarkBase {
  readonly kind: "rule";
  readonly points: readonly Point[];
  readonly dashed?: boolean;
}

/** Separate straight pieces: the ends of intervals. */
export interface SegmentsMark extends MarkBase {
  readonly kind: "segments";
  readonly segments: readonly (readonly [x1: number, y1: number, x2: number, y2: number])[];
}

/** What lies between two lines. */
export interface BandMark extends MarkBase {
  readonly kind: "band";
  readonly points: readonly (readonly [x: number, low: number, high: number])[];
}

/** Rectangles: bars, or the cells of a map. */
export interface BoxesMark extends MarkBase {
  readonly kind: "boxes";
  readonly boxes: readonly (readonly [x1: number, y1: number, x2: number, y2: number])[];
  /** Each one's place on the ramp, from 0 to 1, instead of one colour for all. */
  readonly shades?: readonly number[];
}

/** Words in the picture, centred on their points. */
export interface TextMark extends MarkBase {
  readonly kind: "text";
  readonly points: readonly Point[];
  readonly texts: readonly string[];
}

/** Something drawn. */
export type Mark = PointsMark | LineMark | RuleMark | SegmentsMark | BandMark | BoxesMark | TextMark;

/** Two axes and what is drawn between them. */
export interface Panel {
  readonly title?: string;
  readonly x: Axis;
  readonly y: Axis;
  /** From the back to the front. */
  readonly marks: readonly Mark[];
}

/** A picture as plain data, in base units: whoever draws it decides on size and colours. */
export interface Figure {
  readonly format: "isoflop.figure/1";
  readonly title: string;
  /** What else is worth a line: the law, its parameters, the data. */
  readonly subtitle: string | null;
  /** What is seen, with its numbers, for whoever cannot see it. */
  readonly alt: string;
  /** Where it comes from. */
  readonly note: string | null;
  /** How many panels stand side by side. */
  readonly columns: number;
  /** Row by row; null leaves a place empty. */
  readonly panels: readonly (Panel | null)[];
}
