import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type * as z from "zod";
import { figureSchema } from "../src/figures/index.ts";
import { fitSchema, frontierFitSchema } from "../src/fit/index.ts";
import { lawSchema } from "../src/laws/index.ts";
import {
  budgetSchema,
  chainPredictionSchema,
  plan,
  planSchema,
  predictionSchema,
  runComparisonSchema,
  sweepPlanSchema,
  worldPlacementSchema,
} from "../src/plan/index.ts";
import { reportSchema } from "../src/report/index.ts";
import { contentHash, runSchema, runSpecSchema } from "../src/runs/index.ts";
import { sweepRecordSchema } from "../src/sweep/index.ts";
import { comparisonSchema, diagnosisSchema, nextRunsSchema } from "../src/trust/index.ts";
import { codeBlocks } from "./house/markdown.ts";
import { read, root } from "./house/tree.ts";

/** The contract of each file in golden/formats; these files never change, and load for ever. */
const contracts: Readonly<Record<string, z.ZodType>> = {
  "law.json": lawSchema,
  "runspec.json": runSpecSchema,
  "run.json": runSchema,
  "sweep.json": sweepPlanSchema,
  "sweeprecord.json": sweepRecordSchema,
  "fit.json": fitSchema,
  "frontier-fit.json": frontierFitSchema,
  "plan.json": planSchema,
  "prediction.json": predictionSchema,
  "budget.json": budgetSchema,
  "chain.json": chainPredictionSchema,
  "world.json": worldPlacementSchema,
  "runs-compared.json": runComparisonSchema,
  "comparison.json": comparisonSchema,
  "diagnosis.json": diagnosisSchema,
  "next-runs.json": nextRunsSchema,
  "figure.json": figureSchema,
  "report.json": reportSchema,
};

const golden = (file: string): Record<string, unknown> => JSON.parse(read(`test/golden/formats/${file}`));

describe("the JSON of the nouns", () => {
  test("every golden file has a contract, and every contract a golden file", () => {
    expect(readdirSync(join(root, "test/golden/formats")).sort()).toEqual(Object.keys(contracts).sort());
  });

  for (const [file, schema] of Object.entries(contracts)) {
    test(`${file}: its schema reads it and loses nothing`, () => {
      const noun = golden(file);
      const { format: _, ...law } = noun;
      // what came later than a file is filled in
      expect(schema.parse(noun)).toMatchObject(file === "law.json" ? law : noun);
      expect(contentHash(schema.parse(noun))).toMatch(/^sha256:[0-9a-f]{64}$/);
    });

    test(`${file}: another version, or a missing part, is refused`, () => {
      const noun = golden(file);
      if (file !== "law.json")
        expect(schema.safeParse({ ...noun, format: `${noun.format}0` }).success).toBe(false);
      for (const key of file === "law.json" ? ["name", "formula", "inputs"] : Object.keys(noun))
        expect(
          schema.safeParse(Object.fromEntries(Object.entries(noun).filter(([k]) => k !== key))).success,
          key,
        ).toBe(false);
    });

    test(`${file}: docs/nouns.md shows it`, () => {
      const block = codeBlocks(read("docs/nouns.md")).find(({ title }) => title === file);
      expect(JSON.parse(block!.text)).toEqual(golden(file));
    });
  }

  test("a plan says by hash which fit it rests on", () => {
    const fit = fitSchema.parse(golden("fit.json"));
    expect(() => plan(fit, 1e20)).toThrow(/falls all the way to one end/);
    const { basis } = predictionSchema.parse(golden("prediction.json"));
    expect(basis).toMatchObject({ kind: "fit", hash: contentHash(fit) });
  });
});
