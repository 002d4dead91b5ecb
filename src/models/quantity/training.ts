import type { QuantityInfo } from "./info.ts";

/** What a training run is given and costs. */
export type TrainingQuantity =
  | "params"
  | "tokens"
  | "uniqueTokens"
  | "tokensPerParam"
  | "flops"
  | "flopsPerToken"
  | "steps"
  | "minSteps"
  | "batchTokens"
  | "learningRate"
  | "warmupTokens"
  | "decayTokens"
  | "initStd"
  | "outputMultiplier"
  | "seconds";

export const trainingQuantities: Readonly<Record<TrainingQuantity, QuantityInfo>> = {
  params: {
    unit: "parameters",
    meaning: "model size; which parameters count is the parameter convention",
    symbol: "N",
    domain: "positive",
    headers: [
      "params",
      "n",
      "parameters",
      "num_params",
      "n_params",
      "param_count",
      "parameter_count",
      "num_parameters",
      "n_parameters",
      "model_size",
      "model_params",
      "model_parameters",
      "total_params",
      "params_total",
      "n_total",
      "total_parameters",
      "total_parameter_count",
      "params_nonembed",
      "params_nonemb",
      "params_non_embedding",
      "non_embedding_params",
      "nonembedding_params",
      "n_nonemb",
      "n_non_embedding",
      "params_active",
      "active_params",
      "n_active",
      "params_active_precise",
      "dense_parameter_count",
      "model_n",
      "size",
    ],
  },
  tokens: {
    unit: "tokens",
    meaning: "training tokens seen, repeats counted each time",
    symbol: "D",
    domain: "positive",
    headers: [
      "tokens",
      "d",
      "training_tokens",
      "train_tokens",
      "num_tokens",
      "n_tokens",
      "total_tokens",
      "tokens_seen",
      "token_count",
      "training_data",
      "dataset_size",
      "data_size",
      "tokens_6nd",
    ],
  },
  uniqueTokens: {
    unit: "tokens",
    meaning: "distinct training tokens; tokens / uniqueTokens is the number of epochs",
    symbol: "U",
    domain: "positive",
    headers: ["unique_tokens", "u", "unique_data", "n_unique_tokens", "num_unique_tokens", "d_unique", "u_d"],
  },
  tokensPerParam: {
    unit: "tokens per parameter",
    meaning: "tokens / params, the over-training ratio (about 20 at Chinchilla's optimum)",
    symbol: "M",
    domain: "positive",
    headers: [
      "tokens_per_param",
      "tokens_per_parameter",
      "token_multiplier",
      "token_param_ratio",
      "tokens_params_ratio",
      "d_n",
      "tpp",
    ],
  },
  flops: {
    unit: "FLOPs",
    meaning: "training compute, a count and not a rate; the FLOP convention says what is in it",
    symbol: "C",
    domain: "positive",
    headers: [
      "flops",
      "c",
      "flop",
      "compute",
      "training_flops",
      "train_flops",
      "training_flop",
      "training_compute",
      "total_flops",
      "budget_flops",
      "flops_budget",
      "compute_budget",
      "budget",
      "c_flops",
    ],
  },
  flopsPerToken: {
    unit: "FLOPs per token",
    meaning: "training compute of one token, forward and backward, without embedding (DeepSeek's M)",
    symbol: "M",
    domain: "positive",
    headers: ["flops_per_token", "flops_per_token_nonemb"],
  },
  steps: {
    unit: "optimizer steps",
    meaning: "updates of the parameters",
    symbol: "S",
    domain: "positive",
    headers: [
      "steps",
      "step",
      "num_steps",
      "n_steps",
      "train_steps",
      "training_steps",
      "num_train_steps",
      "total_steps",
      "train_iters",
      "iterations",
      "iters",
      "global_step",
    ],
  },
  minSteps: {
    unit: "optimizer steps",
    meaning: "steps that the same loss would take at a batch far above the critical one (Kaplan's S_min)",
    symbol: "S_min",
    domain: "positive",
    headers: ["min_steps", "s_min", "smin", "steps_min"],
  },
  batchTokens: {
    unit: "tokens",
    meaning: "tokens in one optimizer step",
    symbol: "B",
    domain: "positive",
    headers: [
      "batch_tokens",
      "tokens_per_batch",
      "tokens_per_step",
      "batch_size_tokens",
      "global_batch_tokens",
    ],
  },
  learningRate: {
    unit: "per step",
    meaning: "peak learning rate of the schedule",
    symbol: "eta",
    domain: "positive",
    headers: ["learning_rate", "lr", "peak_lr", "max_lr", "peak_learning_rate", "lr_max", "eta"],
  },
  warmupTokens: {
    unit: "tokens",
    meaning: "tokens during which the learning rate rises",
    symbol: "T_warmup",
    domain: "positive",
    headers: ["warmup_tokens"],
  },
  decayTokens: {
    unit: "tokens",
    meaning: "tokens during which the learning rate falls at the end of a run",
    symbol: "T_decay",
    domain: "positive",
    headers: ["decay_tokens", "cooldown_tokens"],
  },
  initStd: {
    unit: "standard deviation",
    meaning: "spread of the initial weights of hidden matrices",
    symbol: "sigma",
    domain: "positive",
    headers: ["init_std", "initializer_range"],
  },
  outputMultiplier: {
    unit: "factor",
    meaning: "what the output logits are multiplied by",
    symbol: "m",
    domain: "positive",
    headers: ["output_multiplier", "logit_multiplier"],
  },
  seconds: {
    unit: "seconds",
    meaning: "wall-clock time",
    symbol: "t",
    domain: "nonnegative",
    headers: [
      "seconds",
      "wall_seconds",
      "time_s",
      "runtime",
      "runtime_seconds",
      "wall_time",
      "duration_s",
      "elapsed",
    ],
  },
};
