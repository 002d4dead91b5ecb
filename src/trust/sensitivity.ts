import {
  createKernel,
  type Drawn,
  descend,
  drawnInterval,
  type Fit,
  fit,
  type Interval,
  type Objective,
  objectiveAt,
  objective as objectiveByName,
  percentileInterval,
} from "../fit/index.ts";
import {
  type ComputeOptimum,
  computeOptimum,
  defineLaw,
  type Law,
  laws,
  optimumExponents,
} from "../laws/index.ts";
import {
  choleskyInPlace,
  choleskySolve,
  formatCount,
  formatNumber,
  linearLeastSquares,
} from "../numeric/index.ts";
import { hashColumns, type Observations, otherColumns } from "../runs/index.ts";
import { stopEarly } from "./early-stop.ts";
import { budgetGroups, type RowGroup, runsOf } from "./groups.ts";
import {
  aboveBy,
  decisionGradient,
  drawsOfFit,
  followsFromBudget,
  type Parameters,
  type Question,
  type QuestionOptions,
  type Reopened,
  reopen,
  sizesOf,
  valuesOf,
  withDraws,
} from "./reopen.ts";

/** Which choice a row of the table changes. */
export type SensitivityKind =
  | "outliers"
  | "runs"
  | "budgets"
  | "parameters"
  | "flops"
  | "objective"
  | "law"
  | "minimiser"
  | "seed";

/** What would have been decided under another choice. */
export interface SensitivityRow {
  readonly kind: SensitivityKind;
  /** The other choice, in words. */
  readonly choice: string;
  readonly rows: number;
  /** N*, D*, the loss there and a in N* ∝ C^a; null where the choice leaves the budget without an optimum. */
  readonly params: number | null;
  readonly tokens: number | null;
  readonly loss: number | null;
  readonly a: number | null;
  /** ln(N* / N* of the fit) in half-widths of its interval: beyond ±1 the choice matters more than the noise. */
  readonly moved: number | null;
  /** How far the objective lies above the fit's, as a share of it, where both measure the same (laws, minimisers). */
  readonly above: number | null;
  readonly note: string | null;
}

/** How far a decision rests on choices that the data did not make. */
export interface Sensitivity {
  readonly flops: number;
  readonly held: Readonly<Record<string, number>>;
  readonly fit: {
    readonly params: number;
    readonly tokens: number;
    readonly loss: number;
    readonly a: number | null;
    /** Of N*, from the bootstrap. */
    readonly interval: Interval | null;
    readonly draws: number;
  };
  readonly rows: readonly SensitivityRow[];
  readonly message: string;
}

export interface SensitivityOptions extends QuestionOptions {
  /** A fit of these observations: its objective and its fixed parameters are kept, and its draws where it has some. */
  fit?: Fit | null;
  objective?: string | Objective;
  fixed?: Parameters;
  weights?: Float64Array | null;
  /** All rows, where `observations` are a selection of them: the table then says what the selection does. */
  whole?: Observations | null;
  /** Laws to put beside this one; default those we know that take what the data have and have an optimum. */
  rivals?: readonly Law[] | null;
  bootstrap?: number;
  level?: number;
  seed?: number;
}

/** Laws whose objective lies at most this share above the fit's fit about as well, and are taken seriously. */
export const aboutAsWell = 0.1;

/** The damping of a refit that starts where the fit ended. */
const warm = { damping: 0.01 };

/**
 * The sensitivity table: how N* at a budget moves with every choice that a reader could have made otherwise.
 *
 * A row is a refit under one other choice: rows left out, parameters or FLOPs counted otherwise, another objective,
 * another law, a minimiser that stops early. Its move is in half-widths of the fit's own bootstrap interval, the
 * unit in which a reviewer asks whether the interval tells the whole story. Refits start at the fit's optimum.
 *
 * @throws when the law has no optimum at the budget
 * @example sensitivity(chinchilla, observations, { flops: 1e24 }).message
 */
