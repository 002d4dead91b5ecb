import { normaliseHeader } from "../models/index.ts";
import { formatNumber } from "../numeric/index.ts";
import type { DataFinding } from "./data-findings.ts";
import type { Observations } from "./observe.ts";
import { otherColumns } from "./other-columns.ts";
import type { Column } from "./table.ts";

/**
 * What a reviewer of the data would remark: the findings made when they were read, and what the unused columns and
 * the rows beside each other show.
 *
 * Advice, never a removal: runs that had not ended, learning rates that were not decayed or not tuned, more of
 * everything and yet a higher loss, FLOPs unlike 6ND, a loss above ln(vocabulary), repeated data, several corpora,
 * tokenizers or ways of counting in one table.
 *
 * @example reviewData(observations).map(({ code }) => code) // ["untuned-settings", "decay-unfinished"]
 */
export function reviewData(observed: Observations): DataFinding[] {
  const settings = untuned(observed);
  return [
    ...observed.findings,
    ...unfinished(observed),
    ...undecayed(observed),
    ...settings.findings,
    ...worseWithMore(observed, settings.rows),
    ...unlike6ND(observed),
    ...aboveGuessing(observed),
    ...repeated(observed),
    ...mixed(observed),
  ];
}

/** Beyond this many rows nothing is compared row by row. */
const comparable = 100_000;

/** How many lines a sentence names. */
const named = 3;

function about(
  { lines, rows: all }: Observations,
  rows: readonly number[],
): { which: string; lines: readonly number[] } {
  const own = rows.map((row) => lines[row]!);
  const shown = own.slice(0, named).join(", ");
  const which =
    rows.length === 1
      ? `row ${shown}`
      : `${rows.length} of ${all} rows (${shown}${own.length > named ? ", …" : ""})`;
  return { which, lines: own.slice(0, 1000) };
}

function rowsWhere(count: number, holds: (row: number) => boolean): number[] {
  const rows: number[] = [];
  for (let row = 0; row < count; row++) if (holds(row)) rows.push(row);
  return rows;
}

/** A filter as --where takes it; a name with other signs goes in quotes. */
const filter = (column: string, test: string): string =>
  /^[\w.-]+$/.test(column) ? `--where ${column}${test}` : `--where '"${column}"${test}'`;

const numbersIn = (cells: Column | undefined): Float64Array | null =>
  cells instanceof Float64Array ? cells : null;

/** A column that says how each run ended. */
function unfinished(observed: Observations): DataFinding[] {
  const ended = /^(?:finished|done|completed?|succe(?:ss|eded)|ok)$/i;
  const failed = /^(?:crash|fail|kill|run|diverg|abort|cancel|pend|preempt|timeout|time_limit|oom|nan)/i;
  return Object.entries(observed.labels).flatMap(([column, cells]): DataFinding[] => {
    if (cells instanceof Float64Array || !/^(?:run_)?(?:status|state)$/.test(normaliseHeader(column)))
      return [];
    const rows = rowsWhere(observed.rows, (row) => failed.test(cells[row]!.trim()));
    if (rows.length === 0) return [];
    const end = cells.find((cell) => ended.test(cell.trim()));
    const { which, lines } = about(observed, rows);
    return [
      {
        code: "unfinished-runs",
        message: `column "${column}" says of ${which} ${[...new Set(rows.map((row) => cells[row]))].join(", ")}: their loss is not that of a finished run`,
        lines,
        ...(end === undefined ? {} : { remedy: filter(column, `=${end}`) }),
      },
    ];
  });
}

/** How much of a run or of its schedule was over; a fraction of warm-up, of code or of dropout is another thing. */
const elapsed =
  /^(?:(?:train(?:ing)?|run|schedule|decay)_)?(?:portion|fraction|progress)(?:_(?:of_)?(?:steps?|tokens|train(?:ing)?|run|schedule|elapsed|done|completed?|seen)){0,3}$/;

