import type { Figure } from "isoflop/figures";
import type { Fit } from "isoflop/fit";
import type { Law } from "isoflop/laws";
import type { Cost, Plan } from "isoflop/plan";
import type { Report } from "isoflop/report";
import type { ColumnMapping, Observations, SkippedRow, Table } from "isoflop/runs";
import type { Comparison, Diagnosis } from "isoflop/trust";
import type { Recipe } from "../recipe.ts";

/** What was seen of the table, with and without the rows left out: the picture shows both. */
export interface Seen {
  readonly rows: number;
  readonly columns: Readonly<Record<string, Float64Array>>;
  readonly lines: Int32Array;
  readonly mapping: readonly ColumnMapping[];
  readonly skipped: readonly SkippedRow[];
  readonly notes: readonly string[];
  readonly hash: string;
}

/** A law as the picker shows it. */
export interface LawEntry {
  readonly name: string;
  readonly title: string;
  readonly kind: string;
  readonly formula: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly source: string;
  /** Whether the open table has what it asks for. */
  readonly able: boolean;
}

export type FigureName =
  | "compute"
  | "isoflop"
  | "allocation"
  | "surface"
  | "residuals"
  | "draws"
  | "ladder"
  | "tornado"
  | "basins"
  | "heldout";

/** What a run's curve is: by tokens, sorted. */
export interface Curve {
  readonly name: string;
  readonly params: number | null;
  readonly tokens: Float64Array;
  readonly loss: Float64Array;
}

/** The questions a worker answers, and its answers. */
interface Questions {
  open: {
    ask: { readonly text: string; readonly origin: string };
    answer: { readonly table: Table; readonly laws: readonly LawEntry[]; readonly curves: readonly Curve[] };
  };
  fit: {
    ask: { readonly recipe: Recipe };
    answer: {
      readonly fit: Fit;
      readonly law: Law;
      readonly all: Seen;
      /** What the fit saw, for the other workers. */
      readonly observed: Observations;
      readonly milliseconds: number;
      /** Why no budget can be split with the law; null where one can. */
      readonly plannable: string | null;
      /** Inputs that a budget does not set, with the largest value among the runs: somebody has to say them. */
      readonly needs: Readonly<Record<string, number>>;
    };
  };
  /** Tells the worker of draws that another one has made. */
  drawn: { ask: { readonly fit: Fit }; answer: null };
  plan: {
    ask: {
      readonly flops: number;
      readonly held: Readonly<Record<string, number>>;
      readonly hardware: string;
      readonly price: number | null;
      readonly mfu: number | null;
    };
    answer: { readonly plan: Plan; readonly cost: Cost | null };
  };
  figure: {
    ask: {
      readonly name: FigureName;
      readonly flops: number | null;
      readonly held: Readonly<Record<string, number>>;
      readonly diagnosis: Diagnosis | null;
    };
    answer: Figure;
  };
  /** Streams a fit for each of the counts. */
  draw: {
    ask: {
      readonly law: Law;
      readonly observed: Observations;
      readonly objective: string;
      readonly counts: readonly number[];
    };
    answer: Fit;
  };
  compare: {
    ask: {
      readonly observed: Observations;
      readonly table: Table;
      readonly laws: readonly string[];
      readonly recipe: Recipe;
      readonly flops: number | null;
    };
    answer: { readonly comparison: Comparison; readonly heldOut: Figure | null };
  };
  report: {
    ask: {
      readonly flops: number | null;
      readonly held: Readonly<Record<string, number>>;
      readonly diagnosis: Diagnosis | null;
      readonly comparison: Comparison | null;
      readonly commands: readonly string[];
    };
    answer: Report;
  };
  diagnose: {
    ask: {
      readonly fit: Fit;
      readonly observed: Observations;
      readonly flops: number | null;
      readonly held: Readonly<Record<string, number>>;
    };
    answer: Diagnosis;
  };
}

export type Kind = keyof Questions;
export type Ask<K extends Kind> = Questions[K]["ask"];
export type Answer<K extends Kind> = Questions[K]["answer"];

export interface Request {
  readonly id: number;
  readonly kind: Kind;
  readonly ask: unknown;
}

export type Reply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly id: number; readonly progress: Progress };

/** How far long work is, and what is known already. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly fit?: Fit;
}
