import { fromScale, type Interval, onScale, percentileInterval, scatterAt } from "../fit/index.ts";
import { quantityAt } from "../laws/index.ts";
import { formatNumber, median, quantile } from "../numeric/index.ts";
import type { Observations } from "../runs/index.ts";
import { type Basis, type OpenBasis, openBasis } from "./basis.ts";
import { type CauseCode, causesOf, unknownScatter } from "./causes.ts";
import { type Clues, readClues } from "./clues.ts";
import { neededBy } from "./frontier-curves.ts";
import { predict } from "./predict.ts";
import type { ComparedRun, RunComparison } from "./run-comparison.ts";
import { type Surface, surfacesOf } from "./surface.ts";

export interface EfficiencyOptions {
  /** Of the intervals. */
  readonly level?: number;
  readonly flopsPerToken?: string;
  /** Values of the law's inputs that are the same for all runs. */
  readonly held?: Readonly<Record<string, number>>;
}

/** A shift of all runs beyond this share of their loss is another corpus or tokenizer rather than bad luck. */
const shifted = 0.02;

/**
 * Every run of a file beside the compute-optimal frontier of a law: what the optimum would have needed for its loss, how far it
 * lies off the law, and why.
 *
 * efficiency = C*(L) / C, where C*(L) is the compute whose best model has the run's loss L; overTraining = (D/N) / (D* / N*).
 * A run's distance from the frontier is its allocation's (L(N, D) − L*(C)) and its own (L − L(N, D)); each has its causes.
 *
 * @throws when the law has no optimum on a budget
 * @example compareRuns(fit, observe(table, { inputs: ["params", "tokens"], output: "loss" })).runs[0].efficiency // 0.8
 */
export function compareRuns(
  basis: Basis,
  observed: Observations,
  { level = 0.9, flopsPerToken, held = {} }: EfficiencyOptions = {},
): RunComparison {
  const open = openBasis(basis);
  const { law, parameters } = open;
  const { columns, rows, lines, origin } = observed;
  const params = columns.params ?? missing(law.name, "params");
  const tokens = columns.tokens ?? missing(law.name, "tokens");
  const losses = columns[law.output] ?? missing(law.name, law.output);
  const own = Object.keys(law.inputs).filter(
    (name) => held[name] === undefined && quantityAt(name, 1, 1) === null,
  );
  const inputsOf = (row: number): Record<string, number> => ({
    ...held,
    ...Object.fromEntries(own.map((name) => [name, (columns[name] ?? missing(law.name, name))[row]!])),
  });
  let last: { key: string; of: ReturnType<typeof surfacesOf> } | null = null;
  const surfacesFor = (row: number): ReturnType<typeof surfacesOf> => {
    const at = inputsOf(row);
    const key = JSON.stringify(at);
    if (last?.key !== key) last = { key, of: surfacesOf(open, { held: at, flopsPerToken }) };
    return last.of;
  };
  const measured = Array.from({ length: rows }, (_, row) => {
    const { surfaceAt } = surfacesFor(row);
    const at = { params: params[row]!, tokens: tokens[row]!, loss: losses[row]! };
    return measure(at, surfaceAt(parameters), expectedAt(basis, open, inputsOf(row), at, level));
  });
  const needed = own.length === 0 && open.draws ? neededBy(open, surfacesFor(0).surfaceAt, measured) : null;
  const clues = readClues(observed);
  const deviations = measured.map((one) => one.far);
  const runs = measured.map(({ far, ...one }, row): ComparedRun => {
    const drawn = needed?.map((of) => of(one.loss) / one.flops) ?? [];
    return {
      line: lines[row]!,
      ...one,
      efficiencyInterval: one.efficiency === null || !needed ? null : percentileInterval(drawn, level),
      causes: causesOf(one, far, clues, { row, deviations }),
    };
  });
  return {
    format: "isoflop.runs-compared/1",
    basis: open.note,
    formula: law.formula,
    convention: surfacesFor(0).convention,
    origin,
    runs,
    summary: summarise(runs),
    level,
    warnings: [...open.warnings, ...doubts(open, observed, runs)],
    remarks: [...open.remarks, ...remarksOn(basis, open, observed, clues, level)],
  };
}

function missing(law: string, quantity: string): never {
  throw new Error(
    `cannot compare runs with ${law}: they have no ${quantity}; observe them with it, or hold it at a value`,
  );
}

type Measured = Omit<ComparedRun, "line" | "efficiencyInterval" | "causes"> & { readonly far: number };

