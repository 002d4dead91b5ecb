import { defineLaw, type Law } from "../law.ts";

/**
 * Accuracy of a multiple-choice task as a falling sigmoid of the task's own loss.
 *
 * Acc(L) = a / (1 + exp(-k·(L - L0))) + b with a in [-1, 0]. Bhagia et al. 2024, eq. 2, https://arxiv.org/abs/2412.04403
 */
export const olmoTask: Law<"loss", "accuracy"> = defineLaw({
  name: "olmo-task",
  title: "OLMo ladder, step 2: task accuracy as a sigmoid of task loss",
  kind: "task",
  formula: "a * sigmoid(k * (L - L_0)) + b",
  inputs: { loss: "L" },
  output: "accuracy",
  parameters: {
    a: {
      in: [-1, 0],
      start: [-0.9, -0.75, -0.5, -0.25],
      meaning: "drop from the best accuracy to that of guessing",
    },
    k: { in: "positive", start: [1, 3, 5, 10], meaning: "steepness per unit of loss" },
    L_0: { in: "positive", start: [0.4, 0.6, 0.9, 1.5, 2.5], meaning: "loss in the middle of the drop" },
    b: { in: "unit", start: [0.8, 0.98], meaning: "accuracy where the loss is far below L_0" },
  },
  source: {
    authors: "Bhagia et al.",
    year: 2024,
    title: "Establishing Task Scaling Laws via Compute-Efficient Model Ladders",
    url: "https://arxiv.org/abs/2412.04403",
    where: "section 3.2, eq. 2",
  },
  sets: {
    "bhagia2024-mmlu-refit": {
      parameters: { a: -0.7420643315147513, k: 4.833379503055731, L_0: 0.615951686952906, b: 1 },
      from: "least squares on the ladder's checkpoints (190M to 1.3B), https://github.com/allenai/OLMo-ladder, MMLU 5-shot",
      note: "After dropping each run's first tenth and a moving average over five, with the point (0, 1) added: 0.984 to 1.857 bits per byte otherwise.",
    },
  },
  published: [
    {
      set: "bhagia2024-mmlu-refit",
      at: { loss: 0.7501562 },
      gives: 0.51268,
      within: 5e-6,
      where: "figures/chained_main.csv: MMLU of 13B-5T, from step 1's 0.7501562 bits per byte",
    },
  ],
  notes: [
    "The loss is the task loss in bits per byte of the right answer, not the validation loss in nats per token.",
    "A task whose ladder never leaves the floor of guessing does not identify k and L_0.",
    "Written with a sigmoid, which is the paper's a / (1 + exp(-k (L - L0))) without its overflow.",
  ],
});
