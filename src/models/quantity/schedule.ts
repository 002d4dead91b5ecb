import type { QuantityInfo } from "./info.ts";

/** A learning rate's schedule, as the laws of whole loss curves take it. */
export type ScheduleQuantity =
  | "lrArea"
  | "annealedArea"
  | `lrDrop${Piece}`
  | `lrAfter${Piece}`
  | `lrSince${Piece}`;

/** The pieces into which the falls of a learning rate are put; `curveFeatures` says how. */
type Piece = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

function ofPieces<const Name extends string>(
  name: Name,
  row: (j: number) => Omit<QuantityInfo, "headers">,
): Record<`${Name}${Piece}`, QuantityInfo> {
  const header = name.replace("lr", "lr_").toLowerCase();
  const rows = [1, 2, 3, 4, 5, 6, 7, 8].map((j): [string, QuantityInfo] => [
    `${name}${j}`,
    { ...row(j), headers: [`${header}${j}`] },
  ]);
  return Object.fromEntries(rows) as Record<`${Name}${Piece}`, QuantityInfo>;
}

export const scheduleQuantities: Readonly<Record<ScheduleQuantity, QuantityInfo>> = {
  lrArea: {
    unit: "learning rate × steps",
    meaning: "sum of the learning rate over the steps so far, warm-up included",
    symbol: "S_1",
    domain: "positive",
    headers: ["lr_area", "s_1", "s1", "lr_sum", "cumulative_lr"],
  },
  annealedArea: {
    unit: "learning rate × steps",
    meaning:
      "sum over the steps of the learning rate's falls, each fading with the steps since (Tissue's S2)",
    symbol: "S_2",
    domain: "nonnegative",
    headers: ["annealed_area", "s_2", "s2", "annealing_area"],
  },
  ...ofPieces("lrDrop", (j) => ({
    unit: "learning rate",
    meaning: `fall of the learning rate in piece ${j}`,
    symbol: `d_${j}`,
    domain: "real",
  })),
  ...ofPieces("lrAfter", (j) => ({
    unit: "learning rate",
    meaning: `learning rate after the fall of piece ${j}`,
    symbol: `eta_${j}`,
    domain: "positive",
  })),
  ...ofPieces("lrSince", (j) => ({
    unit: "learning rate × steps",
    meaning: `lrArea gathered since the fall of piece ${j}`,
    symbol: `since_${j}`,
    domain: "nonnegative",
  })),
};
