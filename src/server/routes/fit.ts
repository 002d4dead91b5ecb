import { fitEnvelope, fitIsoflop, frontierQuantities } from "../../fit/index.ts";
import { weightsOf } from "../../runs/index.ts";
import { fitHere } from "../fitting.ts";
import { lawGiven, objectiveGiven, runsGiven } from "../given.ts";

import { Refused } from "../refused.ts";
import { type Route, verbRoute } from "../route.ts";
import {
  type FitRequest,
  type FrontierFitRequest,
  fitRequestSchema,
  frontierFitRequestSchema,
} from "../schema.ts";
import type { VerbContext } from "../studio.ts";

/** POST /api/fit: runs and a law → a Fit. */
export const fitRoute: Route = verbRoute<FitRequest | FrontierFitRequest>({
  name: "fit",
  summary: "fits a law to runs; approaches 1 and 2 need none",
  body: [fitRequestSchema, frontierFitRequestSchema],
  noun: "Fit",
  work: (given, studio) => (isFrontier(given) ? frontier(given, studio) : ofLaw(given, studio)),
});

function isFrontier(given: FitRequest | FrontierFitRequest): given is FrontierFitRequest {
  return given.approach === 1 || given.approach === 2;
}

async function ofLaw(given: FitRequest, { workspace }: VerbContext): Promise<unknown> {
  const law = await lawGiven(workspace, given.law);
  const observed = await runsGiven(workspace, given.runs, law, given);
  const { weights, fixed, bootstrap, scheme, clusters, interval, level, seed } = given;
  const made = await fitHere(law, observed, {
    objective: objectiveGiven(given),
    weights: weights === undefined ? null : weightsOf(observed, weights),
    fixed,
    bootstrap,
    scheme,
    clusters,
    interval,
    level,
    seed,
  });
  if (made.status === "non-finite") throw new Refused(422, `no fit: ${made.message}`);
  return made;
}

async function frontier(given: FrontierFitRequest, { workspace }: VerbContext): Promise<unknown> {
  const observed = await runsGiven(workspace, given.runs, frontierQuantities, given);
  const { approach, method, budgetTolerance, budgets, window, curves, weights, bootstrap, level, seed } =
    given;
  const drawn = { bootstrap, level, seed };
  const wrong = (option: string): Refused => new Refused(422, `${option} is not of approach ${approach}`);
  if (approach === 1) {
    if (method !== undefined && method !== "hull" && method !== "running-minimum")
      throw wrong(`method ${method}`);
    if (
      budgetTolerance !== undefined ||
      budgets !== undefined ||
      window !== undefined ||
      weights !== undefined
    )
      throw wrong("one of budgetTolerance, budgets, window, weights");
    return fitEnvelope(observed, { method, curves, ...drawn });
  }
  if (method === "hull" || method === "running-minimum") throw wrong(`method ${method}`);
  if (curves !== undefined) throw wrong("curves");
  const weighed = weights === undefined ? null : weightsOf(observed, weights);
  return fitIsoflop(observed, {
    method,
    tolerance: budgetTolerance,
    budgets,
    window,
    weights: weighed,
    ...drawn,
  });
}
