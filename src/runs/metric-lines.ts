import type { CurvePoint } from "./run.ts";

/** A line of metrics.jsonl: a point of the curve and, where the writer says it, the seconds since its attempt began. */
export interface MetricPoint extends CurvePoint {
  readonly seconds: number | null;
}

/** What a metrics.jsonl says. */
export interface MetricLines {
  /** The curve as it stands, in the order of the file. */
  readonly points: readonly MetricPoint[];
  /** Lines that are no point: what a killed writer left half written, mostly. */
  readonly torn: number;
}

/**
 * Reads metrics.jsonl, one object a line: {"step": 10, "tokens": 5120, "loss": 4.2, "split": "validation"}.
 *
 * The file is append only, so a run that was killed and began again repeats itself: a line takes the place of every
 * earlier one of its split that is not before it. Lines that are no JSON, or have no finite loss (a diverging program
 * writes NaN), are counted and left out; keys that we don't know are ignored, and a line without a split is of training.
 *
 * @example
 * readMetricLines('{"step":1,"tokens":64,"loss":5.1}\n{"step":2,"tok').torn; // 1
 */
export function readMetricLines(text: string): MetricLines {
  let points: MetricPoint[] = [];
  let torn = 0;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const point = pointOf(line);
    if (point === null) {
      torn++;
      continue;
    }
    const last = points.at(-1);
    if (last !== undefined && point.step <= last.step)
      points = points.filter(({ step, split }) => split !== point.split || step < point.step);
    points.push(point);
  }
  return { points, torn };
}

/** A point as a line of metrics.jsonl, with its line break. */
export function metricLine({ step, tokens, loss, split }: CurvePoint, seconds: number | null = null): string {
  return `${JSON.stringify({ step, tokens, loss, split, ...(seconds === null ? {} : { seconds }) })}\n`;
}

function pointOf(line: string): MetricPoint | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { step, tokens, loss, split = "train", seconds } = value as Record<string, unknown>;
  if (!isCount(step) || !isCount(tokens) || typeof loss !== "number") return null;
  if (split !== "train" && split !== "validation" && split !== "unstated") return null;
  return { step, tokens, loss, split, seconds: isCount(seconds) ? seconds : null };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value >= 0;
}
