import * as z from "zod";
import { intervalSchema } from "../fit/index.ts";
import { runSpecSchema } from "../runs/index.ts";
import { basisNoteSchema, extrapolationSchema } from "./basis-schema.ts";
import type { Plan } from "./optimal.ts";
import type { Prediction } from "./predict.ts";
import type { SweepCentre, SweepPlan } from "./sweep.ts";

const positive = z.number().positive();
const span = z.tuple([positive, positive]);
const interval = intervalSchema.nullable();
const numbers = z.record(z.string(), z.number());

/** The contract of a plan file. */
export const planSchema: z.ZodType<Plan> = z.object({
  format: z.literal("isoflop.plan/1"),
  basis: basisNoteSchema,
  formula: z.string(),
  parameters: numbers,
  budget: z.object({ flops: positive, convention: z.string() }),
  optimum: z.object({
    params: positive,
    tokens: positive,
    loss: z.number().nullable(),
    tokensPerParam: positive,
  }),
  intervals: z
    .object({ params: interval, tokens: interval, loss: interval, tokensPerParam: interval })
    .nullable(),
  flatRegion: z.object({ tolerance: z.number(), params: span, tokens: span }).nullable(),
  extrapolation: z.array(extrapolationSchema).nullable(),
  params: z.string().nullable(),
  held: numbers,
  warnings: z.array(z.string()),
  remarks: z.array(z.string()).default([]), // came later than format 1
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

const centreSchema: z.ZodType<SweepCentre> = z.discriminatedUnion("rule", [
  z.strictObject({ rule: z.literal("tokensPerParam"), tokensPerParam: positive }),
  z.strictObject({
    rule: z.literal("optimum"),
    basis: basisNoteSchema,
    held: numbers,
  }),
]);

/** The schema of a {@link SweepPlan}, format "isoflop.sweep/1". */
export const sweepPlanSchema: z.ZodType<SweepPlan> = z
  .strictObject({
    format: z.literal("isoflop.sweep/1"),
    design: z.strictObject({
      budgets: z.array(positive).min(1),
      sizesPerBudget: z.int().min(3),
      centre: centreSchema,
      spread: z.number().gt(1),
      seeds: z.array(z.int()).min(1),
      trainer: z.string().min(1),
      convention: z.enum(["total", "nonEmbedding", "active", "unstated"]),
      batchTokens: positive.nullable(),
      learningRate: positive.nullable(),
      settings: z.record(z.string(), z.json()),
    }),
    specs: z.array(runSpecSchema).min(1),
    runs: z.int().positive(),
    flops: positive,
  })
  .refine(({ specs, runs }) => specs.length === runs, { path: ["runs"], error: "is not the number of specs" })
  .refine(({ specs }) => new Set(specs.map(({ id }) => id)).size === specs.length, {
    path: ["specs"],
    error: "two runs have the same id",
  });
