import { type Observations, otherColumns } from "../runs/index.ts";

/** What the columns beside N, D and loss say of every run; null where there is no such column. */
export interface Clues {
  readonly status: readonly string[] | null;
  /** The final learning rate over the peak. */
  readonly finalRate: Float64Array | null;
  readonly epochs: Float64Array | null;
  readonly learningRate: Float64Array | null;
  /** Columns of words that sort the runs into a few groups: a corpus, a mix, a family. */
  readonly groups: readonly { readonly column: string; readonly words: readonly string[] }[];
  /** What no column says. */
  readonly unknown: readonly string[];
}

/** Reads the clues that a file of runs holds besides what the law asked for. */
export function readClues(observed: Observations): Clues {
  const { labels, columns, rows } = observed;
  const words = (name: RegExp): readonly string[] | null => {
    const found = Object.entries(labels).find(([column]) => name.test(column))?.[1];
    return found && !(found instanceof Float64Array) ? found : null;
  };
  const numbers = (name: RegExp): Float64Array | null => {
    const found = Object.entries(labels).find(([column]) => name.test(column))?.[1];
    return found instanceof Float64Array ? found : null;
  };
  const quantity = (name: "uniqueTokens" | "learningRate"): Float64Array | null =>
    columns[name] ?? otherColumns(observed, name)[0]?.values ?? null;
  const rate = quantity("learningRate");
  const final = numbers(
    /^(final|end|last|min)_?(lr|learning_?rate)$|^(lr|learning_?rate)_?(final|end|last|min)$/i,
  );
  const unique = quantity("uniqueTokens");
  const { tokens } = columns;
  const epochs =
    numbers(/^(n_|num_)?epochs?$/i) ?? (unique && tokens ? tokens.map((D, i) => D / unique[i]!) : null);
  const groups = Object.entries(labels).flatMap(([column, cells]) => {
    if (
      cells instanceof Float64Array ||
      /^(id|name|run|run_?(id|name)|status|origin|trainer|file)$/i.test(column)
    )
      return [];
    const kinds = new Set(cells);
    return kinds.size >= 2 && kinds.size <= Math.max(2, rows / 3) ? [{ column, words: cells }] : [];
  });
  const known = {
    "whether the run finished (status)": words(/^status$/i),
    "how far the learning rate decayed (final_lr)": rate && final,
    "how often data were repeated (unique_tokens)": epochs,
    "the learning rate (lr)": rate,
    "which data it saw (a column of words)": groups.length > 0 ? groups : null,
  };
  return {
    status: words(/^status$/i),
    finalRate: rate && final ? final.map((last, i) => last / rate[i]!) : null,
    epochs,
    learningRate: rate,
    groups,
    unknown: Object.entries(known).flatMap(([what, column]) => (column === null ? [what] : [])),
  };
}
