import type { Architecture, Hardware } from "../models/index.ts";
import { formatCount } from "../numeric/index.ts";
import { type Interconnect, interconnectOf } from "./interconnect.ts";
import {
  layoutProblem,
  type Memory,
  type MemoryOptions,
  memoryOf,
  mixedPrecisionAdam,
  type ParallelLayout,
} from "./memory.ts";
import { kernelEfficiency, linkEfficiency, type StepTime, stepTime } from "./step-time.ts";

/** What {@link planLayout} is asked for. */
export interface LayoutQuestion extends Omit<MemoryOptions, "microBatches"> {
  readonly shape: Architecture;
  readonly hardware: Hardware;
  /** Tokens in a batch; rounded to whole sequences that divide among the copies. */
  readonly batchTokens: number;
  /** How many there are; default the fewest that the model fits on. */
  readonly devices?: number | null;
  /** Default the hardware's usual one; null where devices stand alone. */
  readonly network?: Interconnect | null;
  /** For the days that the whole run takes. */
  readonly tokens?: number | null;
  /** The share of memory that a plan may fill; the rest is for the driver, collectives and fragmentation. */
  readonly usable?: number;
  readonly efficiency?: number;
}

/** A layout with what it needs and how fast it is. */
export interface PlacedLayout {
  readonly layout: ParallelLayout;
  readonly devices: number;
  readonly memory: Memory;
  readonly step: StepTime;
}

/** How a model is spread over devices: the fastest layout on the devices there are, or on the fewest that hold it. */
export interface LayoutPlan {
  readonly hardware: string;
  /** Of a device, in all and what the plan may fill. */
  readonly memoryBytes: { readonly device: number; readonly usable: number };
  /** null where nothing fits; `reason` says why. */
  readonly best: PlacedLayout | null;
  /** The next fastest of other kinds. */
  readonly others: readonly PlacedLayout[];
  /** Of the best layout, for the tokens asked about. */
  readonly days: number | null;
  readonly reason: string | null;
  /** Layouts tried, and those that fit. */
  readonly tried: number;
  readonly fits: number;
  readonly assumed: readonly string[];
  readonly sources: readonly string[];
}

const cannot = (reason: string): Error => new Error(`cannot plan a layout: ${reason}`);

/**
 * The layout that fits and takes the least time: data, tensor, pipeline, context and expert parallelism, ZeRO,
 * micro-batch, recomputation and interleaving, all combinations that divide the devices.
 *
 * Without a number of devices, the fewest (a power of two) on which anything fits. Memory by {@link memoryOf}, time by
 * {@link stepTime}; tensor parallelism stays within the fast domain and takes sequence parallelism with it (Korthikanti
 * et al. 2022, https://arxiv.org/abs/2205.05198), context parallelism from sequences of 32K on.
 *
 * @example planLayout({ shape, hardware: findHardware("H100"), batchTokens: 4e6, devices: 64 }).best?.layout
 */
export function planLayout(question: LayoutQuestion): LayoutPlan {
  const { shape, hardware, batchTokens, devices = null, tokens = null, usable = 0.9 } = question;
  const context = question.context ?? shape.context;
  if (!(batchTokens >= context))
    throw cannot(
      `a batch holds at least one sequence, got ${batchTokens} tokens for sequences of ${context}`,
    );
  if (devices !== null && !(Number.isInteger(devices) && devices >= 1))
    throw cannot(`devices must be a whole number above 0, got ${devices}`);
  if (!(usable > 0 && usable <= 1))
    throw cannot(`the usable share of memory must lie above 0 and up to 1, got ${usable}`);
  const network = networkOf(question);
  const room = usable * hardware.memoryBytes;
  const sequences = Math.round(batchTokens / context);
  const most = network === null ? 1 : network.slowBytesPerSecond === null ? network.domain : 2 ** 20;
  const counts =
    devices !== null
      ? [devices]
      : powersOfTwo(Math.min(most, 2 ** Math.floor(Math.log2(sequences * 64 * 16))));

  let tried = 0;
  let nearest: { total: number; layout: ParallelLayout; devices: number } | null = null;
  let placed: PlacedLayout[] = [];
  for (const count of counts) {
    for (const layout of layoutsOn(count, question, network, context)) {
      const batch = roundedBatch(sequences, layout);
      if (batch === null) continue;
      tried++;
      const microBatches = batch / (layout.data * layout.microBatch);
      const memory = memoryOf(shape, layout, { ...question, context, microBatches });
      if (!nearest || memory.total < nearest.total) nearest = { total: memory.total, layout, devices: count };
      if (memory.total > room) continue;
      const step = stepTime(shape, layout, hardware, network, { ...question, context, sequences: batch });
      placed.push({ layout, devices: count, memory, step });
    }
    if (placed.length > 0) break;
  }
  // what a token costs, as batches are rounded differently
  placed = placed.sort((x, y) => y.step.tokensPerSecond - x.step.tokensPerSecond);
  const best = placed[0] ?? null;
  return {
    hardware: hardware.name,
    memoryBytes: { device: hardware.memoryBytes, usable: room },
    best,
    others: differentKinds(placed),
    days: best && tokens !== null ? tokens / best.step.tokensPerSecond / 86400 : null,
    reason: best ? null : whyNot(nearest, room, network === null ? 1 : devices, hardware),
    tried,
    fits: placed.length,
    assumed: assumptions(question, usable),
    sources: [
      hardware.url ? `${hardware.source}, ${hardware.url}` : hardware.source,
      ...(network ? [network.source] : []),
      ...references,
    ],
  };
}

