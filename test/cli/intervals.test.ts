import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { fitSchema } from "../../src/fit/index.ts";
import { predictionSchema } from "../../src/plan/index.ts";
import { isoflop, plantedCsv, readably, temporaryFolder } from "./world.ts";

const cwd = temporaryFolder();
beforeAll(() => writeFileSync(join(cwd, "runs.csv"), plantedCsv()));

test("--intervals: three methods side by side for a person, and in the JSON", async () => {
  const argv = ["fit", "runs.csv", "--bootstrap", "100", "--intervals", "bootstrap,profile,delta"];
  const { out } = await readably(argv, { cwd });
  expect(out).toMatch(/90 % intervals side by side\n +bootstrap +profile +delta\n/);
  for (const name of ["E", "A", "alpha", "B", "beta", "a", "N\\* at 3e21"])
    expect(out).toMatch(new RegExp(`\\n +${name} +[\\d.eBMT]+ … [\\d.eBMT]+ +[\\d.]+`));
  expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  const { intervals } = fitSchema.parse(JSON.parse((await isoflop([...argv, "--json"], { cwd })).out));
  expect(intervals!.map(({ quantity }) => quantity)).toEqual([
    "E",
    "A",
    "alpha",
    "B",
    "beta",
    "a",
    "N* at 3e21",
  ]);
  expect(intervals![0]!.intervals.map(({ method }) => method)).toEqual(["bootstrap", "profile", "delta"]);
});

test("--scheme, --interval and --clusters reach the fit, and the terminal says them", async () => {
  const argv = ["fit", "runs.csv", "--bootstrap", "40", "--scheme", "cluster", "--clusters", "flops"];
  const { out } = await readably([...argv, "--interval", "bca"], { cwd });
  expect(out).toMatch(/bootstrap +40 draws \(cluster, 6 clusters by flops, BCa\), seed 0/);
  const made = fitSchema.parse(
    JSON.parse((await isoflop([...argv, "--interval", "bca", "--json"], { cwd })).out),
  );
  expect(made.bootstrap).toMatchObject({
    method: "cluster",
    interval: "bca",
    clusters: { by: "flops", count: 6 },
  });
  expect(made.parameters.E!.interval!.method).toBe("bca");
});

test("predict: a single new run scatters more than the mean", async () => {
  await isoflop(["fit", "runs.csv", "--bootstrap", "100", "-o", "fit.json", "--quiet"], { cwd });
  const argv = ["predict", "fit.json", "--params", "1B", "--tokens", "20B"];
  expect((await readably(argv, { cwd })).out).toMatch(/a single new run: 2\.\d+ … 2\.\d+/);
  const { interval, newRun, value } = predictionSchema.parse(
    JSON.parse((await isoflop([...argv, "--json"], { cwd })).out),
  );
  expect(newRun!.low).toBeLessThan(interval!.low);
  expect(newRun!.high).toBeGreaterThan(interval!.high);
  // the planted noise is 0.2 %: 1.645 of it to each side, and the mean's own
  expect((newRun!.high - newRun!.low) / value).toBeGreaterThan(2 * 1.645 * 0.002 * 0.7);
  expect((newRun!.high - newRun!.low) / value).toBeLessThan(2 * 1.645 * 0.002 * 1.6);
});

test.each([
  [["--scheme", "wilder"], '--scheme: unknown "wilder"; did you mean "wild"?'],
  [["--interval", "bc"], '--interval: unknown "bc"; did you mean "bca"?'],
  [["--intervals", "profile,likelihood"], "--intervals: expected bootstrap, profile, delta"],
  [["--bootstrap", "5", "--scheme", "parametric"], "no two rows have them; use another scheme"],
  [["--bootstrap", "5", "--clusters", "colour"], 'cannot cluster by "colour": runs.csv has no such column'],
])("%j is refused", async (argv, message) => {
  const { err, code } = await isoflop(["fit", "runs.csv", ...argv], { cwd });
  expect(code).toBe(2);
  expect(err.replaceAll(/\s+/g, " ")).toContain(message);
});
