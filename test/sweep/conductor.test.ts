import { describe, expect, test } from "vitest";
import { inlineExecutor } from "../../src/execute/index.ts";
import { chinchilla } from "../../src/laws/index.ts";
import { planSweep } from "../../src/plan/index.ts";
import type { Run, RunSpec } from "../../src/runs/index.ts";
import { memoryStore, type Store } from "../../src/store/index.ts";
import { type ConductOptions, conduct, type SweepProgress } from "../../src/sweep/index.ts";
import { type SyntheticOptions, syntheticTrainer, type Trainer } from "../../src/train/index.ts";

const { parameters } = chinchilla.sets["besiroglu2024-refit"];
const sweep = planSweep({ budgets: [1e18, 1e19], sizesPerBudget: 3 });
const ids = sweep.specs.map(({ id }) => id);

/** A trainer that counts what it was asked. */
function counting(options: Partial<SyntheticOptions> = {}): { trainer: Trainer; asked: string[] } {
  const inner = syntheticTrainer({ law: chinchilla, parameters, noise: 0.01, curvePoints: 3, ...options });
  const asked: string[] = [];
  const train: Trainer["train"] = (spec, given) => {
    asked.push(spec.id);
    return inner.train(spec, given);
  };
  return { trainer: { name: inner.name, train }, asked };
}
const plainly = (options: Partial<ConductOptions> = {}): ConductOptions => ({
  trainer: counting().trainer,
  executor: inlineExecutor(),
  store: memoryStore(),
  ...options,
});
const runsIn = async (store: Store): Promise<Run[]> =>
  Promise.all((await store.list("run")).map(async ({ key }) => (await store.get("run", key))!));

