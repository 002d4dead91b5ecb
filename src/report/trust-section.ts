import type { Plan, RivalPlans } from "../plan/index.ts";
import { type Comparison, type Diagnosis, isPattern } from "../trust/index.ts";
import type { ReportMaterials } from "./materials.ts";
import type { ReportBlock } from "./noun.ts";
import {
  columnsShown,
  digitsText,
  heads,
  levelText,
  percentText,
  plural,
  sentence,
  spanText,
  valueText,
} from "./wording.ts";

/** What a careful reviewer would ask: does the data pin the numbers, and what else would move them. */
export function trustBlocks({
  fit = null,
  diagnosis = null,
  comparison = null,
}: ReportMaterials): ReportBlock[] {
  return [
    ...(diagnosis
      ? [
          ...decisionBlocks(diagnosis),
          ...parameterBlocks(diagnosis),
          ...basinBlocks(diagnosis),
          ...sensitivityBlocks(diagnosis),
          ...spreadBlocks(diagnosis),
          ...(diagnosis.nextRun
            ? [
                {
                  kind: "facts" as const,
                  rows: [["next run", diagnosis.nextRun.message]] as [string, string][],
                },
              ]
            : []),
        ]
      : [
          {
            kind: "text" as const,
            text:
              fit && fit.approach !== 3
                ? "A diagnosis asks what the data say of a law of the loss, and this approach has none: fit the same runs by approach 3 as well, and see whether the two agree."
                : "Nobody asked how far this can be trusted: no diagnosis was given, and none can be made without the runs.",
          },
        ]),
    ...(comparison ? comparisonBlocks(comparison) : []),
  ];
}

const pinned = { identified: "pinned", weak: "weakly pinned", "not-identified": "not pinned" } as const;

function decisionBlocks({ decision }: Diagnosis): ReportBlock[] {
  if (!decision)
    return [
      { kind: "text", text: "This law has no best size at a budget, so only its parameters are judged." },
    ];
  const { flops, held, params, tokens, loss, interval, regret, verdict, reasons } = decision;
  const others = Object.entries(held).map(
    ([quantity, value]) => `, ${quantity} ${valueText(quantity, value)}`,
  );
  return [
    {
      kind: "facts",
      rows: [
        [
          "decision",
          `at ${valueText("flops", flops)} FLOPs${others.join("")} N* is ${valueText("params", params)} (${spanText("params", [interval.low, interval.high])}, ${levelText(interval.level)}) on ${valueText("tokens", tokens)} tokens, loss ${valueText("loss", loss)}`,
        ],
        [
          "pinned",
          `${{ identified: "yes", weak: "weakly", "not-identified": "no" }[verdict]}; the worse end of that interval costs ${percentText(regret)} more loss${reasons.length > 0 ? `: ${reasons.map(({ message }) => message).join("; ")}` : ""}`,
        ],
      ],
    },
  ];
}

function parameterBlocks({ parameters }: Diagnosis): ReportBlock[] {
  return [
    {
      kind: "table",
      caption: "Whether the data pin each parameter",
      ...columnsShown(
        ["parameter", ">value", ">± se", "by the data", "why not better"],
        Object.entries(parameters).map(([name, { value, spread, verdict, reasons }]) => [
          name,
          digitsText(value, 4),
          spread === null ? "–" : spread > 10 ? "> 1000 %" : percentText(spread),
          pinned[verdict],
          reasons.map(({ message }) => message).join("; "),
        ]),
      ),
    },
  ];
}

function basinBlocks({ basins: { basins, message, flops } }: Diagnosis): ReportBlock[] {
  if (basins.length < 2) return [{ kind: "facts", rows: [["minima", message]] }];
  return [
    { kind: "facts", rows: [["minima", message]] },
    {
      kind: "table",
      caption: `Where the starts ended${flops === null ? "" : `, and N* there at ${valueText("flops", flops)} FLOPs`}`,
      columns: heads(">higher by", ">pass", ">starts", ">N*", "where"),
      rows: basins.map(({ above, pass, starts, optimum, name }) => [
        above === 0 ? "best" : percentText(above),
        pass === null ? "–" : percentText(pass),
        String(starts),
        optimum ? valueText("params", optimum.params) : "none",
        name,
      ]),
    },
  ];
}

function sensitivityBlocks({ sensitivity }: Diagnosis): ReportBlock[] {
  if (!sensitivity) return [];
  const { fit, rows, message, flops } = sensitivity;
  return [
    { kind: "text", text: message },
    {
      kind: "table",
      caption: `N* at ${valueText("flops", flops)} FLOPs under other choices; moves are measured by the interval of N*, whose ends are at ±1`,
      columns: heads("choice", ">N*", ">a", ">moved", "remark"),
      rows: [
        [
          "the fit as it is",
          valueText("params", fit.params),
          fit.a === null ? "–" : fit.a.toFixed(3),
          "–",
          fit.interval ? `${spanText("params", [fit.interval.low, fit.interval.high])}` : "",
        ],
        ...rows.map(({ choice, params, a, moved, note }) => [
          choice,
          params === null ? "none" : valueText("params", params),
          a === null ? "–" : a.toFixed(3),
          movedText(moved),
          note ?? "",
        ]),
      ],
    },
  ];
}

