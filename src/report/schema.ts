import * as z from "zod";
import { figureSchema } from "../figures/index.ts";
import { intervalSchema, type Verdict } from "../fit/index.ts";
import { lawSchema } from "../laws/index.ts";
import type { Report } from "./noun.ts";

const finite = z.number();
const positive = z.number().positive();
const texts = z.array(z.string());
const grade = z.enum(["sound", "caution", "do-not-use"] satisfies Verdict["grade"][]);
const ends = z.object({ low: finite, high: finite, level: finite });

const block = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), text: z.string() }),
  z.object({ kind: z.literal("list"), items: texts }),
  z.object({ kind: z.literal("warnings"), items: texts }),
  z.object({ kind: z.literal("facts"), rows: z.array(z.tuple([z.string(), z.string()])) }),
  z.object({ kind: z.literal("formula"), formula: z.string(), latex: z.string().nullable() }),
  z.object({
    kind: z.literal("table"),
    caption: z.string().nullable(),
    columns: z.array(z.object({ title: z.string(), align: z.enum(["left", "right"]) })).min(1),
    rows: z.array(texts),
  }),
  z.object({ kind: z.literal("figure"), id: z.string().regex(/^[a-z-]+$/), figure: figureSchema }),
  z.object({ kind: z.literal("code"), language: z.enum(["sh", "bibtex", "text"]), text: z.string() }),
  z.object({
    kind: z.literal("checklist"),
    groups: z.array(
      z.object({
        title: z.string(),
        items: z.array(z.object({ question: z.string(), answer: z.string().nullable() })),
      }),
    ),
  }),
]);

/** The contract of a report. */
export const reportSchema: z.ZodType<Report> = z.object({
  format: z.literal("isoflop.report/1"),
  title: z.string(),
  verdict: z.object({ grade: grade.nullable(), sentence: z.string() }),
  numbers: z.array(z.object({ label: z.string(), value: z.string(), detail: z.string().nullable() })),
  sections: z.array(
    z.object({ id: z.string().regex(/^[a-z-]+$/), title: z.string(), blocks: z.array(block) }),
  ),
  references: z.array(
    z.object({
      key: z.string(),
      text: z.string(),
      url: z.string().nullable(),
      used: z.string(),
      bibtex: z.string(),
    }),
  ),
  summary: z.object({
    law: lawSchema.nullable(),
    basis: z.string(),
    data: z.object({ origin: z.string(), hash: z.string(), rows: z.int() }).nullable(),
    objective: z.object({ name: z.string(), delta: finite.nullable(), value: finite.nullable() }).nullable(),
    status: z.string().nullable(),
    parameters: z.record(
      z.string(),
      z.object({ value: finite, se: finite.nullable(), interval: intervalSchema.nullable() }),
    ),
    exponents: z.object({ a: finite, b: finite }).nullable(),
    largestFlops: positive.nullable(),
    held: z.record(z.string(), finite),
    decision: z
      .object({
        flops: positive,
        params: positive,
        tokens: positive,
        loss: finite.nullable(),
        interval: ends.nullable(),
      })
      .nullable(),
    seed: z.int().nullable(),
  }),
  provenance: z.object({
    version: z.string().nullable(),
    nouns: z.array(z.object({ what: z.string(), hash: z.string() })),
    commands: texts,
  }),
});
