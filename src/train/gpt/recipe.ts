import { type Architecture, learningRates, type Schedule } from "../../models/index.ts";
import { didYouMean } from "../../numeric/index.ts";
import type { JsonValue, RunSpec } from "../../runs/index.ts";
import { parameterCounts, untrainable } from "./shape.ts";

/** How a run is trained: what a spec's settings may say, each with its default. */
export interface Recipe {
  /** wsd is warm-up, stable, decay. */
  readonly schedule: "wsd" | "cosine" | "linear" | "constant";
  readonly warmupSteps: number;
  /** The share of the steps in which wsd decays. */
  readonly decayShare: number;
  /** The last rate as a share of the peak; null is 0 for wsd and 0.1 for the others. */
  readonly finalShare: number | null;
  readonly weightDecay: number;
  /** The gradient's longest norm; 0 never clips. */
  readonly clip: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly embeddingStd: number;
  /**
   * The width at which the learning rate was tuned: matrices learn at rate · base / width and logits are scaled by the
   * same (Yang et al. 2022, "Tensor Programs V", table 8, https://arxiv.org/abs/2203.03466; keep the head size). null
   * is no such scaling.
   */
  readonly mupBaseWidth: number | null;
  /** Held-out tokens that every validation loss is measured on: the same for all runs. */
  readonly validationTokens: number;
  /** The curve begins at this step and has two points for each doubling of steps. */
  readonly curveFrom: number;
  /** Train on so many tokens of the corpus alone, again and again. */
  readonly uniqueTokens: number | null;
}

export const defaultRecipe: Recipe = {
  schedule: "wsd",
  warmupSteps: 50,
  decayShare: 0.25,
  finalShare: null,
  weightDecay: 0.1,
  clip: 1,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  embeddingStd: 0.1,
  mupBaseWidth: null,
  validationTokens: 32768,
  curveFrom: 64,
  uniqueTokens: null,
};

/** A spec made definite: whole steps, every rate, no defaults left. */
export interface TrainingPlan {
  readonly shape: Architecture;
  readonly recipe: Recipe;
  readonly seed: number;
  /** Sequences of a step. */
  readonly batch: number;
  readonly peak: number;
  /** The rate of each step. */
  readonly rates: Float64Array;
  /** The steps after which the curve has a point; the last is the end. */
  readonly curveSteps: readonly number[];
  /** Up to this step the run is the same as every longer one of its kind; 0 where nothing is shared. */
  readonly sharedSteps: number;
}

/**
 * What a spec asks for, complete. Defaults: 4 sequences a batch, and a peak rate of 0.21 / width, which from 32 to 96 wide
 * is within a factor of 1.3 of the best and costs less than seeds differ by (studies/own-ladder, learning rates).
 *
 * @throws when it cannot be trained: no shape, parameters that are not the shape's, a setting that is not known
 */
export function planTraining(spec: RunSpec): TrainingPlan {
  const { shape, seed } = spec;
  const cannot = (reason: string): Error => new Error(`cannot train ${spec.id}: ${reason}`);
  if (shape === null) throw cannot("expected a shape, got none; give one, such as gptShape({ width: 64 })");
  const lacking = untrainable(shape);
  if (lacking !== null) throw cannot(`the shape asks for ${lacking}`);
  const counts: Record<string, number> = parameterCounts(shape);
  for (const [convention, count] of Object.entries(spec.parameters))
    if (counts[convention] !== undefined && counts[convention] !== count)
      throw cannot(`expected the shape's ${counts[convention]} ${convention} parameters, got ${count}`);

  const recipe = readRecipe(spec.settings, cannot);
  const { context, width } = shape;
  const batch = spec.batchTokens === null ? 4 : spec.batchTokens / context;
  if (!Number.isInteger(batch))
    throw cannot(`expected batchTokens in whole sequences of ${context}, got ${spec.batchTokens}`);
  const steps = Math.max(1, Math.round(spec.tokens / (batch * context)));
  const peak = spec.learningRate ?? 0.21 / (recipe.mupBaseWidth ?? width);
  const warmupSteps = Math.min(recipe.warmupSteps, Math.floor(steps / 4));
  const decaySteps = Math.max(1, Math.round(steps * recipe.decayShare));
  const unlike = recipe.schedule === "wsd" ? decaySteps : recipe.schedule === "constant" ? 1 : steps;
  return {
    shape,
    recipe,
    seed,
    batch,
    peak,
    rates: learningRates(scheduleOf(recipe, peak, steps, warmupSteps, decaySteps)),
    curveSteps: curveSteps(steps, recipe.curveFrom),
    // a run so short that its warm-up or its curve was squeezed shares nothing
    sharedSteps: warmupSteps === recipe.warmupSteps && steps >= 2 * recipe.curveFrom ? steps - unlike : 0,
  };
}

function readRecipe(
  settings: Readonly<Record<string, JsonValue>>,
  cannot: (reason: string) => Error,
): Recipe {
  for (const [name, value] of Object.entries(settings)) {
    if (!Object.hasOwn(defaultRecipe, name)) {
      const near = didYouMean(name, Object.keys(defaultRecipe));
      throw cannot(`it has no setting "${name}"${near === null ? "" : `; did you mean "${near}"?`}`);
    }
    const standard = defaultRecipe[name as keyof Recipe];
    if (name === "schedule" ? !schedules.includes(String(value)) : !isAmount(value, standard === null))
      throw cannot(
        `expected ${name === "schedule" ? schedules.join(", ") : `${name} to be a number of at least 0`}, got ${JSON.stringify(value)}`,
      );
  }
  const recipe = { ...defaultRecipe, ...settings } as Recipe;
  if (!(recipe.decayShare > 0 && recipe.decayShare <= 1))
    throw cannot(`expected decayShare above 0 and at most 1, got ${recipe.decayShare}`);
  return recipe;
}

const schedules: readonly string[] = ["wsd", "cosine", "linear", "constant"];

const isAmount = (value: JsonValue, mayBeNull: boolean): boolean =>
  (mayBeNull && value === null) || (typeof value === "number" && value >= 0);

function scheduleOf(
  { schedule, finalShare }: Recipe,
  peak: number,
  steps: number,
  warmupSteps: number,
  decaySteps: number,
): Schedule {
  const base = { peak, steps, warmupSteps };
  const final = peak * (finalShare ?? (schedule === "wsd" ? 0 : 0.1));
  if (schedule === "constant") return { kind: schedule, ...base };
  if (schedule !== "wsd") return { kind: schedule, ...base, final };
  return { kind: schedule, ...base, final, decaySteps: Math.min(decaySteps, steps - warmupSteps) };
}

/** Powers of √2 from `from` (or the middle of a shorter run) to the end. */
function curveSteps(steps: number, from: number): number[] {
  const found = new Set<number>();
  for (let k = 0; 2 ** (k / 2) < steps; k++) {
    const step = Math.round(2 ** (k / 2));
    if (step >= Math.min(from, steps / 2) && step < steps) found.add(step);
  }
  return [...found, steps];
}
