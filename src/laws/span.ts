import { type Quantity, type QuantityInfo, quantities } from "../models/index.ts";
import type { CoefficientSet, Law } from "./law.ts";

type Span = readonly [low: number, high: number];

/** The catalogue's entry of a quantity; null for a stranger's own. */
export function quantityInfo(quantity: string): QuantityInfo | null {
  return Object.hasOwn(quantities, quantity) ? quantities[quantity as Quantity] : null;
}

const countedUnits: ReadonlySet<string> = new Set(
  "parameters,tokens,characters,samples,examples,experts,entries,layers,dimensions,optimizer steps".split(
    ",",
  ),
);

/** Whether a quantity is a number of things, of which there is no half. */
export function isCounted(quantity: string): boolean {
  return countedUnits.has(quantityInfo(quantity)?.unit ?? "");
}

/** Where today's runs lie, for laws of which no set says where its data lay. */
const usual: Readonly<Record<string, Span>> = {
  params: [1e7, 1e11],
  tokens: [1e9, 1e13],
  uniqueTokens: [1e9, 1e12],
  flops: [1e17, 1e25],
  flopsPerToken: [1e8, 1e12],
  tokensPerParam: [1, 1000],
  steps: [1e3, 1e6],
  minSteps: [1e3, 1e6],
  batchTokens: [1e5, 1e7],
  learningRate: [1e-4, 1e-2],
  warmupTokens: [1e8, 1e10],
  decayTokens: [1e9, 1e12],
  initStd: [0.005, 0.1],
  samples: [1, 9801], // its middle is odd, as a majority wants
  klDivergence: [0.1, 100],
  capability: [-2, 2],
  loss: [1.5, 4],
  examples: [100, 1e7],
  uniqueExamples: [1e6, 1e8],
  experts: [1, 256],
  granularity: [1, 32],
  vocabulary: [4e3, 2.6e5],
  characters: [1e9, 1e13],
  fineTuningCharacters: [1e5, 1e9],
  weightBits: [3, 16],
  activationBits: [3, 16],
  cacheBits: [3, 16],
  servedBits: [3, 16],
  contextTokens: [64, 131_072],
  lrArea: [0.1, 20],
  annealedArea: [0, 1],
  // a third in the middle, so that shares in the middle sum to 1
  share1: [0.1, 17 / 30],
  share2: [0.1, 17 / 30],
  share3: [0.1, 17 / 30],
  width: [128, 8192],
  depth: [2, 64],
};

const byDomain: Readonly<Record<QuantityInfo["domain"], Span>> = {
  positive: [0.1, 10],
  nonnegative: [0, 10],
  unit: [0.02, 0.98],
  real: [-2, 2],
};

/**
 * The span of an input over which a law is drawn and looked through first: that of the data behind a set, else behind
 * all of the law's sets together, else where today's runs lie.
 *
 * @example inputSpan(chinchilla, "params", chinchilla.sets["besiroglu2024-refit"]) // [5.7334e7, 1.6183e10]
 */
export function inputSpan(law: Law, quantity: string, set: CoefficientSet | null = null): Span {
  const own = set?.range?.[quantity];
  if (own) return own;
  const spans = Object.values(law.sets).flatMap(({ range }) => (range?.[quantity] ? [range[quantity]] : []));
  if (spans.length > 0)
    return [Math.min(...spans.map(([low]) => low)), Math.max(...spans.map(([, high]) => high))];
  return usual[quantity] ?? byDomain[quantityInfo(quantity)?.domain ?? "positive"];
}

/** The point at a share of an input's span, 0 to 1: by its logarithm where the quantity is above 0. */
export function alongSpan(quantity: string, [low, high]: Span, share: number): number {
  const logarithmic = low > 0 && (quantityInfo(quantity)?.domain ?? "positive") === "positive";
  return logarithmic ? low * (high / low) ** share : low + (high - low) * share;
}

/** The middle of an input's span; of what is counted a whole number. */
export function inputMiddle(law: Law, quantity: string, set: CoefficientSet | null = null): number {
  const middle = alongSpan(quantity, inputSpan(law, quantity, set), 0.5);
  return isCounted(quantity) ? Math.round(middle) : middle;
}

/** What a law's output is measured in: its own word for it, else its quantity's; "" for a stranger's quantity. */
export function outputUnit({ unit, output }: Law): string {
  return unit ?? quantityInfo(output)?.unit ?? "";
}

/** The middle of the values from which a fit starts each parameter: enough to show a law's shape, and nobody's values. */
export function middleStarts({ parameters }: Law): Record<string, number> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { start }]) => [name, start[Math.floor((start.length - 1) / 2)]!]),
  );
}
