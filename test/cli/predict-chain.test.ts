import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { findLaw, lawFunction } from "../../src/laws/index.ts";
import { seededRandom } from "../../src/numeric/index.ts";
import { chainPredictionSchema } from "../../src/plan/index.ts";
import { isoflop, plantedCsv, readably, temporaryFolder } from "./world.ts";

const cwd = temporaryFolder();
const point = ["--params", "7B", "--tokens", "200B"];

beforeAll(async () => {
  const random = seededRandom(2);
  const accuracy = lawFunction(findLaw("logistic-loss"), { g: 0.02, h: 0.6, k: 4, L_0: 2.2 });
  const rows = Array.from({ length: 40 }, (_, i) => {
    const loss = 2 + i / 40;
    return `${loss},${accuracy({ loss }) + 0.005 * random.normal()}`;
  });
  writeFileSync(join(cwd, "models.csv"), `loss,accuracy\n${rows.join("\n")}\n`);
  writeFileSync(join(cwd, "runs.csv"), plantedCsv());
  await isoflop(["fit", "runs.csv", "--bootstrap", "60", "-o", "fit.json"], { cwd });
  const fix = ["--objective", "squared", "--fix", "h=0.6", "--bootstrap", "60"];
  await isoflop(["fit", "models.csv", "--law", "logistic-loss", ...fix, "-o", "task.json"], { cwd });
});

test("what a person reads of size and data → loss → accuracy → pass@10", async () => {
  const then = ["--then", "task.json", "--then", "pass-at-k:s=12", "--at", "samples=10"];
  const { out } = await readably(["predict", "fit.json", ...point, ...then], { cwd });
  await expect(out).toMatchFileSnapshot("golden/predict-chain.txt");
});

test("a link may be a fit, a law with its one source, a source, or coefficients; JSON is the noun", async () => {
  const base = ["predict", "--law", "chinchilla", "--source", "besiroglu2024-refit", ...point, "--json"];
  const value = async (then: string): Promise<number> =>
    chainPredictionSchema.parse(JSON.parse((await isoflop([...base, "--then", then], { cwd })).out)).value;
  const own = await value("olmo-task");
  expect(await value("olmo-task:bhagia2024-mmlu-refit")).toBe(own);
  expect(await value("logistic-loss:g=0.02,h=0.6,k=4,L_0=2.2")).toBeLessThan(0.6);
  expect(await value("task.json")).toBeCloseTo(await value("logistic-loss:g=0.02,h=0.6,k=4,L_0=2.2"), 1);
});

test.each([
  [["--then", "coverage"], "chinchilla gives loss, but coverage takes samples"],
  [["--then", "pass-at-k:"], "expected a fit's file, law:source or law:name=value"],
  [
    ["--then", "olmo-task:bhagia"],
    'unknown source "bhagia" of olmo-task; did you mean "bhagia2024-mmlu-refit"?',
  ],
  [
    ["--then", "olmo-task", "--then", "pass-at-k:s=3"],
    "pass-at-k also needs samples; give it with --at samples=…",
  ],
  [["--then", "olmo-task", "--solve", "params", "--target", "0.5"], "--then can't be turned round"],
  [["--then", "olmo-tusk"], 'unknown law "olmo-tusk"; did you mean "olmo-task"?'],
])("%j: refused", async (words, complaint) => {
  const { code, out, err } = await isoflop(["predict", "fit.json", ...point, ...words], { cwd });
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err.replaceAll(/\s+/g, " ")).toContain(complaint);
});
