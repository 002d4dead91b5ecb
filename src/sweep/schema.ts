import * as z from "zod";
import { runSpecSchema } from "../runs/index.ts";
import type { SweepRecord } from "./record.ts";

/** The schema of a {@link SweepRecord}, a sweep.json, format "isoflop.sweeprecord/1". */
export const sweepRecordSchema: z.ZodType<SweepRecord> = z.strictObject({
  format: z.literal("isoflop.sweeprecord/1"),
  name: z.string(),
  specs: z.array(runSpecSchema),
  command: z.strictObject({ argv: z.array(z.string()).min(1), cwd: z.string() }).nullable(),
  concurrency: z.number().int().positive().nullable(),
  hours: z.number().positive().nullable(),
});
