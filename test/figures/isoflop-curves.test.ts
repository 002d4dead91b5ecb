import { expect, test } from "vitest";
import { figureSchema, isoflopCurves, type LineMark, type PointsMark } from "../../src/figures/index.ts";
import { fit, fitIsoflop } from "../../src/fit/index.ts";
import { chinchilla, computeOptimum, findSet, lawFunction } from "../../src/laws/index.ts";
import { observe, tableOf } from "../../src/runs/index.ts";
import { linesAndPoints } from "./marks.ts";

const parameters = findSet(chinchilla, "besiroglu2024-refit").parameters;
const law = lawFunction(chinchilla, parameters);
const budgets = [1e18, 1e19, 1e20];
const rows = budgets.flatMap((flops) =>
  [0.3, 0.6, 1, 1.7, 3].map((factor, i) => {
    const params = factor * Math.sqrt(flops / 120);
    const tokens = (flops * (1 + 0.01 * (i - 2))) / (6 * params); // a budget met within 2 %, as real ones are
    return { params, tokens, loss: law({ params, tokens }) };
  }),
);
const wanted = { inputs: ["params", "tokens"], output: "loss" };
const observed = observe(tableOf(rows, { origin: "planted" }), wanted);
const figure = isoflopCurves(observed, fit(chinchilla, observed));
const marks = linesAndPoints(figure);

test("a curve and its points for every budget, and the optima of the planted law", () => {
  expect(figureSchema.parse(figure)).toEqual(figure);
  expect(marks.filter(({ kind }) => kind === "line").map(({ series }) => series)).toEqual([
    "1e18 FLOPs",
    "1e19 FLOPs",
    "1e20 FLOPs",
  ]);
  const optima = marks.find(({ series }) => series === "optimum")!.points;
  budgets.forEach((flops, i) => {
    // noiseless data: the fit is the planted law, up to where the minimiser stops
    expect(optima[i][0] / computeOptimum(chinchilla, parameters, flops)!.params).toBeCloseTo(1, 3);
  });
});

test("the curve of a budget goes no lower than its optimum and passes near its points", () => {
  const [line, points] = marks as [LineMark, PointsMark];
  const lowest = Math.min(...line.points.map(([, y]) => y));
  expect(lowest).toBeGreaterThanOrEqual(
    marks.find(({ series }) => series === "optimum")!.points[0][1] - 1e-9,
  );
  for (const [x, y] of points.points) {
    const near = line.points.reduce((a, b) =>
      Math.abs(Math.log(b[0] / x)) < Math.abs(Math.log(a[0] / x)) ? b : a,
    );
    expect(Math.abs(near[1] - y)).toBeLessThan(0.02); // 2 % of budget is worth about 0.005 nats here
  }
});

test("parabolas in log N for a fit by approach 2, each through a planted parabola's points and lowest at its vertex", () => {
  const bowls = [1e18, 1e19].flatMap((flops, k) =>
    [-2, -1, 0, 1, 2].map((step) => {
      const params = 1e8 * 3 ** k * Math.exp(step / 2);
      return { params, tokens: flops / (6 * params), loss: 3 - k / 2 + (step / 2 - 0.2) ** 2 / 10 };
    }),
  );
  const runs = observe(tableOf(bowls, { origin: "bowls" }), wanted);
  const drawn = linesAndPoints(isoflopCurves(runs, fitIsoflop(runs)));
  const lowest = drawn.find(({ series }) => series === "optimum")!.points;
  // exact data, so the vertex is good to rounding
  expect(lowest[0]![0] / (1e8 * Math.exp(0.2))).toBeCloseTo(1, 9);
  expect(lowest[1]![1]).toBeCloseTo(2.5, 9);
});

test("runs without a budget of three sizes are refused", () => {
  const scattered = rows.map((row, i) => ({ ...row, tokens: row.tokens * 1.3 ** i }));
  const table = observe(tableOf(scattered, { origin: "scattered" }), wanted);
  expect(() => isoflopCurves(table, fit(chinchilla, observed))).toThrow("no budget has three model sizes");
});
