import { describe, expect, test } from "vitest";
import { type Cell, observe, otherColumns, reviewData, tableOf } from "../../src/runs/index.ts";
import { hasSharedData, sharedTable } from "../shared-data.ts";

const wanted = { inputs: ["params", "tokens"], output: "loss" };
type Row = Readonly<Record<string, Cell>>;

/** Six clean runs, each with what a case adds to it. */
const clean: readonly Row[] = [1e7, 1e8, 1e9].flatMap((params) =>
  [1e9, 1e10].map((tokens) => ({ params, tokens, loss: 1.8 + 480 / params ** 0.35 + 2100 / tokens ** 0.37 })),
);
const review = (rows: readonly Row[]) => reviewData(observe(tableOf(rows, { origin: "runs.csv" }), wanted));
const withColumn = (more: (row: Row, i: number) => Row): Row[] =>
  clean.map((row, i) => ({ ...row, ...more(row, i) }));

test("clean runs are not remarked upon", () => {
  expect(review(clean)).toEqual([]);
});

test("fractions of warm-up, code or dropout, and steps counted from 0, are no unfinished schedule", () => {
  const fractions = { warmup_fraction: 0.01, code_fraction: 0.2, dropout_portion: 0.1 };
  expect(review(withColumn(() => fractions))).toEqual([]);
  expect(review(withColumn(() => ({ step: 499, total_steps: 500 })))).toEqual([]);
});

test("an exact count of FLOPs is well above 6ND on tiny models, and no wrong unit", () => {
  const times = (name: string, factor: number) =>
    review(
      withColumn(({ params, tokens }) => ({ [name]: factor * 6 * (params as number) * (tokens as number) })),
    ).map(({ code }) => code);
  expect(times("flops_exact", 2.3)).toEqual([]);
  expect(times("flops_exact", 1000)).toEqual(["flops-unlike-6nd"]);
  expect(times("flops", 2.3)).toEqual(["flops-unlike-6nd"]);
});

const cases: readonly [
  string,
  string,
  readonly Row[],
  { lines?: number[]; remedy?: string; says: string },
][] = [
  [
    "a run whose state is crashed",
    "unfinished-runs",
    withColumn((_, i) => ({ state: i === 2 ? "crashed" : "finished" })),
    { lines: [3], remedy: "--where state=finished", says: "crashed" },
  ],
  [
    "a portion of the schedule below one",
    "decay-unfinished",
    withColumn((_, i) => ({ portion_steps_elapsed: i < 2 ? 0.5 : 1 })),
    { lines: [1, 2], remedy: "--where portion_steps_elapsed=1", says: "before their schedule ended" },
  ],
  [
    "steps below the total",
    "decay-unfinished",
    withColumn((_, i) => ({ current_steps: i < 1 ? 800 : 1000, total_steps: 1000 })),
    { lines: [1], says: "current_steps below total_steps" },
  ],
  [
    "a learning rate that starves its run",
    "untuned-settings",
    [
      ...withColumn(() => ({ lr: 3e-3 })),
      { ...clean[0]!, loss: 1.05 * (clean[0]!.loss as number), lr: 1e-4 },
    ],
    { lines: [7], says: "differ in lr" },
  ],
  [
    "more of both and a loss 20 % higher",
    "worse-with-more",
    [...clean, { params: 2e9, tokens: 2e10, loss: 1.2 * (clean[5]!.loss as number) }],
    { lines: [7], says: "diverged" },
  ],
  [
    "FLOPs a thousand times 6ND",
    "flops-unlike-6nd",
    withColumn(({ params, tokens }) => ({ flops: 6e3 * (params as number) * (tokens as number) })),
    { lines: [1, 2, 3, 4, 5, 6], says: "is 1000 times 6" },
  ],
  [
    "a loss above ln of a small vocabulary",
    "loss-above-guessing",
    withColumn(() => ({ vocab_size: 10 })),
    { says: "blind guess" },
  ],
  [
    "tokens beyond the unique ones",
    "repeated-data",
    withColumn(({ tokens }, i) => ({ unique_tokens: (tokens as number) / (i === 5 ? 3 : 1) })),
    { lines: [6], says: "up to 3 times" },
  ],
  [
    "two tokenizers",
    "mixed-groups",
    withColumn((_, i) => ({ tokenizer: i < 3 ? "gpt2" : "llama" })),
    { remedy: "--where tokenizer=gpt2", says: "2 kinds of runs (gpt2, llama)" },
  ],
  [
    "two vocabularies, and so two tokenizers",
    "mixed-groups",
    withColumn((_, i) => ({ vocab_size: i < 3 ? 32000 : 50304 })),
    { remedy: "--where vocab_size=32000", says: "32000, 50304" },
  ],
  [
    "two ways of counting parameters",
    "mixed-groups",
    withColumn((_, i) => ({ param_counting: i < 3 ? "total" : "transformer" })),
    { says: "param_counting" },
  ],
  ["a row twice", "duplicate-rows", [...clean, clean[3]!], { says: "row 7 is row 4" }],
];

test.each(cases)(
  "%s: %s, with rows and remedy, and nothing is left out",
  (_, code, rows, { says, ...more }) => {
    const found = review(rows).filter((finding) => finding.code === code);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject(more);
    expect(found[0]!.message).toContain(says);
    expect(observe(tableOf(rows, { origin: "runs.csv" }), wanted).rows).toBe(rows.length);
  },
);

test("other columns of a quantity come with their convention and in base units", () => {
  const rows = withColumn(({ params }) => ({ "params_non_embedding (M)": (params as number) / 2e6 }));
  const [found] = otherColumns(
    observe(tableOf(rows, { origin: "runs.csv" }), wanted, { map: { params: "params" } }),
    "params",
  );
  expect(found).toMatchObject({ column: "params_non_embedding (M)", convention: "nonEmbedding" });
  expect(found!.values[0]).toBeCloseTo(5e6, 6);
});

describe.skipIf(!hasSharedData)("published data sets", () => {
  const codes = (name: string, map: Record<string, string> = {}): string[] => [
    ...new Set(reviewData(observe(sharedTable(name), wanted, { map })).map(({ code }) => code)),
  ];

  test("misfitting_final: 108 of 261 runs have a learning rate more than 1 % off the best, as its notes say", () => {
    const found = reviewData(
      observe(sharedTable("misfitting_final"), wanted, { map: { params: "params", loss: "loss_c4" } }),
    );
    expect(found.find(({ code }) => code === "untuned-settings")!.message).toMatch(
      /^108 of 261 rows .*peak_lr/,
    );
  });

  test("misfitting_checkpoints: most rows were read before the decay had ended", () => {
    expect(codes("misfitting_checkpoints", { params: "params", loss: "loss_c4" })).toContain(
      "decay-unfinished",
    );
  });

  test("porian_isoflop: corpora, settings and ways of counting are mixed; datablations_182: data are repeated", () => {
    expect(codes("porian_isoflop")).toContain("mixed-groups");
    expect(codes("datablations_182")).toContain("repeated-data");
  });

  test("epoch_chinchilla and llama3_isoflop are clean", () => {
    expect(codes("epoch_chinchilla")).toEqual([]);
    expect(codes("llama3_isoflop")).toEqual([]);
  });
});
