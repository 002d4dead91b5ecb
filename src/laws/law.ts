import type { ParameterConvention } from "../models/index.ts";
import { type Formula, formulaFunction, functions, parseFormula } from "../numeric/index.ts";

/** Where a number may lie. */
export type Domain = "real" | "positive" | "unit" | readonly [low: number, high: number];

/** What a law predicts, and so what it can be chained to and planned with. */
export type LawKind = "loss" | "task" | "sampling" | "recipe";

export interface LawParameter {
  readonly in: Domain;
  /** Values from which a fit starts; the grid of all parameters' values is tried. */
  readonly start: readonly number[];
  readonly meaning: string;
  readonly unit?: string;
}

export interface Source {
  readonly authors: string;
  readonly year: number;
  readonly title: string;
  readonly url: string;
  /** The equation, table or section. */
  readonly where: string;
}

/** Coefficients that somebody published, under a key such as `besiroglu2024-refit`. */
export interface CoefficientSet {
  readonly parameters: Readonly<Record<string, number>>;
  readonly from: string;
  /** Which parameters the set's N counts. */
  readonly params?: ParameterConvention;
  /** The span of the data behind the set, by quantity, in base units. */
  readonly range?: Readonly<Record<string, readonly [low: number, high: number]>>;
  readonly note?: string;
  /** What whoever plans or predicts with it has to know, said with every number it gives. */
  readonly caution?: string;
  /** What a token costs a model of this set, in FLOPs, where that is not 6·N: a formula in the letters of the inputs. */
  readonly flopsPerToken?: string;
}

/** A number that a paper printed and that the law has to give. */
export interface PublishedValue {
  readonly set: string;
  readonly at: Readonly<Record<string, number>>;
  readonly gives: number;
  /** The largest relative difference; half a unit of the last printed digit unless the reason says otherwise. */
  readonly within: number;
  readonly where: string;
}

/** A law as it is written down: plain data that survives JSON. */
export interface Law<Inputs extends string = string, Output extends string = string> {
  readonly name: string;
  readonly title: string;
  readonly kind: LawKind;
  /** The single source of the value, the derivatives, LaTeX and every export. */
  readonly formula: string;
  /** Quantity → the letter that the paper gives it. */
  readonly inputs: Readonly<Record<Inputs, string>>;
  readonly output: Output;
  /** What the output is measured in where that is not its quantity's unit: `in the unit of the data (loss or error)`. */
  readonly unit?: string;
  readonly parameters: Readonly<Record<string, LawParameter>>;
  readonly source: Source;
  readonly sets: Readonly<Record<string, CoefficientSet>>;
  readonly published: readonly PublishedValue[];
  /** Said where no set could be verified. */
  readonly unverified?: string;
  /** What whoever plans or predicts with it has to know, said with every number it gives. */
  readonly caution?: string;
  /** Why a budget can't be planned with it, unless somebody says what a token costs. */
  readonly noBudget?: string;
  /** When not to use it, and how it differs from the paper. */
  readonly notes: readonly string[];
}

/** What a person writes: the rest has sensible defaults. */
export type LawDraft<Inputs extends string, Output extends string> = Pick<
  Law<Inputs, Output>,
  "name" | "formula" | "inputs" | "output"
> &
  Partial<Omit<Law<Inputs, Output>, "name" | "formula" | "inputs" | "output" | "parameters">> & {
    readonly parameters?: Readonly<Record<string, Partial<LawParameter>>>;
  };

const noSource: Source = { authors: "unstated", year: 0, title: "unstated", url: "", where: "" };

/** Starts for a parameter of which nothing is known: a few orders of magnitude around one. */
const defaultStart: Readonly<Record<string, readonly number[]>> = {
  positive: [0.1, 0.5, 2, 50],
  unit: [0.1, 0.5, 0.9],
  real: [-1, 0.1, 1],
};

/**
 * A law from its description, checked.
 *
 * Every name in the formula has to be an input's letter or a parameter; parameters that aren't described are
 * taken to be positive and start from a broad grid, so that a bare formula is a law too.
 *
 * @example
 * const mine = defineLaw({ name: "mine", formula: "E + A / N^alpha", inputs: { params: "N" }, output: "loss" });
 */