export function sensitivity(
  law: Law,
  observations: Observations,
  {
    fit: given = null,
    objective = "huber-log",
    fixed = {},
    weights = null,
    whole = null,
    rivals = null,
    flops = null,
    held = {},
    bootstrap = 200,
    level = 0.9,
    seed = 0,
  }: SensitivityOptions = {},
): Sensitivity {
  const settings = { objective, fixed };
  const own = given
    ? withDraws(given, observations, { bootstrap, level, seed, weights })
    : fit(law, observations, { ...settings, weights, bootstrap, level, seed });
  const base = reopen(own, observations, { flops, held, weights });
  const { question } = base;
  const optimum = base.decide(base.parameters);
  if (!question || !optimum)
    throw new Error(
      `cannot tell how sensitive ${law.name} is: it has no compute-optimal size ${question ? `at ${question.flops} FLOPs` : "on these data"}`,
    );
  const drawn = drawnSizes(own, base);
  const interval = drawn && drawnInterval(own.bootstrap!, drawn, level);
  const half = interval && Math.log(interval.high / interval.low) / 2;

  const moved = (params: number): number | null => half && Math.log(params / optimum.params) / half;
  const row: RowMaker = (
    kind,
    choice,
    found,
    { rows = observations.rows, a = null, above = null, note = null } = {},
  ) => ({
    kind,
    choice,
    rows,
    params: found?.params ?? null,
    tokens: found?.tokens ?? null,
    loss: found?.loss ?? null,
    a,
    moved: found && moved(found.params),
    above,
    note,
  });
  const rows = [
    ...wholeRows(base, whole, row),
    ...outlierRows(base, row),
    ...groupRows(base, row),
    ...conventionRows(base, row),
    ...flopRows(base, row),
    ...objectiveRows(base, row),
    ...lawRows(base, rivals, seed, row),
    ...minimiserRows(base, row),
    ...seedRows(base, drawn, { level, seed, weights }, row),
  ];
  return {
    flops: question.flops,
    held: question.held,
    fit: {
      params: optimum.params,
      tokens: optimum.tokens,
      loss: optimum.loss,
      a: exponent(law, base.parameters, question),
      interval,
      draws: own.bootstrap?.draws.length ?? 0,
    },
    rows,
    message: sentence(rows),
  };
}

/** N* in every draw of a fit, NaN where a draw has none; null without draws. */
export function drawnSizes(made: Fit, { decide }: Reopened): Drawn | null {
  return drawsOfFit(made)?.of((at) => decide(at)?.params ?? Number.NaN) ?? null;
}

type RowMaker = (
  kind: SensitivityKind,
  choice: string,
  found: ComputeOptimum | null,
  more?: { rows?: number; a?: number | null; above?: number | null; note?: string | null },
) => SensitivityRow;

function sentence(rows: readonly SensitivityRow[]): string {
  const ranked = rows
    .filter(({ moved, kind, above }) => moved !== null && kind !== "minimiser" && (above ?? 0) <= aboutAsWell)
    .sort((x, y) => Math.abs(y.moved!) - Math.abs(x.moved!));
  const [most] = ranked;
  if (!most) return "No other choice could be tried.";
  const beyond = ranked.filter(({ moved }) => Math.abs(moved!) > 1).length;
  const size = `${formatNumber(Math.abs(most.moved!), 2)} half-widths of its interval`;
  return `${most.choice} moves N* most: to ${formatCount(most.params!)}, ${size}. ${
    beyond === 0
      ? "No choice moves it out of the interval."
      : `${beyond} of ${ranked.length} choices move it out of the interval.`
  }`;
}

/** a at the asked budget; null where the optimum ends. */
function exponent(law: Law, parameters: Parameters, { flops, held }: Question): number | null {
  return optimumExponents(law, parameters, flops, { held })?.a ?? null;
}

/** The fit again without some rows, from where it was. */
function without(base: Reopened, rows: readonly number[]): Parameters {
  const { kernel, objective, optimum } = base;
  const own = kernel.weights.slice();
  for (const row of rows) kernel.weights[row] = 0;
  const { x } = descend(kernel, objective, optimum, warm);
  kernel.weights.set(own);
  return kernel.toParameters(x);
}

function leaveOut(
  base: Reopened,
  row: RowMaker,
  kind: SensitivityKind,
  choice: string,
  rows: readonly number[],
) {
  const parameters = without(base, rows);
  return row(kind, choice, base.decide(parameters), {
    rows: base.observed.rows - rows.length,
    a: exponent(base.law, parameters, base.question!),
  });
}

