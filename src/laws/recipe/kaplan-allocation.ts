import { kaplan2020, pfDay } from "../kaplan.ts";
import { type CoefficientSet, defineLaw, type Law, type PublishedValue } from "../law.ts";
import { powerParameters } from "./power-of-compute.ts";

/** k·(C_min / PF-day)^p: table 6 has one for each quantity. */
const formula = "k * (C / 8.64e19)^p";
const exponents = [0.03, 0.25, 0.7];

function table6(k: number, p: number, note?: string): Record<"kaplan2020", CoefficientSet> {
  return {
    kaplan2020: {
      parameters: { k, p },
      from: "table 6",
      params: "nonEmbedding",
      range: { flops: [1e-7 * pfDay, 1e-1 * pfDay] },
      ...(note && { note }),
    },
  };
}

const printed = (pfDays: number, gives: number, within: number, where: string): PublishedValue[] => [
  { set: "kaplan2020", at: { flops: pfDays * pfDay }, gives, within, where },
];

const source = { ...kaplan2020, where: "table 6" };
const notes = [
  "C is C_min in FLOPs; the paper counts PF-days, 8.64e19 FLOPs each, and non-embedding parameters.",
  "Superseded as advice: later work (chinchilla, Porian et al. 2024) puts far more of a budget into tokens.",
];

/** N_opt = k·(C_min/PF-day)^0.73. Kaplan et al. 2020, table 6, https://arxiv.org/abs/2001.08361 */
export const kaplanOptimalParams: Law<"flops", "params"> = defineLaw({
  name: "kaplan-optimal-params",
  title: "Kaplan: compute-efficient model size",
  kind: "recipe",
  formula,
  inputs: { flops: "C" },
  output: "params",
  parameters: powerParameters([1e8, 1e9, 1e10], exponents, "parameters", "PF-day"),
  source,
  sets: table6(1.3e9, 0.73, "0.73 is measured (eq. 6.1); eq. 6.5 predicts 0.71 from the other exponents."),
  published: printed(
    1e4,
    1e12,
    0.1,
    "eq. 6.8: N* ~ 1e12 parameters at C* ~ 1e4 PF-days, an order of magnitude",
  ),
  notes,
});

/** D_opt = k·(C_min/PF-day)^0.27. Kaplan et al. 2020, table 6, https://arxiv.org/abs/2001.08361 */
export const kaplanOptimalTokens: Law<"flops", "tokens"> = defineLaw({
  name: "kaplan-optimal-tokens",
  title: "Kaplan: compute-efficient tokens, in one epoch",
  kind: "recipe",
  formula,
  inputs: { flops: "C" },
  output: "tokens",
  parameters: powerParameters([1e9, 1e10, 1e11], exponents, "tokens", "PF-day"),
  source,
  sets: table6(
    2e10,
    0.27,
    "Eq. 6.7 prints 4e10·C^0.26; 2·C_min / (6·N_opt) gives 2.2e10 at one PF-day, so table 6 is the consistent one.",
  ),
  published: printed(
    1e-3,
    (2e-3 * pfDay) / (6 * 1.3e9 * 1e-3 ** 0.73),
    0.11,
    "eq. 6.7: D = 2·C_min / (6·N) at 0.001 PF-days, with table 6's N; k has one digit",
  ),
  notes,
});

/** B_crit = k·(C_min/PF-day)^0.24. Kaplan et al. 2020, table 6, https://arxiv.org/abs/2001.08361 */
export const kaplanOptimalBatch: Law<"flops", "batchTokens"> = defineLaw({
  name: "kaplan-optimal-batch",
  title: "Kaplan: critical batch along the compute frontier",
  kind: "recipe",
  formula,
  inputs: { flops: "C" },
  output: "batchTokens",
  parameters: powerParameters([1e5, 1e6, 1e7], exponents, "tokens", "PF-day"),
  source,
  sets: table6(2e6, 0.24),
  published: printed(
    1e-4,
    2.1e8 / ((3.1e8 / 1e-4) ** 0.05) ** (1 / 0.21),
    0.025,
    "table 5: B* / L^(1/α_B) at 1e-4 PF-days, where eq. 1.3 gives L = 4.21; half a digit of 2.0e6",
  ),
  notes,
});

/** S_min = k·(C_min/PF-day)^0.03. Kaplan et al. 2020, table 6, https://arxiv.org/abs/2001.08361 */
export const kaplanOptimalSteps: Law<"flops", "minSteps"> = defineLaw({
  name: "kaplan-optimal-steps",
  title: "Kaplan: minimum steps along the compute frontier",
  kind: "recipe",
  formula,
  inputs: { flops: "C" },
  output: "minSteps",
  parameters: powerParameters([1e3, 1e4], exponents, "steps", "PF-day"),
  source,
  sets: table6(5.4e3, 0.03, "A lower bound on the steps of a run; the exponent may be zero (section 6.1)."),
  published: printed(
    1e-4,
    (1e-4 * pfDay) / (6 * 1.3e9 * 1e-4 ** 0.73 * 2e6 * 1e-4 ** 0.24),
    0.03,
    "section 6.1: C_min = 6·N·B_crit·S at 1e-4 PF-days, with table 6's N and B; two digits each",
  ),
  notes,
});
