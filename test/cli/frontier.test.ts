import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { type FrontierFit, frontierFitSchema } from "../../src/fit/index.ts";
import { planSchema } from "../../src/plan/index.ts";
import { isoflop, plantedCsv, readably, temporaryFolder } from "./world.ts";

const cwd = temporaryFolder();
beforeAll(() => writeFileSync(join(cwd, "runs.csv"), plantedCsv()));

async function fitted(argv: readonly string[]): Promise<FrontierFit> {
  const { out, err, code } = await isoflop(["fit", ...argv, "--json"], { cwd });
  expect(code, err).toBe(0);
  return frontierFitSchema.parse(JSON.parse(out));
}

test("what a person reads of approach 2, and of the plan that rests on it", async () => {
  const words = ["fit", "runs.csv", "--approach", "2", "--bootstrap", "200", "-o", "minima.json"];
  const { out } = await readably(words, { cwd });
  await expect(out).toMatchFileSnapshot("golden/fit-isoflop.txt");
  const planned = await readably(["plan", "minima.json", "--flops", "1e23"], { cwd });
  await expect(planned.out).toMatchFileSnapshot("golden/plan-isoflop.txt");
});

test("the plan's JSON has no loss; predict says why there is none", async () => {
  await isoflop(["fit", "runs.csv", "--approach", "2", "-o", "a2.json"], { cwd });
  const { out } = await isoflop(["plan", "a2.json", "1e22", "--json"], { cwd });
  expect(planSchema.parse(JSON.parse(out))).toMatchObject({ optimum: { loss: null }, flatRegion: null });
  const swept = await readably(["plan", "sweep", "a2.json", "--budgets", "1e21"], { cwd });
  expect(swept.out).toContain(
    "around the optimum of\napproach 2 (parabola), 6 minima in 42 rows of runs.csv",
  );
  const { code, err } = await isoflop(["predict", "a2.json", "--params", "1e9", "--tokens", "2e10"], { cwd });
  expect(code).toBe(2);
  expect(err).toContain("approach 2 says where the best model lies");
});

test("options reach the fit: method, tolerance as a share or in percent, window, budgets by a column", async () => {
  expect((await fitted(["runs.csv", "--approach", "1"])).method).toBe("hull");
  expect((await fitted(["runs.csv", "--approach", "2", "--method", "argmin"])).method).toBe("argmin");
  const [share, percent] = [
    await fitted(["runs.csv", "--approach", "2", "--budget-tolerance", "0.02"]),
    await fitted(["runs.csv", "--approach", "2", "--budget-tolerance", "2%", "--window", "3"]),
  ];
  expect(share.slices).toMatchObject({ tolerance: 0.02, window: null });
  expect(percent.slices).toMatchObject({ tolerance: 0.02, window: 3 });
  const tagged = plantedCsv()
    .split("\n")
    .map((line, i) => (line === "" ? line : `${line},${i === 0 ? "tag" : `b${Math.floor((i - 1) / 7)}`}`))
    .join("\n");
  writeFileSync(join(cwd, "tagged.csv"), tagged);
  const named = await fitted(["tagged.csv", "--approach", "2", "--budgets", "tag"]);
  expect(named.slices).toMatchObject({ by: "tag", tolerance: null });
  expect(named.exponents!.a).toBeCloseTo(share.exponents!.a, 12);
});

test("slices without a minimum are listed with the reason; a fit without lines exits 1", async () => {
  const half = plantedCsv()
    .split("\n")
    .filter((_, i) => i === 0 || (i - 1) % 7 < 3)
    .join("\n");
  const { out, err, code } = await isoflop(["fit", "-", "--approach", "2"], { cwd, stdin: half });
  expect(code).toBe(1);
  expect(out).toContain("Left out:");
  expect(out).toMatch(
    /1e18 +3 runs +its minimum lies at or above the largest model \(57\.5M\): train\n +larger ones/,
  );
  expect(err).toContain("error: no fit: No lines through");
});

test.each([
  [["--approach", "4"], "unknown approach 4: expected 1, 2 or 3"],
  [["--method", "akima"], "--method belongs to approach 1 or 2, and this is approach 3"],
  [
    ["--approach", "1", "--method", "akima"],
    'approach 1 has no method "akima"; it has hull, running-minimum',
  ],
  [["--approach", "1", "--window", "3"], "--window belongs to approach 2, and this is approach 1"],
  [["--approach", "2", "--curves", "id"], "--curves belongs to approach 1, and this is approach 2"],
  [["--approach", "2", "--law", "chinchilla"], "--law belongs to approach 3, and this is approach 2"],
  [
    ["--approach", "2", "--budgets", "tag"],
    'cannot tell budgets apart by "tag": runs.csv has no such column',
  ],
])("%j is refused", async (words, reason) => {
  const { code, err } = await isoflop(["fit", "runs.csv", ...words], { cwd });
  expect(code).toBe(2);
  expect(err.replace(/\n\s+/g, " ")).toContain(reason);
});
