import { formatIn } from "../figures/index.ts";
import { computeOptimum, isPlannable } from "../laws/index.ts";
import type { ReportSummary } from "./noun.ts";
import { digitsText, valueText } from "./wording.ts";

/** One thing in which two reports or fits differ. */
export interface ReportChange {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  /**
   * How far a number moved, in half-widths of its interval before (or after, where it had none), else in standard errors;
   * null where neither is known, and for words.
   */
  readonly moved: number | null;
  readonly unit: "half-widths" | "standard errors" | null;
}

/** Two reports or fits side by side. */
export interface ReportDiff {
  readonly format: "isoflop.reportdiff/1";
  readonly same: boolean;
  readonly says: string;
  /** The budget at which N* is compared; null where there is none. */
  readonly flops: number | null;
  readonly changes: readonly ReportChange[];
}

/** What is compared: a summary, and the sentence that stands above it. */
export interface Compared {
  readonly summary: ReportSummary;
  readonly verdict: { readonly grade: string | null; readonly sentence: string } | null;
}

/**
 * What changed from one report or fit to another: the data, the objective, each parameter in units of its interval, N* at
 * a budget, and the verdict.
 *
 * @param flops the budget at which N* is compared; that of the first's decision, or of the second's, else ten times the
 *   largest run of the first
 * @example reportDiff(before, after, { flops: 1e24 }).changes.map(({ what, moved }) => [what, moved])
 */
export function reportDiff(
  before: Compared,
  after: Compared,
  { flops: asked = null }: { flops?: number | null } = {},
): ReportDiff {
  const [a, b] = [before.summary, after.summary];
  const largest = a.largestFlops ?? b.largestFlops;
  const flops = asked ?? a.decision?.flops ?? b.decision?.flops ?? (largest === null ? null : 10 * largest);
  const changes = [
    ...words("law or method", a.basis, b.basis),
    ...words("formula", a.law?.formula ?? null, b.law?.formula ?? null),
    ...words("data", a.data?.hash ?? null, b.data?.hash ?? null),
    ...words("read from", a.data?.origin ?? null, b.data?.origin ?? null),
    ...words("rows", numberText(a.data?.rows), numberText(b.data?.rows)),
    ...words("objective", objectiveText(a), objectiveText(b)),
    ...valueChange(a, b),
    ...words("status", a.status, b.status),
    ...parameterChanges(a, b),
    ...words("exponent a", a.exponents?.a.toFixed(4) ?? null, b.exponents?.a.toFixed(4) ?? null),
    ...(flops === null ? [] : decisionChanges(a, b, flops)),
    ...words("seed", numberText(a.seed), numberText(b.seed)),
    ...words("verdict", before.verdict?.grade ?? null, after.verdict?.grade ?? null),
    ...words("in words", before.verdict?.sentence ?? null, after.verdict?.sentence ?? null),
  ];
  return {
    format: "isoflop.reportdiff/1",
    same: changes.length === 0,
    says: sentenceOf(changes, flops),
    flops,
    changes,
  };
}

/** A change of words, or of a number that has no spread; none where both say the same or nothing. */
function words(what: string, before: string | null, after: string | null): ReportChange[] {
  return before === after
    ? []
    : [{ what, before: before ?? "not stated", after: after ?? "not stated", moved: null, unit: null }];
}

function numberText(value: number | null | undefined): string | null {
  return value == null ? null : String(value);
}

function objectiveText({ objective }: ReportSummary): string | null {
  return (
    objective &&
    `${objective.name}${objective.delta === null ? "" : `, δ = ${digitsText(objective.delta, 4)}`}`
  );
}

/** Values of one objective on the same rows are comparable, others are not. */
function valueChange(a: ReportSummary, b: ReportSummary): ReportChange[] {
  if (a.data?.hash !== b.data?.hash || objectiveText(a) !== objectiveText(b)) return [];
  const [before, after] = [a.objective?.value ?? null, b.objective?.value ?? null];
  if (before === null || after === null || before === after) return [];
  if (Math.abs(after / before - 1) < 1e-9) return [];
  return words("lowest objective", digitsText(before, 8), digitsText(after, 8));
}

