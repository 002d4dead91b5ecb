import {
  formatCount,
  formatDollars,
  formatDuration,
  formatFlops,
  formatGrouped,
  formatNumber,
} from "../numeric/index.ts";
import type { Decision, LayoutPlan, Plan, SettingsPlan, ShapePlan } from "../plan/index.ts";
import type { Paint } from "./answer.ts";
import { basisText } from "./basis.ts";
import { costRange, energyText, massText } from "./budget-text.ts";
import {
  conventionText,
  extrapolationText,
  spanText,
  unitOf,
  valueText,
  valueWithUnit,
} from "./quantity-text.ts";
import { columns, labelled, warned, wrap } from "./text.ts";

/** A plan as a page: what was asked, the answer, how to build it, what it costs, what else there is, and the doubts. */
export function planLines(made: Decision, unit: string, paint: Paint): string[] {
  const warnings = [
    ...new Set([...made.warnings, ...(made.settings?.warnings ?? []), ...(made.shape?.warnings ?? [])]),
  ];
  return [
    ...questionLines(made, paint),
    ...answerLines(made, unit, paint),
    ...section("Build", buildLines(made), paint),
    ...section("Pay", payLines(made), paint),
    ...section(
      made.chosen.by === "compute"
        ? "Move along the budget"
        : "Move along the FLOPs, around their best model",
      moveLines(made),
      paint,
    ),
    ...section("What others would do with it", rivalLines(made), paint),
    ...section("Published models of such compute", modelLines(made), paint),
    ...section("Assumed", assumedLines(made), paint),
    ...(warnings.length + made.left.length > 0
      ? [
          "",
          ...warnings.flatMap((text) => warned(text, paint)),
          ...made.left.flatMap((text) => warned(text, paint)),
        ]
      : []),
  ];
}

function section(title: string, lines: readonly string[], paint: Paint): string[] {
  return lines.length === 0 ? [] : ["", paint.bold(title), ...lines];
}

/** What was asked, where that is more than a number of FLOPs. */
function questionLines({ asked, chosen }: Decision, paint: Paint): string[] {
  if (!asked) return [];
  const steps = asked.steps.filter((step) => !step.startsWith("assumed:"));
  return [
    ...wrap(paint.bold(asked.text)),
    ...steps.flatMap((step) => wrap(step, { first: "  ", rest: "    " })),
    ...(chosen.by === "compute" && asked.uniqueTokens === null
      ? []
      : wrap(chosen.says, { first: "  ", rest: "    " })),
    "",
  ];
}

function answerLines(made: Decision, unit: string, paint: Paint): string[] {
  const { basis, optimum, intervals, flatRegion, budget, free } = made;
  const level = intervals && Object.values(intervals).find((interval) => interval !== null)?.level;
  const rows = (["params", "tokens", "tokensPerParam", "loss"] as const).flatMap((quantity) => {
    const value = optimum[quantity];
    if (value === null) return [];
    const interval = intervals?.[quantity];
    const measured = quantity === "loss" ? `${unit}, predicted` : unitOf(quantity);
    const cells = [letters[quantity], paint.bold(valueText(quantity, value))];
    return level
      ? [[...cells, interval ? spanText(quantity, [interval.low, interval.high]) : "–", measured]]
      : [[...cells, measured]];
  });
  const head = level ? ["", "best", `${formatNumber(100 * level, 3)} % interval`, ""] : null;
  const held = Object.entries(made.held).map(
    ([quantity, value]) => `${quantity} = ${valueWithUnit(quantity, value)}`,
  );
  const wanted = made.chosen.by === "constraints" || made.inference?.question.loss !== undefined;
  const verb = wanted && made.chosen.by !== "compute" ? "train" : "buy best";
  return [
    ...wrap(
      `${paint.bold(`${formatFlops(budget.flops)} FLOPs`)} (${conventionOf(made).short}) ${verb}, by ${basisText(basis)}:`,
    ),
    "",
    ...columns(head ? [head.map(paint.dim), ...rows] : rows, { align: ["left", "right"] }),
    "",
    ...(flatRegion
      ? labelled(
          "flat",
          `${spanText("params", flatRegion.params)} parameters, on ${spanText("tokens", [flatRegion.tokens[1], flatRegion.tokens[0]])} tokens, lose at most ${formatNumber(flatRegion.tolerance, 2)} more`,
        )
      : []),
    ...(free ? labelled("else", freeText(made, free)) : []),
    ...(made.ends ? labelled("assumed", endsText(made, made.ends)) : []),
    ...dataLines(made),
    ...labelled("outside", extrapolationText(made.extrapolation).join("; ")),
    ...labelled("counting", `${conventionText(made.params)}; C ${conventionOf(made).long}`),
    ...(held.length > 0 ? labelled("held", held.join(", ")) : []),
    ...labelled("formula", made.formula),
    ...(basis.kind === "published" ? labelled("source", basis.from) : []),
    ...(level
      ? []
      : labelled(
          "intervals",
          basis.kind === "fit" || basis.kind === "frontier"
            ? "none: fit with --bootstrap 400 to get them"
            : `none: ${basis.kind} coefficients carry no draws`,
        )),
    ...made.remarks.flatMap((text, i) => labelled(i === 0 ? "note" : "", text)),
  ];
}

