import { type Fit, type FitStatus, fit, type Objective } from "../fit/index.ts";
import type { Law } from "../laws/index.ts";
import { mean } from "../numeric/index.ts";
import { type DropStart, dropStart, type Observations, takeObservations } from "../runs/index.ts";
import { valuesOf } from "./fitted-values.ts";
import { messageOf } from "./message-of.ts";
import { relativeErrors } from "./predict-rows.ts";

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
  const wrong = use?.find((at) => !(at in models));
  if (wrong !== undefined)
    throw new Error(
      `cannot fit model ${wrong} of ${observed.origin}: the smaller ones are 0 to ${models.length - 2}`,
    );
  const smaller =
    use === undefined ? models.slice(0, -1) : [...use].sort((x, y) => x - y).map((at) => models[at]!);
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
    const early = takeObservations(
      observed,
      [...wanted].sort((x, y) => x - y),
    );
    const fitted = without ? dropStart(early, without) : early;
    fittedRows = fitted.rows;
    const made = fit(law, fitted, { ...(objective ? { objective } : {}), fixed, seed });
    if (made.status === "non-finite") throw new Error(made.message);
    const held = takeObservations(observed, end);
    const parameters = valuesOf(made);
    const errors = relativeErrors(law, parameters, held);
    const outcome = {
      status: made.status,
      error: mean(errors.map(Math.abs)),
      bias: mean(errors),
      parameters,
    };
    return { ...base, fittedRows, outcome, reason: null };
  } catch (error) {
    return { ...base, fittedRows, outcome: null, reason: messageOf(error) };
  }
}

/** The rows in the last share of the tokens that a model reached; all of its rows where there are no tokens. */
function endOf({ columns: { tokens } }: Observations, { rows }: SizedModel, lastShare: number): number[] {
  if (!tokens) return [...rows];
  const most = rows.reduce((high, row) => Math.max(high, tokens[row]!), 0);
  return rows.filter((row) => tokens[row]! >= (1 - lastShare) * most);
}

/**
 * How many smaller models a prediction of the largest needs, and how much smaller they may be.
 *
 * Every row of neighbouring sizes is tried: the k models up to each size, for each k. Choshen et al. 2024, sections 6
 * and 7: with few models the size of the largest matters most, and more models help even where they are small.
 *
 * @example modelsNeeded(chinchilla, curves).map(({ scaleUp, outcome }) => [scaleUp, outcome?.error])
 */
export function modelsNeeded(
  law: Law,
  observed: Observations,
  options: PracticeOptions = {},
): readonly LargestModel[] {
  const smaller = modelsOf(observed).length - 1;
  const tried: LargestModel[] = [];
  for (let top = smaller - 1; top >= 0; top--)
    for (let count = 1; count <= top + 1; count++) {
      const use = Array.from({ length: count }, (_, i) => top - count + 1 + i);
      tried.push(predictLargest(law, observed, options, use));
    }
  return tried;
}

/**
 * Parameters to be held at what another family's fit found, for `fixed` in a fit of few runs.
 *
 * Exponents differ less between families than sizes and floors do (Choshen et al. 2024, section 5.3), so few runs go
 * further when they are borrowed. That they are shared is a claim of its own: `compareFamilies` tests it.
 *
 * @throws when the fit has no such parameter
 * @example fit(chinchilla, fewRuns, { fixed: borrow(ofAnotherFamily, ["alpha", "beta"]) })
 */
export function borrow({ law, parameters }: Fit, names: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    names.map((name) => {
      const found = parameters[name];
      if (!found)
        throw new Error(
          `cannot borrow "${name}": the fit of ${law.name} has no such parameter; it has ${Object.keys(parameters).join(", ")}`,
        );
      return [name, found.value];
    }),
  );
}
