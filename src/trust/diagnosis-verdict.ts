import type { Fit, Verdict } from "../fit/index.ts";
import { formatCount, formatFlops, formatNumber } from "../numeric/index.ts";
import { rivalBasins } from "./basins.ts";
import type { Diagnosis, DiagnosisFinding } from "./diagnosis.ts";
import type { DecisionJudgement } from "./judgement.ts";
import { aboutAsWell, type Sensitivity, type SensitivityRow, weighed } from "./sensitivity.ts";

/** Findings that make a law of the wrong thing. */
const grave: readonly DiagnosisFinding["code"][] = [
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
export function diagnosisVerdict(fit: Fit, made: Omit<Diagnosis, "verdict">, lowest: number): Verdict {
  const { decision, basins, parameters, sensitivity: table, data, findings, spread } = made;
  const lost = Object.entries(parameters).filter(([, { verdict }]) => verdict === "not-identified");
  const budget = decision && `${formatFlops(decision.flops, 2)} FLOPs`;
  const answer =
    decision &&
    `N* at ${budget} is ${formatCount(decision.params)} (${formatCount(decision.interval.low)} to ${formatCount(decision.interval.high)})`;
  const why = (reasons: readonly { readonly message: string }[]): string => reasons[0]?.message ?? "";

  // a fit that passes through every point has no better one, only other rounding
  if (data.same && fit.residuals.rms > 1e-9 && fit.objective.value! > lowest * (1 + 1e-6))
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
  const rivals = rivalBasins(basins.basins).length;
  const weak = Object.entries(parameters).filter(([, { verdict }]) => verdict === "weak");
  if (!decision && weak.length > 0)
    doubts.push(`${weak.map(([name]) => name).join(", ")} known only roughly: ${why(weak[0]![1].reasons)}`);
  if (!decision && rivals > 0)
    doubts.push(`${rivals === 1 ? "another minimum is" : `${rivals} other minima are`} nearly as deep`);
  if (fit.status === "max-steps" && fit.residuals.rms > 1e-9) doubts.push("the minimiser had not settled");
  const [heavy] = grave.flatMap((code) => findings.filter((finding) => finding.code === code));
  if (heavy) doubts.push(heavy.message.replace(/ \([^)]*\)/g, ""));
  const movers = table ? moversOf(table) : [];
  if (movers.length > 0)
    doubts.push(
      movers
        .map(
          ({ choice, params, moved }) =>
            `"${choice}" moves it to ${formatCount(params!)}, ${formatNumber(Math.abs(moved!), 2)} times as far as its interval reaches`,
        )
        .join(", "),
    );
  const better = table?.rows
    .filter(({ kind, above }) => kind === "law" && above! < -aboutAsWell / 2)
    .sort((x, y) => x.above! - y.above!)[0];
  if (better)
    doubts.push(
      `${better.choice} fits these runs better (objective ${formatNumber(-100 * better.above!, 2)} % lower)`,
    );
  // two that are known only together, such as A and alpha, may well give an N* that is known
  const missed =
    decision?.verdict === "identified"
      ? lost.filter(([, { reasons }]) =>
          reasons.some(({ code }) => code === "at-bound" || code === "unnoticed"),
        )
      : lost;
  if (missed.length > 0)
    doubts.push(
      `${missed.map(([name]) => name).join(", ")} ${missed.length === 1 ? "is" : "are"} not identified`,
    );
  const lead = answer ?? `${fit.law.name} on ${fit.rows} rows`;
  if (doubts.length > 0)
    return { grade: "caution", sentence: `Use with caution: ${lead}; ${doubts.slice(0, 3).join("; ")}.` };
  const worse = table?.rows.some(({ kind, above }) => kind === "law" && above! > aboutAsWell);
  const aside = worse ? " that fits about as well" : "";
  const agreeing = spread
    ? `; laws that fit about as well say ${formatCount(spread.params[0])} to ${formatCount(spread.params[1])}`
    : "";
  return {
    grade: "sound",
    sentence: `Sound: ${lead}; no other minimum says otherwise${table ? `, and no choice tried${aside} moves it out of its interval` : ""}${agreeing}${exact(fit)}.`,
  };
}

/** The interval, where it is wide enough to be the argument. */
function anything({ interval: { low, high } }: DecisionJudgement): string {
  return high > 9 * low ? ` (anything from ${formatCount(low)} to ${formatCount(high)} fits)` : "";
}

/** Measured losses repeat to a few digits at best. */
function exact({ residuals: { rms }, objective: { scale } }: Fit): string {
  return scale !== "raw" && rms < 1e-5
    ? "; the runs lie on the law more closely than measured ones do: they look made up"
    : "";
}

/** The choices that move N* out of its interval, at most two, of different kinds. */
function moversOf(table: Sensitivity): SensitivityRow[] {
  const ranked = weighed(table).filter(({ moved }) => Math.abs(moved!) > 1);
  return ranked.filter((row, i) => ranked.findIndex(({ kind }) => kind === row.kind) === i).slice(0, 2);
}
