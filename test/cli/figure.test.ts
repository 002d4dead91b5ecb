import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { figureSchema } from "../../src/figures/index.ts";
import { plantedRuns } from "../draw/planted.ts";
import { isoflop, readably, temporaryFolder } from "./world.ts";

const folder = temporaryFolder();
const { params, tokens, loss } = plantedRuns().columns;
const rows = Array.from(params!, (size, i) => [size, tokens![i], loss![i]].join(","));
writeFileSync(join(folder, "runs.csv"), ["params,tokens,loss", ...rows, ""].join("\n"));
const at = { cwd: folder };

test.each(["compute", "isoflop", "allocation", "residuals", "heldout", "curves"])(
  "figure %s of runs: drawn in 80 columns",
  async (name) => {
    const { out } = await readably(["figure", name, "runs.csv", "--bootstrap", "30"], at);
    expect(out).toMatch(/[⠁-⣿●]/);
  },
);

test("a fit stands for itself, asks for its runs where it needs them, and takes them by --data", async () => {
  await readably(["fit", "runs.csv", "--bootstrap", "30", "-o", "fit.json"], at);
  expect((await readably(["figure", "draws", "fit.json"], at)).out).toContain("◆");
  const refused = await isoflop(["figure", "residuals", "fit.json"], at);
  expect(refused.code).toBe(2);
  expect(refused.err.replaceAll(/\s+/g, " ")).toContain("add --data runs.csv");
  await readably(["figure", "residuals", "fit.json", "--data", "runs.csv"], at);
  await isoflop(["plan", "fit.json", "--flops", "1e22", "-o", "plan.json"], at);
  const { out } = await isoflop(["figure", "surface", "plan.json", "--json"], at);
  expect(figureSchema.parse(JSON.parse(out)).title).toContain("The loss over size and data");
});

test("-o writes SVG, PNG and JSON, and the JSON is drawn again as the same SVG", async () => {
  const law = ["figure", "law", "--law", "chinchilla", "--source", "besiroglu2024-refit"];
  for (const file of ["law.svg", "law.png", "law.json"]) {
    const { out } = await readably([...law, "-o", file], at);
    expect(out).toBe("");
  }
  expect(readFileSync(join(folder, "law.png")).subarray(1, 4).toString()).toBe("PNG");
  await readably(["figure", "law.json", "-o", "again.svg"], at);
  expect(readFileSync(join(folder, "again.svg"), "utf8")).toBe(readFileSync(join(folder, "law.svg"), "utf8"));
  await readably([...law, "--theme", "dark", "-o", "dark.svg"], at);
  expect(readFileSync(join(folder, "dark.svg"), "utf8")).not.toContain("<style");
});

test.each([
  [["isofop", "runs.csv"], 'unknown figure "isofop"; did you mean "isoflop"?'],
  [[], "which figure? compute, isoflop"],
  [["surface", "runs.csv"], "which budget? add --flops"],
  [["isoflop"], "this figure is made of runs: give a file of them"],
  [["isoflop", "runs.csv", "-o", "x.gif"], "expected a name ending in .svg, .png or .json"],
  [["isoflop", "runs.csv", "-o", "runs.csv.svg", "--approach", "4"], "unknown approach 4"],
  [["cost", "--law", "chinchilla", "--loss", "2"], "cost needs a loss and what is served"],
  [["frontier", "runs.csv"], "add --approach 2"],
])("figure %j is refused: %s", async (words, reason) => {
  const { code, err } = await isoflop(["figure", ...words], at);
  expect(code).toBe(2);
  expect(err.replaceAll(/\s+/g, " ")).toContain(reason);
  expect(existsSync(join(folder, "x.gif"))).toBe(false);
});
