import type { Interval } from "../fit/index.ts";
import { quantityInfo } from "../laws/index.ts";
import type { Plan, RivalPlans } from "../plan/index.ts";
import { buildBlocks } from "./build-section.ts";
import type { ReportMaterials } from "./materials.ts";
import type { KeyNumber, ReportBlock } from "./noun.ts";
import { rivalBlocks } from "./trust-section.ts";
import {
  basisText,
  budgetText,
  conventionText,
  digitsText,
  extrapolationText,
  heads,
  levelText,
  spanText,
  valueText,
} from "./wording.ts";

const quantities = ["params", "tokens", "tokensPerParam", "loss"] as const;
const letters = { params: "N*", tokens: "D*", tokensPerParam: "D*/N*", loss: "L*" } as const;

/** The decision for a budget, how little it matters near there, and how far it lies outside the data. */
export function planBlocks(
  made: NonNullable<ReportMaterials["plan"]>,
  rivals: RivalPlans | null,
): ReportBlock[] {
  const { basis, optimum, intervals, flatRegion, budget, held, remarks, warnings } = made;
  const level = levelOf(made);
  return [
    {
      kind: "text",
      text: `${valueText("flops", budget.flops)} FLOPs (${budgetText(budget.convention)}) buy best, by ${basisText(basis)}${made.chosen && made.chosen.by !== "compute" ? ` (${made.chosen.says})` : ""}:`,
    },
    {
      kind: "table",
      caption: null,
      columns: heads("", ">best", ...(level === null ? [] : [`>${levelText(level)} interval`]), "unit"),
      rows: quantities.flatMap((quantity) => {
        const value = optimum[quantity];
        if (value === null) return [];
        return [
          [
            letters[quantity],
            valueText(quantity, value),
            ...(level === null ? [] : [rangeText(quantity, intervals?.[quantity] ?? null)]),
            quantity === "tokensPerParam" ? "tokens per parameter" : (quantityInfo(quantity)?.unit ?? ""),
          ],
        ];
      }),
    },
    {
      kind: "facts",
      rows: [
        ...(flatRegion
          ? [
              [
                "flat region",
                `${spanText("params", flatRegion.params)} parameters, on ${spanText("tokens", [flatRegion.tokens[1], flatRegion.tokens[0]])} tokens, lose at most ${digitsText(flatRegion.tolerance, 2)} more`,
              ] as [string, string],
            ]
          : []),
        ["outside", extrapolationText(made.extrapolation)],
        ["N counts", conventionText(made.params)],
        ...Object.entries(held).map(([quantity, value]): [string, string] => [
          `held: ${quantity}`,
          valueText(quantity, value),
        ]),
        ["formula", made.formula],
        ...(basis.kind === "published" ? [["coefficients", basis.from] as [string, string]] : []),
        ...(level === null ? [["intervals", noIntervals(made)] as [string, string]] : []),
      ],
    },
    ...buildBlocks(made),
    ...(remarks.length === 0 ? [] : [{ kind: "list" as const, items: remarks }]),
    ...(warnings.length === 0 ? [] : [{ kind: "warnings" as const, items: warnings }]),
    ...(rivals ? rivalBlocks(rivals, made) : []),
  ];
}

function rangeText(quantity: string, interval: Interval | null): string {
  return interval ? spanText(quantity, [interval.low, interval.high]) : "–";
}

function levelOf({ intervals }: Plan): number | null {
  return quantities.map((quantity) => intervals?.[quantity]).find((interval) => interval)?.level ?? null;
}

function noIntervals({ basis }: Plan): string {
  return basis.kind === "fit" || basis.kind === "frontier"
    ? "none: the fit has no draws; fit with --bootstrap 400"
    : `none: ${basis.kind} coefficients carry no draws`;
}

/** What whoever asked for a plan looks for first. */
export function planNumbers({ optimum, intervals, budget }: Plan): KeyNumber[] {
  const at = `at ${valueText("flops", budget.flops)} FLOPs`;
  const titles = {
    params: "Parameters, N*",
    tokens: "Tokens, D*",
    tokensPerParam: "Tokens per parameter",
    loss: "Loss, L*",
  } as const;
  return quantities.flatMap((quantity) => {
    const value = optimum[quantity];
    if (value === null) return [];
    const interval = intervals?.[quantity];
    return [
      {
        label: titles[quantity],
        value: valueText(quantity, value),
        detail: interval
          ? `${spanText(quantity, [interval.low, interval.high])} (${levelText(interval.level)})`
          : at,
      },
    ];
  });
}

/** A plan in a sentence. */
export function planSentence(made: Plan): string {
  const { optimum, budget, extrapolation } = made;
  const loss = optimum.loss === null ? "" : `, for a loss of ${valueText("loss", optimum.loss)}`;
  const outside =
    extrapolation === null || extrapolation.length === 0
      ? ` That is ${extrapolationText(extrapolation)}.`.replace("That is the range", "The range")
      : ` It lies outside the data: ${extrapolationText(extrapolation)}.`;
  return `${valueText("flops", budget.flops)} FLOPs are best spent on ${valueText("params", optimum.params)} parameters and ${valueText("tokens", optimum.tokens)} tokens${loss}.${outside}`;
}
