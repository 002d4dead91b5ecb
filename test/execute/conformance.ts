import { describe, expect, test } from "vitest";
import type { Executor, Progress, Task } from "../../src/execute/index.ts";

/** What every executor does, wherever the work happens; `open` gives a fresh one. */
export function executorConformance(name: string, open: () => Executor): void {
  const task = <T>(id: string, value: T): Task<T> => ({ id, work: async () => value });
  const failing: Task<number> = {
    id: "bad",
    work: async () => {
      throw new Error("out of memory");
    },
  };

  describe(`${name} keeps the contract of an executor`, () => {
    test("gives one result a task, in the order of the tasks", async () => {
      const slow: Task<number> = { id: "slow", work: () => new Promise((done) => setTimeout(done, 5, 1)) };
      const results = await open().run([slow, task("quick", 2)]);
      expect(results).toEqual([
        { id: "slow", status: "done", value: 1 },
        { id: "quick", status: "done", value: 2 },
      ]);
    });

    test("nothing to do is no results", async () => {
      expect(await open().run([])).toEqual([]);
    });

    test("a failure is a value and stops nobody else", async () => {
      const thrower: Task<number> = {
        id: "thrower",
        work: () => {
          throw "a string, before any promise";
        },
      };
      const results = await open().run([failing, thrower, task("good", 3)]);
      expect(results).toMatchObject([
        { id: "bad", status: "failed", error: { message: "out of memory" } },
        { id: "thrower", status: "failed", error: { message: "a string, before any promise" } },
        { id: "good", status: "done", value: 3 },
      ]);
    });

    test("says each end once, counting up to the total", async () => {
      const heard: Progress[] = [];
      await open().run([task("a", 1), failing, task("c", 3)], {
        onProgress: (progress) => heard.push(progress),
      });
      expect(heard.map(({ ended, total }) => [ended, total])).toEqual([
        [1, 3],
        [2, 3],
        [3, 3],
      ]);
      expect(Object.fromEntries(heard.map(({ id, status }) => [id, status]))).toEqual({
        a: "done",
        bad: "failed",
        c: "done",
      });
    });

    test("aborted before the start, no work is called and all are cancelled", async () => {
      let calls = 0;
      const counted: Task<number> = { id: "a", work: async () => ++calls };
      const results = await open().run([counted], { signal: AbortSignal.abort() });
      expect(results).toEqual([{ id: "a", status: "cancelled" }]);
      expect(calls).toBe(0);
    });

    test("aborted during the work, the task is told and cancelled", async () => {
      const stop = new AbortController();
      const waiting: Task<number> = {
        id: "waiting",
        work: (signal) =>
          new Promise((_, reject) => {
            signal.addEventListener("abort", () => reject(new Error("stopped")));
            stop.abort();
          }),
      };
      expect(await open().run([waiting], { signal: stop.signal })).toEqual([
        { id: "waiting", status: "cancelled" },
      ]);
    });

    test("work that finishes although told to stop is done: it is not thrown away", async () => {
      const stop = new AbortController();
      const stubborn: Task<number> = {
        id: "stubborn",
        work: async () => {
          stop.abort();
          return 7;
        },
      };
      const [result] = await open().run([stubborn], { signal: stop.signal });
      expect(result).toEqual({ id: "stubborn", status: "done", value: 7 });
    });

    test("a task begins when those it waits for are done, and not at all when one of them failed", async () => {
      const order: string[] = [];
      const noted = (id: string, after: string[] = [], fail = false): Task<string> => ({
        id,
        after,
        work: async () => {
          order.push(`${id} begins`);
          await new Promise((done) => setTimeout(done, 2));
          if (fail) throw new Error("no");
          order.push(`${id} ends`);
          return id;
        },
      });
      const results = await open().run([
        noted("trunk"),
        noted("bad", [], true),
        noted("branch", ["trunk"]),
        noted("twig", ["branch", "trunk"]),
        noted("never", ["branch", "bad"]),
        noted("nor this", ["never"]),
      ]);
      expect(results.map(({ status }) => status)).toEqual([
        "done",
        "failed",
        "done",
        "done",
        "failed",
        "failed",
      ]);
      expect(results[4]).toMatchObject({ error: { message: '"never" waits for "bad", which failed' } });
      expect(order.indexOf("branch begins")).toBeGreaterThan(order.indexOf("trunk ends"));
      expect(order.indexOf("twig begins")).toBeGreaterThan(order.indexOf("branch ends"));
      expect(order.join()).not.toContain("never");
    });

    test("stopped, tasks that wait for others are cancelled with them", async () => {
      const stop = new AbortController();
      const first: Task<number> = {
        id: "first",
        work: async () => {
          stop.abort();
          throw new Error("stopped");
        },
      };
      const results = await open().run([first, { ...task("second", 2), after: ["first"] }], {
        signal: stop.signal,
      });
      expect(results).toEqual([
        { id: "first", status: "cancelled" },
        { id: "second", status: "cancelled" },
      ]);
    });

    test("a task that waits for a later one, or for none of these, is refused before any work", async () => {
      const waits = { ...task("a", 1), after: ["b"] };
      await expect(open().run([waits, task("b", 2)])).rejects.toThrow(
        'cannot run tasks: "a" waits for "b", got no such task before it',
      );
    });

    test("two tasks of one id are refused before any work", async () => {
      let calls = 0;
      const counted: Task<number> = { id: "a", work: async () => ++calls };
      await expect(open().run([counted, counted])).rejects.toThrow('cannot run tasks: two have the id "a"');
      expect(calls).toBe(0);
    });
  });
}
