import * as z from "zod";
import type { Figure } from "./figure.ts";
import { placesOf } from "./span.ts";

const tick = z.object({ value: z.number(), text: z.string() });
const axis = z.object({
  label: z.string(),
  scale: z.enum(["log", "linear"]),
  unit: z.string().nullable(),
  domain: z.tuple([z.number(), z.number()]).optional(),
  ticks: z.array(tick).optional(),
});
const colour = z.union([
  z.number().int().min(0),
  z.enum(["ink", "muted"]),
  z.object({ ramp: z.number().min(0).max(1) }),
]);
const base = { series: z.string(), colour: colour.optional(), faint: z.boolean().optional() };
const point = z.tuple([z.number(), z.number()]);
const four = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const points = z.array(point).min(1);
const mark = z.discriminatedUnion("kind", [
  z.object({
    ...base,
    kind: z.literal("points"),
    points,
    symbol: z.enum(["dot", "diamond", "ring", "cross"]).optional(),
    sizes: z.array(z.number().positive()).min(1).optional(),
    names: z.array(z.string().nullable()).optional(),
  }),
  z.object({
    ...base,
    kind: z.literal("line"),
    points,
    dashed: z.boolean().optional(),
    thick: z.boolean().optional(),
  }),
  z.object({ ...base, kind: z.literal("rule"), points: points.length(2), dashed: z.boolean().optional() }),
  z.object({ ...base, kind: z.literal("segments"), segments: z.array(four).min(1) }),
  z.object({
    ...base,
    kind: z.literal("band"),
    points: z.array(z.tuple([z.number(), z.number(), z.number()])).min(1),
  }),
  z.object({
    ...base,
    kind: z.literal("boxes"),
    boxes: z.array(four).min(1),
    shades: z.array(z.number().min(0).max(1)).optional(),
  }),
  z.object({ ...base, kind: z.literal("text"), points, texts: z.array(z.string()).min(1) }),
]);

const panel = z
  .object({ title: z.string().optional(), x: axis, y: axis, marks: z.array(mark) })
  .superRefine(({ x, y, marks }, context) => {
    const complain = (path: (string | number)[]): void =>
      context.addIssue({ code: "custom", path, message: "a log axis has no place for 0 and below" });
    for (const [i, drawn] of marks.entries()) {
      const { xs, ys } = placesOf(drawn);
      if ((x.scale === "log" && xs.some((v) => v <= 0)) || (y.scale === "log" && ys.some((v) => v <= 0)))
        complain(["marks", i]);
    }
    for (const [name, { scale, domain }] of Object.entries({ x, y }))
      if (scale === "log" && domain?.some((v) => v <= 0)) complain([name, "domain"]);
  });

/** The contract of a figure. */
export const figureSchema: z.ZodType<Figure> = z.object({
  format: z.literal("isoflop.figure/1"),
  title: z.string(),
  subtitle: z.string().nullable(),
  alt: z.string().min(1),
  note: z.string().nullable(),
  columns: z.number().int().min(1),
  panels: z.array(panel.nullable()).min(1),
});
