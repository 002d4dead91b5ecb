import {
  createKernel,
  drawnInterval,
  type Fit,
  type Floor,
  floorOf,
  inputSpans,
  tiedInputs,
  tiedText,
} from "../fit/index.ts";
import { budgetLine, lawFunction } from "../laws/index.ts";
import {
  formatCount,
  formatFlops,
  formatNumber,
  inverseSymmetric,
  median,
  normalQuantile,
  quadraticForm,
  quantile,
  robustScale,
  seededRandom,
  standardDeviation,
} from "../numeric/index.ts";
import type { BasinMap } from "./basins.ts";
import { rivalShare } from "./basins.ts";
import {
  budgetsOf,
  decisionGradient,
  drawsOfFit,
  type Parameters,
  type Reopened,
  sizesOf,
} from "./reopen.ts";
import { drawnSizes } from "./sensitivity.ts";

/** Whether the data pin a number: within a factor worth planning with, roughly, or not. */
export type Identified = "identified" | "weak" | "not-identified";

/** Why a number is not pinned. */
export interface Reason {
  readonly code:
    | "range-too-short"
    | "one-ratio"
    | "floor-not-reached"
    | "near-separable"
    | "unnoticed"
    | "at-bound"
    | "correlated"
    | "few-rows"
    | "several-minima"
    | "far-outside"
    | "no-optimum"
    | "scatter";
  readonly message: string;
}

export interface ParameterJudgement {
  readonly value: number;
  readonly verdict: Identified;
  /** Its standard error as a share of it (for a positive one, of its logarithm); null where it has none. */
  readonly spread: number | null;
  readonly reasons: readonly Reason[];
}

/** The compute-optimal model for the asked budget, and whether the data can tell it. */
export interface DecisionJudgement {
  readonly flops: number;
  /** Inputs that the budget doesn't set, and their values. */
  readonly held: Readonly<Record<string, number>>;
  readonly params: number;
  readonly tokens: number;
  readonly loss: number;
  /** Of N*: the central share `level` of the joint draws. */
  readonly interval: { readonly low: number; readonly high: number; readonly level: number };
  /** What the less lucky end of the interval costs, as a share of the loss, if the fit itself is right. */
  readonly regret: number;
  readonly verdict: Identified;
  readonly reasons: readonly Reason[];
}

/** Information about the variables: what the fit's draws or its Jacobian say of them. */
export interface Knowledge {
  /** The covariance of the variables by the Jacobian: (JᵀWJ / s² + 1 / (ln 10)²)⁻¹. */
  readonly covariance: Float64Array;
  /** s, the scatter of the runs about the law, on the objective's scale. */
  readonly scatter: number;
}

/** A parameter within a quarter of itself is known, beyond a factor of e it is not. */
const [known, guessed] = [0.25, 1];
/** N* within a factor of 1.5 is known (isoFLOP curves are that flat), beyond four it is not. */
const [knownSize, guessedSize] = [Math.log(1.5), Math.log(4)];
/** An answer farther outside the data than this many times their own span (in logs) rests on the law and not on them. */
const farther = 2;
/** A flaw of the design is a reason where mending it would take this share off the standard error. */
const helps = 0.6;
/** A priori a parameter may be ten times larger or smaller: it keeps the covariance finite where nothing is known. */
const prior = 1 / Math.LN10 ** 2;

/** What the data say of the variables, by the Jacobian, under any design. */
function knowledgeOf(base: Reopened): Knowledge {
  const residuals = base.kernel.residuals(base.optimum);
  const scatter = Math.max(robustScale(residuals), standardDeviation(residuals) / 10, 1e-6);
  return { covariance: covarianceUnder(base, base.observed.columns, scatter), scatter };
}

type Columns = Readonly<Record<string, Float64Array>>;

/** The covariance that runs at these inputs would give, with the same scatter. */
function covarianceUnder(base: Reopened, columns: Columns, scatter: number): Float64Array {
  const { kernel } = base;
  const n = kernel.size;
  const jacobian = jacobianAt(base, columns);
  const information = new Float64Array(n * n);
  for (let j = 0; j < n; j++)
    for (let k = 0; k < n; k++) {
      let sum = j === k ? prior : 0;
      for (let row = 0; row < kernel.rows; row++) {
        const product = (kernel.weights[row]! * jacobian[j]![row]! * jacobian[k]![row]!) / scatter ** 2;
        if (Number.isFinite(product)) sum += product; // a design may reach where the law has no value
      }
      information[j * n + k] = sum;
    }
  return (
    inverseSymmetric(information, n) ??
    information.fill(0).map((_, at) => (at % (n + 1) === 0 ? 1 / prior : 0))
  );
}

