import {
  drawnInterval,
  drawsOf,
  type Fit,
  type FrontierFit,
  frontierAt,
  percentileInterval,
} from "../fit/index.ts";
import { type ComputeOptimum, chinchilla, computeOptimum, findSet, isPlannable } from "../laws/index.ts";
import { formatFlops, formatNumber } from "../numeric/index.ts";
import type { Figure, Mark, Panel, Point } from "./figure.ts";
import { formatIn } from "./format.ts";
import { logSteps } from "./steps.ts";
import { finiteInterval, intervalText, noteOf, parametersOf } from "./wording.ts";

export interface AllocationOptions {
  /** How far to draw, in FLOPs; a thousand times the largest run unless said. */
  readonly upTo?: number;
  /** Sets of chinchilla to draw beside it. */
  readonly published?: readonly string[];
  readonly level?: number;
}

/** What a fit says of a budget, and between what and what. */
interface Answer {
  readonly value: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

type Side = "params" | "tokens";

/**
 * N*(C) and D*(C): the best split of a budget by a fit, with its intervals, far beyond the runs, beside published laws.
 *
 * A rule marks the largest run: right of it everything is extrapolation.
 *
 * @throws when no budget can be split with the fit
 * @example allocation(made, { published: ["hoffmann2022-unrounded"] })
 */
export function allocation(
  made: Fit | FrontierFit,
  {
    upTo,
    published = ["besiroglu2024-refit", "hoffmann2022-unrounded"],
    level = 0.9,
  }: AllocationOptions = {},
): Figure {
  const range = made.range.flops;
  if (!range) throw new Error("cannot draw the best sizes by compute: the fit has no FLOPs among its data");
  const [least, most] = range;
  const answer = made.approach === 3 ? byLaw(made, level) : byLines(made, level);
  const end = Math.max(upTo ?? most * 1000, most * 2);
  const steps = logSteps(least, end, 33);
  const answers = steps.map((flops) => ({
    flops,
    params: answer(flops, "params"),
    tokens: answer(flops, "tokens"),
  }));
  const others = published.flatMap((key) => {
    const { parameters } = findSet(chinchilla, key);
    const found = steps.map((flops) => computeOptimum(chinchilla, parameters, flops));
    return found.every((optimum) => optimum !== null) ? [{ key, found: found as ComputeOptimum[] }] : [];
  });
  const panel = (side: Side, title: string, unit: string): Panel => {
    const points = answers.map(({ flops, [side]: { value } }): Point => [flops, value]);
    const band = answers.flatMap(({ flops, [side]: { interval } }) =>
      interval ? [[flops, interval.low, interval.high] as const] : [],
    );
    const all = [
      ...points.map(([, y]) => y),
      ...others.flatMap(({ found }) => found.map((optimum) => optimum[side])),
      ...band.flatMap(([, low, high]) => [low, high]),
    ];
    const ends = [Math.min(...all) / 1.3, Math.max(...all) * 1.3] as const;
    const marks: Mark[] = [
      ...(band.length > 1 ? [{ kind: "band", series: "", points: band, colour: 0 } as const] : []),
      {
        kind: "rule",
        series: "",
        points: [
          [most, ends[0]],
          [most, ends[1]],
        ],
        colour: "muted",
        dashed: true,
        faint: true,
      },
      { kind: "text", series: "", points: [[most, ends[1] / 1.6]], texts: ["largest run"], colour: "muted" },
      ...others.map(
        ({ key, found }, i): Mark => ({
          kind: "line",
          series: key,
          points: found.map((optimum): Point => [optimum.flops, optimum[side]]),
          colour: i + 1,
          dashed: true,
        }),
      ),
      { kind: "line", series: "this fit", points, colour: 0 },
      ...(made.approach === 3
        ? []
        : [
            {
              kind: "points",
              series: "",
              points: made.optima.map((optimum): Point => [optimum.flops, optimum[side]]),
              colour: 0,
            } as const,
          ]),
    ];
    return {
      title,
      x: { label: "training compute, FLOPs", scale: "log", unit: "FLOPs" },
      y: { label: unit, scale: "log", unit, domain: ends },
      marks,
    };
  };
  const last = answers.at(-1)!;
  const say = (side: Side, unit: string): string => {
    const { value, interval } = last[side];
    return `${formatIn(unit, value)} ${unit}${interval ? ` (${intervalText(unit, interval)})` : ""}`;
  };
  const exponents = made.exponents
    ? `N* ∝ C^${made.exponents.a.toFixed(3)}, D* ∝ C^${made.exponents.b.toFixed(3)}`
    : "";
  const banded = answers.some(({ params }) => params.interval);
  return {
    format: "isoflop.figure/1",
    title: "The best split of a budget",
    subtitle: `${exponents}${exponents === "" ? "" : "; "}${banded ? `band: ${formatNumber(100 * level)} % interval` : "no interval: the fit has no draws"}; dashed: published laws.`,
    alt: `The best size and data by compute from ${formatFlops(least)} to ${formatFlops(end)} FLOPs; runs end at ${formatFlops(most)}. ${exponents}. At ${formatFlops(end)} FLOPs this fit asks for ${say("params", "parameters")} and ${say("tokens", "tokens")}; ${others.map(({ key, found }) => `${key} for ${formatIn("parameters", found.at(-1)!.params)} and ${formatIn("tokens", found.at(-1)!.tokens)}`).join("; ")}.`,
    note: noteOf(made),
    columns: 1,
    panels: [panel("params", "Parameters N*", "parameters"), panel("tokens", "Tokens D*", "tokens")],
  };
}

function byLaw(made: Fit, level: number): (flops: number, side: Side) => Answer {
  const { law } = made;
  if (!isPlannable(law))
    throw new Error(`cannot draw the best sizes by compute: no budget can be split with ${law.name}`);
  const parameters = parametersOf(made);
  const draws = drawsOf(parameters, made.bootstrap);
  return (flops, side) => {
    const of = (at: Readonly<Record<string, number>>): number =>
      computeOptimum(law, at, flops)?.[side] ?? Number.NaN;
    const value = of(parameters);
    if (!Number.isFinite(value))
      throw new Error(
        `cannot draw the best sizes by compute: ${law.name} as fitted has no best size at ${formatFlops(flops)} FLOPs`,
      );
    return { value, interval: draws && finiteInterval(drawnInterval(draws.bootstrap, draws.of(of), level)) };
  };
}

function byLines(made: FrontierFit, level: number): (flops: number, side: Side) => Answer {
  const { laws, bootstrap } = made;
  if (!laws) throw new Error(`cannot draw a fit by approach ${made.approach}: ${made.message}`);
  return (flops, side) => {
    const values = bootstrap?.draws.map(([k, a, q, b]) =>
      side === "params" ? k! * flops ** a! : q! * flops ** b!,
    );
    return {
      value: frontierAt(laws, flops)[side],
      interval: values ? finiteInterval(percentileInterval(values, level)) : null,
    };
  };
}
