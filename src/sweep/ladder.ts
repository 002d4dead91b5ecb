import { type Fit, type FrontierFit, fit, fitEnvelope, fitIsoflop, type Interval } from "../fit/index.ts";
import { chinchilla, computeOptimum, type Law, lawFromFormula, tokenCost } from "../laws/index.ts";
import { type Plan, type Prediction, plan, predict } from "../plan/index.ts";
import { type Observations, observe, type Run, type Table, tableOfRuns } from "../runs/index.ts";
import { holdOut } from "../trust/index.ts";

/** What a ladder's runs say, by each of Hoffmann's three approaches. */
export interface LadderFits {
  /** The envelope of the runs' ends. */
  readonly envelope: FrontierFit;
  /** The minimum of each budget. */
  readonly isoflop: FrontierFit;
  /** L(N, D) on all runs: Hoffmann's law. */
  readonly law: Fit;
  /** The same with the sum of both terms bent by one more exponent. */
  readonly bent: Fit;
  /** Which of the two laws, fitted to the smaller budgets, predicted the larger ones better; Hoffmann's if nobody can say. */
  readonly chosen: Fit;
  readonly heldOut: HeldOutLadder | null;
  readonly observed: Observations;
  /** The same runs as the laws met them. */
  readonly lawRows: Observations;
  /** Stable runs that the others branch off: what the intervals take for independent. */
  readonly stableRuns: number;
}

/** How the laws did on the largest budgets when fitted to the others. */
export interface HeldOutLadder {
  readonly rows: number;
  /** Mean relative error of the predictions' size, by law. */
  readonly error: { readonly law: number; readonly bent: number };
}

export interface FitLadderOptions {
  readonly bootstrap?: number;
  readonly level?: number;
  readonly seed?: number;
}

/**
 * L(N, D) = E + (A / N^α + B / D^β)^γ: Hoffmann's law (γ = 1) and Kaplan's with a floor (β = 1) in one.
 *
 * On studies/own-ladder, where the losses lie far above E, Hoffmann's form predicts 8 times the compute 4 % too high and
 * this one to 1 %. It was found there, on the same kind of runs: no published law.
 */
const bentLaw: Law = lawFromFormula("E + (A / N^alpha + B / D^beta)^gamma", {
  inputs: "params=N,tokens=D",
  name: "bent",
});

/**
 * Fits a ladder's finished runs by all three approaches. N is total parameters, C the exact FLOPs that the runs counted,
 * the loss that of validation in nats per token.
 *
 * Runs that branch off one stable run share its chance, so all intervals draw stable runs (`extra.trunk`) as wholes.
 * Approach 1 takes the runs' ends: on the way there, before the learning rate has decayed, the loss is too high.
 *
 * @param data runs, of which those that finished are taken; or a table of such, as a file has it
 * @throws when there are too few runs for a law
 * @example fitLadder(await collectRuns("ladder")).law.exponents
 */
export function fitLadder(
  data: Table | readonly Run[],
  { bootstrap = 400, level = 0.9, seed = 0 }: FitLadderOptions = {},
): LadderFits {
  const table = "columns" in data ? data : tableOfRuns(data.filter(({ status }) => status === "finished"));
  const observed = observeLadder(table);
  const options = { bootstrap, level, seed };
  const columns = observeLadder(table, { inputs: ["params", "tokens"] });
  const law = fit(chinchilla, columns, { clusters: "trunk", ...options });
  const bent = fit(bentLaw, columns, { clusters: "trunk", ...options });
  const heldOut = heldOutBy(columns, observed.columns.flops, seed);
  const isBent = heldOut !== null && bent.status === "converged" && heldOut.error.bent < heldOut.error.law;
  return {
    envelope: fitEnvelope(observed, { method: "running-minimum", curves: "trunk", ...options }),
    isoflop: fitIsoflop(observed, { clusters: "trunk", ...options }),
    law,
    bent,
    chosen: isBent ? bent : law,
    heldOut,
    observed,
    lawRows: columns,
    stableRuns: new Set(Array.from<string | number>(observed.labels.trunk ?? [])).size,
  };
}

