import { type ComputeOptimum, chinchilla, dataConstrained, findSet, type Law } from "../laws/index.ts";
import { formatNumber, formulaFunction, parseFormula } from "../numeric/index.ts";
import { type Basis, type OpenBasis, openBasis } from "./basis.ts";
import type { Assumed } from "./serving.ts";

/** ln V of GPT-2's vocabulary: what a model that knows nothing loses on each token. */
export const guessing: number = Math.log(50_257);

/** A warning where data are read more often than the law of repetition knows of. */
export function tooManyEpochs(epochs: number): readonly string[] {
  return epochs > 100
    ? [
        `${formatNumber(epochs, 3)} epochs: the law has no term for overfitting, and real models get worse long before; stop by a held-out loss.`,
      ]
    : [];
}

/** A model trained on data that it reads several times. */
export interface RepeatedPoint {
  readonly flops: number;
  readonly params: number;
  readonly tokens: number;
  /** Tokens read over unique tokens. */
  readonly epochs: number;
  readonly loss: number;
  /** The fresh tokens and the parameters that would do as much; null where the law has no such steps. */
  readonly effectiveTokens: number | null;
  readonly effectiveParams: number | null;
}

/** A basis that knows of repetition: its own law, or chinchilla's coefficients under the law of repetition. */
export function openRepeating(basis: Basis): {
  readonly open: OpenBasis;
  readonly assumed: readonly Assumed[];
} {
  const open = openBasis(basis);
  if (open.law.inputs.uniqueTokens !== undefined) return { open, assumed: [] };
  if (plain(open.law) !== plain(chinchilla))
    throw new Error(
      `cannot plan for limited data: ${open.law.name} knows nothing of repeated tokens, it takes ${Object.keys(open.law.inputs).join(", ")}; fit data-constrained to runs with a column uniqueTokens, or take a fit of chinchilla`,
    );
  const set = findSet(dataConstrained, "muennighoff2023");
  const { R_D_star, R_N_star } = set.parameters;
  const decay = { R_D_star: R_D_star!, R_N_star: R_N_star! };
  const draws = open.draws;
  // each draw stays one object, by which answers to it are remembered
  const known = new Map<object, Readonly<Record<string, number>>>();
  const extended = (parameters: Readonly<Record<string, number>>): Readonly<Record<string, number>> => {
    const made = known.get(parameters) ?? { ...parameters, ...decay };
    known.set(parameters, made);
    return made;
  };
  return {
    open: {
      ...open,
      law: dataConstrained,
      parameters: extended(open.parameters),
      draws: draws && {
        bootstrap: draws.bootstrap,
        all: draws.all.map(extended),
        of: (quantity) => draws.of((parameters) => quantity(extended(parameters))),
      },
    },
    assumed: Object.entries(decay).map(([name, value]) => ({
      what: `${name}: ${dataConstrained.parameters[name]!.meaning}`,
      value,
      source: set.from,
    })),
  };
}

/** The formula and what its letters stand for, without spaces. */
function plain({ formula, inputs }: Law): string {
  return `${formula.replaceAll(/\s/g, "")} ${JSON.stringify(Object.entries(inputs).sort())}`;
}

export function repeatedPoint(
  law: Law,
  parameters: Readonly<Record<string, number>>,
  { flops, params, tokens, loss }: ComputeOptimum,
  uniqueTokens: number,
): RepeatedPoint {
  const at = { params, tokens, uniqueTokens };
  return {
    flops,
    params,
    tokens,
    epochs: tokens / uniqueTokens,
    loss,
    effectiveTokens: stepOf(law, parameters, "D_eff")?.(at) ?? null,
    effectiveParams: stepOf(law, parameters, "N_eff")?.(at) ?? null,
  };
}

/** A named step of a law's formula as a function of its inputs, so that its formula is written once; null without it. */
export function stepOf(
  law: Law,
  parameters: Readonly<Record<string, number>>,
  name: string,
): ((inputs: Readonly<Record<string, number>>) => number) | null {
  const steps = law.formula.split(";").slice(0, -1);
  const last = steps.findIndex((step) => step.trim().startsWith(`${name} =`));
  if (last < 0) return null;
  const value = formulaFunction(parseFormula([...steps.slice(0, last + 1), name].join(";")));
  return (inputs) => {
    const at: Record<string, number> = { ...parameters };
    for (const [quantity, letter] of Object.entries(law.inputs))
      if (inputs[quantity] !== undefined) at[letter] = inputs[quantity];
    return value(at);
  };
}
