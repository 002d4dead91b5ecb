import { fit } from "../../fit/index.ts";
import { weightsOf } from "../../runs/index.ts";
import { diagnose } from "../../trust/index.ts";
import { fitGiven, lawGiven, objectiveGiven, readingOfFit, runsGiven } from "../given.ts";
import { Refused } from "../refused.ts";
import { type Route, verbRoute } from "../route.ts";
import { type DiagnoseRequest, diagnoseRequestSchema } from "../schema.ts";

/** POST /api/diagnose: runs, and a fit of them if there is one → a Diagnosis. */
export const diagnoseRoute: Route = verbRoute<DiagnoseRequest>({
  name: "diagnose",
  summary: "how far a fit can be trusted: a verdict, its reasons, what would move it",
  body: [diagnoseRequestSchema],
  noun: "Diagnosis",
  async work(given, { workspace }) {
    const { flops = null, held, bootstrap, level, seed, fixed } = given;
    const before = given.fit === undefined ? null : await fitGiven(workspace, given.fit);
    const law = before?.law ?? (await lawGiven(workspace, given.law));
    const reading = before ? readingOfFit(before, given) : given;
    const observed = await runsGiven(workspace, given.runs, law, reading);
    const weights = given.weights === undefined ? null : weightsOf(observed, given.weights);
    const made = before ?? fit(law, observed, { weights, objective: objectiveGiven(given), fixed, seed });
    if (made.status === "non-finite") throw new Refused(422, `no fit to diagnose: ${made.message}`);
    const { where, exclude, dropHighestLoss, ...all } = reading;
    const isPart = where !== undefined || exclude !== undefined || dropHighestLoss !== undefined;
    // what leaving rows out does is a row of the table, unless those can't be read
    const whole = isPart ? await runsGiven(workspace, given.runs, law, all).catch(() => null) : null;
    return diagnose(made, observed, { flops, held, weights, whole, bootstrap, level });
  },
});
