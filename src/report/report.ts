import { contentHash } from "../runs/index.ts";
import { checklistBlocks } from "./checklist.ts";
import { dataBlocks } from "./data-section.ts";
import { figureBlocks, lawOf } from "./figure-section.ts";
import { fitBlocks } from "./fit-section.ts";
import { checkMaterials, type ReportMaterials } from "./materials.ts";
import type { KeyNumber, Report, ReportBlock, ReportSection } from "./noun.ts";
import { planBlocks, planNumbers, planSentence } from "./plan-section.ts";
import { referencesOf } from "./references.ts";
import { runsBlocks } from "./runs-section.ts";
import { summaryOf } from "./summary.ts";
import { trustBlocks } from "./trust-section.ts";
import { basisText, levelText, spanText, valueText } from "./wording.ts";

/** What a report says of itself. */
export interface ReportOptions {
  readonly title?: string;
  /** Of the program that made it. */
  readonly version?: string | null;
  /** What to type to make it again. */
  readonly commands?: readonly string[];
}

/**
 * A report from a fit, a plan, or both, with whatever belongs to them: the verdict first, then the data, the fit, how far
 * it can be trusted, the plan, figures, the checklist, provenance and references.
 *
 * It holds no date: the same nouns give the same report. All its text is plain; {@link reportHtml} and
 * {@link reportMarkdown} see to the marking.
 *
 * @throws where the parts don't belong together: a diagnosis of another fit, runs that the fit hasn't met
 * @example report({ fit: made, diagnosis: diagnose(made, observed), observations: observed })
 */
export function report(
  materials: ReportMaterials,
  { title, version = null, commands = [] }: ReportOptions = {},
): Report {
  checkMaterials(materials);
  const {
    fit = null,
    plan = null,
    diagnosis = null,
    comparison = null,
    rivals = null,
    observations = null,
  } = materials;
  const law = fit?.approach === 3 ? fit.law : fit ? null : plan && lawOf(materials, plan);
  const references = referencesOf(materials, law);
  const nouns = Object.entries({ fit, plan, diagnosis, comparison }).flatMap(([what, noun]) =>
    noun ? [{ what, hash: contentHash(noun) }] : [],
  );
  const sections = [
    section("data", "Data", fit ? dataBlocks(fit, observations, diagnosis) : []),
    section("fit", "Fit", fit ? fitBlocks(fit) : []),
    section("trust", "How far to trust it", fit || comparison ? trustBlocks(materials) : []),
    section("runs", "Runs against the law", materials.efficiency ? runsBlocks(materials.efficiency) : []),
    section("plan", "Plan", plan ? planBlocks(plan, rivals) : []),
    section("figures", "Figures", figureBlocks(materials)),
    section("checklist", "Checklist", checklistBlocks(materials)),
    section("provenance", "Provenance", provenanceBlocks(materials, { version, commands, nouns })),
    section(
      "references",
      "References",
      references.length === 0
        ? []
        : [{ kind: "code", language: "bibtex", text: references.map(({ bibtex }) => bibtex).join("\n\n") }],
    ),
  ];
  return {
    format: "isoflop.report/1",
    title: title ?? titleOf(materials),
    verdict: verdictOf(materials),
    numbers: numbersOf(materials),
    sections: sections.filter(({ blocks }) => blocks.length > 0),
    references,
    summary: summaryOf(materials),
    provenance: { version, nouns, commands },
  };
}

function section(id: string, title: string, blocks: readonly ReportBlock[]): ReportSection {
  return { id, title, blocks };
}

function titleOf({ fit, plan }: ReportMaterials): string {
  if (!fit) return `A plan for ${valueText("flops", plan!.budget.flops)} FLOPs by ${basisText(plan!.basis)}`;
  const what = fit.approach === 3 ? fit.law.name : `Approach ${fit.approach}`;
  return `${what} fitted to ${fit.rows} rows of ${nameOf(fit.data.origin)}`;
}

/** A file without its folders, which say nothing to whoever it is sent to. */
function nameOf(origin: string): string {
  return origin.replace(/[\\/]+$/, "").replace(/^.*[\\/]/, "");
}

/** The diagnosis has the last word, then the fit's own; a plan or frontier alone is graded by nobody. */
function verdictOf({ fit, plan, diagnosis }: ReportMaterials): Report["verdict"] {
  if (diagnosis) return diagnosis.verdict;
  if (fit?.approach === 3 && fit.verdict) return fit.verdict;
  if (plan) return { grade: null, sentence: planSentence(plan) };
  return { grade: null, sentence: fit!.message };
}

function numbersOf({ fit, plan, diagnosis }: ReportMaterials): KeyNumber[] {
  const decision = diagnosis?.decision;
  const chosen = plan
    ? planNumbers(plan)
    : decision
      ? [
          {
            label: "Parameters, N*",
            value: valueText("params", decision.params),
            detail: `${spanText("params", [decision.interval.low, decision.interval.high])} (${levelText(decision.interval.level)})`,
          },
          {
            label: "Tokens, D*",
            value: valueText("tokens", decision.tokens),
            detail: `at ${valueText("flops", decision.flops)} FLOPs`,
          },
          {
            label: "Loss",
            value: valueText("loss", decision.loss),
            detail: `at ${valueText("flops", decision.flops)} FLOPs`,
          },
        ]
      : [];
  const exponents = fit?.exponents;
  return [
    ...chosen,
    ...(exponents
      ? [
          {
            label: "Exponent a, N* ∝ C^a",
            value: exponents.a.toFixed(3),
            detail: exponents.interval
              ? `${exponents.interval.low.toFixed(3)} to ${exponents.interval.high.toFixed(3)} (${levelText(exponents.interval.level)})`
              : null,
          },
        ]
      : []),
  ];
}

function provenanceBlocks(
  { fit, plan }: ReportMaterials,
  { version, commands, nouns }: Report["provenance"],
): ReportBlock[] {
  const basis = plan?.basis;
  return [
    {
      kind: "facts",
      rows: [
        ["made by", version === null ? "isoflop" : `isoflop ${version}`],
        ...(fit ? [["data", `${fit.data.origin}, ${fit.data.hash}`] as [string, string]] : []),
        ...(basis && "hash" in basis && !fit
          ? [["rests on the fit", `${basis.hash}, of ${basis.origin}`] as [string, string]]
          : []),
        ...nouns.map(({ what, hash }): [string, string] => [what, hash]),
        ...(fit ? [["seed", String(fit.seed)] as [string, string]] : []),
      ],
    },
    ...(commands.length === 0
      ? []
      : [
          { kind: "text" as const, text: "To make it again:" },
          { kind: "code" as const, language: "sh" as const, text: commands.join("\n") },
        ]),
  ];
}
