import { curveFeatures, curvePieces, learningRates, normaliseHeader, readSchedule } from "../models/index.ts";
import { formatNumber } from "../numeric/index.ts";
import { type Finder, type Found, find } from "./find-column.ts";
import { type Parsed, readColumn } from "./read-column.ts";
import { listColumns, rowName, type Table } from "./table.ts";

/** What a table of loss curves doesn't say by itself. */
export interface CurveOptions {
  /** The schedule of every run as `readSchedule` takes it, where no column holds the learning rates. */
  readonly schedule?: string;
  /** Tissue's λ, with which the falls of the rate fade into annealedArea. */
  readonly memory?: number;
  /** The first step to fit: rows before it only say their learning rate. Default: all are fitted. */
  readonly fromStep?: number;
  /** The length of a warm-up from 0, where the log begins after it. */
  readonly warmupSteps?: number;
}

const CURVE_QUANTITY = /^(?:lrArea|annealedArea|lr(?:Drop|After|Since)([1-9]\d?))$/;

/** Whether a quantity follows from the learning rates of a run's steps so far. */
export function isOfCurve(name: string): boolean {
  return CURVE_QUANTITY.test(name);
}

/** The columns of a table of loss curves: one row a logged step. */
interface CurveColumns {
  readonly steps: Found;
  /** null where the schedule is named instead. */
  readonly rate: Found | null;
  readonly schedule: string | null;
  /** null where the table is one run. */
  readonly run: string | null;
}

/** The names, besides quantities, for which a column of curves can be named by hand. */
export const curveNames: readonly string[] = ["run", "schedule"];

const RUN_HEADERS = ["run", "run_id", "run_name", "run_label", "curve", "curve_id", "experiment", "trial"];
const SCHEDULE_HEADERS = ["schedule", "lr_schedule", "learning_rate_schedule"];
const PEAK = /(?:^|_)(?:peak|max|initial|init|base)(?:_|$)/;

/** Which columns the quantities of curves are worked out from; an error where there are none. */
export function findCurve(finder: Finder, wanted: readonly string[], options: CurveOptions): CurveColumns {
  const { table, map } = finder;
  const columns = Object.keys(table.columns);
  const named = (name: string, headers: readonly string[]): string | null => {
    if (Object.hasOwn(map, name)) return map[name]!;
    const found = headers.map((header) => columns.find((column) => normaliseHeader(column) === header));
    return found.find((column) => column !== undefined) ?? null;
  };
  const fail = (reason: string): never => {
    throw new Error(
      `cannot work out ${listed(wanted)} from ${table.origin}: ${reason}; columns: ${listColumns(table)}`,
    );
  };
  const steps =
    find(finder, "steps") ?? fail("no column looks like the step; name it with --map steps=COLUMN");
  // a peak is one number for a run; what is wanted is the rate at each step
  const perStep = Object.entries(table.columns).filter(
    ([name]) => map.learningRate === name || !PEAK.test(normaliseHeader(name)),
  );
  const rate = find({ ...finder, table: { ...table, columns: Object.fromEntries(perStep) } }, "learningRate");
  const schedule = named("schedule", SCHEDULE_HEADERS);
  if (rate === null && schedule === null && options.schedule === undefined)
    fail(
      "no column holds the learning rate at each step, and none names the schedule (such as " +
        `"cosine peak=3e-4 final=3e-5 steps=24000 warmup=500"); name one with --map learningRate=COLUMN`,
    );
  return { steps, rate, schedule: rate === null ? schedule : null, run: named("run", RUN_HEADERS) };
}

/** What {@link deriveCurves} found out, over all rows of the table. */
export interface DerivedCurves {
  readonly columns: ReadonlyMap<string, Float64Array>;
  /** The columns that they came from, with the cells that cannot be used. */
  readonly steps: Parsed;
  readonly rate: Parsed | null;
  /** The rows that only say their learning rate. */
  readonly early: ReadonlySet<number>;
  readonly notes: readonly string[];
  /** By which rule each was worked out. */
  readonly ruleOf: (name: string) => string;
}

/** One run's rows of the table, in the order of their steps. */
interface Curve {
  readonly name: string;
  readonly rows: readonly number[];
}

const mostSteps = 5e7;

/**
 * The quantities of loss-curve laws at each row of a table, from the steps and the learning rates of its runs.
 *
 * Between two logged steps the rate lies on the line between theirs; a rate that stood still up to one and stands still
 * from the next on fell at once, halfway. Before the first logged step a rising rate is taken to have risen on the same
 * line, any other to have been the same. Rows without a loss say their rate too.
 */
