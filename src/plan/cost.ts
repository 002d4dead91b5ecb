import {
  defaultPue,
  findHardware,
  gridCarbon,
  type Hardware,
  type Precision,
  trainingEnergyKwh,
  trainingPeak,
  trainingPrecision,
  typicalMfu,
  typicalPrice,
} from "../models/index.ts";
import { formatDollars, formatNumber } from "../numeric/index.ts";

/** A number that the answer rests on, and where it comes from. */
export interface Premise {
  value: number;
  /** From the least to the largest that was published; null where the number was given or stands alone. */
  range: [low: number, high: number] | null;
  /** "given" by whoever asks, else "assumed". */
  origin: "given" | "assumed";
  source: string;
}

/** What a training costs, with everything that the answer rests on; null where a fact is missing. */
export interface Cost {
  flops: number;
  hardware: string;
  hardwareSource: string;
  /** Dense rate of one device, and the precision it is of. */
  peakFlopsPerSecond: number;
  precision: Precision;
  mfu: Premise;
  /** Share of the wall-clock in which the devices get on; they are paid for all of it. */
  effectiveTime: Premise;
  devices: number | null;
  /** Of one device, failures included. */
  deviceHours: number;
  /** Wall-clock hours; null where the devices aren't known. */
  hours: number | null;
  pricePerHourUsd: Premise | null;
  costUsd: number | null;
  pue: Premise;
  kgCo2PerKwh: Premise;
  /** Of the devices at the most that their data sheet allows, and the data centre around them. */
  energyKwh: number | null;
  co2Kg: number | null;
  /** What the spread of the assumed numbers makes of the answer; null where nothing with a spread is assumed. */
  ranges: {
    deviceHours: [low: number, high: number] | null;
    costUsd: [low: number, high: number] | null;
  };
  /** What was assumed and what is left out, a sentence each. */
  assumed: string[];
}

/** What {@link costOf} is asked; what is left out is taken from what was published, and said. */
export interface CostQuestion {
  readonly flops: number;
  readonly hardware: Hardware | string;
  readonly devices?: number | null;
  readonly mfu?: number | null;
  readonly pricePerHourUsd?: number | null;
  readonly effectiveTime?: number | null;
  readonly pue?: number | null;
  readonly kgCo2PerKwh?: number | null;
  /** Watts of one device, where its own are known; else the data sheet's. */
  readonly powerWatts?: number | null;
}

/**
 * The cost of a training: deviceHours = flops / (3600 · peak · mfu · effectiveTime), dollars = deviceHours · price,
 * energy = deviceHours · power · PUE, CO2 = energy · factor.
 *
 * The peak is the dense one. Energy and CO2 as Touvron et al. 2023, section 6, https://arxiv.org/abs/2302.13971, count
 * them: the devices' largest power all the time, hosts and network left out.
 *
 * @throws when a number is impossible, or the hardware has no rate to train with
 * @example costOf({ flops: 5.48e23, hardware: "A100", mfu: 0.477 }).deviceHours // 1.02e6
 */
