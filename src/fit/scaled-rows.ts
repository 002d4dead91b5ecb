import type { Objective } from "./objective.ts";

/** A block of rows on its way from the formula's value f onto the objective's scale φ. */
export interface ScaledRows {
  /** φ(f). */
  readonly onto: Float64Array;
  /** φ'(f). */
  readonly slope: Float64Array;
}

export function createScaledRows(rows: number): ScaledRows {
  return { onto: new Float64Array(rows), slope: new Float64Array(rows).fill(1) };
}

/** Fills φ(f) and φ'(f) for the first `count` values f. */
export const toScale: Readonly<
  Record<Objective["scale"], (value: Float64Array, rows: ScaledRows, count: number) => void>
> = {
  raw: (value, { onto }, count) => {
    for (let i = 0; i < count; i++) onto[i] = value[i]!;
  },
  log: (value, { onto, slope }, count) => {
    for (let i = 0; i < count; i++) {
      onto[i] = Math.log(value[i]!);
      slope[i] = 1 / value[i]!;
    }
  },
  log1p: (value, { onto, slope }, count) => {
    for (let i = 0; i < count; i++) {
      onto[i] = Math.log1p(value[i]!);
      slope[i] = 1 / (1 + value[i]!);
    }
  },
  "log-log": (value, { onto, slope }, count) => {
    for (let i = 0; i < count; i++) {
      const log = Math.log(value[i]!);
      onto[i] = Math.log(-log);
      slope[i] = 1 / (value[i]! * log);
    }
  },
};
