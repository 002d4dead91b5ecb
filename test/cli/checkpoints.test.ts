import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { type Fit, fitSchema } from "../../src/fit/index.ts";
import { findLaw, lawFunction } from "../../src/laws/index.ts";
import { comparisonSchema } from "../../src/trust/index.ts";
import { isoflop, planted, temporaryFolder } from "./world.ts";

const cwd = temporaryFolder();

beforeAll(() => {
  const value = lawFunction(findLaw("chinchilla"), planted);
  // five sizes with ten checkpoints each, whose first is 10 % too high, as before warm-up ends
  const rows = [1e8, 3e8, 1e9, 3e9, 1e10].flatMap((params) =>
    Array.from({ length: 10 }, (_, i) => {
      const tokens = (i + 1) * 1e10;
      const loss = value({ params, tokens }) * (i === 0 ? 1.1 : 1);
      return `m${params},${params},${tokens},${loss}`;
    }),
  );
  writeFileSync(join(cwd, "curves.csv"), `model,params_total,tokens,loss\n${rows.join("\n")}\n`);
});

async function fitted(...argv: string[]): Promise<Fit> {
  const { out, err, code } = await isoflop(["fit", "curves.csv", ...argv, "--json"], { cwd });
  expect(code, err).toBe(0);
  return fitSchema.parse(JSON.parse(out));
}

test("--drop-first 10B and --drop-share 0.1 leave out the start of each run, and the planted law comes back", async () => {
  expect((await fitted()).rows).toBe(50);
  for (const words of [
    ["--drop-first", "10B"],
    ["--drop-share", "0.1"],
    ["--drop-share", "0.1", "--run", "model"],
  ]) {
    const { rows, parameters } = await fitted(...words);
    expect(rows).toBe(45);
    for (const [name, { value }] of Object.entries(parameters))
      expect(Math.abs(value / planted[name] - 1), name).toBeLessThan(1e-5);
  }
  const { err } = await isoflop(["fit", "curves.csv", "--drop-first", "10B"], { cwd });
  expect(err).toContain("5 of 50 rows dropped: the first 10B tokens");
});

test("--fix-from holds parameters at what another fit found, and --fix overrules it", async () => {
  await isoflop(["fit", "curves.csv", "--drop-first", "10B", "-o", "other.json"], { cwd });
  const { parameters } = await fitted(
    "--where",
    "params_total=1e8|3e8",
    "--fix-from",
    "other.json:alpha,beta",
  );
  for (const name of ["alpha", "beta"]) {
    expect(parameters[name].fixed).toBe(true);
    expect(Math.abs(parameters[name].value / planted[name] - 1)).toBeLessThan(1e-5);
  }
  expect(parameters.E.fixed).toBe(false);
  expect((await fitted("--fix-from", "other.json:alpha", "--fix", "alpha=0.3")).parameters.alpha.value).toBe(
    0.3,
  );
});

test("compare leaves out the same rows", async () => {
  const { out } = await isoflop(
    ["compare", "curves.csv", "--drop-first", "10B", "--holdout", "params", "--json"],
    { cwd },
  );
  const { rows, laws } = comparisonSchema.parse(JSON.parse(out));
  expect(rows).toBe(45);
  expect(laws[0].law).toBe("chinchilla");
});

test("mistakes are told by name", async () => {
  const cases: [words: string[], text: string][] = [
    [["--fix-from", "other.json"], "expected a fit and names, such as other.json:alpha,beta"],
    [["--fix-from", "other.json:gamma"], 'cannot borrow "gamma"'],
    [["--run", "model"], "add --drop-share"],
    [["--drop-share", "0.1", "--run", "name"], 'cannot tell runs apart by "name"'],
    [["--drop-first", "1T"], "none of the 50 rows of curves.csv comes later"],
  ];
  for (const [words, text] of cases) {
    const { code, err } = await isoflop(["fit", "curves.csv", ...words], { cwd });
    expect(code, words.join(" ")).toBe(2);
    expect(err.replace(/\n {2}/g, " ")).toContain(text);
  }
});
