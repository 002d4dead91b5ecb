import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { type Fit, type FrontierFit, fitSchema, frontierFitSchema } from "../fit/index.ts";
import { type Plan, planSchema } from "../plan/index.ts";
import { type Report, reportSchema } from "../report/index.ts";
import type { Run } from "../runs/index.ts";
import { collectRuns } from "../sweep/index.ts";
import { type Comparison, comparisonSchema, type Diagnosis, diagnosisSchema } from "../trust/index.ts";
import { Failed } from "./fail.ts";
import { readInput } from "./files.ts";
import type { World } from "./world.ts";

/** What a file given to a report may be. */
export type ReportInput =
  | { readonly kind: "fit"; readonly noun: Fit | FrontierFit }
  | { readonly kind: "plan"; readonly noun: Plan }
  | { readonly kind: "diagnosis"; readonly noun: Diagnosis }
  | { readonly kind: "comparison"; readonly noun: Comparison }
  | { readonly kind: "report"; readonly noun: Report }
  | { readonly kind: "sweep"; readonly runs: readonly Run[] }
  | { readonly kind: "runs"; readonly text: string };

/** A file by its format, a folder as a sweep, and whatever says no format as runs. */
export async function readReportInput(world: World, path: string): Promise<ReportInput> {
  const full = resolve(world.cwd, path);
  const isFolder = path !== "-" && ((await stat(full).catch(() => null))?.isDirectory() ?? false);
  if (isFolder) {
    const runs = (await collectRuns(full)).filter(({ spec }) => spec?.settings.trunk !== true);
    if (runs.length === 0) throw new Failed(`nothing to report: no run in ${path} has ended yet`);
    return { kind: "sweep", runs };
  }
  const { text, origin } = await readInput(world, path);
  const json = jsonOf(text);
  const format = formatOf(json);
  if (format === null) return { kind: "runs", text };
  const found = read(json, format);
  if (found === null)
    throw new Error(
      `cannot report ${origin}: expected a fit, plan, diagnosis, comparison, report or runs, got format "${format}"`,
    );
  if ("message" in found)
    throw new Error(`cannot read ${origin}: it is no whole ${found.kind}: ${found.message}`);
  return found;
}

function jsonOf(text: string): unknown {
  if (!/^\s*\{/.test(text)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null; // a run a line
  }
}

function formatOf(json: unknown): string | null {
  const format = typeof json === "object" && json !== null && "format" in json ? json.format : null;
  return typeof format === "string" && !format.startsWith("isoflop.run/") ? format : null;
}

type Broken = { readonly kind: string; readonly message: string };

function read(json: unknown, format: string): ReportInput | Broken | null {
  const broken = (
    kind: string,
    { issues }: { issues: readonly { path: PropertyKey[]; message: string }[] },
  ): Broken => ({
    kind,
    message: `${issues[0]!.path.join(".")}: ${issues[0]!.message}`,
  });
  switch (format) {
    case "isoflop.fit/1": {
      const { approach } = json as { approach?: unknown };
      const found = (approach === 1 || approach === 2 ? frontierFitSchema : fitSchema).safeParse(json);
      return found.success ? { kind: "fit", noun: found.data } : broken("fit", found.error);
    }
    case "isoflop.plan/1": {
      const found = planSchema.safeParse(json);
      return found.success ? { kind: "plan", noun: found.data } : broken("plan", found.error);
    }
    case "isoflop.diagnosis/1": {
      const found = diagnosisSchema.safeParse(json);
      return found.success ? { kind: "diagnosis", noun: found.data } : broken("diagnosis", found.error);
    }
    case "isoflop.comparison/1": {
      const found = comparisonSchema.safeParse(json);
      return found.success ? { kind: "comparison", noun: found.data } : broken("comparison", found.error);
    }
    case "isoflop.report/1": {
      const found = reportSchema.safeParse(json);
      return found.success ? { kind: "report", noun: found.data } : broken("report", found.error);
    }
    default:
      return null;
  }
}
