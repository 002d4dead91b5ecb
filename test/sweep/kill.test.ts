import { describe, expect, test } from "vitest";
import { chinchilla } from "../../src/laws/index.ts";
import { seededRandom } from "../../src/numeric/index.ts";
import { planGrid } from "../../src/plan/index.ts";
import { type Run, readMetricLines } from "../../src/runs/index.ts";
import type { Disk, Host } from "../../src/store/index.ts";
import {
  collectRuns,
  markCancelled,
  runSweep,
  type SweepRecord,
  sweepState,
  writeSweep,
} from "../../src/sweep/index.ts";
import { syntheticTrainer, type Trainer } from "../../src/train/index.ts";
import { lives, memoryDisk, mortalDisk } from "./plug.ts";

const { parameters } = chinchilla.sets["besiroglu2024-refit"];
const path = "/sweep";
const record: SweepRecord = {
  format: "isoflop.sweeprecord/1",
  name: "kill",
  // two trunks with three branches each: order matters too
  specs: planGrid({ params: [1e6, 2e6], tokens: [1e7, 2e7, 4e7], decay: 0.2 }),
  command: null,
  concurrency: null,
  hours: null,
};

/** Notes which runs it began, and, as any trainer may, is at work on several at once. */
function noting(diverges: string[] = []): { trainer: Trainer; begun: string[] } {
  const inner = syntheticTrainer({ law: chinchilla, parameters, noise: 0.01, curvePoints: 4, diverges });
  const begun: string[] = [];
  return {
    begun,
    trainer: {
      name: "synthetic",
      train(spec, options) {
        begun.push(spec.id);
        return inner.train(spec, options);
      },
    },
  };
}

async function undisturbed(): Promise<Run[]> {
  const disk = memoryDisk();
  await writeSweep(path, record, { disk });
  await runSweep(path, { disk, host: lives().next(), trainer: noting().trainer, executor: "inline" });
  return await collectRuns(path, { disk });
}

/** Looks on when all others are dead. */
const onlooker: Host = { machine: "m", pid: 0, now: () => 1e12, startOf: () => null };

const resultsOn = (disk: { files: Map<string, string> }): Map<string, string> =>
  new Map([...disk.files].filter(([name]) => name.endsWith("/run.json")));

/** What must hold after every kill; returns the results that are there now. */
async function checkAfterKill(
  disk: ReturnType<typeof memoryDisk>,
  before: Map<string, string>,
): Promise<Map<string, string>> {
  const now = resultsOn(disk);
  for (const [file, text] of before) expect(now.get(file), `${file} was lost or changed`).toBe(text);
  const state = await sweepState(path, { disk, host: onlooker });
  expect(state.finished, "a result that is there counts").toBe(now.size);
  const { total, finished, diverged, running, stopped, failed, waiting } = state;
  expect(finished + diverged + running + stopped + failed + waiting).toBe(total);
  expect([running, failed, diverged]).toEqual([0, 0, 0]);
  return now;
}

describe("a sweep that is killed", () => {
  test.each(["inline", "local"] as const)(
    "at any operation on the disk (%s executor) loses and repeats no finished run, and resumed ends as if undisturbed",
    async (executor) => {
      const expected = await undisturbed();
      const random = seededRandom(1);
      let kills = 0;
      for (let sweep = 0; sweep < 40; sweep++) {
        const disk = memoryDisk();
        const process = lives();
        await writeSweep(path, record, { disk });
        const { trainer, begun } = noting();
        let there = new Map<string, string>();
        for (;;) {
          const doomed = mortalDisk(disk, 1 + Math.floor(random.uniform() * 120), random);
          begun.length = 0;
          const ended = runSweep(path, {
            disk: doomed.disk,
            host: process.next(),
            trainer,
            executor,
            concurrency: 3,
          });
          const outcome = await Promise.race([ended, doomed.dead]);
          for (const id of begun)
            expect([...there.keys()], "trained though it had ended").not.toContain(
              `${path}/runs/${id}/run.json`,
            );
          expect(new Set(begun).size, "trained twice in one life").toBe(begun.length);
          there = await checkAfterKill(disk, there);
          if (outcome) break;
          kills += 1;
        }
        expect(await collectRuns(path, { disk })).toEqual(expected);
        for (const run of expected) {
          const { points } = readMetricLines(disk.files.get(`${path}/runs/${run.id}/metrics.jsonl`)!);
          expect(points.map(({ seconds, ...point }) => point)).toEqual(run.curve);
        }
      }
      expect(kills).toBeGreaterThan(150);
    },
  );

  test("at every single operation in turn", async () => {
    const expected = await undisturbed();
    const random = seededRandom(2);
    const small = { ...record, specs: record.specs.slice(0, 2) };
    for (let operations = 1; ; operations++) {
      const disk = memoryDisk();
      const process = lives();
      await writeSweep(path, small, { disk });
      const doomed = mortalDisk(disk, operations, random);
      const options = { trainer: noting().trainer, executor: "inline" } as const;
      const outcome = await Promise.race([
        runSweep(path, { disk: doomed.disk, host: process.next(), ...options }),
        doomed.dead,
      ]);
      await checkAfterKill(disk, new Map());
      await runSweep(path, { disk, host: process.next(), ...options });
      expect(await collectRuns(path, { disk })).toEqual(expected.slice(0, 2));
      if (outcome) {
        expect(operations).toBeGreaterThan(50);
        break;
      }
    }
  });

  test("while another tries to conduct it too: one does, the other is refused, and nothing is trained twice", async () => {
    const random = seededRandom(3);
    for (let round = 0; round < 40; round++) {
      const disk = memoryDisk();
      const process = lives();
      await writeSweep(path, record, { disk });
      const { trainer, begun } = noting();
      // the first may die at any moment; two others come at once
      const doomed = mortalDisk(disk, 1 + Math.floor(random.uniform() * 200), random);
      await Promise.race([runSweep(path, { disk: doomed.disk, host: process.next(), trainer }), doomed.dead]);
      const ended = [...resultsOn(disk).keys()];
      begun.length = 0;
      const both = await Promise.allSettled([
        runSweep(path, { disk, host: process.next(), trainer }),
        runSweep(path, { disk, host: process.neighbour(), trainer }),
      ]);
      const refused = both.filter(({ status }) => status === "rejected");
      expect(refused.length).toBeLessThanOrEqual(1);
      for (const one of refused)
        expect(String((one as PromiseRejectedResult).reason)).toMatch(/SweepHeld: .* is at work on it/);
      expect(new Set(begun).size).toBe(begun.length);
      for (const id of begun) expect(ended).not.toContain(`${path}/runs/${id}/run.json`);
      expect((await sweepState(path, { disk, host: process.next() })).finished).toBe(8);
    }
  });
});

