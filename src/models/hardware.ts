import { didYouMean } from "../numeric/index.ts";
import { hardware } from "./hardware-catalogue.ts";

/** What one accelerator can do, by its maker's data sheet; null where no data sheet says it. */
export interface Hardware {
  readonly name: string;
  /** Peak dense rates (never the "with sparsity" figures), matrix units where there are any. */
  readonly peakFlopsPerSecond: Readonly<Record<Precision, number | null>>;
  /** As printed, with 1 GB = 1e9 bytes (makers mean GiB more often than not: this is the careful reading). */
  readonly memoryBytes: number;
  readonly bandwidthBytesPerSecond: number;
  /**
   * The fast links between devices (NVLink, Infinity Fabric, ICI): what one device moves, both directions together, and
   * how many devices they join; null where devices meet only over their hosts.
   */
  readonly link: { readonly bytesPerSecond: number; readonly devices: number } | null;
  /** Most power that the data sheet allows one chip or board. */
  readonly powerWatts: number | null;
  /** What an hour of one device costs, by whom and when. */
  readonly prices: readonly HourlyPrice[];
  /** Other spellings; case, spaces, punctuation and makers' names are ignored anyway. */
  readonly aliases: readonly string[];
  readonly source: string;
  readonly url: string | null;
}

/** The number formats whose rates data sheets print; `fp32` is plain, not TF32. */
export type Precision = "bf16" | "fp16" | "tf32" | "fp32" | "fp8" | "int8";

/** A price for an hour of one device. */
export interface HourlyPrice {
  readonly usd: number;
  readonly provider: string;
  readonly plan: "on-demand" | "committed" | "spot" | "own";
  /** The day on which it was read, year-month-day; null where nobody noted it. */
  readonly date: string | null;
  readonly url: string | null;
  /** False where nobody here saw the page or a dated transcript of it. */
  readonly verified: boolean;
}

/**
 * Find an accelerator by a name as people write it ("h100", "NVIDIA H100 SXM", "H100s", "tpu-v5p",
 * "Trillium").
 *
 * Throws with a suggestion when the name is unknown: a peak rate is never guessed.
 *
 * @param own hardware of one's own; it comes before that of the catalogue
 * @example findHardware("nvidia h100").peakFlopsPerSecond.bf16 // 989400000000000
 */
export function findHardware(name: string, own: readonly Hardware[] = []): Hardware {
  const wanted = plainName(name);
  const all = [...own, ...hardware];
  const spellings = all.flatMap((item) =>
    [item.name, ...item.aliases].map((spelling) => ({ plain: plainName(spelling), item })),
  );
  const found = spellings.find(({ plain }) => plain === wanted);
  if (found) return found.item;
  const near = didYouMean(
    wanted,
    spellings.map(({ plain }) => plain),
  );
  const suggestion = spellings.find(({ plain }) => plain === near)?.item.name;
  const known = all.map((item) => item.name).join(", ");
  throw new Error(
    `unknown hardware "${name}"${suggestion ? `; did you mean "${suggestion}"?` : ":"} known are ${known}`,
  );
}

function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/nvidia|amd|google|tensor core|accelerators?|gpus?|chips?/g, "")
    .replace(/[^a-z0-9]/g, "")
    .replace(/(?<=\d[a-z]?|cpu|laptop)s$/, "");
}

/**
 * The dense rate that MFU is a share of in mixed-precision training: bf16, or fp16 where there is no bf16, or plain fp32
 * where there is neither.
 *
 * Null when the data sheet gives none of them.
 *
 * @example trainingPeak(findHardware("V100")) // 125000000000000
 */
export function trainingPeak(item: Hardware): number | null {
  const precision = trainingPrecision(item);
  return precision && item.peakFlopsPerSecond[precision];
}

/** The precision of {@link trainingPeak}. */
export function trainingPrecision({ peakFlopsPerSecond }: Hardware): Precision | null {
  return (["bf16", "fp16", "fp32"] as const).find((name) => peakFlopsPerSecond[name] !== null) ?? null;
}
