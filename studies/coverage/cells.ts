import {
  chinchilla,
  computeOptimum,
  type DrawnEnds,
  type DrawScheme,
  drawnInterval,
  drawsOf,
  type Fit,
  fit,
  type Interval,
  kaplanND,
  type Law,
  lawFunction,
  newRunInterval,
  type Observations,
  observe,
  scatterAt,
  seededRandom,
  tableOf,
} from "../../src/index.ts";

/** One planted law, design, noise and way of making intervals: what the study counts coverage of. */
export interface Cell {
  readonly name: string;
  /** A key of {@link truths}. */
  readonly truth: string;
  /** A key of {@link designs}. */
  readonly design: string;
  readonly noise: "normal" | "t3" | "heteroscedastic" | "run";
  /** The standard deviation of ln loss about the law. */
  readonly size: number;
  readonly objective: "huber-log" | "squared-log";
  readonly scheme: DrawScheme | "auto";
  readonly interval: DrawnEnds;
  /** How many times larger than the largest budget the asked ones are. */
  readonly beyond: readonly number[];
  /** Fewer than asked for, where fits are slow and only what they say of themselves is counted. */
  readonly replications?: number;
}

/** What is planted: coefficients of chinchilla, or of another law where they say so. */
export const truths: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  besiroglu: { E: 1.817, A: 478, alpha: 0.347, B: 2143, beta: 0.367 },
  hoffmann: { E: 1.69, A: 406.4, alpha: 0.34, B: 410.7, beta: 0.28 },
  lopsided: { E: 1.5, A: 4000, alpha: 0.465, B: 60, beta: 0.2 },
  /** Of another form, without a floor: Kaplan et al. 2020, table 2. */
  kaplan: { alpha_N: 0.076, alpha_D: 0.103, N_c: 6.4e13, D_c: 1.8e13 },
};

export interface Point {
  readonly params: number;
  readonly tokens: number;
  /** Which curve it lies on, where a run has several points. */
  readonly run?: string;
}

const budgets = (flops: readonly number[], factors: readonly number[]): Point[] =>
  flops.flatMap((C) =>
    factors.map((factor) => {
      const params = Math.sqrt(C / 120) * factor; // about 20 tokens a parameter in the middle
      return { params, tokens: C / (6 * params) };
    }),
  );
const powers = (base: number, steps: number): number[] =>
  Array.from({ length: 2 * steps + 1 }, (_, i) => base ** (i - steps));
const ratios = (sizes: readonly number[], tokensPerParam: readonly number[]): Point[] =>
  sizes.flatMap((params) => tokensPerParam.map((ratio) => ({ params, tokens: ratio * params })));
const sizes = [5e7, 1e8, 3e8, 1e9, 3e9, 1e10];

/** Where the runs are. */
export const designs: Readonly<Record<string, readonly Point[]>> = {
  /** Five budgets from 1e18 to 1e21, seven sizes each: 35 runs. */
  isoflop: budgets([1e18, 3e18, 1e19, 1e20, 1e21], powers(1.62, 3)),
  /** Nine budgets, thirteen sizes: 117 runs. */
  "isoflop, large": budgets([6e17, 1e18, 3e18, 1e19, 3e19, 1e20, 2e20, 4e20, 1e21], powers(1.32, 6)),
  /** Six sizes at 5 to 80 tokens per parameter: 30 runs. */
  "tokens per parameter": ratios(sizes, [5, 10, 20, 40, 80]),
  /** Four budgets, three sizes: 12 runs. */
  "few points": budgets([1e18, 1e19, 1e20, 1e21], powers(3, 1)),
  /** Twenty tokens per parameter throughout: 25 runs that cannot tell N from D. */
  "one ratio": ratios(
    powers(1.3, 12).map((factor) => 7e8 * factor),
    [20],
  ),
  /** Budgets from 1e18 to 5e18: 35 runs over too short a range. */
  "short range": budgets([1e18, 1.5e18, 2e18, 3e18, 5e18], powers(1.62, 3)),
  /** Twelve sites, three seeds each: 36 runs. */
  "repeated seeds": budgets([1e18, 1e19, 1e20, 1e21], powers(3, 1)).flatMap((point) => [point, point, point]),
  /** Eighteen runs, eight points of each one's curve: 144 rows. */
  curves: ratios(sizes, [5, 20, 80]).flatMap(({ params, tokens }, run) =>
    Array.from({ length: 8 }, (_, k) => ({ params, tokens: tokens * 1.3 ** -k, run: `run ${run}` })),
  ),
};

