import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { run } from "../../src/cli/run.ts";
import { fitSchema, frontierFitSchema } from "../../src/fit/index.ts";
import { planSchema } from "../../src/plan/index.ts";
import { type Run, runSchema } from "../../src/runs/index.ts";
import { collectRuns, writeSweep } from "../../src/sweep/index.ts";
import { gptShape, type Ladder, planLadder } from "../../src/train/index.ts";
import { exampleDocuments } from "../train/gpt/text.ts";
import { isoflop, readably, temporaryFolder, tooWide } from "./world.ts";

const cwd = temporaryFolder();
const env = { CI: "true" };

beforeAll(() => {
  vi.stubEnv("XDG_CACHE_HOME", join(cwd, "cache")); // nothing is left outside the folder
  mkdirSync(join(cwd, "books"));
  for (const [i, document] of exampleDocuments(60).entries())
    writeFileSync(join(cwd, "books", `${i}.txt`), document);
});
afterAll(() => void vi.unstubAllEnvs());

/** A design as the command keeps it, of models that train in a moment: three budgets of four sizes, no seeds. */
async function prepare(out: string): Promise<void> {
  const settings = { data: { text: [join(cwd, "books")] }, warmupSteps: 5, curveFrom: 8 };
  const designed = planLadder({
    seconds: 1,
    cores: 1,
    speeds: [{ flopsPerToken: 1e5, flopsPerSecond: 2e10 }],
    uniqueTokens: 9e4,
    settings,
  });
  const budgets = designed.budgets.map((budget) => budget / 8);
  const specs = designed.specs
    .filter(({ shape }) => shape!.width <= 24)
    .map((spec) => ({
      ...spec,
      id: spec.id.replace(/^c([\d.e]+)/, (_, budget: string) => `c${Number(budget) / 8}`),
      // an eighth of the tokens, in shorter sequences
      shape: gptShape({ ...spec.shape!, context: 32, headSize: spec.shape!.headSize }),
      tokens: 128 * Math.round(spec.tokens / 8 / 128),
      batchTokens: 128,
    }));
  const ladder: Ladder = { ...designed, budgets, specs, runSeconds: specs.map(() => 0.2) };
  mkdirSync(join(cwd, out, "ladder"), { recursive: true });
  await writeSweep(join(cwd, out, "ladder"), {
    format: "isoflop.sweeprecord/1",
    name: "quickstart",
    specs,
    command: null,
    concurrency: null,
    hours: null,
  });
  const texts = [join(cwd, "books")];
  const design = { minutes: 0.02, ladder, texts, text: "books", engine: "native-0", seed: 0 };
  writeFileSync(join(cwd, out, "ladder.json"), JSON.stringify(design));
}

const inline = ["--executor", "inline", "--concurrency", "1"];
const read = (...path: string[]): string => readFileSync(join(cwd, ...path), "utf8");
const json = (...path: string[]): unknown => JSON.parse(read(...path));
const losses = (runs: readonly Run[]): number[] => runs.map((one) => one.losses[0].value);

