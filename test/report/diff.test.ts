import { expect, test } from "vitest";
import { fit } from "../../src/fit/index.ts";
import { findLaw } from "../../src/laws/index.ts";
import { plan } from "../../src/plan/index.ts";
import { reportDiff, summaryOf } from "../../src/report/index.ts";
import { plantedFit, plantedRuns } from "./planted.ts";

const observed = plantedRuns();
const before = plantedFit(observed);
const compared = (made: typeof before) => ({
  summary: summaryOf({ fit: made }),
  verdict: made.verdict ?? null,
});

test("a fit beside itself: nothing changed", () => {
  expect(reportDiff(compared(before), compared(before))).toMatchObject({
    same: true,
    changes: [],
    says: "Nothing that a reader would notice changed.",
  });
});

test("another objective: told by name, with the parameters' moves in half-widths of their intervals", () => {
  const after = fit(findLaw("chinchilla"), observed, { objective: "squared-log" });
  const { changes, same } = reportDiff(compared(before), compared(after), { flops: 1e23 });
  expect(same).toBe(false);
  expect(changes).toContainEqual({
    what: "objective",
    before: "huber-log, δ = 0.001",
    after: "squared-log",
    moved: null,
    unit: null,
  });
  expect(changes.some(({ what }) => what === "data")).toBe(false);
  const alpha = changes.find(({ what }) => what === "alpha")!;
  const { value, interval } = before.parameters.alpha!;
  // (after − before) over half the interval of before: one arithmetic, to rounding
  expect(alpha.moved).toBeCloseTo(
    (after.parameters.alpha!.value - value) / ((interval!.high - interval!.low) / 2),
    10,
  );
  expect(alpha.unit).toBe("half-widths");
});

test("N* at a budget is the law's own, and moves by half-widths in logs where the plan has an interval", () => {
  const after = fit(findLaw("chinchilla"), observed, { objective: "squared-log" });
  const planned = plan(before, 1e23);
  const { changes } = reportDiff(
    { summary: summaryOf({ fit: before, plan: planned }), verdict: null },
    compared(after),
  );
  const size = changes.find(({ what }) => what === "N* at 1e23 FLOPs")!;
  const { low, high } = planned.intervals!.params!;
  const by = Math.log(plan(after, 1e23).optimum.params / planned.optimum.params);
  // both optima are found to about 1e-9
  expect(size.moved).toBeCloseTo(by / (Math.log(high / low) / 2), 6);
});

test("other data: the hash and the rows tell", () => {
  const half = { ...before, rows: 29, data: { ...before.data, hash: "sha256:0" } };
  const { changes, says } = reportDiff(compared(before), compared(half));
  expect(changes.map(({ what }) => what)).toEqual(["data", "rows"]);
  expect(says).toBe("The data changed; N* is the same.");
});
