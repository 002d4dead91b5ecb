import * as z from "zod";
import { intervalSchema } from "../fit/index.ts";
import { basisNoteSchema, extrapolationSchema } from "./basis-schema.ts";
import { budgetSchema, costSchema } from "./budget-schema.ts";
import { layoutPlanSchema, settingsPlanSchema, shapePlanSchema } from "./build-schema.ts";
import type { Decision } from "./decide.ts";
import {
  constrainedPlanSchema,
  dataLimitPlanSchema,
  flatMovesSchema,
  inferencePlanSchema,
  rivalPlansSchema,
} from "./decision-schema.ts";
import type { Plan } from "./optimal.ts";
import type { Prediction } from "./predict.ts";
import { placementSchema } from "./world-schema.ts";

const positive = z.number().positive();
const span = z.tuple([positive, positive]);
const interval = intervalSchema.nullable();
const numbers = z.record(z.string(), z.number());
const optimum = z.object({
  params: positive,
  tokens: positive,
  loss: z.number().nullable(),
  tokensPerParam: positive,
});

/** The contract of a plan file: with everything that follows from it where `decide` made it. */
export const planSchema: z.ZodType<Plan & Partial<Decision>> = z.object({
  format: z.literal("isoflop.plan/1"),
  basis: basisNoteSchema,
  formula: z.string(),
  parameters: numbers,
  budget: z.object({ flops: positive, convention: z.string() }),
  optimum,
  intervals: z
    .object({ params: interval, tokens: interval, loss: interval, tokensPerParam: interval })
    .nullable(),
  flatRegion: z.object({ tolerance: z.number(), params: span, tokens: span }).nullable(),
  extrapolation: z.array(extrapolationSchema).nullable(),
  params: z.string().nullable(),
  held: numbers,
  warnings: z.array(z.string()),
  remarks: z.array(z.string()).default([]), // came later than format 1
  // and so did these
  asked: budgetSchema.nullable().optional(),
  chosen: z
    .object({ by: z.enum(["compute", "serving", "data", "constraints"]), says: z.string() })
    .optional(),
  free: optimum.nullable().optional(),
  ends: z.object({ flops: span, low: optimum, high: optimum }).nullable().optional(),
  cost: costSchema.nullable().optional(),
  inference: inferencePlanSchema.nullable().optional(),
  latencyDevices: z.int().positive().nullable().optional(),
  data: dataLimitPlanSchema.nullable().optional(),
  constrained: constrainedPlanSchema.nullable().optional(),
  moves: flatMovesSchema.optional(),
  shape: shapePlanSchema.nullable().optional(),
  settings: settingsPlanSchema.nullable().optional(),
  layout: layoutPlanSchema.nullable().optional(),
  rivals: rivalPlansSchema.nullable().optional(),
  models: z.array(placementSchema).optional(),
  left: z.array(z.string()).optional(),
});

/** The contract of a prediction. */
export const predictionSchema: z.ZodType<Prediction> = z.object({
  format: z.literal("isoflop.prediction/1"),
  basis: basisNoteSchema,
  at: numbers,
  output: z.string(),
  value: z.number(),
  solved: z.object({ quantity: z.string(), target: z.number(), interval }).optional(),
  interval,
  newRun: interval.optional(),
  extrapolation: z.array(extrapolationSchema).nullable(),
  warnings: z.array(z.string()),
  remarks: z.array(z.string()).default([]),
});

export { sweepPlanSchema } from "./sweep-schema.ts";
