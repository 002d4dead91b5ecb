import {
  exponentQuantity,
  type Fit,
  type FitQuantity,
  type IntervalMethod,
  intervalsOf,
  optimumQuantity,
  parameterQuantity,
  type QuantityIntervals,
} from "../fit/index.ts";
import { formatFlops, formatNumber } from "../numeric/index.ts";
import type { Observations } from "../runs/index.ts";
import type { Paint } from "./answer.ts";
import { columns, wrap } from "./text.ts";

const methods: readonly IntervalMethod[] = ["bootstrap", "profile", "delta"];

/** Reads `bootstrap,profile,delta`, or some of them. */
export function methodsOption(option: string): (text: string) => IntervalMethod[] {
  return (text) =>
    text.split(",").map((word) => {
      const method = methods.find((known) => known === word.trim());
      if (method === undefined)
        throw new Error(
          `${option}: expected ${methods.join(", ")} (several with commas), got "${word.trim()}"`,
        );
      return method;
    });
}

/** The fit with intervals side by side: of its free parameters, of a, and of N* at ten times its largest budget. */
export function withIntervals(
  made: Fit,
  observed: Observations,
  options: { methods: readonly IntervalMethod[]; level: number; weights: Float64Array | null },
): Fit {
  if (made.status === "non-finite") return made;
  const { law, range } = made;
  const free = Object.keys(law.parameters).filter((name) => !made.parameters[name]!.fixed);
  const exponent = exponentQuantity(made);
  const asked: FitQuantity[] = free.map((name) => parameterQuantity(law, name));
  if (exponent) asked.push(exponent);
  if (exponent && range.flops) {
    const flops = Number((10 * range.flops[1]).toPrecision(2));
    asked.push({ ...optimumQuantity(law, flops, "params"), name: `N* at ${formatFlops(flops)}` });
  }
  return { ...made, intervals: asked.map((quantity) => intervalsOf(made, observed, quantity, options)) };
}

/** A row a quantity, a column a method; why an end is missing below. */
export function intervalLines(intervals: readonly QuantityIntervals[], { dim }: Paint): string[] {
  const [first] = intervals;
  if (!first) return [];
  const end = (value: number | null): string => (value === null ? "open" : formatNumber(value, 4));
  const heads = ["", ...first.intervals.map(({ method }) => method)];
  const rows = intervals.map(({ quantity, intervals: by }) => [
    quantity,
    ...by.map(({ low, high }) => (low === null && high === null ? "–" : `${end(low)} … ${end(high)}`)),
  ]);
  const messages = new Set(
    intervals.flatMap(({ intervals: by }) =>
      by.flatMap(({ method, message }) => (message === null ? [] : [`${method}: ${message}`])),
    ),
  );
  return [
    `${formatNumber(100 * first.level, 3)} % intervals side by side`,
    ...columns([heads.map(dim), ...rows]),
    ...[...messages].flatMap((text) => wrap(text, { first: "  ", rest: "    " })),
  ];
}
