import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Decision, type Plan, planSchema, sweepPlanSchema } from "../../src/plan/index.ts";
import { isoflop, plantedCsv, readably, temporaryFolder } from "./world.ts";

const cwd = temporaryFolder();
const refit = ["--law", "chinchilla", "--source", "besiroglu2024-refit"];

beforeAll(async () => {
  writeFileSync(join(cwd, "runs.csv"), plantedCsv());
  await isoflop(["fit", "runs.csv", "--bootstrap", "100", "-o", "fit.json"], { cwd });
});

async function planned(argv: readonly string[], stdin = ""): Promise<Plan & Partial<Decision>> {
  const { out, err, code } = await isoflop(["plan", ...argv, "--json"], { cwd, stdin });
  expect(code, err).toBe(0);
  return planSchema.parse(JSON.parse(out));
}

test("what a person reads of a plan by published coefficients", async () => {
  const { out, err } = await readably(["plan", ...refit, "--flops", "5.76e23"], { cwd });
  await expect(out).toMatchFileSnapshot("golden/plan-published.txt");
  expect(err).toBe("");
});

test("what a person reads of a plan by a fit: intervals, flat region, distance from the data", async () => {
  const { out } = await readably(["plan", "fit.json", "--flops", "3e22"], { cwd });
  expect(out).toContain("100× above the largest budget in the data (3e20 FLOPs)");
  await expect(out).toMatchFileSnapshot("golden/plan-fit.txt");
});

test("Gopher's budget by the refit: 73.2B parameters, 18 tokens each (Besiroglu et al. 2024, at the optimum)", async () => {
  const { optimum } = await planned([...refit, "--flops", "5.76e23"]);
  expect(optimum.params).toBeCloseTo(73.2e9, -8); // the design prints three digits
  expect(optimum.tokensPerParam).toBeCloseTo(17.9, 1);
});

test("a budget in words is the same as its FLOPs, wherever it stands", async () => {
  const flops = await planned(["fit.json", "--flops", "2.592e20"]);
  const words = await planned(["fit.json", "3 PF-days"]);
  expect({ ...words, asked: null }).toEqual(flops);
  expect(words).toMatchObject({ asked: { text: "3 PF-days", flops: 2.592e20 } });
  expect(await planned(["fit.json", "3", "PF-days"])).toEqual(words);
  expect(await planned(["fit.json", "--budget", "3 PF-days"])).toEqual(words);
  const published = await planned([...refit, "512 H100 for 30 days at 40% MFU"]);
  expect(published.budget.flops).toBeCloseTo(5.2521467904e23, -14); // 512 · 720 · 3600 · 9.894e14 · 0.4
});

test("coefficients of one's own are planned with as published ones are", async () => {
  const set = ["E=1.69", "A=406.4", "alpha=0.336", "B=410.7", "beta=0.283"];
  const given = await planned(["--law", "chinchilla", "--set", ...set, "--flops", "1e22"]);
  const published = await planned(["--law", "chinchilla", "--source", "sardana2023", "--flops", "1e22"]);
  expect(given.basis).toEqual({ kind: "given", law: "chinchilla" });
  expect(given.optimum).toEqual(published.optimum);
  const { out } = await readably(["plan", "--law", "chinchilla", "--set", ...set, "--flops", "1e22"]);
  expect(out).toContain("by chinchilla with the coefficients given:");
  expect(out).toContain("The range of the data behind it is not known.");
});

test("--flops-per-token counts the budget otherwise, and the plan says how", async () => {
  const law = ["plan", "--law", "chinchilla", "--source", "sardana2023", "--flops", "1e22"];
  const { out } = await readably([...law, "--flops-per-token", "6 * N + 1e9"]);
  expect(out).toContain("1e22 FLOPs (6 * N + 1e9 for each token) buy best");
  expect(out).toContain("C = (6 * N + 1e9)·D");
});

test("what a person reads of money, hardware and a load: the whole page", async () => {
  const { out } = await readably(["plan", ...refit, "$2M of H100, served 1e12 tokens"], { cwd });
  await expect(out).toMatchFileSnapshot("golden/plan-whole.txt");
});

