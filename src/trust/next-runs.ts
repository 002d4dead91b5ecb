import { drawnInterval, type Fit } from "../fit/index.ts";
import { computeOptimum } from "../laws/index.ts";
import { formatFlops, formatNumber, normalQuantile, seededRandom } from "../numeric/index.ts";
import {
  aimsOf,
  chooseRuns,
  type DesignAimName,
  type DesignBelief,
  designSpread,
  distinctNames,
  feasibleCells,
  type RunPoint,
  readyOptions,
  type SweepRunOptions,
  sizeName,
  specsOf,
} from "../plan/index.ts";
import { contentHash, type Observations, type RunSpec } from "../runs/index.ts";
import { type NextRunsBase, openNextRuns, scaledSlopes } from "./next-runs-base.ts";
import type { DesignedRun, KnownTo, NextRuns, NextRunsStep, SimulatedRuns } from "./next-runs-noun.ts";
import { simulateRuns } from "./next-runs-simulate.ts";
import { drawsOfFit } from "./reopen.ts";

export interface NextRunsOptions extends Omit<SweepRunOptions, "target" | "share" | "seeds"> {
  /** FLOPs that are left for runs. */
  readonly flops: number;
  /** The budget whose best model is to be known; default ten times the largest in the data. */
  readonly target?: number | null;
  /** Default N* at the target. */
  readonly aim?: DesignAimName;
  /** So many runs at the most. */
  readonly most?: number;
  /** No run beyond so many times the largest one in the data: slopes are the fitted law's, and it may end there. */
  readonly reach?: number;
  /** Values of the law's other inputs; default the largest in the data. */
  readonly held?: Readonly<Record<string, number>>;
  /** What a token costs; default 6·N. */
  readonly flopsPerToken?: string | null;
  /** Those of the fit, which doesn't keep them. */
  readonly weights?: Float64Array | null;
  /** Refits for each design that is checked by simulation; 0 for none. */
  readonly replications?: number;
  readonly level?: number;
  readonly seed?: number;
}

/** Shares of the budget whose best sets are told. */
const parts = [0.01, 0.03, 0.1, 0.3, 1] as const;

/**
 * The runs that would teach a fit most about a decision, for the FLOPs that are left.
 *
 * Among sizes and tokens around the data's, {@link chooseRuns} finds the set within the budget that leaves the least
 * variance of ln N* at the target (c-optimal), of ln L there, of ln L up to there (V-optimal), or of all parameters
 * (D-optimal). What is known already is the information of the fit's runs, Σ gᵢgᵢᵀ / (s²·v) with s the scatter of a run and v
 * the price of the objective (π/2 for Huber's δ far below s: it uses two thirds of what normal noise tells); without the runs
 * the inverse of the fit's covariance. With the runs, the sets are then simulated: planted, refitted, counted.
 *
 * The slopes are those of the fitted law: where another law is true, or no run went near, a set can be far from best.
 * Sets avoid the middle of isoFLOP curves, for a law in two power terms is told by its ends; such runs are as good for
 * nothing else. Keep two or three near the optimum if they are to be used.
 *
 * @param observed the rows of the fit, null where they are not at hand
 * @throws when the fit has no optimum at the target, or no run keeps to the limits
 * @example nextRuns(fit, runs, { flops: 1e20, target: 1e22 }).runs
 */
