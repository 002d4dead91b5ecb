import {
  formatCount,
  formatDollars,
  formatDuration,
  formatFlops,
  formatGrouped,
  formatNumber,
} from "../numeric/index.ts";
import type { Budget, Cost } from "../plan/index.ts";
import { columns, warned, wrap } from "./text.ts";

const pfDay = 8.64e19;

/** A budget for people: what was read, what follows, what it costs, how, and what was assumed. */
export function budgetLines(
  { steps, missing, cost, ...budget }: Budget,
  paint: { yellow: (text: string) => string },
): string[] {
  const rows: string[][] = [];
  const row = (name: string, value: number | null, text: (value: number) => string): void => {
    if (value !== null) rows.push([name, text(value)]);
  };
  const isAssumed = (quantity: string): string =>
    budget.assumed.some((assumption) => assumption.quantity === quantity) ? ", assumed" : "";
  row(
    "compute",
    budget.flops,
    (C) =>
      `${formatFlops(C, 4)} FLOPs = ${C < 1000 * pfDay ? formatNumber(C / pfDay, 4) : formatGrouped(C / pfDay)} PF-days${between(budget.flopsRange, (flops) => formatFlops(flops))}`,
  );
  row("device-hours", budget.deviceHours, (hours) => `${formatCount(hours, 4)} h`);
  row("devices", budget.devices, (devices) => formatCount(devices, 4));
  row("time", budget.hours, (hours) => formatDuration(hours * 3600));
  row(
    "hardware",
    budget.peakFlopsPerSecond,
    (peak) =>
      `${budget.hardware}, ${formatFlops(peak, 4)} FLOP/s at its dense ${cost?.precision ?? "bf16"} peak`,
  );
  row("MFU", budget.mfu, (mfu) => `${formatNumber(100 * mfu, 3)} %${isAssumed("mfu")}`);
  row("useful time", budget.effectiveTime, (share) => `${formatNumber(100 * share, 3)} %`);
  row(
    "price",
    budget.pricePerHourUsd,
    (price) => `${formatDollars(price)} per device-hour${isAssumed("pricePerHourUsd")}`,
  );
  row(
    "cost",
    budget.costUsd,
    (dollars) => `${formatDollars(dollars)}${between(costRange(budget, cost), formatDollars)}`,
  );
  row("energy", cost?.energyKwh ?? null, energyText);
  row("CO2", cost?.co2Kg ?? null, massText);
  row("target loss", budget.targetLoss, formatNumber);
  row("parameters", budget.params, (N) => `${formatCount(N, 4)}, fixed`);
  row("tokens", budget.tokens, (D) => `${formatCount(D, 4)}, fixed`);
  row("ratio", budget.tokensPerParam, (ratio) => `${formatNumber(ratio)} tokens per parameter, fixed`);
  row("unique tokens", budget.uniqueTokens, (U) => `${formatCount(U, 4)} at most`);
  if (budget.inference) rows.push(["served", servedText(budget.inference)]);
  const list = (title: string, lines: readonly string[], first: string): string[] =>
    lines.length === 0 ? [] : ["", title, ...lines.flatMap((line) => wrap(line, { first, rest: "    " }))];
  return [
    ...wrap(budget.text),
    "",
    ...columns(rows),
    ...list(
      "How:",
      steps.filter((step) => !cost || !step.startsWith("assumed:")),
      "  ",
    ),
    ...list("Assumed:", cost?.assumed ?? [], "  - "),
    ...list("The FLOPs don't follow from this:", missing, "  - "),
    ...(budget.remarks.length > 0 ? ["", ...budget.remarks.flatMap((text) => warned(text, paint))] : []),
  ];
}

function between(range: readonly [number, number] | null, text: (value: number) => string): string {
  return range === null || range[0] >= range[1]
    ? ""
    : ` (${text(range[0])} to ${text(range[1])}, by what is assumed)`;
}

/** What is not fixed by the words: money that is itself the limit has no spread, and device-hours don't depend on an MFU. */
export function costRange(
  { limits, flopsRange, deviceHours }: Pick<Budget, "limits" | "flopsRange" | "deviceHours">,
  cost: Cost | null,
): readonly [number, number] | null {
  const isBound = (kind: Budget["limits"][number]["kind"]): boolean =>
    limits.some((limit) => limit.binding && limit.kind === kind);
  if (!cost || isBound("costUsd")) return null;
  if (flopsRange === null || deviceHours === null) return cost.ranges.costUsd;
  const price = cost.pricePerHourUsd;
  if (!price?.range) return null;
  const money = limits.find(({ kind }) => kind === "costUsd")?.deviceHours ?? Number.POSITIVE_INFINITY;
  const at = (usd: number): number => Math.min(deviceHours * usd, money * price.value);
  return [at(price.range[0]), at(price.range[1])];
}

export function energyText(kwh: number): string {
  return kwh >= 1000 ? `${formatCount(kwh / 1000, 3)} MWh` : `${formatNumber(kwh, 3)} kWh`;
}

export function massText(kg: number): string {
  return kg >= 1000 ? `${formatCount(kg / 1000, 3)} t` : `${formatNumber(kg, 3)} kg`;
}

function servedText({
  tokens,
  promptTokens,
  outputTokens,
  latency,
  secondsPerToken,
  precision,
}: NonNullable<Budget["inference"]>): string {
  const parts =
    promptTokens === null || outputTokens === null
      ? ""
      : ` (${formatCount(promptTokens, 4)} read, ${formatCount(outputTokens, 4)} written)`;
  return [
    `${formatCount(tokens, 4)} tokens${parts}`,
    ...(latency === null ? [] : [latency]),
    ...(secondsPerToken === null ? [] : [`${formatDuration(secondsPerToken)} a token`]),
    ...(precision === null ? [] : [`in ${precision}`]),
  ].join(", ");
}