/** What the spread of the assumed MFU and price makes of the answer: often more than the fit's interval. */
function endsText({ asked, free }: Decision, { flops, low, high }: NonNullable<Decision["ends"]>): string {
  const names = { mfu: "MFU", pricePerHourUsd: "price" } as const;
  const what = asked?.assumed.map(({ quantity }) => names[quantity]).join(" and ");
  const at = ({ params, tokens, loss }: Plan["optimum"]): string =>
    `${valueText("params", params)} parameters on ${valueText("tokens", tokens)} tokens${loss === null ? "" : ` (loss ${formatNumber(loss, 4)})`}`;
  return `the ${what} taken from published ones: at the ends of their ranges ${free && asked?.inference ? "training and serving have" : "there are"} ${formatFlops(flops[0])} to ${formatFlops(flops[1])} FLOPs, for ${at(low)} to ${at(high)}`;
}

/** What the budget buys free of what else was asked. */
function freeText({ asked, budget, optimum, chosen }: Decision, free: Plan["optimum"]): string {
  const point = `${valueText("params", free.params)} parameters on ${valueText("tokens", free.tokens)} tokens`;
  const loss =
    free.loss === null || optimum.loss === null
      ? ""
      : `, with a loss of ${formatNumber(free.loss, 4)} (${formatNumber(Math.abs(free.loss - optimum.loss), 2)} ${free.loss < optimum.loss ? "lower" : "higher"})`;
  const flops = asked?.flops ?? budget.flops;
  const by = chosen.by === "serving" ? "all of it on training" : "free of that, the budget";
  return `${by} (${formatFlops(flops)} FLOPs) would train ${point}${loss}`;
}

function dataLines({ data, chosen }: Decision): string[] {
  if (!data || chosen.by !== "data") return [];
  const { optimum, price, limit, wasted, unlimited } = data;
  return [
    ...labelled(
      "data",
      `${formatNumber(optimum.epochs, 3)} epochs of ${formatCount(data.uniqueTokens)} unique tokens, ${optimum.effectiveTokens === null ? "" : `worth ${formatCount(optimum.effectiveTokens)} fresh ones`}; fresh data would allow ${formatCount(unlimited.tokens)} and a loss lower by ${formatNumber(price.loss, 2)}`,
    ),
    ...labelled(
      "limit",
      `${wasted.beyond ? "more compute is wasted here: no" : "no"} budget passes a loss of ${formatNumber(limit.loss, 4)} on these tokens${
        wasted.from
          ? `, and from ${formatFlops(wasted.from.flops)} FLOPs on all further ones gain less than ${formatNumber(wasted.tolerance, 2)}`
          : ""
      }${wasted.epochsAtThisSize === null ? "" : `; at this size epochs past ${formatNumber(wasted.epochsAtThisSize, 2)} are wasted`}`,
    ),
  ];
}

