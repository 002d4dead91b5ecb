import * as z from "zod";
import { intervalSchema } from "../fit/index.ts";
import { basisNoteSchema, extrapolationSchema } from "./basis-schema.ts";
import type { CandidateRanking } from "./candidates.ts";
import type { ConstrainedPlan, PlanPoint } from "./constrained.ts";
import type { DataLimitPlan } from "./data-limit.ts";
import type { FlatMove } from "./flat.ts";
import type { InferencePlan, LifetimePoint } from "./inference.ts";
import type { RepeatedPoint } from "./repetition.ts";
import type { RivalPlans } from "./rivals.ts";
import type { Assumed } from "./serving.ts";
import type { TrainToTestPlan, TrainToTestPoint } from "./train-to-test.ts";

const positive = z.number().positive();
const interval = intervalSchema.nullable();
const span = z.tuple([z.number(), z.number()]);
const texts = z.array(z.string());
const extrapolation = z.array(extrapolationSchema).nullable();
const assumedSchema: z.ZodType<Assumed> = z.object({
  what: z.string(),
  value: z.number(),
  source: z.string(),
});
const assumed = z.array(assumedSchema);

const lifetimePointSchema: z.ZodType<LifetimePoint> = z.object({
  params: positive,
  tokens: positive,
  tokensPerParam: positive,
  trainingFlops: positive,
  servingFlops: z.number(),
  lifetimeFlops: positive,
});

/** The schema of an {@link InferencePlan}. */
export const inferencePlanSchema: z.ZodType<InferencePlan> = z.object({
  basis: basisNoteSchema,
  source: z.string(),
  convention: z.string(),
  question: z.object({
    loss: positive.optional(),
    params: positive.optional(),
    flops: positive.optional(),
    lifetimeFlops: positive.optional(),
  }),
  loss: z.number(),
  servedTokens: z.number().nonnegative(),
  weighedTokens: z.number().nonnegative(),
  optimum: lifetimePointSchema,
  computeOptimal: lifetimePointSchema,
  factors: z.object({ params: positive, tokens: positive }),
  saved: z.object({ flops: z.number(), share: z.number() }),
  breakEvenTokens: positive.nullable(),
  intervals: z.object({
    params: interval,
    tokens: interval,
    tokensPerParam: interval,
    loss: interval,
    lifetimeFlops: interval,
    savedShare: interval,
  }),
  assumed,
  extrapolation,
  warnings: texts,
});

const trainToTestPointSchema: z.ZodType<TrainToTestPoint> = z.object({
  params: positive,
  tokens: positive,
  tokensPerParam: positive,
  samples: positive,
  value: z.number(),
  trainingFlops: positive,
  questionFlops: positive,
});

/** The schema of a {@link TrainToTestPlan}. */
export const trainToTestPlanSchema: z.ZodType<TrainToTestPlan> = z.object({
  basis: basisNoteSchema,
  source: z.string(),
  convention: z.string(),
  output: z.string(),
  optimum: trainToTestPointSchema,
  oneSample: trainToTestPointSchema.nullable(),
  intervals: z.object({ params: interval, tokens: interval, samples: interval, value: interval }),
  extrapolation,
  warnings: texts,
});

const pointSchema: z.ZodType<PlanPoint> = z.object({
  flops: positive,
  params: positive,
  tokens: positive,
  tokensPerParam: positive,
  loss: z.number(),
});

/** The schema of a {@link ConstrainedPlan}. */
export const constrainedPlanSchema: z.ZodType<ConstrainedPlan> = z.object({
  basis: basisNoteSchema,
  source: z.string(),
  convention: z.string(),
  constraints: z.object({
    flops: positive.optional(),
    loss: positive.optional(),
    params: positive.optional(),
    tokens: positive.optional(),
    tokensPerParam: positive.optional(),
  }),
  point: pointSchema,
  intervals: z.object({
    flops: interval,
    params: interval,
    tokens: interval,
    tokensPerParam: interval,
    loss: interval,
  }),
  alternative: pointSchema.nullable(),
  bestOnBudget: pointSchema.nullable(),
  cheapestForLoss: pointSchema.nullable(),
  price: z.object({
    loss: z.number().nullable(),
    flops: z.number().nullable(),
    share: z.number().nullable(),
    overtraining: positive.nullable(),
  }),
  assumed: assumed.default([]),
  extrapolation,
  warnings: texts,
});

const repeated = {
  flops: positive,
  params: positive,
  tokens: positive,
  epochs: positive,
  loss: z.number(),
  effectiveTokens: positive.nullable(),
  effectiveParams: positive.nullable(),
};
const repeatedPointSchema: z.ZodType<RepeatedPoint> = z.object(repeated);

/** The schema of a {@link DataLimitPlan}. */
export const dataLimitPlanSchema: z.ZodType<DataLimitPlan> = z.object({
  basis: basisNoteSchema,
  source: z.string(),
  convention: z.string(),
  uniqueTokens: positive,
  optimum: repeatedPointSchema,
  unlimited: repeatedPointSchema,
  price: z.object({ loss: z.number(), missingTokens: z.number().nonnegative() }),
  intervals: z.object({ params: interval, tokens: interval, epochs: interval, loss: interval }),
  limit: z.object({ loss: z.number(), interval }),
  wasted: z.object({
    tolerance: z.number(),
    from: repeatedPointSchema.nullable(),
    epochsAtThisSize: positive.nullable(),
    beyond: z.boolean(),
  }),
  worth: z.array(z.object({ epochs: positive, share: z.number(), next: z.number() })).nullable(),
  assumed,
  extrapolation,
  warnings: texts,
});

/** The schema of a {@link CandidateRanking}. */
export const candidateRankingSchema: z.ZodType<CandidateRanking> = z.object({
  flops: positive,
  ranking: z.array(
    z.object({
      ...repeated,
      name: z.string(),
      uniqueTokens: positive,
      onePassFlops: positive,
      onePassLoss: z.number(),
      interval,
      extrapolation,
    }),
  ),
  assumed,
  warnings: texts,
});

/** The schema of the rows of `movesAlongBudget`. */
export const flatMovesSchema: z.ZodType<readonly FlatMove[]> = z.array(
  z.object({
    factor: positive,
    params: positive,
    tokens: positive,
    tokensPerParam: positive,
    loss: z.number(),
    more: z.number(),
    moreShare: z.number(),
    budgetLost: z.number().nullable(),
    servingFactor: positive,
    lifetimeFactor: positive.nullable(),
    flat: z.boolean(),
  }),
);

/** The schema of {@link RivalPlans}. */
export const rivalPlansSchema: z.ZodType<RivalPlans> = z.object({
  flops: positive,
  basis: basisNoteSchema.nullable(),
  rows: z.array(
    z.object({
      key: z.string(),
      name: z.string(),
      source: z.object({
        authors: z.string(),
        year: z.int(),
        title: z.string(),
        url: z.string(),
        where: z.string(),
      }),
      convention: z.enum(["total", "nonEmbedding", "active", "unstated"]),
      flops: z.string(),
      range: z.tuple([positive, positive]).nullable(),
      why: z.string(),
      params: positive,
      tokens: positive,
      tokensPerParam: positive,
      loss: z.number().nullable(),
      exponents: z.object({ a: z.number(), b: z.number() }),
      outside: positive.nullable(),
      byOurs: z.object({ loss: z.number(), more: z.number(), budgetLost: z.number().nullable() }).nullable(),
    }),
  ),
  spread: z.object({ params: span, tokens: span, tokensPerParam: span }),
  says: z.string(),
  warnings: texts,
});
