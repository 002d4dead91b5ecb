import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { bestSplit, type Split } from "../../src/execute/index.ts";

const folder = mkdtempSync(join(tmpdir(), "isoflop-split-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A machine whose processes get this much done in a second, by how many there are. */
const machine = (rates: Readonly<Record<number, number>>) => {
  const asked: Split[] = [];
  const measure = async (split: Split): Promise<number> => {
    asked.push(split);
    return rates[split.processes];
  };
  return { asked, measure };
};

describe("the best split of a machine's cores, by measuring", () => {
  test("takes a process a core where each core adds its own", async () => {
    const { asked, measure } = machine({ 8: 8, 4: 4 });
    expect(await bestSplit(measure, { cores: 8 })).toMatchObject({ processes: 8, threads: 1 });
    expect(asked.map(({ processes }) => processes)).toEqual([8, 4]); // half as much: fewer still are not asked
  });

  test("takes fewer where the cores are in each other's way, or where more add next to nothing", async () => {
    expect(await bestSplit(machine({ 8: 3, 4: 4, 2: 2 }).measure, { cores: 8 })).toMatchObject({
      processes: 4,
    });
    expect(await bestSplit(machine({ 8: 4.1, 4: 4, 2: 2 }).measure, { cores: 8 })).toMatchObject({
      processes: 4,
    });
    expect(
      await bestSplit(machine({ 8: 4.1, 4: 4, 2: 2 }).measure, { cores: 8, margin: 0.01 }),
    ).toMatchObject({
      processes: 8,
    });
  });

  test("work with threads of its own gets the cores that fewer processes leave", async () => {
    const { asked, measure } = machine({ 6: 1, 3: 2, 1: 1.5 });
    expect(await bestSplit(measure, { cores: 6, threads: true })).toMatchObject({ processes: 3, threads: 2 });
    expect(asked).toEqual([
      { processes: 6, threads: 1 },
      { processes: 3, threads: 2 },
      { processes: 1, threads: 6 },
    ]);
  });

  test("on one core there is nothing to measure", async () => {
    const { asked, measure } = machine({});
    expect(await bestSplit(measure, { cores: 1 })).toMatchObject({ processes: 1, threads: 1 });
    expect(asked).toEqual([]);
  });

  test("is measured once where it is kept; what was kept badly is measured again", async () => {
    const file = join(folder, "deep", "split.json");
    const first = machine({ 2: 2, 1: 1 });
    const found = await bestSplit(first.measure, { cores: 2, file });
    const second = machine({ 2: 1, 1: 2 });
    expect(await bestSplit(second.measure, { cores: 2, file })).toEqual(found);
    expect(second.asked).toEqual([]);
    writeFileSync(file, "{");
    expect(await bestSplit(second.measure, { cores: 2, file })).toMatchObject({ processes: 1 });
  });

  test("a place where nothing can be kept is no reason to fail", async () => {
    const file = join(folder, "deep", "split.json", "below a file");
    expect(await bestSplit(machine({ 2: 2, 1: 1 }).measure, { cores: 2, file })).toMatchObject({
      processes: 2,
    });
  });

  test("refuses a machine without cores", async () => {
    await expect(bestSplit(machine({}).measure, { cores: 0 })).rejects.toThrow("expected 1 at least, got 0");
  });
});
