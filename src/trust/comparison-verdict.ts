import { formatCount, formatNumber } from "../numeric/index.ts";
import type { HoldoutDesign, RankedLaw } from "./comparison.ts";
import { isPattern } from "./residual-patterns.ts";

/** AICc differences up to this leave a law substantial support (Burnham and Anderson 2002, section 2.6). */
const substantial = 2;

/** A share as a percentage of two digits. */
const percent = (share: number): string => `${formatNumber(100 * share, 2)} %`;

/** Which law extrapolates best, and whether that is more than chance. */
export function verdictOf(
  ranked: readonly RankedLaw[],
  holdout: HoldoutDesign | null,
  level: number,
): string {
  const [best, ...rivals] = ranked as [RankedLaw, ...RankedLaw[]];
  const byAicc = ranked.find(({ aicc }) => aicc?.difference === 0);
  if (!holdout || !best.heldOut) {
    const near = ranked.filter(({ aicc }) => aicc && aicc.difference > 0 && aicc.difference <= substantial);
    const like =
      near.length === 0
        ? ""
        : `, too little below that of ${listed(near.map(({ law }) => law))} to choose by`;
    return byAicc
      ? `Nothing could be held out, so extrapolation was not judged. Within the data ${byAicc.law} has the lowest AICc${like}.`
      : "Nothing could be held out and AICc needs more rows: these runs don't choose a law.";
  }
  const scales =
    holdout.folds.length === 1 ? "the held-out runs" : `the next of ${holdout.folds.length} scales`;
  const said: string[] = [];
  const miss = `it misses ${scales} by ${percent(best.heldOut.error)} on average`;
  if (rivals.length === 0) said.push(`${best.law} stands alone: ${miss}.`);
  else {
    const tied = rivals.filter(({ margin }) => !margin?.apart);
    const beaten = rivals.filter(({ margin }) => margin?.apart);
    if (tied.length === 0) said.push(`${best.law} extrapolates best: ${miss}.`);
    else
      said.push(
        `${best.law} extrapolates best by a margin that means little: ${miss}, and ${listed(tied.map(({ law }) => law))} cannot be told apart from it.`,
      );
    if (beaten.length > 0) {
      const next = beaten[0]!;
      said.push(
        `${next.law} misses by ${percent(next.margin!.difference)} more (${formatNumber(100 * level, 3)} % interval ${percent(next.margin!.low)} to ${percent(next.margin!.high)})${beaten.length > 1 ? `, ${listed(beaten.slice(1).map(({ law }) => law))} by more` : ""}.`,
      );
    }
  }
  if (byAicc && best.aicc && best.aicc.difference > substantial)
    said.push(
      `Within the data AICc prefers ${byAicc.law}, by ${formatNumber(best.aicc.difference, 3)}${byAicc.margin?.apart ? ": what fits best here does not extrapolate best" : ""}.`,
    );
  const alike = rivals.filter(({ margin }) => !margin?.apart);
  const optima = [best, ...alike].flatMap(({ optimum }) => (optimum ? [optimum.params] : []));
  if (optima.length > 1) {
    const [low, high] = [Math.min(...optima), Math.max(...optima)];
    if (high > 1.05 * low)
      said.push(
        `The laws that can't be told apart put N* between ${formatCount(low)} and ${formatCount(high)}.`,
      );
  }
  return said.join(" ");
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** A coverage so far below its level is said, if a true one would leave so few runs inside less than once in so many times. */
const [short, oneIn] = [0.1, 50];

/** The fewest scales at which one sign throughout is no coin's doing: 2 · 2⁻⁶ = 3 %. */
const scalesOfOneSign = 6;

/** A bias below this share is no matter. */
const biased = 1e-3;

/** Whether intervals of this level hold so small a share by more than chance, by the binomial's tail. */
function fallsShort({ level, share }: { level: number; share: number }, held: number): boolean {
  let [tail, log] = [0, held * Math.log1p(-level)];
  for (let k = 0; k <= Math.round(share * held); k++) {
    tail += Math.exp(log);
    log += Math.log(((held - k) / (k + 1)) * (level / (1 - level)));
  }
  return share < level - short && tail < 1 / oneIn;
}

/** What to be wary of in a comparison. */
export function warningsOf(
  ranked: readonly RankedLaw[],
  holdout: HoldoutDesign | null,
  why: string | null,
): string[] {
  const warnings: string[] = [];
  if (why !== null) warnings.push(why);
  const best = ranked[0]!;
  if (why === null && !holdout)
    warnings.push(`Too few rows to hold any out${best.aicc ? ": the laws are ranked by AICc" : ""}.`);
  if (holdout && holdout.by !== null && holdout.folds.length < 4)
    warnings.push(
      `Only ${holdout.folds.length} ${holdout.folds.length === 1 ? "scale was" : "scales were"} held out: the margins rest on little.`,
    );
  const wide = best.heldOut?.coverage?.at(-1);
  const heldRows = holdout?.folds.reduce((sum, fold) => sum + fold.heldRows, 0) ?? 0;
  if (wide && fallsShort(wide, heldRows))
    warnings.push(
      `${best.law}'s ${formatNumber(100 * wide.level, 2)} % intervals held ${percent(wide.share)} of the held-out runs: when it extrapolates they are too narrow.`,
    );
  if (best.heldOut && best.heldOut.folds.length >= scalesOfOneSign && Math.abs(best.heldOut.bias) > biased) {
    const signs = new Set(best.heldOut.folds.map(({ bias }) => Math.sign(bias)));
    if (signs.size === 1)
      warnings.push(
        `${best.law} predicted too ${best.heldOut.bias > 0 ? "high" : "low"} at every held-out scale, by ${percent(Math.abs(best.heldOut.bias))} on average: expect the same beyond the data.`,
      );
  }
  const left = best.residuals.filter(isPattern);
  if (left.length > 0)
    warnings.push(
      `${best.law}'s residuals are not chance along ${listed(left.map(({ quantity }) => quantity))}: it has not quite the right shape, or runs share their noise.`,
    );
  for (const { law, status } of ranked)
    if (status !== "converged" && law === best.law)
      warnings.push(`The fit of ${law} to all runs is ${status}.`);
  return warnings;
}
