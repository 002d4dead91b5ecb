import { figureSchema } from "../figures/index.ts";
import { fitSchema, frontierFitSchema } from "../fit/index.ts";
import { readLaw } from "../laws/index.ts";
import { didYouMean } from "../numeric/index.ts";
import {
  budgetSchema,
  chainPredictionSchema,
  planSchema,
  predictionSchema,
  runComparisonSchema,
  sweepPlanSchema,
  worldPlacementSchema,
} from "../plan/index.ts";
import { reportSchema } from "../report/index.ts";
import { runSchema, runSpecSchema } from "../runs/index.ts";
import { comparisonSchema, diagnosisSchema, nextRunsSchema } from "../trust/index.ts";
import { Refused } from "./refused.ts";
import type { Schema } from "./schema.ts";

/** The nouns by the names that the API's description gives them. */
export const nounSchemas: Readonly<Record<string, Schema<unknown>>> = {
  Run: runSchema,
  RunSpec: runSpecSchema,
  Fit: fitSchema,
  FrontierFit: frontierFitSchema,
  Plan: planSchema,
  Prediction: predictionSchema,
  ChainPrediction: chainPredictionSchema,
  SweepPlan: sweepPlanSchema,
  Comparison: comparisonSchema,
  Diagnosis: diagnosisSchema,
  NextRuns: nextRunsSchema,
  Figure: figureSchema,
  Report: reportSchema,
  Budget: budgetSchema,
  WorldPlacement: worldPlacementSchema,
  RunComparison: runComparisonSchema,
};

/** By the format that a noun carries; a fit's approach says which of two it is. */
const schemaByFormat: Readonly<Record<string, string>> = {
  "isoflop.run/1": "Run",
  "isoflop.runspec/1": "RunSpec",
  "isoflop.fit/1": "Fit",
  "isoflop.plan/1": "Plan",
  "isoflop.prediction/1": "Prediction",
  "isoflop.chain/1": "ChainPrediction",
  "isoflop.sweep/1": "SweepPlan",
  "isoflop.comparison/1": "Comparison",
  "isoflop.diagnosis/1": "Diagnosis",
  "isoflop.nextruns/1": "NextRuns",
  "isoflop.figure/1": "Figure",
  "isoflop.report/1": "Report",
  "isoflop.budget/1": "Budget",
  "isoflop.world/1": "WorldPlacement",
  "isoflop.runs-compared/1": "RunComparison",
};

/**
 * Refuses JSON that is no whole noun of ours.
 *
 * A sweep.json is refused too: it may name a program that running the sweep would start, and what is uploaded is never
 * executed.
 *
 * @throws Refused
 */
export function checkNoun(json: unknown, origin: string): void {
  const format = typeof json === "object" && json !== null && "format" in json ? json.format : null;
  if (format === "isoflop.sweeprecord/1")
    throw new Refused(403, `${origin} is a sweep, which may name a program`, {
      remedy: "make it where the programs are: isoflop sweep design -o",
    });
  if (format === "isoflop.law/1") return void readLaw(json, origin);
  const known =
    typeof format === "string" && Object.hasOwn(schemaByFormat, format) ? schemaByFormat[format]! : null;
  if (known === null)
    throw new Refused(422, `${origin}: expected a noun of isoflop by its format`, {
      got: format === null ? "JSON without a format" : JSON.stringify(format),
      remedy: `known are ${["isoflop.law/1", ...Object.keys(schemaByFormat)].join(", ")}`,
    });
  const { approach } = json as { approach?: unknown };
  const name = known === "Fit" && (approach === 1 || approach === 2) ? "FrontierFit" : known;
  readAs(nounSchemas[name]!, json, `${origin} as ${String(format)}`);
}

/**
 * JSON as what a schema says it is.
 *
 * @throws Refused with the place that is wrong
 */
export function readAs<T>(schema: Schema<T>, json: unknown, origin: string): T {
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  const issue = read.error.issues[0]!;
  const { path, message } = issue;
  const place = path.length === 0 ? "" : `${path.join(".")}: `;
  if (issue.code !== "unrecognized_keys") throw new Refused(422, `cannot read ${origin}: ${place}${message}`);
  const [key] = issue.keys;
  const known = "shape" in schema && path.length === 0 ? Object.keys(schema.shape as object) : [];
  const near = didYouMean(key!, known);
  throw new Refused(422, `cannot read ${origin}: ${place}there is no "${key}"`, {
    remedy:
      near !== null ? `did you mean "${near}"?` : known.length > 0 ? `there are ${known.join(", ")}` : null,
  });
}