/** What the selection of rows itself does: everything put back. */
function wholeRows(base: Reopened, whole: Observations | null, row: RowMaker): SensitivityRow[] {
  if (!whole || whole.rows <= base.observed.rows) return [];
  const { law, objective, fixed } = base;
  const kernel = createKernel(law, whole.columns, whole.columns[law.output]!, objective, { fixed });
  const parameters = kernel.toParameters(descend(kernel, objective, base.optimum).x);
  const back = whole.rows - base.observed.rows;
  return [
    row(
      "outliers",
      `keep the ${back} ${back === 1 ? "row" : "rows"} that ${back === 1 ? "was" : "were"} left out`,
      base.decide(parameters),
      {
        rows: whole.rows,
        a: exponent(law, parameters, base.question!),
      },
    ),
  ];
}

function outlierRows(base: Reopened, row: RowMaker): SensitivityRow[] {
  const { law, observed, kernel } = base;
  const output = observed.columns[law.output]!;
  const order = Array.from(output.keys()).sort((i, j) => output[j]! - output[i]!);
  const most = Math.min(5, observed.rows - 2 * kernel.size);
  return Array.from({ length: Math.max(0, most) }, (_, i) => i + 1).map((k) =>
    leaveOut(
      base,
      row,
      "outliers",
      `without the ${k === 1 ? "" : `${k} `}highest ${law.output}`,
      order.slice(0, k),
    ),
  );
}

/** The run and the budget whose absence moves N* most, and the largest budget. */
function groupRows(base: Reopened, row: RowMaker): SensitivityRow[] {
  const made: SensitivityRow[] = [];
  const strongest = (rows: readonly SensitivityRow[]): SensitivityRow | undefined =>
    rows.filter(({ moved }) => moved !== null).sort((x, y) => Math.abs(y.moved!) - Math.abs(x.moved!))[0];
  const runs = mostInfluential(base, runsOf(base.observed), 6);
  const run = strongest(runs.map(({ name, rows }) => leaveOut(base, row, "runs", `without ${name}`, rows)));
  if (run) made.push({ ...run, note: "the most influential run" });
  const budgets = budgetGroups(base.observed)?.filter(
    ({ rows }) => base.observed.rows - rows.length > base.kernel.size,
  );
  if (budgets && budgets.length > 0) {
    const all = budgets.map(({ name, rows }) => leaveOut(base, row, "budgets", `without ${name}`, rows));
    const budget = strongest(all);
    if (budget) made.push({ ...budget, note: "the most influential budget" });
    const last = all.at(-1)!;
    if (budget?.choice !== last.choice) made.push({ ...last, note: "the largest budget" });
  }
  return made;
}

/**
 * The groups whose absence moves N* most, by the first step that a refit without them would take: −M⁻¹ Σ ψ_i ∇r_i,
 * with M the metric of the whole (Cook and Weisberg 1982). Refits of these few are then exact.
 */
function mostInfluential(base: Reopened, groups: readonly RowGroup[], most: number): RowGroup[] {
  const { kernel, optimum, objective } = base;
  const n = kernel.size;
  const slope = decisionGradient(base);
  if (groups.length <= most || !slope) return [...groups].slice(0, most);
  kernel.evaluate(optimum);
  const factor = Float64Array.from(kernel.metric);
  for (let j = 0; j < n; j++) factor[j * n + j]! *= 1 + 1e-9;
  if (!choleskyInPlace(factor, n)) return groups.slice(0, most);
  const towards = slope.slice(); // M⁻¹ times the gradient of ln N*, the same for all rows
  choleskySolve(factor, n, towards);
  const residuals = kernel.residuals(optimum);
  const jacobian = kernel.jacobian(optimum);
  const limit =
    objective.loss === "squared" ? Number.POSITIVE_INFINITY : (objective.delta ?? kernel.smoothing);
  const influence = (row: number): number => {
    const residual = residuals[row]!;
    const side = residual > 0 ? objective.over : objective.under;
    const psi = side * Math.max(-limit, Math.min(limit, residual));
    let along = 0;
    for (let j = 0; j < n; j++) along += towards[j]! * jacobian[j]![row]!;
    return kernel.weights[row]! * psi * along;
  };
  return groups
    .map((group) => ({ group, size: Math.abs(group.rows.reduce((sum, i) => sum + influence(i), 0)) }))
    .sort((x, y) => y.size - x.size)
    .slice(0, most)
    .map(({ group }) => group);
}