export const levels: readonly number[] = [0.8, 0.9, 0.95];

/** Of one quantity: how often the intervals of each level held the truth, and the widths of the 90 % ones. */
export interface Count {
  readonly quantity: string;
  /** Replications that gave an interval. */
  readonly given: number;
  readonly covered: readonly number[];
  readonly medianWidth: number | null;
}

export interface CellResult {
  readonly cell: Cell;
  readonly seed: number;
  readonly replications: number;
  readonly draws: number;
  readonly rows: number;
  readonly counts: readonly Count[];
  /** Of the replications whose fit said nothing against itself. */
  readonly trusted: { readonly replications: number; readonly counts: readonly Count[] };
  /** How many fits had each status, and each warning that speaks of identification. */
  readonly said: Readonly<Record<string, number>>;
}

/** Codes by which a fit says that its intervals should not be relied on. */
const doubts = [
  "at-bound",
  "not-identified",
  "max-steps",
  "draws-at-bound",
  "several-minima",
  "start-agreement",
  "few-rows",
  "few-rows-for-intervals",
  "few-clusters",
];

/** Plants, fits and counts; the same for the same seed. */
export function runCell(
  cell: Cell,
  {
    replications: asFar = 1000,
    draws = 400,
    seed = 0,
    quick = false,
  }: { replications?: number; draws?: number; seed?: number; quick?: boolean } = {},
): CellResult {
  const replications = Math.min(asFar, cell.replications ?? asFar);
  const points = designs[cell.design]!;
  const truth = truths[cell.truth]!;
  const law: Law = cell.truth === "kaplan" ? kaplanND : chinchilla;
  const loss = lawFunction(law, truth);
  const asked = questionsOf(cell, law, truth, points);
  const all = asked.map(tally);
  const trusted = asked.map(tally);
  const said: Record<string, number> = {};
  let trustedReplications = 0;
  const random = seededRandom(seed);
  for (let replication = 0; replication < replications; replication++) {
    const stream = random.fork(replication);
    const noise = noiseOf(cell, points, stream);
    const rows = points.map((point, row) => ({
      params_total: point.params,
      tokens: point.tokens,
      loss: loss({ params: point.params, tokens: point.tokens }) * Math.exp(noise.rows[row]!),
      ...(point.run === undefined ? {} : { run: point.run }),
    }));
    const observed: Observations = observe(tableOf(rows, { origin: "planted" }), {
      inputs: ["params", "tokens"],
      output: "loss",
    });
    const made = fit(chinchilla, observed, {
      objective: cell.objective,
      bootstrap: draws,
      scheme: cell.scheme,
      interval: cell.interval,
      seed: replication,
      ...(quick ? { starts: [truth] } : {}),
    });
    const codes = [made.status, ...made.warnings.map(({ code }) => code)].filter((code) =>
      doubts.includes(code),
    );
    for (const code of new Set(codes)) said[code] = (said[code] ?? 0) + 1;
    if (codes.length === 0) trustedReplications++;
    asked.forEach((question, i) => {
      const { intervals, value } = question.answer(made, noise.next);
      all[i]!.add(intervals, value);
      if (codes.length === 0) trusted[i]!.add(intervals, value);
    });
  }
  return {
    cell,
    seed,
    replications,
    draws,
    rows: points.length,
    counts: all.map(({ count }) => count()),
    trusted: { replications: trustedReplications, counts: trusted.map(({ count }) => count()) },
    said,
  };
}

