import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "../../src/numeric/index.ts";
import { planGrid } from "../../src/plan/index.ts";
import { type Run, readMetricLines } from "../../src/runs/index.ts";
import { thisHost } from "../../src/store/index.ts";
import {
  collectRuns,
  runSweep,
  type SweepRecord,
  sweepFolder,
  sweepState,
  writeSweep,
} from "../../src/sweep/index.ts";

const main = join(import.meta.dirname, "../../dist/cli/main.js");
const root = mkdtempSync(join(tmpdir(), "isoflop-kill-"));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

const settings = { noise: 0.01, curvePoints: 8, pauseMs: 10 };
const record: SweepRecord = {
  format: "isoflop.sweeprecord/1",
  name: "real",
  specs: planGrid({ params: [1e6, 2e6, 3e6], tokens: [1e7, 2e7], decay: 0.25, settings }),
  command: null,
  concurrency: 2,
  hours: null,
};

interface Conductor {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; err: string }>;
}

function conductor(folder: string, verb = "resume", ...more: string[]): Conductor {
  const child = spawn(process.execPath, [main, "sweep", verb, folder, ...more], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  started.push(child);
  let err = "";
  child.stderr?.on("data", (text) => {
    err += text;
  });
  return { child, ended: new Promise((done) => child.on("close", (code) => done({ code, err }))) };
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** The processes that train runs of a folder now, by what their attempts say. */
function trainers(folder: string): number[] {
  const host = thisHost();
  const { runs } = sweepFolder(folder);
  const pids = names(runs).flatMap((run) => {
    const newest = Math.max(
      ...names(join(runs, run, "attempts"))
        .map(Number)
        .filter(Number.isFinite),
    );
    try {
      const { pid, start } = JSON.parse(
        readFileSync(join(runs, run, "attempts", String(newest), "owner.json"), "utf8"),
      );
      return host.startOf(pid) === start ? [pid as number] : [];
    } catch {
      return [];
    }
  });
  return [...new Set(pids)];
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The results, as they stand on the disk. */
function results(folder: string): Map<string, string> {
  const { runOf } = sweepFolder(folder);
  return new Map(
    record.specs.flatMap(({ id }): [string, string][] => {
      try {
        return [[id, readFileSync(join(runOf(id), "run.json"), "utf8")]];
      } catch {
        return [];
      }
    }),
  );
}

let expected: Run[] = [];
beforeAll(async () => {
  const folder = join(root, "undisturbed");
  await writeSweep(folder, record);
  await runSweep(folder, { executor: "inline" });
  expected = await collectRuns(folder);
  expect(expected).toHaveLength(9);
});

describe("a sweep in processes of its own", () => {
  test("whose conductor and trainers are killed by kill -9, some two dozen times, loses and repeats nothing", async () => {
    const random = seededRandom(5);
    let kills = 0;
    let there = new Map<string, string>();
    for (let sweep = 0; kills < 24; sweep++) {
      const folder = join(root, `killed-${sweep}`);
      await writeSweep(folder, record);
      there = new Map();
      for (;;) {
        const { child, ended } = conductor(folder);
        const gone = await Promise.race([ended, pause(150 + 450 * random.uniform()).then(() => null)]);
        if (gone?.code === 0) break;
        const victims = trainers(folder);
        // one of those that train; or the one that conducts, when a trainer is left an orphan
        const victim =
          victims.length > 0 && random.uniform() < 0.5
            ? victims[Math.floor(random.uniform() * victims.length)]
            : child.pid!;
        try {
          process.kill(victim, "SIGKILL");
          kills += 1;
        } catch {
          // it ended between our look and our blow
        }
        if (victim === child.pid) await ended;
        else if ((await ended).code === 0) break;
        const state = await sweepState(folder);
        const now = results(folder);
        for (const [id, text] of there) expect(now.get(id), `${id} was lost or changed`).toBe(text);
        expect(state.finished).toBeGreaterThanOrEqual(there.size);
        there = now;
      }
      expect(await collectRuns(folder)).toEqual(expected);
      const { runOf } = sweepFolder(folder);
      for (const { id, curve } of expected) {
        const { points } = readMetricLines(readFileSync(join(runOf(id), "metrics.jsonl"), "utf8"));
        expect(
          points.map(({ seconds, ...point }) => point),
          id,
        ).toEqual(curve);
      }
      expect((await sweepState(folder)).finished).toBe(9);
    }
  });

  test("Ctrl-C stops it cleanly: it says how to go on, and no process stays behind", async () => {
    const folder = join(root, "interrupted");
    await writeSweep(folder, record);
    const { child, ended } = conductor(folder, "run");
    while (trainers(folder).length === 0) await pause(10);
    const before = trainers(folder);
    child.kill("SIGINT");
    const { code, err } = await ended;
    expect(code).toBe(1);
    expect(err.replaceAll(/\s+/g, " ")).toMatch(
      /stopped after \d of 9 runs; go on with (npx )?isoflop sweep resume/,
    );
    const host = thisHost();
    expect(before.filter((pid) => host.startOf(pid) !== null)).toEqual([]);
    expect((await sweepState(folder)).running).toBe(0);
    expect((await conductor(folder).ended).code).toBe(0);
    expect(await collectRuns(folder)).toEqual(expected);
  });

  test("a second conductor is refused while the first is at work, and a cancelled sweep stops", async () => {
    const folder = join(root, "two");
    await writeSweep(folder, { ...record, specs: record.specs.map((spec) => slower(spec)) });
    const first = conductor(folder, "run");
    while (trainers(folder).length === 0) await pause(10);
    const second = await conductor(folder).ended;
    expect(second.code).toBe(1);
    expect(second.err.replaceAll(/\s+/g, " ")).toContain(`process ${first.child.pid} on`);
    expect((await conductor(folder, "cancel").ended).code).toBe(0);
    const { code, err } = await first.ended;
    expect(code).toBe(1);
    expect(err).toContain("cancelled after");
    expect(await sweepState(folder)).toMatchObject({ cancelled: true, conductor: null, running: 0 });
    const again = await conductor(folder, "run").ended;
    expect(again.code).toBe(2);
    expect(again.err).toContain("was cancelled");
  });

  test("a second Ctrl-C ends at once, and takes a program with it that doesn't want to stop", async () => {
    const folder = join(root, "twice");
    const stubborn = `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);`;
    const spec = { ...record.specs[0], id: "only", trainer: "command", settings: {} };
    const command = { argv: [process.execPath, "-e", stubborn, "{out}"], cwd: root };
    await writeSweep(folder, { ...record, specs: [spec], command });
    const { child, ended } = conductor(folder, "run");
    const noted = join(sweepFolder(folder).runOf("only"), "attempts", "1", "program.json");
    while (!readable(noted)) await pause(10);
    const { pid } = JSON.parse(readFileSync(noted, "utf8")) as { pid: number };
    await pause(200); // until it listens
    child.kill("SIGINT");
    await pause(700); // sooner it would be the same one, handed on twice
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    for (let i = 0; i < 100 && thisHost().startOf(pid) !== null; i++) await pause(10);
    expect(thisHost().startOf(pid)).toBeNull();
  });

  test.each(["resume", "cancel"])(
    "a program left behind by a killed conductor is ended by sweep %s",
    async (verb) => {
      const folder = join(root, `orphan-${verb}`);
      const program = join(root, "slow.mjs");
      writeFileSync(
        program,
        `import { appendFileSync } from "node:fs";
       const [out, tokens, delay] = process.argv.slice(2);
       appendFileSync(out + "/pids", process.pid + "\\n");
       setTimeout(() => appendFileSync(out + "/metrics.jsonl",
         JSON.stringify({ step: 1, tokens: Number(tokens), loss: 3, split: "validation" }) + "\\n"), Number(delay));`,
      );
      const spec = { ...record.specs[0], id: "only", trainer: "command", settings: {} };
      const command = (delay: string): SweepRecord["command"] => ({
        argv: [process.execPath, program, "{out}", "{tokens}", delay],
        cwd: root,
      });
      await writeSweep(folder, { ...record, specs: [spec], command: command("600000") });
      const first = conductor(folder, "run");
      const noted = join(sweepFolder(folder).runOf("only"), "attempts", "1", "program.json");
      while (!readable(noted)) await pause(10);
      first.child.kill("SIGKILL");
      await first.ended;
      const { pid } = JSON.parse(readFileSync(noted, "utf8")) as { pid: number };
      expect(thisHost().startOf(pid), "the orphan lives").not.toBeNull();
      if (verb === "cancel") {
        const { code, err } = await conductor(folder, "cancel").ended;
        expect(code).toBe(0);
        expect(err.replaceAll(/\s+/g, " ")).toContain("ended 1 program that a killed sweep had left at work");
        expect(thisHost().startOf(pid), "the orphan is gone").toBeNull();
        return;
      }
      await writeSweep(folder, { ...record, specs: [spec], command: command("1") });
      expect((await conductor(folder).ended).code).toBe(0);
      expect(thisHost().startOf(pid), "the orphan is gone").toBeNull();
      expect((await collectRuns(folder))[0].losses[0].value).toBe(3);
    },
  );
});

function slower<T extends { settings: object }>(spec: T): T {
  return { ...spec, settings: { ...spec.settings, pauseMs: 200 } };
}

function readable(file: string): boolean {
  try {
    return readFileSync(file, "utf8") !== "";
  } catch {
    return false;
  }
}