/** ∂residual/∂variable at any inputs. */
export function jacobianAt({ law, objective, fixed, optimum }: Reopened, columns: Columns): Float64Array[] {
  const rows = Object.values(columns)[0]!.length;
  // the slope doesn't depend on what was measured; any value with a place on the scale will do
  const target = new Float64Array(rows).fill(0.5);
  return createKernel(law, columns, target, objective, { fixed }).jacobian(optimum);
}

/** A way in which the design falls short: what to say, and the inputs that would not have the flaw. */
interface Flaw extends Reason {
  readonly mended: Columns;
}

/** The flaws of the design that the data show; which of them matter to a number, its variance tells. */
function flawsOf(base: Reopened, scatter: number, floor: Floor | null): Flaw[] {
  const { law, observed, parameters } = base;
  const { columns } = observed;
  const flaws: Flaw[] = [];
  const tied = tiedInputs(law, columns);
  if (tied)
    flaws.push({
      code: "one-ratio",
      message: tiedText(tied),
      mended: { ...columns, [tied.y]: shuffled(columns[tied.y]!) },
    });
  const middle = Object.fromEntries(
    Object.keys(law.inputs).map((quantity) => [quantity, median(columns[quantity]!)]),
  );
  const value = lawFunction(law, parameters);
  for (const { quantity, low, high, factor } of inputSpans(law, columns)) {
    if (factor <= 1) continue;
    const effect = Math.abs(
      Math.log(value({ ...middle, [quantity]: high }) / value({ ...middle, [quantity]: low })),
    );
    const seen = base.objective.scale === "log" ? effect / scatter : Number.POSITIVE_INFINITY;
    if (factor >= 10 && seen >= 20) continue;
    const centre = (Math.log(low) + Math.log(high)) / 2;
    flaws.push({
      code: "range-too-short",
      message: `${
        factor < 30
          ? `${quantity} spans only ${formatNumber(factor, 2)}-fold`
          : `${quantity} spans ${formatNumber(factor, 2)}-fold but hardly matters`
      }${
        Number.isFinite(seen)
          ? `: the ${law.output} moves by ${formatNumber(100 * effect, 2)} % over it, ${formatNumber(seen, 2)} times the runs' scatter`
          : ""
      }`,
      mended: { ...columns, [quantity]: columns[quantity]!.map((x) => Math.exp(2 * Math.log(x) - centre)) },
    });
  }
  if (floor && floor.above > 1.1)
    flaws.push({
      code: "floor-not-reached",
      message: `the lowest ${law.output} is ${formatNumber(100 * (floor.above - 1), 2)} % above the floor ${floor.parameter} = ${formatNumber(floor.value, 3)}: the floor is an extrapolation`,
      mended: Object.fromEntries(
        Object.entries(columns).map(([quantity, column]) => {
          const span = inputSpans(law, columns).find((s) => s.quantity === quantity);
          return [quantity, span ? column.map((x) => (x * x) / span.low) : column];
        }),
      ),
    });
  return flaws;
}

/** The same values in another order: what a design would look like that moved this input on its own. */
function shuffled(column: Float64Array): Float64Array {
  const out = column.slice();
  const random = seededRandom(0);
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

/** Everything that can be said of every parameter and of the decision. */
export function identify(
  base: Reopened,
  drawn: Fit,
  basins: BasinMap,
  level: number,
): {
  parameters: Record<string, ParameterJudgement>;
  decision: DecisionJudgement | null;
  knowledge: Knowledge;
} {
  const { law, kernel, observed, optimum, parameters, question } = base;
  const n = kernel.size;
  const knowledge = knowledgeOf(base);
  const { covariance, scatter } = knowledge;
  const floor = floorOf(law, parameters, observed.columns);
  const flaws = flawsOf(base, scatter, floor).map((flaw) => ({
    ...flaw,
    covariance: covarianceUnder(base, flaw.mended, scatter),
  }));
  const jacobian = kernel.jacobian(optimum);
  const rivals = basins.basins.filter(({ above }, i) => i > 0 && above <= rivalShare);
  const fewRows: Reason[] =
    observed.rows < 2 * n ? [{ code: "few-rows", message: `${observed.rows} runs for ${n} parameters` }] : [];
  const draws = drawsOfFit(drawn)?.all ?? [];
  const scatterReason: Reason = {
    code: "scatter",
    message: `the runs scatter by ${formatNumber(100 * scatter, 2)} % about the law, and there are ${observed.rows} of them`,
  };

  const judged = kernel.names.map((name, j): [string, ParameterJudgement] => {
    const unit = new Float64Array(n);
    unit[j] = 1;
    const spread = spreadOf(base, drawn, draws, j);
    const mended = flaws.filter(({ covariance: other }) => shrink(other, covariance, unit, n) < helps);
    const effect = Math.sqrt(jacobian[j]!.reduce((sum, g) => sum + g * g, 0) / observed.rows);
    const ends: Reason[] =
      optimum[j]! <= kernel.lower[j]! + 0.5 || optimum[j]! >= kernel.upper[j]! - 0.5
        ? [{ code: "at-bound", message: `${name} ran to the end of its range` }]
        : effect < 1e-6 && law.parameters[name]!.in !== "real"
          ? [{ code: "unnoticed", message: `no residual notices ${name}: its term has left the fit` }]
          : [];
    const others = rivals.filter(
      ({ parameters: there }) =>
        Math.abs(Math.log(Math.abs(there[name]! / parameters[name]!))) > Math.log(1.25),
    );
    const several: Reason[] =
      others.length > 0
        ? [
            {
              code: "several-minima",
              message: `another minimum ${formatNumber(100 * others[0]!.above, 2)} % higher has ${name} ${formatNumber(others[0]!.parameters[name]!, 3)}`,
            },
          ]
        : [];
    const verdict: Identified =
      ends.length > 0 || !(spread <= guessed)
        ? "not-identified"
        : several.length > 0 || spread > known
          ? "weak"
          : "identified";
    const judgement = { value: parameters[name]!, verdict, spread: Number.isFinite(spread) ? spread : null };
    if (verdict === "identified") return [name, { ...judgement, reasons: [] }];
    const found: Reason[] = [
      ...ends,
      ...fewRows,
      ...plateaus(base, jacobian[j]!, name),
      ...mended.map(({ code, message }) => ({ code, message })),
      ...several,
      ...partner(base, covariance, j),
    ];
    return [name, { ...judgement, reasons: found.length > 0 ? found : [scatterReason] }];
  });

  const decision =
    question &&
    judgeDecision(base, drawn, level, {
      rivals,
      flaws,
      covariance,
      fallback: [...fewRows, ...(fewRows.length > 0 ? [] : [scatterReason])],
    });
  return { parameters: Object.fromEntries(judged), decision, knowledge };
}

/** The standard error of a variable: by the draws where there are enough, else by the fit's covariance, else by the Jacobian. */
function spreadOf(base: Reopened, drawn: Fit, draws: readonly Parameters[], j: number): number {
  const { kernel, parameters } = base;
  const name = kernel.names[j]!;
  const positive = base.law.parameters[name]!.in === "positive";
  const share = positive ? 1 : Math.abs(kernel.slope(base.optimum, j) / (parameters[name]! || 1));
  // refits of a flat valley stay where they began: there the Jacobian knows more than they do
  if (draws.length >= 20 && drawn.status !== "not-identified") {
    const values = Float64Array.from(draws, (draw) =>
      positive ? Math.log(draw[name]!) : draw[name]!,
    ).sort();
    // the middle 68 %: a few draws that ran away say nothing of the others
    const half = (quantile(values, 0.84) - quantile(values, 0.16)) / 2;
    return positive ? half : half / Math.abs(parameters[name]! || 1);
  }
  const at = drawn.covariance?.names.indexOf(name) ?? -1;
  if (at >= 0 && drawn.status !== "not-identified")
    return share * Math.sqrt(drawn.covariance!.matrix[at]![at]!);
  return share * Math.sqrt(knowledgeOf(base).covariance[j * (kernel.size + 1)]!);
}

/** By how much a design shrinks the standard error along a direction: 0.5 halves it. */
function shrink(after: Float64Array, before: Float64Array, direction: Float64Array, n: number): number {
  return Math.sqrt(quadraticForm(after, direction, n) / quadraticForm(before, direction, n));
}

/** The parameter that this one is tied to most, where the two can hardly be told apart. */
function partner({ kernel }: Reopened, covariance: Float64Array, j: number): Reason[] {
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
function plateaus(base: Reopened, column: Float64Array, name: string): Reason[] {
  const { law, parameters, observed } = base;
  const squares = column.reduce((sum, g) => sum + g * g, 0);
  const fourth = column.reduce((sum, g) => sum + g ** 4, 0);
  const informed = squares ** 2 / fourth;
  if (!(informed < 3) || observed.rows < 8) return [];
  const value = lawFunction(law, parameters);
  const predicted = Float64Array.from({ length: observed.rows }, (_, row) =>
    value(
      Object.fromEntries(
        Object.keys(law.inputs).map((quantity) => [quantity, observed.columns[quantity]![row]!]),
      ),
    ),
  );
  const low = predicted.reduce((x, y) => Math.min(x, y));
  const high = predicted.reduce((x, y) => Math.max(x, y));
  const between = predicted.filter(
    (y) => y > low + 0.05 * (high - low) && y < high - 0.05 * (high - low),
  ).length;
  if (between > observed.rows / 5) return [];
  return [
    {
      code: "near-separable",
      message: `${observed.rows - between} of ${observed.rows} rows lie on two plateaus and ${between} between: how steep the step is hangs on ${informed < 1.5 ? "one row" : "two rows"}, and ${name} with it`,
    },
  ];
}

function judgeDecision(
  base: Reopened,
  made: Fit,
  level: number,
  {
    rivals,
    flaws,
    covariance,
    fallback,
  }: {
    rivals: BasinMap["basins"];
    flaws: readonly (Reason & { readonly covariance: Float64Array })[];
    covariance: Float64Array;
    fallback: readonly Reason[];
  },
): DecisionJudgement | null {
  const { law, kernel, parameters, observed, decide } = base;
  const { flops, held } = base.question!;
  const found = decide(parameters);
  if (!found) return null;
  const drawn = drawnSizes(made, base);
  const interval = drawn && drawnInterval(made.bootstrap!, drawn, level);
  const draws = drawn?.draws ?? [];
  const lost = draws.filter(Number.isNaN).length;
  const slope = decisionGradient(base);
  const n = kernel.size;
  // without draws, by the Jacobian
  const deviation = Math.sqrt(slope ? quadraticForm(covariance, slope, n) : Number.POSITIVE_INFINITY);
  const wide = Math.exp(Math.min(50, normalQuantile((1 + level) / 2) * deviation));
  const { low, high } = interval ?? { low: found.params / wide, high: found.params * wide };
  const half = Math.log(high / low) / 2;
  const line = budgetLine(law, parameters, flops, { held });
  const regret = Math.max(...[low, high].map((params) => line.loss(Math.log(params)) / found.loss - 1), 0);
  const largest = budgetsOf(observed)!.reduce((x, y) => Math.max(x, y));

  const mended = slope
    ? flaws.filter((flaw) => shrink(flaw.covariance, covariance, slope, n) < helps)
    : flaws;
  const apart = rivals.filter(
    ({ optimum: there }) =>
      there && Math.abs(Math.log(there.params / found.params)) > Math.max(half, Math.log(1.25)),
  );
  const sizesHere = sizesOf(observed)!;
  const beyond = (["params", "tokens"] as const).flatMap((quantity) => {
    const values = sizesHere[quantity];
    const low = values.reduce((x, y) => Math.min(x, y));
    const high = values.reduce((x, y) => Math.max(x, y));
    const off = Math.max(found[quantity] / high, low / found[quantity]);
    const spans = Math.log(off) / Math.log(Math.max(high / low, 1.05));
    return spans > farther
      ? [
          {
            spans,
            message: `its ${quantity} lie ${formatNumber(off, 2)} times outside the data's, which span only ${formatNumber(high / low, 2)}-fold`,
          },
        ]
      : [];
  });
  const reasons: Reason[] = [
    ...(lost > draws.length / 20
      ? [
          {
            code: "no-optimum" as const,
            message: `${lost} of ${draws.length} bootstrap draws have no best size at this budget`,
          },
        ]
      : []),
    ...mended.map(({ code, message }) => ({ code, message })),
    ...(apart.length > 0
      ? [
          {
            code: "several-minima" as const,
            message: `another minimum, ${formatNumber(100 * apart[0]!.above, 2)} % higher (${apart[0]!.name}), says ${formatCount(apart[0]!.optimum!.params)}`,
          },
        ]
      : []),
    ...beyond.map(({ message }) => ({ code: "range-too-short" as const, message })),
    ...(flops > 100 * largest
      ? [
          {
            code: "far-outside" as const,
            message: `${formatFlops(flops)} FLOPs are ${formatNumber(flops / largest, 2)} times the largest budget in the data`,
          },
        ]
      : []),
  ];
  const reach = Math.max(0, ...beyond.map(({ spans }) => spans));
  const worst = Math.max(
    half,
    ...apart.map(({ optimum: there }) => Math.abs(Math.log(there!.params / found.params)) / 2),
  );
  const verdict: Identified =
    lost > draws.length / 5 || !(worst <= guessedSize) || reach > 2 * farther
      ? "not-identified"
      : worst > knownSize || apart.length > 0 || lost > draws.length / 20 || reach > 0
        ? "weak"
        : "identified";
  const kept = verdict === "identified" ? [] : reasons.length > 0 ? reasons : fallback;
  return {
    flops,
    held,
    params: found.params,
    tokens: found.tokens,
    loss: found.loss,
    interval: { low, high, level },
    regret,
    verdict,
    reasons: kept,
  };
}
