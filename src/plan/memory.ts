import { type Architecture, countParameters } from "../models/index.ts";

/** How a model is spread over devices; devices = data · tensor · pipeline · context. */
export interface ParallelLayout {
  /** Copies of the model that see different sequences. */
  readonly data: number;
  /** Devices that share every matrix. */
  readonly tensor: number;
  /** Stages of layers. */
  readonly pipeline: number;
  /** Devices that share a sequence, all layers and matrices whole. */
  readonly context: number;
  /** Devices among the data-parallel ones that share the experts. */
  readonly expert: number;
  /** What the data-parallel devices share: 1 optimizer states, 2 also gradients, 3 also weights. */
  readonly zero: 0 | 1 | 2 | 3;
  /** Norms, dropout and the inputs of blocks split along the sequence over the tensor-parallel devices. */
  readonly sequenceParallel: boolean;
  /** What is computed again in the backward pass: nothing, the attention scores, or whole layers. */
  readonly recompute: "none" | "selective" | "full";
  /** Sequences in one pass. */
  readonly microBatch: number;
  /** Model chunks on each pipeline device (interleaved schedule); 1 is plain 1F1B. */
  readonly interleave: number;
}

/** Bytes of a parameter: mixed-precision Adam as in ZeRO, with gradients summed in fp32 as Megatron and Llama 3 do. */
export interface StateBytes {
  /** bf16 or fp16. */
  readonly weight: number;
  /** 4 where micro-batches are summed in fp32; ZeRO's own tables have 2. */
  readonly gradient: number;
  /** fp32 weights, momentum and variance: ZeRO's K. */
  readonly optimizer: number;
}

export const mixedPrecisionAdam: StateBytes = { weight: 2, gradient: 4, optimizer: 12 };

/** What else the memory depends on. */
export interface MemoryOptions {
  /** Tokens in a sequence; default the shape's. */
  readonly context?: number;
  /** Passes in a step, of `microBatch` sequences each; default as many as fill the pipeline. */
  readonly microBatches?: number;
  readonly bytes?: StateBytes;
  /** flash keeps no scores (Dao et al. 2022); scores keeps them all, as Korthikanti et al. count. */
  readonly attention?: "flash" | "scores";
  /** Count the masks of dropout, one byte each. */
  readonly dropout?: boolean;
}

/** The memory of the fullest device, in bytes. */
export interface Memory {
  readonly weights: number;
  readonly gradients: number;
  readonly optimizer: number;
  /** What the backward pass needs of all micro-batches in flight, and a layer that is computed again. */
  readonly activations: number;
  /** Whole layers that ZeRO 3 has gathered: the one at work and the next. */
  readonly gathered: number;
  readonly total: number;
  /** The stage that this is, from 0. */
  readonly stage: number;
  /** Parameters of that device before ZeRO splits them. */
  readonly params: number;
}

/**
 * What weights, gradients and optimizer states take on one of `shards` data-parallel devices.
 *
 * With Ψ parameters and K = 12: (2 + 2 + K)·Ψ without ZeRO, and over N_d devices 4·Ψ + K·Ψ/N_d (stage 1), 2·Ψ + (2 +
 * K)·Ψ/N_d (2), (4 + K)·Ψ/N_d (3), with gradients of 2 bytes. Rajbhandari et al. 2020, figure 1 and table 1,
 * https://arxiv.org/abs/1910.02054
 *
 * @example stateBytes(7.5e9, 1, 64, { weight: 2, gradient: 2, optimizer: 12 }) // 31.4e9 in all
 */
export function stateBytes(
  params: number,
  zero: ParallelLayout["zero"],
  shards: number,
  bytes: StateBytes = mixedPrecisionAdam,
): { weights: number; gradients: number; optimizer: number } {
  return {
    weights: (bytes.weight * params) / (zero >= 3 ? shards : 1),
    gradients: (bytes.gradient * params) / (zero >= 2 ? shards : 1),
    optimizer: (bytes.optimizer * params) / (zero >= 1 ? shards : 1),
  };
}

