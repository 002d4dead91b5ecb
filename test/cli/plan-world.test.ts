import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { worldPlacementSchema } from "../../src/plan/index.ts";
import { isoflop, plantedCsv, readably, temporaryFolder } from "./world.ts";

const cwd = temporaryFolder();
const law = ["plan", "world", "--law", "chinchilla", "--source", "besiroglu2024-refit"];

test("what a person reads of all models", async () => {
  const { out, err } = await readably(law);
  await expect(out).toMatchFileSnapshot("golden/plan-world.txt");
  expect(err).toBe("");
});

test("what a person reads of one model: each number, its source, what it was checked with", async () => {
  const { out } = await readably([...law, "--model", "llama 3 8b"]);
  await expect(out).toMatchFileSnapshot("golden/plan-world-model.txt");
  expect(out).toContain("1875 tokens per parameter");
  expect(out).toContain("93.8 times");
});

test("as JSON it is the noun with the claims beside it; a family is a choice of models", async () => {
  const { out, err } = await isoflop([...law, "--json"]);
  expect(err).toBe("");
  const json = JSON.parse(out);
  expect(worldPlacementSchema.parse(json).placements.length).toBeGreaterThan(50);
  expect(json.claims[0].number.value).toBe(93.75);
  const qwen = JSON.parse((await isoflop([...law, "--family", "pythia", "--json"])).out);
  expect(qwen.placements).toHaveLength(8);
  expect(qwen.claims).toEqual([]);
});

test("a fit with draws gives every model its intervals", async () => {
  writeFileSync(join(cwd, "runs.csv"), plantedCsv());
  await isoflop(["fit", "runs.csv", "--bootstrap", "60", "-o", "fit.json"], { cwd });
  const { out } = await readably(["plan", "world", "fit.json", "--model", "Pythia 1B"], { cwd });
  expect(out.match(/90 % interval/g)).toHaveLength(3);
});

test.each([
  [["--model", "GPT 3 175C"], 'unknown model "GPT 3 175C"; did you mean "GPT-3 175B"?'],
  [["--family", "Claude"], 'unknown family "Claude"; known: GPT-3'],
  [["--family", "Qwen", "--model", "GPT-3 175B"], "both --model and --family are given"],
  [["fit.json"], "cannot rest on both fit.json and --law chinchilla"],
])("%j: refused", async (words, complaint) => {
  const { code, out, err } = await isoflop([...law, ...words]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err.replaceAll(/\s+/g, " ")).toContain(complaint);
});
