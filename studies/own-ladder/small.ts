import {
  dataConstrained,
  type Fit,
  fit,
  fitLadder,
  formatCount,
  formatFlops,
  formatNumber,
  kaplanC,
  kaplanD,
  kaplanN,
  kaplanNS,
  type Law,
  lawFromFormula,
  type Run,
  tableOf,
} from "../../src/index.ts";
import {
  budgetOf,
  groupBy,
  lossOf,
  mean,
  meanLoss,
  paramsOf,
  readRuns,
  rootMeanSquare,
  seedSpread,
  tableLines,
} from "./read.ts";

// The small studies on the same ladder: Kaplan's laws, learning rates, batches, repeated text, two pairs of architectures.

type Row = Readonly<Record<string, number>>;

const rms = ({ residuals }: Fit): string =>
  `${formatNumber(100 * rootMeanSquare([...residuals.values!]), 2)} %`;
const at = (made: Fit, name: string): string => formatNumber(made.parameters[name].value, 3);
const signed = (value: number, digits = 3): string =>
  `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
const nonEmbedding = ({ parameters }: Run): number => parameters.nonEmbedding!;

/** Kaplan's one-input laws beside the same with a floor, and L(N, S) beside Hoffmann's law of the same runs. */
export function kaplanLines(runs: readonly Run[]): string[] {
  const longest = [...groupBy(runs, paramsOf).values()].map((its) =>
    its.reduce((x, y) => (y.tokens! > x.tokens! ? y : x)),
  );
  // where one side is so plentiful that the other sets the loss
  const rich = longest.filter((run) => run.tokens! > 150 * paramsOf(run));
  const largest = runs.filter((run) => run.spec!.shape!.width === 128 && run.spec!.shape!.layers === 3);
  const optima = fitLadder(runs, { bootstrap: 0 }).isoflop.optima;
  const ends = runs.map((run) => ({
    params: nonEmbedding(run),
    minSteps: run.tokens! / 512,
    loss: lossOf(run),
  }));
  const one = (name: string, law: Law, exponent: string, input: string, rows: readonly Row[]): string[] => {
    const letter = law.inputs[input];
    const made = fit(law, tableOf(rows, { origin: name }), { objective: "squared-log" });
    const floored = lawFromFormula(`E + (K / ${letter})^alpha`, { inputs: `${input}=${letter}` });
    const withFloor = fit(floored, tableOf(rows, { origin: name }), { objective: "squared-log" });
    return [
      name,
      String(rows.length),
      at(made, exponent),
      rms(made),
      at(withFloor, "alpha"),
      at(withFloor, "E"),
      rms(withFloor),
    ];
  };
  const byNS = fit(kaplanNS, tableOf(ends, { origin: "ends" }), { objective: "squared-log" });
  const bySum = lawFromFormula("E + (N_c / N)^alpha_N + (S_c / S)^alpha_S", {
    inputs: "params=N,minSteps=S",
  });
  const floorNS = fit(bySum, tableOf(ends, { origin: "ends" }), { objective: "squared-log" });
  return tableLines(
    ["law", "runs", "exponent", "off by", "exponent with a floor", "the floor", "off by"],
    [
      one(
        "L(N), tokens plentiful",
        kaplanN,
        "alpha_N",
        "params",
        rich.map((run) => ({ params: nonEmbedding(run), loss: lossOf(run) })),
      ),
      one(
        "L(D), 623k parameters",
        kaplanD,
        "alpha_D",
        "tokens",
        largest.map((run) => ({ tokens: run.tokens!, loss: lossOf(run) })),
      ),
      one(
        "L(C), best of each budget",
        kaplanC,
        "alpha_C",
        "flops",
        optima.map(({ flops, loss }) => ({ flops, loss })),
      ),
      [
        "L(N, S), all runs",
        String(ends.length),
        `${at(byNS, "alpha_N")}, ${at(byNS, "alpha_S")}`,
        rms(byNS),
        `${at(floorNS, "alpha_N")}, ${at(floorNS, "alpha_S")}`,
        at(floorNS, "E"),
        rms(floorNS),
      ],
    ],
  );
}

/** The lowest point of the parabola through the lowest value and its two neighbours; null at an end. */
function lowestOf(
  x: readonly number[],
  y: readonly number[],
): { readonly at: number; readonly value: number } | null {
  const i = y.indexOf(Math.min(...y));
  if (i === 0 || i === y.length - 1) return null;
  const [a, b] = [(y[i] - y[i - 1]) / (x[i] - x[i - 1]), (y[i + 1] - y[i]) / (x[i + 1] - x[i])];
  const curvature = (b - a) / (x[i + 1] - x[i - 1]);
  const slope = a + curvature * (x[i] - x[i - 1]);
  return { at: x[i] - slope / (2 * curvature), value: y[i] - slope ** 2 / (4 * curvature) };
}

const timesOf = ({ id }: Run): number => Number(/-lr([\d.]+)$/.exec(id)![1]);

/** Loss by learning rate for each size, and the best rate. */
export function rateLines(runs: readonly Run[]): string[] {
  const times = [0.25, 0.5, 1, 2, 4];
  return tableLines(
    ["model", "tokens", ...times.map((one) => `${one} ×`), "best", "0.21 / width costs"],
    [...groupBy(runs, ({ id }) => id.replace(/-lr.*/, ""))].map(([name, its]) => {
      const losses = times.map((one) => lossOf(its.find((run) => timesOf(run) === one)!));
      const best = lowestOf(times.map(Math.log2), losses);
      return [
        `${name.slice(1).replace("-l", " wide, ")} deep`,
        formatCount(its[0].tokens!),
        ...losses.map((loss) => loss.toFixed(3)),
        best ? `${formatNumber(2 ** best.at, 2)} ×` : "–",
        best ? (losses[2] - best.value).toFixed(3) : "–",
      ];
    }),
  );
}

/** When a curve of validation losses first reaches a target, in tokens; null where it doesn't. */
function tokensTo(run: Run, target: number): number | null {
  const points = run.curve!.filter(({ split }) => split === "validation");
  const i = points.findIndex(({ loss }) => loss <= target);
  if (i < 1) return null;
  const [before, after] = [points[i - 1], points[i]];
  const share = (before.loss - target) / (before.loss - after.loss);
  return before.tokens * (after.tokens / before.tokens) ** share;
}

interface Scan {
  readonly batch: number;
  /** The fewest tokens to the target among the rates, and the rate (times the rule's) that took them. */
  readonly tokens: number;
  readonly rate: number | null;
}

function scanOf(runs: readonly Run[], target: number): Scan[] {
  return [...groupBy(runs, (run) => run.spec!.batchTokens!)].flatMap(([batch, its]) => {
    const reached = its.flatMap((run) => {
      const tokens = tokensTo(run, target);
      return tokens === null ? [] : [{ tokens, rate: run.spec!.learningRate! }];
    });
    if (reached.length === 0) return [];
    const sorted = [...reached].sort((x, y) => x.rate - y.rate);
    const best = lowestOf(
      sorted.map(({ rate }) => Math.log(rate)),
      sorted.map(({ tokens }) => Math.log(tokens)),
    );
    const fewest = sorted.reduce((x, y) => (y.tokens < x.tokens ? y : x));
    return [{ batch, tokens: fewest.tokens, rate: best ? Math.exp(best.at) : null }];
  });
}

const targets = [2.1, 2.05, 2, 1.95];

/**
 * B_crit of E(B) = E_min (1 + B / B_crit), the form of McCandlish et al. 2018, eq. 2.11,
 * https://arxiv.org/abs/1812.06162, by least squares of ln E over a fine grid of B_crit.
 */
export function criticalBatch(scan: readonly Pick<Scan, "batch" | "tokens">[]): {
  readonly batch: number;
  readonly tokens: number;
  readonly off: number;
} {
  const at = (critical: number) => {
    const logs = scan.map(({ batch, tokens }) => Math.log(tokens) - Math.log1p(batch / critical));
    return {
      batch: critical,
      tokens: Math.exp(mean(logs)),
      off: rootMeanSquare(logs.map((one) => one - mean(logs))),
    };
  };
  return Array.from({ length: 400 }, (_, i) => at(100 * 1.02 ** i)).reduce((x, y) => (y.off < x.off ? y : x));
}

/** Tokens to a loss by batch, at the best rate of each. */
export function batchLines(runs: readonly Run[]): string[] {
  const sizes = [...new Set(runs.map((run) => run.spec!.batchTokens!))];
  return tableLines(
    ["loss", ...sizes.map((size) => `B = ${size}`), "B_crit", "off by"],
    targets.map((target) => {
      const scan = scanOf(runs, target);
      const critical = criticalBatch(scan);
      return [
        target.toFixed(2),
        ...sizes.map((size) => {
          const found = scan.find(({ batch }) => batch === size);
          return found ? formatCount(found.tokens) : "–";
        }),
        formatCount(critical.batch, 2),
        `${formatNumber(100 * critical.off, 2)} %`,
      ];
    }),
  );
}

/** The best rate by batch at one target, and the exponent of the line through those that are bracketed. */
export function rateByBatchLines(runs: readonly Run[], target = 2): string[] {
  const scan = scanOf(runs, target).filter(({ rate }) => rate !== null);
  const x = scan.map(({ batch }) => Math.log(batch));
  const y = scan.map(({ rate }) => Math.log(rate!));
  const slope =
    x.reduce((sum, one, i) => sum + (one - mean(x)) * (y[i] - mean(y)), 0) /
    x.reduce((sum, one) => sum + (one - mean(x)) ** 2, 0);
  return [
    ...tableLines(
      ["batch", ...scan.map(({ batch }) => String(batch))],
      [["best learning rate", ...scan.map(({ rate }) => formatNumber(rate!, 2))]],
    ),
    "",
    `Through these, the best rate grows as B^${slope.toFixed(2)}.`,
  ];
}

/** Loss of repeated text beside that of new text, and how fast repeats lose their worth. */
export function repeatLines(repeats: readonly Run[], ladder: readonly Run[]): string[] {
  const rows = [...groupBy(repeats, ({ id }) => id.replace(/-u.*/, ""))].flatMap(([name, its]) => {
    const own = ladder.filter((run) => run.id.includes(`-${name}-`) && Number(run.extra.epochs) <= 1);
    const fresh = freshLoss(own);
    return [...groupBy(its, (run) => run.tokens!)].map(([tokens, row]) => [
      `${formatCount(paramsOf(row[0]))} on ${formatCount(tokens, 2)}`,
      fresh(tokens).toFixed(3),
      ...uniques.map((unique) => {
        const run = row.find(({ id }) => id.includes(`-u${unique}M-`));
        if (!run) return "";
        return `${signed(lossOf(run) - fresh(tokens))} (${formatNumber(Number(run.extra.epochs), 2)})`;
      }),
    ]);
  });
  return tableLines(
    ["parameters and tokens", "loss of new text", ...uniques.map((unique) => `${unique}M unique`)],
    rows,
  );
}

const uniques = [1, 0.5, 0.25, 0.125];

/** L(D) of one size on new text: E + B / D^β through its runs of one epoch. */
function freshLoss(runs: readonly Run[]): (tokens: number) => number {
  const law = lawFromFormula("E + B / D^beta", { inputs: "tokens=D" });
  const rows = runs.map((run) => ({ tokens: run.tokens!, loss: lossOf(run) }));
  const { E, B, beta } = fit(law, tableOf(rows, { origin: "fresh" }), {
    objective: "squared-log",
  }).parameters;
  return (tokens) => E.value + B.value / tokens ** beta.value;
}

/** The data-constrained law on the repeated runs and the ladder's, its intervals by stable run. */
export function dataConstrainedFit(repeats: readonly Run[], ladder: readonly Run[]): Fit {
  const rows = [...repeats, ...ladder].map((run) => ({
    params: paramsOf(run),
    tokens: run.tokens!,
    unique_tokens: run.uniqueTokens!,
    loss: lossOf(run),
    trunk: String(run.extra.trunk),
  }));
  return fit(dataConstrained, tableOf(rows, { origin: "repeats" }), { bootstrap: 100, clusters: "trunk" });
}

/** Two ways of building a model, on the same budgets: each with the lowest loss it reached. */
export function layerLines(one: readonly Run[], two: readonly Run[]): string[] {
  const best = (runs: readonly Run[], budget: number): { loss: number; params: number } => {
    const means = [
      ...groupBy(
        runs.filter((run) => budgetOf(run) === budget),
        paramsOf,
      ),
    ].map(([params, its]) => ({
      params,
      loss: meanLoss(its),
    }));
    return means.reduce((x, y) => (y.loss < x.loss ? y : x));
  };
  return tableLines(
    ["FLOPs", "one layer", "at", "two layers", "at", "difference"],
    [...new Set(one.map(budgetOf))].map((budget) => {
      const [x, y] = [best(one, budget), best(two, budget)];
      return [
        formatFlops(budget),
        x.loss.toFixed(3),
        formatCount(x.params),
        y.loss.toFixed(3),
        formatCount(y.params),
        signed(y.loss - x.loss),
      ];
    }),
  );
}

/** What a ladder finds whose small models have one layer and whose large ones two and more. */
export function mixedLine(one: readonly Run[], two: readonly Run[]): string {
  const most = Math.max(...one.map(budgetOf));
  const small = Math.max(...one.map(paramsOf));
  const within = two.filter((run) => budgetOf(run) <= most);
  const mixed = [...one, ...within.filter((run) => paramsOf(run) > small)];
  const said = (runs: readonly Run[]): string => {
    const { law, isoflop } = fitLadder(runs, { bootstrap: 0 });
    return `a = ${formatNumber(isoflop.exponents!.a, 3)} by approach 2 and ${formatNumber(law.exponents!.a, 3)} by approach 3, which is off by ${rms(law)}`;
  };
  return `Up to the same budget, one layer below ${formatCount(small * 1.01, 2)} parameters and more above: ${said(mixed)}. Two layers and more throughout: ${said(within)}.`;
}

/** SwiGLU − GELU, at equal FLOPs and about equal parameters. */
export function gatedLines(gated: readonly Run[], ladder: readonly Run[]): string[] {
  const rows = [...groupBy(gated, budgetOf)].map(([budget, its]) => [
    formatFlops(budget),
    ...its.map((run) => {
      const plain = ladder.filter(({ id }) => id.startsWith(run.id.replace(/-gated.*/, "-s")));
      return signed(lossOf(run) - meanLoss(plain));
    }),
  ]);
  const widths = [...new Set(gated.map((run) => run.spec!.shape!.width))];
  return tableLines(["FLOPs", ...widths.map((width) => `${width} wide`)], rows);
}

/** All tables of the small studies, by the name of their place in the README. */
export function smallTables(): Record<string, string[]> {
  const ladder = readRuns("ladder");
  const repeats = readRuns("repeats");
  const batches = readRuns("batches");
  const gated = readRuns("gated");
  const oneLayer = readRuns("one-layer");
  const constrained = dataConstrainedFit(repeats, ladder);
  const { R_D_star: repeatsWorth } = constrained.parameters;
  const { spread } = seedSpread(groupBy(ladder, ({ id }) => id.replace(/-s\d+$/, "")).values());
  return {
    kaplan: kaplanLines(ladder),
    rates: rateLines(readRuns("learning-rates")),
    batches: batchLines(batches),
    "rate-by-batch": rateByBatchLines(batches),
    repeats: [
      ...repeatLines(repeats, ladder),
      "",
      `The data-constrained law, on these and the ladder's runs: R_D* = ${formatNumber(repeatsWorth.value, 2)} (${formatNumber(repeatsWorth.interval?.low ?? Number.NaN, 2)} … ${formatNumber(repeatsWorth.interval?.high ?? Number.NaN, 2)}), off by ${rms(constrained)}; published: 15.4.`,
    ],
    layers: [...layerLines(oneLayer, ladder), "", mixedLine(oneLayer, ladder)],
    gated: [
      ...gatedLines(gated, ladder),
      "",
      `Two seeds differ by ${formatNumber(100 * Math.SQRT2 * spread, 2)} % on average.`,
    ],
  };
}
