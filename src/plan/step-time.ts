import { type Architecture, flopsPerToken, type Hardware, trainingPeak } from "../models/index.ts";
import type { Interconnect } from "./interconnect.ts";
import {
  activationBytesPerLayer,
  layerParams,
  layoutProblem,
  type MemoryOptions,
  mixedPrecisionAdam,
  type ParallelLayout,
  stageLayers,
} from "./memory.ts";

/** What the time of a step rests on besides shape and layout. */
export interface StepOptions extends Omit<MemoryOptions, "microBatches"> {
  /** Sequences in a batch, over all devices. */
  readonly sequences: number;
  /** What the matrix products reach of the dense peak when nothing waits; default {@link kernelEfficiency}. */
  readonly efficiency?: number;
  /** What collectives reach of a link's rate; default {@link linkEfficiency}. */
  readonly links?: number;
}

/** The expected time of one optimizer step, and where it goes. All in seconds. */
export interface StepTime {
  readonly seconds: number;
  readonly parts: {
    /** Matrix products of the model's own FLOPs. */
    readonly compute: number;
    readonly recompute: number;
    /** Norms, activations, masks and scores: what the memory's bandwidth holds up and no matrix product does. */
    readonly elementwise: number;
    /** All-reduces (or all-gathers and reduce-scatters) of tensor parallelism. */
    readonly tensor: number;
    /** All-to-all of the experts. */
    readonly expert: number;
    /** All-gathers of keys and values. */
    readonly context: number;
    /** Sends between stages. */
    readonly pipeline: number;
    /** Idle stages. */
    readonly bubble: number;
    /** What the backward pass does not hide of gradients and weights on their way. */
    readonly data: number;
    /** Reading and writing the states. */
    readonly optimizer: number;
  };
  readonly microBatches: number;
  readonly batchTokens: number;
  readonly tokensPerSecond: number;
  /** The model's own FLOPs over the dense peak, attention scores over the full square. */
  readonly mfu: number;
  /** The same with what is computed again. */
  readonly hfu: number;
}

/**
 * What large matrix products reach of the dense peak, when nothing else waits.
 *
 * Set so that {@link stepTime} meets published runs: on the A100 ten of Narayanan et al. 2021 (table 1) and eight of
 * Korthikanti et al. 2022 (table 5), 6 % off in the root mean square and 16 % at most; on the H100 three of Llama 3
 * (table 4), within a point of MFU. The H200 has the H100's chip.
 */
export const kernelEfficiency: Readonly<Record<string, number>> = { A100: 0.7, H100: 0.57, H200: 0.57 };

/** Where nobody measured: the newest that was. */
const anyEfficiency = 0.57;

/** Bus rate that NCCL's large collectives reach of the link's; an assumption, about 230 of 300 GB/s on an A100. */
export const linkEfficiency = 0.8;

/**
 * The expected time of a step, by a model of compute and communication that says what it leaves out.
 *
 * A micro-batch takes a stage c = FLOPs / (t · peak · efficiency) + communication. One step: (m + (p − 1)/v)·c (the
 * bubble of interleaved 1F1B; Narayanan et al. 2021, section 2.2, https://arxiv.org/abs/2104.04473) + what is left of
 * data parallelism + the optimizer. Communication, all bandwidth and no latency, each over the fast links when its
 * group (in the order tensor, context, pipeline, data; Llama 3, section 3.3.2) lies within their domain:
 * - elementwise: what a layer keeps for the backward pass is written and read forward, and read, and its gradient
 *   written and read, backward: five times its bytes over the memory's bandwidth, two more when computed again;
 * - tensor: 4 all-reduces a layer (2 forward, 2 backward; 6 when layers are computed again), each 2·(t − 1)/t of
 *   2·s·b·h bytes; sequence parallelism sends as much;
 * - expert: 4 all-to-alls a layer (6) of 2·s·b·h bytes an active expert over the sequence's split, (e − 1)/e of them
 *   leaving the device;
 * - context: keys and values gathered forward, their gradients scattered back;
 * - pipeline: 2·s·b·h/t a chunk and direction (scatter and gather, section 4.1 there);
 * - data: gradients reduced and weights gathered, 2·(d − 1)/d passes as ring collectives (Rajbhandari et al. 2020,
 *   section 7, https://arxiv.org/abs/1910.02054); with ZeRO 2 gradients go after every p micro-batches, with ZeRO 3
 *   weights too, twice. The backward pass of the last micro-batch hides it (of all of them with ZeRO 2 and 3).
 *
 * Not in it: latency, stragglers, slow networks under load, data loading, restarts. The slowest stage counts for all.
 */
