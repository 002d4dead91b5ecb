import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { inlineExecutor } from "../../src/execute/index.ts";
import { type Fit, fitSchema } from "../../src/fit/index.ts";
import { findLaw } from "../../src/laws/index.ts";
import { planSweep } from "../../src/plan/index.ts";
import { memoryStore } from "../../src/store/index.ts";
import { conduct } from "../../src/sweep/index.ts";
import { syntheticTrainer } from "../../src/train/index.ts";
import { isoflop, planted, plantedCsv, readably, temporaryFolder } from "./world.ts";

const cwd = temporaryFolder();
beforeAll(() => writeFileSync(join(cwd, "runs.csv"), plantedCsv()));

async function fitted(argv: readonly string[]): Promise<Fit> {
  const { out, err, code } = await isoflop(["fit", ...argv, "--json"], { cwd });
  expect(code, err).toBe(0);
  return fitSchema.parse(JSON.parse(out));
}

test("what a person reads of a fit with a bootstrap", async () => {
  const { out, err } = await readably(["fit", "runs.csv", "--bootstrap", "200", "-o", "fit.json"], { cwd });
  await expect(out).toMatchFileSnapshot("golden/fit.txt");
  await expect(err).toMatchFileSnapshot("golden/fit.stderr.txt");
});

test("the planted law comes back: every parameter within its 99 % interval of three standard errors", async () => {
  const { parameters, exponents, starts, status } = await fitted(["runs.csv"]);
  expect(status).toBe("converged");
  for (const [name, { value, se }] of Object.entries(parameters))
    expect(Math.abs(value - planted[name]), name).toBeLessThan(3 * se!);
  // a = beta / (alpha + beta) = 0.514 for the planted parameters; 0.2 % noise on 42 runs moves it by about 0.01
  expect(exponents!.a).toBeCloseTo(planted.beta / (planted.alpha + planted.beta), 1);
  expect(starts.agree).toBeGreaterThan(0);
});

test("--json prints the fit alone, the mapping goes to stderr, and --quiet silences that", async () => {
  const loud = await isoflop(["fit", "runs.csv", "--json"], { cwd });
  const quiet = await isoflop(["fit", "runs.csv", "--json", "--quiet"], { cwd });
  expect(fitSchema.parse(JSON.parse(loud.out)).format).toBe("isoflop.fit/1");
  expect(quiet.out).toBe(loud.out);
  expect(loud.err).toContain('params  ← column "params_total" (guessed; total)');
  expect(loud.err).toContain('loss    ← column "val_loss" (guessed)');
  expect(quiet.err).toBe("");
});

test("-o writes what --json prints, over what was there, and leaves no other file", async () => {
  writeFileSync(join(cwd, "again.json"), "old");
  const { out } = await isoflop(["fit", "runs.csv", "--json", "-o", "again.json"], { cwd });
  expect(readFileSync(join(cwd, "again.json"), "utf8")).toBe(out);
  expect(readdirSync(cwd).filter((name) => name.includes("tmp"))).toEqual([]);
});

test("a file from standard input, and options before the command", async () => {
  const { out } = await isoflop(["--json", "fit", "-"], { cwd, stdin: plantedCsv() });
  const { parameters, data } = fitSchema.parse(JSON.parse(out));
  expect(data.origin).toBe("stdin");
  expect(parameters).toEqual((await fitted(["runs.csv"])).parameters);
});

test("isoflop runs, one JSON object a line, are read as such: conventions stated, nothing guessed about them", async () => {
  const sweep = planSweep({ budgets: [1e18, 1e19, 1e20] });
  const trainer = syntheticTrainer({ law: findLaw("chinchilla"), parameters: planted, noise: 0.001 });
  const { runs } = await conduct(sweep, { trainer, executor: inlineExecutor(), store: memoryStore() });
  const stdin = runs.map((run) => JSON.stringify(run)).join("\n");
  const { out } = await isoflop(["fit", "-", "--where", "status=finished", "--json"], { stdin });
  expect(fitSchema.parse(JSON.parse(out))).toMatchObject({ rows: 21, conventions: { params: "total" } });
});

test("--map takes its pairs and gives back the file behind them", async () => {
  const { data } = await fitted(["--map", "params=params_total", "loss=val_loss", "runs.csv"]);
  expect(data.mapping.map(({ quantity, how }) => [quantity, how])).toEqual([
    ["params", "given"],
    ["tokens", "guessed"],
    ["loss", "given"],
  ]);
  const joined = await fitted(["--map=params=params_total,loss=val_loss", "runs.csv"]);
  expect(joined.data.mapping).toEqual(data.mapping);
});

