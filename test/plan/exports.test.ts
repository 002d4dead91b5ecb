import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { type FrontierFit, fitIsoflop } from "../../src/fit/index.ts";
import { readCsv } from "../../src/import/index.ts";
import { chinchilla, fineGrainedMoe, type Law, lawFunction, overtraining } from "../../src/laws/index.ts";
import { formulaFunction, parseFormula } from "../../src/numeric/index.ts";
import {
  decide,
  type Plan,
  parseBudget,
  plan,
  planCsv,
  planExplain,
  planLatex,
  planPython,
} from "../../src/plan/index.ts";
import { tableOf } from "../../src/runs/index.ts";
import { plantedFit } from "./planted-fit.ts";

const even = { E: 1.7, A: 400, B: 400, alpha: 0.3, beta: 0.3 };

function sweep(): FrontierFit {
  const law = lawFunction(chinchilla, even);
  const records = [1e18, 1e19, 1e20].flatMap((flops) =>
    [0.25, 0.5, 1, 2, 4].map((factor) => {
      const params = Math.sqrt(flops / 6) * factor;
      const tokens = flops / (6 * params);
      return { params_total: params, tokens, flops, loss: law({ params, tokens }) };
    }),
  );
  return fitIsoflop(tableOf(records, { origin: "sweep" }));
}

const plans: readonly [name: string, made: Plan, law: Law | null][] = [
  ["chinchilla, published", plan({ law: chinchilla, set: "besiroglu2024-refit" }, 5.76e23), chinchilla],
  ["chinchilla, fitted with draws", plan(plantedFit(), 1e21), chinchilla],
  [
    "experts, 6·N/43 a token, an input held",
    plan({ law: fineGrainedMoe, set: "krajewski2024" }, 1e20, { held: { granularity: 16 } }),
    fineGrainedMoe,
  ],
  ["overtraining", plan({ law: overtraining, set: "gadre2024-redpajama-refit" }, 1e20), overtraining],
  ["approach 2", plan(sweep(), 1e22), null],
  ...[
    "$2M of H100, served 1e12 tokens",
    "7B model on 2T tokens",
    "7B model",
    "1e22 FLOPs, 50B unique tokens",
    "7B model, 1e22 FLOPs, 50B unique tokens",
  ].map((words): (typeof plans)[number] => [
    words,
    decide({ law: chinchilla, set: "besiroglu2024-refit" }, parseBudget(words, { assume: true })),
    chinchilla,
  ]),
];

describe.each(plans)("%s", (_, made, law) => {
  test("explained: the loss's line, worked out as it stands, is the plan's loss, but for its six digits an ingredient", () => {
    const steps = planExplain(made, law);
    const line = steps.find(({ what }) => what === "loss there");
    if (law === null) expect(line).toBeUndefined();
    else
      expect(
        Math.abs(formulaFunction(parseFormula(line!.numbers))({}) / made.optimum.loss! - 1),
      ).toBeLessThan(2e-5);
    expect(steps.find(({ what }) => what === "best size")!.value).toBe(made.optimum.params);
    expect(steps.every(({ formula, numbers }) => formula !== "" && numbers !== "")).toBe(true);
  });

  test("explained: law, coefficients and size have a source", () => {
    const sourced = planExplain(made, law).filter(({ what }) => /^(law|coefficients|best size)$/.test(what));
    expect(sourced.length).toBeGreaterThan(0);
    for (const { what, source } of sourced) expect(source, what).not.toBeNull();
  });

  test("as Python it finds the same optimum by itself", (context) => {
    const { status, stdout, stderr, error } = spawnSync("python3", ["-c", planPython(made, law)], {
      encoding: "utf8",
    });
    if (error) return context.skip("there is no python3 here");
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const [, params, tokens] = /^params (\S+) {2}tokens (\S+)/.exec(stdout)!;
    expect(Number(params) / made.optimum.params).toBeCloseTo(1, 5);
    expect(Number(tokens) / made.optimum.tokens).toBeCloseTo(1, 5);
  });

  test("as CSV it reads back to the digit, with the interval in its columns", () => {
    const { columns } = readCsv(planCsv(made, law), { origin: "plan.csv" });
    const names = columns.quantity as readonly string[];
    const cell = (quantity: string, column: string): number =>
      Number(columns[column]![names.indexOf(quantity)]);
    expect(cell("params", "value")).toBe(made.optimum.params);
    expect(cell("tokens", "value")).toBe(made.optimum.tokens);
    const interval = made.intervals?.params;
    if (interval)
      expect([cell("params", "low"), cell("params", "high")]).toEqual([interval.low, interval.high]);
  });

  test("as LaTeX its braces, environments and dollars close", () => {
    const text = planLatex(made, law);
    const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
    expect(count(/(?<!\\)\{/g)).toBe(count(/(?<!\\)\}/g));
    expect(count(/(?<!\\)\$/g) % 2).toBe(0);
    expect(count(/\\begin/g)).toBe(count(/\\end/g));
    expect(text).not.toMatch(/NaN|undefined|null/);
  });
});

test("explained: at the optimum neither end pulls, 6ND: both elasticities of the loss are -0.014169 for 5.76e23", () => {
  const [, made, law] = plans[0]!;
  const check = planExplain(made, law).find(({ what }) => what.startsWith("check"))!;
  expect(check.numbers).toBe("-0.014169 = 1 * -0.014169");
});

test("a cell that a spreadsheet would run is not left as it is", () => {
  const [, made] = plans[0]!;
  const mine = {
    ...made,
    basis: { ...made.basis, kind: "published", law: "x", set: "x", from: "=1+1" },
  } as Plan;
  expect(planCsv(mine, chinchilla)).toContain("'=1+1");
});
