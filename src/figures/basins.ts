import { formatFlops, formatNumber } from "../numeric/index.ts";
import type { BasinMap, MappedBasin } from "../trust/index.ts";
import type { Figure, PointsMark } from "./figure.ts";
import { formatIn } from "./format.ts";
import { percentText } from "./wording.ts";

/** Below this share above the lowest, a basin is drawn as deep as the best: the axis is a logarithm. */
const floor = 1e-6;

/** Basins whose size lies further off the best one's than this are told, not drawn. */
const widest = 1e4;

/**
 * Where the starts ended: each minimum of the objective by how far it lies above the lowest and by what would be decided
 * there, as large as the share of the starts that ended in it.
 *
 * @throws when the law has no decision to place the basins by
 * @example basinFigure(diagnosis.basins)
 */
export function basinFigure(map: BasinMap): Figure {
  const sized = map.basins.filter(({ optimum }) => optimum !== null);
  const lowest = sized[0]?.optimum?.params ?? 1;
  // a basin in which the law has fallen apart may ask for one parameter, and would squeeze the rest into a corner
  const placed = sized.filter(
    ({ optimum }) => Math.abs(Math.log(optimum!.params / lowest)) < Math.log(widest),
  );
  if (map.flops === null || placed.length === 0)
    throw new Error("cannot draw the basins: none of them has a best size at a budget to place it by");
  const flops = formatFlops(map.flops);
  const height = ({ above }: MappedBasin): number => Math.max(floor, above);
  const most = Math.max(...placed.map(height), 1e-3) * 3;
  const sizes = placed.map(({ optimum }) => optimum!.params);
  const ends: [number, number] = [Math.min(...sizes) / 2, Math.max(...sizes) * 2];
  const mark = (basins: readonly MappedBasin[], best: boolean): PointsMark => ({
    kind: "points",
    series: "",
    colour: best ? 0 : 1,
    symbol: best ? "diamond" : "dot",
    points: basins.map((basin) => [basin.optimum!.params, height(basin)]),
    sizes: basins.map(({ starts }) => 1 + (7 * starts) / Math.max(1, map.starts)),
    names: basins.map(
      ({ optimum, starts }) =>
        `${formatIn("parameters", optimum!.params)}, ${starts} ${starts === 1 ? "start" : "starts"}`,
    ),
  });
  const [best, ...others] = placed as [MappedBasin, ...MappedBasin[]];
  const exponents = Array.from(
    { length: Math.floor(Math.log10(most)) - Math.log10(floor) },
    (_, i) => Math.log10(floor) + i + 1,
  );
  return {
    format: "isoflop.figure/1",
    title: "Where the starts ended",
    subtitle: `${map.basins.length === 1 ? `All ${map.starts} starts lead to one minimum` : `${map.starts} starts lead to ${map.basins.length} minima`}. Diamond: the lowest; the larger a mark, the more starts ended there.`,
    alt: `${placed.length} ${placed.length === 1 ? "basin" : "basins"} of the objective by N* at ${flops} FLOPs. The lowest: ${formatIn("parameters", best.optimum!.params)} parameters, ${best.starts} of ${map.starts} starts.${others.map((basin) => ` One ${percentText(basin.above)} higher: ${formatIn("parameters", basin.optimum!.params)}, ${basin.starts} starts.`).join("")}`,
    note: noteOf(map, placed.length),
    columns: 1,
    panels: [
      {
        x: { label: `N* at ${flops} FLOPs, parameters`, scale: "log", unit: "parameters", domain: ends },
        y: {
          label: "objective above the lowest",
          scale: "log",
          unit: null,
          domain: [floor / 2, most],
          ticks: [
            { value: floor, text: "lowest" },
            ...exponents.map((exponent) => {
              const value = Number(`1e${exponent}`);
              return { value, text: `${formatNumber(100 * value, 2)} %` };
            }),
          ],
        },
        marks: [mark([best], true), ...(others.length > 0 ? [mark(others, false)] : [])],
      },
    ],
  };
}

function noteOf({ basins, failed }: BasinMap, drawn: number): string | null {
  const left = basins.length - drawn;
  const parts = [
    ...(left > 0
      ? [
          `${left} ${left === 1 ? "minimum is" : "minima are"} not drawn: no best size there, or one more than ${widest} times off.`,
        ]
      : []),
    ...(failed > 0 ? [`${failed} starts found no minimum.`] : []),
  ];
  return parts.length > 0 ? parts.join(" ") : null;
}
