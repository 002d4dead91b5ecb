import type { Fit, Verdict } from "../fit/index.ts";
import { formatCount, formatFlops, formatNumber } from "../numeric/index.ts";
import { contentHash, type DataFinding, type Observations, reviewData } from "../runs/index.ts";
import { type BasinMap, basinsOf, rivalShare } from "./basins.ts";
import { type DecisionJudgement, identify, type ParameterJudgement } from "./identify.ts";
import { type NextRun, nextRun } from "./next-run.ts";
import { type QuestionOptions, reopen, withDraws } from "./reopen.ts";
import { aboutAsWell, type Sensitivity, type SensitivityRow, sensitivity } from "./sensitivity.ts";

/** What the laws that fit about as well say of the same budget: beside the interval, which takes the law for true. */
export interface LawSpread {
  /** Laws whose objective lies at most this share above the fit's. */
  readonly within: number;
  readonly laws: readonly string[];
  readonly params: readonly [low: number, high: number];
  readonly loss: readonly [low: number, high: number];
}

/** How far a fit can be trusted, and why. */
export interface Diagnosis {
  readonly format: "isoflop.diagnosis/1";
  readonly basis: {
    readonly law: string;
    readonly hash: string;
    readonly origin: string;
    readonly rows: number;
  };
  /** The data it was held against, and whether they are those of the fit. */
  readonly data: {
    readonly origin: string;
    readonly hash: string;
    readonly rows: number;
    readonly same: boolean;
  };
  readonly verdict: Verdict;
  /** null for a law that no budget can be split with. */
  readonly decision: DecisionJudgement | null;
  readonly parameters: Readonly<Record<string, ParameterJudgement>>;
  readonly nextRun: NextRun | null;
  readonly basins: BasinMap;
  /** null where there is no decision whose moves could be counted. */
  readonly sensitivity: Sensitivity | null;
  readonly spread: LawSpread | null;
  readonly findings: readonly DataFinding[];
  readonly seed: number;
}

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
 * @throws when the fit has no finite value, or the data lack a quantity of its law
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
  const basins = basinsOf(base, seed);
  const { parameters, decision, knowledge } = identify(base, drawn, basins, level);
  const table =
    decision && sensitivity(fit.law, observations, { fit: drawn, flops, held, weights, whole, level, seed });
  const worst = Object.entries(parameters).reduce<[string, ParameterJudgement] | null>(
    (x, y) => (x === null || (y[1].spread ?? 1e9) > (x[1].spread ?? 1e9) ? y : x),
    null,
  );
  const findings = reviewData(observations);
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
    nextRun: nextRun(base, knowledge, { aim: decision ? "N*" : (worst?.[0] ?? "") }),
    basins,
    sensitivity: table,
    spread: table && spreadOf(fit.law.name, table),
    findings,
    seed,
  };
  return { ...made, verdict: verdictOf(fit, made, basins.basins[0]!.value) };
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

/** Findings that make a law of the wrong thing. */
const grave: readonly DataFinding["code"][] = [
  "loss-above-guessing",
  "unfinished-runs",
  "decay-unfinished",
  "untuned-settings",
  "mixed-groups",
  "flops-unlike-6nd",
  "repeated-data",
  "worse-with-more",
  "duplicate-rows",
];