export function deriveCurves(
  table: Table,
  { steps: stepColumn, rate: rateColumn, schedule: scheduleColumn, run: runColumn }: CurveColumns,
  wanted: readonly string[],
  { schedule: stated, memory = 0.999, fromStep = 1, warmupSteps: unseen = 0 }: CurveOptions,
): DerivedCurves {
  const step = readColumn(table, "steps", stepColumn);
  const whole = step.values.map((value) => (Number.isInteger(value) && value >= 1 ? value : Number.NaN));
  const bad: Parsed["bad"][number][] = [];
  step.values.forEach((value, row) => {
    if (value > mostSteps)
      throw new Error(
        `${rowName(table, row)}, column "${stepColumn.column}": expected a step, got ${formatNumber(value)}; ` +
          "if these are tokens, name the column of steps with --map steps=COLUMN",
      );
    if (value > 0 && Number.isNaN(whole[row]!))
      bad.push({ row, column: stepColumn.column, got: String(value), reason: "expected a whole step" });
  });
  const logged = rateColumn && readColumn(table, "learningRate", rateColumn, rateCells);
  const pieces = Math.max(0, ...wanted.map((name) => Number(CURVE_QUANTITY.exec(name)?.[1] ?? 0)));
  const columns = new Map(
    wanted.map((name) => [name, new Float64Array(table.rows).fill(Number.NaN)] as const),
  );
  const curves = curvesOf(table, whole, runColumn);
  const firsts: number[] = [];
  let flat = 0;
  for (const { name, rows } of curves) {
    const last = whole[rows.at(-1)!]!;
    let rates: Float64Array;
    let warmupSteps = 0;
    if (logged) {
      const points = loggedRates(table, name, rows, whole, logged.values);
      firsts.push(points[0]!.step);
      if (points.every(({ rate }) => rate === points[0]!.rate)) flat++;
      rates = ratesBetween(points, last, unseen);
      while (warmupSteps < last && (warmupSteps === 0 || rates[warmupSteps]! >= rates[warmupSteps - 1]!))
        warmupSteps++;
    } else {
      const text = scheduleColumn === null ? stated! : oneText(table, scheduleColumn, name, rows);
      const schedule = readSchedule(text);
      if (last > schedule.steps)
        throw new Error(
          `cannot follow ${name} of ${table.origin}: its schedule ends at step ${schedule.steps}, but it goes on to ${last}`,
        );
      rates = learningRates(schedule);
      warmupSteps = schedule.warmupSteps ?? 0;
    }
    const at = rows.map((row) => whole[row]!);
    const points = curveFeatures(rates, { at, memory, warmupSteps, pieces: pieces || curvePieces });
    rows.forEach((row, i) => {
      for (const [quantity, column] of columns) column[row] = points[i]![quantity]!;
      // nothing is learnt at a rate of 0, and no law of curves says what the loss is before
      if (!(points[i]!.lrArea > 0))
        bad.push({
          row,
          column: (rateColumn ?? stepColumn).column,
          got: "0",
          reason: "expected a learning rate above 0 at or before this step",
        });
    });
  }

  const rates = rateColumn ? `column "${rateColumn.column}"` : "the schedule";
  const of =
    runColumn === null
      ? "one run"
      : `${curves.length} ${curves.length === 1 ? "run" : "runs"} (column "${runColumn}")`;
  const notes = [
    `${listed(wanted)}: worked out from column "${stepColumn.column}" and ${rates}, ${of}` +
      (logged
        ? "; between logged steps the rate is taken to lie on a line, and to fall at once where it stood still before and after"
        : ""),
  ];
  const late = firsts.reduce((x, y) => Math.max(x, y), 0);
  if (late > 1 && unseen === 0)
    notes.push(
      `the first logged step is ${late}${new Set(firsts).size > 1 ? " at the latest" : ""}: before it the learning rate is ` +
        "taken to have risen on the same line where it rises there, else to have been the same",
    );
  if (unseen > 0 && late > 1)
    notes.push(`before the first logged step a warm-up of ${unseen} steps from 0 was put, as was asked`);
  const early = new Set(
    Array.from(whole.keys()).filter((row) => Number.isFinite(whole[row]!) && whole[row]! < fromStep),
  );
  if (early.size > 0)
    notes.push(
      `${early.size} of ${table.rows} rows stand before step ${fromStep}: they say their learning rate and aren't fitted`,
    );
  if (wanted.includes("annealedArea"))
    notes.push(
      `annealedArea has each fall of the rate fade by ${memory} a step (λ), which a fit doesn't find: try several`,
    );
  if (flat === curves.length)
    notes.push(
      `${rates} is the same at every step of every run: if that is the peak of a schedule, name the schedule instead`,
    );
  const ruleOf = (name: string): string => {
    if (name === "lrArea") return "sum of the learning rate over the steps so far";
    return name === "annealedArea"
      ? `falls of the learning rate, each fading by ${memory} a step`
      : `falls of the learning rate, as ${pieces} pieces`;
  };
  return { columns, steps: { ...step, bad: [...step.bad, ...bad] }, rate: logged, early, notes, ruleOf };
}