/** One device needs no network, and without a word on how many there are an unknown network means one. */
function networkOf({ hardware, devices, network }: LayoutQuestion): Interconnect | null {
  if (network !== undefined) return network;
  const known = interconnectOf(hardware);
  if (known || devices == null || devices === 1) return known;
  throw cannot(
    `no network between ${hardware.name} is known; give one with domain, fastBytesPerSecond, slowBytesPerSecond and source, or ask for one device`,
  );
}

const references = [
  "states: Rajbhandari et al. 2020 (ZeRO), https://arxiv.org/abs/1910.02054",
  "activations: Korthikanti et al. 2022, https://arxiv.org/abs/2205.05198",
  "pipeline: Narayanan et al. 2021, https://arxiv.org/abs/2104.04473",
] as const;

/** Every layout that divides this many devices. */
function* layoutsOn(
  count: number,
  { shape, attention = "flash" }: LayoutQuestion,
  network: Interconnect | null,
  context: number,
): Generator<ParallelLayout> {
  const domain = network?.domain ?? 1;
  for (const tensor of powersOfTwo(Math.min(count, domain, 8))) {
    if (shape.heads % tensor !== 0 || count % tensor !== 0) continue;
    for (const pipeline of divisors(count / tensor, Math.min(shape.layers, 64))) {
      for (const ranks of context >= 32768 ? powersOfTwo(64) : [1]) {
        const data = count / tensor / pipeline / ranks;
        if (!Number.isInteger(data)) continue;
        const shards = data * ranks;
        for (const expert of shape.experts > 0 ? divisors(shape.experts, shards) : [1])
          for (const zero of shards === 1 ? ([0] as const) : ([0, 1, 2, 3] as const))
            for (const recompute of attention === "scores"
              ? (["none", "selective", "full"] as const)
              : (["none", "full"] as const))
              for (const interleave of pipeline === 1 ? [1] : [1, 2, 4, 8])
                for (const microBatch of [1, 2, 4, 8]) {
                  const layout: ParallelLayout = {
                    data,
                    tensor,
                    pipeline,
                    context: ranks,
                    expert,
                    zero,
                    sequenceParallel: tensor > 1,
                    recompute,
                    microBatch,
                    interleave,
                  };
                  // the ends may hold only the embedding and the head, as Llama 3's do
                  const chunks = pipeline * interleave;
                  const even =
                    interleave === 1 || shape.layers % chunks === 0 || (shape.layers + 2) % chunks === 0;
                  if (even && layoutProblem(shape, layout) === null) yield layout;
                }
      }
    }
  }
}

/** The nearest number of sequences that divides among copies and micro-batches; null when over 10 % off. */
function roundedBatch(sequences: number, { data, microBatch }: ParallelLayout): number | null {
  const each = data * microBatch;
  const batch = each * Math.max(1, Math.round(sequences / each));
  return Math.abs(batch / sequences - 1) <= 0.1 ? batch : null;
}

/** The fastest of each way to split the model, besides the best, up to four. */
function differentKinds(placed: readonly PlacedLayout[]): PlacedLayout[] {
  const kind = ({ layout: { tensor, pipeline, zero, recompute, expert, context } }: PlacedLayout): string =>
    [tensor, pipeline, context, expert, zero === 3, recompute].join();
  const seen = new Set(placed.slice(0, 1).map(kind));
  const others: PlacedLayout[] = [];
  for (const candidate of placed) {
    if (others.length === 4) break;
    if (seen.has(kind(candidate))) continue;
    seen.add(kind(candidate));
    others.push(candidate);
  }
  return others;
}

function whyNot(
  nearest: { total: number; layout: ParallelLayout; devices: number } | null,
  room: number,
  devices: number | null,
  { name }: Hardware,
): string {
  const gigabytes = (bytes: number): string => `${formatCount(bytes / 1e9, 3)} GB`;
  if (!nearest)
    return "No layout divides the batch among the devices; give a larger batch, or fewer devices.";
  const remedy =
    devices === null
      ? "give a larger batch, or a smaller model"
      : `give ${devices === 1 ? "" : "more devices, "}shorter sequences, or a smaller model`;
  return `The leanest layout${devices === null ? "" : ` on ${devices} ${name}`} needs ${gigabytes(nearest.total)} a device, and ${gigabytes(room)} may be filled; ${remedy}.`;
}

function assumptions({ shape, hardware, ...question }: LayoutQuestion, usable: number): string[] {
  const bytes = question.bytes ?? mixedPrecisionAdam;
  const efficiency = question.efficiency ?? kernelEfficiency[hardware.name];
  return [
    `${bytes.weight} + ${bytes.gradient} + ${bytes.optimizer} bytes a parameter (weights, gradients, optimizer)`,
    `${100 * usable} % of the memory may be filled`,
    efficiency === undefined
      ? `matrix products reach what they do on an H100 of the dense peak: nobody measured ${hardware.name}`
      : `matrix products reach ${efficiency} of the dense peak${question.efficiency === undefined ? ", from published runs" : ""}`,
    `collectives reach ${linkEfficiency} of the links' rate; no latency, no stragglers, no restarts`,
    ...(question.attention === "scores" ? [] : ["flash attention"]),
    ...(shape.experts > 0 ? ["tokens balanced among the experts"] : []),
    ...(shape.width < 2048
      ? [`large matrix products: those of a width of ${shape.width} reach less, so the step takes longer`]
      : []),
  ];
}

function powersOfTwo(most: number): number[] {
  const all: number[] = [];
  for (let n = 1; n <= most; n *= 2) all.push(n);
  return all;
}

function divisors(of: number, most: number): number[] {
  const all: number[] = [];
  for (let n = 1; n <= Math.min(of, most); n++) if (of % n === 0) all.push(n);
  return all;
}
