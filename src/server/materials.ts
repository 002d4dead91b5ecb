import type { FigureMaterials } from "../figures/index.ts";
import { type Fit, fit, fitEnvelope, fitIsoflop, frontierQuantities } from "../fit/index.ts";
import { plan, planSchema } from "../plan/index.ts";
import { diagnose, diagnosisSchema } from "../trust/index.ts";
import { anyFitGiven, jsonOf, lawGiven, objectiveGiven, readingOfFit, runsGiven } from "./given.ts";
import { readAs } from "./nouns.ts";
import { Refused } from "./refused.ts";
import type { BasisGiven, FigureRequest } from "./schema.ts";
import type { Workspace } from "./workspace.ts";

/** The materials that a request for a figure gives, and what follows from them. */
export async function materialsOf(workspace: Workspace, asked: FigureRequest): Promise<FigureMaterials> {
  const { level = 0.9, seed = 0, bootstrap } = asked;
  const given = asked.fit === undefined ? null : await anyFitGiven(workspace, asked.fit);
  const approach = given?.approach ?? asked.approach ?? 3;

  const law = once(async () => (given?.approach === 3 ? given.law : lawGiven(workspace, asked.law)));
  const runs = once(async () => {
    if (asked.runs === undefined)
      throw new Refused(422, "this figure is made of runs", { remedy: "give runs too" });
    const reading = given?.approach === 3 ? readingOfFit(given, asked) : asked;
    return runsGiven(workspace, asked.runs, approach === 3 ? await law() : frontierQuantities, reading);
  });
  const fitOf = async (draws = 0): Promise<Fit> => {
    if (given?.approach === 3) return given;
    if (given)
      throw new Refused(422, `approach ${given.approach} has no law of the loss`, {
        remedy: "fit one with approach 3",
      });
    const objective = objectiveGiven(asked);
    const found = fit(await law(), await runs(), { objective, bootstrap: bootstrap ?? draws, level, seed });
    if (found.status === "non-finite") throw new Refused(422, `no fit to draw: ${found.message}`);
    return found;
  };
  const planned = once(async () => {
    if (asked.plan !== undefined) return readAs(planSchema, await nounOf(workspace, asked.plan), "the plan");
    if (asked.flops === undefined)
      throw new Refused(422, "which budget?", { remedy: "give flops, such as 1e22, or a plan" });
    return plan(await fitOf(), asked.flops, { level });
  });
  const diagnosed = once(async () => {
    if (asked.diagnosis !== undefined)
      return readAs(diagnosisSchema, await nounOf(workspace, asked.diagnosis), "the diagnosis");
    return diagnose(await fitOf(), await runs(), {
      flops: asked.flops ?? null,
      bootstrap: bootstrap ?? 200,
      level,
    });
  });
  return {
    runs,
    law,
    fit: fitOf,
    anyFit: async () => {
      if (given) return given;
      if (approach === 3) return fitOf(200);
      const drawn = { bootstrap: bootstrap ?? 200, level, seed };
      return approach === 1
        ? fitEnvelope(await runs(), { curves: asked.curves, ...drawn })
        : fitIsoflop(await runs(), drawn);
    },
    givenFit: async () => (given?.approach === 3 ? given : null),
    plan: planned,
    diagnosis: diagnosed,
    hasPlan:
      asked.plan !== undefined || (asked.flops !== undefined && (given !== null || asked.runs !== undefined)),
    hasRuns: asked.runs !== undefined,
    source: asked.source,
    loss: asked.loss,
    served: asked.served,
    curves: asked.curves,
    level,
  };
}

/** A noun by its file's name or whole. */
export async function nounOf(workspace: Workspace, given: BasisGiven): Promise<unknown> {
  return typeof given === "string" ? jsonOf(workspace, given) : given;
}

/** Works a thing out when it is first asked for, and only then. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | null = null;
  return () => {
    found ??= work();
    return found;
  };
}
