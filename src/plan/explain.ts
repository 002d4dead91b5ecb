import { dataConstrained, formulaOf, type Law, outputUnit, tokenCost } from "../laws/index.ts";
import { formatNumber, formulaText, numberText } from "../numeric/index.ts";
import type { Decision } from "./decide.ts";
import type { Plan } from "./optimal.ts";
import { servedTokensFor, sizeElasticities } from "./ratio.ts";

/** One step of a plan's arithmetic: what it is, the formula, the same with numbers, and who says so. */
export interface ExplainedStep {
  readonly what: string;
  readonly formula: string;
  readonly numbers: string;
  readonly value: number | null;
  readonly unit: string;
  readonly source: string | null;
}

/**
 * A plan line by line: each number with its formula, its ingredients and its source, so that it can be followed by hand.
 *
 * @param law the law of the plan's basis; null where it rests on a fit by approach 1 or 2, which has none
 * @example planExplain(made, chinchilla).map(({ what, numbers }) => `${what}: ${numbers}`)
 */
export function planExplain(plan: Planned, law: Law | null): ExplainedStep[] {
  return [...(law ? byLaw(plan, lawOf(plan, law)) : byFrontier(plan)), ...aroundIt(plan)];
}

/** A plan, with what chose its point where `decide` made it. */
export type Planned = Plan & Partial<Pick<Decision, "chosen" | "inference" | "constrained">>;

/** The law that stands in the plan: that of repetition where a fit of chinchilla was given it. */
export function lawOf({ held }: Plan, law: Law): Law {
  return held.uniqueTokens !== undefined && law.inputs.uniqueTokens === undefined ? dataConstrained : law;
}

/** True where the point is the best of its training budget, as the formula has it. */
export function isBudgetsBest({ chosen, constrained }: Planned): boolean {
  return (
    (chosen?.by !== "serving" && chosen?.by !== "constraints") ||
    (constrained != null && Object.keys(constrained.constraints).length === 1)
  );
}

const digits = (value: number): string => numberText(Number(value.toPrecision(6)));

/** What a token costs, as a formula in N. */
export function costFormula({ budget: { convention } }: Plan): string {
  return convention === "6ND" ? "6 * N" : convention;
}

function byLaw(plan: Planned, law: Law): ExplainedStep[] {
  const { optimum, parameters, held, budget } = plan;
  const { params: N, tokens: D } = optimum;
  const cost = costFormula(plan);
  const cited = citation(law);
  const from = coefficientsFrom(plan);
  const formula = formulaOf(law);
  const letters: Record<string, number> = { ...parameters };
  for (const [quantity, letter] of Object.entries(law.inputs))
    if (held[quantity] !== undefined) letters[letter] = held[quantity];
  const known = (also: Readonly<Record<string, number>>) => (name: string) => {
    const value = also[name] ?? letters[name];
    return value === undefined ? name : digits(value);
  };
  const inputs: Record<string, number> = { ...held };
  for (const quantity of Object.keys(law.inputs)) inputs[quantity] ??= sizeOf(quantity, plan);
  const at = Object.fromEntries(
    Object.entries(law.inputs).map(([quantity, letter]) => [letter, inputs[quantity]!]),
  );
  const slope = sizeElasticities(law, parameters, inputs);
  const costOf = tokenCost(law, cost.replaceAll(/\bN\b/g, law.inputs.params ?? "N"), held);
  const costSlope = Math.log(costOf(N * 1.0001) / costOf(N / 1.0001)) / (2 * Math.log(1.0001));
  const unit = outputUnit(law);
  return [
    step("budget", "C", digits(budget.flops), budget.flops, "FLOPs", plan.chosen?.says ?? "as asked"),
    step("law", formulaText(formula), formulaText(formula, { rename: known({}) }), null, unit, cited),
    step("coefficients", Object.keys(parameters).join(", "), pairs(parameters), null, "", from),
    step(
      "tokens that the budget pays",
      `D = C / (${cost})`,
      `D = ${digits(budget.flops)} / (${cost})`,
      null,
      "tokens",
      null,
    ),
    step("best size", ...choiceOf(plan, cost), N, "parameters", sourceOf(plan)),
    step(
      "its data",
      `D* = C / (${cost}), N = N*`,
      `D* = ${digits(budget.flops)} / ${digits(budget.flops / D)}`,
      D,
      "tokens",
      null,
    ),
    step("ratio", "D* / N*", `${digits(D)} / ${digits(N)}`, D / N, "tokens per parameter", null),
    step(
      "loss there",
      formulaText(formula),
      formulaText(formula, { rename: known(at) }),
      optimum.loss,
      unit,
      null,
    ),
    ...(isBudgetsBest(plan)
      ? [
          step(
            "check: at the best size neither end pulls",
            "d ln L / d ln N = d ln c / d ln N * d ln L / d ln D, c being the FLOPs of a token",
            `${formatNumber(slope.params, 5)} = ${formatNumber(costSlope, 5)} * ${formatNumber(slope.tokens, 5)}`,
            slope.params,
            "",
            null,
          ),
        ]
      : []),
    ...(plan.chosen?.by === "serving" && plan.inference
      ? [
          step(
            "check: the served tokens for which this is the cheapest, weighed",
            "I = 3 * D * (d ln L / d ln N / (d ln L / d ln D) / (d ln c / d ln N) - 1)",
            `3 * ${digits(D)} * (${formatNumber(slope.params, 5)} / ${formatNumber(slope.tokens, 5)} / ${formatNumber(costSlope, 5)} - 1), of ${digits(plan.inference.weighedTokens)} asked`,
            servedTokensFor(slope, { params: N, tokens: D }, costOf),
            "tokens",
            null,
          ),
        ]
      : []),
  ];
}

