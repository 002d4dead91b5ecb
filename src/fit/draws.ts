import type { Bootstrap, Drawn } from "./interval.ts";

/** A fit's joint draws, each with all parameters of the law, the fixed ones too. */
export interface Draws {
  readonly bootstrap: Bootstrap;
  readonly all: readonly Readonly<Record<string, number>>[];
  /** A quantity at the fitted parameters, in every draw and without each group of rows. */
  of(quantity: (parameters: Readonly<Record<string, number>>) => number): Drawn;
}

/**
 * The draws of a bootstrap as parameters; null where there was none.
 *
 * @param parameters of the fit
 */
export function drawsOf(
  parameters: Readonly<Record<string, number>>,
  bootstrap: Bootstrap | null,
): Draws | null {
  if (!bootstrap) return null;
  const named = (values: readonly number[]): Readonly<Record<string, number>> => ({
    ...parameters,
    ...Object.fromEntries(bootstrap.names.map((name, j) => [name, values[j]!])),
  });
  const all = bootstrap.draws.map(named);
  const without = (bootstrap.without ?? []).map(named);
  return {
    bootstrap,
    all,
    of: (quantity) => ({
      estimate: quantity(parameters),
      draws: all.map(quantity),
      without: bootstrap.interval === "bca" ? without.map(quantity) : [],
    }),
  };
}
