import {
  type Hardware,
  type TypicalValue,
  trainingPeak,
  typicalMfu,
  typicalPrice,
  utilisations,
} from "../models/index.ts";
import { type Amounts, solveAmounts, written } from "./amounts.ts";
import { examples, readCompute } from "./compute-words.ts";
import { type Cost, costOf } from "./cost.ts";
import { type Goals, takeGoals } from "./goals.ts";
import { type BudgetLimit, findBinding, flopsWithin, leftOver } from "./limits.ts";
import { openWords } from "./words.ts";

/**
 * What a person asked: what they can spend, what they want, and what follows from it; a thing that was not said and does
 * not follow is null.
 */
export interface Budget extends Goals {
  format: "isoflop.budget/1";
  /** The words that were read. */
  text: string;
  flops: number | null;
  /** Hours of one accelerator, summed over all of them. */
  deviceHours: number | null;
  devices: number | null;
  /** Wall-clock hours. */
  hours: number | null;
  /** Name in the hardware table, or of hardware of one's own. */
  hardware: string | null;
  /**
   * Model FLOPs utilisation: the share of the dense peak rate that training reaches, above 0 and at most 1.
   */
  mfu: number | null;
  /** Share of the wall-clock in which training gets on, failures and restarts taken off. */
  effectiveTime: number | null;
  /** Dense bf16 rate of one device (fp16, or fp32, where there is no bf16). */
  peakFlopsPerSecond: number | null;
  costUsd: number | null;
  /** Price of one device-hour. */
  pricePerHourUsd: number | null;
  /** The FLOPs at the ends of what is assumed; null where nothing with a spread is. */
  flopsRange: [low: number, high: number] | null;
  /** Compute, money, device-hours and a deadline as they were said, each with what it allows; the binding one made the numbers above. */
  limits: BudgetLimit[];
  /** What was not said and taken from what was published. */
  assumed: Assumption[];
  /** Dollars, energy and CO2 with their sources; null unless assumptions were asked for and hardware and FLOPs are known. */
  cost: Cost | null;
  /** What to add to the text so that the FLOPs follow; empty when they are known. */
  missing: string[];
  /** The arithmetic, a line a step. */
  steps: string[];
  /** What is good to know. */
  remarks: string[];
}

/** A number that nobody said. */
export interface Assumption {
  quantity: "mfu" | "pricePerHourUsd";
  value: number;
  /** From the least to the largest that was published. */
  range: [low: number, high: number];
  source: string;
}

/** How {@link parseBudget} reads. */
export interface BudgetReading {
  /** Take an MFU and a price from the cited tables where the words name hardware and say none; said in `assumed`. */
  readonly assume?: boolean;
  /** Hardware of one's own, by `readHardware`. */
  readonly hardware?: readonly Hardware[];
  /** For energy and CO2. */
  readonly pue?: number | null;
  readonly kgCo2PerKwh?: number | null;
}

/**
 * Read a question in words: FLOPs, FLOP/s-days, devices and time, device-hours or money; a target loss, a fixed size or
 * number of tokens or their ratio, a limit on unique tokens, an inference load.
 *
 * Three rules fill in what follows, in whichever direction: deviceHours = devices · hours,
 * costUsd = deviceHours · pricePerHourUsd, flops = deviceHours · 3600 · peakFlopsPerSecond · mfu · effectiveTime.
 * Of two limits the one that is reached first binds, which `limits` and `steps` say. Nothing is assumed unless `assume` is
 * set: without hardware, MFU or price what needs them stays null and `missing` says what to add.
 * 1 PF-day = 1e15 · 86,400 = 8.64e19 FLOPs (Kaplan et al. 2020, section 1.3). The peak is the dense bf16 one.
 *
 * Throws when the words cannot be read, an amount is not above zero, an MFU is above 100 %, the hardware is
 * unknown, or the amounts contradict each other.
 *
 * @example parseBudget("512 H100 for 30 days at 40% MFU").flops // 5.2521467904e23
 */
export function parseBudget(
  text: string,
  { assume = false, hardware: own = [], pue = null, kgCo2PerKwh = null }: BudgetReading = {},
): Budget {
  const fail = (reason: string): Error => new Error(`cannot read the budget "${text}": ${reason}`);
  const steps: string[] = [];
  const words = openWords(text, fail);
  const goals = takeGoals(words, steps);
  const { said, hardware } = readCompute(words, own, steps);
  const peak = hardware && trainingPeak(hardware);
  const wanted = Object.values(goals).some((goal) => goal !== null);
  if (!wanted && Object.keys(said).every((name) => rates.has(name)))
    throw fail(`expected FLOPs, device-hours, devices for a time, or money, as in ${examples}`);

  const before: Amounts = { ...said };
  const assumed = assume && hardware ? assumeRates(said, hardware, steps) : [];
  const perDeviceHour =
    peak === null || said.mfu === undefined ? null : 3600 * peak * said.mfu * (said.effectiveTime ?? 1);
  const limits = [...findBinding(said, perDeviceHour, steps)];
  solveAmounts(said, peak, steps, fail);
  return {
    format: "isoflop.budget/1",
    text,
    flops: said.flops ?? null,
    deviceHours: said.deviceHours ?? null,
    devices: said.devices ?? null,
    hours: said.hours ?? null,
    hardware: hardware?.name ?? null,
    mfu: said.mfu ?? null,
    effectiveTime: said.effectiveTime ?? null,
    peakFlopsPerSecond: peak,
    costUsd: said.costUsd ?? null,
    pricePerHourUsd: said.pricePerHourUsd ?? null,
    ...goals,
    flopsRange: peak === null ? null : flopsRange(before, said, peak, assumed),
    limits,
    assumed,
    cost:
      assume && hardware && peak !== null && said.flops !== undefined
        ? costOf({ ...ratesOf(said, assumed), flops: said.flops, hardware, pue, kgCo2PerKwh })
        : null,
    missing: said.flops === undefined ? missingFor(said, hardware) : [],
    steps,
    remarks: [...leftOver(limits, said, before), ...unheardOf(before.mfu)],
  };
}

