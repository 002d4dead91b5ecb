import type { QuantityInfo } from "./info.ts";

/** What a model learns from, where that isn't counted in tokens. */
export type DataQuantity =
  | "examples"
  | "uniqueExamples"
  | "characters"
  | "fineTuningCharacters"
  | "transferredCharacters"
  | "quality"
  | `share${1 | 2 | 3}`;

const share = (j: 1 | 2 | 3): QuantityInfo => ({
  unit: "share",
  meaning: `share of training domain ${j} in the mixture; the shares sum to 1`,
  symbol: `r_${j}`,
  domain: "unit",
  headers: [`share${j}`, `r_${j}`],
});

export const dataQuantities: Readonly<Record<DataQuantity, QuantityInfo>> = {
  examples: {
    unit: "examples",
    meaning: "training examples (images, pairs, sentences, problems), repeats counted each time",
    symbol: "n",
    domain: "positive",
    headers: [
      "examples",
      "training_examples",
      "train_examples",
      "num_examples",
      "n_examples",
      "train_set_size",
      "training_set_size",
      "examples_seen",
      "seen_examples",
      "samples_seen",
      "images_seen",
    ],
  },
  uniqueExamples: {
    unit: "examples",
    meaning: "distinct training examples; examples / uniqueExamples is the number of epochs",
    symbol: "U",
    domain: "positive",
    headers: ["unique_examples", "pool_size", "samples_per_epoch"],
  },
  characters: {
    unit: "characters",
    meaning: "training characters seen, whatever tokens they make",
    symbol: "H",
    domain: "positive",
    headers: ["characters", "num_characters", "n_characters", "training_characters", "chars"],
  },
  fineTuningCharacters: {
    unit: "characters",
    meaning: "size of the set that a pretrained model is fine-tuned on",
    symbol: "D_F",
    domain: "positive",
    headers: ["fine_tuning_characters", "finetuning_characters", "d_f"],
  },
  transferredCharacters: {
    unit: "characters",
    meaning: "fine-tuning data that pretraining was worth: what training from scratch would need on top",
    symbol: "D_transferred",
    domain: "positive",
    headers: ["transferred_characters", "effective_data_transferred"],
  },
  quality: {
    unit: "share",
    meaning: "how good the data are, as a share of the reference's quality: 1 is the reference",
    symbol: "q",
    domain: "unit",
    headers: ["quality", "data_quality", "quality_score"],
  },
  share1: share(1),
  share2: share(2),
  share3: share(3),
};