function buildLines({ shape, settings, layout }: Decision): string[] {
  return [
    ...(shape ? shapeLines(shape) : []),
    ...(settings ? settingLines(settings) : []),
    ...(layout ? layoutLines(layout) : []),
  ];
}

function shapeLines({ shape, count, off, asked, flopsPerToken, ends }: ShapePlan): string[] {
  const { layers, width, heads, kvHeads, headSize, ffnSize, vocabulary, context } = shape;
  const inner =
    shape.experts === 0
      ? `FFN ${formatGrouped(ffnSize)}`
      : `${shape.experts} experts of FFN ${formatGrouped(shape.expertSize)}, ${shape.activeExperts} a token`;
  const keys = kvHeads === heads ? "" : `, ${kvHeads} of keys`;
  const ratio = flopsPerToken.ratio;
  return [
    ...labelled(
      "shape",
      `${layers} layers, ${formatGrouped(width)} wide, ${heads} heads of ${headSize}${keys}, ${inner}, vocabulary ${formatGrouped(vocabulary)}, context ${formatGrouped(context)} (${shape.family}): ${formatCount(count[asked.counting], 4)} ${asked.counting === "total" ? "" : `${asked.counting} `}parameters, ${formatNumber(100 * Math.abs(off), 2)} % ${off < 0 ? "below" : "above"} N*`,
    ),
    ...labelled(
      "FLOPs",
      `${formatFlops(flopsPerToken.exact)} a token, attention and head counted: ${formatNumber(100 * Math.abs(ratio - 1), 2)} % ${ratio < 1 ? "less" : "more"} than 6 a parameter`,
    ),
    ...(ends
      ? labelled(
          "interval",
          `from ${ends.low.layers} × ${formatGrouped(ends.low.width)} to ${ends.high.layers} × ${formatGrouped(ends.high.width)} at the ends of the interval of N*`,
        )
      : []),
  ];
}

function settingLines({ chosen, spread }: SettingsPlan): string[] {
  const range = (
    of: { low: number; high: number; rules: number } | null,
    text: (x: number) => string,
  ): string => (of && of.rules > 1 ? ` (${of.rules} rules: ${text(of.low)} to ${text(of.high)})` : "");
  return [
    ...labelled(
      "batch",
      `${formatCount(chosen.batchTokens)} tokens = ${formatGrouped(chosen.sequences)} sequences, ${formatGrouped(chosen.steps)} steps${range(spread.batchTokens, formatCount)}`,
    ),
    ...labelled(
      "rate",
      `${formatNumber(chosen.learningRate, 2)} at the peak${range(spread.learningRate, (x) => formatNumber(x, 2))}, warm-up ${formatCount(chosen.warmupTokens)} tokens, ${scheduleText(chosen.schedule.kind)}`,
    ),
    ...labelled("by", `${chosen.rules}: ${chosen.why}`),
  ];
}

const scheduleText = (kind: string): string =>
  ({ wsd: "then constant, then a decay (WSD)", cosine: "then a cosine", constant: "then constant" })[kind] ??
  `then ${kind}`;

function layoutLines({ best, hardware, memoryBytes, days, reason }: LayoutPlan): string[] {
  if (!best) return labelled("layout", `nothing fits: ${reason}`);
  const { layout, devices, memory, step } = best;
  const parts = [
    layout.data > 1 ? `data ${layout.data}${layout.zero > 0 ? ` (ZeRO ${layout.zero})` : ""}` : null,
    layout.tensor > 1 ? `tensor ${layout.tensor}` : null,
    layout.pipeline > 1 ? `pipeline ${layout.pipeline}` : null,
    layout.context > 1 ? `context ${layout.context}` : null,
    layout.expert > 1 ? `experts ${layout.expert}` : null,
    `micro-batch ${layout.microBatch}`,
    layout.recompute === "none" ? null : `recompute ${layout.recompute}`,
  ].filter((part) => part !== null);
  return labelled(
    "layout",
    `${formatGrouped(devices)} ${hardware}: ${parts.join(", ")}; ${gigabytes(memory.total)} of ${gigabytes(memoryBytes.device)} GB each, ${formatDuration(step.seconds)} a step${days === null ? "" : `, ${formatDuration(days * 86400)} in all`}`,
  );
}