function movedText(moved: number | null): string {
  if (moved === null) return "–";
  const size = Math.abs(moved);
  const said = size < 999.95 ? size.toFixed(1) : "> 999";
  return said === "0.0" ? said : `${moved < 0 ? "−" : "+"}${said}`;
}

/** The interval takes one law for true; what the others say stands beside it. */
function spreadBlocks({ spread, decision, sensitivity, basis }: Diagnosis): ReportBlock[] {
  if (!decision) return [];
  const interval = spanText("params", [decision.interval.low, decision.interval.high]);
  const row = (text: string): ReportBlock => ({ kind: "facts", rows: [["rival laws", text]] });
  if (!sensitivity?.rows.some(({ kind }) => kind === "law"))
    return [row("none could be tried: too few rows, or none that takes the same inputs")];
  if (!spread) return [row(`none tried fits about as well as ${basis.law}`)];
  return [
    row(
      `${spread.laws.join("; ")} fit about as well (an objective at most ${percentText(spread.within)} higher) and put N* at ${spanText("params", spread.params)}, the loss at ${spanText("loss", spread.loss)}; the interval ${interval} takes one law for true`,
    ),
  ];
}

function comparisonBlocks(made: Comparison): ReportBlock[] {
  const { laws, leftOut, verdict, warnings, holdout, rows, data, likelihood, level, targetFlops } = made;
  const folds = holdout?.folds.length ?? 0;
  return [
    {
      kind: "facts",
      rows: [
        ["laws compared", verdict],
        [
          "how",
          holdout
            ? `on ${rows} rows of ${data.origin}; ${holdout.by === null ? "a split of one's own" : `${plural(folds, "larger scale")} of ${holdout.by} predicted from what is smaller`}; margins hold at ${levelText(level)} together`
            : `on ${rows} rows of ${data.origin}; nothing held out`,
        ],
      ],
    },
    {
      kind: "table",
      caption: `Laws by their error on held-out runs; AICc of the ${likelihood} likelihood, above the lowest`,
      columns: heads(
        ">",
        "law",
        ">free",
        ">error",
        ">more than the best",
        ">AICc",
        ...(targetFlops === null ? [] : [`>N* at ${valueText("flops", targetFlops)}`]),
        "left in the residuals",
      ),
      rows: laws.map(({ rank, law, free, heldOut, margin, aicc, optimum, residuals }) => [
        String(rank),
        law,
        String(free),
        heldOut ? percentText(heldOut.error) : "–",
        margin
          ? `${margin.apart ? "" : "≈ "}${digitsText(100 * margin.low, 2)} to ${percentText(margin.high)}`
          : "–",
        aicc ? digitsText(aicc.difference, 3) : "–",
        ...(targetFlops === null ? [] : [optimum ? valueText("params", optimum.params) : "–"]),
        residuals
          .filter(isPattern)
          .map(({ quantity }) => `a trend or bend along ${quantity}`)
          .join("; "),
      ]),
    },
    ...(leftOut.length === 0
      ? []
      : [
          {
            kind: "list" as const,
            items: leftOut.map(({ law, reason }) => sentence(`left out: ${law}: ${reason}`)),
          },
        ]),
    ...(warnings.length === 0 ? [] : [{ kind: "warnings" as const, items: warnings }]),
  ];
}

/** What the published laws would do with the same budget, beside the plan's interval. */
export function rivalBlocks(rivals: RivalPlans, plan: Plan): ReportBlock[] {
  const interval = plan.intervals?.params;
  const beside = interval
    ? ` The plan's own interval of N*, ${spanText("params", [interval.low, interval.high])}, takes one law and one set of runs for true.`
    : "";
  const judged = rivals.rows.some(({ byOurs }) => byOurs !== null);
  return [
    { kind: "text", text: `${rivals.says}${beside}` },
    {
      kind: "table",
      caption: "The published laws on the same budget, each in its own counting and on its own data",
      columns: heads(
        "law",
        ">N*",
        ">D*",
        ">tokens per parameter",
        "N counts",
        ">outside its budgets",
        ...(judged ? [">budget it gives away, by this plan's law"] : []),
      ),
      rows: rivals.rows.map(({ name, params, tokens, tokensPerParam, convention, outside, byOurs }) => [
        name,
        valueText("params", params),
        valueText("tokens", tokens),
        valueText("tokensPerParam", tokensPerParam),
        convention === "nonEmbedding" ? "non-embedding" : convention,
        outside === null ? "not stated" : outside === 1 ? "inside" : `${digitsText(outside, 2)}×`,
        ...(judged ? [lostText(byOurs?.budgetLost ?? null)] : []),
      ]),
    },
    ...(rivals.warnings.length === 0 ? [] : [{ kind: "warnings" as const, items: rivals.warnings }]),
  ];
}

function lostText(share: number | null): string {
  if (share === null) return "–";
  return share < 1e-3 ? "< 0.1 %" : percentText(share);
}
