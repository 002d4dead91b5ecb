import type { Interval } from "../fit/index.ts";
import {
  type Architecture,
  chinchillaShape,
  countParameters,
  gpt2Shape,
  llamaShape,
  moeShape,
  type ParameterCount,
  type ShapeOptions,
} from "../models/index.ts";
import { formatCount } from "../numeric/index.ts";

/** Which parameters a size counts. */
export type ShapeCounting = "total" | "nonEmbedding" | "nonEmbeddingWithHead" | "active";

/** What planShape is asked for. */
export interface ShapeQuestion {
  readonly params: number;
  /** Which parameters that counts; default total. */
  readonly counting?: ShapeCounting;
  /** Default llama. */
  readonly family?: Architecture["family"];
  /** For the FLOPs of the whole run, and for what the laws of shape say. */
  readonly tokens?: number | null;
  /** Of `params`, from a fit: the shapes at its ends are given as well. */
  readonly interval?: Pick<Interval, "low" | "high" | "level"> | null;
  /** Width over layers; default 64 up to 100M parameters, rising to 128 at 7B, as published models have it. */
  readonly aspect?: number;
  readonly layers?: number;
  readonly width?: number;
  readonly headSize?: number;
  readonly kvHeads?: number;
  readonly vocabulary?: number;
  readonly context?: number;
  readonly experts?: number;
  readonly activeExperts?: number;
  readonly sharedExperts?: number;
}

export const families: Readonly<Record<Architecture["family"], (options: ShapeOptions) => Architecture>> = {
  gpt2: gpt2Shape,
  llama: llamaShape,
  moe: moeShape,
  chinchilla: chinchillaShape,
};

/** GPT-2's 50,257 tokens are padded to a multiple of 128, as trainers do (nanoGPT). */
const vocabularies = { gpt2: 50304, llama: 32000, moe: 32000, chinchilla: 32000 } as const;

/** Multiples that tensor cores like: 64 halves on an A100, 128 lanes on a TPU; https://arxiv.org/abs/2401.14489. */
const multiple = 128;

/** Published shapes keep width / layers between GPT-2's 64 and Llama's 128; the size between is interpolated. */
function usualAspect(params: number): number {
  const share = Math.min(1, Math.max(0, Math.log(params / 1e8) / Math.log(7e9 / 1e8)));
  return 64 * 2 ** share;
}

/** A shape near the size asked for. */
export interface ShapeCandidate {
  readonly shape: Architecture;
  readonly count: ParameterCount;
  readonly off: number;
  /** Distance from the family's proportions. */
  readonly odd: number;
}

/** All shapes within 10 % of the size, the best first. */
export function candidates(question: ShapeQuestion): ShapeCandidate[] {
  const { params, counting = "total", aspect = usualAspect(params) } = question;
  const found: ShapeCandidate[] = [];
  for (const width of question.width === undefined ? widths(params) : [question.width]) {
    const headSize = question.headSize ?? (width >= 1024 ? 128 : width >= 128 ? 64 : 16);
    if (width % headSize !== 0) continue;
    const probe = build(question, { layers: 1, width, headSize });
    const one = countParameters(probe);
    const layer = one.attention + one.ffn + one.router + 2 * (one.norms / 3);
    const each = counting === "active" ? layer - (one.total - one.active) : layer;
    // the layers that would give about the size, by the family's own proportions
    const middle = Math.round((params - one[counting] + each) / each);
    const depths =
      question.layers === undefined ? [-2, -1, 0, 1, 2].map((step) => middle + step) : [question.layers];
    for (const layers of depths) {
      if (layers < 1 || layers > 400) continue;
      const usual = build(question, { layers, width, headSize });
      for (const shape of [usual, ...fittedFfn(usual, params, counting)]) {
        const count = countParameters(shape);
        const off = Math.abs(count[counting] / params - 1);
        if (off > 0.1) continue;
        // layers that four pipeline stages share evenly
        const stages = layers < 16 || layers % 4 === 0 ? 0 : layers % 2 === 0 ? 0.05 : 0.15;
        const odd =
          (Math.log(width / layers / aspect) / Math.LN2) ** 2 +
          8 * Math.log(innerSize(shape) / innerSize(usual)) ** 2 +
          stages +
          0.03 * Math.log2(oddPart(width));
        found.push({ shape, count, off, odd });
      }
    }
  }
  if (found.length === 0) throw new Error(unreachable(question));
  // 2 % off the size weighs as much as twice the usual width over depth
  const cost = ({ off, odd }: ShapeCandidate): number => odd + (off / 0.02) ** 2;
  return found.sort((x, y) => cost(x) - cost(y));
}

