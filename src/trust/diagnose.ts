import { type Fit, objectiveAt } from "../fit/index.ts";
import { formatNumber } from "../numeric/index.ts";
import { contentHash, type Observations, reviewData } from "../runs/index.ts";
import { basinsOf } from "./basins.ts";
import type { Diagnosis, DiagnosisFinding, LawSpread } from "./diagnosis.ts";
import { diagnosisVerdict } from "./diagnosis-verdict.ts";
import { evidenceOf } from "./evidence.ts";
import { valuesOf } from "./fitted-values.ts";
import { judgeDecision } from "./judge-decision.ts";
import { judgeParameters } from "./judge-parameters.ts";
import type { ParameterJudgement } from "./judgement.ts";
import { nextRun } from "./next-run.ts";
import { isAsked, type QuestionOptions, type Reopened, reopen, withDraws } from "./reopen.ts";
import { aboutAsWell, type Sensitivity, sensitivity } from "./sensitivity.ts";

export interface DiagnoseOptions extends QuestionOptions {
  /** Those of the fit, which doesn't keep them. */
  weights?: Float64Array | null;
  /** All rows, where the observations are a selection. */
  whole?: Observations | null;
  /** Draws for the interval of N*, where the fit has none. */
  bootstrap?: number;
  level?: number;
}

/**
 * Asks of a fit what a careful reviewer would: is it the best minimum, do the data pin its parameters and the decision,
 * which choices move that decision, and what is wrong with the data.
 *
 * @param observations the data of the fit
 * @throws when the fit has no finite value, the data lack a quantity of its law, or its weights are not those given
 * @example diagnose(fit, observations, { flops: 1e24 }).verdict.sentence
 */
export function diagnose(
  fit: Fit,
  observations: Observations,
  {
    flops = null,
    held = {},
    weights = null,
    whole = null,
    bootstrap = 200,
    level = 0.9,
  }: DiagnoseOptions = {},
): Diagnosis {
  const { seed } = fit;
  const drawn = withDraws(fit, observations, { bootstrap, level, seed, weights });
  const base = reopen(drawn, observations, { flops, held, weights });
  if (fit.data.hash === observations.hash) checkWeights(fit, base, weights);
  const basins = basinsOf(base, seed);
  const evidence = evidenceOf(base, drawn, basins);
  const parameters = judgeParameters(evidence);
  const decision = isAsked(base) ? judgeDecision(evidence, base, level) : null;
  const table =
    decision && sensitivity(fit.law, observations, { fit: drawn, flops, held, weights, whole, level, seed });
  const worst = Object.entries(parameters).reduce<[string, ParameterJudgement] | null>(
    (x, y) => (x === null || (y[1].spread ?? 1e9) > (x[1].spread ?? 1e9) ? y : x),
    null,
  );
  const made: Omit<Diagnosis, "verdict"> = {
    format: "isoflop.diagnosis/1",
    basis: { law: fit.law.name, hash: contentHash(fit), origin: fit.data.origin, rows: fit.rows },
    data: {
      origin: observations.origin,
      hash: observations.hash,
      rows: observations.rows,
      same: fit.data.hash === observations.hash,
    },
    decision,
    parameters,
    nextRun: nextRun(base, evidence.knowledge, { aim: decision ? "N*" : (worst?.[0] ?? "") }),
    basins,
    sensitivity: table,
    spread: table && spreadOf(fit.law.name, table),
    findings: [...reviewData(observations), ...outliers(drawn)],
    seed,
  };
  return { ...made, verdict: diagnosisVerdict(fit, made, basins.basins[0]!.value) };
}

/** The rows that lie far off the law: where the fit said so, with what leaving them out does. */
function outliers({ warnings }: Fit): DiagnosisFinding[] {
  return warnings.flatMap(({ code, message }) =>
    code === "outliers"
      ? [
          {
            code,
            message: message.replace(/ Every row was used.*/, "").replace(/\.$/, ""),
            remedy: "leave some out with --where or --drop-highest-loss",
          },
        ]
      : [],
  );
}

/** @throws where the parameters don't give the objective that the fit says: it was of weighted rows, or of other weights */
function checkWeights(fit: Fit, reopened: Reopened, weights: Float64Array | null): void {
  const { kernel, objective } = reopened;
  const again = objectiveAt(kernel, objective, kernel.toVariables(valuesOf(fit)));
  const said = fit.objective.value!;
  if (fit.residuals.rms < 1e-9 || Math.abs(again / said - 1) < 1e-6) return;
  throw new Error(
    `cannot diagnose this fit of ${fit.law.name}: its parameters give an objective of ${formatNumber(again, 5)} on these rows ${weights ? "with" : "without"} weights, and it says ${formatNumber(said, 5)}; give the weights that it was fitted with`,
  );
}

function spreadOf(law: string, { fit, rows }: Sensitivity): LawSpread | null {
  const alike = rows.filter(
    ({ kind, above, params }) => kind === "law" && params !== null && above! <= aboutAsWell,
  );
  if (alike.length === 0) return null;
  const span = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];
  return {
    within: aboutAsWell,
    laws: [law, ...alike.map(({ choice }) => choice)],
    params: span([fit.params, ...alike.map(({ params }) => params!)]),
    loss: span([fit.loss, ...alike.map(({ loss }) => loss!)]),
  };
}
