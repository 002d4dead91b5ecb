import {
  compare,
  type Law,
  learningCurveM1,
  learningCurveM2,
  learningCurveM3,
  learningCurveM4,
  observe,
  seededRandom,
  splitFold,
  type Table,
  tableOf,
} from "../../src/index.ts";
import { quantile } from "../../src/numeric/index.ts";

/** A learning curve of Alabdulmohsin et al. 2022 and how far each form misses the part that they held out. */
export interface CurveResult {
  readonly domain: string;
  readonly curve: string;
  readonly fitted: number;
  readonly held: number;
  /** Root mean square of the errors of ln ε, in the order of {@link forms}; null where it could not be fitted. */
  readonly rmse: readonly (number | null)[];
  /** Whether the best is told apart from each of the others. */
  readonly best: string;
  readonly alone: boolean;
}

export const forms: readonly Law[] = [learningCurveM1, learningCurveM2, learningCurveM3, learningCurveM4];

/** Every curve of the table by its own split (`is_train`). */
export function compareCurves(table: Table, domains: readonly string[] = ["NMT", "LM", "BB"]): CurveResult[] {
  const text = (column: string, row: number): string => String(table.columns[column]![row]);
  const curves = new Map<string, number[]>();
  for (let row = 0; row < table.rows; row++) {
    const key = ["domain", "task", "model"].map((column) => text(column, row)).join("\t");
    curves.set(key, [...(curves.get(key) ?? []), row]);
  }
  return [...curves].flatMap(([key, rows]) => {
    const [domain, task, model] = key.split("\t") as [string, string, string];
    if (!domains.includes(domain)) return [];
    // the data repeat some rows of the language models
    const points = new Map<string, { examples: number; loss: number; held: boolean }>();
    for (const row of rows) {
      const [examples, loss] = ["seen_examples", "loss"].map((column) => Number(text(column, row))) as [
        number,
        number,
      ];
      const held = text("is_train", row) === "0";
      points.set(`${examples} ${held}`, { examples, loss, held });
    }
    const sorted = [...points.values()].sort((x, y) => x.examples - y.examples);
    const data = observe(
      tableOf(
        sorted.map(({ examples, loss }) => ({ examples, loss })),
        { origin: key },
      ),
      { inputs: ["examples"], output: "loss" },
    );
    const made = compare(forms, data, {
      objective: "squared-log",
      folds: [splitFold(data.rows, (row) => sorted[row]!.held)],
    });
    const rmse = forms.map(({ name }) => made.laws.find(({ law }) => law === name)?.heldOut?.rmseLog ?? null);
    return [
      {
        domain,
        curve: domain === "BB" ? `${task} ${model}` : model,
        fitted: sorted.filter(({ held }) => !held).length,
        held: sorted.filter(({ held }) => held).length,
        rmse,
        best: made.laws[0]!.law.slice(-2).toUpperCase(),
        alone: made.laws.slice(1).every(({ margin }) => margin?.apart ?? false),
      },
    ];
  });
}

/** Who wins a domain, over its curves. */
export interface DomainResult {
  readonly domain: string;
  readonly curves: number;
  /** On how many curves each form misses least. */
  readonly wins: readonly number[];
  /** The geometric mean of each form's RMSE. */
  readonly typical: readonly number[];
  /** M4's RMSE over that of each form, geometric mean over curves, with a paired 90 % bootstrap interval over curves. */
  readonly ratio: readonly { readonly value: number; readonly low: number; readonly high: number }[];
}

export function byDomain(results: readonly CurveResult[], seed = 0): DomainResult[] {
  return [...new Set(results.map(({ domain }) => domain))].map((domain) => {
    const own = results.filter((result) => result.domain === domain);
    const whole = own.filter(({ rmse }) => rmse.every((value) => value !== null));
    const logs = whole.map(({ rmse }) => rmse.map((value) => Math.log(value!)));
    const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
    return {
      domain,
      curves: whole.length,
      wins: forms.map((_, m) => logs.filter((row) => row[m] === Math.min(...row)).length),
      typical: forms.map((_, m) => Math.exp(mean(logs.map((row) => row[m]!)))),
      ratio: forms.slice(0, -1).map((_, m) => {
        const differences = logs.map((row) => row.at(-1)! - row[m]!);
        const random = seededRandom(seed).fork(m);
        const draws = Float64Array.from({ length: 4000 }, () =>
          mean(differences.map(() => differences[random.integer(differences.length)]!)),
        ).sort();
        return {
          value: Math.exp(mean(differences)),
          low: Math.exp(quantile(draws, 0.05)),
          high: Math.exp(quantile(draws, 0.95)),
        };
      }),
    };
  });
}

const digits = (value: number | null): string =>
  value === null ? "–" : value.toExponential(1).replace("e+", "e");

export function tableLines(results: readonly CurveResult[]): string[] {
  const domains = byDomain(results);
  const names = ["M1", "M2", "M3", "M4"];
  const two = (value: number): string => value.toPrecision(2);
  return [
    "### By domain",
    "",
    `| domain | curves | ${names.map((name) => `${name} wins`).join(" | ")} | M4 / M1 | M4 / M2 | M4 / M3 |`,
    "|-|-:|-:|-:|-:|-:|-:|-:|-:|",
    ...domains.map(
      ({ domain, curves, wins, ratio }) =>
        `| ${domain} | ${curves} | ${wins.join(" | ")} | ${ratio.map(({ value, low, high }) => `${two(value)} (${two(low)} – ${two(high)})`).join(" | ")} |`,
    ),
    "",
    "### By curve: RMSE of ln ε on the held-out end",
    "",
    "| domain | curve | fitted, held out | M1 | M2 | M3 | M4 | best |",
    "|-|-|-:|-:|-:|-:|-:|-|",
    ...results.map(
      ({ domain, curve, fitted, held, rmse, best, alone }) =>
        `| ${domain} | ${curve} | ${fitted}, ${held} | ${rmse.map(digits).join(" | ")} | ${best}${alone ? "" : ", not told apart"} |`,
    ),
  ];
}
