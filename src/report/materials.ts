import type { Fit, FrontierFit } from "../fit/index.ts";
import type { Decision, Plan, RivalPlans, RunComparison } from "../plan/index.ts";
import { contentHash, type Observations, type Run } from "../runs/index.ts";
import type { Comparison, Diagnosis } from "../trust/index.ts";

/** What a report is made of: a fit or a plan at the least, and whatever else there is. */
export interface ReportMaterials {
  readonly fit?: Fit | FrontierFit | null;
  /** With its cost, shape, settings and layout where it has them. */
  readonly plan?: (Plan & Partial<Decision>) | null;
  readonly diagnosis?: Diagnosis | null;
  readonly comparison?: Comparison | null;
  /** The runs against the law's frontier, by `compareRuns`. */
  readonly efficiency?: RunComparison | null;
  /** The published laws on the plan's budget. */
  readonly rivals?: RivalPlans | null;
  /** The runs as the fit met them: they are drawn, and counted. */
  readonly observations?: Observations | null;
  /** The runs themselves, which know how they were trained. */
  readonly runs?: readonly Run[] | null;
}

/**
 * That everything belongs together: a diagnosis of another fit would be believed beside this one.
 *
 * @throws where it doesn't
 */
export function checkMaterials({ fit, plan, diagnosis, observations }: ReportMaterials): void {
  if (!fit && !plan)
    throw new Error(
      "cannot report: expected a fit or a plan, got neither; make one with isoflop fit or isoflop plan",
    );
  if (!fit) return;
  const hash = contentHash(fit);
  if (diagnosis && diagnosis.basis.hash !== hash)
    throw new Error(
      `cannot report: the diagnosis is of another fit (${diagnosis.basis.hash.slice(0, 19)}…, this one is ${hash.slice(0, 19)}…); diagnose this one`,
    );
  if (diagnosis && !diagnosis.data.same)
    throw new Error(
      `cannot report: the diagnosis held the fit against other data (${diagnosis.data.origin}); diagnose it with its own`,
    );
  const basis = plan?.basis;
  if (basis && (basis.kind === "published" || basis.kind === "given" || basis.hash !== hash))
    throw new Error(
      "cannot report: the plan rests on something else than this fit; plan with this one, or leave one out",
    );
  if (observations && observations.hash !== fit.data.hash)
    throw new Error(
      `cannot report: ${observations.origin} doesn't hold the runs of the fit (${fit.rows} rows of ${fit.data.origin}, another hash); read them as the fit did, with the same --where and --drop-highest-loss`,
    );
}
