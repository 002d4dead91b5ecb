import type { FrontierFit } from "../fit/index.ts";
import { frontierAt } from "../fit/index.ts";
import type { Figure } from "./figure.ts";

/**
 * The best model size by compute as approach 1 or 2 found it: every optimum, and the power law through them; as the right
 * side of figures 2 and 3 of Hoffmann et al. 2022, https://arxiv.org/abs/2203.15556
 *
 * @throws when the fit has no lines
 * @example terminalFigure(frontierFigure(fitIsoflop(runs)))
 */
export function frontierFigure({ optima, laws, approach, exponents, message }: FrontierFit): Figure {
  if (!laws || !exponents) throw new Error(`cannot draw a fit by approach ${approach}: ${message}`);
  const line = [optima[0], optima[optima.length - 1]].map(({ flops }): [number, number] => [
    flops,
    frontierAt(laws, flops).params,
  ]);
  return {
    format: "isoflop.figure/1",
    title: `Best size by compute, approach ${approach}; line: N* ∝ C^${exponents.a.toFixed(3)}`,
    x: { label: "FLOPs", scale: "log", unit: "FLOPs" },
    y: { label: "parameters", scale: "log", unit: "parameters" },
    marks: [
      { kind: "line", series: "N*", points: line },
      { kind: "points", series: "N*", points: optima.map(({ flops, params }) => [flops, params]) },
    ],
  };
}
