import type { FlopConvention, ParameterConvention, Quantity } from "../models/index.ts";
import { claimedByAnother } from "./find-column.ts";
import { fitOf, readHeader } from "./header.ts";
import type { Observations } from "./observe.ts";

/** A column that no law asked for and that holds a quantity all the same. */
export interface OtherColumn {
  readonly column: string;
  /** What its name says that it counts; null where that is no question. */
  readonly convention: ParameterConvention | FlopConvention | "unstated" | null;
  /** In base units. */
  readonly values: Float64Array;
}

/**
 * The unused columns that hold a quantity, the surest name first: parameters counted otherwise, FLOPs beside 6ND, a
 * vocabulary, a learning rate.
 *
 * Only columns of plain numbers above zero in every row.
 *
 * @example otherColumns(observations, "params").map(({ column }) => column) // ["params_non_embedding"]
 */
export function otherColumns({ labels }: Observations, quantity: Quantity): OtherColumn[] {
  return Object.entries(labels)
    .flatMap(([column, cells]) => {
      const fit = fitOf(quantity, column);
      if (fit === null || claimedByAnother(quantity, column, fit)) return [];
      if (!(cells instanceof Float64Array) || !cells.every((value) => value > 0)) return [];
      const { factor, params, flops } = readHeader(quantity, column);
      const convention = quantity === "params" ? params : quantity === "flops" ? flops : null;
      return [{ fit, column, convention, values: cells.map((value) => value * factor) }];
    })
    .sort((x, y) => x.fit - y.fit)
    .map(({ fit: _, ...found }) => found);
}