export function stepTime(
  shape: Architecture,
  layout: ParallelLayout,
  hardware: Hardware,
  network: Interconnect | null,
  options: StepOptions,
): StepTime {
  const reason = layoutProblem(shape, layout);
  if (reason !== null) throw new Error(`cannot time this layout: ${reason}`);
  const peak = trainingPeak(hardware);
  if (peak === null)
    throw new Error(
      `cannot time a step on ${hardware.name}: no bf16 or fp16 peak is known for it; name other hardware or give its peak`,
    );
  const { data: d, tensor: t, pipeline: p, context: cp, expert: e, interleave: v, microBatch } = layout;
  const devices = d * t * p * cp;
  if (devices > 1 && network === null)
    throw new Error(`cannot time ${devices} devices: no interconnect is given; give one`);
  const S = options.context ?? shape.context;
  const { sequences, bytes = mixedPrecisionAdam, links = linkEfficiency } = options;
  const efficiency = options.efficiency ?? kernelEfficiency[hardware.name] ?? anyEfficiency;
  const m = sequences / (d * microBatch);
  if (!(Number.isInteger(m) && m >= 1))
    throw new Error(
      `cannot time a batch of ${sequences} sequences on ${d} copies with ${microBatch} at a time: expected a multiple of ${d * microBatch}`,
    );

  const forward = (attention: boolean, head: boolean): number =>
    flopsPerToken(shape, { convention: "exact", attention, head, context: S, pass: "forward" });
  const inLayer = forward(true, false) / shape.layers;
  const scores = inLayer - forward(false, false) / shape.layers;
  const head = forward(false, true) - forward(false, false);
  const layersOf = stageLayers(shape.layers, p);
  const tokens = (S / cp) * microBatch;
  const slowest = Math.max(
    ...layersOf.map((layers, stage) => layers * inLayer + (stage === p - 1 ? head : 0)),
  );
  const most = Math.max(...layersOf);
  const rate = t * peak * efficiency;
  const full = layout.recompute === "full";
  // flash attention computes the scores again too
  const againFlops = full
    ? most * inLayer
    : layout.recompute === "selective" || options.attention !== "scores"
      ? most * scores
      : 0;
  const compute = (3 * slowest * tokens) / rate;
  const recompute = (againFlops * tokens) / rate;
  const kept = activationBytesPerLayer(shape, { ...layout, recompute: "none" }, options);
  const elementwise = (most * kept * (full ? 7 : 5)) / hardware.bandwidthBytesPerSecond;

  const over = (span: number): number => {
    if (network === null) return Number.POSITIVE_INFINITY;
    const slow = network.slowBytesPerSecond ?? 0;
    return links * (span <= network.domain ? network.fastBytesPerSecond : slow);
  };
  const ring = (n: number): number => (n - 1) / n;
  const message = 2 * tokens * shape.width;
  const tensor = t === 1 ? 0 : (most * (full ? 6 : 4) * 2 * ring(t) * message) / over(t);
  const k = shape.kvHeads * shape.headSize;
  const context =
    cp === 1
      ? 0
      : (most * (full ? 3 : 2) * ring(cp) * 2 * 2 * S * microBatch * k) /
        Math.min(t, shape.kvHeads) /
        over(t * cp);
  // experts are shared among data-parallel neighbours, the innermost first
  const split = layout.sequenceParallel ? t : 1;
  const expert =
    e === 1
      ? 0
      : (most * (full ? 6 : 4) * ring(e) * message * shape.activeExperts) / split / over(t * cp * e);
  const pipeline = p === 1 ? 0 : (2 * v * message) / t / over(t * cp * p);
  const each = compute + recompute + elementwise + tensor + context + expert + pipeline;

  const layer = layerParams(shape, layout);
  const ends = (shape.vocabulary * shape.width) / t;
  const dense = most * layer.dense + ends;
  const experts = most * layer.expert;
  const shards = d * cp;
  // a pipeline runs p micro-batches of one chunk in a row, and reduces or gathers once for them
  const rounds = Math.ceil(m / p);
  const sent = (params: number, ranks: number): number => {
    if (ranks === 1) return 0;
    const { gradient, weight } = bytes;
    const gradients = gradient * params * (layout.zero >= 2 ? rounds : 1);
    const weights =
      layout.zero === 3 ? 2 * rounds * weight * params : (layout.zero === 0 ? gradient : weight) * params;
    return (ring(ranks) * (gradients + weights)) / over(devices);
  };
  const hidden = (2 / 3) * compute * (layout.zero >= 2 ? m : 1);
  const data = Math.max(0, sent(dense, shards) + sent(experts, shards / e) - hidden);
  const owned = layout.zero >= 1 ? dense / shards + experts / (shards / e) : dense + experts;
  // states read and written, gradients read, weights written
  const optimizer =
    (owned * (2 * bytes.optimizer + bytes.gradient + bytes.weight)) / hardware.bandwidthBytesPerSecond;

  const bubble = ((p - 1) / v) * each;
  const seconds = m * each + bubble + data + optimizer;
  const batchTokens = sequences * S;
  const modelFlops = 3 * (shape.layers * inLayer + head) * batchTokens;
  const all = devices * peak * seconds;
  const again = full ? shape.layers * inLayer : againFlops > 0 ? shape.layers * scores : 0;
  return {
    seconds,
    parts: {
      compute: m * compute,
      recompute: m * recompute,
      elementwise: m * elementwise,
      tensor: m * tensor,
      expert: m * expert,
      context: m * context,
      pipeline: m * pipeline,
      bubble,
      data,
      optimizer,
    },
    microBatches: m,
    batchTokens,
    tokensPerSecond: batchTokens / seconds,
    mfu: modelFlops / all,
    hfu: (modelFlops + again * batchTokens) / all,
  };
}
