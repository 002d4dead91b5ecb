import { createKernel, descend } from "../../fit/index.ts";
import { choleskyInPlace, choleskySolve } from "../../numeric/index.ts";
import type { Observations } from "../../runs/index.ts";
import { budgetGroups, type RowGroup, runsOf } from "../groups.ts";
import { type Asked, decisionGradient } from "../reopen.ts";
import { type Choice, otherParameters, type SensitivityKind } from "./choice.ts";

/** The damping of a refit that starts where the fit ended. */
const warm = { damping: 0.01 };

/** The fit again without some rows, from where it was. */
function without(base: Asked, kind: SensitivityKind, choice: string, rows: readonly number[]): Choice {
  const { kernel, objective, observed, optimum } = base;
  const own = kernel.weights.slice();
  for (const row of rows) kernel.weights[row] = 0;
  const { x } = descend(kernel, objective, optimum, warm);
  kernel.weights.set(own);
  return otherParameters(base, kind, choice, kernel.toParameters(x), { rows: observed.rows - rows.length });
}

/** What the selection of rows itself does: everything put back. */
export function selection(base: Asked, whole: Observations | null): Choice[] {
  const { law, objective, fixed, observed, optimum } = base;
  if (!whole || whole.rows <= observed.rows) return [];
  const kernel = createKernel(law, whole.columns, whole.columns[law.output]!, objective, { fixed });
  const parameters = kernel.toParameters(descend(kernel, objective, optimum).x);
  const back = whole.rows - observed.rows;
  const choice = back === 1 ? "keep the 1 row that was left out" : `keep the ${back} rows that were left out`;
  return [otherParameters(base, "outliers", choice, parameters, { rows: whole.rows })];
}

/** The highest outputs left out one by one, at most five. */
export function outliers(base: Asked): Choice[] {
  const { law, observed, kernel } = base;
  const output = observed.columns[law.output]!;
  const order = Array.from(output.keys()).sort((i, j) => output[j]! - output[i]!);
  const most = Math.max(0, Math.min(5, observed.rows - 2 * kernel.size));
  return Array.from({ length: most }, (_, i) =>
    without(
      base,
      "outliers",
      i === 0
        ? `without the row of highest ${law.output}`
        : `without the ${i + 1} rows of highest ${law.output}`,
      order.slice(0, i + 1),
    ),
  );
}

/**
 * The run and the budget whose absence moves N* most, and the largest budget.
 *
 * @param measured whether the fit has an interval to count moves in: without one no group is called influential
 */
export function groups(base: Asked, measured: boolean): Choice[] {
  const { observed, kernel, decide, parameters } = base;
  const size = decide(parameters)!.params;
  const move = ({ optimum }: Choice): number => Math.abs(Math.log(optimum!.params / size));
  const strongest = (choices: readonly Choice[]): Choice | undefined =>
    choices.filter(({ optimum }) => measured && optimum).sort((x, y) => move(y) - move(x))[0];

  const made: Choice[] = [];
  const runs = mostInfluential(base, runsOf(observed), 6);
  const run = strongest(runs.map(({ name, rows }) => without(base, "runs", `without ${name}`, rows)));
  if (run) made.push({ ...run, note: "the most influential run" });
  const budgets = budgetGroups(observed) ?? [];
  const all = budgets
    .filter(({ rows }) => observed.rows - rows.length > kernel.size)
    .map(({ name, rows }) => without(base, "budgets", `without ${name}`, rows));
  const budget = strongest(all);
  if (budget) made.push({ ...budget, note: "the most influential budget" });
  const last = all.at(-1);
  if (last && last !== budget) made.push({ ...last, note: "the largest budget" });
  return made;
}

/**
 * The groups whose absence moves N* most, by the first step that a refit without them would take: −M⁻¹ Σ ψ_i ∇r_i,
 * with M the metric of the whole (Cook and Weisberg 1982). Refits of these few are then exact.
 */
function mostInfluential(base: Asked, groups: readonly RowGroup[], most: number): RowGroup[] {
  const { kernel, optimum, objective } = base;
  const n = kernel.size;
  const slope = decisionGradient(base);
  if (groups.length <= most || !slope) return [...groups].slice(0, most);
  kernel.evaluate(optimum);
  const factor = Float64Array.from(kernel.metric);
  for (let j = 0; j < n; j++) factor[j * n + j]! *= 1 + 1e-9;
  if (!choleskyInPlace(factor, n)) return groups.slice(0, most);
  const towards = slope.slice(); // M⁻¹ times the gradient of ln N*, the same for all rows
  choleskySolve(factor, n, towards);
  const residuals = kernel.residuals(optimum);
  const jacobian = kernel.jacobian(optimum);
  const limit =
    objective.loss === "squared" ? Number.POSITIVE_INFINITY : (objective.delta ?? kernel.smoothing);
  const influence = (row: number): number => {
    const residual = residuals[row]!;
    const side = residual > 0 ? objective.over : objective.under;
    const psi = side * Math.max(-limit, Math.min(limit, residual));
    let along = 0;
    for (let j = 0; j < n; j++) along += towards[j]! * jacobian[j]![row]!;
    return kernel.weights[row]! * psi * along;
  };
  return groups
    .map((group) => ({ group, size: Math.abs(group.rows.reduce((sum, i) => sum + influence(i), 0)) }))
    .sort((x, y) => y.size - x.size)
    .slice(0, most)
    .map(({ group }) => group);
}
