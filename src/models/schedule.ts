import { gaussLegendre, parseNumber } from "../numeric/index.ts";

/** A learning-rate schedule: a linear warm-up to the peak, then a shape; steps count the warm-up. */
export type Schedule = ScheduleBase & ScheduleShape;

interface ScheduleBase {
  readonly peak: number;
  readonly steps: number;
  /** Default 0. */
  readonly warmupSteps?: number;
}

type ScheduleShape =
  | { readonly kind: "constant" }
  | { readonly kind: "cosine" | "linear"; readonly final: number }
  | {
      readonly kind: "wsd";
      readonly final: number;
      /** The last steps, in which the rate falls from the peak to `final`. */
      readonly decaySteps: number;
      /** `linear`, `exponential` (a straight line in the log) or `sqrt` (1 - √ of the share done); default linear. */
      readonly decay?: "linear" | "exponential" | "sqrt";
    }
  | { readonly kind: "step"; readonly drops: readonly { readonly after: number; readonly rate: number }[] };

/**
 * The learning rate at each step, 1 … steps.
 *
 * @example learningRates({ kind: "cosine", peak: 3e-4, final: 3e-5, steps: 24_000, warmupSteps: 500 })
 */
export function learningRates(schedule: Schedule): Float64Array {
  const { peak, steps, warmupSteps = 0 } = schedule;
  const fail = (reason: string): never => {
    throw new Error(`cannot make the ${schedule.kind} schedule: ${reason}`);
  };
  if (!(Number.isInteger(steps) && steps > 0)) fail(`steps must be a whole number above 0, got ${steps}`);
  if (!(peak > 0 && Number.isFinite(peak))) fail(`the peak must be above 0, got ${peak}`);
  if (!(Number.isInteger(warmupSteps) && warmupSteps >= 0 && warmupSteps < steps))
    fail(`warmupSteps must be a whole number from 0 to ${steps - 1}, got ${warmupSteps}`);
  if ("final" in schedule && !(schedule.final >= 0 && schedule.final <= peak))
    fail(`the final rate must lie between 0 and the peak ${peak}, got ${schedule.final}`);
  if (schedule.kind === "wsd" && !(schedule.decaySteps > 0 && schedule.decaySteps <= steps - warmupSteps))
    fail(`decaySteps must lie between 1 and ${steps - warmupSteps}, got ${schedule.decaySteps}`);
  if (schedule.kind === "wsd" && schedule.decay === "exponential" && schedule.final === 0)
    fail("an exponential decay never reaches 0; give a final rate above it");
  const shape = shapeOf(schedule, warmupSteps);
  return Float64Array.from({ length: steps }, (_, i) =>
    i + 1 <= warmupSteps ? (peak * (i + 1)) / warmupSteps : shape(i + 1),
  );
}

function shapeOf(schedule: Schedule, warmupSteps: number): (step: number) => number {
  const { peak, steps } = schedule;
  const done = (step: number): number => (step - warmupSteps) / (steps - warmupSteps);
  switch (schedule.kind) {
    case "constant":
      return () => peak;
    case "cosine":
      return (step) => schedule.final + ((peak - schedule.final) * (1 + Math.cos(Math.PI * done(step)))) / 2;
    case "linear":
      return (step) => peak + (schedule.final - peak) * done(step);
    case "wsd": {
      const { final, decaySteps, decay = "linear" } = schedule;
      return (step) => {
        const share = Math.max(0, step - (steps - decaySteps)) / decaySteps;
        if (decay === "exponential") return peak * (final / peak) ** share;
        return peak + (final - peak) * (decay === "sqrt" ? Math.sqrt(share) : share);
      };
    }
    case "step":
      return (step) =>
        schedule.drops.reduce(
          (rate, drop) => (step > drop.after ? { after: drop.after, rate: drop.rate } : rate),
          { after: 0, rate: peak },
        ).rate;
  }
}

