import { drawnInterval, drawsOf, type Fit } from "../fit/index.ts";
import { computeOptimum, isPlannable } from "../laws/index.ts";
import { formatFlops, formatNumber } from "../numeric/index.ts";
import type { Observations } from "../runs/index.ts";
import { lossColumns } from "./columns.ts";
import type { BandMark, Figure, Mark, Point } from "./figure.ts";
import { formatIn } from "./format.ts";
import { logSteps } from "./steps.ts";
import { finiteInterval, noteOf, parametersOf } from "./wording.ts";

/** How far the law is drawn beyond the largest run. */
const ahead = 10;

/**
 * Loss against compute, both in logs: every run, the envelope under them (the lowest loss that any run reached for so much
 * compute or less), and the best loss that the law allows, with its interval. As the left side of figure 2 of Hoffmann et
 * al. 2022, https://arxiv.org/abs/2203.15556
 *
 * @param made the fit whose frontier is drawn; null for the runs alone
 * @param level of the band, which needs a fit with draws
 * @example lossByCompute(observed, made)
 */
export function lossByCompute(
  observed: Observations,
  made: Fit | null = null,
  { level = 0.9 }: { level?: number } = {},
): Figure {
  const { params, loss, flops } = lossColumns(observed, "losses by compute");
  const rows = Array.from(flops.keys()).sort((i, j) => flops[i]! - flops[j]! || loss[i]! - loss[j]!);
  const sizes = [Math.min(...params), Math.max(...params)] as const;
  const envelope: Point[] = [];
  for (const row of rows) {
    const last = envelope.at(-1);
    if (last && loss[row]! >= last[1]) continue;
    // steps: between two runs nothing lower has been seen
    if (last) envelope.push([flops[row]!, last[1]]);
    envelope.push([flops[row]!, loss[row]!]);
  }
  const [least, most] = [flops[rows[0]!]!, flops[rows.at(-1)!]!];
  if (envelope.at(-1)![0] < most) envelope.push([most, envelope.at(-1)![1]]);
  const frontier = made && isPlannable(made.law) ? frontierOf(made, [least, most * ahead], level) : null;
  const marks: Mark[] = [
    ...(frontier?.marks ?? []),
    { kind: "line", series: "lowest so far", points: envelope, colour: "ink" },
    ...bySize(rows, params, sizes).map(
      ({ rows: own, share }): Mark => ({
        kind: "points",
        series: "",
        points: own.map((row): Point => [flops[row]!, loss[row]!]),
        colour: { ramp: share },
        sizes: [0.75],
      }),
    ),
  ];
  const [first, last] = [envelope[0]!, envelope.at(-1)!];
  return {
    format: "isoflop.figure/1",
    title: "Loss against compute",
    subtitle: `${rows.length} ${rows.length === 1 ? "run" : "runs"} of ${sizesText(sizes)} parameters${sizes[0] === sizes[1] ? "" : ", the darker the smaller"}${frontier ? "; dashed: the best loss the fitted law allows" : ""}${frontier?.banded ? `, with its ${formatNumber(100 * level)} % interval` : ""}.`,
    alt: `${rows.length} runs from ${formatFlops(least)} to ${formatFlops(most)} FLOPs. The lowest loss so far falls from ${formatNumber(first[1])} to ${formatNumber(last[1])}.${frontier?.text ?? ""}`,
    note: made
      ? noteOf(made)
      : `${rows.length} rows of ${observed.origin}; data ${observed.hash.slice(0, 15)}….`,
    columns: 1,
    panels: [
      {
        x: { label: "training compute, FLOPs", scale: "log", unit: "FLOPs" },
        y: { label: "loss, nats per token", scale: "log", unit: "nats per token" },
        marks,
      },
    ],
  };
}

function sizesText([low, high]: readonly [number, number]): string {
  const [from, to] = [formatIn("parameters", low), formatIn("parameters", high)];
  return from === to ? from : `${from} to ${to}`;
}

/** The rows in at most eight classes of size, each with its place between the smallest and the largest. */
function bySize(
  rows: readonly number[],
  params: Float64Array,
  [low, high]: readonly [number, number],
): { rows: number[]; share: number }[] {
  const classes = new Map<number, number[]>();
  for (const row of rows) {
    const share = low === high ? 0 : Math.log(params[row]! / low) / Math.log(high / low);
    const name = Math.round(share * 7) / 7;
    classes.set(name, [...(classes.get(name) ?? []), row]);
  }
  return [...classes].map(([share, own]) => ({ share, rows: own }));
}

function frontierOf(
  made: Fit,
  [least, most]: readonly [number, number],
  level: number,
): { marks: Mark[]; text: string; banded: boolean } | null {
  const { law } = made;
  const parameters = parametersOf(made);
  const lossAt = (at: Readonly<Record<string, number>>, flops: number): number =>
    computeOptimum(law, at, flops)?.loss ?? Number.NaN;
  const points = logSteps(least, most, 40)
    .map((flops): Point => [flops, lossAt(parameters, flops)])
    .filter(([, y]) => Number.isFinite(y));
  if (points.length < 2) return null;
  const draws = drawsOf(parameters, made.bootstrap);
  const band: BandMark["points"] = draws
    ? logSteps(least, most, 20).flatMap((flops) => {
        const drawn = draws.of((at) => lossAt(at, flops));
        const interval = finiteInterval(drawnInterval(draws.bootstrap, drawn, level));
        return interval ? [[flops, interval.low, interval.high] as const] : [];
      })
    : [];
  const banded = band.length > 1;
  const end = points.at(-1)!;
  return {
    marks: [
      ...(banded ? [{ kind: "band", series: "", points: band, colour: 1 } as const] : []),
      { kind: "line", series: `best by ${law.name}`, points, colour: 1, dashed: true },
    ],
    text: ` The best loss by ${law.name} reaches ${formatNumber(end[1])} at ${formatFlops(end[0])} FLOPs, ${ahead} times the largest run.`,
    banded,
  };
}