describe("isoflop quickstart, on models that train in a moment", () => {
  test("trains, fits three ways, plans, checks the plan, and leaves every file of the way", async () => {
    await prepare("one");
    const { out, err } = await readably(["quickstart", "--out", "one", "--verify", ...inline], { cwd, env });
    expect(readdirSync(join(cwd, "one")).sort()).toEqual([
      "README.md",
      "check",
      "check.json",
      "fit-approach-1.json",
      "fit-approach-2.json",
      "fit-bent.json",
      "fit.json",
      "ladder",
      "ladder.json",
      "plan-100x.json",
      "plan.json",
      "report.html",
      "runs.csv",
      "runs.jsonl",
    ]);
    for (const title of ["models trained", "three ways", "Plans for 10×", "can say", "put to the test"])
      expect(out).toContain(title);
    expect(err).toMatch(/7\.81e8 FLOPs: \d runs, lowest loss/);

    const { ladder } = json("one", "ladder.json") as { ladder: Ladder };
    const made = fitSchema.parse(json("one", "fit.json"));
    expect(made.rows).toBe(ladder.specs.length);
    expect(frontierFitSchema.parse(json("one", "fit-approach-1.json")).approach).toBe(1);
    expect(frontierFitSchema.parse(json("one", "fit-approach-2.json")).approach).toBe(2);
    expect(planSchema.parse(json("one", "plan.json")).budget).toEqual({
      flops: 3.125e10,
      convention: ladder.flopsPerToken,
    });
    const lines = read("one", "runs.jsonl").trim().split("\n");
    for (const line of lines) expect(runSchema.parse(JSON.parse(line)).status).toBe("finished");
    // a plan that has come true or not: said before, trained, compared
    const [planned] = json("one", "check.json") as { predicted: number; actual: number; error: number }[];
    expect(planned.error).toBeCloseTo(planned.actual / planned.predicted - 1, 10);
    expect(read("one", "README.md")).toContain(out.split("\n")[0]);
    expect(readdirSync(join(cwd, "one", "ladder"))).not.toContain("checkpoints");
  });

  test("the commands that it prints work on what it wrote", async () => {
    const { err } = await isoflop(["quickstart", "--out", "one", ...inline], { cwd, env });
    const commands = err
      .replaceAll("\\\n", " ")
      .split("\n")
      .filter((line) => line.startsWith("  isoflop ") && !/ (quickstart|studio) ?/.test(line))
      .map((line) =>
        [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare).slice(1),
      );
    expect(commands).toHaveLength(4);
    for (const words of commands)
      expect((await isoflop(words, { cwd })).err, words.join(" ")).not.toMatch(/^error/m);
    const csv = ["fit", "one/runs.csv", "--clusters", "trunk", "--json"];
    const again = JSON.parse((await isoflop(csv, { cwd })).out);
    expect(again.parameters.alpha.value).toBe(
      fitSchema.parse(json("one", "fit.json")).parameters.alpha.value,
    );
  });

  test("the same command again trains nothing, and says the same", async () => {
    const file = join(
      cwd,
      "one",
      "ladder",
      "runs",
      readdirSync(join(cwd, "one", "ladder", "runs"))[0],
      "run.json",
    );
    const { mtimeMs } = statSync(file);
    const again = ["quickstart", "--out", "one", "--json", ...inline];
    const first = JSON.parse((await isoflop(again, { cwd, env })).out);
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
    expect(first.fit).toEqual(json("one", "fit.json"));
    expect(first.check).toEqual(json("one", "check.json")); // what was checked once stays in the answer
  });

  test("stopped in the middle it says how to go on, and goes on to the same losses", async () => {
    await prepare("two");
    let stop = (): void => {};
    let err = "";
    const code = await run(["quickstart", "--out", "two", ...inline], {
      stdin: async () => "",
      stdout: { write: () => {}, isTerminal: false },
      stderr: {
        write(text) {
          err += text;
          if (text.startsWith("7.81e8 FLOPs:")) stop();
        },
        isTerminal: false,
      },
      cwd,
      env,
      onInterrupt(given) {
        stop = given;
        return () => {};
      },
    });
    expect(code).toBe(1);
    expect(err.replaceAll(/\s+/g, " ")).toMatch(
      /stopped after \d+ of \d+ runs, nothing is lost; go on with isoflop quickstart --out two/,
    );
    const before = (await collectRuns(join(cwd, "two", "ladder"))).length;
    expect(before).toBeGreaterThan(0);
    await readably(["quickstart", "--out", "two", ...inline], { cwd, env });
    const [one, two] = await Promise.all(
      ["one", "two"].map((name) => collectRuns(join(cwd, name, "ladder"))),
    );
    expect(two.length).toBeGreaterThan(before);
    expect(losses(two)).toEqual(losses(one));
  });

  test("another time or text than the folder's is refused, with what to do", async () => {
    const { code, err } = await isoflop(["quickstart", "--out", "one", "--minutes", "7"], { cwd, env });
    expect(code).toBe(2);
    expect(err.replaceAll(/\s+/g, " ")).toContain(
      "one holds a ladder of --minutes 0.02, got 7; give another --out, or leave --minutes away to go on",
    );
    const other = await isoflop(["quickstart", "--out", "one", "--text", "poems"], { cwd, env });
    expect(other.err).toContain("--text");
  });

  test("on a terminal: a table that fills, the curves as they fall, 80 columns, and the cursor comes back", async () => {
    await prepare("three");
    const { err } = await isoflop(["quickstart", "--out", "three", ...inline], {
      cwd,
      env,
      isTerminal: true,
    });
    expect(err).toContain("\x1b[?25l");
    expect(err.lastIndexOf("\x1b[?25h")).toBeGreaterThan(err.lastIndexOf("\x1b[?25l"));
    expect(tooWide({ code: 0, out: "", err })).toEqual([]);
  });
});

test("how long it may take is asked where somebody can answer; what is no time is refused", async () => {
  const asked: string[] = [];
  const code = await run(["quickstart", "--out", "asked"], {
    stdin: async () => "",
    stdout: { write: () => {}, isTerminal: true },
    stderr: { write: () => {}, isTerminal: true },
    cwd,
    env: {},
    async ask(question) {
      asked.push(question);
      return "-3";
    },
  });
  expect(code).toBe(2);
  expect(asked).toEqual(["How many minutes may it take? [10] "]);
});