describe("the conductor", () => {
  test("trains every run once, in the order of the specs, and stores each", async () => {
    const { trainer, asked } = counting();
    const store = memoryStore();
    const outcome = await conduct(sweep, plainly({ trainer, store }));
    expect(asked).toEqual(ids);
    expect(outcome).toMatchObject({ finished: ids, diverged: [], failed: [], skipped: [], cancelled: [] });
    expect(outcome.runs.map(({ spec }) => spec)).toEqual(sweep.specs);
    expect(await runsIn(store)).toEqual(outcome.runs);
  });

  test("takes bare specs too, and none at all", async () => {
    const outcome = await conduct(sweep.specs.slice(0, 2), plainly());
    expect(outcome.finished).toEqual(ids.slice(0, 2));
    expect((await conduct([], plainly())).runs).toEqual([]);
  });

  test("called again it trains nothing, and gives the same runs", async () => {
    const { trainer, asked } = counting();
    const options = plainly({ trainer });
    const first = await conduct(sweep, options);
    const second = await conduct(sweep, options);
    expect(asked).toHaveLength(6);
    expect(second).toMatchObject({ finished: [], skipped: ids });
    expect(second.runs).toEqual(first.runs);
  });

  test("a failed run stops no other, says why, and is tried again by the next call", async () => {
    const store = memoryStore();
    const first = await conduct(sweep, plainly({ store, trainer: counting({ fails: [ids[1]] }).trainer }));
    expect(first.failed).toEqual([{ id: ids[1], message: `cannot train ${ids[1]}: it was told to fail` }]);
    expect(first.finished).toEqual(ids.filter((id) => id !== ids[1]));
    const second = await conduct(sweep, plainly({ store }));
    expect(second.finished).toEqual([ids[1]]);
    expect(second.runs).toEqual((await conduct(sweep, plainly())).runs);
  });

  test("a diverged run has ended: it is kept without a loss and not trained again", async () => {
    const { trainer, asked } = counting({ diverges: [ids[4]] });
    const options = plainly({ trainer });
    const first = await conduct(sweep, options);
    expect(first.diverged).toEqual([ids[4]]);
    expect(first.runs[4]).toMatchObject({ status: "diverged", losses: [] });
    expect((await conduct(sweep, options)).skipped).toEqual(ids);
    expect(asked).toHaveLength(6);
  });

  test("a run that the store holds unfinished is trained again", async () => {
    const store = memoryStore();
    const [{ id }] = sweep.specs;
    const [whole] = (await conduct(sweep, plainly())).runs;
    const half: Run = { ...whole, status: "unfinished", losses: [] };
    await store.put(half);
    expect((await conduct(sweep, plainly({ store }))).finished).toContain(id);
    expect((await store.get("run", id))?.status).toBe("finished");
    expect(await store.list("run")).toHaveLength(6);
  });

  test.each(ids.map((_, k) => k))(
    "stopped after %i runs and called again, all is as if never stopped",
    async (k) => {
      const store = memoryStore();
      const { trainer, asked } = counting();
      const stop = new AbortController();
      if (k === 0) stop.abort();
      const onProgress = ({ ended }: SweepProgress): void => {
        if (ended === k) stop.abort();
      };
      const first = await conduct(sweep, plainly({ trainer, store, signal: stop.signal, onProgress }));
      expect(first.finished).toEqual(ids.slice(0, k));
      expect(first.cancelled).toEqual(ids.slice(k));
      expect(first.failed).toEqual([]);
      const second = await conduct(sweep, plainly({ trainer, store }));
      expect(second.skipped).toEqual(ids.slice(0, k));
      expect(asked).toEqual(ids);
      expect(second.runs).toEqual((await conduct(sweep, plainly())).runs);
    },
  );

  test("stopped in the middle of a run, that run is cancelled and leaves nothing behind", async () => {
    const store = memoryStore();
    const stop = new AbortController();
    const onPoint = (id: string): void => {
      if (id === ids[2]) stop.abort();
    };
    const first = await conduct(sweep, plainly({ store, signal: stop.signal, onPoint }));
    expect(first.cancelled).toEqual(ids.slice(2));
    expect(await store.get("run", ids[2])).toBeNull();
    expect((await conduct(sweep, plainly({ store }))).runs).toEqual((await conduct(sweep, plainly())).runs);
  });

  test("a run that ends although it was told to stop is kept", async () => {
    const stop = new AbortController();
    const inner = counting().trainer;
    const stubborn: Trainer = {
      name: "synthetic",
      train: (spec) => {
        stop.abort();
        return inner.train(spec);
      },
    };
    const outcome = await conduct(sweep, plainly({ trainer: stubborn, signal: stop.signal }));
    expect(outcome.finished).toEqual([ids[0]]);
    expect(outcome.cancelled).toEqual(ids.slice(1));
  });

  test("two conductors on one store train no run twice that the other has ended", async () => {
    const { trainer, asked } = counting();
    const store = memoryStore();
    const backwards = conduct([...sweep.specs].reverse(), plainly({ trainer, store }));
    const forwards = conduct(sweep, plainly({ trainer, store }));
    const [one, other] = await Promise.all([backwards, forwards]);
    expect([...one.runs].reverse()).toEqual(other.runs);
    expect(await store.list("run")).toHaveLength(6);
    // they meet in the middle: each may be at work on the run that the other is at work on, once
    expect(asked.length).toBeLessThanOrEqual(6 + 2);
  });

  test("says each end once and counts up to the total, with what was there before", async () => {
    const store = memoryStore();
    await conduct(sweep.specs.slice(0, 2), plainly({ store }));
    const heard: SweepProgress[] = [];
    const { trainer } = counting({ fails: [ids[3]], diverges: [ids[4]] });
    await conduct(sweep, plainly({ trainer, store, onProgress: (progress) => heard.push(progress) }));
    const message = `cannot train ${ids[3]}: it was told to fail`;
    expect(heard).toEqual([
      { id: ids[2], status: "finished", message: null, ended: 3, total: 6 },
      { id: ids[3], status: "failed", message, ended: 4, total: 6 },
      { id: ids[4], status: "diverged", message: null, ended: 5, total: 6 },
      { id: ids[5], status: "finished", message: null, ended: 6, total: 6 },
    ]);
  });

  test("hands on every point of every curve", async () => {
    const heard: string[] = [];
    await conduct(sweep, plainly({ onPoint: (id, { tokens }) => heard.push(`${id} ${tokens}`) }));
    expect(heard).toHaveLength(18);
    expect(new Set(heard).size).toBe(18);
  });

  test("a store that fails fails the run, whose work is then not counted as done", async () => {
    const memory = memoryStore();
    const full: Store = { ...memory, put: async () => Promise.reject(new Error("no space left")) };
    const outcome = await conduct(sweep.specs.slice(0, 1), plainly({ store: full }));
    expect(outcome.failed).toEqual([{ id: ids[0], message: "no space left" }]);
    expect(outcome.runs).toEqual([]);
  });

  test.each<[string, (run: Run) => Run, string]>([
    ["of another id", (run) => ({ ...run, id: "z" }), `expected the run "${ids[0]}", got "z"`],
    [
      "of another spec",
      (run) => ({ ...run, spec: { ...run.spec!, seed: 9 } }),
      "expected the spec that was asked for",
    ],
    [
      "that has not ended",
      (run) => ({ ...run, status: "unfinished" }),
      "expected a run that has ended, got unfinished",
    ],
  ])("a trainer's run %s is not stored", async (_, spoil, message) => {
    const inner = counting().trainer;
    const trainer: Trainer = { name: "synthetic", train: async (spec) => spoil(await inner.train(spec)) };
    const store = memoryStore();
    const outcome = await conduct(sweep.specs.slice(0, 1), plainly({ trainer, store }));
    expect(outcome.failed[0].message).toContain(message);
    expect(await store.list("run")).toEqual([]);
  });

  test.each<[string, (store: Store) => Promise<readonly RunSpec[]>, string]>([
    [
      "two specs of one id",
      async () => [sweep.specs[0], sweep.specs[0]],
      `cannot conduct: two specs have the id "${ids[0]}"; give every run its own`,
    ],
    [
      "specs for another trainer",
      async () => [{ ...sweep.specs[0], trainer: "gpt" }],
      `cannot conduct: ${ids[0]} asks for the trainer "gpt", got "synthetic"`,
    ],
    [
      "another run under the same id in the store",
      async (store) => {
        await conduct(sweep.specs.slice(0, 1), plainly({ store }));
        return [{ ...sweep.specs[0], learningRate: 0.1 }];
      },
      `cannot conduct: the memory store holds a run "${ids[0]}" of another spec, from synthetic chinchilla`,
    ],
  ])("refuses %s before any work", async (_, prepare, message) => {
    const store = memoryStore();
    const specs = await prepare(store);
    const { trainer, asked } = counting();
    await expect(conduct(specs, plainly({ trainer, store }))).rejects.toThrow(message);
    expect(asked).toEqual([]);
  });
});
