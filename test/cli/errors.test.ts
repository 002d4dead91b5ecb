import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { Failed, tell } from "../../src/cli/fail.ts";
import { isoflop, plantedCsv, temporaryFolder, tooWide } from "./world.ts";

const cwd = temporaryFolder();
beforeAll(() => {
  writeFileSync(join(cwd, "runs.csv"), plantedCsv());
  writeFileSync(join(cwd, "few.csv"), "params_total,tokens,loss\n1e8,1e9,3\n2e8,1e9,2.9\n3e8,1e9,2.8\n");
  writeFileSync(join(cwd, "bad.csv"), "params_total,tokens,loss\n1e8,1e9,nan\n2e8,1e9,2.9\n");
  writeFileSync(join(cwd, "half.json"), '{"format":"isoflop.fit/1"}');
  writeFileSync(join(cwd, "plan.json"), '{"format":"isoflop.plan/1"}');
  writeFileSync(join(cwd, "text.json"), "not JSON");
});

const mistakes: [command: string[], code: number, complaint: string][] = [
  [["plna"], 2, 'unknown command "plna"; did you mean "plan"?'],
  [["--flops", "3"], 2, 'unknown option "--flops"'],
  [["fit", "runs.csv", "--bootstarp", "3"], 2, 'unknown option "--bootstarp"; did you mean "--bootstrap"?'],
  [["fit"], 2, "no runs to fit"],
  [["fit", "runs.csv", "few.csv"], 2, "too many arguments"],
  [["fit", "rums.csv"], 1, 'cannot read rums.csv: no such file or folder; did you mean "runs.csv"?'],
  [["fit", "."], 1, "it is a folder"],
  [["fit", "few.csv"], 2, "5 parameters need at least 6 runs, got 3"],
  [["fit", "bad.csv"], 2, 'bad.csv, row 2, column "loss"'],
  [["fit", "runs.csv", "--law", "chinchila"], 2, 'unknown law "chinchila"; did you mean "chinchilla"?'],
  [["fit", "runs.csv", "--approach", "4"], 2, "unknown approach 4: expected 1, 2 or 3"],
  [["fit", "runs.csv", "--objective", "huber-lgo"], 2, 'did you mean "huber-log"?'],
  [["fit", "runs.csv", "--map", "loss=vall_loss"], 2, 'did you mean "val_loss"?'],
  [["fit", "runs.csv", "--map", "loss="], 2, "--map: expected name=value"],
  [["fit", "runs.csv", "--where", "thrids=1"], 2, 'did you mean "thirds"?'],
  [["fit", "runs.csv", "--weights", "thrids"], 2, 'did you mean "thirds"?'],
  [["fit", "runs.csv", "--fix", "F=1"], 2, 'cannot fix "F"'],
  [["fit", "runs.csv", "--fix", "A=many"], 2, "--fix A: cannot read"],
  [["fit", "runs.csv", "--bootstrap", "-3"], 2, "--bootstrap: expected a whole number"],
  [["fit", "runs.csv", "--level", "90"], 2, "--level: expected a number between 0 and 1"],
  [["fit", "runs.csv", "--params-convention", "all"], 2, "expected total, nonEmbedding, active"],
  [["fit", "runs.csv", "--formula", "E + A / N^alpha"], 2, "also needs --inputs"],
  [["fit", "runs.csv", "--formula", "E + exq(N)", "--inputs", "params=N"], 2, 'did you mean "exp"?'],
  [["fit", "runs.csv", "--output", "fit.json"], 2, "use -o FILE"],
  [["fit", "runs.csv", "-o", "no/such/fit.json"], 1, "cannot write no/such/fit.json"],
  [["plan"], 2, "nothing to rest on"],
  [["plan", "3 PF-days"], 2, "nothing to rest on"],
  [["plan", "half.json", "--flops", "1e20"], 2, "it is no whole fit"],
  [
    ["plan", "plan.json", "--flops", "1e20"],
    2,
    'expected a fit (format "isoflop.fit/1"), got "isoflop.plan/1"',
  ],
  [["plan", "text.json", "--flops", "1e20"], 2, "cannot read text.json: expected JSON"],
  [["plan", "--law", "chinchilla", "--flops", "1e20"], 2, "choose one with --source: besiroglu2024-refit"],
  [
    ["plan", "--law", "chinchilla", "--source", "besirolgu2024", "--flops", "1e20"],
    2,
    'did you mean "besiroglu2024"?',
  ],
  [["plan", "--source", "besiroglu2024"], 2, "add --law"],
  [["plan", "half.json", "--law", "chinchilla"], 2, "cannot rest on both"],
  [["plan", "--law", "chinchilla", "--source", "sardana2023"], 2, "no budget"],
  [
    ["plan", "--law", "chinchilla", "--source", "sardana2023", "-5e22 FLOPs"],
    2,
    'got "-5e22 FLOPs"; leave out the minus',
  ],
  [["plan", "--law", "chinchilla", "--source", "sardana2023", "7B"], 2, 'Write "7B parameters"'],
  [
    ["plan", "--law", "chinchilla", "--source", "sardana2023", "$2M of H100", "--no-assume"],
    2,
    'add "at 40% MFU"',
  ],
  [["plan", "--law", "chinchilla", "--source", "sardana2023", "3 PF-dyas"], 2, 'did you mean "PF-days"?'],
  [
    ["plan", "--law", "chinchilla", "--source", "sardana2023", "--flops", "lots"],
    2,
    '--flops: cannot read "lots"',
  ],
  [
    ["plan", "--law", "chinchilla", "--source", "sardana2023", "--flops", "-1"],
    2,
    "expected a number above 0",
  ],
  [["plan", "--law", "coverage", "--flops", "1e20"], 2, "cannot plan with coverage"],
  [["plan", "sweep"], 2, "no budgets"],
  [["plan", "sweep", "--budgets", "1e17", "--sizes", "2"], 2, "at least 3 sizes"],
  [["laws", "chinchila"], 2, 'did you mean "chinchilla"?'],
  [["laws", "--latex"], 2, "needs the name of a law"],
  [["laws", "chinchilla", "--latex", "--json"], 2, "exclude each other"],
  [["convert"], 2, "missing required argument"],
  [["convert", "70X"], 2, "unknown suffix"],
  [["quickstart", "--minutes", "0"], 2, "--minutes: expected a number above 0"],
];

test.each(mistakes)("isoflop %j leaves with %i and says: %s", async (argv, code, complaint) => {
  const outcome = await isoflop(argv, { cwd });
  expect(outcome.err.replaceAll(/\s+/g, " ")).toContain(complaint);
  expect(outcome.err).toMatch(/^error: /m);
  expect(outcome.err).not.toMatch(/^ {4}at /m); // no stack trace
  expect(tooWide(outcome)).toEqual([]);
  expect(outcome).toMatchObject({ code, out: "" });
});

test("a rooms' error means 2, a failure of the world 1, and our own mistakes show their stack", () => {
  expect(tell(new Error("cannot"))).toEqual({ text: "cannot", code: 2 });
  expect(tell(new Failed("no fit"))).toEqual({ text: "no fit", code: 1 });
  expect(tell(Object.assign(new Error("x"), { code: "ENOSPC", syscall: "write", path: "a" }))).toEqual({
    text: "a: the disk is full",
    code: 1,
  });
  const bug = tell(new TypeError("undefined is not a function"));
  expect(bug.code).toBe(1);
  expect(bug.text).toMatch(/isoflop itself went wrong[\s\S]*errors\.test\.ts/);
});
