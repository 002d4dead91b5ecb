import { descend, objectiveAt } from "../../fit/index.ts";
import { stopEarly } from "../early-stop.ts";
import { type Asked, aboveBy, heightText } from "../reopen.ts";
import { type Choice, otherParameters } from "./choice.ts";

/** What one careless run of a minimiser would have said, from the published coefficients farthest from the data. */
export function minimisers(base: Asked): Choice[] {
  const { kernel, objective } = base;
  const own = objectiveAt(kernel, objective, base.optimum);
  const { from, x } = carelessStart(base);
  const ended = (choice: string, end: Float64Array, steps = ""): Choice => {
    const above = aboveBy(objectiveAt(kernel, objective, end), own);
    const note = `${steps}objective ${heightText(above)}`;
    return otherParameters(base, "minimiser", choice, kernel.toParameters(end), { above, note });
  };
  const early = (which: string, scale: number): Choice => {
    const { x: end, iterations } = stopEarly(kernel, x, { scale });
    const steps = `${iterations} ${iterations === 1 ? "iteration" : "iterations"}, `;
    return ended(`L-BFGS, default tolerances, ${which}`, end, steps);
  };
  const single = ended(`one start, ${from}`, descend(kernel, objective, x).x);
  if (objective.loss === "absolute") return [single]; // no gradient method of theirs gets anywhere on a corner
  return [single, early("sum", 1), early("mean", 1 / kernel.rows)];
}

function carelessStart({ law, kernel, objective, fixed }: Asked): { from: string; x: Float64Array } {
  const [worst] = Object.entries(law.sets)
    .map(([from, { parameters }]) => ({ from, x: kernel.toVariables({ ...parameters, ...fixed }) }))
    .map((place) => ({ ...place, value: objectiveAt(kernel, objective, place.x) }))
    .filter(({ value }) => Number.isFinite(value))
    .sort((x, y) => y.value - x.value);
  if (worst) return worst;
  const middle = Object.fromEntries(
    Object.entries(law.parameters).map(([name, { start }]) => [name, start[Math.floor(start.length / 2)]!]),
  );
  return { from: "its middle start", x: kernel.toVariables({ ...middle, ...fixed }) };
}
