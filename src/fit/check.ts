import { inside, type Law } from "../laws/index.ts";
import type { Observations } from "../runs/index.ts";
import { type Objective, onScale } from "./objective.ts";

/** @throws where a fit asks for the impossible */
export function check(
  law: Law,
  observed: Observations,
  objective: Objective,
  fixed: Readonly<Record<string, number>>,
  weights: Float64Array | null,
): void {
  const names = Object.keys(law.parameters);
  for (const [name, value] of Object.entries(fixed))
    if (!names.includes(name))
      throw new Error(`cannot fix "${name}": ${law.name} has no such parameter; it has ${names.join(", ")}`);
    else if (!inside(law.parameters[name]!.in, value))
      throw new Error(
        `cannot fix ${name} at ${value}: it lies outside its domain (${law.parameters[name]!.in})`,
      );
  const free = names.length - Object.keys(fixed).length;
  if (free === 0)
    throw new Error(
      `cannot fit ${law.name}: every parameter is fixed, so there is nothing to fit; use predict instead`,
    );
  // n = p passes through every point: there is nothing left to judge the fit by
  if (observed.rows < free + (objective.loss === "squared" ? 0 : 1))
    throw new Error(
      `cannot fit ${law.name}: ${free} parameters need at least ${free + 1} runs, got ${observed.rows}`,
    );
  if (weights && weights.length !== observed.rows)
    throw new Error(
      `cannot fit ${law.name}: ${observed.rows} rows but ${weights.length} weights; give one weight per row`,
    );
  if (weights?.some((w) => !(w >= 0) || !Number.isFinite(w)))
    throw new Error(`cannot fit ${law.name}: weights must be finite and not negative`);
  const target = observed.columns[law.output]!;
  const row = target.findIndex((y) => !Number.isFinite(onScale(objective.scale, y)));
  if (row >= 0)
    throw new Error(
      `cannot fit on the ${objective.scale} scale: ${observed.origin}, row ${observed.lines[row]}, ${law.output} is ${target[row]}; use another objective or leave the row out`,
    );
}
