import {
  alongSpan,
  type CoefficientSet,
  inputMiddle,
  inputSpan,
  type Law,
  lawFunction,
  middleStarts,
  outputUnit,
  quantityInfo,
} from "../laws/index.ts";
import type { Axis, Colour, Figure, LineMark } from "./figure.ts";
import { formatIn } from "./format.ts";

/** Points of a line: enough for any bend at the width of a terminal or a page. */
const pointsOfLine = 97;

/**
 * How a law looks: its output over its first input, a line each for the low end, the middle and the high end of its
 * second; other inputs stay at their middle. The spans are those of the set's data, else where today's runs lie.
 *
 * Axes are logarithmic where a quantity is above 0 (a share is not drawn so). A law that nobody has published
 * coefficients of is drawn at the middle of its parameters' starts, which the title says.
 *
 * @param set a key of `law.sets`; the first one unless said
 * @throws where the law has no finite value there
 * @example terminalFigure(lawShape(chinchilla, "besiroglu2024-refit")).join("\n")
 */
export function lawShape(law: Law, set: string | null = Object.keys(law.sets)[0] ?? null): Figure {
  const published = set === null ? null : law.sets[set];
  if (published === undefined) throw new Error(`cannot draw ${law.name}: it has no set "${set}"`);
  const value = lawFunction(law, published?.parameters ?? middleStarts(law));
  const [first, second, ...others] = Object.keys(law.inputs);
  const at: Record<string, number> = {};
  for (const quantity of others) at[quantity] = inputMiddle(law, quantity, published);
  const lines = second === undefined ? [null] : levels(law, second, published);
  const span = inputSpan(law, first, published);
  const xs = Array.from({ length: pointsOfLine }, (_, i) => alongSpan(first, span, i / (pointsOfLine - 1)));
  const unit = (quantity: string): string => quantityInfo(quantity)?.unit ?? "";
  const marks = lines.flatMap((level, i): LineMark[] => {
    const inputs = level === null ? at : { ...at, [second]: level };
    const points = xs
      .map((x): [number, number] => [x, value({ ...inputs, [first]: x })])
      .filter(([, y]) => Number.isFinite(y));
    const series = level === null ? law.output : `${second} ${formatIn(unit(second), level)}`;
    return points.length > 1 ? [{ kind: "line", series, points, colour: rampOf(i, lines.length) }] : [];
  });
  if (marks.length === 0)
    throw new Error(`cannot draw ${law.name}: it has no finite value over the span of its inputs`);
  const outputs = marks.flatMap(({ points }) => points.map(([, y]) => y));
  const place = `${law.name}${set === null ? " at its starts" : `, ${set}`}`;
  const ends = marks.map(({ series, points }) => {
    const [from, to] = [points[0]!, points.at(-1)!].map(([, y]) => formatIn(outputUnit(law) ?? "", y));
    return `${series === law.output ? "it" : `at ${series}`} goes from ${from} to ${to}`;
  });
  return {
    format: "isoflop.figure/1",
    title: `${law.output} by ${first}: ${place}`,
    subtitle: null,
    alt: `The ${law.output} of ${place} by ${first} from ${formatIn(unit(first), xs[0]!)} to ${formatIn(unit(first), xs.at(-1)!)}: ${ends.join("; ")}.`,
    note: `${law.source.authors} ${law.source.year}, ${law.source.title}, ${law.source.url}`,
    columns: 1,
    panels: [{ x: axisOf(first, unit(first), xs), y: axisOf(law.output, outputUnit(law), outputs), marks }],
  };
}

/** Lines of rising levels go up the ramp. */
function rampOf(i: number, count: number): Colour {
  return count < 2 ? 0 : { ramp: i / (count - 1) };
}

function levels(law: Law, quantity: string, set: CoefficientSet | null): number[] {
  const [low, high] = inputSpan(law, quantity, set);
  return [...new Set([low, inputMiddle(law, quantity, set), high])];
}

function domainOf(quantity: string): string {
  return quantityInfo(quantity)?.domain ?? "positive";
}

function axisOf(quantity: string, unit: string, values: readonly number[]): Axis {
  const positive = domainOf(quantity) === "positive" && values.every((value) => value > 0);
  return {
    label: unit === "" || unit === quantity ? quantity : `${quantity}, ${unit}`,
    scale: positive ? "log" : "linear",
    unit: unit === "" ? null : unit,
  };
}
