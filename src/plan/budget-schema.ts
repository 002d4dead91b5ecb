import * as z from "zod";
import type { Assumption, Budget } from "./budget.ts";
import type { Cost, Premise } from "./cost.ts";
import type { InferenceLoad } from "./goals.ts";
import type { BudgetLimit } from "./limits.ts";

const positive = z.number().positive();
const amount = positive.nullable();
const later = amount.default(null); // came later than format 1
const share = z.number().positive().max(1);
const range = z.tuple([z.number(), z.number()]);

const premiseSchema: z.ZodType<Premise> = z.strictObject({
  value: z.number().nonnegative(),
  range: range.nullable(),
  origin: z.enum(["given", "assumed"]),
  source: z.string(),
});

/** The schema of a {@link Cost}. */
export const costSchema: z.ZodType<Cost> = z.strictObject({
  flops: positive,
  hardware: z.string(),
  hardwareSource: z.string(),
  peakFlopsPerSecond: positive,
  precision: z.enum(["bf16", "fp16", "tf32", "fp32", "fp8", "int8"]),
  mfu: premiseSchema,
  effectiveTime: premiseSchema,
  devices: amount,
  deviceHours: positive,
  hours: amount,
  pricePerHourUsd: premiseSchema.nullable(),
  costUsd: z.number().nonnegative().nullable(),
  pue: premiseSchema,
  kgCo2PerKwh: premiseSchema,
  energyKwh: amount,
  co2Kg: z.number().nonnegative().nullable(),
  ranges: z.strictObject({ deviceHours: range.nullable(), costUsd: range.nullable() }),
  assumed: z.array(z.string()),
});

const inferenceSchema: z.ZodType<InferenceLoad> = z.strictObject({
  tokens: positive,
  promptTokens: amount,
  outputTokens: amount,
  latency: z.enum(["interactive", "batch"]).nullable(),
  secondsPerToken: amount,
  precision: z.enum(["bf16", "fp16", "fp8", "int8", "int4"]).nullable(),
});

const limitSchema: z.ZodType<BudgetLimit> = z.strictObject({
  kind: z.enum(["flops", "costUsd", "deviceHours", "deadline"]),
  text: z.string(),
  deviceHours: amount,
  flops: amount,
  binding: z.boolean(),
});

const assumptionSchema: z.ZodType<Assumption> = z.strictObject({
  quantity: z.enum(["mfu", "pricePerHourUsd"]),
  value: positive,
  range,
  source: z.string(),
});

/** The schema of a {@link Budget}. */
export const budgetSchema: z.ZodType<Budget> = z.strictObject({
  format: z.literal("isoflop.budget/1"),
  text: z.string(),
  flops: amount,
  deviceHours: amount,
  devices: amount,
  hours: amount,
  hardware: z.string().nullable(),
  mfu: share.nullable(),
  effectiveTime: share.nullable().default(null),
  peakFlopsPerSecond: amount,
  costUsd: amount,
  pricePerHourUsd: amount,
  targetLoss: later,
  params: later,
  tokens: later,
  tokensPerParam: later,
  uniqueTokens: later,
  inference: inferenceSchema.nullable().default(null),
  flopsRange: range.nullable().default(null),
  limits: z.array(limitSchema).default([]),
  assumed: z.array(assumptionSchema).default([]),
  cost: costSchema.nullable().default(null),
  missing: z.array(z.string()),
  steps: z.array(z.string()),
  remarks: z.array(z.string()).default([]),
});
