import { formatNumber } from "../numeric/index.ts";
import type { Figure, Mark, Point } from "./figure.ts";
import { formatIn } from "./format.ts";
import { thinned } from "./steps.ts";

/** A model that somebody trained: how large, on how much. */
export interface LadderModel {
  readonly name: string;
  readonly year: number;
  readonly params: number | null;
  /** Of a mixture of experts those that a token passes through. */
  readonly activeParams?: number | null;
  readonly tokens: number | null;
}

/**
 * Tokens per (active) parameter of known models, from the fewest to the most, beside the twenty of the rule of thumb.
 *
 * @param mine a model of one's own, drawn among them
 * @param most show at most so many, evenly chosen along the ladder
 * @throws when no model says both numbers
 * @example tokenLadder(worldModels, { mine: { name: "this plan", params: 73e9, tokens: 1.3e12 } })
 */
export function tokenLadder(
  models: readonly LadderModel[],
  {
    mine = null,
    most = 24,
  }: {
    mine?: { readonly name: string; readonly params: number; readonly tokens: number } | null;
    most?: number;
  } = {},
): Figure {
  const known = models
    .flatMap(({ name, year, params, activeParams, tokens }) => {
      const size = activeParams ?? params;
      return size !== null && tokens !== null
        ? [{ name: `${name}, ${year}`, ratio: tokens / size, size, tokens, own: false }]
        : [];
    })
    .sort((a, b) => a.ratio - b.ratio);
  if (known.length === 0)
    throw new Error("cannot draw the ladder: no model says both its size and its tokens");
  const own = mine
    ? [
        {
          name: mine.name,
          ratio: mine.tokens / mine.params,
          size: mine.params,
          tokens: mine.tokens,
          own: true,
        },
      ]
    : [];
  const rungs = [...thinned(known, most), ...own].sort((a, b) => a.ratio - b.ratio);
  const point = ({ ratio }: { ratio: number }, i: number): Point => [ratio, i];
  const text = ({ size, tokens }: { size: number; tokens: number }): string =>
    `${formatIn("parameters", size)} on ${formatIn("tokens", tokens)}`;
  const low = Math.min(20, rungs[0]!.ratio) / 2;
  const high = Math.max(20, rungs.at(-1)!.ratio);
  const group = (of: boolean, colour: number): Mark[] => {
    const at = rungs.flatMap((rung, i) => (rung.own === of ? [{ rung, place: point(rung, i) }] : []));
    if (at.length === 0) return [];
    return [
      {
        kind: "segments",
        series: "",
        segments: at.map(({ place: [x, y] }) => [20, y, x, y] as const),
        colour,
        faint: true,
      },
      {
        kind: "points",
        series: "",
        points: at.map(({ place }) => place),
        names: at.map(({ rung }) => text(rung)),
        colour,
        symbol: of ? "diamond" : "dot",
        sizes: [1.5],
      },
    ];
  };
  const [first, last] = [rungs[0]!, rungs.at(-1)!];
  return {
    format: "isoflop.figure/1",
    title: "How long known models were trained",
    subtitle: `Tokens per parameter (the active ones of mixtures)${rungs.length - own.length < known.length ? `; ${rungs.length - own.length} of ${known.length} models` : ""}; the rule marks 20.`,
    alt: `${rungs.length} models by tokens per parameter, from ${first.name} with ${formatNumber(first.ratio, 3)} (${text(first)}) to ${last.name} with ${formatNumber(last.ratio, 3)} (${text(last)}); ${rungs.filter(({ ratio }) => ratio > 20).length} lie above 20.${own.map(({ name, ratio }) => ` ${name} has ${formatNumber(ratio, 3)}.`).join("")}`,
    note: "Sizes and tokens as their makers state them.",
    columns: 1,
    panels: [
      {
        x: {
          label: "tokens per parameter",
          scale: "log",
          unit: "tokens per parameter",
          domain: [low / (high / low) ** 0.24, high * (high / low) ** 0.26],
        },
        y: {
          label: "",
          scale: "linear",
          unit: null,
          domain: [-0.7, rungs.length - 0.3],
          ticks: rungs.map(({ name }, i) => ({ value: i, text: name })),
        },
        marks: [
          {
            kind: "rule",
            series: "",
            points: [
              [20, -0.7],
              [20, rungs.length - 0.3],
            ],
            colour: "ink",
            dashed: true,
          },
          ...group(false, 0),
          ...group(true, 1),
        ],
      },
    ],
  };
}
