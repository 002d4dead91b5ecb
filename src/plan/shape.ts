import { type Architecture, flopsPerToken, type ParameterCount } from "../models/index.ts";
import { didYouMean, formatCount, formatNumber } from "../numeric/index.ts";
import { type ShapeFinding, shapeFindings, shapeLoss } from "./aspect.ts";
import {
  candidates,
  families,
  innerSize,
  type ShapeCandidate,
  type ShapeCounting,
  type ShapeQuestion,
} from "./shape-search.ts";

/** A model that can be built: the shape nearest to a size, counted exactly, with what is known about such shapes. */
export interface ShapePlan {
  readonly asked: { readonly params: number; readonly counting: ShapeCounting };
  readonly shape: Architecture;
  readonly count: ParameterCount;
  /** Parameters of the shape over those asked for, less 1. */
  readonly off: number;
  readonly aspect: number;
  /** Training, a token: every matrix product with the attention scores and the head, beside six per parameter. */
  readonly flopsPerToken: { readonly exact: number; readonly sixN: number; readonly ratio: number };
  readonly trainingFlops: { readonly exact: number; readonly sixN: number } | null;
  /** The shapes at the ends of the interval of the size. */
  readonly ends: {
    readonly level: number;
    readonly low: ShapeSketch;
    readonly high: ShapeSketch;
  } | null;
  /** Shapes of the same size, the deepest first, and how much more loss than here the law of width and depth gives them. */
  readonly others: readonly (ShapeSketch & { readonly moreLoss: number })[];
  readonly findings: readonly ShapeFinding[];
  readonly assumed: readonly string[];
  readonly warnings: readonly string[];
}

/** A shape in few numbers. */
export interface ShapeSketch {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly ffnSize: number;
  readonly params: number;
}

/**
 * The shape of a model of a given size: layers, width, heads, key heads, FFN and vocabulary.
 *
 * Among all shapes in multiples that hardware likes, the one whose width over depth and FFN over width are nearest to
 * what the family has, 2 % off the size weighing as much as twice the usual width over depth. Depth hardly matters for the loss (Kaplan et al.
 * 2020, figure 5, https://arxiv.org/abs/2001.08361), so it is free to make the count come out. Multiples: heads of
 * 64 below a width of 1024 and 128 above, four of them from a width of 2048 and eight from 4096 on, for tensor
 * parallelism; FFN and vocabulary in 128s (Anthony et al. 2024, https://arxiv.org/abs/2401.14489).
 *
 * @throws when no shape comes within 10 %: the vocabulary alone may be too large
 * @example planShape({ params: 7e9 }).shape.layers // 32, 4096 wide
 */
export function planShape(question: ShapeQuestion): ShapePlan {
  const { params, counting = "total", family = "llama", tokens = null, interval = null } = question;
  check(question);
  const found = candidates(question);
  const best = found[0]!;
  const { shape, count } = best;
  const exact = flopsPerToken(shape, { convention: "exact" });
  const sixN = flopsPerToken(shape, { convention: "6ND" });
  const at = (size: number): ShapeSketch => sketch(candidates({ ...question, params: size })[0]!, counting);
  const off = count[counting] / params - 1;
  return {
    asked: { params, counting },
    shape,
    count,
    off,
    aspect: shape.width / shape.layers,
    flopsPerToken: { exact, sixN, ratio: exact / sixN },
    trainingFlops: tokens === null ? null : { exact: exact * tokens, sixN: sixN * tokens },
    ends: interval && { level: interval.level, low: at(interval.low), high: at(interval.high) },
    others: otherShapes(found, best, counting, tokens),
    findings: shapeFindings(
      {
        layers: shape.layers,
        width: shape.width,
        nonEmbedding: count.nonEmbedding,
        vocabularySize: shape.vocabulary,
      },
      tokens,
    ),
    assumed: assumptions(question, shape),
    warnings: [
      ...(Math.abs(off) > 0.02
        ? [
            `The nearest ${family} shape has ${formatCount(count[counting], 3)} ${counting} parameters, ${formatNumber(100 * Math.abs(off), 2)} % ${off > 0 ? "more" : "fewer"} than asked.`,
          ]
        : []),
      ...(count.embedding > count.total / 4
        ? [
            `The token embedding is ${formatNumber((100 * count.embedding) / count.total, 2)} % of all parameters: a law fitted on non-embedding parameters means another size.`,
          ]
        : []),
    ],
  };
}

