import { svgText } from "../../draw/index.ts";
import { type Fit, type FrontierFit, fit, frontierQuantities } from "../../fit/index.ts";
import { isPlannable } from "../../laws/index.ts";
import { parseBudget, plan, planSchema, rivalPlans } from "../../plan/index.ts";
import {
  efficiencyOf,
  type Report,
  report,
  reportHtml,
  reportLatex,
  reportMarkdown,
} from "../../report/index.ts";
import { type Observations, weightsOf } from "../../runs/index.ts";
import { comparisonSchema, diagnose, diagnosisSchema } from "../../trust/index.ts";
import { anyFitGiven, lawGiven, objectiveGiven, readingOfFit, runsGiven } from "../given.ts";
import { nounOf } from "../materials.ts";
import { readAs } from "../nouns.ts";
import { Refused } from "../refused.ts";
import { type Route, verbRoute } from "../route.ts";
import { type BasisGiven, type ReportRequest, reportRequestSchema, type Schema } from "../schema.ts";
import type { VerbContext } from "../studio.ts";
import type { Workspace } from "../workspace.ts";

/** POST /api/report: a fit, a plan or runs, and what belongs to them → a Report, or its page. */
export const reportRoute: Route = verbRoute<ReportRequest>({
  name: "report",
  summary: "the verdict, data, fit, trust, plan and figures on one page; as says in which language",
  body: [reportRequestSchema],
  noun: "Report",
  async work(given, studio) {
    const made = await reportOf(given, studio);
    switch (given.as) {
      case "html":
        return page(reportHtml(made, { figures: await drawings(made) }), "text/html");
      case "md":
        return page(reportMarkdown(made), "text/markdown");
      case "tex":
        return page(reportLatex(made), "application/x-tex");
      default:
        return made;
    }
  },
});

async function reportOf(given: ReportRequest, { workspace, version }: VerbContext): Promise<Report> {
  const { level = 0.9, bootstrap = 200, title } = given;
  const planned = await part(workspace, given.plan, planSchema, "the plan");
  const diagnosed = await part(workspace, given.diagnosis, diagnosisSchema, "the diagnosis");
  const comparison = await part(workspace, given.comparison, comparisonSchema, "the comparison");
  const { made, observations } = await fitAndRuns(given, { bootstrap, level }, workspace);
  if (!made && !planned)
    throw new Refused(422, "nothing to report", { remedy: "give a fit, a plan or runs" });

  const asked = budgetOf(given);
  if (asked !== null && planned)
    throw new Refused(422, "the plan has a budget of its own", {
      remedy: "leave the other out, or the plan",
    });
  const weights =
    given.weights === undefined || observations === null ? null : weightsOf(observations, given.weights);
  const diagnosis =
    diagnosed ??
    (made?.approach === 3 && observations
      ? diagnose(made, observations, {
          flops: planned?.budget.flops ?? asked,
          held: planned?.held ?? given.held,
          weights,
          bootstrap,
          level,
        })
      : null);
  const held = { ...diagnosis?.decision?.held, ...given.held };
  const flops = asked ?? diagnosis?.decision?.flops ?? usualBudget(made, held);
  const chosen = planned ?? (made && flops !== null ? plan(made, flops, { held, level }) : null);
  const rivals = chosen && rivalPlans(chosen.budget.flops, made?.approach === 3 ? { basis: made, held } : {});
  const efficiency = made && observations ? efficiencyOf(made, observations, { held, level, flops }) : null;
  return report(
    { fit: made, plan: chosen, diagnosis, comparison, efficiency, rivals, observations },
    { ...(title === undefined ? {} : { title }), version },
  );
}

async function part<T>(
  workspace: Workspace,
  given: BasisGiven | undefined,
  schema: Schema<T>,
  what: string,
): Promise<T | null> {
  return given === undefined ? null : readAs(schema, await nounOf(workspace, given), what);
}

/** The fit that was given, or that of the runs, with the runs where they are given. */
async function fitAndRuns(
  given: ReportRequest,
  { bootstrap, level }: { bootstrap: number; level: number },
  workspace: Workspace,
): Promise<{ made: Fit | FrontierFit | null; observations: Observations | null }> {
  const found = given.fit === undefined ? null : await anyFitGiven(workspace, given.fit);
  if (given.runs === undefined) return { made: found, observations: null };
  if (found) {
    const [wanted, reading] =
      found.approach === 3 ? [found.law, readingOfFit(found, given)] : [frontierQuantities, given];
    return { made: found, observations: await runsGiven(workspace, given.runs, wanted, reading) };
  }
  const law = await lawGiven(workspace, given.law);
  const observations = await runsGiven(workspace, given.runs, law, given);
  const made = fit(law, observations, {
    objective: objectiveGiven(given),
    weights: given.weights === undefined ? null : weightsOf(observations, given.weights),
    bootstrap,
    level,
    seed: given.seed,
  });
  if (made.status === "non-finite") throw new Refused(422, `no fit to report: ${made.message}`);
  return { made, observations };
}

function budgetOf({ flops, budget }: ReportRequest): number | null {
  if (budget === undefined) return flops ?? null;
  if (flops !== undefined)
    throw new Refused(422, "the budget is given twice", { remedy: "give flops or budget" });
  const read = parseBudget(budget);
  if (read.flops !== null) return read.flops;
  throw new Refused(422, `the budget "${read.text}" doesn't say how many FLOPs it is`, {
    remedy: read.missing.join("; "),
  });
}

/** Ten times the largest run, as everywhere where nobody asks; null where a budget means nothing. */
function usualBudget(made: Fit | FrontierFit | null, held: Readonly<Record<string, number>>): number | null {
  const largest = made?.range.flops?.[1];
  if (!made || largest === undefined) return null;
  const plannable =
    made.approach === 3 ? made.status !== "non-finite" && isPlannable(made.law, held) : made.laws !== null;
  return plannable ? 10 * largest : null;
}

/** Its figures as SVG, by the ids of their blocks. */
async function drawings({ sections }: Report): Promise<Record<string, string>> {
  const drawn: Record<string, string> = {};
  for (const { blocks } of sections)
    for (const block of blocks)
      if (block.kind === "figure") drawn[block.id] = (await svgText(block.figure, { width: 820 })).trim();
  return drawn;
}

/** A page that runs nothing, wherever it is opened. */
function page(text: string, type: string): Response {
  return new Response(text, {
    headers: {
      "Content-Type": `${type}; charset=utf-8`,
      "Content-Security-Policy":
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
    },
  });
}
