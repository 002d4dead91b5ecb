import { formatIn } from "../figures/index.ts";
import type { Cost, LayoutPlan, SettingsPlan, ShapePlan } from "../plan/index.ts";
import type { ReportMaterials } from "./materials.ts";
import type { ReportBlock } from "./noun.ts";
import { digitsText, percentText, valueText } from "./wording.ts";

type Rows = [name: string, text: string][];

/** What the plan says of building and paying for the model, where it was asked. */
export function buildBlocks(made: NonNullable<ReportMaterials["plan"]>): ReportBlock[] {
  const { asked, cost, shape, settings, layout } = made;
  const rows: Rows = [
    ...(asked ? ([["asked", asked.text]] as Rows) : []),
    ...(shape ? shapeRows(shape) : []),
    ...(settings ? settingRows(settings) : []),
    ...(layout ? layoutRows(layout) : []),
    ...(cost ? costRows(cost) : []),
  ];
  const assumed = [...(cost?.assumed ?? []), ...(shape?.assumed ?? []), ...(settings?.assumed ?? [])];
  const warnings = [...(shape?.warnings ?? []), ...(settings?.warnings ?? [])];
  if (rows.length === 0) return [];
  return [
    { kind: "text", text: "To build it and to pay for it:" },
    { kind: "facts", rows },
    ...(assumed.length === 0
      ? []
      : [
          {
            kind: "list" as const,
            items: [...new Set(assumed)].map((text) => `Assumed: ${text}.`.replace("..", ".")),
          },
        ]),
    ...(warnings.length === 0 ? [] : [{ kind: "warnings" as const, items: warnings }]),
  ];
}

function shapeRows({ shape, count, off, asked, ends }: ShapePlan): Rows {
  const { family, layers, width, heads, kvHeads, headSize, ffnSize, vocabulary, context } = shape;
  const keys = kvHeads === heads ? "" : `, ${kvHeads} of keys`;
  const between = ends
    ? `; at the ends of the interval of N* ${ends.low.layers} × ${ends.low.width} and ${ends.high.layers} × ${ends.high.width}`
    : "";
  return [
    [
      "shape",
      `${family}: ${layers} layers, ${width} wide, ${heads} heads of ${headSize}${keys}, FFN ${ffnSize}, vocabulary ${vocabulary}, context ${context}; ${valueText("params", count[asked.counting])} parameters, ${percentText(Math.abs(off))} ${off < 0 ? "below" : "above"} N*${between}`,
    ],
  ];
}

function settingRows({ chosen, spread }: SettingsPlan): Rows {
  const { batchTokens, sequences, steps, learningRate, warmupTokens, schedule, why } = chosen;
  const among = (
    of: { low: number; high: number; rules: number } | null,
    text: (value: number) => string,
  ): string => (of && of.rules > 1 ? ` (${of.rules} rules: ${text(of.low)} to ${text(of.high)})` : "");
  const tokens = (value: number): string => valueText("tokens", value);
  return [
    [
      "batch",
      `${tokens(batchTokens)} tokens${among(spread.batchTokens, tokens)}, ${sequences} sequences, ${steps} steps`,
    ],
    [
      "learning rate",
      `${digitsText(learningRate, 2)} at the peak${among(spread.learningRate, (value) => digitsText(value, 2))}, warm-up ${tokens(warmupTokens)} tokens, ${schedule.kind}; ${why}`,
    ],
  ];
}

function layoutRows({ best, hardware, memoryBytes, days, reason }: LayoutPlan): Rows {
  if (!best) return [["layout", `nothing fits: ${reason}`]];
  const { layout, devices, memory } = best;
  const parts = (["data", "tensor", "pipeline", "context", "expert"] as const).flatMap((name) =>
    layout[name] > 1 ? [`${name} ${layout[name]}`] : [],
  );
  const gigabytes = (bytes: number): string => digitsText(bytes / 1e9, 3);
  return [
    [
      "layout",
      `${devices} ${hardware}: ${[...parts, `ZeRO ${layout.zero}`, `micro-batch ${layout.microBatch}`].join(", ")}; ${gigabytes(memory.total)} of ${gigabytes(memoryBytes.device)} GB each${days === null ? "" : `, ${digitsText(days, 3)} days in all`}`,
    ],
  ];
}

function costRows({
  hardware,
  devices,
  deviceHours,
  hours,
  costUsd,
  ranges,
  energyKwh,
  co2Kg,
  mfu,
}: Cost): Rows {
  const dollars = (value: number): string => formatIn("dollars", value);
  return [
    [
      "cost",
      [
        `${digitsText(deviceHours, 3)} ${hardware}-hours${devices === null || hours === null ? "" : `, ${digitsText(hours / 24, 3)} days on ${devices}`}, at ${percentText(mfu.value)} MFU`,
        ...(costUsd === null
          ? []
          : [
              `${dollars(costUsd)}${ranges.costUsd ? ` (${dollars(ranges.costUsd[0])} to ${dollars(ranges.costUsd[1])}, by what is assumed)` : ""}`,
            ]),
        ...(energyKwh === null ? [] : [`${digitsText(energyKwh / 1000, 3)} MWh`]),
        ...(co2Kg === null ? [] : [`${digitsText(co2Kg, 3)} kg of CO2`]),
      ].join("; "),
    ],
  ];
}
