import type { Fit, FrontierFit } from "../fit/index.ts";
import type { Plan } from "../plan/index.ts";
import type { Diagnosis } from "../trust/index.ts";
import { lawOf } from "./figure-section.ts";
import type { ReportMaterials } from "./materials.ts";
import type { ReportSummary } from "./noun.ts";
import { basisText } from "./wording.ts";

/** The numbers of a report, or of a fit alone, for programs. */
export function summaryOf(materials: ReportMaterials): ReportSummary {
  const { fit = null, plan = null, diagnosis = null } = materials;
  const decision = plan ? decisionOfPlan(plan) : diagnosis?.decision ? decisionOf(diagnosis.decision) : null;
  const held = plan?.held ?? diagnosis?.decision?.held ?? {};
  if (fit) return { ...ofFit(fit), held, decision };
  const { basis, parameters } = plan!;
  return {
    law: lawOf(materials, plan!),
    basis: basisText(basis),
    data: "hash" in basis ? { origin: basis.origin, hash: basis.hash, rows: basis.rows } : null,
    objective: null,
    status: null,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, { value, se: null, interval: null }]),
    ),
    exponents: null,
    largestFlops: null,
    held,
    decision,
    seed: null,
  };
}

function ofFit(fit: Fit | FrontierFit): Omit<ReportSummary, "held" | "decision"> {
  const { data, rows, status, exponents, range, seed } = fit;
  const common = {
    data: { origin: data.origin, hash: data.hash, rows },
    status,
    exponents: exponents && { a: exponents.a, b: exponents.b },
    largestFlops: range.flops?.[1] ?? null,
    seed,
  };
  if (fit.approach !== 3) {
    const { laws } = fit;
    return {
      ...common,
      law: null,
      basis: `approach ${fit.approach} (${fit.method})`,
      objective: null,
      parameters: laws
        ? {
            k: laws.params.coefficient,
            a: laws.params.exponent,
            q: laws.tokens.coefficient,
            b: laws.tokens.exponent,
          }
        : {},
    };
  }
  const { name, delta, value } = fit.objective;
  return {
    ...common,
    law: fit.law,
    basis: fit.law.name,
    objective: { name, delta, value },
    parameters: Object.fromEntries(
      Object.entries(fit.parameters).map(([parameter, { value, se, interval }]) => [
        parameter,
        { value, se, interval },
      ]),
    ),
  };
}

function decisionOfPlan({ budget, optimum, intervals }: Plan): ReportSummary["decision"] {
  const { params, tokens, loss } = optimum;
  const interval = intervals?.params;
  return {
    flops: budget.flops,
    params,
    tokens,
    loss,
    interval: interval ? { low: interval.low, high: interval.high, level: interval.level } : null,
  };
}

function decisionOf(made: NonNullable<Diagnosis["decision"]>): ReportSummary["decision"] {
  const { flops, params, tokens, loss, interval } = made;
  return { flops, params, tokens, loss, interval };
}
