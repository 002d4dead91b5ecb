import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { chinchilla } from "../../src/laws/index.ts";
import { planGrid } from "../../src/plan/index.ts";
import { readMetricLines } from "../../src/runs/index.ts";
import { type Host, nodeDisk, thisHost } from "../../src/store/index.ts";
import { AtWorkElsewhere, trainInFolder } from "../../src/sweep/index.ts";
import { syntheticTrainer, type Trainer } from "../../src/train/index.ts";
import { lives, memoryDisk } from "./plug.ts";

const { parameters } = chinchilla.sets["besiroglu2024-refit"];
const trainer = syntheticTrainer({ law: chinchilla, parameters, curvePoints: 3 });
const [spec] = planGrid({ params: [1e6], tokens: [1e7] });
const path = "/runs/a";

/** A trainer that waits in the middle of its run until it is let go. */
function waiting(): { trainer: Trainer; begun: Promise<void>; go: () => void; trained: () => number } {
  let go = (): void => {};
  let begin = (): void => {};
  let trained = 0;
  const gate = new Promise<void>((done) => {
    go = done;
  });
  const begun = new Promise<void>((done) => {
    begin = done;
  });
  return {
    begun,
    go,
    trained: () => trained,
    trainer: {
      name: trainer.name,
      async train(asked, options) {
        trained += 1;
        begin();
        await gate;
        options?.signal?.throwIfAborted();
        return await trainer.train(asked, options);
      },
    },
  };
}