test("a budget may stand as --flops beside words that want something else, and not beside another budget", async () => {
  const both = await planned([...refit, "--flops", "1e21", "20 tokens per parameter"]);
  expect(both.optimum.tokensPerParam).toBeCloseTo(20, 9);
  const { err, code } = await isoflop(["plan", ...refit, "--flops", "1e21", "3 PF-days"], { cwd });
  expect(code).toBe(2);
  expect(err).toContain('the budget is given twice, as --flops and as "3 PF-days"; give it once');
});

test("hardware of one's own is costed by its own peak and price", async () => {
  writeFileSync(
    join(cwd, "mine.yaml"),
    "name: mine\npeak: { bf16: 1 PFLOP/s }\nmemory: 96 GB\nbandwidth: 4 TB/s\nprice: $1/h\npower: 500 W\n",
  );
  const made = await planned([...refit, "--hardware", "mine.yaml", "1000 mine for 10 days at 50% MFU"]);
  expect(made.budget.flops).toBeCloseTo(1000 * 240 * 3600 * 1e15 * 0.5, -15);
  expect(made.cost).toMatchObject({ hardware: "mine", costUsd: expect.closeTo(240_000, 3) });
});

test("--explain shows the arithmetic, --export a program, a table or a formula", async () => {
  const at = ["plan", ...refit, "--flops", "5.76e23"];
  const explained = await readably([...at, "--explain"], { cwd });
  expect(explained.out).toMatch(/^1\. budget: C/);
  expect(explained.out).toContain("https://arxiv.org/abs/2203.15556");
  for (const [language, part] of [
    ["python", "import math"],
    ["latex", "\\begin"],
    ["csv", "73"],
  ] as const)
    expect((await isoflop([...at, "--export", language], { cwd })).out).toContain(part);
});

test("a fit through a pipe, and -o", async () => {
  const fit = await isoflop(["fit", "runs.csv", "--json"], { cwd });
  const made = await planned(["-", "--flops", "1e21", "-o", "plan.json"], fit.out);
  expect(made.basis).toMatchObject({ kind: "fit", rows: 42, origin: "runs.csv" });
});

test("--at gives the other inputs of a law, and their absence is told", async () => {
  const law = ["--law", "data-constrained", "--flops", "1e23"];
  const without = await isoflop(["plan", ...law], { cwd });
  expect(without.code).toBe(2);
  expect(without.err).toContain("--at uniqueTokens=");
  const { held, optimum } = await planned([...law, "--at", "uniqueTokens=100B"]);
  expect(held).toEqual({ uniqueTokens: 100e9 });
  expect(optimum.tokens).toBeGreaterThan(0);
});

test("--flat widens the flat region and --level the intervals", async () => {
  const narrow = await planned(["fit.json", "--flops", "1e21"]);
  const wide = await planned(["fit.json", "--flops", "1e21", "--flat", "0.01", "--level", "0.5"]);
  expect(wide.flatRegion!.params[0]).toBeLessThan(narrow.flatRegion!.params[0]);
  expect(wide.intervals!.params!.level).toBe(0.5);
});

describe("plan sweep", () => {
  test("what a person reads", async () => {
    const { out } = await readably(["plan", "sweep", "--budgets", "1e17,3e17,1e18", "--sizes", "4"], { cwd });
    await expect(out).toMatchFileSnapshot("golden/plan-sweep.txt");
  });

  test("JSON is a sweep of run specs, by tokens per parameter or around a fit", async () => {
    const argv = [
      "plan",
      "sweep",
      "--budgets",
      "1e18 1e19",
      "--sizes=5",
      "--spread",
      "3",
      "--seeds",
      "0,1",
      "--json",
    ];
    const sweep = sweepPlanSchema.parse(JSON.parse((await isoflop(argv, { cwd })).out));
    expect(sweep.runs).toBe(20);
    expect(sweep.design).toMatchObject({ spread: 3, seeds: [0, 1], trainer: "synthetic" });
    const around = sweepPlanSchema.parse(JSON.parse((await isoflop([...argv, "fit.json"], { cwd })).out));
    expect(around.design).toMatchObject({ centre: { rule: "optimum", basis: { kind: "fit" } } });
  });
});
