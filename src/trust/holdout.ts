import { type FitStatus, fit, type Objective } from "../fit/index.ts";
import type { Law } from "../laws/index.ts";
import { formatNumber, mean } from "../numeric/index.ts";
import { type Observations, takeObservations } from "../runs/index.ts";
import { type Coverage, coverageOf, pooledCoverage } from "./coverage.ts";
import { valuesOf } from "./fitted-values.ts";
import type { Fold } from "./folds.ts";
import { relativeErrors } from "./predict-rows.ts";

/** How a law did on the held-out rows of its folds. */
export interface HeldOut {
  readonly folds: readonly HeldOutFold[];
  /** The mean over folds of their mean absolute and signed relative errors, and of their errors of logs squared. */
  readonly error: number;
  readonly bias: number;
  readonly rmseLog: number | null;
  /** Null where no fold gave an interval. */
  readonly coverage: readonly Coverage[] | null;
}

export interface HeldOutFold {
  readonly upTo: number | null;
  readonly scale: readonly [low: number, high: number] | null;
  readonly fittedRows: number;
  readonly heldRows: number;
  readonly status: FitStatus;
  readonly parameters: Readonly<Record<string, number>>;
  /** prediction / truth − 1 of every held-out row, in the order of the fold. */
  readonly errors: readonly number[];
  /** Their mean size and their mean. */
  readonly error: number;
  readonly bias: number;
  readonly coverage: readonly Coverage[] | null;
}

export interface HoldOutOptions {
  objective?: string | Objective;
  /** Of the intervals of a new run. */
  levels?: readonly number[];
  /** Refits a fold for the intervals; 0 takes the delta method's covariance instead. */
  draws?: number;
  seed?: number;
}

/**
 * Fits a law to each fold's runs and predicts those it holds out.
 *
 * Every fold is a fit of its own from all starts of the law's grid, never a warm start from the fold before: the basin
 * of few runs need not be that of more.
 *
 * The interval of a new run joins parameters (bootstrap draws, else normal draws from the fit's covariance, whose
 * effect is taken to be linear on the objective's scale) with noise (the fit's own residuals, widened by √(n/(n − p))).
 * It knows nothing of a law that is wrong: that its coverage falls short is how one sees it.
 *
 * @throws when a fold has too few rows for the law, or the law has no finite value there
 * @example holdOut(chinchilla, runs, rollingFolds(runs).folds).error // 0.004
 */
export function holdOut(
  law: Law,
  observed: Observations,
  folds: readonly Fold[],
  { objective = "huber-log", levels = [0.8, 0.9], draws = 0, seed = 0 }: HoldOutOptions = {},
): HeldOut {
  const done = folds.map((fold) => predictFold(law, observed, fold, { objective, levels, draws, seed }));
  const squares = done.flatMap(({ errors }) => errors.map((error) => Math.log1p(error) ** 2));
  return {
    folds: done,
    error: mean(done.map(({ error }) => error)),
    bias: mean(done.map(({ bias }) => bias)),
    rmseLog: squares.every(Number.isFinite) ? Math.sqrt(mean(squares)) : null,
    coverage: pooledCoverage(done),
  };
}

function predictFold(
  law: Law,
  observed: Observations,
  { fitted, held: heldRows, upTo, scale }: Fold,
  { objective, levels, draws, seed }: Required<HoldOutOptions>,
): HeldOutFold {
  const made = fit(law, takeObservations(observed, fitted), { objective, bootstrap: draws, seed });
  const which = `${law.name}, fitted to the ${upTo === null ? "other runs" : `runs up to ${formatNumber(upTo, 3)}`},`;
  if (made.status === "non-finite") throw new Error(`${which} is ${made.status}: ${made.message}`);
  const held = takeObservations(observed, heldRows);
  const parameters = valuesOf(made);
  const errors = relativeErrors(law, parameters, held);
  const lost = errors.findIndex((error) => !Number.isFinite(error));
  if (lost >= 0)
    throw new Error(`${which} has no finite value at the held-out row ${held.lines[lost]} of ${held.origin}`);
  return {
    upTo,
    scale,
    fittedRows: fitted.length,
    heldRows: heldRows.length,
    status: made.status,
    parameters,
    errors,
    error: mean(errors.map(Math.abs)),
    bias: mean(errors),
    coverage: coverageOf(made, held, levels, seed),
  };
}