/** Budgets above this share of the largest are held out: the last two, where budgets double. */
const heldShare = 1 / 3;

function heldOutBy(observed: Observations, flops: Float64Array, seed: number): HeldOutLadder | null {
  const largest = flops.reduce((x, y) => Math.max(x, y));
  const rows = Array.from(flops.keys());
  const fitted = Int32Array.from(rows.filter((row) => flops[row] < heldShare * largest));
  const held = Int32Array.from(rows.filter((row) => flops[row] >= heldShare * largest));
  // three runs a parameter, else the comparison is one of luck
  if (fitted.length < 3 * Object.keys(bentLaw.parameters).length || held.length === 0) return null;
  const error = (law: Law): number =>
    holdOut(law, observed, [{ fitted, held, upTo: null, scale: null }], { draws: 0, seed }).error;
  return { rows: held.length, error: { law: error(chinchilla), bent: error(bentLaw) } };
}

function observeLadder(
  table: Table,
  { inputs = ["params", "tokens", "flops"] }: { readonly inputs?: readonly string[] } = {},
): Observations {
  const map: Record<string, string> = { params: "params_total" };
  const loss = Object.keys(table.columns).find(
    (name) => name.startsWith("loss_validation") && !name.includes("("),
  );
  if (loss !== undefined) map.loss = loss; // beside bits per byte there are two that fit
  return observe(table, { inputs, output: "loss" }, { map });
}

/** How well a ladder pins the best size on a budget. */
export interface Pinned {
  readonly plan: Plan;
  /** high / low of the interval of N*; null without one. */
  readonly factor: number | null;
  /** `well` within a factor of 1.5, `roughly` within 3. */
  readonly verdict: "well" | "roughly" | "not";
}

/**
 * The best model for a budget by the ladder's law, or null where it has none: its loss then falls all the way to one end.
 *
 * @param flopsPerToken what a token costs, a formula in N
 */
export function pinned(law: Fit, flops: number, flopsPerToken: string): Pinned | null {
  const values = Object.fromEntries(Object.entries(law.parameters).map(([name, { value }]) => [name, value]));
  const cost = tokenCost(law.law, flopsPerToken);
  if (computeOptimum(law.law, values, flops, { flopsPerToken: cost }) === null) return null;
  const made = plan(law, flops, { flopsPerToken });
  const interval = made.intervals?.params ?? null;
  const factor = interval && interval.high / interval.low;
  const verdict = factor === null || factor > 3 ? "not" : factor > 1.5 ? "roughly" : "well";
  return { plan: made, factor, verdict };
}

/** A run predicted before it was trained, and what came of it. */
export interface Checked {
  readonly id: string;
  readonly params: number;
  readonly tokens: number;
  readonly predicted: number;
  /** For a single new run: the law's uncertainty and the runs' scatter about it. */
  readonly interval: Interval | null;
  /** null while it has not finished. */
  readonly actual: number | null;
  /** What the law that was not chosen said. */
  readonly otherwise: number;
  /** actual / predicted − 1. */
  readonly error: number | null;
  readonly inside: boolean | null;
}

/** Holds what the chosen law said of runs against their ends. @param runs of the specs, as far as they have finished */
export function checkPredictions(
  { law, bent, chosen }: Pick<LadderFits, "law" | "bent" | "chosen">,
  specs: readonly { readonly id: string; readonly parameters: Run["parameters"]; readonly tokens: number }[],
  runs: readonly Run[],
): Checked[] {
  return specs.map(({ id, parameters, tokens }) => {
    const params = parameters.total!;
    const said: Prediction = predict(chosen, { params, tokens });
    const run = runs.find((one) => one.id === id);
    const actual =
      run?.losses.find(({ split, unit }) => split === "validation" && unit === "nats/token")?.value ?? null;
    const interval = said.newRun ?? null;
    return {
      id,
      params,
      tokens,
      predicted: said.value,
      interval,
      otherwise: predict(chosen === law ? bent : law, { params, tokens }).value,
      actual,
      error: actual === null ? null : actual / said.value - 1,
      inside: actual === null || interval === null ? null : actual >= interval.low && actual <= interval.high,
    };
  });
}
