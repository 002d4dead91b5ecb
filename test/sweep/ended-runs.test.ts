import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { planSweep } from "../../src/plan/index.ts";
import { nodeDisk } from "../../src/store/index.ts";
import {
  type EndedRuns,
  readSweepFiles,
  runSweep,
  stateOf,
  sweepFolder,
  writeSweep,
} from "../../src/sweep/index.ts";

const folder = mkdtempSync(join(tmpdir(), "isoflop-ended-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("who looks at a sweep again and again reads a run that has ended once, unless its result changes", async () => {
  const { specs } = planSweep({ budgets: [1e15], sizesPerBudget: 3, trainer: "synthetic" });
  const record = { name: "seen", specs, command: null, concurrency: null, hours: null };
  await writeSweep(folder, { format: "isoflop.sweeprecord/1", ...record });
  let reads = 0;
  const disk = nodeDisk();
  const counting = {
    ...disk,
    read: (path: string): Promise<string | null> => {
      if (path.endsWith("metrics.jsonl")) reads++;
      return disk.read(path);
    },
  };
  const ended: EndedRuns = new Map();
  const look = async (): Promise<{ finished: number; reads: number }> => {
    reads = 0;
    const { finished } = stateOf(await readSweepFiles(folder, { ended, disk: counting }));
    return { finished, reads };
  };
  expect(await look()).toEqual({ finished: 0, reads: 3 });
  await runSweep(folder, { executor: "inline" });
  expect(await look()).toEqual({ finished: 3, reads: 3 });
  const before = stateOf(await readSweepFiles(folder));
  expect(stateOf(await readSweepFiles(folder, { ended }))).toEqual(before);
  expect(await look()).toEqual({ finished: 3, reads: 0 });

  rmSync(sweepFolder(folder).runOf(specs[0]!.id), { recursive: true });
  expect(await look()).toEqual({ finished: 2, reads: 1 });
});