/** The other columns that count parameters, each N* brought back to the fit's count by the runs' own ratio. */
function conventionRows(base: Reopened, row: RowMaker): SensitivityRow[] {
  const { law, observed, objective, fixed, question } = base;
  const own = observed.columns.params;
  if (!own || !("params" in law.inputs)) return [];
  return otherColumns(observed, "params").flatMap(({ column, convention, values }) => {
    if (values.every((value, i) => Math.abs(value / own[i]! - 1) < 1e-3)) return [];
    const columns = withParams(observed, values);
    const found = tryFit(law, columns, objective, fixed);
    if (!found) return [];
    const parameters = valuesOf(found);
    const optimum = computeOptimum(law, parameters, question!.flops, { held: question!.held });
    const params = optimum && optimum.params * ratioAt(values, own, optimum.params);
    const counted =
      convention === "unstated" || convention === null
        ? `as "${column}" counts`
        : `${convention} (${column})`;
    return [
      row("parameters", `parameters ${counted}`, optimum && { ...optimum, params: params! }, {
        a: exponent(law, parameters, question!),
        note: optimum && `${formatCount(optimum.params)} as counted there`,
      }),
    ];
  });
}

/** The observations with another count of parameters, and what follows from it. */
function withParams(observed: Observations, params: Float64Array): Observations {
  const { tokens } = observed.columns;
  const columns: Record<string, Float64Array> = { ...observed.columns, params };
  if (tokens && columns.flops) columns.flops = params.map((N, i) => 6 * N * tokens[i]!);
  if (tokens && columns.tokensPerParam) columns.tokensPerParam = params.map((N, i) => tokens[i]! / N);
  return { ...observed, columns, hash: hashColumns(columns) };
}

/** y / x at a value of x: between the runs by a straight line in logs, beyond them as at the nearest end. */
function ratioAt(x: Float64Array, y: Float64Array, at: number): number {
  const order = Array.from(x.keys()).sort((i, j) => x[i]! - x[j]!);
  const above = order.findIndex((i) => x[i]! >= at);
  const [high, low] = [
    order[above < 0 ? order.length - 1 : above]!,
    order[above <= 0 ? Math.max(0, above) : above - 1]!,
  ];
  const ratio = (i: number): number => Math.log(y[i]! / x[i]!);
  if (above <= 0 || x[high] === x[low]) return Math.exp(ratio(high));
  const share = Math.log(at / x[low]!) / Math.log(x[high]! / x[low]!);
  return Math.exp(ratio(low) + share * (ratio(high) - ratio(low)));
}

/** FLOPs as a column counts them: what a token costs is then the power of N that its cells follow. */
function flopRows(base: Reopened, row: RowMaker): SensitivityRow[] {
  const { law, observed, parameters, question } = base;
  const { flops } = observed.columns;
  const sizes = sizesOf(observed);
  if (!sizes) return [];
  const { params, tokens } = sizes;
  const all = [
    ...(flops
      ? [
          {
            column: observed.mapping.find(({ quantity }) => quantity === "flops")?.column ?? "flops",
            values: flops,
          },
        ]
      : []),
    ...otherColumns(observed, "flops"),
  ];
  return all.flatMap(({ column, values }) => {
    const cost = values.map((C, i) => Math.log(C / (6 * params[i]! * tokens[i]!)));
    if (cost.every((value) => Math.abs(value) < 0.01)) return [];
    const logs = params.map(Math.log);
    const [k, p] = linearLeastSquares([logs.map(() => 1), logs], cost, null, [false, false]);
    const flopsPerToken = (N: number): number => 6 * Math.exp(k!) * N ** (1 + p!);
    const options = { held: question!.held, flopsPerToken };
    const found = 1 + p! > 0 ? computeOptimum(law, parameters, question!.flops, options) : null;
    return [
      row("flops", `FLOPs as "${column}" counts`, found, {
        a: optimumExponents(law, parameters, question!.flops, options)?.a ?? null,
        note: found && `${formatNumber(flopsPerToken(found.params) / found.params, 3)} N a token at N*`,
      }),
    ];
  });
}