/**
 * A schedule as one line of text: its kind, then `name=value`, numbers as people write them.
 *
 * `constant peak steps`, `cosine` or `linear peak final steps`, `wsd peak final steps decay` with `shape=linear`,
 * `exponential` or `sqrt`, and `step peak steps drop=12000:1e-4` once a drop (after the step, to the rate); `warmup` for
 * any. What is wrong in the numbers {@link learningRates} says.
 *
 * @example readSchedule("wsd peak=3e-4 final=3e-5 steps=24k warmup=500 decay=4000")
 */
export function readSchedule(text: string): Schedule {
  const fail = (reason: string): never => {
    throw new Error(
      `cannot read the schedule "${text}": ${reason}; write for example cosine peak=3e-4 final=3e-5 steps=24000 warmup=500`,
    );
  };
  const [kind = "", ...words] = text.trim().split(/[\s,]+/);
  if (!Object.hasOwn(settings, kind))
    return fail(`expected ${Object.keys(settings).join(", ")} first, got "${kind}"`);
  const given = new Map<string, string[]>();
  for (const word of words) {
    const [name, value = ""] = word.split("=") as [string, string?];
    if (value === "") return fail(`expected name=value, got "${word}"`);
    if (![...settings[kind]!, "warmup"].includes(name))
      return fail(`${kind} takes ${settings[kind]!.join(", ")} and warmup, got "${name}"`);
    if (given.has(name) && name !== "drop") return fail(`${name} stands there twice`);
    given.set(name, [...(given.get(name) ?? []), value]);
  }
  const number = (name: string): number => parseNumber(given.get(name)?.[0] ?? fail(`${name} is missing`));
  const base = {
    peak: number("peak"),
    steps: number("steps"),
    warmupSteps: given.has("warmup") ? number("warmup") : 0,
  };
  if (kind === "constant") return { kind, ...base };
  if (kind === "cosine" || kind === "linear") return { kind, ...base, final: number("final") };
  if (kind === "wsd") {
    const shape = given.get("shape")?.[0] ?? "linear";
    if (shape !== "linear" && shape !== "exponential" && shape !== "sqrt")
      return fail(`the shape of a decay is linear, exponential or sqrt, got "${shape}"`);
    return { kind, ...base, final: number("final"), decaySteps: number("decay"), decay: shape };
  }
  const drops = (given.get("drop") ?? fail("drop is missing")).map((drop) => {
    const [after, rate, ...more] = drop.split(":");
    if (rate === undefined || more.length > 0) return fail(`expected drop=step:rate, got "drop=${drop}"`);
    return { after: parseNumber(after!), rate: parseNumber(rate) };
  });
  return { kind: "step", ...base, drops };
}

const settings: Readonly<Record<string, readonly string[]>> = {
  constant: ["peak", "steps"],
  cosine: ["peak", "final", "steps"],
  linear: ["peak", "final", "steps"],
  wsd: ["peak", "final", "steps", "decay", "shape"],
  step: ["peak", "steps", "drop"],
};

/** What the laws of whole loss curves take, at one step of a run. */
export interface CurveFeatures extends Readonly<Record<string, number>> {
  readonly steps: number;
  /** Σ η over the steps so far, warm-up included. */
  readonly lrArea: number;
  /** Tissue's S₂. */
  readonly annealedArea: number;
}

/** How many pieces {@link curveFeatures} makes unless asked for more. */
export const curvePieces = 8;

