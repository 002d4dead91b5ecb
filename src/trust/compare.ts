import { type Fit, fit, type Objective } from "../fit/index.ts";
import type { Law } from "../laws/index.ts";
import { type Plan, plan } from "../plan/index.ts";
import type { Observations, ObserveOptions, Table } from "../runs/index.ts";
import type { Comparison, LeftOut, RankedLaw } from "./comparison.ts";
import { verdictOf, warningsOf } from "./comparison-verdict.ts";
import { contestantsOf, noLawLeft } from "./contestants.ts";
import { freeOf, objectiveNamed, valuesOf } from "./fitted-values.ts";
import type { Fold, RollingOptions } from "./folds.ts";
import { type HeldOut, holdOut } from "./holdout.ts";
import { commonFolds, describeHoldout, scalesToHoldOut } from "./holdout-design.ts";
import { correctedAkaike, likelihoodOf } from "./likelihood.ts";
import { marginOf } from "./margin.ts";
import { messageOf } from "./message-of.ts";
import { patternsOf } from "./residual-patterns.ts";

export interface CompareOptions extends RollingOptions {
  objective?: string | Objective;
  /** Folds of one's own instead of rolling ones. */
  folds?: readonly Fold[] | null;
  /** Refits a fold for the intervals of held-out runs; 0 takes the delta method. */
  draws?: number;
  /** Of all margins together. */
  level?: number;
  /** Resamplings behind the margins. */
  resamplings?: number;
  /** A budget at which each law's N* is told. */
  targetFlops?: number | null;
  seed?: number;
  /** How a table is read; without effect on observations. */
  observing?: ObserveOptions;
}

/**
 * Ranks laws by how well they predict runs larger than those they were fitted to.
 *
 * Every law is fitted to the same runs up to a scale and predicts the next, on and on; its error is the mean absolute
 * relative error, every scale counting the same. A rival's margin over the winner has an interval from a paired
 * bootstrap of scales and of the runs in them (of the runs alone where a split was given), widened for few scales
 * (Student's over the scales, or, if wider, Hesterberg 2015, "What teachers should know
 * about the bootstrap", the expanded percentiles, https://arxiv.org/abs/1411.5279), and at a level that holds for all margins
 * together (Bonferroni), as the winner was picked for being lowest. Where it covers 0 the two are not told apart.
 * Folds share runs, which it doesn't know: with few of them a margin is a hint, not a proof.
 *
 * Beside it stand AICc by the likelihood that the objective stands for ({@link likelihoodOf}), and what is left in the
 * residuals of the fit to all runs. Both judge within the data.
 *
 * A law that can't take part (an input that the data lack, too few rows, no finite value) is listed with the reason.
 *
 * @throws when no law is left to compare
 * @example compare([chinchilla, kaplanND], runs, { targetFlops: 1e24 }).verdict
 */
export function compare(
  laws: readonly Law[],
  data: Observations | Table,
  {
    objective: given = "huber-log",
    folds: split = null,
    draws = 0,
    level = 0.9,
    resamplings = 4000,
    targetFlops = null,
    seed = 0,
    observing = {},
    ...rolling
  }: CompareOptions = {},
): Comparison {
  const objective = objectiveNamed(given);
  const { observed, able, unable } = contestantsOf(laws, data, observing);
  const scales = scalesToHoldOut(observed, split, rolling);
  const { folds, taking, short } = commonFolds(able, scales.folds, observed.rows, {
    asGiven: split !== null,
  });

  const entries: Entry[] = [];
  const failed: LeftOut[] = [];
  for (const law of taking)
    try {
      entries.push(enter(law, observed, folds, { objective, draws, seed }));
    } catch (error) {
      failed.push({ law: law.name, reason: messageOf(error) });
    }
  const leftOut = [...unable, ...short, ...failed];
  const best = entries.sort((x, y) => scoreOf(x) - scoreOf(y))[0];
  if (!best) throw noLawLeft(leftOut);

  const lowestAicc = Math.min(...entries.map(({ aicc }) => aicc ?? Number.POSITIVE_INFINITY));
  const each = 1 - (1 - level) / Math.max(1, entries.length - 1);
  const ranked = entries.map(
    ({ law, made, heldOut, aicc }, i): RankedLaw => ({
      rank: i + 1,
      law: law.name,
      formula: law.formula,
      status: made.status,
      parameters: valuesOf(made),
      free: freeOf(made),
      objective: made.objective.value,
      heldOut: heldOut && {
        error: heldOut.error,
        bias: heldOut.bias,
        rmseLog: heldOut.rmseLog,
        folds: heldOut.folds.map(({ error, bias, status }) => ({ error, bias, status })),
        coverage: heldOut.coverage,
      },
      margin:
        heldOut && best.heldOut && i > 0
          ? marginOf(best.heldOut, heldOut, { level: each, resamplings, seed })
          : null,
      aicc: aicc === null ? null : { value: aicc, difference: aicc - lowestAicc },
      residuals: patternsOf(made, observed),
      optimum: targetFlops === null ? null : optimumOf(made, targetFlops),
    }),
  );
  const holdout = describeHoldout(scales, folds, draws);
  return {
    format: "isoflop.comparison/1",
    output: able[0]!.output as string,
    objective,
    likelihood: likelihoodOf(objective, best.made.objective.value, observed.rows)?.family ?? "none",
    rows: observed.rows,
    holdout,
    laws: ranked,
    leftOut,
    verdict: verdictOf(ranked, holdout, level),
    warnings: warningsOf(ranked, holdout, scales.why),
    level,
    targetFlops,
    data: { origin: observed.origin, hash: observed.hash },
    seed,
  };
}

/** A law that has met the runs. */
interface Entry {
  readonly law: Law;
  /** To all runs. */
  readonly made: Fit;
  readonly heldOut: HeldOut | null;
  readonly aicc: number | null;
}

/** @throws where a fit or a held-out prediction came to nothing: there is then nothing to hold against the law */
function enter(
  law: Law,
  observed: Observations,
  folds: readonly Fold[],
  options: { objective: Objective; draws: number; seed: number },
): Entry {
  const { objective, seed } = options;
  const made = fit(law, observed, { objective, seed });
  if (made.status === "non-finite" || made.status === "max-steps")
    throw new Error(`its fit to all runs is ${made.status}: ${made.message}`);
  const heldOut = folds.length > 0 ? holdOut(law, observed, folds, options) : null;
  const likelihood = likelihoodOf(objective, made.objective.value, made.rows);
  const aicc = likelihood && correctedAkaike(likelihood, freeOf(made), made.rows);
  return { law, made, heldOut, aicc };
}

const scoreOf = ({ heldOut, aicc }: Entry): number => heldOut?.error ?? aicc ?? Number.POSITIVE_INFINITY;

function optimumOf(made: Fit, flops: number): Plan["optimum"] | null {
  try {
    return plan(made, flops).optimum;
  } catch {
    return null; // a law without an optimum on a budget is still a rival
  }
}