interface Question {
  readonly quantity: string;
  /** The intervals of every level, and what they should hold. */
  answer(made: Fit, next: (at: Point) => number): { intervals: (Interval | null)[]; value: number };
}

function questionsOf(
  cell: Cell,
  law: Law,
  truth: Readonly<Record<string, number>>,
  points: readonly Point[],
): Question[] {
  const loss = lawFunction(law, truth);
  const largest = Math.max(...points.map(({ params, tokens }) => 6 * params * tokens));
  const ask = (
    quantity: string,
    value: number,
    of: (parameters: Readonly<Record<string, number>>) => number,
  ): Question => ({
    quantity,
    answer: (made) => {
      const draws = drawsOf(parametersOf(made), made.bootstrap)!;
      const drawn = draws.of(of);
      return { intervals: levels.map((level) => drawnInterval(draws.bootstrap, drawn, level)), value };
    },
  });
  const askNew = (quantity: string, at: Point): Question => ({
    quantity,
    answer: (made, next) => {
      const draws = drawsOf(parametersOf(made), made.bootstrap)!;
      const predictions = draws.all.map((parameters) =>
        Math.log(lawFunction(chinchilla, parameters)({ params: at.params, tokens: at.tokens })),
      );
      const residuals = scatterAt(draws.bootstrap, { params: at.params, tokens: at.tokens })!;
      const { degrees } = draws.bootstrap;
      return {
        intervals: levels.map((level) => newRunInterval(predictions, residuals, level, degrees)),
        value: Math.log(loss({ params: at.params, tokens: at.tokens })) + next(at),
      };
    },
  });
  const own =
    law === chinchilla
      ? [
          ...Object.keys(chinchilla.parameters).map((name) => ask(name, truth[name]!, (at) => at[name]!)),
          ask("a", truth.beta! / (truth.alpha! + truth.beta!), ({ alpha, beta }) => beta! / (alpha! + beta!)),
        ]
      : [];
  const middle = points.map(({ params }) => params).sort((x, y) => x - y)[points.length >> 1]!;
  return [
    ...own,
    ...cell.beyond.flatMap((factor) => {
      const flops = factor * largest;
      const optimum = computeOptimum(law, truth, flops)!;
      return [
        ask(
          `N* at ${factor} × budget`,
          optimum.params,
          (at) => computeOptimum(chinchilla, at, flops)?.params ?? Number.NaN,
        ),
        ask(`loss at ${factor} × budget`, optimum.loss, (at) =>
          lawFunction(chinchilla, at)({ params: optimum.params, tokens: optimum.tokens }),
        ),
        askNew(`new run at ${factor} × budget`, optimum),
      ];
    }),
    askNew("new run in range", { params: middle, tokens: 15 * middle }),
  ];
}

const parametersOf = (made: Fit): Record<string, number> =>
  Object.fromEntries(Object.entries(made.parameters).map(([name, { value }]) => [name, value]));

/** The noise of ln loss in each row, and of a further run. */
function noiseOf(
  { noise, size }: Cell,
  points: readonly Point[],
  random: { normal(): number },
): { rows: number[]; next: (at: Point) => number } {
  const one = (at: Point): number => {
    if (noise === "t3") {
      // Student's t of three degrees, to unit variance
      const squares = random.normal() ** 2 + random.normal() ** 2 + random.normal() ** 2;
      return (size * random.normal()) / Math.sqrt(squares);
    }
    // smaller models scatter more: twice at the smallest, half at the largest
    if (noise === "heteroscedastic") return size * random.normal() * (at.params / 7e8) ** -0.26;
    return size * random.normal();
  };
  if (noise !== "run") return { rows: points.map(one), next: one };
  // a run's points share most of their error
  const share = Math.sqrt(0.9);
  const ofRun = new Map<string, number>();
  const rows = points.map((at) => {
    if (!ofRun.has(at.run!)) ofRun.set(at.run!, random.normal());
    return size * (share * ofRun.get(at.run!)! + Math.sqrt(0.1) * random.normal());
  });
  return { rows, next: one };
}