function measure(
  { params, tokens, loss }: { params: number; tokens: number; loss: number },
  surface: Surface,
  expected: Interval | null,
): Measured {
  const flops = tokens * surface.costOf(params);
  const best = surface.optimum(flops);
  if (!best)
    throw new Error(
      `cannot compare runs with this law: at ${formatNumber(flops)} FLOPs its loss falls all the way to one end, so there is no best size; use a law of both params and tokens`,
    );
  const predicted = surface.loss(params, tokens);
  const cheapest = surface.cheapest(loss, flops);
  const half = expected && (loss > predicted ? expected.high - predicted : predicted - expected.low);
  const deviation = half === null || !(half > 0) ? null : (loss - predicted) / half;
  return {
    params,
    tokens,
    flops,
    tokensPerParam: tokens / params,
    loss,
    predicted,
    expected,
    excess: loss / predicted - 1,
    deviation,
    far: deviation ?? (loss - predicted) / unknownScatter,
    frontier: { loss: best.loss, params: best.params, tokens: best.tokens },
    overTraining: (tokens / params) * (best.params / best.tokens),
    flopsNeeded: cheapest?.flops ?? null,
    efficiency: cheapest && cheapest.flops / flops,
  };
}

/** Where a single new run would lie: from draws and scatter, else from the scatter of the fit's own residuals alone. */
function expectedAt(
  basis: Basis,
  { law, scatter, draws }: OpenBasis,
  held: Readonly<Record<string, number>>,
  { params, tokens }: { params: number; tokens: number },
  level: number,
): Interval | null {
  if (!scatter) return null;
  const at = Object.fromEntries(
    Object.keys(law.inputs).map((name) => [name, held[name] ?? quantityAt(name, params, tokens)!]),
  );
  const { value, newRun } = predict(basis, at, { level });
  if (draws || newRun) return newRun ?? null;
  const on = onScale(scatter.scale, value);
  const residuals = scatterAt(scatter, at);
  if (!residuals || residuals.length < 2 / (1 - level)) return null;
  const half = quantile(Float64Array.from(residuals, Math.abs).sort(), level);
  const [low, high] = [fromScale(scatter.scale, on - half), fromScale(scatter.scale, on + half)];
  return { low: Math.min(low, high), high: Math.max(low, high), level, method: "percentile" };
}

function summarise(runs: readonly ComparedRun[]): RunComparison["summary"] {
  const reached = runs.filter(({ flopsNeeded }) => flopsNeeded !== null);
  const causes: Partial<Record<CauseCode, number>> = {};
  for (const {
    causes: [{ code }],
  } of runs)
    causes[code] = (causes[code] ?? 0) + 1;
  return {
    runs: runs.length,
    flops: runs.reduce((sum, { flops }) => sum + flops, 0),
    medianEfficiency: reached.length > 0 ? median(reached.map(({ efficiency }) => efficiency!)) : null,
    medianExcess: median(runs.map(({ excess }) => excess)),
    causes,
  };
}

function doubts({ params, note }: OpenBasis, observed: Observations, runs: readonly ComparedRun[]): string[] {
  const found: string[] = [];
  const counted = observed.conventions.params;
  if (
    params !== null &&
    counted !== null &&
    params !== counted &&
    counted !== "unstated" &&
    params !== "unstated"
  )
    found.push(
      `The law counts ${params} parameters and the runs ${counted}: what looks like allocation may be counting; name another column with --map params=COLUMN.`,
    );
  const shift = median(runs.map(({ excess }) => excess));
  if (Math.abs(shift) > shifted && note.kind !== "fit")
    found.push(
      `Half of the runs lie ${formatNumber(100 * Math.abs(shift), 2)} % or more ${shift > 0 ? "above" : "below"} the law: it is of another corpus or tokenizer, so efficiencies mean little; fit a law to runs on your own data.`,
    );
  const beyond = runs.filter(({ flopsNeeded }) => flopsNeeded === null).length;
  if (beyond > 0)
    found.push(
      `${beyond} of ${runs.length} runs have a loss that no budget reaches by this law: ${beyond === 1 ? "it has" : "they have"} no efficiency.`,
    );
  return found;
}

function remarksOn(
  basis: Basis,
  { draws, scatter }: OpenBasis,
  observed: Observations,
  { unknown }: Clues,
  level: number,
): string[] {
  const same = "format" in basis && basis.data.hash === observed.hash;
  return [
    ...(scatter && observed.rows > 1
      ? [
          `By chance alone ${formatNumber(100 * (1 - level), 3)} of 100 runs lie beyond ±1, the ends of the ${formatNumber(100 * level, 3)} % interval of a new run.`,
        ]
      : []),
    ...(same ? ["These are the runs that the law was fitted to: deviations are its residuals."] : []),
    ...(draws
      ? []
      : [
          scatter
            ? "Without draws the unit of deviations is the scatter of the fit's own residuals; fit with --bootstrap 400 for intervals."
            : `Nobody knows how runs scatter about these coefficients: above or below by ${unknownScatter} counts as far (two standard deviations of seeds, Kaplan et al. 2020, section 3).`,
        ]),
    ...(unknown.length > 0 ? [`No column says ${unknown.join("; ")}.`] : []),
  ];
}