/**
 * What one layer keeps for the backward pass of one micro-batch on one device, in bytes of 16-bit activations.
 *
 * For GPT's layer, s tokens, b sequences, h width, a heads, t tensor-parallel: s·b·h·(34 + 5·a·s/h); with tensor
 * parallelism s·b·h·(10 + 24/t + 5·a·s/(h·t)); with sequence parallelism all of it over t; without the scores
 * 34·s·b·h/t; with whole layers computed again 2·s·b·h. Korthikanti et al. 2022, eqs. 1 to 6 and table 2,
 * https://arxiv.org/abs/2205.05198. Counted here part by part, so that grouped key heads, gated FFNs (gate, up and
 * their product kept), experts (inputs and outputs of the active ones, balanced) and shapes without dropout come out
 * as they are.
 *
 * Differences: under sequence parallelism the kept input of a recomputed layer is split too (table 2 leaves it whole);
 * flash attention keeps one fp32 number a head and token in place of the scores.
 */
export function activationBytesPerLayer(
  shape: Architecture,
  { tensor, context: ranks, sequenceParallel, recompute, microBatch }: ParallelLayout,
  { context = shape.context, attention = "flash", dropout = false }: MemoryOptions = {},
): number {
  const { width: h, heads, headSize, gatedFfn } = shape;
  const tokens = (context / ranks) * microBatch;
  const split = sequenceParallel ? tensor : 1;
  if (recompute === "full") return (2 * h * tokens) / split;
  const a = heads * headSize;
  const k = (shape.kvHeads * headSize * tensor) / Math.min(tensor, shape.kvHeads);
  const mask = dropout ? h : 0;

  // inputs of the two norms, of attention and of the FFN; masks
  const alongSequence = 4 * h + 2 * h + 2 * h + 2 * mask;
  // queries, keys, values, and what the output projection takes
  const heading = 2 * (a + 2 * k) + 2 * a;
  const scores =
    attention === "flash" ? 4 * heads : recompute === "selective" ? 0 : heads * context * (dropout ? 5 : 2);
  const inner = (f: number): number => (gatedFfn ? 6 : 4) * f;
  const { experts, activeExperts, sharedExperts, expertSize, ffnSize } = shape;
  const ffn = experts === 0 ? inner(ffnSize) : (activeExperts + sharedExperts) * inner(expertSize);
  // copies of a token for each of its experts, what they give back, and the router's fp32 scores
  const routing = experts === 0 ? 0 : 4 * h * activeExperts + 8 * experts;
  return tokens * ((alongSequence + routing) / split + (heading + scores + ffn) / tensor);
}

/** The layers of each stage; where they don't divide, the first and last stages have fewer, as in Llama 3 405B. */
export function stageLayers(layers: number, stages: number): number[] {
  const most = Math.ceil(layers / stages);
  const each = Array.from({ length: stages }, () => most);
  for (let missing = most * stages - layers, i = 0; missing > 0; missing--, i++) {
    const stage = i % 2 === 0 ? i / 2 : stages - 1 - (i - 1) / 2;
    each[stage]! -= 1;
  }
  return each;
}

/** Micro-batches, in layers' worth of a stage, whose activations a stage holds at once under (interleaved) 1F1B. */
function inFlight(
  stage: number,
  { pipeline: p, interleave: v }: ParallelLayout,
  microBatches: number,
): number {
  if (v === 1) return Math.min(microBatches, p - stage);
  // chunks begun before the first backward pass; v·p + p − 1 on the first stage, L·(1 + (p − 1)/(p·v)) in layers
  return Math.min(microBatches * v, 2 * (p - stage - 1) + (v - 1) * p + 1) / v;
}

/**
 * The memory of the fullest device under a layout.
 *
 * Each stage: its layers' parameters over the tensor-parallel devices (norms and routers whole, experts over the
 * expert-parallel ones as well), the embedding on the first and head on the last; states by {@link stateBytes}, over
 * the data- and context-parallel devices; activations by {@link activationBytesPerLayer} for the micro-batches that
 * 1F1B has in flight, p − stage of them (Narayanan et al. 2021, section 2.2, https://arxiv.org/abs/2104.04473), and
 * on the last the head's 4·s·b·(h + V)/t (Korthikanti et al. 2022, section 4.3).
 *
 * Not counted: what the driver, the collectives' buffers and fragmentation take; leave them a share of the memory.
 */
