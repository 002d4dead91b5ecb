import { formatNumber } from "../numeric/index.ts";
import type { Observations } from "../runs/index.ts";
import type { Fold, HeldOut } from "../trust/index.ts";
import type { Figure, Mark, Point } from "./figure.ts";
import { formatIn } from "./format.ts";
import { percentText } from "./wording.ts";

/**
 * What a law fitted to the smaller runs says of the larger ones, against what came: on the line it is right, above it
 * expects too high a loss.
 *
 * @param folds those of the result, in its order
 * @throws when nothing was held out
 * @example heldOutFigure("chinchilla", holdOut(chinchilla, observed, folds), folds, observed)
 */
export function heldOutFigure(
  law: string,
  result: HeldOut,
  folds: readonly Fold[],
  observed: Observations,
  output = "loss",
): Figure {
  const truth = observed.columns[output];
  if (!truth) throw new Error(`cannot draw what was held out: the runs have no ${output}`);
  const clouds = result.folds.map(({ errors, scale }, i) => ({
    scale,
    points: errors.map((error, k): Point => {
      const value = truth[folds[i]!.held[k]!]!;
      return [value, value * (1 + error)];
    }),
  }));
  const all = clouds.flatMap(({ points }) => points);
  if (all.length === 0) throw new Error("cannot draw what was held out: there is nothing in it");
  const values = all.flat();
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = (high - low) * 0.04 || high * 0.02;
  const domain: [number, number] = [low - air, high + air];
  const marks: Mark[] = [
    {
      kind: "rule",
      series: "right",
      points: [
        [domain[0], domain[0]],
        [domain[1], domain[1]],
      ],
      colour: "muted",
    },
    ...clouds.map(
      ({ points, scale }, i): Mark => ({
        kind: "points",
        series: scale ? `held out: ${formatNumber(scale[0], 2)}` : "",
        points,
        colour: { ramp: clouds.length > 1 ? i / (clouds.length - 1) : 0 },
      }),
    ),
  ];
  const worst = result.folds.reduce((a, b) => (b.error > a.error ? b : a));
  return {
    format: "isoflop.figure/1",
    title: `${law} on runs larger than those it was fitted to`,
    subtitle: `Misses by ${percentText(result.error)} on average over ${clouds.length} ${clouds.length === 1 ? "step" : "steps"} up in scale, ${result.bias > 0 ? "too high" : "too low"} by ${percentText(Math.abs(result.bias))}.`,
    alt: `Predicted against measured ${output} of ${all.length} held-out runs in ${clouds.length} folds, from ${formatIn("", low)} to ${formatIn("", high)}: off by ${percentText(result.error)} on average, ${percentText(worst.error)} in the worst fold${worst.scale ? ` (scale ${formatNumber(worst.scale[0], 3)})` : ""}; mean signed error ${percentText(result.bias)}.`,
    note: `${observed.rows} rows of ${observed.origin}; each fold is fitted to all smaller runs.`,
    columns: 1,
    panels: [
      {
        x: { label: `measured ${output}`, scale: "linear", unit: null, domain },
        y: { label: `predicted ${output}`, scale: "linear", unit: null, domain },
        marks,
      },
    ],
  };
}
