import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fit, fitInPool, refitPiece } from "../../src/fit/index.ts";
import { chinchilla, lawFunction } from "../../src/laws/index.ts";
import { type Pool, seededRandom } from "../../src/numeric/index.ts";
import { createPool, inlinePool, type ThreadPool } from "../../src/pool/index.ts";
import { tableOf } from "../../src/runs/index.ts";
import { root } from "../house/tree.ts";

const worker = join(root, "dist/cli/worker.js");

function planted() {
  const random = seededRandom(5);
  const law = lawFunction(chinchilla, chinchilla.sets["besiroglu2024-refit"]!.parameters);
  const between = (low: number, high: number): number => low * (high / low) ** random.uniform();
  const rows = Array.from({ length: 60 }, () => {
    const at = { params: between(1e8, 1e10), tokens: between(1e9, 3e11) };
    return { ...at, loss: law(at) * Math.exp(0.005 * random.normal()) };
  });
  return tableOf(rows, { origin: "planted" });
}
const runs = planted();
const inline = inlinePool({ refitPiece });

describe("fitInPool", () => {
  test.each(["residual", "pairs"] as const)(
    "%s: the same fit as in one piece, to the last bit",
    async (scheme) => {
      const options = { bootstrap: 41, scheme, seed: 3 };
      const told: number[] = [];
      const made = await fitInPool(inline, chinchilla, runs, {
        ...options,
        onProgress: (done) => told.push(done),
      });
      expect(made).toEqual(fit(chinchilla, runs, options));
      expect(told.at(-1)).toBe(41);
    },
  );

  test("a signal that has come stops it, and nothing hangs", async () => {
    const signal = AbortSignal.abort();
    await expect(fitInPool(inline, chinchilla, runs, { bootstrap: 10, signal })).rejects.toThrow(/stopped/);
  });

  test("a fit without refits needs no thread", async () => {
    const none: Pool = { threads: 2, run: () => Promise.reject(new Error("asked")) };
    expect(await fitInPool(none, chinchilla, runs)).toEqual(fit(chinchilla, runs));
  });
});

describe.skipIf(!existsSync(worker))("worker threads", () => {
  let pool: ThreadPool;
  beforeAll(async () => {
    pool = await createPool({ threads: 2, worker: pathToFileURL(worker) });
  });
  afterAll(() => pool.close());

  test("any number of them gives the numbers of none", async () => {
    const options = { bootstrap: 60, seed: 1 };
    const alone = await fitInPool(inline, chinchilla, runs, options);
    expect(await fitInPool(pool, chinchilla, runs, options)).toEqual(alone);
  });

  test("stopped half-way, it rejects and the pool is good for more", async () => {
    const stop = new AbortController();
    const onProgress = (): void => stop.abort();
    const half = fitInPool(pool, chinchilla, runs, { bootstrap: 4000, onProgress, signal: stop.signal });
    await expect(half).rejects.toThrow();
    expect((await fitInPool(pool, chinchilla, runs, { bootstrap: 20 })).bootstrap?.draws).toHaveLength(20);
  });

  test("what goes wrong in a thread is said here", async () => {
    await expect(pool.run("refitPiece", { job: null, from: 0, to: 1 })).rejects.toThrow(/null/);
    await expect(pool.run("nothing", {})).rejects.toThrow();
  });
});

test("no threads is refused", async () => {
  await expect(createPool({ threads: 0 })).rejects.toThrow("expected at least one thread, got 0");
});
