import {
  chinchilla,
  computeOptimum,
  createKernel,
  descend,
  fit,
  type GivenBasis,
  kaplanND,
  type Law,
  ladderBudgets,
  lawFunction,
  objective,
  observe,
  planOptimalSweep,
  planRatioSweep,
  planSweep,
  type RunLimits,
  type RunSpec,
  seededRandom,
  tableOf,
} from "../../src/index.ts";

/** One planted law, what was believed of it before, and how its runs scatter. */
export interface Cell {
  readonly name: string;
  /** A key of {@link laws}. */
  readonly truth: string;
  /** Keys of {@link laws}: the design is best for their mean. */
  readonly beliefs: readonly string[];
  readonly noise: "normal" | "small models more";
  /** Most runs of the chosen design; the grids have 35 and 30. */
  readonly most: number;
  /** Sizes of the isoFLOP grid, and of the candidates, lie within this factor of the centre. */
  readonly spread: number;
  readonly limits?: RunLimits;
}

type Parameters = Readonly<Record<string, number>>;

/** What is planted, or believed: coefficients of chinchilla, or of a law without a floor (Kaplan et al. 2020, table 2). */
export const laws: Readonly<Record<string, Parameters>> = {
  besiroglu: { E: 1.817, A: 478, alpha: 0.347, B: 2143, beta: 0.367 },
  hoffmann: { E: 1.69, A: 406.4, alpha: 0.34, B: 410.7, beta: 0.28 },
  lopsided: { E: 1.5, A: 4000, alpha: 0.465, B: 60, beta: 0.2 },
  kaplan: { alpha_N: 0.076, alpha_D: 0.103, N_c: 6.4e13, D_c: 1.8e13 },
};

/** The sweeps plan for this budget; the grids take a hundredth of it. */
export const target = 1e22;
/** The smallest budget of the isoFLOP grid. */
const smallest: number = ladderBudgets(target / 100, 35 / 5)[0]!;
const usual = { truth: "besiroglu", beliefs: ["besiroglu"], noise: "normal", most: 35, spread: 4 } as const;

export const cells: readonly Cell[] = [
  { ...usual, name: "known" },
  { ...usual, name: "two-beliefs", beliefs: ["besiroglu", "hoffmann"] },
  { ...usual, name: "wrong-belief", beliefs: ["hoffmann"] },
  { ...usual, name: "hoffmann", truth: "hoffmann", beliefs: ["besiroglu", "hoffmann"] },
  { ...usual, name: "lopsided", truth: "lopsided", beliefs: ["besiroglu", "hoffmann"] },
  { ...usual, name: "twelve-runs", beliefs: ["besiroglu", "hoffmann"], most: 12 },
  {
    ...usual,
    name: "narrow-ratios",
    beliefs: ["besiroglu", "hoffmann"],
    spread: 2,
    limits: { minTokensPerParam: 5, maxTokensPerParam: 80 },
  },
  {
    ...usual,
    name: "small-scatter-more",
    beliefs: ["besiroglu", "hoffmann"],
    noise: "small models more",
  },
  {
    ...usual,
    name: "smaller-runs",
    beliefs: ["besiroglu", "hoffmann"],
    limits: { minFlops: smallest / 100 },
  },
  { ...usual, name: "other-law", truth: "kaplan", beliefs: ["besiroglu", "hoffmann"] },
];

/** Compute of the chosen designs, as shares of the grids'. */
export const shares: readonly number[] = [1, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32];
/** The standard deviation of ln loss. */
const size = 0.01;

/** What a design leaves of ln N* at the target. */
export interface Spread {
  readonly runs: number;
  readonly flops: number;
  /** Of refits with fresh noise. */
  readonly sd: number;
  /** The mean of the refits' ln N* less the truth's. */
  readonly bias: number;
  readonly lost: number;
}

export interface CellResult {
  readonly cell: Cell;
  readonly seed: number;
  readonly replications: number;
  readonly isoflop: Spread;
  readonly ratios: Spread;
  /** By {@link shares}. */
  readonly chosen: readonly Spread[];
  /** FLOPs that the chosen design needs for the isoFLOP grid's standard deviation, as a share of the grid's; null where none of `shares` is enough. */
  readonly same: number | null;
}

