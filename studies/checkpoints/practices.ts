import {
  borrow,
  chinchilla,
  type DropStart,
  fit,
  type LargestModel,
  modelsNeeded,
  modelsOf,
  type Observations,
  observe,
  predictLargest,
  type Table,
  where,
} from "../../src/index.ts";

export interface Tables {
  readonly opt: Table;
  readonly gadre: Table;
}

const inputs = ["params", "tokens"];

export function optRuns({ opt }: Tables): Observations {
  return observe(opt, { inputs, output: "loss" });
}

export function gadreRuns({ gadre }: Tables, dataset: string): Observations {
  const { table } = where(gadre, `dataset=${dataset}`);
  return observe(table, { inputs, output: "loss" }, { map: { loss: "loss_c4_val" } });
}

/** What is left out of the beginnings, in the words of the table. */
export const starts: readonly (readonly [name: string, without: DropStart | null])[] = [
  ["nothing", null],
  ["1B tokens", { tokens: 1e9 }],
  ["10B tokens", { tokens: 1e10 }],
  ["30B tokens", { tokens: 3e10 }],
  ["5 % of each run", { share: 0.05 }],
  ["10 %", { share: 0.1 }],
  ["20 %", { share: 0.2 }],
  ["30 %", { share: 0.3 }],
];

export const objectives = ["squared", "squared-log", "huber-log"] as const;

/** Which beginnings to leave out: OPT-175B's last 30 % from the five smaller models. */
export function droppedStarts(tables: Tables): { name: string; outcomes: readonly LargestModel[] }[] {
  const opt = optRuns(tables);
  return starts.map(([name, without]) => ({
    name,
    outcomes: objectives.map((objective) => predictLargest(chinchilla, opt, { objective, without })),
  }));
}

/** How many models, and how much smaller. */
export function optModels(tables: Tables): readonly LargestModel[] {
  return modelsNeeded(chinchilla, optRuns(tables), { objective: "huber-log", without: { tokens: 1e10 } });
}

/** Few small models with exponents of their own, and with those of the same models on another corpus. */
export interface Borrowed {
  readonly dataset: string;
  readonly own: LargestModel;
  readonly borrowed: LargestModel;
}

/** RedPajama lends its exponents to C4 and RefinedWeb; the largest model is 6.9B, once at 20 tokens a parameter. */
export function borrowedExponents(
  tables: Tables,
  datasets: readonly string[] = ["c4_original", "rw_original"],
): Borrowed[] {
  const fixed = borrow(fit(chinchilla, gadreRuns(tables, "rpj")), ["alpha", "beta"]);
  return datasets.flatMap((dataset) => {
    const runs = gadreRuns(tables, dataset);
    return modelsOf(runs)
      .slice(0, -1)
      .flatMap((_, top) => {
        if (top === 0) return [];
        const use = Array.from({ length: top + 1 }, (_, i) => i);
        const own = predictLargest(chinchilla, runs, {}, use);
        return [{ dataset, own, borrowed: predictLargest(chinchilla, runs, { fixed }, use) }];
      });
  });
}

const percent = ({ outcome }: LargestModel): string =>
  outcome === null
    ? "–"
    : `${(100 * outcome.error).toFixed(2)} %${outcome.status === "converged" ? "" : ` (${outcome.status})`}`;

const billions = (params: number): string =>
  params >= 1e9 ? `${(params / 1e9).toPrecision(2)}B` : `${Math.round(params / 1e6)}M`;

export function tableLines(tables: Tables): string[] {
  return [
    "### What to leave out of each run: the last 30 % of OPT-175B from 125M to 30B",
    "",
    `| left out | rows | ${objectives.join(" | ")} |`,
    "|-|-:|-:|-:|-:|",
    ...droppedStarts(tables).map(
      ({ name, outcomes }) =>
        `| ${name} | ${outcomes[0]!.fittedRows} | ${outcomes.map(percent).join(" | ")} |`,
    ),
    "",
    "### How many models, and how much smaller: OPT-175B again, without the first 10B tokens, huber-log",
    "",
    "| fitted | scale-up | rows | ARE |",
    "|-|-:|-:|-:|",
    ...optModels(tables).map(
      (tried) =>
        `| ${tried.params.map(billions).join(", ")} | ${tried.scaleUp.toFixed(1)}× | ${tried.fittedRows} | ${percent(tried)} |`,
    ),
    "",
    "### Exponents of another corpus: 6.9B on C4 and RefinedWeb with α and β of RedPajama, huber-log",
    "",
    "| corpus | up to | scale-up | rows | own exponents | borrowed |",
    "|-|-:|-:|-:|-:|-:|",
    ...borrowedExponents(tables).map(
      ({ dataset, own, borrowed }) =>
        `| ${dataset.startsWith("c4") ? "C4" : "RefinedWeb"} | ${billions(own.params.at(-1)!)} | ${own.scaleUp.toFixed(1)}× | ${own.fittedRows} | ${percent(own)} | ${percent(borrowed)} |`,
    ),
  ];
}
