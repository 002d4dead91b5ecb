import type { FrontierFit } from "../fit/index.ts";
import { type BudgetOptions, computeOptimum, type Law } from "../laws/index.ts";
import type { ParameterConvention } from "../models/index.ts";
import { mean, standardDeviation } from "../numeric/index.ts";
import { type Basis, budgetOptions, checkHeld, type OpenBasis, openBasis } from "./basis.ts";
import { chooseRuns, type DesignBelief, designSpread } from "./choose-runs.ts";
import { isFrontier } from "./frontier.ts";
import { aimsOf, columnsAt, type DesignAimName, slopesAt } from "./run-design.ts";
import type { RunPoint } from "./run-limits.ts";
import { ladderBudgets } from "./sweep.ts";
import type { OptimalDesign, SweepPlan, SweepRunOptions } from "./sweep-noun.ts";
import {
  cannot,
  checkPositive,
  checkSome,
  distinctNames,
  feasibleCells,
  readyOptions,
  sizeName,
  specsOf,
} from "./sweep-runs.ts";

export interface OptimalSweepOptions extends Omit<SweepRunOptions, "target"> {
  /** The budget to plan for, in FLOPs: what its best model is, is what the runs are to tell. */
  readonly target: number;
  /** What is believed of the law before; several count alike. */
  readonly bases: readonly (Basis | FrontierFit)[];
  readonly held?: Readonly<Record<string, number>>;
  readonly aim?: DesignAimName;
  /** So many runs at the most, times the seeds. */
  readonly most?: number;
  /** No run takes more than this share of the sweep: one that fails must not be the sweep. */
  readonly largest?: number;
  /** Sizes lie within centre / spread and centre · spread, the centre being what is believed to be best. */
  readonly spread?: number;
  /** The standard deviation of ln loss from run to run; default a fit's own, else 1 %. */
  readonly noise?: number | null;
}

/** A priori a parameter may be ten times larger or smaller. */
const prior = 1 / Math.LN10 ** 2;
const levels = 12;
const sizesPerBudget = 9;
/** Draws of a fit that count as beliefs beside its optimum. */
const mostDraws = 7;

/**
 * A sweep whose runs are chosen for what they tell of the target: the set within the budget that {@link chooseRuns} finds
 * among nine sizes on each of twelve budgets, the smallest being that of an isoFLOP ladder of as many FLOPs or `limits.minFlops`.
 *
 * What is best depends on the law, which is not known yet: give several beliefs (published sets, or a small fit with its
 * draws) and the set is good for their mean. It assumes that the law holds from the smallest run to the target and that
 * runs scatter alike; where small models scatter more, or follow another law, say so by `limits.minFlops`. The usual isoFLOP grid of as many
 * FLOPs is measured by the same rule beside it (`expected`).
 *
 * @throws when a belief has no optimum at the target
 * @example planOptimalSweep({ target: 1e22, bases: [{ law: chinchilla, set: "besiroglu2024-refit" }] }).runs
 */
