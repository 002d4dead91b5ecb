import type { FrontierFit } from "../fit/index.ts";
import { findHardware, type Hardware, type ParameterConvention } from "../models/index.ts";
import { formatCount, formatFlops, formatNumber } from "../numeric/index.ts";
import type { Basis } from "./basis.ts";
import type { Budget } from "./budget.ts";
import { type ConstrainedPlan, type Constraints, planConstrained } from "./constrained.ts";
import { type Cost, costOf } from "./cost.ts";
import { type DataLimitPlan, planDataLimit } from "./data-limit.ts";
import { type FlatMove, movesAlongBudget } from "./flat.ts";
import { isFrontier } from "./frontier.ts";
import { type InferencePlan, planInference } from "./inference.ts";
import { type LayoutPlan, type LayoutQuestion, planLayout } from "./layout.ts";
import { type Plan, type PlanOptions, plan } from "./optimal.ts";
import { type Placement, placeModels } from "./place.ts";
import { type RivalPlans, rivalPlans } from "./rivals.ts";
import { type Serving, servingOf } from "./serving.ts";
import { planSettings, type SettingsPlan } from "./settings.ts";
import { planShape, type ShapePlan } from "./shape.ts";
import type { ShapeQuestion } from "./shape-search.ts";

/** A plan with everything that follows from it: what a training lead has to decide, and what it rests on. */
export interface Decision extends Plan {
  /** What was asked, in words; null where it was a bare number of FLOPs. */
  readonly asked: Budget | null;
  readonly chosen: {
    /** What the optimum is the best of: `compute` alone, or what else was asked. */
    readonly by: "compute" | "serving" | "data" | "constraints";
    readonly says: string;
  };
  /** The best that the same budget buys free of everything else; null where it is the optimum itself. */
  readonly free: Plan["optimum"] | null;
  readonly cost: Cost | null;
  readonly inference: InferencePlan | null;
  readonly data: DataLimitPlan | null;
  readonly constrained: ConstrainedPlan | null;
  /** What smaller and larger models on the same budget cost and save. */
  readonly moves: readonly FlatMove[];
  readonly shape: ShapePlan | null;
  readonly settings: SettingsPlan | null;
  readonly layout: LayoutPlan | null;
  readonly rivals: RivalPlans | null;
  /** Published models of about the same compute. */
  readonly models: readonly Placement[];
  /** What could not be planned, and why. */
  readonly left: readonly string[];
}

export interface DecideOptions extends PlanOptions {
  /** Hardware of one's own beside the catalogue's. */
  readonly hardware?: readonly Hardware[];
  /** For the shape: the family, the vocabulary, the context. */
  readonly shape?: Partial<ShapeQuestion>;
  readonly serving?: Serving;
}

/** The point that is planned around, and what chose it. */
type Choice = Pick<Decision, "chosen" | "inference" | "data" | "constrained"> & {
  readonly flops: number;
  /** null where the plan for these FLOPs is the answer as it stands. */
  readonly point: Pick<Decision, "optimum" | "intervals" | "extrapolation"> | null;
  readonly warnings: readonly string[];
};

/**
 * The whole answer to a question: the model and the data, their cost, shape, settings and layout, what serving and scarce
 * data make of it, and what others would do.
 *
 * What the optimum is the best of depends on what was asked. A size, an amount of data, a ratio or a loss that is fixed holds
 * ({@link planConstrained}). Scarce data are repeated ({@link planDataLimit}). Money pays for training and for serving
 * ({@link planInference}); a budget in FLOPs, device-hours or time pays for training alone, and serving is answered beside it.
 *
 * @throws when the law has no optimum on the budget, or a target lies below what it ever reaches
 * @example decide({ law: chinchilla, set: "besiroglu2024-refit" }, parseBudget("$2M of H100, served 1e12 tokens", { assume: true }))
 */
