import * as z from "zod";
import { intervalSchema } from "../fit/index.ts";
import { basisNoteSchema, extrapolationSchema } from "./basis-schema.ts";
import type { ChainPrediction } from "./predict-chain.ts";

const interval = intervalSchema.nullable();

/** The contract of a prediction through several laws, format "isoflop.chain/1". */
export const chainPredictionSchema: z.ZodType<ChainPrediction> = z.object({
  format: z.literal("isoflop.chain/1"),
  at: z.record(z.string(), z.number()),
  steps: z.array(
    z.object({
      basis: basisNoteSchema,
      formula: z.string(),
      output: z.string(),
      value: z.number(),
      interval,
      alone: interval,
      extrapolation: z.array(extrapolationSchema).nullable(),
    }),
  ),
  output: z.string(),
  value: z.number(),
  interval,
  newRun: interval,
  seed: z.int(),
  warnings: z.array(z.string()),
  remarks: z.array(z.string()),
});