/** A disk that is full after so many bytes. */
function fullDisk(disk: Disk, bytes: number): Disk {
  let left = bytes;
  const take = (text: string): void => {
    left -= text.length;
    if (left < 0)
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  };
  return {
    ...disk,
    async write(path, text) {
      take(text);
      await disk.write(path, text);
    },
    async append(path, text) {
      take(text);
      await disk.append(path, text);
    },
  };
}

test("a disk that fills up at any byte ends the sweep in a clear state, and with room again it ends as if undisturbed", async () => {
  const expected = await undisturbed();
  let full = 0;
  for (let bytes = 200; bytes < 20_000; bytes += 331) {
    const disk = memoryDisk();
    const process = lives();
    await writeSweep(path, record, { disk });
    const options = { trainer: noting().trainer, concurrency: 2 } as const;
    const outcome = await runSweep(path, {
      disk: fullDisk(disk, bytes),
      host: process.next(),
      ...options,
    }).catch((error: Error) => {
      // full before anything began: the claim itself could not be written
      expect(error.message).toContain("ENOSPC");
      return null;
    });
    if (outcome?.stopped === "disk-full") {
      full += 1;
      expect(outcome.runs.length).toBeLessThan(8);
    }
    const state = await sweepState(path, { disk, host: process.next() });
    expect(state.finished).toBe(resultsOn(disk).size);
    await runSweep(path, { disk, host: process.next(), ...options });
    expect(await collectRuns(path, { disk })).toEqual(expected);
  }
  expect(full).toBeGreaterThan(20);
});

test("two fates of a trunk: its branches wait for it, and where it diverged they fail and say why", async () => {
  const disk = memoryDisk();
  await writeSweep(path, record, { disk });
  const [trunk] = record.specs;
  const { trainer, begun } = noting([trunk.id]);
  const outcome = await runSweep(path, { disk, host: lives().next(), trainer, concurrency: 4 });
  expect(outcome.diverged).toEqual([trunk.id]);
  expect(outcome.failed.map(({ id }) => id)).toEqual(
    record.specs.filter(({ settings }) => settings.branchFrom === trunk.id).map(({ id }) => id),
  );
  expect(outcome.failed[0].message).toContain(
    `${trunk.id}, which it branches off, has not finished but diverged`,
  );
  expect(outcome.finished).toHaveLength(4);
  expect(begun).toHaveLength(5);
});

test("a cancellation is taken back by whoever conducts next, never under one who has yet to obey it", async () => {
  const disk = memoryDisk();
  const { next, neighbour } = lives();
  await writeSweep(path, record, { disk });
  const { trainer } = noting();
  const first = runSweep(path, { disk, host: next(), trainer, executor: "inline" });
  await markCancelled(path, true, { disk });
  const second = runSweep(path, { disk, host: neighbour(), trainer, resume: true });
  await expect(second).rejects.toThrow("is at work on it");
  expect(disk.files.has(`${path}/cancelled.json`)).toBe(true);
  await first;
  const third = await runSweep(path, { disk, host: next(), trainer, resume: true });
  expect(third.stopped).toBeNull();
  expect(disk.files.has(`${path}/cancelled.json`)).toBe(false);
  expect((await sweepState(path, { disk, host: next() })).finished).toBe(8);
});

test("a sweep stops when its hours are over, and not before", async () => {
  for (const [hours, stopped] of [
    [1000, null],
    [1e-9, "hours"],
  ] as const) {
    const disk = memoryDisk();
    await writeSweep(path, { ...record, hours }, { disk });
    const { trainer } = noting();
    const outcome = await runSweep(path, { disk, host: lives().next(), trainer, beatMs: 1 });
    expect(outcome.stopped).toBe(stopped);
  }
});
