import * as z from "zod";
import {
  type FitStatus,
  intervalSchema,
  objectiveSchema,
  statusSentences,
  verdictSchema,
} from "../fit/index.ts";
import type { Comparison, HoldoutDesign } from "./comparison.ts";
import type { Coverage } from "./coverage.ts";
import type { Diagnosis } from "./diagnosis.ts";

const finite = z.number();
const positive = z.number().positive();
const numbers = z.record(z.string(), finite);
const status = z.enum(Object.keys(statusSentences) as FitStatus[]);

const coverageSchema: z.ZodType<Coverage> = z.object({ level: finite, share: finite, width: finite });

const holdoutSchema: z.ZodType<HoldoutDesign> = z.object({
  by: z.string().nullable(),
  groups: z.array(z.object({ low: finite, high: finite, rows: z.int() })),
  folds: z.array(
    z.object({
      upTo: finite.nullable(),
      scale: z.tuple([finite, finite]).nullable(),
      fittedRows: z.int(),
      heldRows: z.int(),
    }),
  ),
  draws: z.int(),
});

/** The contract of a comparison file. */
export const comparisonSchema: z.ZodType<Comparison> = z.object({
  format: z.literal("isoflop.comparison/1"),
  output: z.string(),
  objective: objectiveSchema,
  likelihood: z.string(),
  rows: z.int(),
  holdout: holdoutSchema.nullable(),
  laws: z.array(
    z.object({
      rank: z.int(),
      law: z.string(),
      formula: z.string(),
      status,
      parameters: numbers,
      free: z.int(),
      objective: finite.nullable(),
      heldOut: z
        .object({
          error: finite,
          bias: finite,
          rmseLog: finite.nullable(),
          folds: z.array(z.object({ error: finite, bias: finite, status })),
          coverage: z.array(coverageSchema).nullable(),
        })
        .nullable(),
      margin: z.object({ difference: finite, low: finite, high: finite, apart: z.boolean() }).nullable(),
      aicc: z.object({ value: finite, difference: finite }).nullable(),
      residuals: z.array(
        z.object({
          quantity: z.string(),
          correlation: finite,
          trendP: finite,
          runs: z.int(),
          expectedRuns: finite,
          runsP: finite,
        }),
      ),
      optimum: z
        .object({ params: positive, tokens: positive, loss: finite, tokensPerParam: positive })
        .nullable(),
    }),
  ),
  leftOut: z.array(z.object({ law: z.string(), reason: z.string() })),
  verdict: z.string(),
  warnings: z.array(z.string()),
  level: finite,
  targetFlops: positive.nullable(),
  data: z.object({ origin: z.string(), hash: z.string() }),
  seed: z.int(),
});

const identified = z.enum(["identified", "weak", "not-identified"]);
const reasons = z.array(
  z.object({
    code: z.enum([
      "range-too-short",
      "one-ratio",
      "floor-not-reached",
      "near-separable",
      "unnoticed",
      "at-bound",
      "correlated",
      "few-rows",
      "several-minima",
      "far-outside",
      "no-optimum",
      "scatter",
    ]),
    message: z.string(),
  }),
);
const optimum = z.object({ flops: positive, params: positive, tokens: positive, loss: finite });
const span = z.tuple([finite, finite]);

/** The contract of a diagnosis file. */
export const diagnosisSchema: z.ZodType<Diagnosis> = z.object({
  format: z.literal("isoflop.diagnosis/1"),
  basis: z.object({ law: z.string(), hash: z.string(), origin: z.string(), rows: z.int() }),
  data: z.object({ origin: z.string(), hash: z.string(), rows: z.int(), same: z.boolean() }),
  verdict: verdictSchema,
  decision: z
    .object({
      flops: positive,
      held: numbers,
      params: positive,
      tokens: positive,
      loss: finite,
      interval: z.object({ low: finite, high: finite, level: finite }),
      regret: finite,
      verdict: identified,
      reasons,
    })
    .nullable(),
  parameters: z.record(
    z.string(),
    z.object({ value: finite, verdict: identified, spread: finite.nullable(), reasons }),
  ),
  nextRun: z
    .object({
      at: numbers,
      flops: positive.nullable(),
      aim: z.string(),
      shrinks: finite,
      reach: finite,
      message: z.string(),
    })
    .nullable(),
  basins: z.object({
    flops: positive.nullable(),
    starts: z.int(),
    failed: z.int(),
    basins: z.array(
      z.object({
        name: z.string(),
        parameters: numbers,
        value: finite,
        above: finite,
        starts: z.int(),
        optimum: optimum.nullable(),
        pass: finite.nullable(),
      }),
    ),
    message: z.string(),
  }),
  sensitivity: z
    .object({
      flops: positive,
      held: numbers,
      fit: z.object({
        params: positive,
        tokens: positive,
        loss: finite,
        a: finite.nullable(),
        interval: intervalSchema.nullable(),
        draws: z.int(),
      }),
      rows: z.array(
        z.object({
          kind: z.enum([
            "outliers",
            "runs",
            "budgets",
            "parameters",
            "flops",
            "objective",
            "law",
            "minimiser",
            "seed",
          ]),
          choice: z.string(),
          rows: z.int(),
          params: positive.nullable(),
          tokens: positive.nullable(),
          loss: finite.nullable(),
          a: finite.nullable(),
          moved: finite.nullable(),
          above: finite.nullable(),
          note: z.string().nullable(),
        }),
      ),
      message: z.string(),
    })
    .nullable(),
  spread: z.object({ within: finite, laws: z.array(z.string()), params: span, loss: span }).nullable(),
  findings: z.array(
    z.object({
      code: z.enum([
        "loss-above-guessing",
        "params-tiny",
        "params-huge",
        "tokens-tiny",
        "tokens-huge",
        "flops-overflow",
        "flops-unlike-6nd",
        "more-unique-than-seen",
        "repeated-data",
        "bits-per-byte",
        "duplicate-rows",
        "other-loss-columns",
        "unfinished-runs",
        "decay-unfinished",
        "untuned-settings",
        "worse-with-more",
        "mixed-groups",
        "outliers",
      ]),
      message: z.string(),
      lines: z.array(z.int()).optional(),
      remedy: z.string().optional(),
    }),
  ),
  seed: z.int(),
});