export function nextRuns(
  made: Fit,
  observed: Observations | null,
  {
    flops: budget,
    target = null,
    aim = "params",
    most = 6,
    reach = 10,
    held = {},
    flopsPerToken = null,
    weights = null,
    replications = 400,
    level = 0.9,
    seed = 0,
    ...runs
  }: NextRunsOptions,
): NextRuns {
  const cannot = (reason: string): Error =>
    new Error(`cannot choose runs for this fit of ${made.law.name}: ${reason}`);
  for (const [name, value] of Object.entries({ flops: budget, target: target ?? 1, reach }))
    if (!(value > 0) || !Number.isFinite(value)) throw cannot(`expected ${name} above 0, got ${value}`);
  if (!Number.isInteger(most) || most < 1) throw cannot(`expected at least one run, got ${most}`);
  const options = readyOptions({ ...runs, seeds: [seed] });
  const base = openNextRuns(made, observed, { target, held, flopsPerToken, weights });
  const convention = (made.conventions.params ?? "unstated") as keyof RunSpec["parameters"];
  const costOf = (params: number): number => base.options.flopsPerToken?.(params) ?? 6 * params;
  const grid = gridOf(base, Math.min(budget, reach * base.range.flops[1]), costOf);
  if (grid.length === 0)
    throw cannot(
      `${formatFlops(budget)} FLOPs are fewer than the smallest of its runs takes, ${formatFlops(base.range.flops[0])}, and smaller ones tell little of larger; give more`,
    );
  const { cells, refused } = feasibleCells(grid, { options, convention, costOf, rounded: true });
  if (cells.length === 0)
    throw cannot(
      `none of the ${grid.length} runs within ${formatFlops(budget)} FLOPs keeps to the limits: of the first, ${refused[0]!.reason}; loosen them or give more FLOPs`,
    );
  const beliefOf = (points: readonly RunPoint[]): DesignBelief => ({
    slopes: scaledSlopes(base, points),
    information: base.information,
    aims: aimsOf(base.design, aim, {
      flops: base.target,
      from: Math.min(base.range.flops[1], base.target / 10),
      options: base.options,
    }),
  });
  const beliefs = [beliefOf(cells)];
  const flops = cells.map((cell) => cell.flops);
  const before = designSpread(beliefs, []);
  const best = parts.map((part) => chooseRuns({ beliefs, flops, budget: part * budget, most }));
  const chosen = best.at(-1)!;
  const costs = (picks: readonly number[]): number => picks.reduce((sum, j) => sum + flops[j]!, 0);
  const steps = best
    .map(
      ({ picks, after }): NextRunsStep => ({
        flops: costs(picks),
        runs: picks.length,
        leaves: after / before,
      }),
    )
    .filter(({ runs }, i, all) => runs > 0 && (i === 0 || all[i]!.leaves < 0.99 * (all[i - 1]!.leaves ?? 1)));
  const designed = (picks: readonly number[]): DesignedRun[] =>
    picks.map((pick, i) => {
      const { params, tokens, flops } = cells[pick]!;
      const leaves = designSpread(beliefs, picks.slice(0, i + 1)) / before;
      return { params, tokens, flops, tokensPerParam: tokens / params, leaves };
    });
  const one = singleOf(beliefs, flops, before);
  const curve = isoflopCurve(base, budget / 7, costOf);
  const curveSpread = designSpread([beliefOf(curve)], Array.from(curve.keys()));
  const picked = chosen.picks.map((pick) => cells[pick]!);
  const now = knownNow(made, base, { aim, sd: before, level });
  const random = seededRandom(seed);
  const simulate = (
    design: SimulatedRuns["design"],
    points: readonly RunPoint[],
    predicted: number,
  ): SimulatedRuns[] => {
    if (!base.observed || replications === 0) return [];
    const found = simulateRuns({ ...base, observed: base.observed }, points, {
      aim,
      replications,
      random,
      weights,
    });
    const cost = points.reduce((sum, point) => sum + point.flops, 0);
    return found
      ? [{ design, flops: cost, predicted, simulated: found.sd, lost: found.lost, replications }]
      : [];
  };
  const simulated = [
    ...simulate("none", [], before),
    ...simulate("chosen", picked, chosen.after),
    ...(one === null ? [] : simulate("single", [cells[one]!], designSpread(beliefs, [one]))),
    ...simulate("isoflop", curve, curveSpread),
  ];
  const ordered = [...picked].sort((x, y) => x.flops - y.flops || x.params - y.params);
  return {
    format: "isoflop.nextruns/1",
    basis: {
      kind: "fit",
      law: made.law.name,
      hash: contentHash(made),
      origin: made.data.origin,
      rows: made.rows,
    },
    aim,
    target: { flops: base.target, convention: base.convention, held: base.held },
    budget: { flops: budget, used: costs(chosen.picks) },
    knowledge: { from: observed ? "runs" : "covariance", scatter: base.scatter, price: base.price },
    now,
    after: {
      value: now.value,
      sd: chosen.after,
      interval: now.interval && shrunk(now.value!, now.interval, chosen.after / before),
    },
    runs: designed(chosen.picks),
    single: one === null ? null : designed([one])[0]!,
    steps,
    isoflop: { flops: budget, runs: curve.length, leaves: curveSpread / before },
    simulated: simulated.length > 0 ? simulated : null,
    candidates: cells.length,
    refused: { count: refused.length, reason: refused[0]?.reason ?? null },
    specs: specsOf(ordered, distinctNames(ordered, sizeName), convention, options),
    warnings: warningsOf(made, base, { chosen: chosen.after / before, simulated, aim, now }),
    seed,
  };
}

/** Sixteen budgets from the data's smallest up, on each thirteen ratios of tokens to parameters, of the data's span or of sixteen. */
function gridOf(base: NextRunsBase, largest: number, costOf: (params: number) => number): RunPoint[] {
  const { flops, tokensPerParam } = base.range;
  const along = (low: number, high: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => low * (high / low) ** (i / (count - 1)));
  if (largest < flops[0]) return [];
  // beyond the ratios that were run the fitted law is a guess, but data of one ratio need others
  const wider = Math.max(1, 4 / Math.sqrt(tokensPerParam[1] / tokensPerParam[0]));
  return along(flops[0], largest, 16).flatMap((budget) =>
    along(tokensPerParam[0] / wider, tokensPerParam[1] * wider, 13).map((ratio): RunPoint => {
      const params = Math.round(Math.sqrt(budget / (6 * ratio)));
      return { params, tokens: budget / costOf(params), flops: budget };
    }),
  );
}