function build(
  question: ShapeQuestion,
  { layers, width, headSize }: { layers: number; width: number; headSize: number },
): Architecture {
  const { family = "llama", context, experts, activeExperts, sharedExperts } = question;
  const heads = width / headSize;
  const options: ShapeOptions = {
    layers,
    width,
    heads,
    headSize,
    vocabulary: question.vocabulary ?? vocabularies[family],
    context,
  };
  const grouped = (family === "llama" || family === "moe") && heads >= 16;
  options.kvHeads = question.kvHeads ?? (grouped ? largestDivisor(heads, 8) : heads);
  return family === "moe"
    ? moeShape({ ...options, experts, activeExperts, sharedExperts })
    : families[family](options);
}

/**
 * The shape with the FFN that makes the count come out, where the family leaves it free: Llama's own is 2.7 × width in
 * one generation and 3.5 in another, while GPT-2's and Chinchilla's are 4 × width.
 */
function fittedFfn(shape: Architecture, params: number, counting: ShapeCounting): Architecture[] {
  if (!shape.gatedFfn) return [];
  const { width, layers, experts, activeExperts, sharedExperts } = shape;
  const blocks = experts === 0 ? 1 : (counting === "active" ? activeExperts : experts) + sharedExperts;
  const missing = params - countParameters(shape)[counting];
  const grain = width >= 1024 ? multiple : width >= 256 ? multiple / 2 : 16;
  const size = grain * Math.round((innerSize(shape) + missing / (3 * width * layers * blocks)) / grain);
  const scale = size / innerSize(shape);
  if (scale < 0.8 || scale > 1.4) return [];
  return [experts > 0 ? { ...shape, expertSize: size } : { ...shape, ffnSize: size }];
}

/** What is left of a width when it is halved as often as it goes: powers of two divide among most devices. */
function oddPart(width: number): number {
  let rest = width;
  while (rest % 2 === 0) rest /= 2;
  return rest;
}

/** Inner width of the dense feed-forward block, or of one expert. */
export const innerSize = ({ experts, expertSize, ffnSize }: Architecture): number =>
  experts > 0 ? expertSize : ffnSize;

function widths(params: number): number[] {
  const widest = 4 * multiple * Math.ceil(Math.sqrt(params) / multiple);
  const all: number[] = [];
  for (let width = 16; width <= Math.min(65536, widest); ) {
    all.push(width);
    // heads of 16, then of 64, then two, four and eight heads of 128
    width += width < 128 ? 16 : width < 1024 ? 64 : width < 2048 ? 256 : width < 4096 ? 512 : 1024;
  }
  return all;
}

function largestDivisor(of: number, most: number): number {
  for (let n = Math.min(of, most); n > 1; n--) if (of % n === 0) return n;
  return 1;
}

function unreachable(question: ShapeQuestion): string {
  const { params, family = "llama", counting = "total" } = question;
  const vocabulary = question.vocabulary ?? vocabularies[family];
  const asked = `cannot find a ${family} shape of ${formatCount(params)} ${counting} parameters`;
  if (question.width !== undefined || question.layers !== undefined)
    return `${asked} with ${[question.width && `width ${question.width}`, question.layers && `${question.layers} layers`].filter(Boolean).join(" and ")}: none comes within 10 %; leave one of them out`;
  const least = vocabulary * 16;
  return counting !== "nonEmbedding" && least > params / 3
    ? `${asked}: a vocabulary of ${formatCount(vocabulary)} alone takes ${formatCount(least)} at a width of 16; give a smaller vocabulary, or count nonEmbedding`
    : `${asked}: none comes within 10 %; give another family or size`;
}
