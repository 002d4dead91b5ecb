import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sweepPlanSchema } from "../../src/plan/index.ts";
import { nextRunsSchema } from "../../src/trust/index.ts";
import { isoflop, plantedCsv, readably, temporaryFolder } from "./world.ts";

const cwd = temporaryFolder();
writeFileSync(join(cwd, "runs.csv"), plantedCsv());

describe("isoflop plan next", async () => {
  await isoflop(["fit", "runs.csv", "-o", "fit.json", "--bootstrap", "60"], { cwd });

  test("says which runs, what is known now and then, and what refits say of it", async () => {
    const { out } = await readably(["plan", "next", "fit.json", "--flops", "1e21"], { cwd });
    await expect(out).toMatchFileSnapshot("golden/plan-next.txt");
  });

  test("--json is the noun, with the runs of the fit found by its name, and -o a sweep that design takes as it is", async () => {
    const argv = ["plan", "next", "fit.json", "--flops", "1e20", "--runs", "3", "--json", "-o", "next.json"];
    const { out } = await isoflop(argv, { cwd });
    const next = nextRunsSchema.parse(JSON.parse(out));
    expect(next.knowledge.from).toBe("runs");
    expect(JSON.parse(readFileSync(join(cwd, "next.json"), "utf8"))).toEqual(JSON.parse(out));
    const swept = await isoflop(["sweep", "design", "next.json", "--json"], { cwd });
    expect(JSON.parse(swept.out).specs).toEqual(next.specs);
    await readably(["sweep", "run", "next.json", "--executor", "inline"], { cwd });
    const { out: status } = await readably(["sweep", "status", "next"], { cwd });
    expect(status).toContain(`${next.specs.length} of ${next.specs.length} runs done`);
  });

  test("elsewhere, without its runs, it goes by the fit alone and says so", async () => {
    const away = temporaryFolder();
    writeFileSync(join(away, "fit.json"), readFileSync(join(cwd, "fit.json")));
    const { out } = await readably(["plan", "next", "fit.json", "--flops", "1e20", "--for", "loss"], {
      cwd: away,
    });
    expect(out).toContain("! The fit's runs are not at hand");
    expect(out).not.toContain("refits each");
  });

  test.each([
    [[], "no budget: give the FLOPs that are left for runs, such as --flops 1e20"],
    [["--flops", "1e12"], "1e12 FLOPs are fewer than the smallest of its runs takes"],
    [["--flops", "1e20", "--for", "n*"], '--for: unknown "n*"; did you mean "N*"?'],
    [["--flops", "1e20", "--epochs", "2"], "add --unique-tokens"],
    [["--flops", "1e20", "--min-steps", "100"], "add --batch-tokens"],
    [["--flops", "1e20", "--vocabulary", "256"], "add --shape llama"],
    [["--flops", "1e20", "--trainer", "gpt", "--shape", "moe"], "take --shape llama"],
  ])("refuses %j", async (more, message) => {
    const { code, err } = await isoflop(["plan", "next", "fit.json", ...more], { cwd });
    expect(code).toBe(2);
    expect(err.replace(/\n {2}/g, " ")).toContain(message);
  });
});

describe("isoflop plan sweep for a target", () => {
  test("an isoFLOP ladder of a hundredth of it, without what the data don't allow", async () => {
    const { out } = await readably(["plan", "sweep", "--target", "1e22", "--unique-tokens", "1B"], { cwd });
    await expect(out).toMatchFileSnapshot("golden/plan-sweep-target.txt");
  });

  test("--design optimal, by two published sets", async () => {
    const argv = ["plan", "sweep", "--target", "1e22", "--design", "optimal", "--runs", "8"];
    const { out } = await readably(argv, { cwd });
    await expect(out).toMatchFileSnapshot("golden/plan-sweep-optimal.txt");
  });

  test("--design ratios, and gpt's runs have shapes that a sweep takes", async () => {
    const { out } = await isoflop(
      [
        "plan",
        "sweep",
        "--target",
        "1e17",
        "--design",
        "ratios",
        "--trainer",
        "gpt",
        "--json",
        "-o",
        "gpt.json",
      ],
      { cwd },
    );
    const sweep = sweepPlanSchema.parse(JSON.parse(out));
    expect(sweep.specs.every(({ shape }) => shape?.vocabulary === 256)).toBe(true);
    const { out: designed } = await readably(["sweep", "design", "gpt.json"], { cwd });
    expect(designed).toContain("gpt");
  });

  test.each([
    [["--design", "optimal"], "no target: runs are chosen for a budget to plan for"],
    [[], "no budgets: give the compute of a run in FLOPs"],
    [["--target", "1e22", "--ratios", "20"], "--ratios belongs to --design ratios, got isoflop"],
    [
      ["--target", "1e22", "--design", "ratios", "--tokens-per-param", "20"],
      "--tokens-per-param belongs to --design isoflop, got ratios",
    ],
    [["--target", "1e22", "--design", "optmal"], 'did you mean "optimal"?'],
  ])("refuses %j", async (more, message) => {
    const { code, err } = await isoflop(["plan", "sweep", ...more], { cwd });
    expect(code).toBe(2);
    expect(err.replace(/\n {2}/g, " ")).toContain(message);
  });
});
