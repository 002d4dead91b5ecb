import {
  createKernel,
  type Drawn,
  type Draws,
  drawsOf,
  type Fit,
  fit,
  type Kernel,
  type Objective,
} from "../fit/index.ts";
import { type ComputeOptimum, computeOptimum, isPlannable, type Law } from "../laws/index.ts";
import { formatNumber } from "../numeric/index.ts";
import type { Observations } from "../runs/index.ts";
import { fixedOf, objectiveOf, valuesOf } from "./fitted-values.ts";
import { budgetsOf, followsFromBudget } from "./sizes.ts";

export type Parameters = Readonly<Record<string, number>>;

/** The decision that a fit is asked about: the best model for a budget. */
export interface Question {
  readonly flops: number;
  /** Inputs that a budget doesn't set. */
  readonly held: Readonly<Record<string, number>>;
}

export interface QuestionOptions {
  /** The budget, in FLOPs; default ten times the largest in the data. */
  flops?: number | null;
  /** Values of the law's other inputs; default those of the run of the largest budget. */
  held?: Readonly<Record<string, number>>;
}

/** A fit and its data brought together again: what every question about it begins with. */
export interface Reopened {
  readonly law: Law;
  /** Whether the data tell its parameters apart: false where the fit's Jacobian is singular. */
  readonly identified: boolean;
  readonly objective: Objective;
  readonly fixed: Parameters;
  readonly observed: Observations;
  readonly kernel: Kernel;
  readonly parameters: Parameters;
  /** The parameters as the kernel's variables. */
  readonly optimum: Float64Array;
  /** null for a law that no budget can be split with. */
  readonly question: Question | null;
  /** N*, D* and the loss there; null where the law has none. */
  decide(parameters: Parameters): ComputeOptimum | null;
}

/** One that has a decision to ask about. */
export interface Asked extends Reopened {
  readonly question: Question;
}

export function isAsked(reopened: Reopened): reopened is Asked {
  return reopened.question !== null;
}

/** @throws when the fit has no finite value, is of another approach, or its data lack a quantity of the law */
export function reopen(
  made: Fit,
  observed: Observations,
  options: QuestionOptions & { weights?: Float64Array | null } = {},
): Reopened {
  const { law, approach, status, message } = made;
  if (approach !== 3)
    throw new Error(
      `cannot look into a fit of approach ${String(approach)}: it has no objective over runs; fit with approach 3`,
    );
  if (status === "non-finite") throw new Error(`cannot look into this fit of ${law.name}: ${message}`);
  const missing = [...Object.keys(law.inputs), law.output].find((quantity) => !observed.columns[quantity]);
  if (missing !== undefined)
    throw new Error(
      `cannot look into this fit of ${law.name}: the data have no ${missing}; observe them with ${Object.keys(law.inputs).join(", ")} and ${law.output}`,
    );
  const objective = objectiveOf(made);
  const parameters = valuesOf(made);
  const fixed = fixedOf(made);
  const { weights = null } = options;
  const kernel = createKernel(law, observed.columns, observed.columns[law.output]!, objective, {
    fixed,
    weights,
  });
  const question = questionFor(law, observed, options);
  return {
    law,
    identified: status !== "not-identified",
    objective,
    fixed,
    observed,
    kernel,
    parameters,
    optimum: kernel.toVariables(parameters),
    question,
    decide: (at) => question && decision(law, at, question),
  };
}

/** The joint draws of a fit; null where it has none. */
export function drawsOfFit(made: Fit): Draws | null {
  return drawsOf(valuesOf(made), made.bootstrap);
}

/** N* in every draw of a fit, NaN where a draw has none; null without draws. */
export function drawnSizes(made: Fit, { decide }: Reopened): Drawn | null {
  return drawsOfFit(made)?.of((at) => decide(at)?.params ?? Number.NaN) ?? null;
}

/** The same fit with draws: itself where it has enough of these very data, else made again from where it ended. */
export function withDraws(
  made: Fit,
  observed: Observations,
  { bootstrap, ...options }: { bootstrap: number; level: number; seed: number; weights: Float64Array | null },
): Fit {
  const enough = (made.bootstrap?.draws.length ?? 0) >= Math.min(100, bootstrap);
  if (enough && made.data.hash === observed.hash) return made;
  return fit(made.law, observed, {
    ...options,
    objective: objectiveOf(made),
    fixed: fixedOf(made),
    starts: [valuesOf(made), ...made.starts.basins.map(({ parameters }) => parameters)],
    bootstrap,
  });
}

/** N* and D* for the question, null where the law has none there. */
function decision(law: Law, parameters: Parameters, { flops, held }: Question): ComputeOptimum | null {
  const found = computeOptimum(law, parameters, flops, { held });
  return found && Number.isFinite(found.params) ? found : null;
}

/** The question with its defaults filled in; null where the law or the data allow none. */
function questionFor(
  law: Law,
  observed: Observations,
  { flops = null, held = {} }: QuestionOptions = {},
): Question | null {
  const budgets = budgetsOf(observed);
  if (flops !== null && !(flops > 0 && Number.isFinite(flops)))
    throw new Error(`cannot ask about a budget of ${flops} FLOPs: expected a number above 0`);
  if (!budgets) return null;
  const largest = budgets.reduce((best, C, row) => (C > budgets[best]! ? row : best), 0);
  const others = Object.keys(law.inputs).filter((quantity) => !followsFromBudget.includes(quantity));
  const all = Object.fromEntries(
    others.map((quantity) => [quantity, held[quantity] ?? observed.columns[quantity]![largest]!]),
  );
  if (!isPlannable(law, all)) return null;
  return { flops: flops ?? 10 * budgets[largest]!, held: all };
}

/** Parameters as a person tells them apart: `R_D_star 95.4, R_N_star 1.71`. */
export function nameOf(parameters: Parameters, which: readonly string[]): string {
  return which.map((name) => `${name} ${formatNumber(parameters[name]!, 3)}`).join(", ");
}

/** The slope of ln N* in the fit's variables, by central differences; null where there is no N*. */
export function decisionGradient({ kernel, optimum, decide }: Reopened): Float64Array | null {
  return variableGradient(kernel, optimum, (parameters) =>
    Math.log(decide(parameters)?.params ?? Number.NaN),
  );
}

/** The slope of any quantity of the parameters in the fit's variables; null where it is not finite. */
function variableGradient(
  kernel: Kernel,
  at: Float64Array,
  quantity: (parameters: Parameters) => number,
): Float64Array | null {
  const step = 1e-4;
  const slope = at.map((_, j) => {
    const value = (by: number): number =>
      quantity(kernel.toParameters(at.map((u, k) => (k === j ? u + by : u))));
    return (value(step) - value(-step)) / (2 * step);
  });
  return slope.every(Number.isFinite) ? slope : null;
}

/** How far an objective lies above another, as a share of it: 0.01 is a hundredth. */
export function aboveBy(value: number, lowest: number): number {
  return Math.min((value - lowest) / Math.max(lowest, 1e-300), Number.MAX_VALUE);
}

/** The same in words. */
export function heightText(above: number): string {
  if (Math.abs(above) < 1e-6) return "the same";
  return above > 0 ? `${formatNumber(100 * above, 2)} % higher` : `${formatNumber(-100 * above, 2)} % lower`;
}
