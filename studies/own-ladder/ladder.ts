import {
  type Fit,
  type FrontierFit,
  fitIsoflop,
  fitLadder,
  formatCount,
  formatFlops,
  formatNumber,
  frontierAt,
  type Interval,
  type LadderFits,
  pinned,
  planLadder,
  predict,
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

// The long ladder: what was measured, three approaches, what a small ladder says of a large one, and a question.

/** What a token costs a model of N parameters of these shapes. */
const { flopsPerToken } = planLadder({
  seconds: 1,
  cores: 1,
  speeds: [{ flopsPerToken: 1, flopsPerSecond: 1 }],
  uniqueTokens: 1,
});

const interval = (of: Interval | null | undefined, digits = 3): string =>
  of ? `${formatNumber(of.low, digits)} … ${formatNumber(of.high, digits)}` : "–";
const percent = (share: number, digits = 2): string =>
  `${share > 0 ? "+" : "−"}${formatNumber(100 * Math.abs(share), digits)} %`;

/** Loss by size and budget, the mean of the seeds; the lowest of a budget in bold. */
export function lossLines(runs: readonly Run[]): string[] {
  const sizes = [...new Set(runs.map(paramsOf))].sort((x, y) => x - y);
  const rows = [...groupBy(runs, budgetOf)].map(([budget, row]) => {
    const bySize = groupBy(row, paramsOf);
    const means = sizes.map((size) => (bySize.has(size) ? meanLoss(bySize.get(size)!) : null));
    const lowest = Math.min(...means.filter((one) => one !== null));
    const cells = means.map((one) => {
      if (one === null) return "";
      return one === lowest ? `**${one.toFixed(3)}**` : one.toFixed(3);
    });
    return [formatFlops(budget), ...cells];
  });
  return tableLines(["FLOPs", ...sizes.map((size) => formatCount(size, 3))], rows);
}

/** Seeds by the length of their runs. */
export function seedLines(runs: readonly Run[]): string[] {
  const groups = [...groupBy(runs, ({ id }) => id.replace(/-s\d+$/, "")).values()];
  const steps = (of: readonly Run[]): number => Number(of[0].extra.steps);
  const ranges = [
    [300, 500],
    [500, 1000],
    [1000, 3000],
    [3000, 1e9],
  ] as const;
  return tableLines(
    ["steps", "runs", "seeds differ by (ln loss)"],
    ranges.flatMap(([low, high]) => {
      const { spread, runs: count } = seedSpread(groups.filter((of) => steps(of) >= low && steps(of) < high));
      if (count === 0) return [];
      return [
        [
          high > 1e6 ? `${low} and more` : `${low} to ${high}`,
          String(count),
          `${formatNumber(100 * spread, 2)} %`,
        ],
      ];
    }),
  );
}

/** The three approaches on the whole ladder, and on its lower half. */
export function approachLines(named: readonly (readonly [name: string, fits: LadderFits])[]): string[] {
  return tableLines(
    ["approach", "runs", "a", "90 % interval", "b"],
    named.flatMap(([name, { envelope, isoflop, law, bent }]) => {
      const line = (
        approach: string,
        { exponents, rows }: Pick<Fit | FrontierFit, "exponents" | "rows">,
      ): string[] => [
        `${approach}, ${name}`,
        String(rows),
        exponents ? formatNumber(exponents.a, 3) : "–",
        interval(exponents?.interval),
        exponents ? formatNumber(exponents.b, 3) : "–",
      ];
      return [
        line("1 envelope of ends", envelope),
        line("2 minima", isoflop),
        line("3 law", law),
        line("3 bent law", bent),
      ];
    }),
  );
}

/** The parameters of both laws. */
export function lawLines(named: readonly (readonly [name: string, fits: LadderFits])[]): string[] {
  const names = ["E", "A", "alpha", "B", "beta", "gamma"];
  const line = (name: string, { parameters, residuals }: Fit): string[] => [
    name,
    ...names.map((one) => {
      const found = parameters[one];
      return found ? `${formatNumber(found.value, 3)} (${interval(found.interval)})` : "1";
    }),
    `${formatNumber(100 * rootMeanSquare([...residuals.values!]), 2)} %`,
  ];
  return tableLines(
    ["fitted to", ...names, "off by"],
    named.flatMap(([name, { law, bent }]) => [line(`law, ${name}`, law), line(`bent law, ${name}`, bent)]),
  );
}

/** Minima by approach 2 and by the law. */
export function minimumLines({ isoflop, law, bent }: LadderFits): string[] {
  return tableLines(
    [
      "FLOPs",
      "N* of the parabola",
      "N* of the law",
      "N* of the bent law",
      "D* of the parabola",
      "tokens per parameter",
      "lowest loss",
    ],
    isoflop.optima.map(({ flops, params, tokens, loss }) => [
      formatFlops(flops, 3),
      formatCount(params),
      formatCount(pinned(law, flops, flopsPerToken)!.plan.optimum.params),
      formatCount(pinned(bent, flops, flopsPerToken)!.plan.optimum.params),
      formatCount(tokens),
      formatNumber(tokens / params, 2),
      loss.toFixed(3),
    ]),
  );
}

/** What a ladder up to `most` said of the budgets above it, which it had not seen. */
export function heldOutLines(runs: readonly Run[], below: LadderFits, most: number): string[] {
  const { law, bent, isoflop } = below;
  return tableLines(
    [
      "FLOPs",
      "beyond",
      "runs",
      "law off by (mean, rms)",
      "in its 90 % intervals",
      "bent law off by",
      "in its 90 % intervals",
      "N* by law",
      "by bent law",
      "by minima",
      "N* found",
    ],
    [...groupBy(runs, budgetOf)].flatMap(([budget, row]) => {
      if (budget <= most) return [];
      const errorsOf = (made: Fit): string[] => {
        const errors = row.map((run) => {
          const said = predict(made, { params: paramsOf(run), tokens: run.tokens! });
          const { low, high } = said.newRun!;
          return { off: lossOf(run) / said.value - 1, inside: lossOf(run) > low && lossOf(run) < high };
        });
        const off = errors.map((one) => one.off);
        return [
          `${percent(mean(off))}, ${formatNumber(100 * rootMeanSquare(off), 2)} %`,
          `${errors.filter(({ inside }) => inside).length} of ${row.length}`,
        ];
      };
      const planned = (made: Fit): string =>
        formatCount(pinned(made, budget, flopsPerToken)!.plan.optimum.params);
      const [found] = fitIsoflop(tableOf(row.map(plain), { origin: "row" })).optima;
      return [
        [
          formatFlops(budget),
          `${formatNumber(budget / most)}×`,
          String(row.length),
          ...errorsOf(law),
          ...errorsOf(bent),
          planned(law),
          planned(bent),
          formatCount(frontierAt(isoflop.laws!, budget).params),
          found ? formatCount(found.params) : "–",
        ],
      ];
    }),
  );
}

const plain = (run: Run) => ({
  params_total: paramsOf(run),
  tokens: run.tokens,
  flops: run.flops!.value,
  loss: lossOf(run),
  budget: budgetOf(run),
});

/** Approach 2 by other counts of the same runs. */
export function countLines(runs: readonly Run[]): string[] {
  const counts: readonly (readonly [string, (run: Run) => number, (run: Run) => number])[] = [
    ["total parameters, exact FLOPs", paramsOf, (run) => run.flops!.value],
    ["total parameters, 6ND", paramsOf, (run) => 6 * paramsOf(run) * run.tokens!],
    ["without embeddings, exact FLOPs", (run) => run.parameters.nonEmbedding!, (run) => run.flops!.value],
    [
      "without embeddings, 6ND",
      (run) => run.parameters.nonEmbedding!,
      (run) => 6 * run.parameters.nonEmbedding! * run.tokens!,
    ],
  ];
  return tableLines(
    ["counted by", "a", "b", "a + b"],
    counts.map(([name, params, flops]) => {
      const rows = runs.map((run) => ({ ...plain(run), params_total: params(run), flops: flops(run) }));
      const { a, b } = fitIsoflop(tableOf(rows, { origin: name }), { budgets: "budget" }).exponents!;
      return [name, formatNumber(a, 3), formatNumber(b, 3), formatNumber(a + b, 3)];
    }),
  );
}

/** Bytes of a book, about 100,000 words. */
const book = 6e5;

/** One machine for one day: which of three models? */
export function questionLines(runs: readonly Run[], { law, bent }: LadderFits): string[] {
  const asked = [
    { name: "100k parameters on 5,000 books", params: 1e5, tokens: 5000 * book },
    { name: "5M parameters on 100 books", params: 5e6, tokens: 100 * book },
    { name: "500M parameters on one book", params: 5e8, tokens: book },
  ];
  const largest = Math.max(...runs.map(paramsOf));
  const longest = Math.max(...runs.map((run) => run.tokens!));
  const beyond = (value: number, end: number): string =>
    value > end ? `${formatNumber(value / end, 2)}×` : "inside";
  return tableLines(
    [
      "one day",
      "FLOPs (6ND)",
      "loss by the law",
      "by the bent law",
      "beyond the largest model",
      "beyond the longest run",
    ],
    asked.map(({ name, params, tokens }) => {
      const [straight, other] = [law, bent].map((made) => predict(made, { params, tokens }));
      return [
        name,
        formatFlops(6 * params * tokens, 2),
        `${straight.value.toFixed(3)} (${interval(straight.interval)})`,
        `${other.value.toFixed(3)} (${interval(other.interval)})`,
        beyond(params, largest),
        beyond(tokens, longest),
      ];
    }),
  );
}

/** The budget that divides what is fitted from what is predicted. */
const lowerHalf = 8e11;

/** All tables of the ladder, by the name of their place in the README. */
export function ladderTables(): Record<string, string[]> {
  const runs = readRuns("ladder");
  const whole = fitLadder(runs, { bootstrap: 400 });
  const below = fitLadder(
    runs.filter((run) => budgetOf(run) <= lowerHalf),
    { bootstrap: 400 },
  );
  const named = [
    ["all budgets", whole],
    [`up to ${formatFlops(lowerHalf)}`, below],
  ] as const;
  return {
    losses: lossLines(runs),
    seeds: seedLines(runs),
    approaches: approachLines(named),
    law: lawLines(named),
    minima: minimumLines(whole),
    "held-out": heldOutLines(runs, below, lowerHalf),
    counts: countLines(runs),
    question: questionLines(runs, whole),
  };
}
