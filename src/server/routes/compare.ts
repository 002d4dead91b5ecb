import { where } from "../../runs/index.ts";
import { compare, lawsFor, splitFold } from "../../trust/index.ts";
import { lawGiven, objectiveGiven, observing, rowsGiven, tableGiven } from "../given.ts";
import { Refused } from "../refused.ts";
import { type Route, verbRoute } from "../route.ts";
import { type CompareRequest, compareRequestSchema } from "../schema.ts";

const usual = ["chinchilla", "overtraining", "kaplan-nd"];

/** POST /api/compare: runs and laws → a Comparison. */
export const compareRoute: Route = verbRoute<CompareRequest>({
  name: "compare",
  summary: "which law predicts larger runs best, and whether that is more than chance",
  body: [compareRequestSchema],
  noun: "Comparison",
  async work(given, { workspace }) {
    const {
      runs,
      laws: named = usual,
      holdout,
      ahead,
      test,
      bootstrap,
      level,
      targetFlops = null,
      seed,
    } = given;
    if (test !== undefined && holdout !== undefined)
      throw new Refused(422, "both test and holdout say what is held out", { remedy: "give one of them" });
    const whole = await tableGiven(workspace, runs, given.decimal);
    const table = rowsGiven(whole, { inputs: [], output: "loss" }, given);
    const how = observing(given);
    const laws =
      named === "auto"
        ? lawsFor(table, "loss", how)
        : await Promise.all(named.map((law) => lawGiven(workspace, law)));
    const held = test === undefined ? null : new Set(where(table, test).table.lineNumbers);
    return compare(laws, table, {
      observing: how,
      objective: objectiveGiven(given),
      by: holdout,
      ahead,
      folds: held === null ? null : [splitFold(table.rows, (row) => held.has(table.lineNumbers[row]!))],
      draws: bootstrap,
      level,
      targetFlops,
      seed,
    });
  },
});