function otherShapes(
  found: readonly ShapeCandidate[],
  best: ShapeCandidate,
  counting: ShapeCounting,
  tokens: number | null,
): (ShapeSketch & { moreLoss: number })[] {
  const { nonEmbedding } = best.count;
  const lossOf = ({ shape }: ShapeCandidate): number =>
    shapeLoss(shape.width, shape.layers, nonEmbedding, tokens ?? 20 * nonEmbedding);
  const byWidth = new Map([[best.shape.width, best]]);
  for (const candidate of found) {
    const { width, layers } = candidate.shape;
    const possible = width / layers > 8 && width / layers < 1000 && candidate.off <= 0.03;
    if (possible && !byWidth.has(width)) byWidth.set(width, candidate);
  }
  const away = ({ shape }: ShapeCandidate): number => Math.abs(Math.log(shape.width / best.shape.width));
  return [...byWidth.values()]
    .sort((x, y) => away(x) - away(y))
    .slice(0, 5)
    .sort((x, y) => y.shape.layers - x.shape.layers)
    .map((candidate) => ({ ...sketch(candidate, counting), moreLoss: lossOf(candidate) - lossOf(best) }));
}

function sketch({ shape, count }: ShapeCandidate, counting: ShapeCounting): ShapeSketch {
  const { layers, width, heads } = shape;
  return { layers, width, heads, ffnSize: innerSize(shape), params: count[counting] };
}

function assumptions(question: ShapeQuestion, shape: Architecture): string[] {
  const said: string[] = [];
  if (question.aspect === undefined && question.width === undefined && question.layers === undefined)
    said.push("width over layers as published models have it: 64 up to 100M parameters, 128 from 7B");
  if (question.vocabulary === undefined)
    said.push(`a vocabulary of ${formatCount(shape.vocabulary)}, the family's; a tokenizer of yours decides`);
  if (question.context === undefined) said.push(`sequences of ${shape.context} tokens, the family's`);
  if (shape.kvHeads < shape.heads && question.kvHeads === undefined)
    said.push(
      `${shape.kvHeads} key heads for ${shape.heads} query heads (Ainslie et al. 2023, https://arxiv.org/abs/2305.13245)`,
    );
  if (shape.experts > 0 && question.experts === undefined)
    said.push(
      `${shape.experts} experts, ${shape.activeExperts} of them active, as in Mixtral (https://arxiv.org/abs/2401.04088)`,
    );
  return said;
}

function check({ params, family = "llama", counting = "total", interval }: ShapeQuestion): void {
  if (!(params > 0) || !Number.isFinite(params))
    throw new Error(`cannot plan a shape: expected a number of parameters above 0, got ${params}`);
  if (!Object.hasOwn(families, family)) {
    const names = Object.keys(families);
    const near = didYouMean(String(family), names);
    throw new Error(
      `cannot plan a shape: unknown family "${family}"; ${near === null ? `there are ${names.join(", ")}` : `did you mean "${near}"?`}`,
    );
  }
  if (!["total", "nonEmbedding", "nonEmbeddingWithHead", "active"].includes(counting))
    throw new Error(
      `cannot plan a shape: parameters are counted as total, nonEmbedding, nonEmbeddingWithHead or active, got "${counting}"`,
    );
  if (interval && !(interval.low > 0 && interval.high >= interval.low))
    throw new Error(
      `cannot plan shapes for the interval ${interval.low} to ${interval.high}: expected 0 < low ≤ high`,
    );
}
