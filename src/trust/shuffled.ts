import type { Random } from "../numeric/index.ts";

/** The same values in another order (Fisher and Yates). */
export function shuffled(values: Float64Array, random: Random): Float64Array {
  const out = values.slice();
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}
