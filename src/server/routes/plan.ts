import { decide, parseBudget } from "../../plan/index.ts";
import { planBasis } from "../given.ts";
import { Refused } from "../refused.ts";
import { type Route, verbRoute } from "../route.ts";
import { type PlanRequest, planRequestSchema } from "../schema.ts";

/** POST /api/plan: a basis and a budget → a Plan with all that follows from it. */
export const planRoute: Route = verbRoute<PlanRequest>({
  name: "plan",
  summary: "the best model and data for a budget, their cost, shape, settings and layout",
  body: [planRequestSchema],
  noun: "Plan",
  async work(given, { workspace }) {
    const { basis, flops, budget, assume = true, family, vocabulary, context, ...options } = given;
    if ((flops === undefined) === (budget === undefined))
      throw new Refused(422, "expected a budget as flops, or in words as budget: one of them");
    const question = budget === undefined ? flops! : parseBudget(budget, { assume });
    const shape = Object.fromEntries(
      Object.entries({ family, vocabulary, context }).filter(([, value]) => value !== undefined),
    );
    return decide(await planBasis(workspace, basis), question, { ...options, shape });
  },
});