test("rows are chosen by --where and --drop-highest-loss, and the rest is counted on stderr", async () => {
  const some = await isoflop(["fit", "runs.csv", "--where", "params_total>=200M", "--json"], { cwd });
  expect(JSON.parse(some.out).rows).toBeLessThan(42);
  expect(some.err).toMatch(/note: \d+ of 42 rows dropped: all but params_total>=200M/);
  const fewer = await isoflop(["fit", "runs.csv", "--drop-highest-loss", "5", "--json"], { cwd });
  expect(JSON.parse(fewer.out).rows).toBe(37);
  expect(fewer.err).toContain("5 of 42 rows dropped: the 5 highest val_loss");
});

test("--fix holds parameters, --weights takes a column, --objective and --delta reach the objective", async () => {
  const held = await fitted(["runs.csv", "--fix", "A=406.4", "E=1.69"]);
  expect(held.parameters.A).toMatchObject({ value: 406.4, fixed: true, se: null });
  expect(held.parameters.E).toMatchObject({ value: 1.69, fixed: true });
  const weighed = await fitted(["runs.csv", "--weights", "thirds", "--objective", "squared-log"]);
  const flat = await fitted(["runs.csv", "--objective", "squared-log"]);
  expect(weighed.objective).toMatchObject({ loss: "squared", scale: "log", delta: null });
  expect(weighed.parameters.A.value).not.toBeCloseTo(flat.parameters.A.value, 3);
  expect((await fitted(["runs.csv", "--delta", "0.01"])).objective.delta).toBe(0.01);
});

test("--seed makes a bootstrap, and another seed makes another", async () => {
  const [one, same, other] = await Promise.all(
    ["1", "1", "2"].map((seed) =>
      fitted(["runs.csv", "--bootstrap", "50", "--level", "0.8", "--seed", seed]),
    ),
  );
  expect(one).toEqual(same);
  expect(one.parameters.E.interval!.level).toBe(0.8);
  expect(other.parameters.E.interval).not.toEqual(one.parameters.E.interval);
});

describe("a stranger's law", () => {
  const formula = "E + A / N^alpha + B / D^beta";
  const code = `import { defineLaw, type Law } from "isoflop";
    const law: Law = defineLaw({ name: "mine", formula: "${formula}", inputs: { params: "N", tokens: "D" }, output: "loss" });`;
  const sources: [string, string, string[]][] = [
    ["a formula", "", ["--formula", formula, "--inputs", "params=N,tokens=D", "--output", "loss"]],
    [
      "a JSON file",
      JSON.stringify({ formula, inputs: { params: "N", tokens: "D" }, output: "loss" }),
      ["--law", "./mine.json"],
    ],
    ["a TypeScript file with a default export", `${code} export default law;`, ["--law", "./default.ts"]],
    [
      "a TypeScript file with one named export",
      `${code} export const other = 3; export const mine = law;`,
      ["--law", "./named.ts"],
    ],
  ];
  test.each(sources)("from %s finds what the built-in one finds", async (_, text, argv) => {
    if (text !== "") writeFileSync(join(cwd, argv[1]), text);
    const [mine, own] = [await fitted(["runs.csv", ...argv]), await fitted(["runs.csv"])];
    // the starts differ, the optimum is the same one
    for (const [name, { value }] of Object.entries(mine.parameters))
      expect(value / own.parameters[name].value, name).toBeCloseTo(1, 4);
  });

  test("without a law in it, or with a mistake, is refused by name", async () => {
    writeFileSync(join(cwd, "none.ts"), "export const a = 1;");
    writeFileSync(join(cwd, "broken.ts"), 'throw new Error("inside");');
    writeFileSync(join(cwd, "wrong.json"), JSON.stringify({ formla: "E", inputs: {}, output: "loss" }));
    const none = await isoflop(["fit", "runs.csv", "--law", "./none.ts"], { cwd });
    expect(none).toMatchObject({ code: 2, out: "" });
    expect(none.err).toContain("cannot find a law in ./none.ts");
    expect((await isoflop(["fit", "runs.csv", "--law", "./broken.ts"], { cwd })).err).toContain(
      "./broken.ts: inside",
    );
    expect((await isoflop(["fit", "runs.csv", "--law", "./wrong.json"], { cwd })).err).toContain(
      "wrong.json",
    );
  });
});

