import * as z from "zod";
import { designAims } from "../plan/index.ts";
import { runSpecSchema } from "../runs/index.ts";
import type { NextRuns } from "./next-runs-noun.ts";

const positive = z.number().positive();
const known = z.object({
  value: positive.nullable(),
  interval: z.object({ low: positive, high: positive, level: positive }).nullable(),
  sd: positive,
});
const run = z.object({
  params: positive,
  tokens: positive,
  flops: positive,
  tokensPerParam: positive,
  leaves: positive,
});
const step = z.object({ flops: positive, runs: z.int().positive(), leaves: positive });

/** The contract of the file of `plan next`, format "isoflop.nextruns/1". */
export const nextRunsSchema: z.ZodType<NextRuns> = z.object({
  format: z.literal("isoflop.nextruns/1"),
  basis: z.object({
    kind: z.literal("fit"),
    law: z.string(),
    hash: z.string(),
    origin: z.string(),
    rows: z.int(),
  }),
  aim: z.enum(designAims),
  target: z.object({ flops: positive, convention: z.string(), held: z.record(z.string(), z.number()) }),
  budget: z.object({ flops: positive, used: positive }),
  knowledge: z.object({ from: z.enum(["runs", "covariance"]), scatter: positive, price: positive }),
  now: known,
  after: known,
  runs: z.array(run).min(1),
  single: run.nullable(),
  steps: z.array(step),
  isoflop: step.nullable(),
  simulated: z
    .array(
      z.object({
        design: z.enum(["none", "chosen", "single", "isoflop"]),
        flops: z.number().nonnegative(),
        predicted: positive,
        simulated: positive.nullable(),
        lost: z.int(),
        replications: z.int(),
      }),
    )
    .nullable(),
  candidates: z.int().positive(),
  refused: z.object({ count: z.int(), reason: z.string().nullable() }),
  specs: z.array(runSpecSchema).min(1),
  warnings: z.array(z.string()),
  seed: z.int(),
});
