import type { QuantityInfo } from "./info.ts";

/** What is measured of a trained model. */
export type MeasuredQuantity =
  | "loss"
  | "normalisedLoss"
  | "accuracy"
  | "error"
  | "capability"
  | "samples"
  | "coverage"
  | "reward"
  | "klDivergence";

export const measuredQuantities: Readonly<Record<MeasuredQuantity, QuantityInfo>> = {
  loss: {
    unit: "nats per token",
    meaning: "cross-entropy on held-out text, unless the split says otherwise",
    symbol: "L",
    domain: "positive",
    headers: [
      "loss",
      "l",
      "val_loss",
      "validation_loss",
      "loss_val",
      "loss_validation",
      "eval_loss",
      "test_loss",
      "final_loss",
      "loss_final",
      "cross_entropy",
      "ce_loss",
      "xent",
      "smooth_loss",
      "train_loss",
      "training_loss",
      "loss_train",
    ],
  },
  normalisedLoss: {
    unit: "nats per token",
    meaning: "cross-entropy less that of a unigram model over the same vocabulary; below 0",
    symbol: "L_u",
    domain: "real",
    headers: [
      "normalised_loss",
      "loss_unigram_normalised",
      "unigram_normalised_loss",
      "unigram_normalized_loss",
      "lossu",
    ],
  },
  accuracy: {
    unit: "share",
    meaning: "share of answers that are right",
    symbol: "Acc",
    domain: "unit",
    headers: ["accuracy", "acc", "task_acc", "exact_match", "score"],
  },
  error: {
    unit: "share",
    meaning: "share of answers that are wrong",
    symbol: "Err",
    domain: "unit",
    headers: ["error", "err", "error_rate", "err_avg", "err_avg_subset"],
  },
  capability: {
    unit: "index points",
    meaning: "ability of a model on a scale that an anchor benchmark fixes",
    symbol: "c",
    domain: "real",
    headers: ["capability", "ability", "eci"],
  },
  samples: {
    unit: "samples",
    meaning: "attempts drawn per problem",
    symbol: "k",
    domain: "positive",
    least: 1,
    headers: ["samples", "k", "n_samples", "num_samples", "attempts"],
  },
  coverage: {
    unit: "share",
    meaning: "share of problems solved by at least one of the samples (pass@k)",
    symbol: "c",
    domain: "unit",
    headers: ["coverage", "pass_at_k", "pass_k", "solve_rate"],
  },
  reward: {
    unit: "reward units",
    meaning: "score by a reward model, above the initial policy's",
    symbol: "R",
    domain: "real",
    headers: ["reward", "gold_reward", "rm_score"],
  },
  klDivergence: {
    unit: "nats",
    meaning: "KL divergence of a policy from the one it started as",
    symbol: "KL",
    domain: "nonnegative",
    headers: ["kl", "kl_divergence"],
  },
};
