import type { FrontierFit } from "../fit/index.ts";
import { frontierAt } from "../fit/index.ts";
import type { Figure, Point } from "./figure.ts";
import { formatIn } from "./format.ts";
import { noteOf } from "./wording.ts";

/**
 * The best model size by compute as approach 1 or 2 found it: every optimum, and the power law through them; as the right
 * side of figures 2 and 3 of Hoffmann et al. 2022, https://arxiv.org/abs/2203.15556
 *
 * @throws when the fit has no lines
 * @example terminalFigure(frontierFigure(fitIsoflop(runs)))
 */
export function frontierFigure(made: FrontierFit): Figure {
  const { optima, laws, approach, exponents, message } = made;
  if (!laws || !exponents) throw new Error(`cannot draw a fit by approach ${approach}: ${message}`);
  const line = [optima[0]!, optima.at(-1)!].map(
    ({ flops }): Point => [flops, frontierAt(laws, flops).params],
  );
  const [first, last] = line as [Point, Point];
  return {
    format: "isoflop.figure/1",
    title: `Best size by compute, approach ${approach}; line: N* ∝ C^${exponents.a.toFixed(3)}`,
    subtitle: null,
    alt: `${optima.length} optima of approach ${approach} by compute, and a straight line in logs through them: from ${formatIn("parameters", first[1])} parameters at ${formatIn("FLOPs", first[0])} FLOPs to ${formatIn("parameters", last[1])} at ${formatIn("FLOPs", last[0])}; N* grows as C to the ${exponents.a.toFixed(3)}.`,
    note: noteOf(made),
    columns: 1,
    panels: [
      {
        x: { label: "FLOPs", scale: "log", unit: "FLOPs" },
        y: { label: "parameters", scale: "log", unit: "parameters" },
        marks: [
          { kind: "line", series: "N*", points: line },
          { kind: "points", series: "N*", points: optima.map(({ flops, params }) => [flops, params]) },
        ],
      },
    ],
  };
}
