import { formatNumber } from "../numeric/index.ts";
import type { Fit, Verdict } from "./noun.ts";
import type { Remark } from "./warnings.ts";

/**
 * What a careful reviewer would say of a fit, from what every fit carries: its status, its starts, its warnings.
 *
 * `diagnose` asks further: which choices move the decision, and what the rival laws say.
 */
export function verdictOf(fit: Omit<Fit, "warnings" | "verdict">, remarks: readonly Remark[]): Verdict {
  const { status, message, starts, law, range, exponents, residuals } = fit;
  const forbidden = remarks.find(({ forbids }) => forbids)?.clause;
  if (forbidden !== undefined) return { grade: "do-not-use", sentence: `Do not plan with it: ${forbidden}.` };
  if (status === "non-finite" || status === "not-identified")
    return { grade: "do-not-use", sentence: `Do not use it. ${message}` };
  const doubts = remarks.flatMap(({ clause }) => clause ?? []);
  if (status === "max-steps" && residuals.rms > 1e-9) doubts.unshift("the minimiser had not settled");
  if (doubts.length > 0) {
    const more = doubts.length > 2 ? ` (and ${doubts.length - 2} more)` : "";
    return { grade: "caution", sentence: `Use with caution: ${doubts.slice(0, 2).join("; ")}${more}.` };
  }
  const spans = Object.keys(law.inputs).flatMap((quantity) => {
    const span = range[quantity];
    return span && span[0] > 0 ? [`${quantity} ${formatNumber(span[1] / span[0], 2)}-fold`] : [];
  });
  const between = exponents?.interval
    ? ` (${exponents.interval.low.toFixed(3)} to ${exponents.interval.high.toFixed(3)})`
    : "";
  return {
    grade: "sound",
    sentence:
      [
        `Sound as far as a fit by itself can tell: ${starts.agree} of ${starts.total} starts agree`,
        ...(spans.length > 0 ? [`the runs span ${spans.join(" and ")}`] : []),
        ...(exponents ? [`a is ${exponents.a.toFixed(3)}${between}`] : []),
      ].join(", ") + ".",
  };
}
