import { formatCount, formatFlops, formatNumber } from "../numeric/index.ts";
import type { Basis } from "./basis.ts";
import type { Budget } from "./budget.ts";
import { type ConstrainedPlan, type Constraints, planConstrained } from "./constrained.ts";
import { planDataLimit } from "./data-limit.ts";
import type { DecideOptions, Decision } from "./decide.ts";
import { planInference } from "./inference.ts";
import type { PlanOptions } from "./optimal.ts";
import { tooManyEpochs } from "./repetition.ts";
import { type Serving, servingCost, servingOf } from "./serving.ts";

/** The point that is planned around, and what chose it. */
export type Choice = Pick<Decision, "chosen" | "inference" | "data" | "constrained"> & {
  readonly flops: number;
  /** null where the plan for these FLOPs is the answer as it stands. */
  readonly point: Pick<Decision, "optimum" | "intervals" | "extrapolation"> | null;
  /** The unique tokens that are read more than once; null where none are. */
  readonly repeated: number | null;
  readonly warnings: readonly string[];
};

/** The question's own words for what it is the best of. */
export function choose(basis: Basis, question: Budget | number, options: DecideOptions): Choice {
  if (typeof question === "number") return byCompute(question);
  const { flops, uniqueTokens, inference, targetLoss } = question;
  const constraints = constraintsOf(question);
  const given = Object.keys(constraints).length;
  if (given === 1 && targetLoss !== null && inference && uniqueTokens === null)
    return overItsLife(basis, question, { loss: targetLoss }, options);
  if (given > 0) return held(basis, question, constraints, options);
  if (flops === null)
    throw new Error(
      `the question "${question.text}" doesn't say how many FLOPs it is: ${question.missing.join("; ")}`,
    );
  const free = byCompute(flops);
  if (uniqueTokens !== null) {
    const made = planDataLimit(basis, { flops, uniqueTokens, ...surfaceOf(options), ...levelOf(options) });
    if (made.unlimited.tokens <= uniqueTokens)
      return {
        ...free,
        data: made,
        chosen: {
          by: "compute",
          says: `${formatCount(uniqueTokens)} unique tokens are enough: the best model reads ${formatCount(made.unlimited.tokens)}`,
        },
      };
    const { params, tokens, loss } = made.optimum;
    return {
      ...free,
      data: made,
      repeated: uniqueTokens,
      chosen: { by: "data", says: readTimes(uniqueTokens, tokens) },
      point: {
        optimum: { params, tokens, loss, tokensPerParam: tokens / params },
        intervals: made.intervals.params && { ...made.intervals, tokensPerParam: null },
        extrapolation: made.extrapolation,
      },
      warnings: [...made.warnings, ...(inference ? [oneAfterTheOther] : [])],
    };
  }
  return inference && moneyBinds(question)
    ? overItsLife(basis, question, { lifetimeFlops: flops }, options)
    : free;
}

/** What is served, at the training's own MFU where serving is weighed by utilisation; null where nothing is. */
export function loadOf(
  { inference, mfu }: Budget,
  more: Serving | undefined,
): ReturnType<typeof servingOf> | null {
  if (!inference) return null;
  const { served, serving } = servingOf(inference, more);
  const isWeighed = Object.keys(serving).length > 0 && mfu !== null;
  return { served, serving: isWeighed ? { trainingUtilisation: mfu, ...serving } : serving };
}

const oneAfterTheOther = "Scarce data and serving were planned one after the other, not together.";

const moneyBinds = ({ limits }: Budget): boolean =>
  limits.some(({ kind, binding }) => kind === "costUsd" && binding);

const readTimes = (uniqueTokens: number, tokens: number): string =>
  `the unique tokens, ${formatCount(uniqueTokens)}, are read ${formatNumber(tokens / uniqueTokens, 3)} times`;

/** Training and serving together: the least loss that the money affords, or the cheapest way to a loss. */
function overItsLife(
  basis: Basis,
  question: Budget,
  quality: { readonly lifetimeFlops: number } | { readonly loss: number },
  options: DecideOptions,
): Choice {
  const made = planInference(basis, {
    ...loadOf(question, options.serving)!,
    ...quality,
    ...surfaceOf(options),
    ...levelOf(options),
  });
  const { params, tokens, tokensPerParam, trainingFlops, lifetimeFlops } = made.optimum;
  const served = formatCount(made.servedTokens);
  const { params: size, ...others } = made.intervals;
  return {
    ...byCompute(trainingFlops),
    inference: made,
    chosen: {
      by: "serving",
      says:
        "loss" in quality
          ? `the cheapest model to train and to serve ${served} tokens, at a loss of ${formatNumber(quality.loss, 4)}`
          : `the money pays for training and for serving ${served} tokens: ${formatNumber((100 * trainingFlops) / quality.lifetimeFlops, 3)} % of it trains`,
    },
    point: {
      optimum: { params, tokens, loss: made.loss, tokensPerParam },
      intervals: size && {
        params: size,
        tokens: others.tokens,
        loss: others.loss,
        tokensPerParam: others.tokensPerParam,
      },
      extrapolation: made.extrapolation,
    },
    warnings: [
      ...made.warnings,
      ...("loss" in quality ? tooDear(question, moneyBinds(question) ? lifetimeFlops : trainingFlops) : []),
    ],
  };
}