const gigabytes = (bytes: number): string => formatNumber(bytes / 1e9, 3);

function payLines(made: Decision): string[] {
  const { cost, inference, asked, chosen, constrained, budget, optimum: best } = made;
  const lines: string[] = [];
  if (cost) {
    // FLOPs that follow from the money cost the money, whatever is assumed
    const isMoney = asked?.limits.some(({ kind, binding }) => binding && kind === "costUsd");
    const follows =
      asked?.flops === cost.flops ||
      constrained?.constraints.flops !== undefined ||
      inference?.question.lifetimeFlops !== undefined;
    const range =
      isMoney && follows ? null : asked?.flops === cost.flops ? costRange(asked, cost) : cost.ranges.costUsd;
    lines.push(
      ...labelled(
        "training",
        [
          `${formatCount(cost.deviceHours)} ${cost.hardware}-hours`,
          ...(cost.hours === null
            ? []
            : [`${formatDuration(cost.hours * 3600)} on ${formatGrouped(cost.devices!)}`]),
          ...(cost.costUsd === null
            ? []
            : [
                `${formatDollars(cost.costUsd)}${range ? ` (${formatDollars(range[0])} to ${formatDollars(range[1])}, by what is assumed)` : ""}`,
              ]),
          ...(cost.energyKwh === null ? [] : [energyText(cost.energyKwh)]),
          ...(cost.co2Kg === null ? [] : [`${massText(cost.co2Kg)} of CO2`]),
        ].join(", "),
      ),
    );
  }
  if (inference) {
    const { optimum, computeOptimal, servedTokens, weighedTokens, saved, breakEvenTokens } = inference;
    const each = budget.flops / best.tokens;
    const dollars =
      cost?.costUsd == null ? "" : ` = ${formatDollars((cost.costUsd * weighedTokens) / 3 / best.tokens)}`;
    const elsewhere =
      chosen.by === "serving" || made.held.uniqueTokens !== undefined
        ? ""
        : `. The cheapest of its loss over its life has ${formatCount(optimum.params)} parameters and reads ${formatCount(optimum.tokens)} tokens: ${formatNumber(optimum.trainingFlops / budget.flops, 3)} times the training`;
    lines.push(
      ...labelled(
        "serving",
        `${formatCount(servedTokens)} tokens cost ${formatFlops((each * servedTokens) / 3)} FLOPs${dollars} with this model${elsewhere}`,
      ),
    );
    if (made.latencyDevices !== null)
      lines.push(
        ...labelled(
          "latency",
          `${formatDuration(asked!.inference!.secondsPerToken!)} a token takes ${formatGrouped(made.latencyDevices)} ${cost?.hardware ?? asked!.hardware} or more, by the time to read all weights`,
        ),
      );
    // repeated data are not in that comparison
    if (made.held.uniqueTokens === undefined)
      lines.push(
        ...labelled(
          "saved",
          `${chosen.by === "serving" ? "" : "by that "}${formatNumber(100 * saved.share, 2)} % of training and serving beside the compute-optimal model of the same loss (${formatCount(computeOptimal.params)} parameters)${breakEvenTokens === null ? "" : `, from ${formatCount(breakEvenTokens)} served tokens on`}`,
        ),
      );
  }
  if (asked && asked.limits.length > 1)
    lines.push(
      ...labelled(
        "limits",
        asked.limits.map(({ text, binding }) => `${text}${binding ? " (binds)" : ""}`).join("; "),
      ),
    );
  return lines;
}