/** How the size was chosen: the formula, and the same with the numbers. */
function choiceOf(plan: Planned, cost: string): [formula: string, numbers: string] {
  const { chosen, inference, constrained, optimum } = plan;
  const N = `N* = ${digits(optimum.params)}`;
  if (chosen?.by === "serving" && inference) {
    const { loss, lifetimeFlops } = inference.question;
    const life = `(${cost}) * (D + I / 3)`;
    return lifetimeFlops === undefined
      ? [
          `N* = argmin over N, D of ${life} where L(N, D) = l`,
          `l = ${digits(loss!)}, I = ${digits(inference.weighedTokens)}, ${N}`,
        ]
      : [
          `N* = argmin over N, D of L(N, D) where ${life} = C_life`,
          `C_life = ${digits(lifetimeFlops)}, I = ${digits(inference.weighedTokens)}, ${N}`,
        ];
  }
  if (chosen?.by === "constraints" && constrained) {
    const given = Object.entries(constrained.constraints).map(
      ([name, value]) => `${name} = ${digits(value)}`,
    );
    return [`N* by ${Object.keys(constrained.constraints).join(" and ")}`, `${given.join(", ")}: ${N}`];
  }
  return [`N* = argmin over N of L(N, C / (${cost}))`, N];
}

function sourceOf({ chosen, inference, constrained }: Planned): string {
  if (chosen?.by === "serving" && inference) return inference.source;
  if (chosen?.by === "constraints" && constrained) return constrained.source;
  return "Hoffmann et al. 2022, eq. 1, https://arxiv.org/abs/2203.15556";
}

function byFrontier({ optimum, parameters, budget, basis }: Plan): ExplainedStep[] {
  const { k, a, q, b } = parameters;
  const from =
    basis.kind === "frontier" ? `approach ${basis.approach} (${basis.method}) on ${basis.origin}` : null;
  const power = (x: number, y: number): string => `${digits(x)} * ${digits(budget.flops)}^${digits(y)}`;
  return [
    step("budget", "C", digits(budget.flops), budget.flops, "FLOPs", "as asked"),
    step("best size", "N* = k * C^a", power(k!, a!), optimum.params, "parameters", from),
    step("its data", "D* = q * C^b", power(q!, b!), optimum.tokens, "tokens", from),
    step(
      "ratio",
      "D* / N*",
      `${digits(optimum.tokens)} / ${digits(optimum.params)}`,
      optimum.tokensPerParam,
      "tokens per parameter",
      null,
    ),
  ];
}

/** What stands beside the optimum: the flat region, the intervals, how far outside the data. */
function aroundIt({ flatRegion, intervals, extrapolation, optimum }: Plan): ExplainedStep[] {
  const steps: ExplainedStep[] = [];
  if (flatRegion && optimum.loss !== null) {
    const [low, high] = flatRegion.params;
    steps.push(
      step(
        "sizes that hardly lose",
        "all N with L(N, C / c(N)) <= L* + tolerance",
        `${digits(low)} … ${digits(high)}, tolerance ${digits(flatRegion.tolerance)}`,
        null,
        "parameters",
        "seeds differ by 0.02 nats: Kaplan et al. 2020, section 3, https://arxiv.org/abs/2001.08361",
      ),
    );
  }
  for (const [quantity, interval] of Object.entries(intervals ?? {}))
    if (interval)
      steps.push(
        step(
          `${quantity}, ${formatNumber(100 * interval.level, 3)} % interval`,
          "quantiles of the optimum of every joint draw of the fit",
          `${digits(interval.low)} … ${digits(interval.high)}`,
          null,
          "",
          `${interval.method} of the fit's draws`,
        ),
      );
  for (const { quantity, factor, side, nearest } of extrapolation ?? [])
    steps.push(
      step(
        `outside the data in ${quantity}`,
        side === "above" ? "value / largest in the data" : "smallest in the data / value",
        `${formatNumber(factor, 3)}, the data ending at ${digits(nearest)}`,
        factor,
        "times",
        "the range of the data behind the coefficients",
      ),
    );
  return steps;
}

function step(
  what: string,
  formula: string,
  numbers: string,
  value: number | null,
  unit: string,
  source: string | null,
): ExplainedStep {
  return { what, formula, numbers, value, unit, source };
}

/** What a law takes at the plan's point. */
function sizeOf(quantity: string, { optimum, budget }: Plan): number {
  const sizes: Readonly<Record<string, number>> = {
    params: optimum.params,
    tokens: optimum.tokens,
    flops: budget.flops,
    tokensPerParam: optimum.tokensPerParam,
  };
  return sizes[quantity] ?? Number.NaN;
}

/** Authors, year, place and address of a law's formula. */
export function citation({ source: { authors, year, where, url } }: Law): string {
  return [`${authors} ${year}`, where, url].filter((part) => part !== "").join(", ");
}

/** Where a plan's coefficients are from. */
export function coefficientsFrom({ basis }: Plan): string {
  if (basis.kind === "published") return basis.from;
  if (basis.kind === "given") return "as given";
  return `fitted to ${basis.rows} rows of ${basis.origin} (${basis.hash})`;
}

const pairs = (numbers: Readonly<Record<string, number>>): string =>
  Object.entries(numbers)
    .map(([name, value]) => `${name} = ${digits(value)}`)
    .join(", ");
