import { defineLaw, type Law } from "../law.ts";

/**
 * Average top-1 error over tasks falls exponentially with loss.
 *
 * Err(L) = ε - k·exp(-γ·L). Gadre et al. 2024, eq. 5, https://arxiv.org/abs/2403.08540
 */
export const gadreError: Law<"loss", "error"> = defineLaw({
  name: "gadre-error",
  title: "Average task error as an exponential of loss",
  kind: "task",
  formula: "epsilon - k * exp(-gamma * L)",
  inputs: { loss: "L" },
  output: "error",
  parameters: {
    epsilon: { in: "unit", start: [0.6, 0.85], meaning: "error of a model that knows nothing" },
    k: { in: "positive", start: [0.5, 2], meaning: "size of the gain" },
    gamma: { in: "positive", start: [0.2, 0.5, 1, 2], meaning: "rate of the gain per nat" },
  },
  source: {
    authors: "Gadre et al.",
    year: 2024,
    title: "Language models scale reliably with over-training and on downstream tasks",
    url: "https://arxiv.org/abs/2403.08540",
    where: "eq. 5",
  },
  sets: {
    "gadre2024-redpajama-refit": {
      parameters: { epsilon: 0.856991907464822, k: 2.206490614357012, gamma: 0.7145906579277047 },
      from: "least squares on the authors' six fitting runs on RedPajama, 17 tasks, https://github.com/mlfoundations/scaling",
      range: { loss: [2.7688, 5.387] },
    },
  },
  published: [
    {
      set: "gadre2024-redpajama-refit",
      at: { loss: 2.5198265273331515 },
      gives: 0.475215231671 * 1.036365,
      within: 1e-6,
      where:
        "scaling_explorer.ipynb, cell 2: 3.6365 % above the measured error of 1.4B at M = 640, from the predicted loss",
    },
    {
      set: "gadre2024-redpajama-refit",
      at: { loss: 2.4427451578735386 },
      gives: 0.471637180623 * 1.000464,
      within: 1e-6,
      where:
        "scaling_explorer.ipynb, cell 2: 0.0464 % above the measured error of 6.9B at M = 20, from the predicted loss",
    },
  ],
  notes: [
    "Not for a single task, nor across training corpora: they are noisier, and fitted on their own.",
    "An average over tasks chosen because small models already do better than chance on them.",
    "L is the loss on C4's validation split, whatever the training corpus.",
  ],
});
