import type { QuantityInfo } from "./info.ts";

/** The model beside its size: shape, vocabulary, context and precision. */
export type ModelQuantity =
  | "width"
  | "depth"
  | "experts"
  | "granularity"
  | "streams"
  | "vocabulary"
  | "contextTokens"
  | "weightBits"
  | "activationBits"
  | "cacheBits"
  | "servedBits";

export const modelQuantities: Readonly<Record<ModelQuantity, QuantityInfo>> = {
  width: {
    unit: "dimensions",
    meaning: "width of the residual stream, d_model",
    symbol: "d_model",
    domain: "positive",
    least: 1,
    headers: ["width", "d_model", "dmodel", "hidden_size", "embed_dim", "embedding_dim", "n_embd", "dim"],
  },
  depth: {
    unit: "layers",
    meaning: "transformer layers",
    symbol: "n_layer",
    domain: "positive",
    least: 1,
    headers: [
      "depth",
      "layers",
      "n_layers",
      "n_layer",
      "num_layers",
      "numl",
      "num_blocks",
      "num_hidden_layers",
    ],
  },
  experts: {
    unit: "experts",
    meaning: "experts of a routed layer; 1 for a dense model",
    symbol: "E",
    domain: "positive",
    least: 1,
    headers: ["experts", "num_experts", "n_experts", "expert_count", "experts_per_layer"],
  },
  granularity: {
    unit: "experts per feed-forward width",
    meaning: "width of the dense feed-forward layer over that of one expert",
    symbol: "G",
    domain: "positive",
    headers: ["granularity", "expert_granularity"],
  },
  streams: {
    unit: "streams",
    meaning: "parallel passes of one model whose outputs are weighed together",
    symbol: "P",
    domain: "positive",
    least: 1,
    headers: ["streams", "n_streams", "num_streams", "parallel_streams"],
  },
  vocabulary: {
    unit: "entries",
    meaning: "entries of the tokenizer's vocabulary",
    symbol: "V",
    domain: "positive",
    least: 1,
    headers: ["vocabulary", "vocab_size", "vocabulary_size", "n_vocab", "num_vocab", "vocab"],
  },
  contextTokens: {
    unit: "tokens",
    meaning: "tokens of context before the one that is predicted",
    symbol: "n_ctx",
    domain: "positive",
    least: 1,
    headers: ["context_tokens", "context_length", "n_ctx", "ctx_len", "sequence_length", "seq_len"],
  },
  weightBits: {
    unit: "bits",
    meaning: "precision of the weights in training",
    symbol: "P_w",
    domain: "positive",
    least: 1,
    headers: ["weight_bits", "bits_weights", "w_bits", "p_w"],
  },
  activationBits: {
    unit: "bits",
    meaning: "precision of the activations in training",
    symbol: "P_a",
    domain: "positive",
    least: 1,
    headers: ["activation_bits", "bits_activations", "a_bits", "p_a"],
  },
  cacheBits: {
    unit: "bits",
    meaning: "precision of the key-value cache in training",
    symbol: "P_kv",
    domain: "positive",
    least: 1,
    headers: ["cache_bits", "kv_cache_bits", "kv_bits", "p_kv"],
  },
  servedBits: {
    unit: "bits",
    meaning: "precision to which the weights are quantised after training",
    symbol: "P_post",
    domain: "positive",
    least: 1,
    headers: ["served_bits", "post_training_bits", "ptq_bits", "p_post"],
  },
};