/** The compute between the worst and the best of what was assumed. */
function flopsRange(
  before: Amounts,
  { flops, mfu, pricePerHourUsd, effectiveTime = 1 }: Amounts,
  peak: number,
  assumed: readonly Assumption[],
): Budget["flopsRange"] {
  if (flops === undefined || mfu === undefined) return null;
  const rangeOf = (quantity: Assumption["quantity"], value: number): readonly [number, number] =>
    assumed.find((assumption) => assumption.quantity === quantity)?.range ?? [value, value];
  const shares = rangeOf("mfu", mfu);
  const prices = rangeOf("pricePerHourUsd", pricePerHourUsd ?? 0);
  const at = (share: number, price: number): number =>
    flopsWithin(
      before,
      3600 * peak * share * effectiveTime,
      pricePerHourUsd === undefined ? undefined : price,
    );
  const [low, high] = [at(shares[0], prices[1]), at(shares[1], prices[0])];
  return low < high && Number.isFinite(high) ? [low, high] : null;
}

/** An MFU that somebody gave and nobody has published. */
function unheardOf(mfu: number | undefined): string[] {
  const highest = utilisations.reduce((best, record) => (record.mfu > best.mfu ? record : best));
  if (mfu === undefined || mfu <= highest.mfu) return [];
  return [
    `No published training in the table reaches ${written("mfu", mfu)}: the highest is ${written("mfu", highest.mfu)}, a ${highest.kind} of ${highest.model} on ${highest.hardware} (${highest.source.split(",")[0]}).`,
  ];
}

const rates: ReadonlySet<string> = new Set(["mfu", "effectiveTime", "pricePerHourUsd"]);

/** What the words say of the cost; what was assumed is left to `costOf`, which assumes the same and says so. */
function ratesOf(
  said: Amounts,
  assumed: readonly Assumption[],
): Pick<Parameters<typeof costOf>[0], "devices" | "mfu" | "effectiveTime" | "pricePerHourUsd"> {
  const isSaid = (quantity: Assumption["quantity"]): boolean =>
    said[quantity] !== undefined && assumed.every((assumption) => assumption.quantity !== quantity);
  return {
    devices: said.devices,
    mfu: isSaid("mfu") ? said.mfu : null,
    effectiveTime: said.effectiveTime,
    pricePerHourUsd: isSaid("pricePerHourUsd") ? said.pricePerHourUsd : null,
  };
}

/** Fills in an MFU and a price that nobody said, unless they follow from what was said. */
function assumeRates(said: Amounts, hardware: Hardware, steps: string[]): Assumption[] {
  const assumed: Assumption[] = [];
  const fill = (quantity: Assumption["quantity"], typical: TypicalValue | null): void => {
    if (!typical || said[quantity] !== undefined) return;
    said[quantity] = typical.value;
    assumed.push({ quantity, value: typical.value, range: [...typical.range], source: typical.from });
    steps.push(`assumed: ${written(quantity, typical.value)}, ${typical.from.split(":")[0]}`);
  };
  fill("mfu", typicalMfu(hardware));
  // money for a number of device-hours says what one costs
  if (said.costUsd === undefined || said.deviceHours === undefined)
    fill("pricePerHourUsd", typicalPrice(hardware));
  return assumed;
}

/** What to add to the words, a sentence each, so that the FLOPs follow. */
function missingFor(said: Amounts, hardware: Hardware | null): string[] {
  const missing: string[] = [];
  if (said.deviceHours === undefined) {
    if (said.costUsd !== undefined) {
      if (said.pricePerHourUsd === undefined) missing.push('add the price of a device-hour, as in "at $2/h"');
    } else if (said.devices !== undefined) missing.push('add how long, as in "for 30 days"');
    else if (said.hours !== undefined) missing.push('add how many devices, as in "512 H100"');
    else missing.push('add an amount, as in "20k H100-hours" or "512 H100 for 30 days"');
  }
  if (hardware === null) missing.push('add the hardware, as in "of H100"');
  if (said.mfu === undefined)
    missing.push('add "at 40% MFU", with the share of the peak rate that your runs reach');
  return missing;
}
