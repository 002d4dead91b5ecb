import { createKernel, type Kernel, type Objective, objective as objectiveByName } from "../fit/index.ts";
import { type BudgetOptions, computeOptimum, type Law, lawFunction, quantityAt } from "../laws/index.ts";
import type { DesignAim } from "./choose-runs.ts";

/** What runs are to pin: the best size at a budget, the loss there, the losses up to there, or all parameters alike. */
export type DesignAimName = "params" | "loss" | "predictions" | "parameters";

export const designAims: readonly DesignAimName[] = ["params", "loss", "predictions", "parameters"];

/** A law at some coefficients, as a design sees it: slopes in the variables of its fit. */
export interface DesignLaw {
  readonly law: Law;
  readonly parameters: Readonly<Record<string, number>>;
  /** Held at their values. */
  readonly fixed?: Readonly<Record<string, number>>;
  /** Default squared-log: slopes of ln loss. */
  readonly objective?: Objective;
}

/** Law inputs of a model of N parameters on D tokens, as columns. */
export function columnsAt(
  law: Law,
  points: readonly { readonly params: number; readonly tokens: number }[],
  held: Readonly<Record<string, number>>,
): Record<string, Float64Array> {
  return Object.fromEntries(
    Object.keys(law.inputs).map((quantity) => [
      quantity,
      Float64Array.from(points, ({ params, tokens }) => {
        const value = held[quantity] ?? quantityAt(quantity, params, tokens);
        if (value === null)
          throw new Error(
            `cannot design runs for ${law.name}: nobody says ${quantity}; give it, such as --at ${quantity}=…`,
          );
        return value;
      }),
    ]),
  );
}

/** ∂prediction/∂variable at any inputs, a row each. */
export function slopesAt(design: DesignLaw, columns: Readonly<Record<string, Float64Array>>): Float64Array[] {
  const kernel = kernelAt(design, columns);
  const jacobian = kernel.jacobian(kernel.toVariables(design.parameters));
  return Array.from({ length: kernel.rows }, (_, row) =>
    Float64Array.from(jacobian, (column) => column[row]!),
  );
}

function kernelAt(
  { law, objective = objectiveByName("squared-log"), fixed = {} }: DesignLaw,
  columns: Readonly<Record<string, Float64Array>>,
): Kernel {
  const rows = Object.values(columns)[0]!.length;
  // the slope doesn't depend on what was measured; any value with a place on the scale will do
  return createKernel(law, columns, new Float64Array(rows).fill(0.5), objective, { fixed });
}

/**
 * What a design aims at, as slopes in the law's variables; null for `parameters`, and where the law has no optimum.
 *
 * `params` is ln N* at the budget, `loss` ln L there (with N* and D* as they are: at the optimum their shift doesn't matter),
 * `predictions` ln L at the optima of budgets from `from` to there, all alike.
 */
export function aimsOf(
  design: DesignLaw,
  aim: DesignAimName,
  { flops, from, options }: { flops: number; from: number; options: BudgetOptions },
): DesignAim[] | null {
  const { law, parameters } = design;
  if (aim === "parameters") return null;
  const optimumAt = (
    at: Readonly<Record<string, number>>,
    budget: number,
  ): { params: number; tokens: number } => {
    const found = computeOptimum(law, at, budget, options);
    if (!found) throw noOptimum(law, budget);
    return found;
  };
  const slopeOf = (quantity: (at: Readonly<Record<string, number>>) => number): Float64Array => {
    const kernel = kernelAt(design, columnsAt(law, [optimumAt(parameters, flops)], options.held ?? {}));
    const step = 1e-4;
    const centre = kernel.toVariables(parameters);
    return centre.map((_, j) => {
      const at = (by: number): number =>
        quantity(kernel.toParameters(centre.map((u, k) => (k === j ? u + by : u))));
      return (at(step) - at(-step)) / (2 * step);
    });
  };
  if (aim === "params") return [{ slope: slopeOf((at) => Math.log(optimumAt(at, flops).params)), weight: 1 }];
  const budgets =
    aim === "loss" ? [flops] : Array.from({ length: 5 }, (_, i) => from * (flops / from) ** (i / 4));
  return budgets.map((budget) => {
    const { params, tokens } = optimumAt(parameters, budget);
    const inputs = columnsAt(law, [{ params, tokens }], options.held ?? {});
    const at = Object.fromEntries(Object.entries(inputs).map(([name, [value]]) => [name, value!]));
    return { slope: slopeOf((own) => Math.log(lawFunction(law, own)(at))), weight: 1 / budgets.length };
  });
}

function noOptimum(law: Law, flops: number): Error {
  return new Error(
    `cannot design runs for ${law.name}: on a budget of ${flops.toExponential(2)} FLOPs its loss falls all the way to one end, so there is no best size; aim at parameters instead`,
  );
}
