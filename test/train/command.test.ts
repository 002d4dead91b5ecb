import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { JsonValue, RunSpec } from "../../src/runs/index.ts";
import { commandTrainer, openCorpus, splitCommand, tokensFile } from "../../src/train/index.ts";
import { exampleRun } from "../runs/example.ts";
import { trainerConformance } from "./conformance.ts";

const root = mkdtempSync(join(tmpdir(), "isoflop-command-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const spec: RunSpec = { ...exampleRun({}).spec!, trainer: "command", tokens: 1000 };

/** A stranger's trainer: it knows spec.json and metrics.jsonl, and nothing of us. */
const program = join(root, "my trainer.mjs");
writeFileSync(
  program,
  `import { appendFileSync, readFileSync } from "node:fs";
const [specFile, out] = process.argv.slice(2);
const spec = JSON.parse(readFileSync(specFile, "utf8"));
for (let step = 1; step <= 4; step++) {
  const point = { step, tokens: (step / 4) * spec.tokens, loss: 4 - step / 2 + spec.seed / 100, split: "validation" };
  appendFileSync(out + "/metrics.jsonl", JSON.stringify(point) + "\\n");
  console.log("step", step);
  if (step === 1) await new Promise((done) => setTimeout(done, 80));
}
`,
);
const command = [process.execPath, program, "{spec}", "{out}"];

trainerConformance("commandTrainer", () => commandTrainer({ command, everyMs: 5, graceMs: 1000 }), spec);

let folders = 0;
function folder(): string {
  const path = join(root, `run-${folders++}`);
  mkdirSync(path);
  return path;
}
/** A trainer that runs this code, with the run's folder as `out` and its spec as `spec`. */
const script = (code: string): ReturnType<typeof commandTrainer> => {
  const head = `const fs = require("fs"); const [out, file] = process.argv.slice(1); const spec = JSON.parse(fs.readFileSync(file));`;
  return commandTrainer({
    command: [process.execPath, "-e", `${head}${code}`, "{out}", "{spec}"],
    graceMs: 200,
  });
};
const point = (loss: string, tokens = 1000): string =>
  `fs.appendFileSync(out + "/metrics.jsonl", '{"step":1,"tokens":${tokens},"loss":${loss},"split":"validation"}\\n');`;

describe("a program as a trainer", () => {
  test("leaves the run's folder as the protocol has it, and what it printed in log.txt", async () => {
    const out = folder();
    const run = await commandTrainer({ command }).train(spec, { folder: out });
    expect(JSON.parse(readFileSync(join(out, "spec.json"), "utf8"))).toEqual(spec);
    expect(readFileSync(join(out, "log.txt"), "utf8")).toBe("step 1\nstep 2\nstep 3\nstep 4\n");
    expect(run).toMatchObject({
      status: "finished",
      tokens: 1000,
      losses: [{ value: 2, split: "validation" }],
    });
  });

  test("may write run.json itself, which then is the run", async () => {
    const made = `{ ...${JSON.stringify(exampleRun({}))}, spec, id: spec.id, extra: { mine: 1 } }`;
    const run = await script(`fs.writeFileSync(out + "/run.json", JSON.stringify(${made}));`).train(spec, {
      folder: folder(),
    });
    expect(run.extra).toEqual({ mine: 1 });
  });

  test("that falls over on its way out, its run.json written, has ended its run", async () => {
    const made = `{ ...${JSON.stringify(exampleRun({}))}, spec, id: spec.id, extra: { mine: 2 } }`;
    const run = await script(
      `fs.writeFileSync(out + "/run.json", JSON.stringify(${made})); process.exit(1);`,
    ).train(spec, { folder: folder() });
    expect(run.extra).toEqual({ mine: 2 });
  });

  test("FLOPs are of the active parameters (6ND), and no more tokens are unique than were seen", async () => {
    const sparse = { ...spec, parameters: { total: 1e9, active: 1e8 }, settings: { uniqueTokens: 1e6 } };
    const run = await script(point("3")).train(sparse, { folder: folder() });
    expect(run.flops).toEqual({ value: 6 * 1e8 * 1000, convention: "6ND" });
    expect(run.uniqueTokens).toBe(1000);
  });

  test.each<[string, string, string]>([
    [
      "is of another run",
      `{ ...${JSON.stringify(exampleRun({}))}, spec, id: "b" }`,
      'expected the id "a", got "b"',
    ],
    [
      "has not ended",
      `{ ...${JSON.stringify(exampleRun({ status: "unfinished" }))}, spec }`,
      "its status is unfinished",
    ],
    ["is none", "{}", "format"],
  ])("a run.json that %s is set aside and told of", async (_, made, message) => {
    const out = folder();
    const training = script(`fs.writeFileSync(out + "/run.json", JSON.stringify(${made}));`).train(spec, {
      folder: out,
    });
    await expect(training).rejects.toThrow(message);
    expect(existsSync(join(out, "run.json"))).toBe(false);
    expect(existsSync(join(out, "run.rejected.json"))).toBe(true);
  });

  test("a loss that is not a number at the end is a diverged run without a loss", async () => {
    const run = await script(`${point("3", 400)}${point("NaN", 500)}`).train(spec, { folder: folder() });
    expect(run).toMatchObject({ status: "diverged", tokens: 500, losses: [] });
  });

  test.each<[string, string, string]>([
    [
      "fails",
      `console.error("CUDA out of memory"); process.exit(3);`,
      "left with exit code 3; it last said: CUDA out of memory",
    ],
    [
      "is killed",
      `process.kill(process.pid, "SIGKILL"); setTimeout(() => {}, 1000);`,
      "was killed (SIGKILL); often that means that memory ran out",
    ],
    [
      "says nothing",
      "",
      "ended well but metrics.jsonl has no validation loss; write a last validation loss there",
    ],
    ["ends early", point("3", 500), "its last validation loss is at 500 tokens of 1000"],
  ])("a program that %s has failed, and why is said", async (_, code, message) => {
    await expect(script(code).train(spec, { folder: folder() })).rejects.toThrow(message);
  });

  test("a program that isn't there has failed", async () => {
    const missing = commandTrainer({ command: ["no-such-program-here", "{out}"] });
    await expect(missing.train(spec, { folder: folder() })).rejects.toThrow(
      "cannot train a: cannot start no-such-program-here: there is no such program",
    );
  });

  test("one that doesn't want to stop is ended after its grace, with all that it started", async () => {
    const stop = new AbortController();
    const out = folder();
    const stubborn = `process.on("SIGTERM", () => {});
      const child = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
      fs.writeFileSync(out + "/child", String(child.pid)); ${point("3", 10)} setInterval(() => {}, 1000);`;
    const training = script(stubborn).train(spec, {
      folder: out,
      signal: stop.signal,
      report: () => stop.abort(),
    });
    await expect(training).rejects.toThrow();
    const child = Number(readFileSync(join(out, "child"), "utf8"));
    // the group got the signal before the leader was seen to end; give the system its turn
    for (let i = 0; i < 100 && isAlive(child); i++) await new Promise((done) => setTimeout(done, 10));
    expect(isAlive(child)).toBe(false);
  });

  test("nothing in a spec reaches a shell, and placeholders stay one argument each", async () => {
    const out = folder();
    const odd = { ...spec, id: `$(touch ${out}/pwned); "x" 'y'` };
    const print = `require("fs").writeFileSync(process.argv[1] + "/argv.json", JSON.stringify(process.argv.slice(1)));`;
    const trainer = commandTrainer({
      command: [process.execPath, "-e", print, "{out}", "--id={id}", "{seed}", "{params}"],
    });
    await expect(trainer.train(odd, { folder: out })).rejects.toThrow("no validation loss");
    expect(JSON.parse(readFileSync(join(out, "argv.json"), "utf8"))).toEqual([
      out,
      `--id=${odd.id}`,
      "0",
      "10000000",
    ]);
    expect(existsSync(join(out, "pwned"))).toBe(false);
  });

  test("{data} is the text of the spec, tokenised once, or the tokens that it names", async () => {
    const text = join(root, "text.jsonl");
    writeFileSync(text, ["one law", "two laws", "three"].map((text) => JSON.stringify({ text })).join("\n"));
    const print = `require("fs").writeFileSync(process.argv[1] + "/data", process.argv[2]);${point("3")
      .replaceAll("fs.", 'require("fs").')
      .replaceAll("out", "process.argv[1]")}`;
    const cache = join(root, "cache");
    const trainer = commandTrainer({ command: [process.execPath, "-e", print, "{out}", "{data}"], cache });
    const dataOf = async (data: JsonValue): Promise<string> => {
      const out = folder();
      await trainer.train({ ...spec, settings: { data } }, { folder: out });
      return readFileSync(join(out, "data"), "utf8");
    };
    expect(await dataOf({ tokens: "/data/shards" })).toBe("/data/shards");
    const file = await dataOf({ text: [text] });
    expect(file).toBe(tokensFile(openCorpus({ text, cache }), cache));
    const [head] = readFileSync(file, "utf8").split("\n");
    // each document's bytes and the token that ends it
    expect(JSON.parse(head).train + JSON.parse(head).validation).toBe(7 + 8 + 5 + 3);
    await expect(dataOf({ text: ["nowhere"] })).rejects.toThrow("there is no nowhere");
  });

  test.each<[readonly string[], string]>([
    [[], "expected a program, got none"],
    [["train"], "the program must learn where to write, got train; add {out}"],
    [["train", "{out}", "{sed}"], "there is no placeholder {sed}; there are {spec}"],
  ])("refuses the command %j", (given, message) => {
    expect(() => commandTrainer({ command: given })).toThrow(message);
  });

  test("refuses a placeholder that the spec leaves empty", async () => {
    const trainer = commandTrainer({ command: ["train", "{out}", "{batchTokens}"] });
    await expect(trainer.train({ ...spec, batchTokens: null }, { folder: folder() })).rejects.toThrow(
      "the command asks for {batchTokens}, which the spec doesn't give",
    );
  });
});

test.each<[string, string[]]>([
  ["python train.py --out {out}", ["python", "train.py", "--out", "{out}"]],
  [`python "my trainer.py" --name='a b'`, ["python", "my trainer.py", "--name=a b"]],
  ['say "" ; rm $HOME && `x`', ["say", "", ";", "rm", "$HOME", "&&", "`x`"]],
  [String.raw`C:\python\python.exe {out}`, [String.raw`C:\python\python.exe`, "{out}"]],
])("splits %s at spaces outside quotes, and does nothing else", (line, words) => {
  expect(splitCommand(line)).toEqual(words);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" && process.platform !== "linux";
  }
}
