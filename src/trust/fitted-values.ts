import { type Fit, type Objective, objective as objectiveByName } from "../fit/index.ts";

/** The values of a fit's parameters. */
export function valuesOf({ parameters }: Pick<Fit, "parameters">): Record<string, number> {
  return Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value]));
}

/** Those that were held, as the option of the same name takes them. */
export function fixedOf({ parameters }: Fit): Record<string, number> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, { value, fixed }]) => (fixed ? [[name, value]] : [])),
  );
}

/** How many parameters were free. */
export function freeOf({ parameters }: Fit): number {
  return Object.values(parameters).filter(({ fixed }) => !fixed).length;
}

/** What a fit minimised, without the value that it reached. */
export function objectiveOf(made: Fit): Objective {
  const { value: _, ...objective } = made.objective;
  return objective;
}

/** An objective, or the one of that name. */
export function objectiveNamed(given: string | Objective): Objective {
  return typeof given === "string" ? objectiveByName(given) : given;
}
