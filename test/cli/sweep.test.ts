import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isoflop, readably, temporaryFolder, tooWide } from "./world.ts";

const cwd = temporaryFolder();
const ladder = `
isoflop:
  budgets: [1e15, 1e16, 1e17]
  sizes: 5
settings: { noise: 0.003, curvePoints: 3 }
`;
writeFileSync(join(cwd, "ladder.yaml"), ladder);
const flat = (text: string): string => text.replaceAll(/\s+/g, " ");
let files = 0;
/** The noun that a command prints. */
async function json(argv: readonly string[]): Promise<ReturnType<typeof JSON.parse>> {
  const { code, out, err } = await isoflop(argv, { cwd });
  expect(err).not.toMatch(/^error: /m);
  expect(code).toBe(0);
  return JSON.parse(out);
}
/** Writes a sweep's file under a name of its own, and says it. */
function file(text: string): string {
  const name = `sweep-${files++}.yaml`;
  writeFileSync(join(cwd, name), text);
  return name;
}

describe("isoflop sweep", () => {
  test("design → run → status → collect → fit, and run again finds nothing to do", async () => {
    const design = await readably(["sweep", "design", "ladder.yaml"], { cwd });
    expect(design.out).toContain("ladder: 15 runs, 5.55e17 FLOPs together (6ND)");
    const run = await readably(["sweep", "run", "ladder.yaml", "--executor", "inline"], { cwd });
    expect(run.out).toBe("ladder: 15 of 15 runs done, 100 % of 5.55e17 FLOPs\n");
    expect(run.err).toContain("15/15 c1e17-n115M-s0 finished, loss 4.74");
    const state = await json(["sweep", "status", "ladder", "--json"]);
    expect(state).toMatchObject({ format: "isoflop.sweepstate/1", total: 15, finished: 15, conductor: null });
    expect((await readably(["sweep", "status", "ladder", "--all"], { cwd })).out).toContain(
      "c1e17-n115M-s0   done",
    );

    for (const out of ["runs.jsonl", "runs.csv"]) {
      await readably(["sweep", "collect", "ladder", "-o", out], { cwd });
      const fit = await json(["fit", out, "--json"]);
      expect(fit).toMatchObject({ rows: 15, status: "converged" });
      expect(fit.conventions.params).toBe("total");
    }
    const before = readFileSync(join(cwd, "ladder/runs/c1e17-n115M-s0/run.json"), "utf8");
    const again = await readably(["sweep", "run", "ladder.yaml", "--executor", "inline"], { cwd });
    expect(again.err).not.toContain("finished");
    expect(readFileSync(join(cwd, "ladder/runs/c1e17-n115M-s0/run.json"), "utf8")).toBe(before);
  });

  test("a file of plan sweep -o and a list of specs are sweeps; numbers as people write them", async () => {
    await readably(["plan", "sweep", "--budgets", "1e15,1e16", "--sizes", "3", "-o", "planned.json"], {
      cwd,
    });
    const planned = await json(["sweep", "design", "planned.json", "--json"]);
    expect(planned.specs).toHaveLength(6);
    const listed = file(JSON.stringify(planned.specs));
    expect((await json(["sweep", "design", listed, "--json"])).specs).toEqual(planned.specs);
    const named = file("runs: planned.json\nname: again\nsettings: { noise: 0.1 }\n");
    const again = await json(["sweep", "design", named, "--json"]);
    expect(again).toMatchObject({
      name: "again",
      specs: planned.specs.map(() => ({ settings: { noise: 0.1 } })),
    });
    const grid = file(
      "grid: { params: [70M, 1.5B], tokens: 20B }\nseeds: [3, 0]\nbudget: { hours: 2 }\nconcurrency: 2\n",
    );
    const { specs, hours, concurrency } = await json(["sweep", "design", grid, "--json"]);
    expect([hours, concurrency]).toEqual([2, 2]);
    expect(specs.map((spec: { parameters: unknown; seed: number }) => [spec.parameters, spec.seed])).toEqual([
      [{ total: 70e6 }, 3],
      [{ total: 70e6 }, 0],
      [{ total: 1.5e9 }, 3],
      [{ total: 1.5e9 }, 0],
    ]);
  });

  test("a program of somebody's trains the runs, and a wrong one can be put right by resume", async () => {
    writeFileSync(
      join(cwd, "train.mjs"),
      `import { appendFileSync, readFileSync } from "node:fs";
       const [specFile, out] = process.argv.slice(2);
       const { parameters, tokens } = JSON.parse(readFileSync(specFile, "utf8"));
       const loss = 1.7 + 400 / parameters.total ** 0.34 + 2000 / tokens ** 0.36;
       appendFileSync(out + "/metrics.jsonl", JSON.stringify({ step: 1, tokens, loss, split: "validation" }) + "\\n");`,
    );
    const grid = file("name: program\ngrid: { params: [1M, 2M, 4M], tokens: [10M, 20M, 40M] }\n");
    const node = `"${process.execPath}"`;
    const wrong = await isoflop(["sweep", "run", grid, "--trainer", `${node} nowhere.mjs {spec} {out}`], {
      cwd,
    });
    expect(wrong.code).toBe(1);
    expect(flat(wrong.err)).toContain(
      "9 of 9 runs failed (program/runs/<id>/log.txt has what they printed); try them again with isoflop sweep resume program",
    );
    expect(tooWide(wrong)).toEqual([]);
    const status = await readably(["sweep", "status", "program"], { cwd });
    expect(status.out).toContain("0 of 9 runs done, 9 failed");
    expect(flat(status.out)).toContain("left with exit code 1; it last said:");
    const right = await readably(
      ["sweep", "resume", "program", "--trainer", `${node} train.mjs {spec} {out}`, "--concurrency", "2"],
      { cwd },
    );
    expect(right.out).toContain("program: 9 of 9 runs done");
    await readably(["sweep", "collect", "program", "-o", "program.jsonl"], { cwd });
    expect((await json(["fit", "program.jsonl", "--json"])).rows).toBe(9);
  });

  test("a cancelled sweep runs when it is resumed, not before", async () => {
    const grid = file("name: cancelled\ngrid: { params: [1M], tokens: [10M, 20M] }\n");
    await readably(["sweep", "design", grid, "-o", "cancelled"], { cwd });
    expect(flat((await readably(["sweep", "cancel", "cancelled"], { cwd })).err)).toContain(
      "nobody was at work on it",
    );
    const refused = await isoflop(["sweep", "run", "cancelled"], { cwd });
    expect(refused).toMatchObject({ code: 2 });
    expect(flat(refused.err)).toContain("was cancelled; isoflop sweep resume cancelled goes on with it");
    await readably(["sweep", "resume", "cancelled", "--executor", "inline"], { cwd });
    expect((await readably(["sweep", "status", "cancelled"], { cwd })).out).toContain("2 of 2 runs done");
  });

  test("stable trunks are trained and not collected", async () => {
    const grid = file("name: branches\ndecay: 0.2\ngrid: { params: [1M], tokens: [10M, 20M, 40M] }\n");
    await readably(["sweep", "run", grid, "--executor", "inline"], { cwd });
    const { err, out } = await isoflop(["sweep", "collect", "branches"], { cwd });
    expect(out.trim().split("\n")).toHaveLength(3);
    expect(err).toContain("3 runs, 1 stable trunk left out.");
  });

  test("on a terminal it draws the runs at work, and leaves the cursor as it was", async () => {
    const grid = file(
      "name: drawn\ngrid: { params: [1M, 2M], tokens: [10M] }\nsettings: { curvePoints: 4, pauseMs: 200 }\n",
    );
    const { err, code } = await isoflop(["sweep", "run", grid, "--executor", "inline"], {
      cwd,
      isTerminal: true,
      env: { NO_COLOR: "1" },
    });
    expect(code).toBe(0);
    expect(err).toContain("tokens/s");
    expect(err).toMatch(/n1M-s0-d10M +\d+ %/);
    expect(err.lastIndexOf("\x1b[?25h")).toBeGreaterThan(err.lastIndexOf("\x1b[?25l"));
  });

  test.each<[string, string]>([
    ["grid: { params: [1M] }", "expected one of tokens, tokensPerParam, flops, got none"],
    [
      "grid: { params: [x], tokens: 1M }",
      'grid.params: expected a number above 0, such as 1e17 or 70M, got "x"',
    ],
    ["grid: { parms: [1M], tokens: 1M }", 'unknown key "parms"; did you mean "params"?'],
    ["isoflops: {}", 'unknown key "isoflops"; did you mean "isoflop"?'],
    ["name: x", "expected one of runs, isoflop and grid, got none"],
    ["grid: { params: 1M, tokens: 1M }\nisoflop: { budgets: 1e15 }", "got isoflop and grid"],
    ["grid: { params: 1M, tokens: 1M }\ntrainer: gtp", 'unknown trainer "gtp"; there are "gpt", "synthetic"'],
    [
      "grid: { params: 1M, tokens: 1M }\ntrainer: { command: 7 }",
      "trainer.command: expected a line or a list of words, got 7",
    ],
    [
      "grid: { params: 1M, tokens: 1M }\nbudget: { flops: 1e12 }",
      "the sweep's runs take 6e12 FLOPs (6ND), its budget is 1e12",
    ],
    [
      "grid: { params: 1M, tokens: 1M }\nname: ../elsewhere",
      'name: expected a name, which is no path, got "../elsewhere"',
    ],
    ["grid: { params: 1M, tokens: 1M }\nname: 7", "name: expected a name, which is no path, got 7"],
    // misread, they would train on another text than they were given
    ["grid: { params: 1M, tokens: 1M }\ndata: books", 'data: expected an object, got "books"'],
    [
      "trainer: gpt\ngrid: { shapes: [{ width: 16 }], tokens: 1M }\ndata: { texts: books }",
      'data: unknown key "texts"; did you mean "text"?',
    ],
    ["grid: { params: 1M, tokens: 1M }\nseeds: [0.5]", "seeds: expected a whole number, got 0.5"],
    ["runs: []", "expected RunSpecs or a file of plan sweep -o"],
    ["a: [", "expected YAML or JSON"],
  ])("refuses the file %j, and says where it is wrong", async (text, message) => {
    const { code, err } = await isoflop(["sweep", "design", file(text)], { cwd });
    expect(flat(err)).toContain(message);
    expect(code).toBe(2);
  });

  test.each<[string[], string]>([
    [["sweep"], "sweep needs a second word: sweep design, sweep check, sweep run"],
    [["sweep", "status", "nowhere"], "expected a folder with a sweep.json"],
    [["sweep", "run", "empty"], "expected a folder with a sweep.json"],
    [["sweep", "run", "ladder", "--out", "other"], "--out and --trainer go with a file"],
    [["sweep", "resume", "ladder", "--trainer", "python {out}"], 'is trained by "synthetic"'],
  ])("refuses %j", async (argv, message) => {
    mkdirSync(join(cwd, "empty"), { recursive: true });
    await readably(["sweep", "design", "ladder.yaml", "-o", "ladder"], { cwd });
    const { code, err } = await isoflop(argv, { cwd });
    expect(flat(err)).toContain(message);
    expect(code).toBe(2);
  });

  test("another sweep in the same folder is refused", async () => {
    const first = file("name: same\ngrid: { params: 1M, tokens: 10M }\n");
    const second = file("name: same\ngrid: { params: 2M, tokens: 10M }\n");
    await readably(["sweep", "design", first, "-o", "same"], { cwd });
    const { code, err } = await isoflop(["sweep", "run", second], { cwd });
    expect(flat(err)).toContain('holds another sweep, "same" of 1 runs; choose another folder');
    expect(code).toBe(2);
  });

  test("a diverged run, which has no loss, is left out of what is collected for a fit, and said", async () => {
    const nan = `const fs = require("fs"), [out, tokens, seed] = process.argv.slice(1);
      const line = (loss) => '{"step":1,"tokens":' + tokens + ',"loss":' + loss + ',"split":"validation"}\\n';
      fs.appendFileSync(out + "/metrics.jsonl", line(seed === "1" ? "NaN" : "3"));`;
    const command = [process.execPath, "-e", nan, "{out}", "{tokens}", "{seed}"];
    const sweep = { name: "nan", trainer: { command }, grid: { params: 1e6, tokens: 1e7 }, seeds: [0, 1, 2] };
    expect((await isoflop(["sweep", "run", file(JSON.stringify(sweep))], { cwd })).code).toBe(0);
    const { out, err } = await isoflop(["sweep", "collect", "nan"], { cwd });
    expect(err).toContain("2 runs, 1 diverged left out.");
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).status),
    ).toEqual(["finished", "finished"]);
    const all = await isoflop(["sweep", "collect", "nan", "--diverged"], { cwd });
    expect(all.out).toContain('"status":"diverged"');
  });

  test("nothing to collect is said", async () => {
    await readably(["sweep", "design", file("grid: { params: 1M, tokens: 10M }\n"), "-o", "nothing"], {
      cwd,
    });
    expect(await isoflop(["sweep", "collect", "nothing"], { cwd })).toMatchObject({ code: 1, out: "" });
  });

  test("check tries the trainer on the smallest run, and says what it found", async () => {
    const good = await readably(["sweep", "check", "ladder.yaml"], { cwd });
    expect(good.out).toMatch(/^ladder: synthetic, tried on c1e15-n\S+-s0 with \S+ tokens\n/);
    expect(good.out.match(/^ {2}✓ /gm)).toHaveLength(10);
    expect((await json(["sweep", "check", "ladder.yaml", "--json"])).length).toBe(10);
    // a run without a curve: two points were to be reported
    const mute = file("isoflop: { budgets: [1e15], sizes: 3 }");
    const { code, out, err } = await isoflop(["sweep", "check", mute, "--tokens", "1M"], { cwd });
    expect(code).toBe(1);
    expect(out).toContain("with 1M tokens");
    expect(flat(out)).toContain(
      "✗ it reports two points or more as they come, in order, and they are the run's curve → expected two points at least, got 0",
    );
    expect(tooWide({ code, out, err })).toEqual([]);
    expect(flat(err)).toMatch(/error: 2 of 10 checks failed/);
  });

  test("a plan may lie anywhere", async () => {
    const specs = (await json(["sweep", "design", "ladder.yaml", "--json"])).specs;
    writeFileSync(join(cwd, "specs.json"), JSON.stringify(specs));
    const { specs: read } = await json([
      "sweep",
      "design",
      file(`runs: ${join(cwd, "specs.json")}`),
      "--json",
    ]);
    expect(read).toHaveLength(15);
  });

  test("paths of data lead from where the file lies", async () => {
    mkdirSync(join(cwd, "deep"), { recursive: true });
    writeFileSync(
      join(cwd, "deep/tokens.yaml"),
      'trainer: { command: "train {out} {data}" }\ndata: { tokens: shards }\ngrid: { params: 1M, tokens: 1M }',
    );
    const [spec] = (await json(["sweep", "design", "deep/tokens.yaml", "--json"])).specs;
    expect(spec.settings.data).toEqual({ tokens: join(cwd, "deep/shards") });
  });
});
