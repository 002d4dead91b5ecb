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
  /** Where the loss of the last point was not a number or infinite, as a diverging program writes it; else null. */
  readonly diverged: { readonly step: number; readonly tokens: number } | null;
}

/**
 * Reads metrics.jsonl, one object a line: {"step": 10, "tokens": 5120, "loss": 4.2, "split": "validation"}.
 *
 * The file is append only, so a run that was killed and began again repeats itself: a line takes the place of every
 * earlier one of its split that is not before it. Lines that are no point are counted and left out, keys that we don't
 * know ignored, and a line without a split is of training. A loss of NaN or Infinity, bare as Python writes it, or null
 * is no point of the curve; as the last of the file it says that the run diverged.
 *
 * @example
 * readMetricLines('{"step":1,"tokens":64,"loss":5.1}\n{"step":2,"tok').torn; // 1
 */
export function readMetricLines(text: string): MetricLines {
  let points: MetricPoint[] = [];
  const reached = new Map<CurvePoint["split"], number>();
  let torn = 0;
  let diverged: MetricLines["diverged"] = null;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const point = pointOf(line);
    if (point === null) {
      torn++;
      continue;
    }
    if (!Number.isFinite(point.loss)) {
      diverged = { step: point.step, tokens: point.tokens };
      continue;
    }
    diverged = null;
    if (point.step <= (reached.get(point.split) ?? -1))
      points = points.filter(({ step, split }) => split !== point.split || step < point.step);
    reached.set(point.split, point.step);
    points.push(point);
  }
  return { points, torn, diverged };
}

/** A point as a line of metrics.jsonl, with its line break. */
export function metricLine({ step, tokens, loss, split }: CurvePoint, seconds: number | null = null): string {
  return `${JSON.stringify({ step, tokens, loss, split, ...(seconds === null ? {} : { seconds }) })}\n`;
}

function pointOf(line: string): MetricPoint | null {
  let value: unknown;
  try {
    value = JSON.parse(line.replace(/(?<=:\s*)-?(NaN|Infinity)(?=\s*[,}])/g, "null"));
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { step, tokens, loss, split = "train", seconds } = value as Record<string, unknown>;
  if (!isCount(step) || !isCount(tokens) || (typeof loss !== "number" && loss !== null)) return null;
  if (split !== "train" && split !== "validation" && split !== "unstated") return null;
  return { step, tokens, loss: loss ?? Number.NaN, split, seconds: isCount(seconds) ? seconds : null };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value >= 0;
}