function tally({ quantity }: Question): {
  add: (intervals: readonly (Interval | null)[], value: number) => void;
  count: () => Count;
} {
  const covered = levels.map(() => 0);
  const widths: number[] = [];
  let given = 0;
  return {
    add: (intervals, value) => {
      if (intervals.some((interval) => interval === null)) return;
      given++;
      intervals.forEach((interval, i) => {
        if (interval!.low <= value && value <= interval!.high) covered[i]!++;
      });
      widths.push(intervals[1]!.high - intervals[1]!.low);
    },
    count: () => ({
      quantity,
      given,
      covered,
      medianWidth: widths.sort((x, y) => x - y)[widths.length >> 1] ?? null,
    }),
  };
}

const usual = {
  truth: "besiroglu",
  design: "isoflop",
  noise: "normal",
  size: 0.01,
  objective: "huber-log",
  scheme: "auto",
  interval: "percentile",
  beyond: [10],
} as const;

/** The cells of the study: what differs from five budgets, 1 % normal noise, Huber and the defaults. */
export const cells: readonly Cell[] = [
  { ...usual, name: "isoflop" },
  { ...usual, name: "isoflop-quiet", size: 0.003 },
  { ...usual, name: "isoflop-hoffmann", truth: "hoffmann" },
  { ...usual, name: "isoflop-lopsided", truth: "lopsided", size: 0.005 },
  { ...usual, name: "isoflop-t3", noise: "t3" },
  { ...usual, name: "isoflop-heteroscedastic", noise: "heteroscedastic", size: 0.005 },
  { ...usual, name: "isoflop-large", design: "isoflop, large" },
  { ...usual, name: "ratios", design: "tokens per parameter", size: 0.005 },
  {
    ...usual,
    name: "ratios-t3",
    design: "tokens per parameter",
    truth: "hoffmann",
    noise: "t3",
    size: 0.005,
  },
  { ...usual, name: "few", design: "few points", size: 0.003 },
  { ...usual, name: "few-t3", design: "few points", truth: "hoffmann", noise: "t3", size: 0.003 },
  { ...usual, name: "isoflop-squared", objective: "squared-log" },
  { ...usual, name: "few-squared", design: "few points", size: 0.003, objective: "squared-log" },
  { ...usual, name: "curves", design: "curves", noise: "run", size: 0.005 },
  { ...usual, name: "curves-cluster", design: "curves", noise: "run", size: 0.005, scheme: "cluster" },
  { ...usual, name: "curves-by-row", design: "curves", noise: "run", size: 0.005, scheme: "pairs" },
  { ...usual, name: "seeds-parametric", design: "repeated seeds", size: 0.005, scheme: "parametric" },
  { ...usual, name: "isoflop-wild", scheme: "wild" },
  { ...usual, name: "isoflop-t3-wild", noise: "t3", scheme: "wild" },
  {
    ...usual,
    name: "isoflop-heteroscedastic-wild",
    noise: "heteroscedastic",
    size: 0.005,
    scheme: "wild",
  },
  { ...usual, name: "isoflop-pairs", scheme: "pairs" },
  { ...usual, name: "isoflop-pairs-bca", scheme: "pairs", interval: "bca" },
  { ...usual, name: "isoflop-bca", interval: "bca" },
  { ...usual, name: "isoflop-squared-pairs", scheme: "pairs", objective: "squared-log" },
  { ...usual, name: "one-ratio", design: "one ratio", size: 0.005, replications: 300 },
  { ...usual, name: "short-range", design: "short range", replications: 300 },
  { ...usual, name: "other-law", truth: "kaplan", size: 0.002, beyond: [1, 10, 100, 1000] },
];
