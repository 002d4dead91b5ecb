import { constantSpan, drawnInterval } from "../fit/index.ts";
import { budgetLine } from "../laws/index.ts";
import { formatCount, formatFlops, formatNumber, normalQuantile, quadraticForm } from "../numeric/index.ts";
import { type Evidence, flawsAlong } from "./evidence.ts";
import type { DecisionJudgement, Identified, Reason } from "./judgement.ts";
import { type Asked, decisionGradient, drawnSizes } from "./reopen.ts";
import { budgetsOf, extent, sizesOf } from "./sizes.ts";

/** N* within a factor of 1.5 is known (isoFLOP curves are that flat), beyond four it is not. */
const [knownSize, guessedSize] = [Math.log(1.5), Math.log(4)];

/** An answer farther outside the data than this many times their own span (in logs) rests on the law and not on them. */
const farther = 2;

/** So far beyond the budgets that were run a law is a belief: the runs don't choose among laws that differ there. */
const farBudget = 100;

/** Whether the data tell the best model for the asked budget; null where the law has none. */
export function judgeDecision(evidence: Evidence, base: Asked, level: number): DecisionJudgement | null {
  const { law, parameters, decide } = base;
  const { flops, held } = base.question;
  const found = decide(parameters);
  if (!found) return null;
  const { knowledge, drawn, rivals, flaws, fewRows, scatter } = evidence;
  const slope = decisionGradient(base);
  const sizes = drawnSizes(drawn, base);
  const draws = sizes?.draws ?? [];
  const lost = draws.filter(Number.isNaN).length;
  // without draws, by the Jacobian
  const variance = slope
    ? quadraticForm(knowledge.covariance, slope, slope.length)
    : Number.POSITIVE_INFINITY;
  const wide = Math.exp(Math.min(50, normalQuantile((1 + level) / 2) * Math.sqrt(variance)));
  const { low, high } = (sizes && drawnInterval(drawn.bootstrap!, sizes, level)) ?? {
    low: found.params / wide,
    high: found.params * wide,
  };
  const half = Math.log(high / low) / 2;
  const line = budgetLine(law, parameters, flops, { held });
  const regret = Math.max(...[low, high].map((params) => line.loss(Math.log(params)) / found.loss - 1), 0);

  const far = outside(base, found);
  const apart = rivals.flatMap(({ optimum, ...basin }) => {
    const distance = optimum ? Math.abs(Math.log(optimum.params / found.params)) : 0;
    return distance > Math.max(half, Math.log(1.25)) ? [{ ...basin, optimum: optimum!, distance }] : [];
  });
  const reach = Math.max(0, ...far.map(({ spans }) => spans));
  const worst = Math.max(half, ...apart.map(({ distance }) => distance / 2));
  const off = offBudget(base);
  const verdict: Identified =
    lost > draws.length / 5 || !(worst <= guessedSize) || reach > 2 * farther
      ? "not-identified"
      : worst > knownSize || apart.length > 0 || lost > draws.length / 20 || reach > 0 || off.length > 0
        ? "weak"
        : "identified";

  const reasons: Reason[] = [];
  if (lost > draws.length / 20)
    reasons.push({
      code: "no-optimum",
      message: `${lost} of ${draws.length} bootstrap draws have no best size at this budget`,
    });
  // what the design lacks explains a wide interval; where that is narrow, the distance is all there is to say
  if (half <= knownSize) reasons.push(...off);
  reasons.push(...(slope ? flawsAlong(evidence, slope) : flaws.map(({ reason }) => reason)));
  const [other] = apart;
  if (other)
    reasons.push({
      code: "several-minima",
      message: `another minimum, ${formatNumber(100 * other.above, 2)} % higher (${other.name}), says ${formatCount(other.optimum.params)}`,
    });
  reasons.push(...far.map(({ reason }) => reason));
  if (half > knownSize) reasons.push(...off);
  if (reasons.length === 0) reasons.push(...(fewRows.length > 0 ? fewRows : [scatter]));
  return {
    flops,
    held,
    params: found.params,
    tokens: found.tokens,
    loss: found.loss,
    interval: { low, high, level },
    regret,
    verdict,
    reasons: verdict === "identified" ? [] : reasons,
  };
}

/** The budget itself, where it lies far outside those that were run. */
function offBudget({ observed, question: { flops } }: Asked): Reason[] {
  const [smallest, largest] = extent(budgetsOf(observed)!);
  const times =
    flops > farBudget * largest
      ? `${formatNumber(flops / largest, 2)} times the largest`
      : flops * farBudget < smallest
        ? `a ${formatNumber(smallest / flops, 2)}th of the smallest`
        : null;
  return times === null
    ? []
    : [
        {
          code: "far-outside",
          message: `${formatFlops(flops)} FLOPs are ${times} budget in the data: so far out the answer is the law's and not theirs`,
        },
      ];
}

/** The sizes and tokens of an answer that lie too far outside the data's, and by how many of their spans. */
function outside(
  { observed }: Asked,
  found: { readonly params: number; readonly tokens: number },
): { readonly spans: number; readonly reason: Reason }[] {
  const sizes = sizesOf(observed)!;
  return (["params", "tokens"] as const).flatMap((quantity) => {
    const [low, high] = extent(sizes[quantity]);
    const off = Math.max(found[quantity] / high, low / found[quantity]);
    const spans = Math.log(off) / Math.log(Math.max(high / low, constantSpan));
    if (!(spans > farther)) return [];
    const those =
      high / low > constantSpan ? `span only ${formatNumber(high / low, 2)}-fold` : "are all the same";
    const message = `its ${quantity} lie ${formatNumber(off, 2)} times outside the data's, which ${those}`;
    return [{ spans, reason: { code: "range-too-short", message } }];
  });
}
