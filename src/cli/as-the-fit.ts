import type { Fit } from "../fit/index.ts";
import type { DataOptions } from "./data-options.ts";
import { readPairs } from "./options.ts";

/** The columns that the fit took, unless others are asked for. */
export function asTheFit<Options extends DataOptions>({ data, conventions }: Fit, options: Options): Options {
  const asked = readPairs("--map", options.map).pairs;
  const map = data.mapping.flatMap(({ quantity, column }) =>
    column === null || asked[quantity] !== undefined ? [] : [`${quantity}=${column}`],
  );
  const { params } = conventions;
  return {
    ...options,
    map: [...map, ...Object.entries(asked).map(([quantity, column]) => `${quantity}=${column}`)],
    paramsConvention: options.paramsConvention ?? (params === "unstated" ? undefined : (params ?? undefined)),
  };
}
