import { kaplan2020, pfDay } from "../kaplan.ts";
import { type CoefficientSet, defineLaw, type Law, type LawParameter } from "../law.ts";

/** B* and α_B, which all laws of the critical batch share. */
const parameters: Record<"B_star" | "alpha_B", Partial<LawParameter>> = {
  B_star: {
    in: "positive",
    start: [1e7, 2e8, 4e9],
    meaning: "critical batch where the loss is 1",
    unit: "tokens",
  },
  alpha_B: { in: "positive", start: [0.1, 0.2, 0.4], meaning: "exponent: B_crit grows as L^(-1/α_B)" },
};
const critical = "B_star / L^(1 / alpha_B)";
// figure 10's axis
const range = { loss: [3, 10] } as const;
const beyond =
  "B_crit is measured for Adam on WebText2; the paper is not confident far outside its losses (appendix C).";
const sets: Record<"kaplan2020" | "kaplan2020-text", CoefficientSet> = {
  kaplan2020: {
    parameters: { B_star: 2.1e8, alpha_B: 0.21 },
    from: "table 5",
    params: "nonEmbedding",
    range,
    note: "Eqs. 1.4 and 5.3 print 2e8; 2.1e8 gives the 2.0e6 tokens of table 6.",
  },
  "kaplan2020-text": {
    parameters: { B_star: 2e8, alpha_B: 0.21 },
    from: "eqs. 1.4 and 5.3",
    params: "nonEmbedding",
    range,
  },
};

/**
 * The batch beyond which more of it saves few steps.
 *
 * B_crit(L) = B* / L^(1/α_B), in tokens. Kaplan et al. 2020, eq. 1.4, https://arxiv.org/abs/2001.08361
 */
export const criticalBatch: Law<"loss", "batchTokens"> = defineLaw({
  name: "critical-batch",
  title: "Critical batch size by loss",
  kind: "recipe",
  formula: critical,
  inputs: { loss: "L" },
  output: "batchTokens",
  parameters,
  source: { ...kaplan2020, where: "eqs. 1.4 and 5.3" },
  sets,
  published: [
    {
      set: "kaplan2020",
      at: { loss: 3.1e8 ** 0.05 },
      gives: 2e6,
      within: 0.025,
      where: "table 6: B_crit = 2.0e6 tokens at C_min = 1 PF-day, where eq. 1.3 gives L = 2.658",
    },
    {
      set: "kaplan2020-text",
      at: { loss: 0.87 * 5 },
      gives: (2 * 2e8) / 5 ** (1 / 0.21),
      within: 0.05,
      where: "figure 10: B_crit approximately doubles for every 13 % decrease in loss, here from 5",
    },
  ],
  notes: [beyond, "It diverges as the loss goes to 0 rather than to the entropy of text."],
});

/**
 * The steps that a run would have needed at a batch far above the critical one.
 *
 * S_min = S / (1 + B_crit(L) / B). Kaplan et al. 2020, eq. 5.4, https://arxiv.org/abs/2001.08361
 */
export const kaplanMinSteps: Law<"steps" | "batchTokens" | "loss", "minSteps"> = defineLaw({
  name: "kaplan-min-steps",
  title: "Minimum steps from steps at a batch size",
  kind: "recipe",
  formula: `B_crit = ${critical}; S / (1 + B_crit / B)`,
  inputs: { steps: "S", batchTokens: "B", loss: "L" },
  output: "minSteps",
  parameters,
  source: { ...kaplan2020, where: "eq. 5.4" },
  sets,
  published: [
    {
      set: "kaplan2020",
      at: { steps: 2 * 5.4e3, batchTokens: 2e6, loss: 3.1e8 ** 0.05 },
      gives: 5.4e3,
      within: 0.01,
      where:
        "section 5.1: 2·S_min steps at B_crit; table 6: 5.4e3 and 2.0e6 tokens at 1 PF-day, L = 2.658 (eq. 1.3)",
    },
  ],
  notes: [
    "The paper's runs have B = 2^19 tokens and stable Adam; a learning rate tuned for each batch is assumed.",
    beyond,
  ],
});

/**
 * The compute that a run would have needed at a batch far below the critical one.
 *
 * C_min = C / (1 + B / B_crit(L)). Kaplan et al. 2020, eq. 5.5, https://arxiv.org/abs/2001.08361
 */
export const kaplanMinCompute: Law<"flops" | "batchTokens" | "loss", "minFlops"> = defineLaw({
  name: "kaplan-min-compute",
  title: "Minimum compute from compute at a batch size",
  kind: "recipe",
  formula: `B_crit = ${critical}; C / (1 + B / B_crit)`,
  inputs: { flops: "C", batchTokens: "B", loss: "L" },
  output: "minFlops",
  parameters,
  source: { ...kaplan2020, where: "eq. 5.5" },
  sets,
  published: [
    {
      set: "kaplan2020",
      at: { flops: 2 * pfDay, batchTokens: 2e6, loss: 3.1e8 ** 0.05 },
      gives: pfDay,
      within: 0.01,
      where:
        "section 6.3: C = 2·C_min at B_crit; table 6: 2.0e6 tokens at C_min = 1 PF-day, L = 2.658 (eq. 1.3)",
    },
  ],
  notes: ["C = 6·N·B·S with non-embedding N.", beyond],
});
