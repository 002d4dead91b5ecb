import { formatNumber, median, quantile } from "../numeric/index.ts";
import { type Evidence, flawsAlong } from "./evidence.ts";
import type { Identified, ParameterJudgement, Reason } from "./judgement.ts";
import { predictRows } from "./predict-rows.ts";
import { drawsOfFit, type Parameters, type Reopened } from "./reopen.ts";
import { extent } from "./sizes.ts";

/** A parameter within a quarter of itself is known, beyond a factor of e it is not. */
const [known, guessed] = [0.25, 1];

/** Whether the data pin each free parameter, and why not. */
export function judgeParameters(evidence: Evidence): Record<string, ParameterJudgement> {
  const { kernel, optimum } = evidence.base;
  const jacobian = kernel.jacobian(optimum);
  const draws = drawsOfFit(evidence.drawn)?.all ?? [];
  return Object.fromEntries(
    kernel.names.map((name, j) => [name, judgeParameter(evidence, draws, jacobian[j]!, j)]),
  );
}

/** @param slope ∂residual/∂variable of every row */
function judgeParameter(
  evidence: Evidence,
  draws: readonly Parameters[],
  slope: Float64Array,
  j: number,
): ParameterJudgement {
  const { base, fewRows, scatter } = evidence;
  const name = base.kernel.names[j]!;
  const spread = spreadOf(evidence, draws, j);
  const ends = endReached(base, slope, j);
  const several = otherMinimum(evidence, name);
  const verdict: Identified =
    ends.length > 0 || !(spread <= guessed)
      ? "not-identified"
      : several.length > 0 || spread > known
        ? "weak"
        : "identified";
  const judgement = {
    value: base.parameters[name]!,
    verdict,
    spread: Number.isFinite(spread) ? spread : null,
  };
  if (verdict === "identified") return { ...judgement, reasons: [] };
  const direction = base.optimum.map((_, k) => (k === j ? 1 : 0));
  const reasons = [
    ...ends,
    ...fewRows,
    ...plateaus(base, slope, name),
    ...flawsAlong(evidence, direction),
    ...several,
    ...partner(evidence, j),
  ];
  return { ...judgement, reasons: reasons.length > 0 ? reasons : [scatter] };
}

/** The standard error of a variable: by the draws where there are enough, else by the fit's covariance, else by the Jacobian. */
function spreadOf({ base, drawn, knowledge }: Evidence, draws: readonly Parameters[], j: number): number {
  const { kernel, parameters } = base;
  const name = kernel.names[j]!;
  const positive = base.law.parameters[name]!.in === "positive";
  const size = sizeOf(base.law.parameters[name]!, parameters[name]!);
  const share = positive ? 1 : Math.abs(kernel.slope(base.optimum, j) / size);
  // refits of a flat valley stay where they began: there the Jacobian knows more than they do
  if (draws.length >= 20 && drawn.status !== "not-identified") {
    const values = Float64Array.from(draws, (draw) =>
      positive ? Math.log(draw[name]!) : draw[name]!,
    ).sort();
    // the middle 68 %: a few draws that ran away say nothing of the others
    const half = (quantile(values, 0.84) - quantile(values, 0.16)) / 2;
    return positive ? half : half / size;
  }
  const at = drawn.covariance?.names.indexOf(name) ?? -1;
  if (at >= 0 && drawn.status !== "not-identified")
    return share * Math.sqrt(drawn.covariance!.matrix[at]![at]!);
  return share * Math.sqrt(knowledge.covariance[j * (kernel.size + 1)]!);
}

/** What a spread is a share of: the parameter, or where that is near 0, as it may well be, the middle of its starts. */
function sizeOf({ start }: { readonly start: readonly number[] }, value: number): number {
  return Math.max(Math.abs(value), median(start.map(Math.abs))) || 1;
}

/** A parameter at the end of its range, or one that no residual depends on any more. */
function endReached({ law, kernel, optimum, observed }: Reopened, slope: Float64Array, j: number): Reason[] {
  const name = kernel.names[j]!;
  if (optimum[j]! <= kernel.lower[j]! + 0.5 || optimum[j]! >= kernel.upper[j]! - 0.5)
    return [{ code: "at-bound", message: `${name} ran to the end of its range` }];
  const effect = Math.sqrt(slope.reduce((sum, g) => sum + g * g, 0) / observed.rows);
  return effect < 1e-6 && law.parameters[name]!.in !== "real"
    ? [{ code: "unnoticed", message: `no residual notices ${name}: its term has left the fit` }]
    : [];
}

/** The nearest basin in depth that has another value of the parameter. */
function otherMinimum({ base: { parameters }, rivals }: Evidence, name: string): Reason[] {
  const other = rivals.find(
    ({ parameters: there }) =>
      Math.abs(Math.log(Math.abs(there[name]! / parameters[name]!))) > Math.log(1.25),
  );
  if (!other) return [];
  return [
    {
      code: "several-minima",
      message: `another minimum ${formatNumber(100 * other.above, 2)} % higher has ${name} ${formatNumber(other.parameters[name]!, 3)}`,
    },
  ];
}

/** The parameter that this one is tied to most, where the two can hardly be told apart. */
function partner({ base: { kernel }, knowledge: { covariance } }: Evidence, j: number): Reason[] {
  const n = kernel.size;
  const at = (a: number, b: number): number => covariance[a * n + b]!;
  const correlations = kernel.names.map((_, k) => (k === j ? 0 : at(j, k) / Math.sqrt(at(j, j) * at(k, k))));
  const k = correlations.reduce((best, r, i) => (Math.abs(r) > Math.abs(correlations[best]!) ? i : best), 0);
  if (!(Math.abs(correlations[k]!) > 0.99)) return [];
  return [
    {
      code: "correlated",
      message: `known only together with ${kernel.names[k]} (correlation ${formatNumber(correlations[k]!, 4)})`,
    },
  ];
}

/** A step whose steepness hangs on a run or two: the others lie on the plateaus before and behind it. */
function plateaus({ law, parameters, observed }: Reopened, column: Float64Array, name: string): Reason[] {
  const squares = column.reduce((sum, g) => sum + g * g, 0);
  const fourth = column.reduce((sum, g) => sum + g ** 4, 0);
  const informed = squares ** 2 / fourth;
  if (!(informed < 3) || observed.rows < 8) return [];
  const predicted = predictRows(law, parameters, observed);
  const [low, high] = extent(predicted);
  const margin = 0.05 * (high - low);
  const between = predicted.filter((y) => y > low + margin && y < high - margin).length;
  if (between > observed.rows / 5) return [];
  return [
    {
      code: "near-separable",
      message: `${observed.rows - between} of ${observed.rows} rows lie on two plateaus and ${between} between: how steep the step is hangs on ${informed < 1.5 ? "one row" : "two rows"}, and ${name} with it`,
    },
  ];
}
