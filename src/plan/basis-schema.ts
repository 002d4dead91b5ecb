import * as z from "zod";
import type { BasisNote, Extrapolation } from "./basis.ts";

/** The schema of a {@link BasisNote}. */
export const basisNoteSchema: z.ZodType<BasisNote> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("fit"), law: z.string(), hash: z.string(), origin: z.string(), rows: z.int() }),
  z.object({
    kind: z.literal("frontier"),
    approach: z.union([z.literal(1), z.literal(2)]),
    method: z.enum(["hull", "running-minimum", "parabola", "akima", "argmin", "given"]),
    optima: z.int(),
    hash: z.string(),
    origin: z.string(),
    rows: z.int(),
  }),
  z.object({ kind: z.literal("published"), law: z.string(), set: z.string(), from: z.string() }),
  z.object({ kind: z.literal("given"), law: z.string() }),
]);

/** The schema of an {@link Extrapolation}. */
export const extrapolationSchema: z.ZodType<Extrapolation> = z.object({
  quantity: z.string(),
  factor: z.number().positive(),
  side: z.enum(["above", "below"]),
  nearest: z.number().positive(),
});
