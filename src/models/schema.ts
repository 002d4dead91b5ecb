import * as z from "zod";
import { type Architecture, impossibility } from "./architecture.ts";
import type { Hardware, HourlyPrice } from "./hardware.ts";

const whole = z.number().int().positive();
const wholeOrZero = z.number().int().nonnegative();

/** The schema of an {@link Architecture}; an impossible shape is an issue with its reason. */
export const architectureSchema: z.ZodType<Architecture> = z
  .strictObject({
    family: z.enum(["gpt2", "llama", "moe", "chinchilla"]),
    layers: whole,
    width: whole,
    heads: whole,
    kvHeads: whole,
    headSize: whole,
    ffnSize: wholeOrZero,
    vocabulary: whole,
    context: whole,
    learnedPositions: z.boolean(),
    relativePositions: z.boolean(),
    tiedEmbeddings: z.boolean(),
    biases: z.boolean(),
    norm: z.enum(["layernorm", "rmsnorm"]),
    gatedFfn: z.boolean(),
    experts: wholeOrZero,
    activeExperts: wholeOrZero,
    sharedExperts: wholeOrZero,
    expertSize: wholeOrZero,
  })
  .superRefine((shape, context) => {
    const reason = impossibility(shape);
    if (reason !== null) context.addIssue({ code: "custom", message: reason });
  });

const positive = z.number().positive();
const rate = positive.nullable().default(null);

const priceSchema: z.ZodType<HourlyPrice> = z.strictObject({
  usd: z.number().nonnegative(),
  provider: z.string().default("stated in the file"),
  plan: z.enum(["on-demand", "committed", "spot", "own"]).default("own"),
  date: z.string().nullable().default(null),
  url: z.string().nullable().default(null),
  verified: z.boolean().default(true),
});

/** The contract of a {@link Hardware}, in base units. */
export const hardwareSchema: z.ZodType<Hardware> = z.strictObject({
  name: z.string().min(1),
  peakFlopsPerSecond: z
    .strictObject({ bf16: rate, fp16: rate, tf32: rate, fp32: rate, fp8: rate, int8: rate })
    .refine(({ bf16, fp16, fp32 }) => (bf16 ?? fp16 ?? fp32) !== null, {
      error: 'needs the dense bf16, fp16 or fp32 rate, such as peak: { bf16: "989 TFLOP/s" }',
    }),
  memoryBytes: positive,
  bandwidthBytesPerSecond: positive,
  link: z
    .strictObject({ bytesPerSecond: positive, devices: z.int().min(2) })
    .nullable()
    .default(null),
  powerWatts: positive.nullable().default(null),
  prices: z.array(priceSchema).default([]),
  aliases: z.array(z.string()).default([]),
  source: z.string().default("stated in the file"),
  url: z.string().nullable().default(null),
});
