import * as z from "zod";
import { lawSchema } from "../laws/index.ts";
import type { FrontierFit, FrontierLaw, FrontierValue } from "./frontier.ts";
import type { Interval } from "./interval.ts";
import type { Fit, Verdict } from "./noun.ts";
import type { Objective } from "./objective.ts";

const finite = z.number();

export const intervalSchema: z.ZodType<Interval> = z.object({
  low: finite,
  high: finite,
  level: finite,
  method: z.enum(["percentile", "bca"]),
});
const status = z.enum(["converged", "at-bound", "max-steps", "not-identified", "non-finite"]);
const pair = z.tuple([z.string(), z.string()]);

/** What a fit of any approach carries. */
const everyFit = {
  intervals: z
    .array(
      z.object({
        quantity: z.string(),
        value: finite,
        level: finite,
        intervals: z.array(
          z.object({
            method: z.enum(["bootstrap", "profile", "delta"]),
            low: finite.nullable(),
            high: finite.nullable(),
            message: z.string().nullable(),
          }),
        ),
      }),
    )
    .optional(),
  range: z.record(z.string(), z.tuple([finite, finite])),
  conventions: z.object({
    params: z.enum(["total", "nonEmbedding", "active", "unstated"]).nullable(),
    flops: z.string().nullable(),
  }),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
  data: z.object({
    origin: z.string(),
    hash: z.string(),
    skippedRows: z.int(),
    mapping: z.array(
      z.object({
        quantity: z.string(),
        column: z.string().nullable(),
        how: z.enum(["given", "guessed", "derived"]),
        scale: finite,
      }),
    ),
  }),
  seed: z.int(),
};

const objectiveShape = {
  name: z.string(),
  loss: z.enum(["huber", "squared", "absolute"]),
  scale: z.enum(["raw", "log", "log1p", "log-log"]),
  delta: finite.nullable(),
  over: finite,
  under: finite,
  reduction: z.literal("sum"),
} as const;

/** What a fit minimises, as it stands in every noun that says so. */
export const objectiveSchema: z.ZodType<Objective> = z.object(objectiveShape);

export const verdictSchema: z.ZodType<Verdict> = z.object({
  grade: z.enum(["sound", "caution", "do-not-use"]),
  sentence: z.string(),
});

/** The contract of a fit file; `fitSchema.parse` refuses anything else with a path to what is wrong. */
export const fitSchema: z.ZodType<Fit> = z.object({
  format: z.literal("isoflop.fit/1"),
  law: lawSchema,
  approach: z.literal(3),
  objective: z.object({ ...objectiveShape, value: finite.nullable() }),
  status,
  message: z.string(),
  rows: z.int(),
  parameters: z.record(
    z.string(),
    z.object({
      value: finite,
      se: finite.nullable(),
      interval: intervalSchema.nullable(),
      fixed: z.boolean(),
    }),
  ),
  exponents: z.object({ a: finite, b: finite, interval: intervalSchema.nullable() }).nullable(),
  starts: z.object({
    total: z.int(),
    agree: z.int(),
    failed: z.int(),
    basins: z.array(
      z.object({
        value: finite,
        count: z.int(),
        parameters: z.record(z.string(), finite),
        status: z.enum(["converged", "at-bound", "max-steps", "non-finite"]),
      }),
    ),
  }),
  covariance: z
    .object({
      names: z.array(z.string()),
      matrix: z.array(z.array(finite)),
      method: z.enum(["sandwich", "classical"]),
    })
    .nullable(),
  identifiability: z.object({
    smallestEigenvalue: finite,
    effects: z.record(z.string(), finite),
    worstPair: z.object({ names: pair, correlation: finite }).nullable(),
  }),
  residuals: z.object({ values: z.array(finite).nullable(), rms: finite, largest: finite, r2: finite }),
  bootstrap: z
    .object({
      method: z.enum(["residual", "pairs", "cluster", "wild", "wild-webb", "parametric"]),
      seed: z.int(),
      names: z.array(z.string()),
      draws: z.array(z.array(finite)),
      failed: z.int(),
      interval: z.enum(["percentile", "bca"]).optional(),
      degrees: finite.optional(),
      clusters: z.object({ by: z.string(), count: z.int() }).nullable().optional(),
      minima: z.int().optional(),
      noise: z.object({ deviation: finite, degrees: z.int() }).nullable().optional(),
      without: z.array(z.array(finite)).nullable().optional(),
      residuals: z.array(finite).nullable().optional(),
      spread: z
        .record(z.string(), z.object({ slope: finite, centre: finite, low: finite, high: finite }))
        .nullable()
        .optional(),
    })
    .nullable(),
  verdict: verdictSchema.optional(),
  ...everyFit,
});

const frontierValue: z.ZodType<FrontierValue> = z.object({
  value: finite,
  se: finite.nullable(),
  interval: intervalSchema.nullable(),
});
const frontierLaw: z.ZodType<FrontierLaw> = z.object({ coefficient: frontierValue, exponent: frontierValue });

/** The contract of a fit file whose `approach` is 1 or 2. */
export const frontierFitSchema: z.ZodType<FrontierFit> = z.object({
  format: z.literal("isoflop.fit/1"),
  approach: z.union([z.literal(1), z.literal(2)]),
  method: z.enum(["hull", "running-minimum", "parabola", "akima", "argmin", "given"]),
  slices: z
    .object({
      by: z.string(),
      tolerance: finite.nullable(),
      window: z.int().nullable(),
      scale: z.enum(["raw", "log"]),
      beyond: z.boolean(),
    })
    .nullable(),
  status: z.enum(["converged", "not-identified"]),
  message: z.string(),
  rows: z.int(),
  optima: z.array(
    z.object({
      flops: finite,
      params: finite,
      tokens: finite,
      loss: finite,
      points: z.int(),
      sizes: z.tuple([finite, finite]).nullable(),
    }),
  ),
  refused: z.array(z.object({ flops: finite, points: z.int(), reason: z.string() })),
  laws: z.object({ params: frontierLaw, tokens: frontierLaw }).nullable(),
  exponents: z.object({ a: finite, b: finite, interval: intervalSchema.nullable() }).nullable(),
  bootstrap: z
    .object({
      method: z.enum(["runs-within-budgets", "clusters", "curves", "optima"]),
      seed: z.int(),
      names: z.tuple([z.literal("k"), z.literal("a"), z.literal("q"), z.literal("b")]),
      draws: z.array(z.array(finite)),
      failed: z.int(),
    })
    .nullable(),
  ...everyFit,
});