/**
 * The inputs of the loss-curve laws at steps of a run, from its learning rates alone.
 *
 * lrArea S₁ = Σᵢ ηᵢ and annealedArea S₂ = Σᵢ Σₖ≤ᵢ (ηₖ₋₁ - ηₖ)·λ^(i-k) (Tissue et al. 2024,
 * https://arxiv.org/abs/2408.11029). The rise of the warm-up counts as no change.
 *
 * A sum over the falls of the rate, Σₖ (ηₖ₋₁ - ηₖ)·f(ηₖ, S₁(t) - S₁(k-1)), is Σⱼ lrDropⱼ · f(lrAfterⱼ, lrSinceⱼ) over
 * the pieces: exactly, where the rate fell no more often than there are pieces, as in a schedule of steps. More falls
 * are an integral over the way that the rate has gone, which Gauss and Legendre's nodes give. The multi-power law on
 * cosine and warm-up–stable–decay is met within 4e-4 nats by 8 pieces, 7e-5 by 16, 2e-5 by 32. A schedule that also rises is
 * weighed with signs, and less exactly.
 *
 * @param rates the learning rate at each step, from {@link learningRates} or from a log
 * @param at the steps wanted, counted from 1; all by default
 * @param memory Tissue's λ, near 1
 * @param pieces how many pieces; `multiPowerLaw` takes as many
 * @example curveFeatures(learningRates(schedule), { at: [1000, 2000], warmupSteps: 500 })
 */
export function curveFeatures(
  rates: ArrayLike<number>,
  {
    at = null,
    memory = 0.999,
    warmupSteps = 0,
    pieces = curvePieces,
  }: { at?: readonly number[] | null; memory?: number; warmupSteps?: number; pieces?: number } = {},
): CurveFeatures[] {
  if (!(memory >= 0 && memory < 1))
    throw new Error(`cannot anneal: memory must lie in [0, 1), got ${memory}`);
  if (!(Number.isInteger(pieces) && pieces >= 1 && pieces <= 1000))
    throw new Error(`cannot cut a schedule into pieces: expected 1 to 1000, got ${pieces}`);
  const steps = rates.length;
  const wanted = at ?? Array.from({ length: steps }, (_, i) => i + 1);
  for (const step of wanted)
    if (!(Number.isInteger(step) && step >= 1 && step <= steps))
      throw new Error(`cannot find step ${step}: the schedule has steps 1 to ${steps}`);
  const area = new Float64Array(steps + 1);
  const annealed = new Float64Array(steps + 1);
  const way = new Float64Array(steps + 1);
  const changes: number[] = [];
  const fallAt = (i: number): number => (i > Math.max(1, warmupSteps) ? rates[i - 2]! - rates[i - 1]! : 0);
  let momentum = 0;
  for (let i = 1; i <= steps; i++) {
    const fall = fallAt(i);
    if (fall !== 0) changes.push(i);
    momentum = memory * momentum + fall;
    area[i] = area[i - 1]! + rates[i - 1]!;
    annealed[i] = annealed[i - 1]! + momentum;
    way[i] = way[i - 1]! + Math.abs(fall);
  }

  /** The steps whose changes stand for all those up to a step, each with its share of the fall. */
  const standing = (step: number): (readonly [change: number, fall: number])[] => {
    const count = firstFrom(changes.length, (k) => changes[k]! > step);
    if (count <= pieces) return changes.slice(0, count).map((change) => [change, fallAt(change)]);
    const { nodes, weights } = gaussLegendre(pieces);
    const whole = way[step]!;
    return nodes.map((node, j) => {
      const change = changes[firstFrom(count - 1, (k) => way[changes[k]!]! >= node * whole)]!;
      return [change, weights[j]! * whole * Math.sign(fallAt(change))];
    });
  };
  return wanted.map((step) => {
    const features: Record<string, number> = {};
    const stand = standing(step);
    for (let j = 1; j <= pieces; j++) {
      const [change, fall] = stand[j - 1] ?? [0, 0];
      const after = change === 0 ? 0 : rates[change - 1]!;
      features[`lrDrop${j}`] = fall;
      // at a rate of 0 nothing is learnt any more: lrSince is 0 as well, and any rate will do
      features[`lrAfter${j}`] = after > 0 ? after : 1;
      features[`lrSince${j}`] = change === 0 ? 0 : area[step]! - area[change - 1]!;
    }
    return { steps: step, lrArea: area[step]!, annealedArea: annealed[step]!, ...features };
  });
}

/** The first of 0 … count - 1 that `holds`, for a condition that stays true once it is; else count. */
function firstFrom(count: number, holds: (k: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