function objectiveRows(base: Reopened, row: RowMaker): SensitivityRow[] {
  const { law, observed, fixed, objective: own } = base;
  const others: readonly [string, Objective][] = [
    ...[1e-2, 1e-3, 1e-4].map((delta): [string, Objective] => [
      `Huber on logs, δ = ${formatNumber(delta)}`,
      objectiveByName("huber-log", { delta }),
    ]),
    ["squares of logs", objectiveByName("squared-log")],
    ["absolute logs", objectiveByName("absolute-log")],
    ["Huber on raw values, δ = 0.001", objectiveByName("huber")],
  ];
  return others
    .filter(([, { name, delta }]) => name !== own.name || delta !== own.delta)
    .flatMap(([choice, objective]) => {
      if (objective.scale === "log" && observed.columns[law.output]!.some((value) => !(value > 0))) return [];
      const kernel = createKernel(law, observed.columns, observed.columns[law.output]!, objective, { fixed });
      kernel.weights.set(base.kernel.weights);
      const end = descend(kernel, objective, base.optimum);
      if (end.status === "non-finite") return [];
      const parameters = kernel.toParameters(end.x);
      return [
        row("objective", choice, base.decide(parameters), { a: exponent(law, parameters, base.question!) }),
      ];
    });
}

/** Chinchilla's law with one exponent for both terms, as Muennighoff et al. 2023 fitted it. */
const oneExponent: Law = defineLaw({
  name: "chinchilla, alpha = beta",
  formula: "E + A / N^alpha + B / D^alpha",
  inputs: { params: "N", tokens: "D" },
  output: "loss",
  parameters: {
    E: { start: [0.5, 1, 2] },
    A: { start: [10, 400, 1e4] },
    alpha: { start: [0.2, 0.3, 0.45, 0.7] },
    B: { start: [10, 400, 1e4] },
  },
});

/** The inputs of a law that a budget doesn't set. */
function beyondBudget({ inputs }: Law): string {
  return Object.keys(inputs)
    .filter((quantity) => !followsFromBudget.includes(quantity))
    .sort()
    .join();
}

/** The laws that could have been fitted instead: the same output, from the same inputs. */
function rivalsOf(law: Law, observed: Observations): Law[] {
  const { columns } = withDerived(observed);
  return [oneExponent, ...laws].filter(
    (rival) =>
      rival.output === law.output &&
      rival.formula !== law.formula &&
      rival.noBudget === undefined &&
      Object.keys(rival.inputs).every((quantity) => columns[quantity] !== undefined) &&
      beyondBudget(rival) === beyondBudget(law) &&
      Object.keys(rival.parameters).length * 2 <= observed.rows,
  );
}

function lawRows(
  base: Reopened,
  rivals: readonly Law[] | null,
  seed: number,
  row: RowMaker,
): SensitivityRow[] {
  const { law, observed, objective, kernel } = base;
  const { flops, held } = base.question!;
  const own = objectiveAt(kernel, objective, base.optimum);
  const columns = withDerived(observed);
  const made = (rivals ?? rivalsOf(law, observed)).flatMap((rival) => {
    const found = tryFit(rival, columns, objective, {}, seed);
    const optimum = found && tryOptimum(rival, valuesOf(found), { flops, held });
    if (!optimum) return [];
    const above = aboveBy(found.objective.value!, own);
    const size = Object.keys(rival.parameters).length;
    return [
      row("law", rival.name, optimum, {
        a: exponent(rival, valuesOf(found), { flops, held }),
        above,
        note: `${size} parameters, objective ${heightText(above)}`,
      }),
    ];
  });
  // one law written in two ways is one rival
  return made.filter(
    (one, i) =>
      !made
        .slice(0, i)
        .some((other) => Math.abs(one.above! - other.above!) < 1e-6 && near(one.params!, other.params!)),
  );
}

const near = (x: number, y: number): boolean => Math.abs(x / y - 1) < 1e-4;

function heightText(above: number): string {
  if (Math.abs(above) < 1e-6) return "the same";
  return above > 0 ? `${formatNumber(100 * above, 2)} % higher` : `${formatNumber(-100 * above, 2)} % lower`;
}

