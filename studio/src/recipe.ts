/** A law by its name, or somebody's own formula. */
export type LawChoice =
  | { readonly kind: "named"; readonly name: string }
  | {
      readonly kind: "formula";
      readonly formula: string;
      /** As the command line takes them: params=N,tokens=D */
      readonly inputs: string;
      readonly output: string;
    };

/** Everything that a fit follows from, besides the table. */
export interface Recipe {
  readonly law: LawChoice;
  readonly objective: string;
  /** What the parameter column counts, where its name doesn't say it. */
  readonly convention: "total" | "nonEmbedding" | "active" | null;
  /** Quantity → column, by hand. */
  readonly map: Readonly<Record<string, string>>;
  readonly skipBadRows: boolean;
  /** Lines of the source that are left out. */
  readonly excluded: readonly number[];
}