function parameterChanges(a: ReportSummary, b: ReportSummary): ReportChange[] {
  const names = [...new Set([...Object.keys(a.parameters), ...Object.keys(b.parameters)])];
  return names.flatMap((name): ReportChange[] => {
    const [before, after] = [a.parameters[name], b.parameters[name]];
    if (!before || !after)
      return words(
        name,
        before ? digitsText(before.value, 5) : null,
        after ? digitsText(after.value, 5) : null,
      );
    if (Math.abs(after.value - before.value) <= 1e-9 * Math.abs(before.value)) return [];
    const by = after.value - before.value;
    const ends = before.interval ?? after.interval;
    const half = ends && (ends.high - ends.low) / 2;
    const se = before.se ?? after.se;
    const [moved, unit] =
      half !== null && half > 0
        ? ([by / half, "half-widths"] as const)
        : se !== null && se > 0
          ? ([by / se, "standard errors"] as const)
          : ([null, null] as const);
    return [
      { what: name, before: digitsText(before.value, 5), after: digitsText(after.value, 5), moved, unit },
    ];
  });
}

function decisionChanges(a: ReportSummary, b: ReportSummary, flops: number): ReportChange[] {
  const [before, after] = [bestAt(a, flops), bestAt(b, flops)];
  const at = `at ${formatIn("FLOPs", flops)} FLOPs`;
  if (!before || !after)
    return words(
      `N* ${at}`,
      before && valueText("params", before.params),
      after && valueText("params", after.params),
    );
  const by = Math.log(after.params / before.params);
  if (Math.abs(by) < 1e-9) return [];
  const ends = intervalAt(a, flops) ?? intervalAt(b, flops);
  const half = ends && Math.log(ends.high / ends.low) / 2;
  const change = (what: string, x: string, y: string, moved: number | null): ReportChange => ({
    what: `${what} ${at}`,
    before: x,
    after: y,
    moved,
    unit: moved === null ? null : "half-widths",
  });
  return [
    change(
      "N*",
      valueText("params", before.params),
      valueText("params", after.params),
      half !== null && half > 0 ? by / half : null,
    ),
    change("D*", valueText("tokens", before.tokens), valueText("tokens", after.tokens), null),
    ...(before.loss === null || after.loss === null || before.loss === after.loss
      ? []
      : [change("loss", valueText("loss", before.loss), valueText("loss", after.loss), null)]),
  ];
}

/** The interval of N*, in logs like the size itself; it holds at its own budget alone. */
function intervalAt({ decision }: ReportSummary, flops: number): { low: number; high: number } | null {
  return decision?.interval && Math.abs(decision.flops / flops - 1) < 1e-9 ? decision.interval : null;
}

type Best = Pick<NonNullable<ReportSummary["decision"]>, "params" | "tokens" | "loss">;

function bestAt({ law, parameters, decision, held }: ReportSummary, flops: number): Best | null {
  if (decision && Math.abs(decision.flops / flops - 1) < 1e-9) return decision;
  const values = Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value]));
  if (law) return isPlannable(law, held) ? computeOptimum(law, values, flops, { held }) : null;
  const { k, a, q, b } = values;
  if (k === undefined || a === undefined || q === undefined || b === undefined) return null;
  return { params: k * flops ** a, tokens: q * flops ** b, loss: null };
}

function sentenceOf(changes: readonly ReportChange[], flops: number | null): string {
  if (changes.length === 0) return "Nothing that a reader would notice changed.";
  const size = flops === null ? undefined : changes.find(({ what }) => what.startsWith("N* "));
  const data = changes.some(({ what }) => what === "data") ? "The data changed" : "The data are the same";
  if (!size) return `${data}; ${flops === null ? "there is no budget to compare N* at" : "N* is the same"}.`;
  if (size.before === size.after) return `${data}; ${size.what} is ${size.after} as before.`;
  const moved =
    size.moved === null
      ? ""
      : `, ${digitsText(Math.abs(size.moved), 2)} half-widths of its interval${Math.abs(size.moved) > 1 ? ": more than the noise explains" : ""}`;
  return `${data}; ${size.what} goes from ${size.before} to ${size.after}${moved}.`;
}