/** Losses read before the schedule had ended: the learning rate was still high, and the loss with it. */
function undecayed(observed: Observations): DataFinding[] {
  const columns = Object.entries(observed.labels).map(([column, cells]) => ({
    column,
    words: normaliseHeader(column),
    values: numbersIn(cells),
  }));
  const portion = columns.find(
    ({ words, values }) => values?.every((v) => v >= 0 && v <= 1.001) && elapsed.test(words),
  );
  const step = columns.find(
    ({ words, values }) => values && /^(?:current_steps?|steps?|global_step)$/.test(words),
  );
  const total = columns.find(
    ({ words, values }) =>
      values && /^(?:total|max|num|planned)_(?:train_|training_)?(?:steps|iters)$/.test(words),
  );
  const share = (row: number): number =>
    portion ? portion.values![row]! : step && total ? (step.values![row]! + 1) / total.values![row]! : 1; // counted from 0
  const rows = rowsWhere(observed.rows, (row) => share(row) < 0.999);
  if (rows.length === 0) return [];
  const { which, lines } = about(observed, rows);
  return [
    {
      code: "decay-unfinished",
      message: `${which} were read before their schedule ended (${portion ? portion.column : `${step!.column} below ${total!.column}`}): their learning rate had not decayed, and a run that ends there loses less`,
      lines,
      ...(portion ? { remedy: filter(portion.column, "=1") } : {}),
    },
  ];
}