function moveLines({ moves, inference }: Decision): string[] {
  const shown = moves.filter(({ factor }) => [0.25, 0.5, 1, 2].includes(Number(factor.toPrecision(6))));
  if (shown.length === 0) return [];
  const head = [
    "N",
    "D",
    "D/N",
    "loss",
    "more loss",
    "budget lost",
    "a served token",
    ...(inference ? ["lifetime"] : []),
  ];
  return columns(
    [
      head,
      ...shown.map(
        ({ params, tokens, tokensPerParam, loss, more, budgetLost, servingFactor, lifetimeFactor }) => [
          valueText("params", params),
          valueText("tokens", tokens),
          valueText("tokensPerParam", tokensPerParam),
          formatNumber(loss, 4),
          more === 0 ? "0" : formatNumber(more, 2),
          budgetLost === null ? "–" : `${formatNumber(100 * budgetLost, 2)} %`,
          `× ${formatNumber(servingFactor, 2)}`,
          ...(inference ? [lifetimeFactor === null ? "–" : `× ${formatNumber(lifetimeFactor, 3)}`] : []),
        ],
      ),
    ],
    { align: head.map(() => "right" as const) },
  );
}

function rivalLines({ rivals }: Decision): string[] {
  if (!rivals) return [];
  const rows = rivals.rows.map(({ name, params, tokens, tokensPerParam, byOurs, convention }) => [
    convention === "nonEmbedding" ? `${name} *` : name,
    valueText("params", params),
    valueText("tokens", tokens),
    tokensPerParam < 0.01 ? formatNumber(tokensPerParam, 2) : valueText("tokensPerParam", tokensPerParam),
    ...(byOurs ? [byOurs.more < 5e-5 ? "0" : formatNumber(byOurs.more, 2)] : []),
  ]);
  const judged = rivals.basis !== null;
  const starred = rivals.rows.some(({ convention }) => convention === "nonEmbedding");
  return [
    ...columns([["", "N", "D", "D/N", ...(judged ? ["more loss"] : [])], ...rows], {
      align: ["left", "right", "right", "right", "right"],
    }),
    ...wrap(
      `${rivals.says}${judged ? ' "More loss" is that of its split by the law above.' : ""}${starred ? " * N counts non-embedding parameters." : ""}`,
      { first: "  " },
    ),
  ];
}

function modelLines({ models }: Decision): string[] {
  if (models.length === 0) return [];
  const isMixture = ({ model, params }: (typeof models)[number]): boolean => model.params !== params;
  const table = columns(
    [
      ["", "N", "D", "D/N", "over-trained", "loss by the law"],
      ...models.map((placed) => {
        const { model, params, tokens, tokensPerParam, overTraining, loss } = placed;
        return [
          isMixture(placed) ? `${model.name} †` : model.name,
          valueText("params", params),
          valueText("tokens", tokens),
          valueText("tokensPerParam", tokensPerParam),
          `× ${formatNumber(overTraining.value, 2)}`,
          loss ? formatNumber(loss.value, 4) : "–",
        ];
      }),
    ],
    { align: ["left", "right", "right", "right", "right", "right"] },
  );
  return models.some(isMixture)
    ? [...table, "  † a mixture of experts: N counts the parameters that a token passes."]
    : table;
}

function assumedLines({
  asked,
  cost,
  inference,
  shape,
  settings,
  layout,
  data,
  constrained,
}: Decision): string[] {
  const all = [
    ...(cost?.assumed ?? asked?.cost?.assumed ?? []),
    ...[...(inference?.assumed ?? []), ...(data?.assumed ?? []), ...(constrained?.assumed ?? [])].map(
      ({ what, value, source }) => `${what}: ${formatNumber(value, 3)} (${source})`,
    ),
    ...(shape?.assumed ?? []),
    ...(settings?.assumed ?? []),
    ...(layout?.assumed ?? []),
  ];
  return [...new Set(all)].flatMap((text) => wrap(text, { first: "  - ", rest: "    " }));
}

/** How C is counted: by the runs of an envelope or of isoFLOP slices, else by what a token costs. */
function conventionOf({ basis, budget: { convention } }: Plan): { short: string; long: string } {
  if (convention === "6ND") return { short: "6ND", long: "= 6·N·D" };
  if (basis.kind === "frontier") {
    const counted = convention === "unstated" ? "as the runs count it" : `by the convention "${convention}"`;
    return { short: counted, long: counted };
  }
  return { short: `${convention} for each token`, long: `= (${convention})·D` };
}

const letters = { params: "N*", tokens: "D*", tokensPerParam: "D*/N*", loss: "L*" } as const;