/** The sentence of a reviewer: first what forbids the use, then what asks for care, then what it is good for. */
function verdictOf(fit: Fit, made: Omit<Diagnosis, "verdict">, lowest: number): Verdict {
  const { decision, basins, parameters, sensitivity: table, data, findings, spread } = made;
  const lost = Object.entries(parameters).filter(([, { verdict }]) => verdict === "not-identified");
  const budget = decision && `${formatFlops(decision.flops, 2)} FLOPs`;
  const answer =
    decision &&
    `N* at ${budget} is ${formatCount(decision.params)} (${formatCount(decision.interval.low)} to ${formatCount(decision.interval.high)})`;
  const why = (reasons: readonly { readonly message: string }[]): string => reasons[0]?.message ?? "";

  if (data.same && fit.objective.value! > lowest * (1 + 1e-6) + 1e-300)
    return {
      grade: "do-not-use",
      sentence: `Do not use it: the fit is not the best one; a minimum ${formatNumber(100 * (fit.objective.value! / lowest - 1), 2)} % lower lies at ${basins.basins[0]!.name}.`,
    };
  if (decision?.verdict === "not-identified")
    return {
      grade: "do-not-use",
      sentence: `Do not plan with it: the data do not tell N* at ${budget}${anything(decision)}: ${why(decision.reasons)}.`,
    };
  if (!decision && lost.length > 0)
    return {
      grade: "do-not-use",
      sentence: `Do not rely on it: the data do not tell ${lost.map(([name]) => name).join(", ")}: ${why(lost[0]![1].reasons)}.`,
    };

  const doubts: string[] = [];
  if (!data.same) doubts.push("the data given are not those of the fit");
  if (decision?.verdict === "weak") doubts.push(why(decision.reasons));
  const rivals = basins.basins.filter(({ above }, i) => i > 0 && above <= rivalShare).length;
  const weak = Object.entries(parameters).filter(([, { verdict }]) => verdict === "weak");
  if (!decision && weak.length > 0)
    doubts.push(`${weak.map(([name]) => name).join(", ")} known only roughly: ${why(weak[0]![1].reasons)}`);
  if (!decision && rivals > 0)
    doubts.push(`${rivals === 1 ? "another minimum is" : `${rivals} other minima are`} nearly as deep`);
  if (lost.length > 0)
    doubts.push(
      `${lost.map(([name]) => name).join(", ")} ${lost.length === 1 ? "is" : "are"} not identified`,
    );
  if (fit.status === "max-steps" && fit.residuals.rms > 1e-9) doubts.push("the minimiser had not settled");
  const [heavy] = grave.flatMap((code) => findings.filter((finding) => finding.code === code));
  if (heavy) doubts.push(heavy.message.replace(/ \([^)]*\)/g, ""));
  const movers = table ? moversOf(table) : [];
  if (movers.length > 0)
    doubts.push(
      movers
        .map(
          ({ choice, params, moved }) =>
            `"${choice}" moves it to ${formatCount(params!)}, ${formatNumber(Math.abs(moved!), 2)} half-widths away`,
        )
        .join(", "),
    );
  const lead = answer ?? `${fit.law.name} on ${fit.rows} rows`;
  if (doubts.length > 0)
    return { grade: "caution", sentence: `Use with caution: ${lead}; ${doubts.slice(0, 3).join("; ")}.` };
  const agreeing = spread
    ? `; laws that fit about as well say ${formatCount(spread.params[0])} to ${formatCount(spread.params[1])}`
    : "";
  return {
    grade: "sound",
    sentence: `Sound: ${lead}; no other minimum says otherwise${table ? ", and no choice tried moves it out of its interval" : ""}${agreeing}.`,
  };
}

/** The interval, where it is wide enough to be the argument. */
function anything({ interval: { low, high } }: DecisionJudgement): string {
  return high > 9 * low ? ` (anything from ${formatCount(low)} to ${formatCount(high)} fits)` : "";
}

/** The choices that move N* out of its interval, at most two, of different kinds. */
function moversOf({ rows }: Sensitivity): SensitivityRow[] {
  const ranked = rows
    .filter(
      ({ kind, moved, above }) =>
        kind !== "minimiser" && Math.abs(moved ?? 0) > 1 && (above ?? 0) <= aboutAsWell,
    )
    .sort((x, y) => Math.abs(y.moved!) - Math.abs(x.moved!));
  return ranked.filter((row, i) => ranked.findIndex(({ kind }) => kind === row.kind) === i).slice(0, 2);
}
