/**
 * isoflop, in the order of its pipeline: runs → a law → a fit → a plan → a sweep → new runs.
 *
 * @example
 * import { chinchilla, fit, observe, plan, readCsv } from "isoflop";
 * const runs = observe(readCsv(text, { origin: "runs.csv" }), { inputs: ["params", "tokens"], output: "loss" });
 * plan(fit(chinchilla, runs), 1e23).optimum; // { params, tokens, loss, tokensPerParam }
 */

export * from "./ability/index.ts";
export * from "./execute/index.ts";
// pictures as data
export * from "./figures/index.ts";
// a law that met runs
export * from "./fit/index.ts";
export * from "./import/index.ts";
// laws as data, and the formula language they are written in
export * from "./laws/index.ts";
export * from "./metrics/index.ts";
// what a model is: parameters by group, FLOPs by convention, hardware, quantities
export * from "./models/index.ts";
// chance with a seed, and numbers as people write them
export {
  formatCount,
  formatDollars,
  formatDuration,
  formatFlops,
  formatNumber,
  type Pool,
  parseFormula,
  parseNumber,
  type Random,
  seededRandom,
  type Watch,
} from "./numeric/index.ts";
// decisions
export * from "./plan/index.ts";
// threads for long work
export * from "./pool/index.ts";
// pages made from the nouns
export * from "./report/index.ts";
// runs, from files and from trainers, as columns that a law can meet
export * from "./runs/index.ts";
export * from "./store/index.ts";
// new runs: design, train, keep
export * from "./sweep/index.ts";
export * from "./train/index.ts";
// how far it can be trusted, and what the model will be able to do
export * from "./trust/index.ts";
