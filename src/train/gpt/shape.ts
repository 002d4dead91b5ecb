import { type Architecture, countParameters, gpt2Shape } from "../../models/index.ts";

export interface GptShapeOptions {
  readonly width: number;
  /** Default: one layer for every 32 of width. */
  readonly layers?: number;
  /** Default: heads of 64, 32 or 16, the largest that makes four. */
  readonly headSize?: number;
  readonly vocabulary?: number;
  readonly context?: number;
  /** SwiGLU of 8/3 · width instead of GELU of 4 · width. */
  readonly gated?: boolean;
  readonly norm?: Architecture["norm"];
  readonly tied?: boolean;
}

/**
 * A shape that the embedded trainer trains: rotary positions, RMSNorm, GELU, no biases, tied head, bytes as tokens,
 * 128 of them in a sequence, unless said otherwise.
 *
 * @example countParameters(gptShape({ width: 64 })).total // 115008
 */
export function gptShape({
  width,
  layers = Math.max(1, Math.round(width / 32)),
  headSize = [64, 32, 16].find((size) => width % size === 0 && width / size >= 4) ?? Math.min(16, width),
  vocabulary = 256,
  context = 128,
  gated = false,
  norm = "rmsnorm",
  tied = true,
}: GptShapeOptions): Architecture {
  return gpt2Shape({
    layers,
    width,
    heads: width / headSize,
    headSize,
    ffnSize: gated ? 8 * Math.round(width / 3) : 4 * width,
    vocabulary,
    context,
    gatedFfn: gated,
    norm,
    tiedEmbeddings: tied,
    learnedPositions: false,
    biases: false,
  });
}

/** What the engine lacks that a shape asks for, or null where it can be trained. */
export function untrainable(shape: Architecture): string | null {
  if (shape.experts > 0) return "experts, which it has not; use a dense shape";
  if (shape.learnedPositions || shape.relativePositions)
    return "learned or relative positions; it has rotary ones";
  if (shape.biases) return "biases, which it has not; give biases: false";
  if (shape.headSize % 2 === 1) return `heads of odd size ${shape.headSize}; rotary positions turn pairs`;
  if (shape.vocabulary < 256) return `a vocabulary of ${shape.vocabulary}; it needs the 256 bytes at least`;
  return shape.vocabulary > 65536 ? `a vocabulary of ${shape.vocabulary}; it has at most 65536` : null;
}

/** One weight matrix or gain, in the order in which the engine keeps them. */
export interface Tensor {
  readonly group: "embedding" | "attention" | "ffn" | "norms" | "head";
  readonly size: number;
  /** How many numbers are summed into one output; 1 where nothing is. */
  readonly fanIn: number;
  /** Its output is added to the residual stream. */
  readonly toStream?: boolean;
}

export function tensorsOf(shape: Architecture): Tensor[] {
  const { layers, width, heads, kvHeads, headSize, ffnSize, vocabulary, gatedFfn, tiedEmbeddings } = shape;
  const inner = heads * headSize;
  const norm: Tensor = { group: "norms", size: width, fanIn: 1 };
  const layer: Tensor[] = [
    norm,
    { group: "attention", size: width * (inner + 2 * kvHeads * headSize), fanIn: width },
    { group: "attention", size: inner * width, fanIn: inner, toStream: true },
    norm,
    { group: "ffn", size: width * ffnSize * (gatedFfn ? 2 : 1), fanIn: width },
    { group: "ffn", size: ffnSize * width, fanIn: ffnSize, toStream: true },
  ];
  const table = vocabulary * width;
  return [
    { group: "embedding", size: table, fanIn: 1 },
    ...Array.from({ length: layers }, () => layer).flat(),
    norm,
    ...(tiedEmbeddings ? [] : [{ group: "head", size: table, fanIn: width } as const]),
  ];
}

/** The conventions a run states its parameters by. */
export function parameterCounts(shape: Architecture): {
  total: number;
  nonEmbedding: number;
  active: number;
} {
  const { total, nonEmbedding, active } = countParameters(shape);
  return { total, nonEmbedding, active };
}
