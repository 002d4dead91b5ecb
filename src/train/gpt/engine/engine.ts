/** One decoder-only transformer as engine.c knows it. */
export interface EngineModel {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly ffnSize: number;
  readonly vocabulary: number;
  readonly context: number;
  readonly tied: boolean;
  /** LayerNorm (without a bias), else RMSNorm. */
  readonly centred: boolean;
  /** SwiGLU, else GELU. */
  readonly gated: boolean;
  /** Sequences that go through the model together: it sets the memory, and the order of the sums. */
  readonly piece: number;
  /** The most sequences in one call. */
  readonly batch: number;
  /** What attention scores are multiplied by. */
  readonly scoreScale: number;
  readonly logitScale: number;
}

/** AdamW at one step; the corrections are 1 - betaᵗ. */
export interface Update {
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly decay: number;
  /** The gradient is shortened to this norm; 0 leaves it. */
  readonly clip: number;
  readonly correction1: number;
  readonly correction2: number;
}

/** Arrays that live in the engine, in the order engine.c has them. */
export const regions = {
  params: 0,
  grads: 1,
  first: 2,
  second: 3,
  rates: 4,
  decays: 5,
  cosines: 6,
  sines: 7,
} as const;
export type Region = keyof typeof regions;

interface StepResult {
  /** The sum over all predicted tokens, before the update. */
  readonly nats: number;
  /** Before clipping. */
  readonly gradNorm: number;
}

/**
 * A model in memory that can be trained. Calls are carried out in the order they were made, and may be made before the
 * last has answered. Tokens are whole sequences of context + 1.
 */
export interface Engine {
  /** Which build: equal names, equal bits. */
  readonly build: string;
  readonly weights: number;
  readonly step: (tokens: Int32Array, update: Update) => Promise<StepResult>;
  /** Σ nats of all predicted tokens. */
  readonly evaluate: (tokens: Int32Array) => Promise<number>;
  /** As `evaluate`, and leaves the gradient of the mean in the region `grads`. */
  readonly gradient: (tokens: Int32Array) => Promise<number>;
  readonly write: (region: Region, values: ArrayLike<number>) => void;
  readonly read: (region: Region, count: number) => Promise<Float32Array | Float64Array>;
  readonly close: () => void;
}

/** Describes a model to the engine: the arguments of `describe` in engine.c. */
export function description(model: EngineModel): number[] {
  const { layers, width, heads, kvHeads, headSize, ffnSize, vocabulary, context } = model;
  const { tied, centred, gated, piece, batch, scoreScale, logitScale } = model;
  return [
    ...[layers, width, heads, kvHeads, headSize, ffnSize, vocabulary, context],
    ...[Number(tied), Number(centred), Number(gated), piece, batch, scoreScale, logitScale],
  ];
}

/** An update as the numbers that `update` in engine.c takes. */
export function updateNumbers(update: Update): number[] {
  const { rate, beta1, beta2, epsilon, decay, clip, correction1, correction2 } = update;
  return [rate, beta1, beta2, epsilon, decay, clip, correction1, correction2];
}

/** How many sequences the tokens are; they must be whole. */
export function sequencesIn(tokens: Int32Array, { context, batch }: EngineModel): number {
  const sequences = tokens.length / (context + 1);
  if (!Number.isInteger(sequences) || sequences < 1 || sequences > batch)
    throw new Error(
      `cannot train: expected 1 to ${batch} sequences of ${context + 1} tokens, got ${tokens.length} tokens`,
    );
  return sequences;
}
