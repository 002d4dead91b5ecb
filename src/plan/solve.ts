import { drawnInterval } from "../fit/index.ts";
import { invertLaw, type Law } from "../laws/index.ts";
import { type Basis, openBasis } from "./basis.ts";
import { type Prediction, predict } from "./predict.ts";

/** What is asked of {@link solveInput}. */
export interface SolveQuestion {
  /** The value that the law's output is to have. */
  readonly target: number;
  /** The input that is looked for. */
  readonly solve: string;
  /** The law's other inputs. */
  readonly at?: Readonly<Record<string, number>>;
  /** Of several answers the one nearest to this. */
  readonly near?: number;
  /** Of the intervals. */
  readonly level?: number;
}

/**
 * The input that a target needs: the prediction at that point, with the interval of the input in `solved`.
 *
 * @throws when the law never gives the target, or gives it in several places and `near` is not said
 * @example solveInput({ law: chinchilla, set: "besiroglu2024-refit" }, { target: 2, solve: "params", at: { tokens: 1e12 } })
 */
export function solveInput(
  basis: Basis,
  { target, solve, at = {}, near, level = 0.9 }: SolveQuestion,
): Prediction {
  const { law, parameters, draws } = openBasis(basis);
  if (at[solve] !== undefined)
    throw new Error(`cannot solve for ${solve}: it is also given, ${at[solve]}; leave one of them out`);
  const found = invertLaw(law, parameters, { output: target, solve, at, near });
  const drawn = draws?.of((draw) => inDraw(law, draw, { target, solve, at, near: found }));
  const missed = drawn?.draws.filter(Number.isNaN).length ?? 0;
  const interval = drawn && missed === 0 ? drawnInterval(draws!.bootstrap, drawn, level) : null;
  const made = predict(basis, { ...at, [solve]: found }, { level });
  const warning = `In ${missed} of ${drawn?.draws.length} draws the law never gives ${law.output} ${target}: the target lies too near to its limit for an interval of ${solve}.`;
  return {
    ...made,
    solved: { quantity: solve, target, interval },
    warnings: missed > 0 ? [...made.warnings, warning] : made.warnings,
  };
}

/** The answer of one draw next to the answer of the fit; NaN where it has none. */
function inDraw(
  law: Law,
  parameters: Readonly<Record<string, number>>,
  { target, solve, at, near }: SolveQuestion & { readonly near: number },
): number {
  try {
    return invertLaw(law, parameters, { output: target, solve, at, near });
  } catch {
    return Number.NaN; // the law's refusal; everything else about the question was checked on the fit itself
  }
}
