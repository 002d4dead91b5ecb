import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { fitSchema } from "../../src/fit/index.ts";
import { plantedCsv, temporaryFolder } from "./world.ts";

const main = join(import.meta.dirname, "../../dist/cli/main.js");
const cwd = temporaryFolder();
beforeAll(() => writeFileSync(join(cwd, "runs.csv"), plantedCsv()));

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

/** The built program in a process of its own; `hangUp` closes its output after the first piece. */
function started(
  argv: readonly string[],
  { input = "", hangUp = false, interrupt = false } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...argv], { cwd, env: { ...process.env, CI: "true" } });
  let out = "";
  let err = "";
  child.stdout.on("data", (piece) => {
    out += piece;
    if (hangUp) child.stdout.destroy();
  });
  child.stderr.on("data", (piece) => {
    err += piece;
    if (interrupt) child.kill("SIGINT");
  });
  child.stdin.on("error", () => {}); // it may leave without reading
  child.stdin.end(input);
  return new Promise((resolve, reject) =>
    child.on("error", reject).on("close", (code, signal) => resolve({ code, signal, out, err })),
  );
}

test("the built program starts and says its version", async () => {
  expect(await started(["--version"])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    err: "",
  });
});

test("a fit from standard input is JSON alone on stdout", async () => {
  const { code, out } = await started(["fit", "-", "--json"], { input: plantedCsv() });
  expect(code).toBe(0);
  expect(fitSchema.parse(JSON.parse(out)).rows).toBe(42);
});

test.each(["isoflop", "isoflop/laws"])(
  'a law in TypeScript that imports from "%s" is read by the built program, wherever it lies',
  async (name) => {
    const law = `import { defineLaw } from "${name}"; export default defineLaw({ formula: "E + A / N^a", inputs: { params: "N" }, output: "loss", name: "mine" });`;
    writeFileSync(join(cwd, "mine.ts"), law);
    const { code, out, err } = await started(["laws", "./mine.ts"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^mine\n/);
  },
);

test("a user's mistake leaves with 2, a missing file with 1, both without a stack trace", async () => {
  const wrong = await started(["plan", "--law", "chinchila"]);
  const missing = await started(["fit", "nowhere.csv"]);
  expect([wrong.code, missing.code]).toEqual([2, 1]);
  expect(wrong.out + missing.out).toBe("");
  expect(wrong.err + missing.err).not.toMatch(/^ {4}at /m);
});

test("a closed pipe is an end, not an error", async () => {
  const { err, signal } = await started(["laws", "--json", "--quiet"], { hangUp: true });
  expect({ err, signal }).toEqual({ err: "", signal: null });
});

test("Ctrl-C ends a long fit at once and quietly, by the signal (130 in a shell)", async () => {
  const { signal, out } = await started(["fit", "runs.csv", "--bootstrap", "1000000"], { interrupt: true });
  expect({ signal, out }).toEqual({ signal: "SIGINT", out: "" });
});

test("the built studio answers verbs on threads: others are answered meanwhile, and the noun is that of the command", async () => {
  const child = spawn(process.execPath, [main, "studio", "--port", "0", "--json", "--no-open"], { cwd });
  try {
    const said = await new Promise<string>((resolve) => {
      let out = "";
      child.stdout.on("data", (piece) => {
        out += piece;
        if (out.trimEnd().endsWith("}")) resolve(out);
      });
    });
    const { url, token } = JSON.parse(said);
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const ask = (verb: string, body: object): Promise<Response> =>
      fetch(`${url}api/${verb}`, { method: "POST", headers, body: JSON.stringify(body) });
    const slow = ask("compare", { runs: "runs.csv", laws: ["chinchilla", "kaplan-nd"], bootstrap: 100 });
    let isDone = false;
    void slow.then(() => {
      isDone = true;
    });
    expect((await fetch(`${url}api/workspace`, { headers })).status).toBe(200);
    expect(isDone).toBe(false);
    expect(await (await slow).json()).toMatchObject({ format: "isoflop.comparison/1", rows: 42 });
    const figure = await ask("figure", { figure: "ladder" });
    expect(await figure.json()).toMatchObject({ format: "isoflop.figure/1" });
    const wrong = await ask("fit", { runs: "rums.csv" });
    expect([wrong.status, await wrong.json()]).toMatchObject([
      404,
      { error: { what: "no file rums.csv in the folder" } },
    ]);
  } finally {
    child.kill("SIGTERM");
  }
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(code).toBe(0);
});
