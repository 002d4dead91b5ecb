import { inputSpans } from "../fit/index.ts";
import { quantityAt } from "../laws/index.ts";
import { formatCount, formatFlops, formatNumber, median, quadraticForm } from "../numeric/index.ts";
import { jacobianAt, type Knowledge } from "./knowledge.ts";
import { decisionGradient, type Reopened } from "./reopen.ts";
import { budgetsOf, extent, followsFromBudget, sizesOf, tokensPerParamOf } from "./sizes.ts";

/** The one more run that would teach most. */
export interface NextRun {
  /** Its inputs. */
  readonly at: Readonly<Record<string, number>>;
  /** 6ND; null for a law that has no use for a budget. */
  readonly flops: number | null;
  /** What it is to pin: `N*`, or a parameter. */
  readonly aim: string;
  /** The share that it takes off the variance of what it is to pin, by the delta method. */
  readonly shrinks: number;
  /** Runs of up to so many times the largest budget in the data were looked at. */
  readonly reach: number;
  readonly message: string;
}

/**
 * The run that shrinks the variance of ln N* most for its FLOPs, by the delta method.
 *
 * With Σ the covariance of the variables, g a candidate's slope of the prediction, s the scatter of a run and c the
 * slope of ln N*, one more run takes (cᵀΣg)² / (s² + gᵀΣg) off cᵀΣc (Sherman and Morrison 1950; c-optimal design,
 * Elfving 1952). By the FLOP alone the smallest run always wins and teaches little: so the choice is among those that
 * take off at least half of what the best candidate does and leave at most twice what it leaves.
 *
 * @param reach runs of up to so many times the largest budget in the data
 */
export function nextRun(
  base: Reopened,
  { covariance, scatter }: Knowledge,
  { aim, reach = 3 }: { aim: string; reach?: number },
): NextRun | null {
  const { kernel } = base;
  const n = kernel.size;
  const target = aim === "N*" ? decisionGradient(base) : unit(kernel.names.indexOf(aim), n);
  if (!target) return null;
  const candidates = candidatesOf(base, reach);
  const variance = quadraticForm(covariance, target, n);
  if (candidates.length === 0 || !(variance > 0)) return null;
  const columns = Object.fromEntries(
    Object.keys(base.law.inputs).map((quantity) => [
      quantity,
      Float64Array.from(candidates, ({ at }) => at[quantity]!),
    ]),
  );
  const jacobian = jacobianAt(base, columns);
  const scored = candidates.flatMap((candidate, row) => {
    const g = Float64Array.from(jacobian, (column) => column[row]!);
    let shared = 0;
    for (let j = 0; j < n; j++)
      for (let k = 0; k < n; k++) shared += target[j]! * covariance[j * n + k]! * g[k]!;
    const shrinks = shared ** 2 / ((scatter ** 2 + quadraticForm(covariance, g, n)) * variance);
    return Number.isFinite(shrinks) ? [{ ...candidate, shrinks }] : [];
  });
  const most = Math.max(...scored.map(({ shrinks }) => shrinks));
  if (!(most > 0.005)) return null;
  const [best] = scored
    .filter(({ shrinks }) => shrinks >= most / 2 && 1 - shrinks <= 2 * (1 - most))
    .sort((x, y) => y.shrinks / (y.flops ?? 1) - x.shrinks / (x.flops ?? 1));
  const { at, flops, shrinks } = best!;
  const off = `would take ${formatNumber(100 * shrinks, 2)} % off the variance of ${aim === "N*" ? "ln N*" : aim}`;
  const described =
    flops === null || at.params === undefined || at.tokens === undefined
      ? Object.entries(at)
          .map(([quantity, value]) => `${quantity} ${formatNumber(value, 3)}`)
          .join(", ")
      : `${formatCount(at.params, 2)} parameters on ${formatCount(at.tokens, 2)} tokens (${formatFlops(flops, 2)} FLOPs, ${formatNumber(flops / extent(budgetsOf(base.observed)!)[1], 2)} times the largest run here)`;
  return {
    at,
    flops,
    aim,
    shrinks,
    reach,
    message: `One more run of ${described} ${off}, the most for its FLOPs of those up to ${formatNumber(reach)} times the largest.`,
  };
}

const unit = (j: number, n: number): Float64Array | null =>
  j < 0 ? null : Float64Array.from({ length: n }, (_, k) => (k === j ? 1 : 0));

interface Candidate {
  readonly at: Readonly<Record<string, number>>;
  readonly flops: number | null;
}

/** Runs that one could make: on a grid of sizes and tokens around the data's, else of each input on its own. */
function candidatesOf({ law, observed, question }: Reopened, reach: number): Candidate[] {
  const sizes = sizesOf(observed);
  const inputs = Object.keys(law.inputs);
  const grid = (low: number, high: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => low * (high / low) ** (i / (count - 1)));
  if (sizes && inputs.every((q) => followsFromBudget.includes(q) || question?.held[q] !== undefined)) {
    const [smallest, largest] = extent(budgetsOf(observed)!);
    const [lowN, highN] = extent(sizes.params);
    const [lowD, highD] = extent(sizes.tokens);
    const [fewest, most] = extent(tokensPerParamOf(sizes));
    // not below the smallest runs: they are cheap, and where laws of large models hold least; and of no other shape than
    // four times beyond what has been run
    return grid(lowN, 4 * highN, 32).flatMap((N) =>
      grid(lowD, 4 * highD, 32).flatMap((D) => {
        const compute = 6 * N * D;
        if (compute > reach * largest || compute < smallest || D < (N * fewest) / 4 || D > 4 * N * most)
          return [];
        const at = Object.fromEntries(inputs.map((q) => [q, question?.held[q] ?? quantityAt(q, N, D)!]));
        return [{ at: { ...at, params: N, tokens: D }, flops: 6 * N * D }];
      }),
    );
  }
  const middle = Object.fromEntries(
    inputs.map((quantity) => [quantity, median(observed.columns[quantity]!)]),
  );
  return inputSpans(law, observed.columns).flatMap(({ quantity, low, high }) =>
    grid(low / reach, high * reach, 64).map((value) => ({
      at: { ...middle, [quantity]: value },
      flops: null,
    })),
  );
}