export function decide(
  basis: Basis | FrontierFit,
  question: Budget | number,
  { hardware: own = [], shape: family = {}, serving, ...options }: DecideOptions = {},
): Decision {
  const asked = typeof question === "number" ? null : question;
  const choice = isFrontier(basis)
    ? byCompute(frontierBudget(question))
    : choose(basis, question, { ...options, serving });
  const base = plan(basis, choice.flops, options);
  const { optimum, intervals, extrapolation } = choice.point ?? base;
  const { params, tokens, loss } = optimum;
  const left: string[] = [];
  const attempt = <T>(make: () => T): T | null => {
    try {
      return make();
    } catch (error) {
      left.push(error instanceof Error ? error.message : String(error));
      return null;
    }
  };
  const law = isFrontier(basis) ? null : basis;
  const device = asked?.hardware ? findHardware(asked.hardware, own) : null;
  const counting = countings[base.params as ParameterConvention];
  const shape = attempt(() =>
    planShape({
      params,
      tokens,
      interval: intervals?.params ?? null,
      ...(counting && { counting }),
      ...family,
    }),
  );
  const settings = attempt(() =>
    planSettings({ tokens, loss, ...(shape ? { shape: shape.shape } : { params }) }),
  );
  const cost =
    device &&
    attempt(() =>
      costOf({
        flops: choice.flops,
        hardware: device,
        devices: asked!.devices,
        mfu: givenBy(asked!, "mfu"),
        pricePerHourUsd: givenBy(asked!, "pricePerHourUsd"),
        effectiveTime: asked!.effectiveTime,
      }),
    );
  const load = asked?.inference && servingOf(asked.inference, serving);
  const inference =
    choice.inference ??
    (law && load
      ? attempt(() => planInference(law, { ...load, flops: choice.flops, ...surfaceOf(options) }))
      : null);
  const moves =
    law && !choice.data
      ? attempt(() =>
          movesAlongBudget(law, choice.flops, {
            ...(load ?? {}),
            ...(options.flat === undefined ? {} : { flat: options.flat }),
            ...surfaceOf(options),
          }),
        )
      : null;
  const layout =
    device && shape && settings
      ? attempt(() =>
          layoutOf(
            {
              shape: shape.shape,
              hardware: device,
              batchTokens: settings.chosen.batchTokens,
              tokens,
            },
            asked!.devices,
            cost,
          ),
        )
      : null;
  return {
    ...base,
    optimum,
    intervals,
    extrapolation,
    flatRegion: choice.point ? null : base.flatRegion,
    warnings: [...base.warnings, ...choice.warnings],
    asked,
    chosen: choice.chosen,
    free: choice.point && plan(basis, asked?.flops ?? choice.flops, options).optimum,
    cost,
    inference,
    data: choice.data,
    constrained: choice.constrained,
    moves: moves ?? [],
    shape,
    settings,
    layout,
    rivals: attempt(() =>
      rivalPlans(choice.flops, law && !choice.data ? { basis: law, ...surfaceOf(options) } : {}),
    ),
    models: nearest(attempt(() => placeModels(basis, surfaceOf(options)))?.placements ?? [], choice.flops),
    left,
  };
}

/** The question's own words for what it is the best of. */
function choose(basis: Basis, question: Budget | number, options: DecideOptions): Choice {
  if (typeof question === "number") return byCompute(question);
  const { flops, uniqueTokens, inference } = question;
  const constraints = constraintsOf(question);
  if (Object.keys(constraints).length > 0) return held(basis, question, constraints, options);
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
      chosen: {
        by: "data",
        says: `there are ${formatCount(uniqueTokens)} unique tokens, which are read ${formatNumber(made.optimum.epochs, 3)} times`,
      },
      point: {
        optimum: { params, tokens, loss, tokensPerParam: tokens / params },
        intervals: made.intervals.params && { ...made.intervals, tokensPerParam: null },
        extrapolation: made.extrapolation,
      },
      warnings: [
        ...made.warnings,
        ...(inference ? ["Scarce data and serving were planned one after the other, not together."] : []),
      ],
    };
  }
  const paysForAll = question.limits.some(({ kind, binding }) => kind === "costUsd" && binding);
  if (!inference || !paysForAll) return free;
  const { served, serving } = servingOf(inference, options.serving);
  const made = planInference(basis, {
    served,
    serving,
    lifetimeFlops: flops,
    ...surfaceOf(options),
    ...levelOf(options),
  });
  const { params, tokens, tokensPerParam, trainingFlops } = made.optimum;
  return {
    ...free,
    flops: trainingFlops,
    inference: made,
    chosen: {
      by: "serving",
      says: `the money pays for training and for serving ${formatCount(made.servedTokens)} tokens: ${formatNumber((100 * trainingFlops) / flops, 3)} % of it trains`,
    },
    point: {
      optimum: { params, tokens, loss: made.loss, tokensPerParam },
      intervals: made.intervals.params && {
        params: made.intervals.params,
        tokens: made.intervals.tokens,
        loss: made.intervals.loss,
        tokensPerParam: made.intervals.tokensPerParam,
      },
      extrapolation: made.extrapolation,
    },
    warnings: made.warnings,
  };
}

