import { type Law, lawFunction } from "../laws/index.ts";
import { formatNumber, median, quantile } from "../numeric/index.ts";
import { isOfCurve } from "../runs/index.ts";

/** How far the data reach in one of a law's inputs. */
export interface InputSpan {
  readonly quantity: string;
  readonly low: number;
  readonly high: number;
  /** high / low: what a power law sees of a range. */
  readonly factor: number;
}

/** Two inputs that the runs never moved apart. */
export interface TiedInputs {
  /** y ∝ x^slope in all runs. */
  readonly x: string;
  readonly y: string;
  readonly slope: number;
  /** The middle of y / x. */
  readonly ratio: number;
  /** How far y strays from that line: the factor between its 5 % and 95 % quantiles. */
  readonly stray: number;
}

/** A parameter that is added to the rest of the law whatever its inputs are, and how near the data come to it. */
export interface Floor {
  readonly parameter: string;
  readonly value: number;
  /** The lowest measured value over the floor: 1.5 means that half of the floor's size is still missing. */
  readonly above: number;
}

/** An input that varies less than this is as good as constant. */
export const constantSpan = 1.05;

/** Runs off the line by less than this don't tell two inputs apart. */
const together = 1.5;

type Columns = Readonly<Record<string, Float64Array>>;

/** The spans of a law's inputs, without those that have no logarithm. */
export function inputSpans(law: Law, columns: Columns): InputSpan[] {
  return Object.keys(law.inputs).flatMap((quantity) => {
    if (isOfCurve(quantity)) return []; // steps of one run: nobody chooses them one by one
    const column = columns[quantity]!;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const value of column) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return low > 0 && high < Number.POSITIVE_INFINITY ? [{ quantity, low, high, factor: high / low }] : [];
  });
}

/**
 * The pair of inputs that the runs moved together most tightly; null where every pair came apart.
 *
 * Runs at one number of tokens per parameter lie on a line in (ln N, ln D): along it the two terms of a law fall
 * together, and nothing says which of them does.
 */
export function tiedInputs(law: Law, columns: Columns): TiedInputs | null {
  const moving = inputSpans(law, columns).filter(({ factor }) => factor > constantSpan);
  let tightest: TiedInputs | null = null;
  moving.forEach(({ quantity: x }, i) => {
    for (const { quantity: y } of moving.slice(i + 1)) {
      const [u, v] = [logsOf(columns[x]!), logsOf(columns[y]!)];
      const slope = principalSlope(u, v);
      if (!Number.isFinite(slope) || Math.abs(slope) < 0.1 || Math.abs(slope) > 10) continue;
      const off = v.map((value, row) => value - slope * u[row]!).sort();
      const stray = Math.exp(quantile(off, 0.95) - quantile(off, 0.05));
      if (stray < together && (tightest === null || stray < tightest.stray))
        tightest = { x, y, slope, ratio: Math.exp(median(v.map((value, row) => value - u[row]!))), stray };
    }
  });
  return tightest;
}

/** What two tied inputs mean, as a clause. */
export function tiedText({ x, y, slope, ratio, stray }: TiedInputs): string {
  const width = `to within ${formatNumber(Math.max(1, 100 * (Math.sqrt(stray) - 1)), 2)} %`;
  if (x === "params" && y === "tokens" && Math.abs(slope - 1) < 0.15)
    return `all runs have about ${formatNumber(ratio, 2)} tokens per parameter (${width}): nothing tells the two terms apart`;
  return `${y} follows ${x} in all runs (${y} ∝ ${x}^${formatNumber(slope, 2)}, ${width}): nothing tells their effects apart`;
}

/** The sizes and tokens that span less than a decade; what else a law takes may well do with less. */
export function shortSpans(law: Law, columns: Columns): InputSpan[] {
  return inputSpans(law, columns).filter(
    ({ quantity, factor }) => (quantity === "params" || quantity === "tokens") && factor < 10,
  );
}

/** Rows enough to see how inputs lie. */
const enough = 20_000;

function logsOf(column: Float64Array): Float64Array {
  const step = Math.ceil(column.length / enough);
  return Float64Array.from({ length: Math.ceil(column.length / step) }, (_, i) =>
    Math.log(column[i * step]!),
  );
}

/** The slope of the longest axis of a cloud of points. */
function principalSlope(x: Float64Array, y: Float64Array): number {
  const [centreX, centreY] = [x, y].map((values) => values.reduce((sum, v) => sum + v, 0) / values.length);
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - centreX!, y[i]! - centreY!];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  return (yy - xx + Math.hypot(yy - xx, 2 * xy)) / (2 * xy);
}

/** The floor of a law that has one, at these parameters; null for a law without, or one that lies above its data. */
export function floorOf(
  law: Law,
  parameters: Readonly<Record<string, number>>,
  columns: Columns,
): Floor | null {
  const measured = columns[law.output]!;
  const lowest = measured.reduce((x, y) => Math.min(x, y), Number.POSITIVE_INFINITY);
  const rows = [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * (measured.length - 1)));
  const parameter = Object.keys(law.parameters).find((name) => {
    const value = parameters[name]!;
    // a floor that has run to nothing has left the fit, and is none
    if (!(value > 1e-6 * lowest) || !(lowest > value)) return false;
    const more = lawFunction(law, { ...parameters, [name]: 2 * value });
    const plain = lawFunction(law, parameters);
    return rows.every((row) => {
      const at = Object.fromEntries(
        Object.keys(law.inputs).map((quantity) => [quantity, columns[quantity]![row]!]),
      );
      return Math.abs((more(at) - plain(at)) / value - 1) < 1e-9;
    });
  });
  if (parameter === undefined) return null;
  return { parameter, value: parameters[parameter]!, above: lowest / parameters[parameter]! };
}
