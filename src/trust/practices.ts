import { fit, type FitStatus, type Objective } from "../fit/index.ts";
import type { Law } from "../laws/index.ts";
import { type DropStart, dropStart, type Observations, takeObservations } from "../runs/index.ts";
import { holdOut } from "./holdout.ts";

/** All rows of one size: a model with its checkpoints, or its runs of several lengths. */
export interface SizedModel {
  readonly params: number;
  readonly rows: readonly number[];
}

export interface PracticeOptions {
  objective?: string | Objective;
  /** Of the largest model's tokens: what is predicted. */
  lastShare?: number;
  /** What is left out of the fitted models' beginnings. */
  without?: DropStart | null;
  /** Parameters held at another family's values. */
  fixed?: Readonly<Record<string, number>>;
  seed?: number;
}

/** How well the largest model's end follows from some of the smaller ones. */
export interface LargestModel {
  /** The sizes fitted, ascending. */
  readonly params: readonly number[];
  readonly fittedRows: number;
  readonly heldRows: number;
  /** How much larger the predicted model is than the largest fitted. */
  readonly scaleUp: number;
  /** null where no fit was possible, for the reason. */
  readonly outcome: {
    readonly status: FitStatus;
    /** The mean absolute relative error, ARE, and the mean signed one. */
    readonly error: number;
    readonly bias: number;
    readonly parameters: Readonly<Record<string, number>>;
  } | null;
  readonly reason: string | null;
}

/** The models of a family, the smallest first: rows of one parameter count are one model. */
export function modelsOf({ columns: { params }, origin }: Observations): SizedModel[] {
  if (!params) throw new Error(`cannot tell models apart: ${origin} has no params`);
  const models = new Map<number, number[]>();
  params.forEach((N, row) => {
    const rows = models.get(N);
    if (rows) rows.push(row);
    else models.set(N, [row]);
  });
  return Array.from(models, ([N, rows]) => ({ params: N, rows })).sort((x, y) => x.params - y.params);
}

/**
 * The error that counts: the end of the largest model, predicted from smaller ones.
 *
 * ARE = mean of |prediction / truth − 1| over the last share (30 %) of the largest model's tokens, as in Choshen et
 * al. 2024, section 4, "A Hitchhiker's Guide to Scaling Law Estimation", https://arxiv.org/abs/2410.11840
 *
 * @param use which of the smaller models are fitted, the smallest being 0; default all
 * @example predictLargest(chinchilla, curves, { without: { tokens: 1e10 }, objective: "squared" }).outcome?.error // 0.031
 */
export function predictLargest(
  law: Law,
  observed: Observations,
  { objective, lastShare = 0.3, without = null, fixed = {}, seed = 0 }: PracticeOptions = {},
  use?: readonly number[],
): LargestModel {
  const models = modelsOf(observed);
  const target = models.at(-1)!;
  const smaller = use === undefined ? models.slice(0, -1) : use.map((at) => models[at]!);
  if (smaller.length === 0 || smaller.includes(target))
    throw new Error(
      `cannot predict the largest model of ${observed.origin}: it needs smaller ones to fit, got ${models.length} in all`,
    );
  const end = endOf(observed, target, lastShare);
  const base = {
    params: smaller.map(({ params }) => params),
    heldRows: end.length,
    scaleUp: target.params / smaller.at(-1)!.params,
  };
  const wanted = new Set(smaller.flatMap(({ rows }) => rows));
  let fittedRows = wanted.size;
  try {
    const early = takeObservations(observed, [...wanted].sort((x, y) => x - y));
    const fitted = without ? dropStart(early, without) : early;
    fittedRows = fitted.rows;
    const made = fit(law, fitted, { ...(objective ? { objective } : {}), fixed, seed });
    const found = errorOn(law, takeObservations(observed, end), made);
    return { ...base, fittedRows, outcome: found, reason: null };
  } catch (error) {
    return { ...base, fittedRows, outcome: null, reason: error instanceof Error ? error.message : String(error) };
  }
}