/** Runs of one size on the same tokens, of which some had a worse learning rate or batch than others. */
function untuned(observed: Observations): { findings: DataFinding[]; rows: ReadonlySet<number> } {
  const { columns, labels, rows: count } = observed;
  const { params, tokens, loss } = columns;
  const settings = Object.entries(labels).filter(
    ([column, cells]) =>
      cells instanceof Float64Array &&
      /(?:^|_)(?:lr|learning_rate|batch|batch_size|batch_tokens|batch_sequences|beta2|warmup)(?:_|$)/.test(
        normaliseHeader(column),
      ),
  );
  const none = { findings: [], rows: new Set<number>() };
  if (!params || !tokens || !loss || settings.length === 0 || count > comparable) return none;
  const groups = new Map<string, number[]>();
  for (let row = 0; row < count; row++) {
    const key = `${Math.round(100 * Math.log(params[row]!))} ${Math.round(100 * Math.log(tokens[row]!))}`;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const varied = new Set<string>();
  const starved = [...groups.values()].flatMap((rows) => {
    const differ = settings.filter(([, cells]) => rows.some((row) => cells[row] !== cells[rows[0]!]));
    for (const [column] of differ) varied.add(column);
    const best = rows.reduce((x, row) => Math.min(x, loss[row]!), Number.POSITIVE_INFINITY);
    return differ.length === 0 ? [] : rows.filter((row) => loss[row]! > 1.01 * best);
  });
  if (starved.length === 0) return none;
  starved.sort((x, y) => x - y);
  const { which, lines } = about(observed, starved);
  return {
    rows: new Set(starved),
    findings: [
      {
        code: "untuned-settings",
        message: `${which} lose more than 1 % more than the best run of the same size and tokens; they differ in ${[...varied].join(", ")}: a law of tuned runs and of starved ones is a law of neither`,
        lines,
        remedy:
          "fit only the best setting of each size and tokens: mark those rows in a column and use --where",
      },
    ],
  };
}

/** Runs with more parameters and more tokens than another, and yet a loss that is much higher: diverged, or unlike it. */
function worseWithMore(observed: Observations, known: ReadonlySet<number>): DataFinding[] {
  const { params, tokens, loss } = observed.columns;
  if (!params || !tokens || !loss || observed.rows > comparable) return [];
  const unique = observed.columns.uniqueTokens ?? otherColumns(observed, "uniqueTokens")[0]?.values;
  const repeats = (row: number): boolean => unique !== undefined && tokens[row]! > 4 * unique[row]!;
  const order = Array.from(params.keys()).sort((i, j) => params[i]! - params[j]! || tokens[i]! - tokens[j]!);
  const ranks = Array.from(tokens.keys()).sort((i, j) => tokens[i]! - tokens[j]!);
  const rank = new Int32Array(tokens.length);
  ranks.forEach((row, i) => {
    rank[row] = i + 1;
  });
  // the lowest loss among fewer tokens, of the rows with fewer parameters seen so far: a Fenwick tree of minima
  const least = new Float64Array(tokens.length + 1).fill(Number.POSITIVE_INFINITY);
  const rows: number[] = [];
  for (const row of order) {
    let lowest = Number.POSITIVE_INFINITY;
    for (let at = rank[row]!; at > 0; at -= at & -at) lowest = Math.min(lowest, least[at]!);
    if (loss[row]! > 1.15 * lowest && !known.has(row) && !repeats(row)) rows.push(row);
    for (let at = rank[row]!; at < least.length; at += at & -at) least[at] = Math.min(least[at]!, loss[row]!);
  }
  if (rows.length === 0) return [];
  rows.sort((x, y) => x - y);
  const { which, lines } = about(observed, rows);
  return [
    {
      code: "worse-with-more",
      message: `${which} ${rows.length === 1 ? "has" : "have"} a loss at least 15 % above that of a run with fewer parameters and fewer tokens: diverged, not finished, or another kind of run`,
      lines,
      remedy: "look at their curves; leave them out with --where if they failed",
    },
  ];
}

function unlike6ND(observed: Observations): DataFinding[] {
  const { params, tokens } = observed.columns;
  if (!params || !tokens) return [];
  // the surest name alone: a second column counts otherwise on purpose
  return otherColumns(observed, "flops")
    .slice(0, 1)
    .flatMap(({ column, values }): DataFinding[] => {
      const ratio = values.map((C, row) => C / (6 * params[row]! * tokens[row]!));
      // attention and head, which an exact count has in it, are most of a model of some thousand parameters
      const most = /exact/i.test(column) ? 10 : 2;
      const rows = rowsWhere(observed.rows, (row) => ratio[row]! > most || ratio[row]! < 0.5);
      if (rows.length === 0) return [];
      const { which, lines } = about(observed, rows);
      const [low, high] = [Math.min, Math.max].map((end) =>
        rows.reduce((x, row) => end(x, ratio[row]!), ratio[rows[0]!]!),
      );
      const span =
        high! / low! < 1.01 ? formatNumber(low!, 3) : `${formatNumber(low!, 3)} to ${formatNumber(high!, 3)}`;
      return [
        {
          code: "flops-unlike-6nd",
          message: `in ${which} "${column}" is ${span} times 6 × parameters × tokens: another count of parameters or of FLOPs, or a wrong unit`,
          lines,
        },
      ];
    });
}

function aboveGuessing(observed: Observations): DataFinding[] {
  const { loss } = observed.columns;
  const [vocabulary] = otherColumns(observed, "vocabulary");
  if (!loss || !vocabulary) return [];
  const rows = rowsWhere(observed.rows, (row) => loss[row]! > Math.log(vocabulary.values[row]!));
  if (rows.length === 0) return [];
  const { which, lines } = about(observed, rows);
  return [
    {
      code: "loss-above-guessing",
      message: `the loss of ${which} is above ln(${vocabulary.column}), a blind guess: not trained, diverged, or not in nats per token`,
      lines,
    },
  ];
}

function repeated(observed: Observations): DataFinding[] {
  const { tokens, uniqueTokens } = observed.columns;
  const [unique] = otherColumns(observed, "uniqueTokens");
  if (!tokens || uniqueTokens || !unique) return [];
  const epochs = tokens.map((D, row) => D / unique.values[row]!);
  const rows = rowsWhere(observed.rows, (row) => epochs[row]! > 1.01);
  if (rows.length === 0) return [];
  const { which, lines } = about(observed, rows);
  const most = rows.reduce((x, row) => Math.max(x, epochs[row]!), 0);
  return [
    {
      code: "repeated-data",
      message: `${which} read their data more than once, up to ${formatNumber(most, 3)} times ("${unique.column}"): a law of new data takes every repeat for new`,
      lines,
      remedy: "--law data-constrained, which counts repeats",
    },
  ];
}

/** Columns whose values are kinds of runs that share no law without further ado. */
const kinds =
  /^(?:data_?set|corpus|data|domain|task|tokeni[sz]er|split|param(?:eter)?s?_?count(?:ing)?|params?_convention|metric|y_metric|hparams|hyperparameters|warmup|decay|schedule|optimi[sz]er|router_type|fit_set)$/;

function mixed(observed: Observations): DataFinding[] {
  const texts = Object.entries(observed.labels).flatMap(([column, cells]) =>
    !(cells instanceof Float64Array) && kinds.test(normaliseHeader(column)) ? [{ column, cells }] : [],
  );
  const vocabulary = otherColumns(observed, "vocabulary").map(({ column, values }) => ({
    column,
    cells: Array.from(values, String),
  }));
  return [...texts, ...vocabulary].flatMap(({ column, cells }): DataFinding[] => {
    const values = [...new Set(cells.map((cell) => cell.trim()))].filter((value) => value !== "");
    if (values.length < 2 || values.length > observed.rows / 2) return [];
    const shown = `${values.slice(0, 4).join(", ")}${values.length > 4 ? ", …" : ""}`;
    return [
      {
        code: "mixed-groups",
        message: `"${column}" holds ${values.length} kinds of runs (${shown}), and one law is fitted to all of them`,
        remedy: filter(column, `=${/[\s,|"]/.test(values[0]!) ? `"${values[0]}"` : values[0]}`),
      },
    ];
  });
}
