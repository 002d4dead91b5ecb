import * as z from "zod";
import { runSpecSchema } from "../runs/index.ts";
import { basisNoteSchema } from "./basis-schema.ts";
import { designAims } from "./run-design.ts";
import type { RefusedRun, RunLimits } from "./run-limits.ts";
import type {
  IsoflopDesign,
  OptimalDesign,
  RatioDesign,
  SweepCentre,
  SweepPlan,
  SweepShape,
} from "./sweep-noun.ts";

const positive = z.number().positive();
const numbers = z.record(z.string(), z.number());

const centreSchema: z.ZodType<SweepCentre> = z.discriminatedUnion("rule", [
  z.strictObject({ rule: z.literal("tokensPerParam"), tokensPerParam: positive }),
  z.strictObject({
    rule: z.literal("optimum"),
    basis: basisNoteSchema,
    held: numbers,
  }),
]);

const runLimitsSchema: z.ZodType<RunLimits> = z.strictObject({
  minParams: positive.optional(),
  maxParams: positive.optional(),
  minTokens: positive.optional(),
  maxTokens: positive.optional(),
  uniqueTokens: positive.optional(),
  epochs: positive.optional(),
  minTokensPerParam: positive.optional(),
  maxTokensPerParam: positive.optional(),
  minFlops: positive.optional(),
  maxFlops: positive.optional(),
  minSteps: positive.optional(),
});

const refusedRunSchema: z.ZodType<RefusedRun> = z.strictObject({
  params: z.number().nonnegative(),
  tokens: positive,
  flops: positive,
  reason: z.string(),
});

const shapeSchema: z.ZodType<SweepShape> = z.strictObject({
  family: z.enum(["gpt2", "llama", "moe", "chinchilla"]).optional(),
  aspect: positive.optional(),
  layers: z.int().positive().optional(),
  width: z.int().positive().optional(),
  headSize: z.int().positive().optional(),
  kvHeads: z.int().positive().optional(),
  vocabulary: z.int().positive().optional(),
  context: z.int().positive().optional(),
  experts: z.int().positive().optional(),
  activeExperts: z.int().positive().optional(),
  sharedExperts: z.int().nonnegative().optional(),
});

const any = {
  seeds: z.array(z.int()).min(1),
  trainer: z.string().min(1),
  convention: z.enum(["total", "nonEmbedding", "active", "unstated"]),
  batchTokens: positive.nullable(),
  learningRate: positive.nullable(),
  settings: z.record(z.string(), z.json()),
  // these came later than format 1
  target: positive.nullable().default(null),
  limits: runLimitsSchema.default({}),
  shape: shapeSchema.nullable().default(null),
};

const isoflopSchema: z.ZodType<IsoflopDesign> = z.strictObject({
  kind: z.literal("isoflop").default("isoflop"),
  budgets: z.array(positive).min(1),
  sizesPerBudget: z.int().min(3),
  centre: centreSchema,
  spread: z.number().gt(1),
  ...any,
});

const ratioSchema: z.ZodType<RatioDesign> = z.strictObject({
  kind: z.literal("ratios"),
  sizes: z.array(positive).min(1),
  ratios: z.array(positive).min(1),
  ...any,
});

const optimalSchema: z.ZodType<OptimalDesign> = z.strictObject({
  kind: z.literal("optimal"),
  aim: z.enum(designAims),
  beliefs: z.array(basisNoteSchema).min(1),
  held: numbers,
  noise: positive,
  candidates: z.int().positive(),
  expected: z.strictObject({ sd: positive, isoflop: positive.nullable() }),
  ...any,
});

/** The schema of a {@link SweepPlan}, format "isoflop.sweep/1". */
export const sweepPlanSchema: z.ZodType<SweepPlan> = z
  .strictObject({
    format: z.literal("isoflop.sweep/1"),
    design: z.union([isoflopSchema, ratioSchema, optimalSchema]),
    specs: z.array(runSpecSchema).min(1),
    runs: z.int().positive(),
    flops: positive,
    refused: z.array(refusedRunSchema).default([]),
  })
  .refine(({ specs, runs }) => specs.length === runs, { path: ["runs"], error: "is not the number of specs" })
  .refine(({ specs }) => new Set(specs.map(({ id }) => id)).size === specs.length, {
    path: ["specs"],
    error: "two runs have the same id",
  });
