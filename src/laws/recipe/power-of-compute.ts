import type { LawParameter } from "../law.ts";

/** k·C^p: the form of most recipes that a budget decides. */
export const powerOfCompute = "k * C^p";

const growsWith = { FLOP: "compute", "PF-day": "compute", parameter: "parameters" } as const;

/** The two parameters of a power law for a quantity that is `unit`: its value at one of `per`, and its exponent. */
export function powerParameters(
  k: readonly number[],
  p: readonly number[],
  unit: string,
  per: keyof typeof growsWith = "FLOP",
): Record<"k" | "p", LawParameter> {
  return {
    k: { in: "positive", start: k, meaning: `value at one ${per}`, unit },
    p: { in: "real", start: p, meaning: `exponent of ${growsWith[per]}` },
  };
}