/** A size, data, a ratio or a loss that is fixed: they hold, and a budget beside them says whether they can be paid. */
function held(basis: Basis, question: Budget, constraints: Constraints, options: DecideOptions): Choice {
  const budget = question.flops;
  const given = Object.keys(constraints).length;
  // a budget beside a loss is what may be spent on it, beside one other thing it fixes the plan
  const fixes = budget !== null && given === 1 && constraints.loss === undefined;
  const made = planConstrained(basis, fixes ? { ...constraints, flops: budget } : constraints, {
    ...surfaceOf(options),
    ...levelOf(options),
  });
  const { point, intervals } = made;
  const over = budget === null ? 0 : point.flops / budget;
  const said = Object.entries(constraints)
    .map(([name, value]) => `${spoken[name as keyof Constraints]} ${formatCount(value, 4)}`)
    .join(" and ");
  return {
    flops: point.flops,
    inference: null,
    data: null,
    constrained: made,
    chosen: { by: "constraints", says: `held to ${said}${fixes ? " on the budget" : ""}` },
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
      ...(over > 1.001
        ? [
            `It takes ${formatFlops(point.flops)} FLOPs, ${formatNumber(over, 3)} times the budget of ${formatFlops(budget!)}: ask for less, or for the best on the budget alone.`,
          ]
        : []),
    ],
  };
}

const spoken: Readonly<Record<keyof Constraints, string>> = {
  flops: "a budget of",
  loss: "a loss of",
  params: "a size of",
  tokens: "tokens of",
  tokensPerParam: "tokens per parameter of",
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

function byCompute(flops: number): Choice {
  return {
    flops,
    point: null,
    inference: null,
    data: null,
    constrained: null,
    chosen: { by: "compute", says: "the lowest loss that the compute buys" },
    warnings: [],
  };
}

function frontierBudget(question: Budget | number): number {
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

/** On the devices that were said; else on as many, a power of two, as take about a month, or the fewest that hold the model. */
function layoutOf(question: LayoutQuestion, said: number | null, cost: Cost | null): LayoutPlan {
  if (said !== null) return planLayout({ ...question, devices: said });
  const month = cost === null ? 1 : 2 ** Math.max(0, Math.round(Math.log2(cost.deviceHours / (30 * 24))));
  const made = planLayout({ ...question, devices: month });
  return made.best ? made : planLayout(question);
}

/** What was said and not assumed: costOf assumes the rest itself, and says so. */
const givenBy = (asked: Budget, name: "mfu" | "pricePerHourUsd"): number | null =>
  asked.assumed.some(({ quantity }) => quantity === name) ? null : asked[name];

const countings: Partial<Record<ParameterConvention, "total" | "nonEmbedding" | "active">> = {
  total: "total",
  nonEmbedding: "nonEmbedding",
  active: "active",
};

const surfaceOf = ({
  held: at,
  flopsPerToken,
}: DecideOptions): Pick<PlanOptions, "held" | "flopsPerToken"> => ({
  ...(at === undefined ? {} : { held: at }),
  ...(flopsPerToken === undefined ? {} : { flopsPerToken }),
});
const levelOf = ({ level }: DecideOptions): Pick<PlanOptions, "level"> =>
  level === undefined ? {} : { level };

/** Three models whose compute is nearest on a log scale. */
function nearest(placements: readonly Placement[], flops: number): readonly Placement[] {
  const far = ({ flops: own }: Placement): number => Math.abs(Math.log(own / flops));
  return [...placements].sort((x, y) => far(x) - far(y)).slice(0, 3);
}
