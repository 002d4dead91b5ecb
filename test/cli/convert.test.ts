import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { budgetSchema } from "../../src/plan/index.ts";
import { isoflop, readably, temporaryFolder } from "./world.ts";

const cwd = temporaryFolder();

test("what a person reads of budgets: whole, with assumptions, with two limits, and with something missing", async () => {
  const whole = await readably(["convert", "$2M of H100 at $2/h at 40% MFU"]);
  await expect(whole.out).toMatchFileSnapshot("golden/convert.txt");
  const assumed = await readably(["convert", "$2M of H100, served 1e12 tokens"]);
  await expect(assumed.out).toMatchFileSnapshot("golden/convert-assumed.txt");
  const limits = await readably(["convert", "$2M and 30 days on 512 H100"]);
  await expect(limits.out).toMatchFileSnapshot("golden/convert-limits.txt");
  const part = await readably(["convert", "$2M of H100", "--no-assume"]);
  await expect(part.out).toMatchFileSnapshot("golden/convert-missing.txt");
});

test("--hardware reads YAML and JSON, and a wrong field is told with a remedy", async () => {
  const files = {
    "mine.yaml": "name: mine\npeak: 1 PFLOP/s\nmemory: 96 GB\nbandwidth: 4 TB/s\nprice: $1.80/h\n",
    "mine.json": '{ "name": "mine", "peak": 1e15, "memory": 96e9, "bandwidth": 4e12, "price": 1.8 }',
    "wrong.yaml": "name: mine\npeek: 1 PFLOP/s\n",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  const words = ["convert", "64 mine for a week at 50% MFU", "--json", "--hardware"];
  const [yaml, json] = await Promise.all(
    ["mine.yaml", "mine.json"].map((file) => isoflop([...words, file], { cwd })),
  );
  expect(budgetSchema.parse(JSON.parse(yaml.out)).costUsd).toBeCloseTo(64 * 168 * 1.8, 6);
  expect(yaml.out).toBe(json.out);
  const wrong = await isoflop([...words, "wrong.yaml"], { cwd });
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain('wrong.yaml: unknown field "peek"; did you mean "peak"?');
});

test("--pue and --co2 are taken instead of the defaults: 1000 H100-hours are 700 kWh at 1.0, and 40 kg at 0.057", async () => {
  const { out } = await isoflop(["convert", "1000 H100-hours", "--pue", "1", "--co2", "0.057", "--json"]);
  const { cost } = budgetSchema.parse(JSON.parse(out));
  expect(cost?.energyKwh).toBeCloseTo(700, 9);
  expect(cost?.co2Kg).toBeCloseTo(39.9, 9);
});

test("3 PF-days are 2.592e20 FLOPs (1 PF-day = 8.64e19, Kaplan et al. 2020, section 1.3)", async () => {
  const { out, err } = await isoflop(["convert", "3", "PF-days", "--json"]);
  expect(budgetSchema.parse(JSON.parse(out)).flops).toBe(2.592e20);
  expect(err).toBe("");
});

test("under --json what is missing is also said on stderr", async () => {
  const { out, err } = await isoflop(["convert", "$2M of H100", "--no-assume", "--json"]);
  expect(budgetSchema.parse(JSON.parse(out)).flops).toBeNull();
  expect(err).toContain("at 40% MFU");
});
