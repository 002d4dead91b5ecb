import type { FrontierFit } from "../fit/index.ts";
import { outputUnit } from "../laws/index.ts";
import { findHardware, type Hardware, type ParameterConvention } from "../models/index.ts";
import { formatFlops, formatGrouped, formatNumber } from "../numeric/index.ts";
import type { Basis } from "./basis.ts";
import type { Budget } from "./budget.ts";
import { byCompute, type Choice, choose, frontierBudget, levelOf, loadOf, surfaceOf } from "./choice.ts";
import { type ConstrainedPlan, planConstrained } from "./constrained.ts";
import { type Cost, costOf } from "./cost.ts";
import { type DataLimitPlan, planDataLimit } from "./data-limit.ts";
import { type FlatMove, movesAlongBudget } from "./flat.ts";
import { isFrontier } from "./frontier.ts";
import { type InferencePlan, planInference } from "./inference.ts";
import { type LayoutPlan, type LayoutQuestion, planLayout } from "./layout.ts";
import { type Plan, type PlanOptions, plan } from "./optimal.ts";
import { type Placement, placeModels } from "./place.ts";
import { guessing, openRepeating } from "./repetition.ts";
import { type RivalPlans, rivalPlans } from "./rivals.ts";
import { devicesForLatency, type Serving } from "./serving.ts";
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

/** Three models whose compute is nearest on a log scale. */
function nearestModels(flops: number): typeof worldModels {
  const far = ({ activeParams, tokens }: (typeof worldModels)[number]): number =>
    Math.abs(Math.log((6 * activeParams! * tokens!) / flops));
  return worldModels
    .filter(({ activeParams, tokens }) => activeParams !== null && tokens !== null)
    .sort((x, y) => far(x) - far(y))
    .slice(0, 3);
}