export function defineLaw<const Inputs extends string, const Output extends string>(
  draft: LawDraft<Inputs, Output>,
): Law<Inputs, Output> {
  const fail = (reason: string): never => {
    throw new Error(`cannot define the law "${draft.name}": ${reason}`);
  };
  const formula = parseFormula(draft.formula);
  const letters = Object.values<string>(draft.inputs);
  for (const [quantity, letter] of Object.entries<string>(draft.inputs)) {
    if (!formula.free.includes(letter))
      fail(
        `the formula has no "${letter}", which inputs gives for ${quantity}; it has ${formula.free.join(", ")}`,
      );
    if (letters.indexOf(letter) !== letters.lastIndexOf(letter))
      fail(`two inputs share the letter "${letter}"`);
  }
  const described = draft.parameters ?? {};
  for (const name of Object.keys(described))
    if (!formula.free.includes(name) || letters.includes(name))
      fail(
        `the formula has no parameter "${name}"; it has ${formula.free.filter((f) => !letters.includes(f)).join(", ")}`,
      );
  const parameters = Object.fromEntries(
    formula.free
      .filter((name) => !letters.includes(name))
      .map((name) => [name, completeParameter(described[name] ?? {})] as const),
  );
  for (const [name, { in: domain, start }] of Object.entries(parameters))
    for (const value of start)
      if (!inside(domain, value))
        fail(`start ${value} of "${name}" lies outside its domain ${describeDomain(domain)}`);
  for (const [key, set] of Object.entries<CoefficientSet>(draft.sets ?? {}))
    for (const name of Object.keys(parameters))
      if (set.parameters[name] === undefined) fail(`the set "${key}" has no value for "${name}"`);
  return {
    name: draft.name,
    title: draft.title ?? draft.name,
    kind: draft.kind ?? kindOf(draft.output),
    formula: draft.formula,
    inputs: draft.inputs,
    output: draft.output,
    ...(draft.unit === undefined ? {} : { unit: draft.unit }),
    parameters,
    source: draft.source ?? noSource,
    sets: draft.sets ?? {},
    published: draft.published ?? [],
    ...(draft.unverified === undefined ? {} : { unverified: draft.unverified }),
    ...(draft.caution === undefined ? {} : { caution: draft.caution }),
    ...(draft.noBudget === undefined ? {} : { noBudget: draft.noBudget }),
    notes: draft.notes ?? [],
  };
}

function completeParameter(given: Partial<LawParameter>): LawParameter {
  const domain = given.in ?? "positive";
  const start =
    given.start ??
    (typeof domain === "string"
      ? defaultStart[domain]!
      : [0.2, 0.5, 0.8].map((t) => domain[0] + t * (domain[1] - domain[0])));
  return {
    in: domain,
    start,
    meaning: given.meaning ?? "",
    ...(given.unit === undefined ? {} : { unit: given.unit }),
  };
}

function kindOf(output: string): LawKind {
  if (output === "loss") return "loss";
  if (output === "coverage") return "sampling";
  return output === "accuracy" || output === "error" ? "task" : "recipe";
}

export function inside(domain: Domain, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  if (domain === "real") return true;
  if (domain === "positive") return value > 0;
  const [low, high] = domain === "unit" ? [0, 1] : domain;
  return value >= low && value <= high;
}

/** A domain in the words of a message. */
export function describeDomain(domain: Domain): string {
  return typeof domain === "string" ? domain : `${domain[0]} to ${domain[1]}`;
}

// Laws are never changed, and an interval asks the same one for a number in each of thousands of draws.
const formulas = new WeakMap<Law, Formula>();
const evaluators = new WeakMap<Law, (at: Readonly<Record<string, number>>) => number>();

export function formulaOf(law: Law): Formula {
  return remembered(formulas, law, () => parseFormula(law.formula));
}

function remembered<Made>(known: WeakMap<Law, Made>, law: Law, make: () => Made): Made {
  const found = known.get(law);
  if (found !== undefined) return found;
  const made = make();
  known.set(law, made);
  return made;
}

/**
 * The law as a function of its inputs at given parameters.
 *
 * @example lawFunction(chinchilla, chinchilla.sets["hoffmann2022-rounded"].parameters)({ params: 70e9, tokens: 1.4e12 }) // 1.9366
 */
export function lawFunction<Inputs extends string>(
  law: Law<Inputs, string>,
  parameters: Readonly<Record<string, number>>,
): (inputs: Readonly<Record<Inputs, number>>) => number {
  const value = remembered(evaluators, law, () => formulaFunction(formulaOf(law)));
  const entries = Object.entries<string>(law.inputs) as [Inputs, string][];
  const at: Record<string, number> = { ...parameters };
  return (inputs) => {
    for (const [quantity, letter] of entries) {
      if (inputs[quantity] === undefined)
        throw new Error(
          `cannot evaluate ${law.name}: it needs ${quantity} (${letter}), got ${Object.keys(inputs).join(", ") || "nothing"}`,
        );
      at[letter] = inputs[quantity];
    }
    return value(at);
  };
}

/** The names that a formula may call, for messages and docs. */
export const formulaFunctions: readonly string[] = Object.keys(functions);
