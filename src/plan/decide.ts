import type { FrontierFit } from "../fit/index.ts";
import { outputUnit } from "../laws/index.ts";
import { findHardware, type Hardware, type ParameterConvention } from "../models/index.ts";
import { formatCount, formatFlops, formatGrouped, formatNumber } from "../numeric/index.ts";
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
import { guessing, openRepeating, tooManyEpochs } from "./repetition.ts";
import { type RivalPlans, rivalPlans } from "./rivals.ts";
import { devicesForLatency, type Serving, servingCost, servingOf } from "./serving.ts";
import { planSettings, type SettingsPlan } from "./settings.ts";
import { planShape, type ShapePlan } from "./shape.ts";
import type { ShapeQuestion } from "./shape-search.ts";
import { worldModels } from "./world-models.ts";

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
  /** The answers at the ends of what is assumed of MFU and price; null where that changes nothing. */
  readonly ends: {
    readonly flops: readonly [number, number];
    readonly low: Plan["optimum"];
    readonly high: Plan["optimum"];
  } | null;
  readonly cost: Cost | null;
  readonly inference: InferencePlan | null;
  /** Devices to spread the model over for a token in the time that was asked; null where none was, or no hardware. */
  readonly latencyDevices: number | null;
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
  /** The unique tokens that are read more than once; null where none are. */
  readonly repeated: number | null;
  readonly warnings: readonly string[];
};

/**
 * The whole answer to a question: the model and the data, their cost, shape, settings and layout, what serving and scarce
 * data make of it, and what others would do.
 *
 * What the optimum is the best of depends on what was asked. A size, an amount of data, a ratio or a loss that is fixed holds
 * ({@link planConstrained}). Scarce data are repeated ({@link planDataLimit}). Money pays for training and for serving, and a
 * loss to be served is reached by the model that is cheapest over its life ({@link planInference}); a budget in FLOPs,
 * device-hours or time pays for training alone, and serving is answered beside it.
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
  const law = isFrontier(basis) ? null : basis;
  const base = { ...plan(basis, choice.flops, options), ...(law && repeating(law, choice, options)) };
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
  const device = asked?.hardware ? findHardware(asked.hardware, own) : null;
  const sixND = base.budget.convention === "6ND";
  // a token costs a mixture the parameters that it passes
  const counting =
    family.family === "moe" && sixND ? "active" : countings[base.params as ParameterConvention];
  const shape = attempt(() => {
    if (!sixND && family.family === undefined && !isFrontier(basis))
      throw new Error(
        `no shape is proposed: a token costs ${base.budget.convention} FLOPs here, which no dense model's does; name the family, as in --family moe`,
      );
    return planShape({
      params,
      tokens,
      interval: intervals?.params ?? null,
      ...(counting && { counting }),
      ...family,
    });
  });
  const inNats = law === null || outputUnit(law.law) === "nats per token";
  const settings = attempt(() =>
    planSettings({ tokens, loss: inNats ? loss : null, ...(shape ? { shape: shape.shape } : { params }) }),
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
  const load = asked && loadOf(asked, serving);
  const inference =
    choice.inference ??
    (law && load
      ? attempt(() =>
          planInference(law, {
            ...load,
            ...(choice.constrained && !choice.repeated ? { loss: loss! } : { flops: choice.flops }),
            ...surfaceOf(options),
            ...levelOf(options),
          }),
        )
      : null);
  const moves =
    law && choice.repeated === null
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
  const bare = withoutDraws(basis);
  return {
    ...base,
    optimum,
    intervals,
    extrapolation,
    flatRegion: choice.point ? null : base.flatRegion,
    warnings: distinct([
      ...(asked?.remarks ?? []),
      ...base.warnings,
      ...choice.warnings,
      ...(inference?.warnings ?? []),
      ...(inNats && loss !== null && loss > guessing
        ? [
            `A loss of ${formatNumber(loss, 3)} nats is worse than giving every one of 50,257 tokens the same chance (${formatNumber(guessing, 3)}): the law is far outside its range.`,
          ]
        : []),
      ...(cost && shape && sixND && shape.flopsPerToken.ratio > 1.05
        ? [
            `The FLOPs are 6ND, without attention, which a published MFU counts: with this shape and its context the training takes about ${formatNumber(100 * (shape.flopsPerToken.ratio - 1), 2)} % more device-hours than are counted here.`,
          ]
        : []),
    ]),
    asked,
    chosen: choice.chosen,
    free: choice.point && freeOf(bare, choice, asked, options),
    ends: asked && attempt(() => endsOf(bare, asked, optimum, { ...options, serving })),
    cost,
    inference,
    latencyDevices:
      device && load && asked.inference?.secondsPerToken
        ? devicesForLatency(params, {
            hardware: device,
            secondsPerToken: asked.inference.secondsPerToken,
            ...load.serving,
          })
        : null,
    data: choice.data,
    constrained: choice.constrained,
    moves: moves ?? [],
    shape,
    settings,
    layout,
    rivals: attempt(() =>
      rivalPlans(choice.flops, law && choice.repeated === null ? { basis: law, ...surfaceOf(options) } : {}),
    ),
    models:
      attempt(() => placeModels(basis, { models: nearestModels(choice.flops), ...surfaceOf(options) }))
        ?.placements ?? [],
    left,
  };
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];

/** The same basis for answers without intervals: a thousand draws are most of a plan's time. */
function withoutDraws(basis: Basis | FrontierFit): Basis | FrontierFit {
  return "bootstrap" in basis ? { ...basis, bootstrap: null } : basis;
}