test("rows that are left out are said once, with their reason, whoever reads which stream", async () => {
  const bad = `${plantedCsv()}1e9,1e10,nan,0\n2e9,1e10,diverged,1\n`;
  const ask = ["fit", "-", "--skip-bad-rows"];
  const { out, err } = await readably(ask, { stdin: bad });
  const said =
    /2 of 44 rows were left out, as asked: row 44 \(column "val_loss": expected a number above 0, got "nan"\), row 45/;
  expect(out.replaceAll(/\s+/g, " ")).toMatch(said);
  expect(`${out}${err}`.match(/left out|skipped|unreadable/g)).toEqual(["left out"]);
  const json = await isoflop([...ask, "--json"], { stdin: bad });
  expect(json.err.replaceAll(/\s+/g, " ")).toMatch(said);
  expect(json.err.match(/left out|skipped|unreadable/g)).toEqual(["left out"]);
});

describe("a file whose every loss has three decimals after a comma", () => {
  const european = plantedCsv()
    .split("\n")
    .map((line, i) => {
      if (i === 0 || line === "") return line.replaceAll(",", ";");
      const [params, tokens, loss, thirds] = line.split(",");
      return [params, Number(tokens).toFixed(0), Number(loss).toFixed(3).replace(".", ","), thirds].join(";");
    })
    .join("\n");

  test("is refused, and the refusal names the remedy", async () => {
    const { code, err } = await isoflop(["fit", "-"], { stdin: european });
    expect(code).toBe(2);
    expect(err.replaceAll(/\s+/g, " ")).toContain("say which with --decimal comma or --decimal point");
  });

  test("is read with --decimal comma as the losses it holds, and with point a thousand times them", async () => {
    const read = async (mark: string): Promise<Fit> => {
      const { out, err, code } = await isoflop(["fit", "-", "--decimal", mark, "--json"], {
        stdin: european,
      });
      expect(code, err).toBe(0);
      return fitSchema.parse(JSON.parse(out));
    };
    const comma = await read("comma");
    expect(comma.range.loss[1]).toBeCloseTo((await fitted(["runs.csv"])).range.loss[1], 2); // rounded to 3 decimals
    expect((await read("point")).range.loss[1]).toBeCloseTo(1000 * comma.range.loss[1], 6);
    expect((await isoflop(["fit", "-", "--decimal", "coma"], { stdin: european })).err).toContain(
      'did you mean "comma"?',
    );
  });
});

test.each([
  ["started by npx or npm run", { npm_command: "exec" }, "npx isoflop plan fit.json --flops"],
  ["started by its name", {}, "Next: isoflop plan fit.json --flops"],
])("the command to type next is one that works: %s", async (_, env, next) => {
  const { err } = await isoflop(["fit", "runs.csv", "-o", "fit.json"], { cwd, env });
  expect(err).toContain(next);
});

test("a law without a finite value anywhere leaves with 1, its fit still printed", async () => {
  const { code, out, err } = await isoflop(
    ["fit", "runs.csv", "--formula", "E + log(0 - A * N)", "--inputs", "params=N", "--json"],
    { cwd },
  );
  expect(code).toBe(1);
  expect(JSON.parse(out).status).toBe("non-finite");
  expect(err).toContain("error: no fit: The law has no finite value");
});

const epoch = join(import.meta.dirname, "../../../shared/data/training/epoch_chinchilla.csv");

describe.skipIf(!existsSync(epoch))("the reconstruction of Hoffmann's 245 points", () => {
  test("what a person reads of it fits 80 columns", async () => {
    await readably(["fit", "epoch_chinchilla.csv", "--bootstrap", "100"], { cwd: dirname(epoch) });
  });

  test("a bare fit uses all and says that five of them move a from .565", async () => {
    const { out } = await isoflop(["fit", epoch, "--json"]);
    const { exponents, rows, warnings, objective } = fitSchema.parse(JSON.parse(out));
    expect(rows).toBe(245);
    expect(exponents!.a).toBeCloseTo(0.565, 3); // shared/data/training/expected.json: all 245 rows
    expect(objective).toMatchObject({ name: "huber-log", delta: 1e-3, reduction: "sum" });
    expect(warnings.find(({ code }) => code === "outliers")!.message).toMatch(
      /^5 of 245 points .* a moves from 0\.565/,
    );
  });

  test("with --where used_in_fit=1 a is .514 and the sum of Huber losses 0.00101827404", async () => {
    const { out } = await isoflop(["fit", epoch, "--where", "used_in_fit=1", "--json"]);
    const { exponents, rows, objective } = fitSchema.parse(JSON.parse(out));
    expect(rows).toBe(240);
    expect(exponents!.a).toBeCloseTo(0.514, 3);
    // the printed optimum has nine digits
    expect(objective.value).toBeCloseTo(0.00101827404, 10);
  });
});