export function runCell(
  cell: Cell,
  {
    replications = 1000,
    seed = 0,
    of = shares,
  }: { replications?: number; seed?: number; of?: readonly number[] } = {},
): CellResult {
  const { spread, most } = cell;
  // no design may ask runs smaller than the grid's, unless the cell says so: there signals are large, and laws of large models hold least
  const limits: RunLimits = { minFlops: smallest, ...cell.limits };
  const measure = (specs: readonly RunSpec[]): Spread => spreadOf(cell, specs, { replications, seed });
  const isoflop = measure(planSweep({ target, spread, limits }).specs);
  // the ratios of the isoFLOP grid's ends and middle
  const ratios = [-2, -1, 0, 1, 2].map((step) => 20 * spread ** step);
  const grid = measure(planRatioSweep({ target, ratios, limits: cell.limits }).specs);
  const bases = cell.beliefs.map((name): GivenBasis => ({ law: chinchilla, parameters: laws[name]! }));
  const chosen = of.map((part) =>
    measure(planOptimalSweep({ target, share: part / 100, bases, most, spread, limits }).specs),
  );
  return { cell, seed, replications, isoflop, ratios: grid, chosen, same: sameSpread(isoflop, chosen) };
}

/** Where the chosen designs' standard deviation is the grid's, by lines in ln between the shares. */
function sameSpread(isoflop: Spread, chosen: readonly Spread[]): number | null {
  if (!(chosen[0]!.sd <= isoflop.sd)) return null;
  const last = chosen.findIndex(({ sd }) => sd > isoflop.sd);
  if (last < 0) return chosen.at(-1)!.flops / isoflop.flops;
  const [near, far] = [chosen[last - 1]!, chosen[last]!];
  const along = Math.log(isoflop.sd / near.sd) / Math.log(far.sd / near.sd);
  return (near.flops * (far.flops / near.flops) ** along) / isoflop.flops;
}

/** Plants the law at the runs of a design, refits `replications` times and takes ln N* at the target. */
function spreadOf(
  { truth, noise }: Cell,
  specs: readonly RunSpec[],
  { replications, seed }: { replications: number; seed: number },
): Spread {
  const planted: Law = truth === "kaplan" ? kaplanND : chinchilla;
  const law = lawFunction(planted, laws[truth]!);
  const params = Float64Array.from(specs, ({ parameters }) => parameters.total ?? parameters.unstated!);
  const tokens = Float64Array.from(specs, (spec) => spec.tokens);
  const loss = params.map((N, i) => law({ params: N, tokens: tokens[i]! }));
  const scatter = params.map((N) => size * (noise === "normal" ? 1 : 0.5 * (N / 7e8) ** -0.26));
  const huber = objective("huber-log");
  const kernel = createKernel(chinchilla, { params, tokens }, loss, huber);
  const exact = Float64Array.from(kernel.truth);
  const start = kernel.toVariables(
    planted === chinchilla ? laws[truth]! : nearestChinchilla(params, tokens, loss),
  );
  const best = Math.log(computeOptimum(planted, laws[truth]!, target)!.params);
  const random = seededRandom(seed);
  const off: number[] = [];
  for (let i = 0; i < replications; i++) {
    const { normal } = random.fork(i);
    kernel.truth.set(exact.map((value, row) => value + scatter[row]! * normal()));
    const { x } = descend(kernel, huber, start, { damping: 0.01 });
    const found = computeOptimum(chinchilla, kernel.toParameters(x), target);
    if (found && Number.isFinite(found.params)) off.push(Math.log(found.params) - best);
  }
  off.sort((x, y) => x - y);
  const at = (share: number): number => off[Math.round(share * (off.length - 1))]!;
  return {
    runs: specs.length,
    flops: specs.reduce((sum, _, i) => sum + 6 * params[i]! * tokens[i]!, 0),
    // a few refits that lose their way would be all that an ordinary standard deviation shows
    sd: (at(0.95) - at(0.05)) / (2 * 1.6448536269514722),
    bias: off.reduce((sum, x) => sum + x, 0) / off.length,
    lost: replications - off.length,
  };
}

/** The chinchilla that lies nearest to another law where the runs are. */
function nearestChinchilla(params: Float64Array, tokens: Float64Array, loss: Float64Array): Parameters {
  const rows = Array.from(params, (N, i) => ({ params_total: N, tokens: tokens[i]!, loss: loss[i]! }));
  const made = fit(
    chinchilla,
    observe(tableOf(rows, { origin: "planted" }), { inputs: ["params", "tokens"], output: "loss" }),
  );
  return Object.fromEntries(Object.entries(made.parameters).map(([name, { value }]) => [name, value]));
}