/** Where data are repeated, the law that knows of it stands in the plan. */
function repeating(basis: Basis, { repeated }: Choice, { held = {} }: DecideOptions): Partial<Plan> {
  if (repeated === null) return {};
  const { law, parameters } = openRepeating(basis).open;
  return { formula: law.formula, parameters, held: { ...held, uniqueTokens: repeated } };
}

/** The best that the budget buys without what else was asked; null where that is the answer already. */
function freeOf(
  bare: Basis | FrontierFit,
  { flops, point, inference }: Choice,
  asked: Budget | null,
  options: DecideOptions,
): Plan["optimum"] | null {
  if (inference?.question.loss !== undefined) return null;
  const free = plan(bare, asked?.flops ?? flops, options).optimum;
  return Math.abs(free.params / point!.optimum.params - 1) < 1e-6 &&
    Math.abs(free.loss! - point!.optimum.loss!) < 1e-6
    ? null
    : free;
}

/** The question again with the FLOPs that the worst and the best of what is assumed make of its money or time. */
function endsOf(
  bare: Basis | FrontierFit,
  asked: Budget,
  optimum: Plan["optimum"],
  options: DecideOptions,
): Decision["ends"] {
  if (!asked.flopsRange) return null;
  const at = (flops: number): Plan["optimum"] => {
    const { point, flops: spent } = isFrontier(bare)
      ? byCompute(flops)
      : choose(bare, { ...asked, flops }, options);
    return point?.optimum ?? plan(bare, spent, options).optimum;
  };
  let [low, high] = [optimum, optimum];
  try {
    [low, high] = [at(asked.flopsRange[0]), at(asked.flopsRange[1])];
  } catch (error) {
    throw new Error(
      `at the ends of what is assumed, ${formatFlops(asked.flopsRange[0])} to ${formatFlops(asked.flopsRange[1])} FLOPs, there is no such plan: ${error instanceof Error ? error.message : error}`,
    );
  }
  const same = (a: Plan["optimum"]): boolean => a.params === optimum.params && a.tokens === optimum.tokens;
  return same(low) && same(high) ? null : { flops: asked.flopsRange, low, high };
}

/** The question's own words for what it is the best of. */
function choose(basis: Basis, question: Budget | number, options: DecideOptions): Choice {
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
function loadOf({ inference, mfu }: Budget, more: Serving | undefined): ReturnType<typeof servingOf> | null {
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

function byCompute(flops: number): Choice {
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
  const sequences = question.batchTokens / question.shape.context;
  const month = cost === null ? 1 : Math.round(Math.log2(cost.deviceHours / (30 * 24)));
  // more devices than a batch can keep busy never fit
  const most = Math.min(month, Math.floor(Math.log2(sequences * 64)));
  for (let power = most; power > Math.max(0, most - 8); power--) {
    const made = planLayout({ ...question, devices: 2 ** power });
    if (made.best)
      return {
        ...made,
        assumed: [
          ...made.assumed,
          `${formatGrouped(2 ** power)} ${made.hardware}, ${power === month ? "the power of two that takes about a month" : "as many as the batch keeps busy"}; say how many there are`,
        ],
      };
  }
  const made = planLayout(question);
  return made.best
    ? {
        ...made,
        assumed: [...made.assumed, `the fewest ${made.hardware} that hold the model; say how many there are`],
      }
    : made;
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
function nearestModels(flops: number): typeof worldModels {
  const far = ({ activeParams, tokens }: (typeof worldModels)[number]): number =>
    Math.abs(Math.log((6 * activeParams! * tokens!) / flops));
  return worldModels
    .filter(({ activeParams, tokens }) => activeParams !== null && tokens !== null)
    .sort((x, y) => far(x) - far(y))
    .slice(0, 3);
}