export function memoryOf(shape: Architecture, layout: ParallelLayout, options: MemoryOptions = {}): Memory {
  const reason = layoutProblem(shape, layout);
  if (reason !== null) throw new Error(`cannot lay out this shape: ${reason}`);
  const { context = shape.context, bytes = mixedPrecisionAdam } = options;
  const { tensor: t, pipeline: p, microBatch } = layout;
  const microBatches = options.microBatches ?? p;
  const layer = layerParams(shape, layout);
  const perLayer = activationBytesPerLayer(shape, layout, options);
  const again =
    layout.recompute === "full"
      ? activationBytesPerLayer(shape, { ...layout, recompute: "none" }, options)
      : 0;
  const tokens = (context / layout.context) * microBatch;
  const split = layout.sequenceParallel ? t : 1;
  const dropoutMask = options.dropout ? (shape.width * tokens) / split : 0;
  const headActivations = (4 * shape.width * tokens) / split + (4 * shape.vocabulary * tokens) / t;
  const table = (shape.vocabulary * shape.width) / t;
  const ends = {
    first: table + (shape.learnedPositions ? shape.context * shape.width : 0),
    last: (shape.tiedEmbeddings && p === 1 ? 0 : table) + 2 * shape.width,
  };
  const shards = layout.data * layout.context;
  let fullest: Memory | null = null;
  const layersOf = stageLayers(shape.layers, p);
  for (let stage = 0; stage < p; stage++) {
    const layers = layersOf[stage]!;
    const dense = layers * layer.dense + (stage === 0 ? ends.first : 0) + (stage === p - 1 ? ends.last : 0);
    const expert = layers * layer.expert;
    const ofDense = stateBytes(dense, layout.zero, shards, bytes);
    const ofExperts = stateBytes(expert, layout.zero, shards / layout.expert, bytes);
    const flying = inFlight(stage, layout, microBatches);
    const weights = ofDense.weights + ofExperts.weights;
    const gradients = ofDense.gradients + ofExperts.gradients;
    const optimizer = ofDense.optimizer + ofExperts.optimizer;
    const activations =
      flying * layers * perLayer +
      again +
      (stage === 0 ? flying * dropoutMask : 0) +
      (stage === p - 1 ? headActivations : 0);
    const gathered = layout.zero === 3 && shards > 1 ? 2 * bytes.weight * (layer.dense + layer.expert) : 0;
    const total = weights + gradients + optimizer + activations + gathered;
    if (!fullest || total > fullest.total)
      fullest = {
        weights,
        gradients,
        optimizer,
        activations,
        gathered,
        total,
        stage,
        params: dense + expert,
      };
  }
  return fullest!;
}

/** Parameters of one layer on one device: those that all data-parallel devices have, and its share of the experts. */
export function layerParams(
  shape: Architecture,
  { tensor, expert }: ParallelLayout,
): { dense: number; expert: number } {
  const { attention, ffn, router, norms } = countParameters(shape);
  const L = shape.layers;
  const normsOf = (2 * norms) / (2 * L + 1);
  const whole = normsOf + router / L;
  if (shape.experts === 0) return { dense: (attention + ffn) / L / tensor + whole, expert: 0 };
  const { experts, sharedExperts } = shape;
  const routed = (ffn / L) * (experts / (experts + sharedExperts));
  return {
    dense: (attention / L + ffn / L - routed) / tensor + whole,
    expert: routed / tensor / expert,
  };
}

/** Why a shape cannot be laid out so, or null. */
export function layoutProblem(shape: Architecture, layout: ParallelLayout): string | null {
  for (const name of ["data", "tensor", "pipeline", "context", "expert", "microBatch", "interleave"] as const)
    if (!Number.isInteger(layout[name]) || layout[name] < 1)
      return `${name} must be a whole number above 0, got ${layout[name]}`;
  const { tensor, pipeline, expert, interleave, data, context } = layout;
  if (shape.heads % tensor !== 0)
    return `tensor parallelism must divide the heads, got ${tensor} for ${shape.heads} heads`;
  // the first and last chunk may hold the embedding and the head alone (Llama 3, section 3.3.2)
  if (pipeline * interleave > shape.layers + (interleave > 1 ? 2 : 0))
    return `there are fewer layers than model chunks, got ${shape.layers} layers for ${pipeline} stages of ${interleave}`;
  if (expert > 1 && shape.experts === 0) return "expert parallelism needs experts, got a dense shape";
  if (expert > 1 && (shape.experts % expert !== 0 || (data * context) % expert !== 0))
    return `expert parallelism must divide the ${shape.experts} experts and the ${data * context} data-parallel devices, got ${expert}`;
  if (layout.sequenceParallel && tensor === 1)
    return "sequence parallelism splits over tensor-parallel devices, got tensor 1";
  return null;
}