/** A budget beside what is wanted: what has to be said where it doesn't reach. */
function tooDear({ flops }: Budget, spent: number): readonly string[] {
  return flops === null || spent <= 1.001 * flops
    ? []
    : [
        `It takes ${formatFlops(spent)} FLOPs, ${formatNumber(spent / flops, 3)} times the budget of ${formatFlops(flops)}: ask for less, or for the best on the budget alone.`,
      ];
}

/** A size, data, a ratio or a loss that is fixed: they hold, and a budget beside them says whether they can be paid. */
function held(basis: Basis, question: Budget, constraints: Constraints, options: DecideOptions): Choice {
  const budget = question.flops;
  const given = Object.keys(constraints).length;
  // a budget beside a loss is what may be spent on it, beside one other thing it fixes the plan
  const fixes = budget !== null && given === 1 && constraints.loss === undefined;
  const { uniqueTokens, inference } = question;
  const load = moneyBinds(question) ? loadOf(question, options.serving) : null;
  const weighed = load && servingCost(load.served, load.serving).weighedTokens;
  const withUnique = (unique: number | null): ConstrainedPlan =>
    planConstrained(basis, fixes ? { ...constraints, flops: budget } : constraints, {
      ...surfaceOf(options),
      ...levelOf(options),
      ...(fixes && weighed !== null ? { weighedTokens: weighed } : {}),
      ...(unique === null ? {} : { uniqueTokens: unique }),
    });
  const fresh = withUnique(null);
  const repeated = uniqueTokens !== null && fresh.point.tokens > uniqueTokens ? uniqueTokens : null;
  const made = repeated === null ? fresh : withUnique(repeated);
  const { point, intervals } = made;
  const said = Object.entries(constraints)
    .map(([name, value]) => spoken[name as keyof Constraints](formatCount(value, 4)))
    .join(" and ");
  return {
    flops: point.flops,
    inference: null,
    data: null,
    constrained: made,
    repeated,
    chosen: {
      by: "constraints",
      says: [
        `held to ${said}${fixes ? " on the budget" : ""}`,
        ...(fixes && inference && weighed !== null
          ? [
              `the money pays for serving ${formatCount(inference.tokens)} tokens too: ${formatNumber((100 * point.flops) / budget, 3)} % of it trains`,
            ]
          : []),
        ...(repeated === null ? [] : [readTimes(repeated, point.tokens)]),
      ].join("; "),
    },
    point: {
      optimum: {
        params: point.params,
        tokens: point.tokens,
        loss: point.loss,
        tokensPerParam: point.tokensPerParam,
      },
      intervals: Object.values(intervals).some((interval) => interval !== null) ? intervals : null,
      extrapolation: made.extrapolation,
    },
    warnings: [
      ...made.warnings,
      ...(repeated === null ? [] : tooManyEpochs(point.tokens / repeated)),
      ...(repeated !== null && inference ? [oneAfterTheOther] : []),
      ...tooDear(question, point.flops * (1 + (weighed ?? 0) / 3 / point.tokens)),
    ],
  };
}

const spoken: Readonly<Record<keyof Constraints, (value: string) => string>> = {
  flops: (value) => `${value} FLOPs`,
  loss: (value) => `a loss of ${value}`,
  params: (value) => `${value} parameters`,
  tokens: (value) => `${value} tokens`,
  tokensPerParam: (value) => `${value} tokens per parameter`,
};

function constraintsOf({ targetLoss, params, tokens, tokensPerParam }: Budget): Constraints {
  const size = {
    ...(params === null ? {} : { params }),
    ...(tokens === null ? {} : { tokens }),
    ...(tokensPerParam === null ? {} : { tokensPerParam }),
  };
  // three that agree are two
  if (Object.keys(size).length === 3) delete size.tokensPerParam;
  return { ...size, ...(targetLoss === null ? {} : { loss: targetLoss }) };
}

export function byCompute(flops: number): Choice {
  return {
    flops,
    point: null,
    repeated: null,
    inference: null,
    data: null,
    constrained: null,
    chosen: { by: "compute", says: "the lowest loss that the compute buys" },
    warnings: [],
  };
}

export function frontierBudget(question: Budget | number): number {
  if (typeof question === "number") return question;
  const { flops, text, missing } = question;
  const goals = [
    ...Object.keys(constraintsOf(question)),
    ...(question.uniqueTokens === null ? [] : ["unique tokens"]),
  ];
  if (goals.length > 0)
    throw new Error(
      `cannot plan "${text}": a fit by approach 1 or 2 says where the best model lies and no losses, so nothing else can be fixed; fit a law (--approach 3)`,
    );
  if (flops === null)
    throw new Error(`the question "${text}" doesn't say how many FLOPs it is: ${missing.join("; ")}`);
  return flops;
}

export const surfaceOf = ({
  held: at,
  flopsPerToken,
}: DecideOptions): Pick<PlanOptions, "held" | "flopsPerToken"> => ({
  ...(at === undefined ? {} : { held: at }),
  ...(flopsPerToken === undefined ? {} : { flopsPerToken }),
});
export const levelOf = ({ level }: DecideOptions): Pick<PlanOptions, "level"> =>
  level === undefined ? {} : { level };
