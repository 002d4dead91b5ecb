import * as z from "zod";
import { intervalSchema } from "../fit/index.ts";
import { basisNoteSchema } from "./basis-schema.ts";
import { type Cause, causeCodes } from "./causes.ts";
import type { ComparedRun, RunComparison } from "./run-comparison.ts";

const positive = z.number().positive();
const interval = intervalSchema.nullable();
const cause: z.ZodType<Cause> = z.object({ code: z.enum(causeCodes), sentence: z.string() });

const comparedRunSchema: z.ZodType<ComparedRun> = z.object({
  line: z.int(),
  params: positive,
  tokens: positive,
  flops: positive,
  tokensPerParam: positive,
  loss: z.number(),
  predicted: z.number(),
  expected: interval,
  excess: z.number(),
  deviation: z.number().nullable(),
  frontier: z.object({ loss: z.number(), params: positive, tokens: positive }),
  overTraining: positive,
  flopsNeeded: positive.nullable(),
  efficiency: positive.nullable(),
  efficiencyInterval: interval,
  causes: z.tuple([cause], cause),
});

/** The contract of runs beside a law, format "isoflop.runs-compared/1". */
export const runComparisonSchema: z.ZodType<RunComparison> = z.object({
  format: z.literal("isoflop.runs-compared/1"),
  basis: basisNoteSchema,
  formula: z.string(),
  convention: z.string(),
  origin: z.string(),
  runs: z.array(comparedRunSchema),
  summary: z.object({
    runs: z.int(),
    flops: positive,
    medianEfficiency: positive.nullable(),
    medianExcess: z.number(),
    causes: z.partialRecord(z.enum(causeCodes), z.int()),
  }),
  level: z.number(),
  warnings: z.array(z.string()),
  remarks: z.array(z.string()),
});
