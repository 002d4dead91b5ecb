import { findSet, lawFunction, type Source, shape as shapeLaw, vocabulary } from "../laws/index.ts";
import { formatCount, formatNumber } from "../numeric/index.ts";

/** What somebody measured about the shape of a model, said of one shape, with where it comes from. */
export interface ShapeFinding {
  readonly says: string;
  readonly source: Source;
  /** Why the numbers are not a paper's own, or not checked against its text. */
  readonly caution: string | null;
}

const kaplan: Source = {
  authors: "Kaplan et al.",
  year: 2020,
  title: "Scaling Laws for Neural Language Models",
  url: "https://arxiv.org/abs/2001.08361",
  where: "figure 5",
};

/** Levine et al. 2020: how wide a network has to be for its depth to pay. */
const levine: Source = {
  authors: "Levine et al.",
  year: 2020,
  title: "The Depth-to-Width Interplay in Self-Attention",
  url: "https://arxiv.org/abs/2006.12467",
  where: "section 5, the fit of the transition between depth-efficiency and inefficiency",
};

/** d = exp(a + b·L), with the coefficients of the fit in {@link levine}. */
const transition = { a: 5.039, b: 0.0555 } as const;

/**
 * The depth past which more layers are no better than more width, and the width there, for N non-embedding parameters.
 *
 * ln d = a + b·L and N = 12·L·d². Levine et al. 2020, section 5, https://arxiv.org/abs/2006.12467. The coefficients
 * stand here from the paper's fit; with them a model of 1e12 parameters has 95 layers of 30,100, the abstract's "width
 * of 30K".
 *
 * @example depthLimit(1e12) // { layers: 94.7, width: 29600 }, about
 */
export function depthLimit(nonEmbedding: number): { layers: number; width: number } {
  const size = (L: number): number => 12 * L * Math.exp(2 * (transition.a + transition.b * L));
  let low = 0;
  let high = 1000;
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (size(middle) < nonEmbedding) low = middle;
    else high = middle;
  }
  return { layers: low, width: Math.exp(transition.a + transition.b * low) };
}

const gemstones = findSet(shapeLaw, "gemstones2025-cooldown");
const gemstonesLoss = lawFunction(shapeLaw, gemstones.parameters);

/**
 * How much loss a shape has by the law of width and depth, at its parameters and tokens.
 *
 * McLeish et al. 2025 (Gemstones), https://arxiv.org/abs/2502.06857: the set of their cooled-down runs.
 */
export function shapeLoss(width: number, depth: number, params: number, tokens: number): number {
  return gemstonesLoss({ width, depth, params, tokens });
}

/** The width and depth that this law likes best at N = k·depth·width², and its loss there. */
function bestByGemstones(
  params: number,
  tokens: number,
  k: number = 12,
): { width: number; depth: number; loss: number } {
  let best = { width: 0, depth: 0, loss: Number.POSITIVE_INFINITY };
  for (let depth = 2; depth <= 400; depth++) {
    const width = Math.sqrt(params / (k * depth));
    const loss = shapeLoss(width, depth, params, tokens);
    if (loss < best.loss) best = { width, depth, loss };
  }
  return best;
}

/** What the literature says of this much depth and width, in sentences with their sources. */
export function shapeFindings(
  {
    layers,
    width,
    nonEmbedding,
    vocabularySize,
  }: { layers: number; width: number; nonEmbedding: number; vocabularySize: number },
  tokens: number | null,
): ShapeFinding[] {
  const D = tokens ?? 20 * nonEmbedding;
  const limit = depthLimit(nonEmbedding);
  const free = bestByGemstones(nonEmbedding, D, nonEmbedding / (layers * width ** 2));
  const excess = shapeLoss(width, layers, nonEmbedding, D) - free.loss;
  const inside =
    width <= 3072 && width >= 256 && layers <= 80 && layers >= 3 && nonEmbedding <= 2.1e9
      ? null
      : "Outside the runs of the law (widths 256 to 3072, 3 to 80 layers, up to 2.1B parameters).";
  const vocabularyWanted = bestVocabulary(nonEmbedding, width, D);
  return [
    {
      says: `Width over depth may differ by a factor of 40 at small cost: 6 layers of 4288 come within 3 % of the loss of 48 of 1600; 22 % more compute makes up for 1 % of loss. Here it is ${formatNumber(width / layers, 3)}.`,
      source: kaplan,
      caution: "Measured on models of up to 1.5B non-embedding parameters, at equal ones.",
    },
    {
      says:
        layers > limit.layers
          ? `Deeper than pays: at this size depth beyond ${Math.round(limit.layers)} layers (width ${Math.round(limit.width)}) is no better than width.`
          : `Not too deep: depth pays up to ${Math.round(limit.layers)} layers (width ${Math.round(limit.width)}) at this size.`,
      source: levine,
      caution: "Measured on 6 to 48 layers; it bounds the depth and says nothing of speed.",
    },
    {
      says: `The law of width and depth would take ${free.depth} layers of ${Math.round(free.width)} and lose ${formatNumber(excess, 2)} nats per token less.`,
      source: { ...shapeLaw.source, where: `the set gemstones2025-cooldown of the law shape` },
      caution: inside ?? "Deeper models also train more slowly, which the law does not see.",
    },
    {
      says: `The vocabulary that this size and data deserve is about ${formatCount(vocabularyWanted, 2)} tokens; here it is ${formatCount(vocabularySize, 3)}.`,
      source: { ...vocabulary.source, where: "approach 3, its lowest loss at equal FLOPs" },
      caution: nonEmbedding > 1.13e9 ? "Far outside the runs of the law (up to 1.1B parameters)." : null,
    },
  ];
}

const tao = findSet(vocabulary, "tao2024");
const vocabularyLoss = lawFunction(vocabulary, tao.parameters);

/**
 * The vocabulary with the lowest loss at equal FLOPs, 6·(N + V·d)·D, for a text of which more vocabulary makes fewer
 * tokens.
 *
 * Tao et al. 2024, approach 3, https://arxiv.org/abs/2407.13623, which finds 216K for 70B on 1.4T tokens.
 */
export function bestVocabulary(nonEmbedding: number, width: number, tokens: number): number {
  const C = 6 * nonEmbedding * tokens;
  let best = 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (let V = 1000; V < 4e6; V *= 1.01) {
    const v = Math.log(V / 1000);
    // tokens of a character, the parabola of the law
    const fertility = 0.00639222 * v * v - 0.15811069 * v + 1.20470122;
    const characters = C / (6 * (nonEmbedding + V * width)) / fertility;
    const loss = vocabularyLoss({ params: nonEmbedding, vocabulary: V, width, characters });
    if (loss < lowest) [best, lowest] = [V, loss];
  }
  return best;
}
