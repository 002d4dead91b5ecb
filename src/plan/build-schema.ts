import * as z from "zod";
import { intervalSchema } from "../fit/index.ts";
import type { Source } from "../laws/index.ts";
import { architectureSchema, type ParameterCount, type Schedule } from "../models/index.ts";
import type { ShapeFinding } from "./aspect.ts";
import { extrapolationSchema } from "./basis-schema.ts";
import type { LayoutPlan, PlacedLayout } from "./layout.ts";
import type { Memory, ParallelLayout } from "./memory.ts";
import type { Practice } from "./practice.ts";
import type { SettingRule } from "./setting-rules.ts";
import type { RuleSpread, ScheduleChoice, SettingsPlan } from "./settings.ts";
import type { ShapePlan, ShapeSketch } from "./shape.ts";
import type { StepTime } from "./step-time.ts";

const positive = z.number().positive();
const amount = z.number().nonnegative();
const whole = z.int().positive();
const texts = z.array(z.string());

const sourceSchema: z.ZodType<Source> = z.object({
  authors: z.string(),
  year: z.int(),
  title: z.string(),
  url: z.string(),
  where: z.string(),
});

const countSchema: z.ZodType<ParameterCount> = z.object({
  embedding: amount,
  positions: amount,
  attention: amount,
  ffn: amount,
  router: amount,
  norms: amount,
  head: amount,
  total: amount,
  nonEmbedding: amount,
  nonEmbeddingWithHead: amount,
  active: amount,
});

const sketch = { layers: whole, width: whole, heads: whole, ffnSize: whole, params: positive };
const sketchSchema: z.ZodType<ShapeSketch> = z.object(sketch);

const findingSchema: z.ZodType<ShapeFinding> = z.object({
  says: z.string(),
  source: sourceSchema,
  caution: z.string().nullable(),
});

const flops = z.object({ exact: positive, sixN: positive });

/** The schema of a {@link ShapePlan}. */
export const shapePlanSchema: z.ZodType<ShapePlan> = z.object({
  asked: z.object({
    params: positive,
    counting: z.enum(["total", "nonEmbedding", "nonEmbeddingWithHead", "active"]),
  }),
  shape: architectureSchema,
  count: countSchema,
  off: z.number(),
  aspect: positive,
  flopsPerToken: z.object({ exact: positive, sixN: positive, ratio: positive }),
  trainingFlops: flops.nullable(),
  ends: z.object({ level: positive, low: sketchSchema, high: sketchSchema }).nullable(),
  others: z.array(z.object({ ...sketch, moreLoss: z.number() })),
  findings: z.array(findingSchema),
  assumed: texts,
  warnings: texts,
});

const base = { peak: positive, steps: whole, warmupSteps: z.int().nonnegative().optional() };
const scheduleSchema: z.ZodType<Schedule> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("constant"), ...base }),
  z.object({ kind: z.literal("cosine"), ...base, final: amount }),
  z.object({ kind: z.literal("linear"), ...base, final: amount }),
  z.object({
    kind: z.literal("wsd"),
    ...base,
    final: amount,
    decaySteps: positive,
    decay: z.enum(["linear", "exponential", "sqrt"]).optional(),
  }),
  z.object({
    kind: z.literal("step"),
    ...base,
    drops: z.array(z.object({ after: amount, rate: amount })),
  }),
]);

const setting = z.enum(["batchTokens", "learningRate", "warmupTokens"]);

const ruleSchema: z.ZodType<SettingRule> = z.object({
  setting,
  rule: z.string(),
  formula: z.string(),
  value: positive.nullable(),
  reason: z.string().nullable(),
  interval: intervalSchema.nullable(),
  at: z.record(z.string(), z.number()),
  outside: z.array(extrapolationSchema).nullable(),
  source: sourceSchema,
});

const spreadSchema: z.ZodType<RuleSpread> = z.object({
  low: positive,
  high: positive,
  factor: positive,
  rules: whole,
});

const scheduleChoiceSchema: z.ZodType<ScheduleChoice> = z.object({
  schedule: scheduleSchema,
  says: z.string(),
  source: z.string(),
});

const practiceSchema: z.ZodType<Practice> = z.object({
  model: z.string(),
  params: positive,
  tokens: positive,
  learningRate: positive,
  batchTokens: positive,
  warmup: z.string(),
  source: z.string(),
});

/** The schema of a {@link SettingsPlan}. */
export const settingsPlanSchema: z.ZodType<SettingsPlan> = z.object({
  chosen: z.object({
    rules: z.string(),
    why: z.string(),
    batchTokens: positive,
    sequences: whole,
    learningRate: positive,
    warmupTokens: amount,
    steps: whole,
    schedule: scheduleSchema,
  }),
  rules: z.array(ruleSchema),
  spread: z.object({
    batchTokens: spreadSchema.nullable(),
    learningRate: spreadSchema.nullable(),
    warmupTokens: spreadSchema.nullable(),
  }),
  schedules: z.array(scheduleChoiceSchema),
  practice: z.array(practiceSchema),
  assumed: texts,
  warnings: texts,
});

const layoutSchema: z.ZodType<ParallelLayout> = z.object({
  data: whole,
  tensor: whole,
  pipeline: whole,
  context: whole,
  expert: whole,
  zero: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  sequenceParallel: z.boolean(),
  recompute: z.enum(["none", "selective", "full"]),
  microBatch: whole,
  interleave: whole,
});

const memorySchema: z.ZodType<Memory> = z.object({
  weights: amount,
  gradients: amount,
  optimizer: amount,
  activations: amount,
  gathered: amount,
  total: amount,
  stage: z.int().nonnegative(),
  params: positive,
});

const stepSchema: z.ZodType<StepTime> = z.object({
  seconds: positive,
  parts: z.object({
    compute: amount,
    recompute: amount,
    elementwise: amount,
    tensor: amount,
    expert: amount,
    context: amount,
    pipeline: amount,
    bubble: amount,
    data: amount,
    optimizer: amount,
  }),
  microBatches: whole,
  batchTokens: positive,
  tokensPerSecond: positive,
  mfu: positive,
  hfu: positive,
});

const placedSchema: z.ZodType<PlacedLayout> = z.object({
  layout: layoutSchema,
  devices: whole,
  memory: memorySchema,
  step: stepSchema,
});

/** The schema of a {@link LayoutPlan}. */
export const layoutPlanSchema: z.ZodType<LayoutPlan> = z.object({
  hardware: z.string(),
  memoryBytes: z.object({ device: positive, usable: positive }),
  best: placedSchema.nullable(),
  others: z.array(placedSchema),
  days: positive.nullable(),
  reason: z.string().nullable(),
  tried: z.int().nonnegative(),
  fits: z.int().nonnegative(),
  assumed: texts,
  sources: texts,
});