describe("an attempt in a run's folder", () => {
  test("leaves the files of the protocol", async () => {
    const disk = memoryDisk();
    const run = await trainInFolder(trainer, spec, path, { disk, host: lives().next() });
    const files = [...disk.files.keys()].map((name) => name.slice(path.length + 1)).sort();
    expect(files).toEqual([
      "attempts/1/ended.json",
      "attempts/1/heartbeat",
      "attempts/1/owner.json",
      "metrics.jsonl",
      "run.json",
      "spec.json",
    ]);
    expect(JSON.parse(disk.files.get(`${path}/run.json`)!)).toEqual(run);
    expect(JSON.parse(disk.files.get(`${path}/spec.json`)!)).toEqual(spec);
    expect(disk.files.get(`${path}/metrics.jsonl`)!.trim().split("\n")).toHaveLength(3);
  });

  test("at a run that has ended trains nothing and gives that run", async () => {
    const disk = memoryDisk();
    const first = await trainInFolder(trainer, spec, path, { disk, host: lives().next() });
    const { trainer: other, trained } = waiting();
    expect(await trainInFolder(other, spec, path, { disk, host: lives().next() })).toEqual(first);
    expect(trained()).toBe(0);
  });

  test("beside a living one is refused, or waits for its end and gives its run", async () => {
    const disk = memoryDisk();
    const { next, neighbour } = lives();
    const slow = waiting();
    const first = trainInFolder(slow.trainer, spec, path, { disk, host: next() });
    await slow.begun;
    const beside = trainInFolder(trainer, spec, path, { disk, host: neighbour() });
    await expect(beside).rejects.toThrow(AtWorkElsewhere);
    const second = waiting();
    const patient = trainInFolder(second.trainer, spec, path, { disk, host: neighbour(), waitMs: 1 });
    slow.go();
    expect(await patient).toEqual(await first);
    expect([slow.trained(), second.trained()]).toEqual([1, 0]);
  });

  test("that others took for dead keeps no result and stops", async () => {
    const disk = memoryDisk();
    let now = 0;
    const at = (machine: string): Host => ({ machine, pid: 1, now: () => now, startOf: () => "x" });
    const slept = waiting();
    const first = trainInFolder(slept.trainer, spec, path, { disk, host: at("suspended"), beatMs: 60_000 });
    await slept.begun;
    now = 10 * 60_000;
    const second = await trainInFolder(trainer, spec, path, { disk, host: at("other") });
    const before = disk.files.get(`${path}/run.json`);
    slept.go();
    await expect(first).rejects.toThrow("another attempt has taken it over");
    expect(disk.files.get(`${path}/run.json`)).toBe(before);
    expect(JSON.parse(before!)).toEqual(second);
  });

  test("is told soon that it was taken over, and doesn't train on", async () => {
    const disk = memoryDisk();
    let now = 0;
    const at = (machine: string): Host => ({ machine, pid: 1, now: () => now, startOf: () => "x" });
    let told = false;
    const endless: Trainer = {
      name: "synthetic",
      train: (_, options) =>
        new Promise((_, reject) =>
          options?.signal?.addEventListener("abort", () => {
            told = true;
            reject(new Error("told to stop"));
          }),
        ),
    };
    const first = trainInFolder(endless, spec, path, { disk, host: at("suspended"), beatMs: 2 });
    first.catch(() => {});
    while (!disk.files.has(`${path}/attempts/1/owner.json`)) await new Promise((done) => setTimeout(done, 1));
    now = 10 * 60_000;
    // its heart beats on the other machine's clock as well: only a claim of ours makes it stop
    await disk.makeFolder(`${path}/attempts/2`);
    await expect(first).rejects.toThrow("another attempt has taken it over");
    expect(told).toBe(true);
  });

  test("ends the program that a dead one left at work, though another was killed in between, and lets it stop by itself", async () => {
    const folder = mkdtempSync(join(tmpdir(), "isoflop-attempt-"));
    const here = thisHost();
    const disk = nodeDisk();
    const stops = `process.on("SIGTERM", () => { require("fs").writeFileSync(process.argv[1], "asked"); process.exit(); });
      setInterval(() => {}, 1000); process.stdout.write("on")`;
    const program = spawn(process.execPath, ["-e", stops, join(folder, "stopped")], { detached: true });
    try {
      await new Promise((done) => program.stdout!.once("data", done));
      const started = { pid: program.pid, start: here.startOf(program.pid!) };
      const dead = JSON.stringify({ machine: here.machine, pid: 2 ** 30, start: "x", since: 0 });
      for (const attempt of ["1", "2"]) {
        await disk.makeFolder(join(folder, "attempts", attempt));
        await disk.write(join(folder, "attempts", attempt, "owner.json"), dead);
      }
      await disk.write(join(folder, "attempts/1/heartbeat"), "");
      await disk.write(join(folder, "attempts/1/program.json"), JSON.stringify(started));
      await trainInFolder(trainer, spec, folder);
      expect(here.startOf(program.pid!)).toBeNull();
      expect(existsSync(join(folder, "stopped"))).toBe(true);
    } finally {
      program.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("that fails says why in its folder, and the next one begins anew", async () => {
    const disk = memoryDisk();
    const { next } = lives();
    const failing = syntheticTrainer({ law: chinchilla, parameters, curvePoints: 3, fails: [spec.id] });
    await expect(trainInFolder(failing, spec, path, { disk, host: next() })).rejects.toThrow("told to fail");
    expect(JSON.parse(disk.files.get(`${path}/attempts/1/ended.json`)!)).toEqual({
      status: "failed",
      message: `cannot train ${spec.id}: it was told to fail`,
    });
    await trainInFolder(trainer, spec, path, { disk, host: next() });
    expect(JSON.parse(disk.files.get(`${path}/attempts/2/ended.json`)!).status).toBe("finished");
  });

  test("begins a line of its own behind one that a kill left half written", async () => {
    const disk = memoryDisk();
    await disk.makeFolder(path);
    await disk.write(`${path}/metrics.jsonl`, '{"step":1,"tok');
    const run = await trainInFolder(trainer, spec, path, { disk, host: lives().next() });
    const { points, torn } = readMetricLines(disk.files.get(`${path}/metrics.jsonl`)!);
    expect(points.map(({ seconds, ...point }) => point)).toEqual(run.curve);
    expect(torn).toBe(1);
  });

  test("sets aside what stands in the place of a result and is none", async () => {
    const disk = memoryDisk();
    const { next } = lives();
    await disk.makeFolder(path);
    await disk.write(`${path}/run.json`, '{"format":"isoflop.run/1","id":"tor');
    const run = await trainInFolder(trainer, spec, path, { disk, host: next() });
    expect(JSON.parse(disk.files.get(`${path}/run.json`)!)).toEqual(run);
    expect(disk.files.get(`${path}/run.rejected.json`)).toContain('"tor');
  });

  test("refuses a folder that holds another spec", async () => {
    const disk = memoryDisk();
    const { next } = lives();
    await trainInFolder(trainer, spec, path, { disk, host: next() });
    const other = trainInFolder(trainer, { ...spec, seed: 9 }, path, { disk, host: next() });
    await expect(other).rejects.toThrow(`${path} holds another spec; use another folder or other ids`);
  });

  test.each<[string, (run: Awaited<ReturnType<Trainer["train"]>>) => object]>([
    ["of another id", (run) => ({ ...run, id: "z" })],
    ["that has not ended", (run) => ({ ...run, status: "unfinished" })],
  ])("keeps no run %s", async (_, spoil) => {
    const disk = memoryDisk();
    const wrong: Trainer = {
      name: "synthetic",
      train: async (asked) => spoil(await trainer.train(asked)) as Awaited<ReturnType<Trainer["train"]>>,
    };
    await expect(trainInFolder(wrong, spec, path, { disk, host: lives().next() })).rejects.toThrow(
      "cannot store",
    );
    expect(disk.files.has(`${path}/run.json`)).toBe(false);
  });
});
