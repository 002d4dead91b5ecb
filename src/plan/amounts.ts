import { formatCount, formatDollars, formatFlops, formatGrouped, formatNumber } from "../numeric/index.ts";

/** The amounts of a budget that three rules connect. */
export type Amount =
  | "flops"
  | "deviceHours"
  | "devices"
  | "hours"
  | "mfu"
  | "effectiveTime"
  | "costUsd"
  | "pricePerHourUsd";
export type Amounts = Partial<Record<Amount, number>>;

/** Throws nothing itself: makes the error that says which budget could not be read. */
export type Fail = (reason: string) => Error;

/**
 * Fills in whatever follows, to a fixed point, writing one line a step:
 * deviceHours = devices · hours, costUsd = deviceHours · pricePerHourUsd,
 * flops = deviceHours · 3600 · peak · mfu · effectiveTime.
 *
 * @throws when the amounts contradict each other
 */
export function solveAmounts(said: Amounts, peak: number | null, steps: string[], fail: Fail): void {
  const useful = said.effectiveTime ?? 1;
  const perDeviceHour = peak === null ? null : 3600 * peak * useful;
  const because =
    peak === null
      ? ""
      : ` × 3600 s/h × ${formatFlops(peak, 4)} FLOP/s${useful === 1 ? "" : ` × ${formatNumber(100 * useful, 3)}% of the time`}`;
  // Each rule: product = left · right · constant.
  const rules: { product: Amount; left: Amount; right: Amount; constant: number | null; because: string }[] =
    [
      { product: "deviceHours", left: "devices", right: "hours", constant: 1, because: "" },
      { product: "costUsd", left: "deviceHours", right: "pricePerHourUsd", constant: 1, because: "" },
      { product: "flops", left: "deviceHours", right: "mfu", constant: perDeviceHour, because },
    ];
  const show = (name: Amount): string => written(name, said[name]!);
  for (let before = -1; before !== Object.keys(said).length; ) {
    before = Object.keys(said).length;
    for (const { product, left, right, constant, because } of rules) {
      if (constant === null) continue;
      const [p, l, r] = [said[product], said[left], said[right]];
      if (l !== undefined && r !== undefined) {
        const value = l * r * constant;
        if (p === undefined) {
          said[product] = value;
          steps.push(`${show(left)}${because} × ${show(right)} = ${show(product)}`);
        } else if (!nearlyEqual(p, value))
          throw fail(
            `it contradicts itself: ${show(left)}${because} × ${show(right)} is ${written(product, value)}, not ${written(product, p)}`,
          );
      } else if (p !== undefined && (l !== undefined || r !== undefined)) {
        const [known, unknown] = l !== undefined ? [left, right] : [right, left];
        const value = p / (said[known]! * constant);
        if (unknown === "mfu" && value > 1)
          throw fail(
            `it needs an MFU of ${formatNumber(100 * value, 3)}%, more than the hardware's peak; give more devices or time`,
          );
        said[unknown] = value;
        steps.push(`${show(product)} ÷ (${show(known)}${because}) = ${show(unknown)}`);
      }
    }
  }
}

/** The amounts as errors speak of them. */
export const spoken: Readonly<Record<Amount, string>> = {
  flops: "the FLOPs",
  deviceHours: "the device-hours",
  devices: "the devices",
  hours: "the time",
  mfu: "the MFU",
  effectiveTime: "the effective time",
  costUsd: "the cost",
  pricePerHourUsd: "the price",
};

export function written(name: Amount, value: number): string {
  switch (name) {
    case "flops":
      return `${formatFlops(value, 4)} FLOPs`;
    case "deviceHours":
      return `${wholeText(value)} device-hours`;
    case "devices":
      return `${wholeText(value)} device${value === 1 ? "" : "s"}`;
    case "hours":
      return `${wholeText(value)} h`;
    case "mfu":
      return `${formatNumber(100 * value, 3)}% MFU`;
    case "effectiveTime":
      return `${formatNumber(100 * value, 3)}% of the time`;
    case "costUsd":
      return formatDollars(value);
    case "pricePerHourUsd":
      return `${formatDollars(value)}/h`;
  }
}

function wholeText(value: number): string {
  return value < 1e6 ? formatGrouped(value, 1).replace(/\.0$/, "") : formatCount(value, 4);
}

/** Amounts that people state twice are rounded; half a percent apart is the same amount. */
export function nearlyEqual(a: number, b: number): boolean {
  return Math.abs(a - b) <= 0.005 * Math.max(a, b);
}