/** A log's learning rate may be 0, and needn't stand in every row. */
const rateCells = { domain: "nonnegative", blank: true } as const;

function curvesOf(table: Table, step: Float64Array, runColumn: string | null): Curve[] {
  const groups = new Map<string, number[]>();
  for (let row = 0; row < table.rows; row++) {
    if (Number.isNaN(step[row]!)) continue;
    const name = runColumn === null ? "" : String(table.columns[runColumn]![row]).trim();
    const rows = groups.get(name);
    const before = rows?.at(-1);
    if (runColumn === null && before !== undefined && step[before]! > step[row]!)
      throw new Error(
        `${rowName(table, row)}: step ${step[row]} comes after step ${step[before]}, as if there were several curves; ` +
          "name the column that tells them apart with --map run=COLUMN",
      );
    if (rows) rows.push(row);
    else groups.set(name, [row]);
  }
  return Array.from(groups, ([name, rows]) => ({
    name: runColumn === null ? "the curve" : `run "${name}"`,
    rows: rows.sort((a, b) => step[a]! - step[b]!),
  }));
}

interface LoggedRate {
  readonly step: number;
  readonly rate: number;
}

function loggedRates(
  table: Table,
  name: string,
  rows: readonly number[],
  step: Float64Array,
  rates: Float64Array,
): LoggedRate[] {
  const points: LoggedRate[] = [];
  for (const row of rows) {
    const point = { step: step[row]!, rate: rates[row]! };
    if (Number.isNaN(point.rate)) continue;
    const before = points.at(-1);
    if (before?.step !== point.step) points.push(point);
    else if (before.rate !== point.rate)
      throw new Error(
        `${rowName(table, row)}: ${name} has step ${point.step} twice, at learning rates ${before.rate} and ${point.rate}; ` +
          "if these are several runs, name the column that tells them apart with --map run=COLUMN",
      );
  }
  if (points.length < 2)
    throw new Error(
      `cannot follow ${name} of ${table.origin}: its learning rate stands at ${points.length} step(s), and a curve has two ` +
        "or more; leave the run out with --where, or name its column with --map run=COLUMN",
    );
  return points;
}

/** The rate at each step 1 … last, from those that were logged. */
function ratesBetween(points: readonly LoggedRate[], last: number, unseen: number): Float64Array {
  const rates = new Float64Array(last);
  const [first, second] = points as [LoggedRate, LoggedRate, ...LoggedRate[]];
  const slope = Math.max(0, (second.rate - first.rate) / (second.step - first.step));
  for (let s = 1; s <= first.step; s++)
    rates[s - 1] =
      s < unseen ? (first.rate * s) / unseen : Math.max(0, first.rate - slope * (first.step - s));
  for (let i = 1; i < points.length; i++) {
    const from = points[i - 1]!;
    const to = points[i]!;
    const stood = i >= 2 && points[i - 2]!.rate === from.rate;
    const sudden = stood && points[i + 1]?.rate === to.rate && to.rate !== from.rate;
    for (let s = from.step + 1; s <= to.step; s++) {
      const share = (s - from.step) / (to.step - from.step);
      // the ends as they were logged: a line's rounding would make a change of its own
      rates[s - 1] =
        share === 1 || (sudden && share > 0.5)
          ? to.rate
          : sudden || from.rate === to.rate
            ? from.rate
            : from.rate + share * (to.rate - from.rate);
    }
  }
  return rates.fill(points.at(-1)!.rate, points.at(-1)!.step);
}

function oneText(table: Table, column: string, name: string, rows: readonly number[]): string {
  const texts = new Set(rows.map((row) => String(table.columns[column]![row]).trim()));
  const [text, other] = [...texts].filter((cell) => cell !== "");
  if (text === undefined)
    throw new Error(`cannot follow ${name} of ${table.origin}: its cells of column "${column}" are empty`);
  if (other !== undefined)
    throw new Error(
      `cannot follow ${name} of ${table.origin}: column "${column}" holds "${text}" and "${other}"; a run has one schedule`,
    );
  return text;
}

/** Names for a sentence: the pieces of the falls are many. */
function listed(names: readonly string[]): string {
  const pieces = names.filter((name) => !["lrArea", "annealedArea"].includes(name));
  const others = names.filter((name) => !pieces.includes(name));
  if (pieces.length > 3) others.push(`${pieces[0]} … ${pieces.at(-1)}`);
  else others.push(...pieces);
  return others.join(", ");
}