export function planOptimalSweep({
  target,
  bases,
  held = {},
  aim = "params",
  most = 24,
  largest = 0.25,
  spread = 4,
  noise: given = null,
  ...runs
}: OptimalSweepOptions): SweepPlan<OptimalDesign> {
  const options = readyOptions({ ...runs, target });
  const { share, ...said } = options;
  const seeds = options.seeds.length;
  if (!Number.isInteger(most) || most < 3)
    throw cannot("expected runs", `at most ${most}`, "a law of five parameters asks for six at the least");
  if (!(largest > 0 && largest <= 1)) throw cannot("expected a largest share between 0 and 1", `${largest}`);
  if (!(spread > 1)) throw cannot("expected a spread above 1", `${spread}`);
  if (given !== null) checkPositive("noise", given);
  const opened = bases.map((basis) => opening(basis, held));
  if (opened.length === 0)
    throw cannot("expected a belief about the law", "none", "give a fit or published coefficients");
  const noise = given ?? noiseOf(opened[0]!.open) ?? 0.01;
  const { costOf, convention } = opened[0]!;

  const budget = (share * target) / seeds;
  const centreAt = (flops: number): number =>
    Math.exp(mean(opened.map((own) => Math.log(own.centreAt(flops)))));
  // from the smallest budget of an isoFLOP ladder of as many FLOPs up: a law that is asked of smaller runs is another one
  const smallest = Math.min(options.limits.minFlops ?? ladderBudgets(budget, 7)[0]!, largest * budget);
  const points: RunPoint[] = Array.from({ length: levels }, (_, i) => {
    const flops = smallest * ((largest * budget) / smallest) ** (i / (levels - 1));
    return Array.from({ length: sizesPerBudget }, (_, j): RunPoint => {
      const params = Math.round(centreAt(flops) * spread ** ((2 * j) / (sizesPerBudget - 1) - 1));
      return { params, tokens: flops / costOf(params), flops };
    });
  }).flat();
  const { cells: candidates, refused } = feasibleCells(points, { options, convention, costOf });
  checkSome(candidates, refused);
  const from = Math.max(...candidates.map(({ flops }) => flops));
  const beliefsAt = (cells: readonly RunPoint[]): DesignBelief[] =>
    opened.flatMap((own) => own.beliefs(cells, aim, { target, from, noise }));
  const question = {
    beliefs: beliefsAt(candidates),
    flops: candidates.map(({ flops }) => flops),
    budget,
    most,
  };
  const { picks, after } = chooseRuns(question);
  const cells = picks
    .map((pick) => candidates[pick]!)
    .sort((x, y) => x.flops - y.flops || x.params - y.params);
  const grid = ladderBudgets(budget, 7).flatMap((flops) =>
    Array.from({ length: 7 }, (_, i): RunPoint => {
      const params = centreAt(flops) * 4 ** (i / 3 - 1);
      return { params, tokens: flops / costOf(params), flops };
    }),
  );
  // a grid that cannot be run as a whole is no measure
  const { cells: feasible } = feasibleCells(grid, {
    options: { ...options, shape: null },
    convention,
    costOf,
  });
  const specs = specsOf(cells, distinctNames(cells, sizeName), convention, options);
  const design: OptimalDesign = {
    kind: "optimal",
    aim,
    beliefs: opened.map(({ open }) => open.note),
    held,
    noise,
    candidates: candidates.length,
    convention,
    expected: {
      sd: after / Math.sqrt(seeds),
      isoflop:
        feasible.length < grid.length
          ? null
          : designSpread(beliefsAt(grid), Array.from(grid.keys())) / Math.sqrt(seeds),
    },
    ...said,
  };
  const flops = cells.reduce((sum, cell) => sum + cell.flops * seeds, 0);
  return { format: "isoflop.sweep/1", design, specs, runs: specs.length, flops, refused };
}

interface Opening {
  readonly open: OpenBasis;
  readonly convention: ParameterConvention;
  readonly costOf: (params: number) => number;
  readonly centreAt: (flops: number) => number;
  readonly beliefs: (
    cells: readonly RunPoint[],
    aim: DesignAimName,
    at: { target: number; from: number; noise: number },
  ) => DesignBelief[];
}

function opening(basis: Basis | FrontierFit, held: Readonly<Record<string, number>>): Opening {
  if (isFrontier(basis))
    throw new Error(
      `cannot choose runs by a fit of approach ${basis.approach}: it has no law of the loss; fit with approach 3, or plan isoFLOP curves around it`,
    );
  const open = openBasis(basis);
  const { law, parameters, draws } = open;
  checkHeld(law, held);
  const cost: BudgetOptions = budgetOptions(open, held);
  const step = Math.max(1, Math.floor((draws?.all.length ?? 0) / mostDraws));
  const drawn = (draws?.all ?? [])
    .filter((at, i) => i % step === 0 && plannable(law, at, cost))
    .slice(0, mostDraws);
  return {
    open,
    // what the basis calls N is what its optimum counts; a basis that doesn't say leaves the sizes unstated too
    convention: (open.params ?? "unstated") as ParameterConvention,
    costOf: (params) => cost.flopsPerToken?.(params) ?? 6 * params,
    centreAt(flops) {
      const optimum = computeOptimum(law, parameters, flops, cost);
      if (optimum) return optimum.params;
      throw cannot(
        `${law.name} has no optimum on the budgets of this sweep`,
        "a loss that falls all the way to one end",
        "take a law of params and tokens with a term in each",
      );
    },
    beliefs: (cells, aim, { target, from, noise }) =>
      [parameters, ...drawn].map((at) => {
        const own = { law, parameters: at };
        const n = Object.keys(law.parameters).length;
        return {
          slopes: slopesAt(own, columnsAt(law, cells, held)).map((row) => row.map((slope) => slope / noise)),
          information: Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? prior : 0)),
          aims: aimsOf(own, aim, { flops: target, from, options: cost }),
        };
      }),
  };
}

const plannable = (law: Law, at: Readonly<Record<string, number>>, cost: BudgetOptions): boolean =>
  [1e18, 1e24].every((flops) => computeOptimum(law, at, flops, cost) !== null);

/** How much runs scatter about a fit, in ln loss; null where its residuals are on another scale, or nobody knows. */
function noiseOf({ scatter }: OpenBasis): number | null {
  if (scatter?.scale !== "log") return null;
  const sd = scatter.residuals ? standardDeviation(scatter.residuals) : 0;
  return sd > 0 ? sd : null;
}