/** The observations with all that follows from N and D, so that a rival may ask for it. */
function withDerived(observed: Observations): Observations {
  const sizes = sizesOf(observed);
  if (!sizes) return observed;
  const { params, tokens } = sizes;
  const derived = {
    params,
    tokens,
    flops: params.map((N, i) => 6 * N * tokens[i]!),
    tokensPerParam: params.map((N, i) => tokens[i]! / N),
  };
  return { ...observed, columns: { ...derived, ...observed.columns } };
}

/** A fit that may not be possible: too few rows, no finite value. */
function tryFit(
  law: Law,
  observed: Observations,
  objective: Objective,
  fixed: Parameters,
  seed = 0,
): Fit | null {
  const own = Object.fromEntries(Object.entries(fixed).filter(([name]) => name in law.parameters));
  try {
    const found = fit(law, observed, { objective, fixed: own, seed });
    return found.objective.value === null ? null : found;
  } catch {
    return null;
  }
}

function tryOptimum(law: Law, parameters: Parameters, { flops, held }: Question): ComputeOptimum | null {
  try {
    return computeOptimum(law, parameters, flops, { held });
  } catch {
    return null;
  }
}

/** What one careless run of a minimiser would have said, from the published coefficients farthest from the data. */
function minimiserRows(base: Reopened, row: RowMaker): SensitivityRow[] {
  const { law, kernel, objective, question } = base;
  const own = objectiveAt(kernel, objective, base.optimum);
  const places = Object.entries(law.sets)
    .map(([set, { parameters }]) => ({ from: set, x: kernel.toVariables({ ...parameters, ...base.fixed }) }))
    .map((place) => ({ ...place, value: objectiveAt(kernel, objective, place.x) }))
    .filter(({ value }) => Number.isFinite(value))
    .sort((x, y) => y.value - x.value);
  const middle = Object.fromEntries(
    Object.entries(law.parameters).map(([name, { start }]) => [name, start[Math.floor(start.length / 2)]!]),
  );
  const { from, x } = places[0] ?? {
    from: "its middle start",
    x: kernel.toVariables({ ...middle, ...base.fixed }),
  };
  const told = (choice: string, end: Float64Array, iterations: number | null): SensitivityRow => {
    const parameters = kernel.toParameters(end);
    const above = aboveBy(objectiveAt(kernel, objective, end), own);
    const steps =
      iterations === null ? "" : `${iterations} ${iterations === 1 ? "iteration" : "iterations"}, `;
    return row("minimiser", choice, base.decide(parameters), {
      a: exponent(law, parameters, question!),
      above,
      note: `${steps}objective ${heightText(above)}`,
    });
  };
  const single = told(`one start, ${from}`, descend(kernel, objective, x).x, null);
  if (objective.loss === "absolute") return [single]; // no gradient method of theirs gets anywhere on a corner
  const [sum, mean] = [1, 1 / kernel.rows].map((scale) => stopEarly(kernel, x, { scale }));
  return [
    single,
    told("L-BFGS, default tolerances, sum", sum!.x, sum!.iterations),
    told("L-BFGS, default tolerances, mean", mean!.x, mean!.iterations),
  ];
}

/** Another shuffle of the starts; and how far the interval hangs on its draws, by halves of them. */
function seedRows(
  base: Reopened,
  drawn: Drawn | null,
  { level, seed, weights }: { level: number; seed: number; weights: Float64Array | null },
  row: RowMaker,
): SensitivityRow[] {
  const { law, objective, fixed, observed, question } = base;
  const again = valuesOf(fit(law, observed, { objective, fixed, weights, seed: seed + 1 }));
  const [one, two] = [0, 1].map((half) => {
    const interval = percentileInterval(drawn?.draws.filter((_, i) => i % 2 === half) ?? [], level);
    return interval && Math.log(interval.high / interval.low);
  });
  return [
    row("seed", `seed ${seed + 1} instead of ${seed}`, base.decide(again), {
      a: exponent(law, again, question!),
      note:
        one && two
          ? `half of the draws give an interval ${formatNumber(one / two, 2)} times as wide as the other half`
          : null,
    }),
  ];
}
