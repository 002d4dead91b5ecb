import { isPlannable, type Law, lawFunction, quantityAt } from "../laws/index.ts";
import { findLowest, findRoot, formatFlops, formatNumber } from "../numeric/index.ts";
import type { Figure, Mark, Point } from "./figure.ts";
import { formatIn } from "./format.ts";
import { logSteps } from "./steps.ts";

export interface LifetimeCostQuestion {
  readonly loss: number;
  /** Tokens that the model will read and write in its life. */
  readonly served: number;
  /** Dollars of a FLOP: the axis is then in dollars. */
  readonly costOfFlop?: number;
}

/**
 * What a model of a given loss costs by its size: training it, 6·N·D with L(N, D) = l, serving it, 2·N·served, and both.
 *
 * Sardana et al. 2023, eq. 3, https://arxiv.org/abs/2401.00448: the lowest of the sum lies left of the cheapest to train.
 *
 * @throws when the law reaches the loss at no size
 * @example lifetimeCost(chinchilla, parameters, { loss: 2.0, served: 1e13 })
 */
export function lifetimeCost(
  law: Law,
  parameters: Readonly<Record<string, number>>,
  { loss, served, costOfFlop }: LifetimeCostQuestion,
): Figure {
  if (!isPlannable(law))
    throw new Error(`cannot draw what ${law.name} costs: it needs the loss by parameters and tokens`);
  if (!(served >= 0) || !Number.isFinite(served))
    throw new Error(
      `cannot draw what ${law.name} costs: expected served tokens of at least 0, got ${served}`,
    );
  const value = lawFunction(law, parameters);
  const inputs = Object.keys(law.inputs);
  const lossAt = (N: number, D: number): number =>
    value(Object.fromEntries(inputs.map((name) => [name, quantityAt(name, N, D)!])));
  const [least, most] = [Math.log(1e3), Math.log(1e20)];
  const tokensOf = (logN: number): number | null => {
    const N = Math.exp(logN);
    const over = (logD: number): number => lossAt(N, Math.exp(logD)) - loss;
    if (!(over(least) > 0 && over(most) < 0)) return null;
    const root = findRoot(over, least, most);
    return root === null ? null : Math.exp(root);
  };
  const scale = costOfFlop ?? 1;
  const costs = (logN: number): { training: number; serving: number; tokens: number } | null => {
    const D = tokensOf(logN);
    const N = Math.exp(logN);
    return D === null ? null : { training: 6 * N * D * scale, serving: 2 * N * served * scale, tokens: D };
  };
  const sizes = logSteps(1e5, 1e14, 181)
    .map(Math.log)
    .filter((logN) => tokensOf(logN) !== null);
  if (sizes.length < 3)
    throw new Error(
      `cannot draw what ${law.name} costs: it reaches a loss of ${formatNumber(loss)} at no size; choose a higher loss`,
    );
  const lowest = (
    of: (c: { training: number; serving: number }) => number,
  ): { logN: number; cost: number; tokens: number } => {
    const total = (logN: number): number => {
      const found = costs(logN);
      return found ? Math.log(of(found)) : Number.POSITIVE_INFINITY;
    };
    const near = sizes.reduce((a, b) => (total(b) < total(a) ? b : a));
    const step = sizes[1]! - sizes[0]!;
    const logN = findLowest(total, near - step, near + step);
    return { logN, cost: Math.exp(total(logN)), tokens: tokensOf(logN)! };
  };
  const whole = lowest(({ training, serving }) => training + serving);
  const training = lowest((c) => c.training);
  // as far as the dearer of the two is ten times the lowest
  const shown = sizes.filter((logN) => {
    const found = costs(logN)!;
    return found.training + found.serving < 10 * whole.cost;
  });
  const drawn = logSteps(Math.exp(shown[0]!), Math.exp(shown.at(-1)!), 97).map(Math.log);
  const line = (of: (c: { training: number; serving: number }) => number): Point[] =>
    drawn.flatMap((logN): Point[] => {
      const found = costs(logN);
      return found ? [[Math.exp(logN), of(found)]] : [];
    });
  const unit = costOfFlop === undefined ? "FLOPs" : "dollars";
  const money = (x: number): string =>
    unit === "FLOPs" ? `${formatFlops(x)} FLOPs` : formatIn("dollars", x);
  const at = (lowestOf: { logN: number; cost: number }): Point => [Math.exp(lowestOf.logN), lowestOf.cost];
  const serving = line((c) => c.serving).filter(([, y]) => y > 0);
  const floor = whole.cost / 30;
  const marks: Mark[] = [
    { kind: "line", series: "training", points: line((c) => c.training), colour: 0 },
    ...(served > 0
      ? [
          {
            kind: "line",
            series: "serving",
            points: serving.filter(([, y]) => y > floor),
            colour: 2,
          } as const,
          { kind: "line", series: "both", points: line((c) => c.training + c.serving), colour: 1 } as const,
        ]
      : []),
    {
      kind: "points",
      series: "",
      points: [at(training), ...(served > 0 ? [at(whole)] : [])],
      names: [training, ...(served > 0 ? [whole] : [])].map(({ logN }) =>
        formatIn("parameters", Math.exp(logN)),
      ),
      symbol: "diamond",
      colour: "ink",
    },
  ];
  const [N, N0] = [Math.exp(whole.logN), Math.exp(training.logN)];
  const wasted = costs(training.logN)!;
  const saved = 1 - whole.cost / (wasted.training + wasted.serving);
  return {
    format: "isoflop.figure/1",
    title: `What a loss of ${formatNumber(loss)} costs, with ${formatIn("tokens", served)} tokens served`,
    subtitle: `Cheapest over its life: ${formatIn("parameters", N)} on ${formatIn("tokens", whole.tokens)} (${formatNumber(whole.tokens / N, 3)} tokens per parameter); to train alone: ${formatIn("parameters", N0)} on ${formatIn("tokens", training.tokens)}.`,
    alt: `Cost by model size at a loss of ${formatNumber(loss)}: training is cheapest at ${formatIn("parameters", N0)} parameters (${money(training.cost)}); training and serving ${formatIn("tokens", served)} tokens at ${formatIn("parameters", N)} (${money(whole.cost)}), which saves ${formatNumber(100 * saved, 2)} % against serving the first.`,
    note: `${law.name}: ${law.formula}; training 6·N·D, serving 2·N a token; Sardana et al. 2023, eq. 3.`,
    columns: 1,
    panels: [
      {
        x: { label: "parameters", scale: "log", unit: "parameters" },
        y: { label: unit === "FLOPs" ? "FLOPs over its life" : "dollars over its life", scale: "log", unit },
        marks,
      },
    ],
  };
}
