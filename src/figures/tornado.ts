import { formatFlops, formatNumber } from "../numeric/index.ts";
import type { Sensitivity, SensitivityRow } from "../trust/index.ts";
import type { Figure, Mark } from "./figure.ts";
import { formatIn } from "./format.ts";
import { finiteInterval, intervalText } from "./wording.ts";

/**
 * How far each other choice moves N* at a budget, the farthest on top, beside the interval of the fit (grey).
 *
 * A bar that leaves the grey matters more than the noise in the data.
 *
 * @param most show at most so many choices
 * @throws when no choice left a best size
 * @example tornado(diagnosis.sensitivity)
 */
export function tornado(table: Sensitivity, { most = 16 }: { most?: number } = {}): Figure {
  const { fit, flops } = table;
  const far = ({ params }: SensitivityRow): number => Math.abs(Math.log(params! / fit.params));
  const rows = table.rows
    .filter(({ params }) => params !== null && params > 0)
    .sort((a, b) => far(b) - far(a))
    .slice(0, most);
  if (rows.length === 0) throw new Error("cannot draw the sensitivity: no other choice has a best size");
  const interval = finiteInterval(fit.interval);
  const place = (i: number): number => rows.length - 1 - i;
  const bars = (kept: (row: SensitivityRow) => boolean, colour: number): Mark[] => {
    const boxes = rows.flatMap((row, i) =>
      kept(row) ? [[fit.params, place(i) - 0.32, row.params!, place(i) + 0.32] as const] : [],
    );
    return boxes.length > 0 ? [{ kind: "boxes", series: "", boxes, colour }] : [];
  };
  const inside = ({ params }: SensitivityRow): boolean =>
    interval === null || (params! >= interval.low && params! <= interval.high);
  const top = rows.length - 0.4;
  const marks: Mark[] = [
    ...(interval
      ? [
          {
            kind: "boxes",
            series: "",
            boxes: [[interval.low, -0.6, interval.high, top]],
            colour: "muted",
            faint: true,
          } as const,
        ]
      : []),
    ...bars(inside, 0),
    ...bars((row) => !inside(row), 1),
    {
      kind: "rule",
      series: "",
      points: [
        [fit.params, -0.6],
        [fit.params, top],
      ],
      colour: "ink",
    },
    {
      kind: "points",
      series: "",
      points: rows.map(({ params }, i) => [params!, place(i)]),
      names: rows.map(({ params }) => formatIn("parameters", params!)),
      colour: "ink",
      sizes: [0.02],
    },
  ];
  const sizes = [
    fit.params,
    ...rows.map(({ params }) => params!),
    ...(interval ? [interval.low, interval.high] : []),
  ];
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)];
  const air = Math.max(1.1, (high / low) ** 0.14);
  const beyond = rows.filter((row) => !inside(row)).length;
  const [first] = rows as [SensitivityRow];
  return {
    format: "isoflop.figure/1",
    title: `What moves N* at ${formatFlops(flops)} FLOPs`,
    subtitle: `The fit says ${formatIn("parameters", fit.params)}${interval ? `; grey: its ${formatNumber(100 * interval.level)} % interval, ${intervalText("parameters", interval)}` : "; it has no interval"}.`,
    alt: `${rows.length} other choices by how far they move N* at ${formatFlops(flops)} FLOPs from ${formatIn("parameters", fit.params)}. Farthest: ${first.choice}, to ${formatIn("parameters", first.params!)}.${interval ? ` ${beyond} of ${rows.length} leave the interval of ${intervalText("parameters", interval)}.` : ""} All: ${rows.map(({ choice, params }) => `${choice} ${formatIn("parameters", params!)}`).join("; ")}.`,
    note: table.message,
    columns: 1,
    panels: [
      {
        x: {
          label: "N*, parameters",
          scale: "log",
          unit: "parameters",
          domain: [low / air, high * air],
        },
        y: {
          label: "",
          scale: "linear",
          unit: null,
          domain: [-0.6, top],
          ticks: rows.map(({ choice }, i) => ({ value: place(i), text: choice })),
        },
        marks,
      },
    ],
  };
}
