import { createKernel, descend, objective as objectiveByName } from "../../fit/index.ts";
import { formatNumber } from "../../numeric/index.ts";
import type { Asked } from "../reopen.ts";
import { type Choice, otherParameters } from "./choice.ts";

/** The objectives that the field uses, in words. */
const inUse = [
  ...[1e-2, 1e-3, 1e-4].map((delta) => ({
    choice: `Huber on logs, δ = ${formatNumber(delta)}`,
    objective: objectiveByName("huber-log", { delta }),
  })),
  { choice: "squares of logs", objective: objectiveByName("squared-log") },
  { choice: "absolute logs", objective: objectiveByName("absolute-log") },
  { choice: "Huber on raw values, δ = 0.001", objective: objectiveByName("huber") },
];

/** What each of the other objectives would have decided, from where the fit ended. */
export function objectives(base: Asked): Choice[] {
  const { law, observed, fixed, objective: own } = base;
  const target = observed.columns[law.output]!;
  const positive = target.every((value) => value > 0);
  return inUse.flatMap(({ choice, objective }) => {
    if (objective.name === own.name && objective.delta === own.delta) return [];
    if (objective.scale === "log" && !positive) return [];
    const kernel = createKernel(law, observed.columns, target, objective, { fixed });
    kernel.weights.set(base.kernel.weights);
    const { status, x } = descend(kernel, objective, base.optimum);
    return status === "non-finite"
      ? []
      : [otherParameters(base, "objective", choice, kernel.toParameters(x))];
  });
}
