import type { EngineModel } from "../../../src/train/gpt/engine/engine.ts";

/** Numbers in [-1/2, 1/2) that float32 holds exactly, as trainers/pytorch/fixture.py has them. */
export const noise = (i: number): number => (Math.imul(i, 2654435761) >>> 8) / 2 ** 24 - 0.5;

export interface Fixture {
  readonly model: Omit<EngineModel, "piece" | "batch"> & {
    readonly name: string;
    readonly sequences: number;
  };
  readonly loss: number;
  /** Names and sizes, in order. */
  readonly tensors: readonly (readonly [string, number])[];
  readonly gradients: string;
}

/** The weights of a fixture's formula: matrices in ±1/4, gains in 1 ± 1/2. */
export function exampleWeights(tensors: Fixture["tensors"]): Float64Array {
  let at = 0;
  return Float64Array.from(
    tensors.flatMap(([name, size]) =>
      Array.from({ length: size }, () => (name.startsWith("norm") ? 1 + noise(++at) : noise(++at) / 2)),
    ),
  );
}

export function exampleTokens({ sequences, context, vocabulary }: Fixture["model"]): Int32Array {
  return Int32Array.from({ length: sequences * (context + 1) }, (_, i) =>
    Math.floor((noise(7_000_000 + i) + 0.5) * vocabulary),
  );
}

/** cos and sin of position · 10000^(-2i / head), position by position. */
export function exampleAngles({ context, headSize }: Fixture["model"]): {
  cosines: Float64Array;
  sines: Float64Array;
} {
  const half = headSize / 2;
  const angles = Float64Array.from(
    { length: context * half },
    (_, i) => Math.floor(i / half) * 10000 ** ((-2 * (i % half)) / headSize),
  );
  return { cosines: angles.map(Math.cos), sines: angles.map(Math.sin) };
}
