import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { planGrid } from "../../src/plan/index.ts";
import { measureRuns } from "../../src/sweep/index.ts";
import { gptShape } from "../../src/train/index.ts";
import { exampleRun } from "../runs/example.ts";

const root = mkdtempSync(join(tmpdir(), "isoflop-measure-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const specs = planGrid({
  shapes: [16, 32, 64].map((width) => gptShape({ width })),
  tokens: [1e7],
  batchTokens: [512],
  trainer: "gpt",
});

// stands for a machine on which two at once get three halves of what one gets done; it keeps what it was asked
const asked = join(root, "asked.jsonl");
const program = join(root, "child.mjs");
writeFileSync(
  program,
  `import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
const folder = process.argv[2];
const spec = JSON.parse(readFileSync(folder + "/spec.json", "utf8"));
appendFileSync(${JSON.stringify(asked)}, JSON.stringify(spec) + "\\n");
const run = { ...${JSON.stringify(exampleRun({}))}, id: spec.id, spec, seconds: spec.id.startsWith("2") ? 4 : 3 };
writeFileSync(folder + "/run.json", JSON.stringify(run));
`,
);
const options = { cores: 2, cache: join(root, "cache"), child: { program: [process.execPath, program] } };

test("how many runs at once is measured on a short run of the middling model, once for a machine", async () => {
  const split = await measureRuns(specs, options);
  expect(split).toMatchObject({ processes: 2, threads: 1 });
  expect(split!.tried[0].perSecond / split!.tried[1].perSecond).toBeCloseTo(1.5, 12);
  const runs = readFileSync(asked, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(runs.map(({ shape }) => shape.width)).toEqual([32, 32, 32]);
  // about a second of a core: 2e10 FLOPs by 6ND, in whole steps of 512 tokens
  expect(runs[0].tokens % 512).toBe(0);
  expect(Math.abs((6 * specs[1].parameters.total! * runs[0].tokens) / 2e10 - 1)).toBeLessThan(0.01);
  expect(await measureRuns(specs, options)).toEqual(split);
  expect(readFileSync(asked, "utf8").trim().split("\n")).toHaveLength(3);
  expect(readdirSync(join(root, "cache", "split"))).toHaveLength(1);
});

test("a small sweep, a single run, one core and other trainers are not measured", async () => {
  expect(await measureRuns(specs, { ...options, least: 1e30 })).toBeNull();
  expect(await measureRuns(specs.slice(0, 1), options)).toBeNull();
  expect(await measureRuns(specs, { ...options, cores: 1 })).toBeNull();
  expect(await measureRuns(planGrid({ params: [1e9], tokens: [1e10, 2e10] }), options)).toBeNull();
});