export function costOf({
  flops,
  hardware,
  devices = null,
  mfu = null,
  pricePerHourUsd = null,
  effectiveTime = null,
  pue = null,
  kgCo2PerKwh = null,
  powerWatts = null,
}: CostQuestion): Cost {
  const item = typeof hardware === "string" ? findHardware(hardware) : hardware;
  check("flops", flops);
  check("devices", devices);
  check("mfu", mfu, { most: 1, remedy: "a share of the dense peak, such as 0.4" });
  check("effectiveTime", effectiveTime, { most: 1, remedy: "a share of the time, such as 0.9" });
  check("pricePerHourUsd", pricePerHourUsd, { least: "zero" });
  check("pue", pue, {
    least: "one",
    remedy: "the whole data centre's energy over its machines', such as 1.1",
  });
  check("kgCo2PerKwh", kgCo2PerKwh, { least: "zero" });
  check("powerWatts", powerWatts);
  const peak = trainingPeak(item);
  const precision = trainingPrecision(item);
  if (peak === null || precision === null)
    throw new Error(
      `cannot cost a training on ${item.name}: its data sheet gives no dense bf16, fp16 or fp32 rate; name other hardware, or one of your own with its peak`,
    );

  const assumed: string[] = [];
  const usedMfu = mfu === null ? assume("MFU", typicalMfu(item), percent, assumed) : given(mfu);
  const useful =
    effectiveTime === null ? fixed(1, "no time lost to failures and restarts") : given(effectiveTime);
  // a few devices on one host seldom fail
  if (effectiveTime === null && (devices === null || devices > 8))
    assumed.push(
      "No time is lost to failures; Llama 3 405B got on for more than 90 % of it on 16,384 devices (Llama Team 2024, section 3.3.4), so large clusters add a tenth.",
    );
  const deviceHoursAt = (share: number): number => flops / (3600 * peak * share * useful.value);
  const deviceHours = deviceHoursAt(usedMfu.value);

  const typical = pricePerHourUsd === null ? typicalPrice(item) : null;
  const price =
    pricePerHourUsd !== null
      ? given(pricePerHourUsd)
      : typical && assume("price of a device-hour", typical, formatDollars, assumed);
  if (!price) assumed.push(`No price of ${item.name} is in the catalogue: the cost is not known.`);

  const usedPue = pue === null ? fixed(defaultPue.value, defaultPue.source) : given(pue);
  const grid = gridCarbon[0];
  const carbon =
    kgCo2PerKwh === null ? fixed(grid.value, `${grid.name}: ${grid.source}`) : given(kgCo2PerKwh);
  const watts = powerWatts ?? item.powerWatts;
  const energyKwh =
    watts === null ? null : trainingEnergyKwh({ deviceHours, powerWatts: watts, pue: usedPue.value });
  if (watts === null) assumed.push(`No power of ${item.name} is published: energy and CO2 are not known.`);
  else if (pue === null || kgCo2PerKwh === null)
    assumed.push(
      `Energy counts ${formatNumber(watts, 4)} W for each device all the time${pue === null ? ` and a PUE of ${defaultPue.value}` : ""}${kgCo2PerKwh === null ? `, CO2 ${grid.value} kg for each kWh (${grid.name})` : ""}: ${defaultPue.source}.`,
    );

  const [least, most] = [
    deviceHoursAt(usedMfu.range?.[1] ?? usedMfu.value),
    deviceHoursAt(usedMfu.range?.[0] ?? usedMfu.value),
  ];
  return {
    flops,
    hardware: item.name,
    hardwareSource: item.url === null ? item.source : `${item.source}, ${item.url}`,
    peakFlopsPerSecond: peak,
    precision,
    mfu: usedMfu,
    effectiveTime: useful,
    devices,
    deviceHours,
    hours: devices === null ? null : deviceHours / devices,
    pricePerHourUsd: price,
    costUsd: price && deviceHours * price.value,
    pue: usedPue,
    kgCo2PerKwh: carbon,
    energyKwh,
    co2Kg: energyKwh === null ? null : energyKwh * carbon.value,
    ranges: {
      deviceHours: usedMfu.range && [least, most],
      costUsd:
        price && (usedMfu.range || price.range)
          ? [least * (price.range?.[0] ?? price.value), most * (price.range?.[1] ?? price.value)]
          : null,
    },
    assumed,
  };
}

const percent = (share: number): string => `${formatNumber(100 * share, 3)} %`;

const given = (value: number): Premise => ({ value, range: null, origin: "given", source: "given" });
const fixed = (value: number, source: string): Premise => ({ value, range: null, origin: "assumed", source });

function assume(
  what: string,
  { value, range, from }: { value: number; range: readonly [number, number]; from: string },
  show: (value: number) => string,
  assumed: string[],
): Premise {
  const spread = range[0] < range[1] ? ` (${show(range[0])} to ${show(range[1])})` : "";
  assumed.push(`The ${what} is ${show(value)}${spread}, ${from}.`);
  return { value, range: range[0] < range[1] ? [range[0], range[1]] : null, origin: "assumed", source: from };
}

function check(
  name: string,
  value: number | null,
  {
    least = "above zero",
    most,
    remedy,
  }: { least?: "above zero" | "zero" | "one"; most?: number; remedy?: string } = {},
): void {
  if (value === null) return;
  const low = least === "above zero" ? value > 0 : value >= (least === "zero" ? 0 : 1);
  if (low && value <= (most ?? Number.MAX_VALUE)) return;
  const bounds = `${least === "above zero" ? "above 0" : `of at least ${least === "zero" ? 0 : 1}`}${most === undefined ? "" : ` and at most ${most}`}`;
  throw new Error(
    `cannot cost a training: expected ${name} ${bounds}, got ${value}${remedy === undefined ? "" : `; it is ${remedy}`}`,
  );
}
