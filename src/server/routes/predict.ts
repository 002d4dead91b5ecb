import { predict, predictChain, solveInput } from "../../plan/index.ts";
import { basisGiven } from "../given.ts";
import { Refused } from "../refused.ts";
import { type Route, verbRoute } from "../route.ts";
import { type PredictRequest, predictRequestSchema } from "../schema.ts";

/** POST /api/predict: a basis and a point → a Prediction; with `links`, a ChainPrediction. */
export const predictRoute: Route = verbRoute<PredictRequest>({
  name: "predict",
  summary: "what a fit or a published law says of one point, or turned round; with links a chain of laws",
  body: [predictRequestSchema],
  noun: "Prediction",
  async work({ basis: given, at, solve, target, near, links = [], level, seed }, { workspace }) {
    const basis = await basisGiven(workspace, given);
    if (links.length > 0) {
      if (solve !== undefined || target !== undefined || near !== undefined)
        throw new Refused(422, "a chain can't be turned round", {
          remedy: "leave solve, target and near out",
        });
      const chain = await Promise.all(links.map((link) => basisGiven(workspace, link)));
      return predictChain([basis, ...chain], at, { level, seed });
    }
    if (solve === undefined && target === undefined && near === undefined)
      return predict(basis, at, { level });
    if (solve === undefined || target === undefined)
      throw new Refused(422, "solve and target go together", {
        remedy: "near chooses among several answers",
      });
    return solveInput(basis, { solve, target, at, level, ...(near === undefined ? {} : { near }) });
  },
});
