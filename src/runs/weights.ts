import { didYouMean } from "../numeric/index.ts";
import type { Observations } from "./observe.ts";
import { columnOf } from "./table.ts";

/** A column of weights at the rows that are fitted. */
export function weightsOf(
  { labels, mapping, columns: byQuantity, origin }: Observations,
  name: string,
): Float64Array {
  const used = mapping.find(({ column }) => column === name);
  if (used) return byQuantity[used.quantity].map((value) => value / used.scale);
  if (!Object.hasOwn(labels, name)) {
    const near = didYouMean(name, Object.keys(labels));
    throw new Error(
      `cannot weigh rows by "${name}": ${origin} has no such column${near === null ? "" : `; did you mean "${near}"?`}`,
    );
  }
  const column = labels[name];
  const numbers = column instanceof Float64Array ? column : columnOf(column);
  if (numbers instanceof Float64Array) return numbers;
  throw new Error(`cannot weigh rows by "${name}": the column holds text`);
}
