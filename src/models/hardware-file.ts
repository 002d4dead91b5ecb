import { didYouMean, metricPrefixes, parseNumber } from "../numeric/index.ts";
import type { Hardware } from "./hardware.ts";
import { hardwareSchema } from "./schema.ts";

/** Short names of a hand-written file, and what they stand for; quantities may carry a unit. */
const fields: Readonly<Record<string, { key: keyof Hardware; unit: Unit | null }>> = {
  name: { key: "name", unit: null },
  peak: { key: "peakFlopsPerSecond", unit: "FLOP/s" },
  peakFlopsPerSecond: { key: "peakFlopsPerSecond", unit: "FLOP/s" },
  memory: { key: "memoryBytes", unit: "B" },
  memoryBytes: { key: "memoryBytes", unit: "B" },
  bandwidth: { key: "bandwidthBytesPerSecond", unit: "B/s" },
  bandwidthBytesPerSecond: { key: "bandwidthBytesPerSecond", unit: "B/s" },
  link: { key: "link", unit: "B/s" },
  power: { key: "powerWatts", unit: "W" },
  powerWatts: { key: "powerWatts", unit: "W" },
  price: { key: "prices", unit: "$/h" },
  prices: { key: "prices", unit: "$/h" },
  aliases: { key: "aliases", unit: null },
  source: { key: "source", unit: null },
  url: { key: "url", unit: null },
};

type Unit = "FLOP/s" | "B" | "B/s" | "W" | "$/h";

/** How each unit is written, an example, and the least that can be meant: below it somebody has left out a prefix. */
const units: Readonly<Record<Unit, { pattern: RegExp; example: string; least: number }>> = {
  "FLOP/s": { pattern: /^FLOPS?(?:\/s)?$/i, example: '"989 TFLOP/s"', least: 1e9 },
  B: { pattern: /^(?:B|bytes?)$/i, example: '"80 GB"', least: 1e6 },
  "B/s": { pattern: /^(?:B|bytes?)(?:\/s|ps)$/i, example: '"3.35 TB/s"', least: 1e6 },
  W: { pattern: /^W(?:atts?)?$/i, example: '"700 W"', least: 0 },
  "$/h": { pattern: /^(?:\$|USD)?(?:\/|\s*per\s*)(?:h|hr|hour)$/i, example: '"$2.50/h"', least: 0 },
};

/**
 * Hardware of one's own, from what a YAML or JSON file holds: one device, a list, or `{ hardware: [ … ] }`.
 *
 * Quantities are numbers in base units, or words with a unit: `peak: 989 TFLOP/s` (bf16) or `{ bf16: …, fp8: … }`,
 * `memory: 80 GB`, `bandwidth: 3.35 TB/s`, `link: { bandwidth: 900 GB/s, devices: 8 }`, `power: 700 W`, `price: $2.50/h`.
 * A rate "with sparsity" is refused: no training reaches it, and every MFU would be half of the truth.
 *
 * @param origin what errors call the file
 * @example readHardware({ name: "H800", peak: "989 TFLOP/s", memory: "80 GB", bandwidth: "3.35 TB/s" }, "mine.yaml")
 */
export function readHardware(value: unknown, origin: string = "hardware"): readonly Hardware[] {
  const inner = isRecord(value) && Array.isArray(value.hardware) ? value.hardware : value;
  const list: readonly unknown[] = Array.isArray(inner) ? inner : [inner];
  if (list.length === 0) throw new Error(`${origin}: expected a device, got an empty list`);
  return list.map((item, i) => readDevice(item, list.length > 1 ? `${origin}, device ${i + 1}` : origin));
}

function readDevice(item: unknown, where: string): Hardware {
  if (!isRecord(item))
    throw new Error(
      `${where}: expected a device with name, peak, memory and bandwidth, got ${JSON.stringify(item)}`,
    );
  const base: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(item)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) {
      const near = didYouMean(name, Object.keys(fields));
      throw new Error(
        `${where}: unknown field "${name}"; ${near ? `did you mean "${near}"?` : `it takes ${Object.keys(fields).join(", ")}`}`,
      );
    }
    if (field.key in base)
      throw new Error(`${where}: "${name}" says ${field.key} a second time; leave one out`);
    base[field.key] = inBaseUnits(value, field, `${where}: ${name}`);
  }
  const read = hardwareSchema.safeParse(base);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const path = issue.path.join(".");
  const short = Object.keys(fields).find((name) => fields[name].key === issue.path[0]);
  throw new Error(
    base[String(issue.path[0])] === undefined
      ? `${where}: expected ${short}${fields[short ?? ""]?.unit ? `, such as ${units[fields[short!].unit!].example}` : ""}, got nothing`
      : `${where}: ${path}: ${issue.message}`,
  );
}

function inBaseUnits(
  value: unknown,
  { key, unit }: { key: keyof Hardware; unit: Unit | null },
  where: string,
): unknown {
  if (unit === null || value === null) return value;
  const amount = (words: unknown, at = where): number => readAmount(words, unit, at);
  if (key === "peakFlopsPerSecond" && isRecord(value))
    return Object.fromEntries(
      Object.entries(value).map(([precision, words]) => [
        precision,
        words === null ? null : amount(words, `${where}.${precision}`),
      ]),
    );
  if (key === "peakFlopsPerSecond") return { bf16: amount(value) };
  if (key === "link" && isRecord(value)) {
    const { bandwidth, ...rest } = value;
    return bandwidth === undefined
      ? rest
      : { ...rest, bytesPerSecond: amount(bandwidth, `${where}.bandwidth`) };
  }
  if (key === "prices") return Array.isArray(value) ? value : [{ usd: amount(value) }];
  return key === "link" ? value : amount(value);
}

/** A number in base units, or words with one of the unit's spellings. */
function readAmount(words: unknown, unit: Unit, where: string): number {
  const { pattern, example, least } = units[unit];
  const cannot = (reason: string): Error =>
    new Error(`${where}: ${reason}, got ${JSON.stringify(words)}; write it as ${example}`);
  if (typeof words === "string" && /spars/i.test(words))
    throw cannot("expected a dense rate, not one with sparsity");
  const text = String(words).replace(/^\$\s*/, "");
  const match = /^([\d.,_]+(?:e[+-]?\d+)?)\s*(.*)$/i.exec(text.trim());
  if (!match || (typeof words !== "number" && typeof words !== "string")) throw cannot("expected an amount");
  const factor = match[2] === "" ? 1 : prefixOf(match[2], pattern);
  if (factor === null) throw cannot(`expected the unit ${unit}`);
  const value = parseNumber(match[1]) * factor;
  if (!(value > least))
    throw cannot(least > 0 ? `expected more than ${least} ${unit}` : `expected more than 0`);
  return value;
}

/** What the prefix of a unit multiplies by; null where the rest is not the unit. */
function prefixOf(words: string, unit: RegExp): number | null {
  if (unit.test(words)) return 1;
  if (/^[kmgt]i/i.test(words) && unit.test(words.slice(2)))
    return 1024 ** ("kmgt".indexOf(words[0].toLowerCase()) + 1);
  return unit.test(words.slice(1)) ? (metricPrefixes[words[0].toLowerCase()] ?? null) : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
