import { defineLaw, formulaOf, type Law } from "../laws/index.ts";
import { formulaText } from "../numeric/index.ts";
import type { Parameters } from "./reopen.ts";

/** A law of several families, some of whose parameters they have in common. */
export interface Joint {
  readonly law: Law;
  /** Besides the law's own inputs: 1 in the rows of family k, 0 in the others. */
  readonly indicators: Readonly<Record<string, Float64Array>>;
  /** The joint parameters where every family has its own, and `shared` gives the common ones. */
  join(own: readonly Parameters[], shared: Parameters): Record<string, number>;
  /** The joint parameters as each family sees them. */
  split(joint: Parameters): Record<string, number>[];
  /** The joint parameters as a person reads them: those of one family as `name (family)`. */
  named(joint: Parameters): Record<string, number>;
}

/**
 * All families as one law: Σ is_k · f(inputs; the common parameters, and those of family k).
 *
 * @param of the family of every row
 */
export function jointLaw(
  law: Law,
  common: readonly string[],
  { names, of }: { readonly names: readonly string[]; readonly of: readonly number[] },
): Joint {
  const parameters = Object.keys(law.parameters);
  const nameIn = (name: string, k: number): string => (common.includes(name) ? name : `${name}__${k}`);
  const letters = Object.values<string>(law.inputs);
  const formula = formulaOf(law);
  const parts = names.map((_, k) =>
    formulaText(formula, {
      rename: (name) => (letters.includes(name) ? name : nameIn(name, k)),
      left: `value__${k}`,
    }),
  );
  const sum = names.map((_, k) => `is__${k} * value__${k}`).join(" + ");
  return {
    law: defineLaw({
      name: `${law.name}, ${names.length} families`,
      formula: [...parts, sum].join("; "),
      inputs: { ...law.inputs, ...Object.fromEntries(names.map((_, k) => [`is__${k}`, `is__${k}`])) },
      output: law.output as string,
      parameters: Object.fromEntries(
        Object.entries(law.parameters).flatMap(([name, parameter]) =>
          names.map((_, k) => [nameIn(name, k), parameter]),
        ),
      ),
    }),
    indicators: Object.fromEntries(
      names.map((_, k) => [`is__${k}`, Float64Array.from(of, (family) => (family === k ? 1 : 0))]),
    ),
    join: (own, shared) =>
      Object.fromEntries(
        own.flatMap((values, k) =>
          parameters.map((name) => [nameIn(name, k), (common.includes(name) ? shared : values)[name]!]),
        ),
      ),
    split: (joint) =>
      names.map((_, k) => Object.fromEntries(parameters.map((name) => [name, joint[nameIn(name, k)]!]))),
    named: (joint) =>
      Object.fromEntries(
        parameters.flatMap((name) =>
          names.map((family, k) => [
            common.includes(name) ? name : `${name} (${family})`,
            joint[nameIn(name, k)]!,
          ]),
        ),
      ),
  };
}
