import * as z from "zod";
import { intervalSchema } from "../fit/index.ts";
import { basisNoteSchema, extrapolationSchema } from "./basis-schema.ts";
import type { Placement, WorldPlacement } from "./place.ts";
import type { WorldModel } from "./world-models.ts";

const positive = z.number().positive();
const measured = z.object({ value: z.number(), interval: intervalSchema.nullable() });

/** The contract of a cited model. */
export const worldModelSchema: z.ZodType<WorldModel> = z.object({
  name: z.string(),
  family: z.string(),
  year: z.int(),
  params: positive.nullable(),
  activeParams: positive.nullable(),
  tokens: positive.nullable(),
  source: z.object({ authors: z.string(), where: z.string(), url: z.string() }),
  checked: z.string().nullable(),
  note: z.string().nullable(),
});

export const placementSchema: z.ZodType<Placement> = z.object({
  model: worldModelSchema,
  params: positive,
  tokens: positive,
  flops: positive,
  tokensPerParam: positive,
  timesTwenty: positive,
  optimum: z.object({ params: positive, tokens: positive, loss: z.number().nullable() }),
  overTraining: measured,
  loss: measured.nullable(),
  efficiency: positive.nullable(),
  servedTokens: measured.nullable(),
  extrapolation: z.array(extrapolationSchema).nullable(),
});

/** The contract of models placed against a law, format "isoflop.world/1". */
export const worldPlacementSchema: z.ZodType<WorldPlacement> = z.object({
  format: z.literal("isoflop.world/1"),
  basis: basisNoteSchema,
  formula: z.string(),
  convention: z.string(),
  counts: z.string().nullable(),
  held: z.record(z.string(), z.number()),
  placements: z.array(placementSchema),
  left: z.array(z.object({ name: z.string(), reason: z.string() })),
  warnings: z.array(z.string()),
  remarks: z.array(z.string()),
});
