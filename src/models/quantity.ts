import { type DataQuantity, dataQuantities } from "./quantity/data.ts";
import type { QuantityInfo } from "./quantity/info.ts";
import { type MeasuredQuantity, measuredQuantities } from "./quantity/measured.ts";
import { type ModelQuantity, modelQuantities } from "./quantity/model.ts";
import { type ScheduleQuantity, scheduleQuantities } from "./quantity/schedule.ts";
import { type TrainingQuantity, trainingQuantities } from "./quantity/training.ts";

export type { QuantityInfo } from "./quantity/info.ts";

/**
 * The measured and planned quantities that laws, runs and plans speak of; each has one unit and one meaning, in the
 * file of its subject.
 */
export type Quantity = TrainingQuantity | ModelQuantity | DataQuantity | MeasuredQuantity | ScheduleQuantity;

/**
 * Which parameters a column or a law means by `params`; "unstated" is a state of knowledge and earns a
 * warning.
 */
export type ParameterConvention = "total" | "nonEmbedding" | "active" | "unstated";

/** The catalogue of quantities: units, domains, and the column headers by which they go in the field. */
export const quantities: Readonly<Record<Quantity, QuantityInfo>> = {
  ...trainingQuantities,
  ...modelQuantities,
  ...dataQuantities,
  ...measuredQuantities,
  ...scheduleQuantities,
};

/**
 * Write a column header the way the catalogue does: lower case, every run of other signs one underscore.
 *
 * @example normaliseHeader("Training Tokens (D)") // "training_tokens_d"
 */
export function normaliseHeader(header: string): string {
  return header
    .replace(/([a-z0-9])([A-Z])(?=[a-z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
}

/**
 * Complete what follows from what is known: flops = 6·params·tokens, tokensPerParam = tokens / params,
 * tokens = steps·batchTokens, each solved for whichever one is missing.
 *
 * What is given is returned untouched, even where the given values disagree with these rules (a column of
 * exact FLOPs is not 6ND); values that are not above zero derive nothing; what cannot be derived stays
 * absent. The rules read `params` as it stands, so the FLOPs are 6ND in the caller's own parameter
 * convention. Given values come first: tokens that follow from steps·batchTokens are not taken from flops.
 *
 * Kaplan et al. 2020, section 2.1 (C ≈ 6ND), https://arxiv.org/abs/2001.08361.
 *
 * @example deriveQuantities({ flops: 5.76e23, params: 70e9 }).tokens // 1371428571428.5713
 */
export function deriveQuantities(
  known: Readonly<Partial<Record<Quantity, number>>>,
): Partial<Record<Quantity, number>> {
  const all: Partial<Record<Quantity, number>> = { ...known };
  const get = (name: Quantity): number | null => {
    const value = all[name];
    return value !== undefined && Number.isFinite(value) && value > 0 ? value : null;
  };
  /** Sets `name` when it is absent and all of `from` are there. */
  const derive = (name: Quantity, from: readonly Quantity[], rule: (...values: number[]) => number): void => {
    if (all[name] !== undefined) return;
    const values: number[] = [];
    for (const source of from) {
      const value = get(source);
      if (value === null) return;
      values.push(value);
    }
    const result = rule(...values);
    if (Number.isFinite(result) && result > 0) all[name] = result;
  };

  derive("tokens", ["steps", "batchTokens"], (S, B) => S * B);
  derive("tokens", ["params", "tokensPerParam"], (N, M) => M * N);
  derive("params", ["tokens", "tokensPerParam"], (D, M) => D / M);
  derive("tokens", ["flops", "params"], (C, N) => C / (6 * N));
  derive("params", ["flops", "tokens"], (C, D) => C / (6 * D));
  derive("params", ["flops", "tokensPerParam"], (C, M) => Math.sqrt(C / (6 * M)));
  derive("tokens", ["params", "tokensPerParam"], (N, M) => M * N);
  derive("flops", ["params", "tokens"], (N, D) => 6 * N * D);
  derive("tokensPerParam", ["tokens", "params"], (D, N) => D / N);
  derive("steps", ["tokens", "batchTokens"], (D, B) => D / B);
  derive("batchTokens", ["tokens", "steps"], (D, S) => D / S);
  return all;
}
