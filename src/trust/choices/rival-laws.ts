import { objectiveAt } from "../../fit/index.ts";
import { type ComputeOptimum, computeOptimum, defineLaw, type Law, laws } from "../../laws/index.ts";
import type { Observations } from "../../runs/index.ts";
import { valuesOf } from "../fitted-values.ts";
import { type Asked, aboveBy, heightText, type Parameters, type Question } from "../reopen.ts";
import { followsFromBudget, withDerived } from "../sizes.ts";
import { type Choice, exponentOf } from "./choice.ts";
import { tryFit } from "./try-fit.ts";

/** Chinchilla's law with one exponent for both terms, as Muennighoff et al. 2023 fitted it. */
const oneExponent: Law = defineLaw({
  name: "chinchilla, alpha = beta",
  formula: "E + A / N^alpha + B / D^alpha",
  inputs: { params: "N", tokens: "D" },
  output: "loss",
  parameters: {
    E: { start: [0.5, 1, 2] },
    A: { start: [10, 400, 1e4] },
    alpha: { start: [0.2, 0.3, 0.45, 0.7] },
    B: { start: [10, 400, 1e4] },
  },
});

/** What the laws would have decided that could have been fitted instead. */
export function rivalLaws(
  base: Asked,
  rivals: readonly Law[] | null,
  { seed, weights }: { seed: number; weights: Float64Array | null },
): Choice[] {
  const { objective, kernel, question } = base;
  const own = objectiveAt(kernel, objective, base.optimum);
  const observed = withDerived(base.observed);
  const made = (rivals ?? rivalsOf(base.law, observed)).flatMap((law): Choice[] => {
    const found = tryFit(law, observed, { objective, weights, seed });
    const optimum = found && tryOptimum(law, valuesOf(found), question);
    if (!optimum) return [];
    const above = aboveBy(found.objective.value!, own);
    return [
      {
        kind: "law",
        choice: law.name,
        rows: observed.rows,
        optimum,
        a: exponentOf(law, valuesOf(found), question),
        above,
        note: `${Object.keys(law.parameters).length} parameters, objective ${heightText(above)}`,
      },
    ];
  });
  return made.filter((choice, i) => !made.slice(0, i).some((other) => isSame(choice, other)));
}

/** The laws with the same output from the same inputs, as far as a budget doesn't set them. */
function rivalsOf(law: Law, { columns, rows }: Observations): Law[] {
  return [oneExponent, ...laws].filter(
    (rival) =>
      rival.output === law.output &&
      rival.formula !== law.formula &&
      rival.noBudget === undefined &&
      Object.keys(rival.inputs).every((quantity) => columns[quantity] !== undefined) &&
      beyondBudget(rival) === beyondBudget(law) &&
      Object.keys(rival.parameters).length * 2 <= rows,
  );
}

/** The inputs of a law that a budget doesn't set. */
function beyondBudget({ inputs }: Law): string {
  return Object.keys(inputs)
    .filter((quantity) => !followsFromBudget.includes(quantity))
    .sort()
    .join();
}

/** One law written in two ways is one rival. */
function isSame(x: Choice, y: Choice): boolean {
  return Math.abs(x.above! - y.above!) < 1e-6 && Math.abs(x.optimum!.params / y.optimum!.params - 1) < 1e-4;
}

function tryOptimum(law: Law, parameters: Parameters, { flops, held }: Question): ComputeOptimum | null {
  try {
    return computeOptimum(law, parameters, flops, { held });
  } catch {
    return null;
  }
}
