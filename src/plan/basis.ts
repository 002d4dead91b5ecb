import {
  type Bootstrap,
  type Draws,
  drawsOf,
  type Fit,
  type FrontierFit,
  type Objective,
} from "../fit/index.ts";
import { type BudgetOptions, describeDomain, findSet, inside, type Law, tokenCost } from "../laws/index.ts";
import { didYouMean } from "../numeric/index.ts";
import { contentHash } from "../runs/index.ts";

/** What a plan or a prediction rests on: a fit of one's own, or coefficients that somebody published. */
export type Basis = Fit | PublishedBasis | GivenBasis;

export interface PublishedBasis {
  readonly law: Law;
  /** A key of `law.sets`, such as `besiroglu2024-refit`. */
  readonly set: string;
}

/** Coefficients from anywhere else: a person's own, or a law's starts to see its shape. */
export interface GivenBasis {
  readonly law: Law;
  readonly parameters: Readonly<Record<string, number>>;
}

/** Where a number came from, as it is written into a plan. */
export type BasisNote =
  | {
      readonly kind: "fit";
      readonly law: string;
      readonly hash: string;
      readonly origin: string;
      readonly rows: number;
    }
  | {
      readonly kind: "frontier";
      readonly approach: FrontierFit["approach"];
      readonly method: FrontierFit["method"];
      /** How many minima, or points of the envelope, the lines go through. */
      readonly optima: number;
      readonly hash: string;
      readonly origin: string;
      readonly rows: number;
    }
  | { readonly kind: "published"; readonly law: string; readonly set: string; readonly from: string }
  | { readonly kind: "given"; readonly law: string };

/** The basis taken apart: what all verbs need of it. */
export interface OpenBasis {
  readonly law: Law;
  readonly parameters: Readonly<Record<string, number>>;
  /** Joint draws of all parameters; null without a bootstrap. */
  readonly draws: Draws | null;
  /** How single runs scatter about the law, prediction − truth on the objective's scale; null where nobody knows. */
  readonly scatter: (Pick<Bootstrap, "residuals" | "spread"> & { readonly scale: Objective["scale"] }) | null;
  readonly range: Readonly<Record<string, readonly [low: number, high: number]>> | null;
  readonly params: string | null;
  readonly note: BasisNote;
  /** What a token costs under this basis; null where nobody says, and so 6·N unless the law refuses. */
  readonly flopsPerToken: string | null;
  /** What may make the numbers wrong. */
  readonly warnings: readonly string[];
  /** What is good to know of the coefficients. */
  readonly remarks: readonly string[];
}

export function openBasis(basis: Basis): OpenBasis {
  if ("format" in basis) return openFit(basis);
  return "set" in basis ? openPublished(basis) : openGiven(basis);
}

function openFit(fit: Fit): OpenBasis {
  if (fit.status === "non-finite")
    throw new Error(`cannot plan with this fit of ${fit.law.name}: ${fit.message}`);
  const parameters = Object.fromEntries(
    Object.entries(fit.parameters).map(([name, { value }]) => [name, value]),
  );
  // without draws the fit's own residuals are the nearest to how runs scatter
  const residuals = fit.bootstrap?.residuals ?? fit.residuals.values;
  const spread = fit.bootstrap?.residuals ? (fit.bootstrap.spread ?? null) : null;
  return {
    law: fit.law,
    parameters,
    draws: drawsOf(parameters, fit.bootstrap),
    scatter: residuals && { residuals, spread, scale: fit.objective.scale },
    range: fit.range,
    params: fit.conventions.params,
    note: { kind: "fit", law: fit.law.name, hash: contentHash(fit), origin: fit.data.origin, rows: fit.rows },
    warnings: [
      ...(fit.status === "converged" ? [] : [`The fit it rests on is ${fit.status}. ${fit.message}`]),
      ...(fit.law.caution === undefined ? [] : [fit.law.caution]),
    ],
    flopsPerToken: null,
    remarks: [],
  };
}

