import { describe, expect, test } from "vitest";
import { type LocalOptions, localExecutor, type Task } from "../../src/execute/index.ts";
import { executorConformance } from "./conformance.ts";

executorConformance("localExecutor", () => localExecutor({ concurrency: 3 }));
executorConformance("localExecutor with one at a time", () => localExecutor({ concurrency: 1 }));

/** Runs tasks of these needs, and says which were at work together. */
async function together(needs: readonly number[], options: LocalOptions): Promise<string[]> {
  const atWork = new Set<number>();
  const seen: string[] = [];
  const tasks = needs.map(
    (memoryBytes, i): Task<void> => ({
      id: String(i),
      memoryBytes,
      async work() {
        atWork.add(i);
        seen.push([...atWork].join("+"));
        await new Promise((done) => setTimeout(done, 20));
        atWork.delete(i);
      },
    }),
  );
  const results = await localExecutor({ pauseMs: 1, reserveBytes: 0, ...options }).run(tasks);
  expect(results.every(({ status }) => status === "done")).toBe(true);
  return seen;
}

describe("the local executor", () => {
  test("does as many tasks at once as it was told, and no more", async () => {
    const seen = await together([0, 0, 0, 0, 0], { concurrency: 2 });
    expect(seen).toHaveLength(5);
    expect(Math.max(...seen.map((atWork) => atWork.split("+").length))).toBe(2);
  });

  test("begins a task beside others only when its memory fits beside what they were said to need", async () => {
    const seen = await together([60, 60, 30], { concurrency: 3, freeBytes: () => 100 });
    expect(seen).toEqual(["0", "1", "1+2"]);
  });

  test("a machine too small for a task tries it alone", async () => {
    expect(await together([500, 500], { concurrency: 2, freeBytes: () => 100 })).toEqual(["0", "1"]);
  });

  test("begins the next when others give memory back, without waiting for an end of its own", async () => {
    let free = 100;
    let begun = (): void => {};
    const other = new Promise<void>((done) => {
      begun = done;
    });
    const first: Task<void> = {
      id: "first",
      memoryBytes: 30,
      async work() {
        free = 10;
        setTimeout(() => {
          free = 70;
        }, 5);
        await other; // were the second to wait for this end, neither would come
      },
    };
    const second: Task<void> = { id: "second", memoryBytes: 30, work: async () => begun() };
    const executor = localExecutor({ concurrency: 2, freeBytes: () => free, reserveBytes: 0, pauseMs: 1 });
    expect((await executor.run([first, second])).map(({ status }) => status)).toEqual(["done", "done"]);
  });

  test("leaves the reserve to others", async () => {
    const seen = await together([30, 30], { concurrency: 2, freeBytes: () => 100, reserveBytes: 50 });
    expect(seen).toEqual(["0", "1"]);
  });

  test("refuses a concurrency of none", () => {
    expect(() => localExecutor({ concurrency: 0 })).toThrow("expected a concurrency of at least 1, got 0");
  });
});
