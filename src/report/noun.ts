import type { Figure } from "../figures/index.ts";
import type { Interval, Verdict } from "../fit/index.ts";
import type { Law } from "../laws/index.ts";

/** Text as it is meant to be read, without any markup: whoever renders it sees to that nothing in it is taken for some. */
export interface TextBlock {
  readonly kind: "text";
  readonly text: string;
}

export interface ListBlock {
  readonly kind: "list";
  readonly items: readonly string[];
}

/** What may make the numbers wrong. */
export interface WarningsBlock {
  readonly kind: "warnings";
  readonly items: readonly string[];
}

/** Names and what is to be said of each. */
export interface FactsBlock {
  readonly kind: "facts";
  readonly rows: readonly (readonly [name: string, text: string])[];
}

/** A formula in the language of laws, and the same as LaTeX where that is known. */
export interface FormulaBlock {
  readonly kind: "formula";
  readonly formula: string;
  readonly latex: string | null;
}

export interface TableColumn {
  readonly title: string;
  readonly align: "left" | "right";
}

export interface TableBlock {
  readonly kind: "table";
  readonly caption: string | null;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly string[])[];
}

/** A figure under a name of its own, by which a file beside the report may be called. */
export interface FigureBlock {
  readonly kind: "figure";
  readonly id: string;
  readonly figure: Figure;
}

/** Commands, or text for another program. */
export interface CodeBlock {
  readonly kind: "code";
  readonly language: "sh" | "bibtex" | "text";
  readonly text: string;
}

/** Questions that a reader has to be able to answer; null is not stated. */
export interface ChecklistBlock {
  readonly kind: "checklist";
  readonly groups: readonly {
    readonly title: string;
    readonly items: readonly { readonly question: string; readonly answer: string | null }[];
  }[];
}

export type ReportBlock =
  | TextBlock
  | ListBlock
  | WarningsBlock
  | FactsBlock
  | FormulaBlock
  | TableBlock
  | FigureBlock
  | CodeBlock
  | ChecklistBlock;

export interface ReportSection {
  /** For links: letters and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly ReportBlock[];
}

/** A number that a reader came for. */
export interface KeyNumber {
  readonly label: string;
  readonly value: string;
  /** Its interval, or what it is measured in. */
  readonly detail: string | null;
}

/** The numbers of a report for programs: what two of them are compared by. */
export interface ReportSummary {
  /** The law and its parameters; null for approaches 1 and 2, and for a plan by a law that isn't known here. */
  readonly law: Law | null;
  readonly basis: string;
  readonly data: { readonly origin: string; readonly hash: string; readonly rows: number } | null;
  readonly objective: {
    readonly name: string;
    readonly delta: number | null;
    readonly value: number | null;
  } | null;
  readonly status: string | null;
  readonly parameters: Readonly<
    Record<string, { readonly value: number; readonly se: number | null; readonly interval: Interval | null }>
  >;
  readonly exponents: { readonly a: number; readonly b: number } | null;
  /** The largest training budget in the data. */
  readonly largestFlops: number | null;
  /** Inputs of the law that a budget doesn't set. */
  readonly held: Readonly<Record<string, number>>;
  readonly decision: {
    readonly flops: number;
    readonly params: number;
    readonly tokens: number;
    readonly loss: number | null;
    /** Of N*. */
    readonly interval: { readonly low: number; readonly high: number; readonly level: number } | null;
  } | null;
  readonly seed: number | null;
}

/** A work that the numbers rest on, and what was taken from it. */
export interface Reference {
  readonly key: string;
  readonly text: string;
  readonly url: string | null;
  readonly used: string;
  readonly bibtex: string;
}

/** Prose, tables and figures with their provenance: what is sent to somebody else. */
export interface Report {
  readonly format: "isoflop.report/1";
  readonly title: string;
  readonly verdict: { readonly grade: Verdict["grade"] | null; readonly sentence: string };
  readonly numbers: readonly KeyNumber[];
  readonly sections: readonly ReportSection[];
  readonly references: readonly Reference[];
  readonly summary: ReportSummary;
  /** The nouns that it was made from, each by the hash of its content, and what made it. */
  readonly provenance: {
    readonly version: string | null;
    readonly nouns: readonly { readonly what: string; readonly hash: string }[];
    readonly commands: readonly string[];
  };
}
