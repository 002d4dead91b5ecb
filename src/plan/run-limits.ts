import { formatCount, formatFlops, formatNumber } from "../numeric/index.ts";

/** What a run must keep to, to be one that somebody can train and learn from. Base units; what isn't given limits nothing. */
export interface RunLimits {
  readonly minParams?: number;
  readonly maxParams?: number;
  readonly minTokens?: number;
  readonly maxTokens?: number;
  /** Tokens that there are: a run may read them so often as `epochs` says. */
  readonly uniqueTokens?: number;
  /** Default 4: up to there repeated tokens are worth about as much as new ones (Muennighoff et al. 2023, https://arxiv.org/abs/2305.16264). */
  readonly epochs?: number;
  readonly minTokensPerParam?: number;
  readonly maxTokensPerParam?: number;
  /** Of one run. */
  readonly minFlops?: number;
  readonly maxFlops?: number;
  /** Optimizer steps at the least, where the tokens of a step are known. */
  readonly minSteps?: number;
}

/** A run that is asked about. */
export interface RunPoint {
  readonly params: number;
  readonly tokens: number;
  readonly flops: number;
}

/** A cell of a design that cannot be run, with the reason. */
export interface RefusedRun extends RunPoint {
  readonly reason: string;
}

/** Why a run cannot be made, as a sentence without a stop; null where it can. */
export function refusalOf(
  { params, tokens, flops }: RunPoint,
  limits: RunLimits,
  batchTokens: number | null = null,
): string | null {
  const { uniqueTokens, epochs = 4, minSteps } = limits;
  const ratio = tokens / params;
  if (!(params >= 1)) return "it has less than one parameter";
  if (!(tokens >= (batchTokens ?? 1)))
    return `it has less than one ${batchTokens === null ? "token" : "batch"}`;
  if (below(params, limits.minParams))
    return `${formatCount(params, 3)} parameters are fewer than ${formatCount(limits.minParams!)}`;
  if (above(params, limits.maxParams))
    return `${formatCount(params, 3)} parameters are more than ${formatCount(limits.maxParams!)}`;
  if (below(tokens, limits.minTokens))
    return `${formatCount(tokens, 3)} tokens are fewer than ${formatCount(limits.minTokens!)}`;
  if (above(tokens, limits.maxTokens))
    return `${formatCount(tokens, 3)} tokens are more than ${formatCount(limits.maxTokens!)}`;
  if (uniqueTokens !== undefined && above(tokens, epochs * uniqueTokens))
    return `${formatCount(tokens, 3)} tokens are ${formatNumber(tokens / uniqueTokens, 2)} epochs of ${formatCount(uniqueTokens)} unique ones, and beyond ${formatNumber(epochs)} repeating costs`;
  if (below(ratio, limits.minTokensPerParam))
    return `${formatNumber(ratio, 3)} tokens per parameter are fewer than ${formatNumber(limits.minTokensPerParam!)}`;
  if (above(ratio, limits.maxTokensPerParam))
    return `${formatNumber(ratio, 3)} tokens per parameter are more than ${formatNumber(limits.maxTokensPerParam!)}`;
  if (below(flops, limits.minFlops))
    return `${formatFlops(flops, 3)} FLOPs are fewer than ${formatFlops(limits.minFlops!)}`;
  if (above(flops, limits.maxFlops))
    return `${formatFlops(flops, 3)} FLOPs are more than ${formatFlops(limits.maxFlops!)}`;
  if (batchTokens !== null && below(tokens / batchTokens, minSteps))
    return `${formatCount(tokens, 3)} tokens are ${formatNumber(tokens / batchTokens, 3)} steps of ${formatCount(batchTokens)}, fewer than ${formatNumber(minSteps!)}`;
  return null;
}

/** @throws where a limit is no number above 0, or a lower one lies above its upper one */
export function checkLimits(limits: RunLimits, cannot: (reason: string) => Error): void {
  for (const [name, value] of Object.entries(limits))
    if (value !== undefined && (!(value > 0) || !Number.isFinite(value)))
      throw cannot(`expected ${name} above 0, got ${value}`);
  const pairs = [
    ["minParams", "maxParams"],
    ["minTokens", "maxTokens"],
    ["minTokensPerParam", "maxTokensPerParam"],
    ["minFlops", "maxFlops"],
  ] as const;
  for (const [low, high] of pairs)
    if (above(limits[low] ?? 0, limits[high]))
      throw cannot(`${low} ${formatNumber(limits[low]!)} lies above ${high} ${formatNumber(limits[high]!)}`);
}

// a rounded size or a sum of FLOPs may miss a limit by rounding alone
const slack = 1e-6;
const below = (value: number, limit: number | undefined): boolean =>
  limit !== undefined && value < limit * (1 - slack);
const above = (value: number, limit: number | undefined): boolean =>
  limit !== undefined && value > limit * (1 + slack);