function openPublished({ law, set }: PublishedBasis): OpenBasis {
  const coefficients = findSet(law, set);
  return {
    law,
    parameters: coefficients.parameters,
    draws: null,
    scatter: null,
    range: coefficients.range ?? null,
    params: coefficients.params ?? null,
    note: { kind: "published", law: law.name, set, from: coefficients.from },
    flopsPerToken: coefficients.flopsPerToken ?? null,
    warnings: [law.caution, coefficients.caution].filter((text) => text !== undefined),
    remarks: coefficients.note === undefined ? [] : [coefficients.note],
  };
}

function openGiven({ law, parameters }: GivenBasis): OpenBasis {
  const fail = (reason: string): never => {
    throw new Error(`cannot use these coefficients of ${law.name}: ${reason}`);
  };
  const names = Object.keys(law.parameters);
  for (const [name, value] of Object.entries(parameters)) {
    const parameter = law.parameters[name];
    if (!parameter) {
      const near = didYouMean(name, names);
      fail(
        `it has no parameter "${name}"${near === null ? `; it has ${names.join(", ")}` : `; did you mean "${near}"?`}`,
      );
    } else if (!inside(parameter.in, value))
      fail(`${name} (${parameter.meaning}) is ${describeDomain(parameter.in)}, got ${value}`);
  }
  const missing = names.filter((name) => parameters[name] === undefined);
  if (missing.length > 0)
    fail(`no value for ${missing.map((name) => `${name} (${law.parameters[name]!.meaning})`).join(", ")}`);
  return {
    law,
    parameters,
    draws: null,
    scatter: null,
    range: null,
    params: null,
    note: { kind: "given", law: law.name },
    flopsPerToken: null,
    warnings: law.caution === undefined ? [] : [law.caution],
    remarks: [],
  };
}

/**
 * How a basis counts a budget: what a token costs by whoever says so first, the question or the coefficients, else 6·N.
 *
 * @throws when a budget means nothing to the law
 */
export function budgetOptions(
  { law, flopsPerToken }: OpenBasis,
  held: Readonly<Record<string, number>>,
  asked?: string,
): BudgetOptions & { readonly convention: string } {
  const cost = asked ?? flopsPerToken;
  if (cost !== null) return { held, flopsPerToken: tokenCost(law, cost, held), convention: cost };
  if (law.noBudget !== undefined) throw new Error(`cannot plan a budget with ${law.name}: ${law.noBudget}`);
  return { held, convention: "6ND" };
}

/** A value for an input that the law doesn't have would stand in the plan as if it had counted. */
export function checkHeld(law: Law, held: Readonly<Record<string, number>>): void {
  for (const quantity of Object.keys(held))
    if (law.inputs[quantity] === undefined)
      throw new Error(
        `cannot plan with ${law.name} at ${quantity} ${held[quantity]}: it has no such input; it takes ${Object.keys(law.inputs).join(", ")}`,
      );
}

/** How far a point lies outside the data, in one quantity: 8 means eight times beyond the nearest end. */
export interface Extrapolation {
  readonly quantity: string;
  readonly factor: number;
  readonly side: "above" | "below";
  readonly nearest: number;
}

/** The quantities in which a point lies outside the range of the data, the farthest first. */
export function extrapolations(
  range: OpenBasis["range"],
  point: Readonly<Record<string, number>>,
): readonly Extrapolation[] | null {
  if (!range) return null;
  const found: Extrapolation[] = [];
  for (const [quantity, value] of Object.entries(point)) {
    const span = range[quantity];
    if (!span) continue;
    if (value > span[1]) found.push({ quantity, factor: value / span[1], side: "above", nearest: span[1] });
    else if (value < span[0])
      found.push({ quantity, factor: span[0] / value, side: "below", nearest: span[0] });
  }
  return found.sort((x, y) => y.factor - x.factor);
}
