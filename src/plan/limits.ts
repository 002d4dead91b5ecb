import { formatGrouped, formatNumber } from "../numeric/index.ts";
import { type Amount, type Amounts, nearlyEqual, written } from "./amounts.ts";

/** One of several things that end a training: compute, money, device-hours, or a cluster with a deadline. */
export interface BudgetLimit {
  kind: "flops" | "costUsd" | "deviceHours" | "deadline";
  /** The limit in words. */
  text: string;
  /** What it allows; null where compute has no hardware or no MFU to be spent on. */
  deviceHours: number | null;
  /** What it allows; null without hardware and MFU. */
  flops: number | null;
  /** True for the one that is reached first. */
  binding: boolean;
}

/**
 * The limits that somebody said, with the one that binds: the least compute.
 *
 * Takes what does not bind out of `said`, so that the rest follows from the binding limit alone: the devices stay, and
 * with a tighter budget they are done before their deadline. What can't be compared, as compute without an MFU, binds.
 *
 * @param perDeviceHour FLOPs of one device-hour; null where hardware or MFU are unknown
 */
export function findBinding(
  said: Amounts,
  perDeviceHour: number | null,
  steps: string[],
): readonly BudgetLimit[] {
  const limits = limitsOf(said, perDeviceHour);
  const least = Math.min(...limits.flatMap(({ deviceHours }) => deviceHours ?? []));
  const compared = limits.map((limit) => ({
    ...limit,
    binding: limit.deviceHours === null || nearlyEqual(limit.deviceHours, least),
  }));
  const loose = compared.filter(({ binding }) => !binding);
  if (loose.length > 0) {
    const comparable = compared.filter(({ deviceHours }) => deviceHours !== null);
    const bound = comparable.find(({ binding }) => binding)!;
    steps.push(
      `${comparable.map((limit) => `${limit.text} allow${limit.kind === "costUsd" ? "s" : ""} ${written("deviceHours", limit.deviceHours!)}`).join(", ")}: ${bindingNames[bound.kind]} binds`,
    );
    for (const { kind } of loose) for (const name of amountsOf[kind]) delete said[name];
  }
  return compared;
}

/** Everything that was said to end a training, none of it binding yet. */
function limitsOf(said: Amounts, perDeviceHour: number | null): BudgetLimit[] {
  const { flops, costUsd, deviceHours, devices, hours, pricePerHourUsd } = said;
  const limit = (kind: BudgetLimit["kind"], text: string, allowed: number | null): BudgetLimit => ({
    kind,
    text,
    deviceHours: allowed,
    flops: kind === "flops" ? flops! : allowed !== null && perDeviceHour ? allowed * perDeviceHour : null,
    binding: false,
  });
  const limits: BudgetLimit[] = [];
  if (flops !== undefined)
    limits.push(limit("flops", written("flops", flops), perDeviceHour && flops / perDeviceHour));
  if (costUsd !== undefined)
    limits.push(
      pricePerHourUsd === undefined
        ? limit("costUsd", written("costUsd", costUsd), null)
        : limit(
            "costUsd",
            `${written("costUsd", costUsd)} at ${written("pricePerHourUsd", pricePerHourUsd)}`,
            costUsd / pricePerHourUsd,
          ),
    );
  if (deviceHours !== undefined)
    limits.push(limit("deviceHours", written("deviceHours", deviceHours), deviceHours));
  if (devices !== undefined && hours !== undefined)
    limits.push(
      limit("deadline", `${written("devices", devices)} for ${written("hours", hours)}`, devices * hours),
    );
  return limits;
}

/** What a limit is said by; the devices of a deadline are there anyway. */
const amountsOf: Readonly<Record<BudgetLimit["kind"], readonly Amount[]>> = {
  flops: ["flops"],
  costUsd: ["costUsd"],
  deviceHours: ["deviceHours"],
  deadline: ["hours"],
};

const bindingNames: Readonly<Record<BudgetLimit["kind"], string>> = {
  flops: "the compute",
  costUsd: "the money",
  deviceHours: "the number of device-hours",
  deadline: "the deadline",
};

/** What the limits that don't bind leave over, a sentence each. */
export function leftOver(limits: readonly BudgetLimit[], said: Amounts, before: Amounts): readonly string[] {
  return limits
    .filter(({ binding }) => !binding)
    .map((limit) => leftOf(limit, said, before))
    .filter((text) => text !== null);
}

/** Null where what is used is not known. */
function leftOf({ kind, deviceHours }: BudgetLimit, said: Amounts, before: Amounts): string | null {
  const whole = (name: "costUsd" | "flops"): string => written(name, before[name]!);
  switch (kind) {
    case "costUsd":
      if (said.costUsd === undefined) return null;
      return `Of ${whole("costUsd")}, ${written("costUsd", before.costUsd! - said.costUsd)} are left.`;
    case "deadline":
      if (said.hours === undefined) return null;
      return `The training ends after ${formatNumber(said.hours / 24, 3)} of ${formatNumber(before.hours! / 24, 3)} days.`;
    case "deviceHours":
      return `Of ${written("deviceHours", deviceHours!)}, ${formatGrouped(deviceHours! - (said.deviceHours ?? 0))} are left.`;
    case "flops":
      if (said.flops === undefined) return null;
      return `Only ${formatNumber((100 * said.flops) / before.flops!, 3)} % of ${whole("flops")} can be had.`;
  }
}

/** The compute that the limits leave at an MFU and a price: the least of what each allows. */
export function flopsWithin(
  { flops, costUsd, deviceHours, devices, hours }: Amounts,
  perDeviceHour: number,
  pricePerHourUsd: number | undefined,
): number {
  const allowed = [
    deviceHours,
    costUsd === undefined || pricePerHourUsd === undefined ? undefined : costUsd / pricePerHourUsd,
    devices === undefined || hours === undefined ? undefined : devices * hours,
  ].flatMap((value) => (value === undefined ? [] : [value * perDeviceHour]));
  return Math.min(flops ?? Number.POSITIVE_INFINITY, ...allowed);
}
