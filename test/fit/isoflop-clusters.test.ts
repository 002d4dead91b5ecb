import { expect, test } from "vitest";
import { fitIsoflop, frontierFitSchema } from "../../src/fit/index.ts";
import { chinchilla, findSet, lawFunction } from "../../src/laws/index.ts";
import { seededRandom, standardDeviation } from "../../src/numeric/index.ts";
import { type Table, tableOf } from "../../src/runs/index.ts";

const budgets = [1e17, 1e18, 1e19, 1e20];
const loss = lawFunction(chinchilla, findSet(chinchilla, "hoffmann2022-rounded").parameters);

/** Four budgets of seven shapes; a shape's luck is the same on every budget it is trained on. */
function ladder(seed: number, luck: number): Table {
  const random = seededRandom(seed);
  const rows = Array.from({ length: 7 }, (_, shape) => {
    const off = 1 + luck * random.normal();
    return budgets.map((flops) => {
      const params = 0.1 * Math.sqrt(flops) * 2 ** (shape - 3);
      const tokens = flops / (6 * params);
      return { shape: `s${shape}`, params, tokens, loss: loss({ params, tokens }) * off };
    });
  });
  return tableOf(rows.flat(), { origin: "ladder" });
}

test("clusters are drawn as wholes: k·C^a then scatters in the draws as it does between ladders", () => {
  const sizeAt = (k: number, a: number): number => Math.log(k) + a * Math.log(1e19);
  const between = standardDeviation(
    Array.from({ length: 60 }, (_, seed) => {
      const { params } = fitIsoflop(ladder(seed, 0.003)).laws!;
      return sizeAt(params.coefficient.value, params.exponent.value);
    }),
  );
  const drawnIn = (clusters: string | null): number => {
    const all = Array.from({ length: 8 }, (_, seed) =>
      standardDeviation(
        fitIsoflop(ladder(seed, 0.003), { clusters, bootstrap: 80 }).bootstrap!.draws.map(([k, a]) =>
          sizeAt(k, a),
        ),
      ),
    );
    return all.reduce((sum, one) => sum + one, 0) / all.length;
  };
  // seven clusters tell a spread to a third; runs drawn apart miss that their luck is one (by √4 budgets at the most)
  expect(drawnIn("shape") / between).toBeGreaterThan(0.7);
  expect(drawnIn("shape") / between).toBeLessThan(2);
  expect(drawnIn(null)).toBeLessThan(0.8 * drawnIn("shape"));
});

test("the fit says how it drew, and a column that isn't there is refused", () => {
  const made = fitIsoflop(ladder(1, 0.003), { clusters: "shape", bootstrap: 20 });
  expect(made.bootstrap?.method).toBe("clusters");
  expect(frontierFitSchema.parse(JSON.parse(JSON.stringify(made))).bootstrap?.method).toBe("clusters");
  expect(() => fitIsoflop(ladder(1, 0.003), { clusters: "trunk" })).toThrow(
    'cannot tell clusters apart by "trunk": ladder has no such column; it has shape',
  );
});