/** Seven sizes around today's optimum of a budget. */
function isoflopCurve(base: NextRunsBase, flops: number, costOf: (params: number) => number): RunPoint[] {
  const { law, parameters } = base.design;
  const centre = computeOptimum(law, parameters, flops, base.options)?.params ?? Math.sqrt(flops / 120);
  return Array.from({ length: 7 }, (_, i): RunPoint => {
    const params = centre * 4 ** (i / 3 - 1);
    return { params, tokens: flops / costOf(params), flops };
  });
}

/** As in diagnose: by the FLOP alone the smallest run always wins and teaches little. */
function singleOf(beliefs: readonly DesignBelief[], flops: readonly number[], before: number): number | null {
  const left = flops.map((_, j) => (designSpread(beliefs, [j]) / before) ** 2);
  const least = Math.min(...left);
  if (!(1 - least > 0.005)) return null;
  const worthy = left.flatMap((share, j) => (1 - share >= (1 - least) / 2 && share <= 2 * least ? [j] : []));
  return worthy.reduce((x, y) => ((1 - left[y]!) / flops[y]! > (1 - left[x]!) / flops[x]! ? y : x));
}

function knownNow(
  made: Fit,
  { design: { law, parameters }, target, options }: NextRunsBase,
  { aim, sd, level }: { aim: DesignAimName; sd: number; level: number },
): KnownTo {
  if (aim !== "params" && aim !== "loss") return { value: null, interval: null, sd };
  const of = (at: Readonly<Record<string, number>>): number =>
    computeOptimum(law, at, target, options)?.[aim] ?? Number.NaN;
  const value = of(parameters);
  const draws = drawsOfFit(made);
  const drawn = draws && drawnInterval(draws.bootstrap, draws.of(of), level);
  const wide = Math.exp(Math.min(50, normalQuantile((1 + level) / 2) * sd));
  const { low, high } = drawn ?? { low: value / wide, high: value * wide };
  return { value, interval: { low, high, level }, sd };
}

/** An interval whose ends come nearer, in ln, by a factor. */
function shrunk(
  value: number,
  { low, high, level }: NonNullable<KnownTo["interval"]>,
  by: number,
): KnownTo["interval"] {
  return { low: value * (low / value) ** by, high: value * (high / value) ** by, level };
}

function warningsOf(
  made: Fit,
  { observed, range, target }: NextRunsBase,
  {
    chosen,
    simulated,
    aim,
    now,
  }: { chosen: number; simulated: readonly SimulatedRuns[]; aim: DesignAimName; now: KnownTo },
): string[] {
  const drawn = now.interval
    ? Math.log(now.interval.high / now.interval.low) / (2 * normalQuantile((1 + now.interval.level) / 2))
    : now.sd;
  const [none, set] = ["none", "chosen"].map((name) => simulated.find(({ design }) => design === name));
  const seen = none?.simulated && set?.simulated ? set.simulated / none.simulated : null;
  return [
    ...(made.status === "converged" ? [] : [`The fit is ${made.status}. ${made.message}`]),
    ...(observed
      ? []
      : ["The fit's runs are not at hand: what it knows is its covariance, and nothing was simulated."]),
    ...(drawn > 1.5 * now.sd
      ? [
          `The fit's draws scatter ${formatNumber(drawn / now.sd, 2)} times as wide as equal normal noise would let them: go by what the runs leave of the interval, and not by the standard deviations.`,
        ]
      : []),
    ...(seen !== null && Math.abs(Math.log(seen / chosen)) > Math.log(1.3)
      ? [
          `Simulated, these runs leave ${formatNumber(100 * seen, 2)} % of the spread and not ${formatNumber(100 * chosen, 2)} %: the law bends too much for the delta method, so go by the simulation.`,
        ]
      : []),
    ...(chosen > 0.9
      ? [
          `They take ${formatNumber(100 * (1 - chosen), 2)} % off the interval: at these FLOPs and limits little can be learnt; larger runs or wider ratios would tell more.`,
        ]
      : []),
    ...(aim !== "parameters" && target > 100 * range.flops[1]
      ? [
          `The target is ${formatNumber(target / range.flops[1], 2)} times the largest run: so far out the answer is the law's, and runs chosen by it cannot tell whether it holds.`,
        ]
      : []),
  ];
}
