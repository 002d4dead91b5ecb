import { describe, expect, test } from "vitest";
import { contour } from "../../src/figures/contours.ts";
import {
  allocation,
  basinFigure,
  curvesOfRows,
  curvesOfRuns,
  drawPairs,
  type Figure,
  figureSchema,
  heldOutFigure,
  isoflopCurves,
  layoutFigure,
  lifetimeCost,
  lossByCompute,
  lossSurface,
  type Mark,
  residualFigure,
  terminalFigure,
  tokenLadder,
  tornado,
  trainingCurves,
} from "../../src/figures/index.ts";
import { fit, fitIsoflop } from "../../src/fit/index.ts";
import { chinchilla, computeOptimum, findLaw, findSet, lawFunction } from "../../src/laws/index.ts";
import { plan, planInference } from "../../src/plan/index.ts";
import { type Observations, observe, type Run, tableOf, takeObservations } from "../../src/runs/index.ts";
import { holdOut, rollingFolds, sensitivity } from "../../src/trust/index.ts";
import { planted, plantedCurves, plantedRuns } from "../draw/planted.ts";

const runs = plantedRuns();
const exact = plantedRuns({ noise: 0 });
const made = fit(chinchilla, runs, { bootstrap: 60 });
const perfect = fit(chinchilla, exact);
const value = lawFunction(chinchilla, planted);
const wanted = { inputs: ["params", "tokens"], output: "loss" };

const marks = <K extends Mark["kind"]>(
  { panels }: Figure,
  kind: K,
  panel = 0,
): Extract<Mark, { kind: K }>[] =>
  panels[panel]!.marks.filter((mark): mark is Extract<Mark, { kind: K }> => mark.kind === kind);

test("loss by compute: the envelope is the running minimum, the dashed line the planted law's best loss", () => {
  const figure = lossByCompute(exact, perfect);
  const [envelope, frontier] = ["lowest so far", "best by chinchilla"].map(
    (series) => marks(figure, "line").find((mark) => mark.series === series)!,
  );
  const { loss } = exact.columns;
  expect(envelope!.points.at(-1)![1]).toBe(Math.min(...loss!));
  for (let i = 1; i < envelope!.points.length; i++)
    expect(envelope!.points[i]![1]).toBeLessThanOrEqual(envelope!.points[i - 1]![1]);
  // noiseless runs: the fit is the planted law, up to where the minimiser stops
  for (const [flops, y] of frontier!.points.filter((_, i) => i % 8 === 0))
    expect(y).toBeCloseTo(computeOptimum(chinchilla, planted, flops)!.loss, 4);
});

test("allocation: N*(C) and D*(C) are the planted law's; C = 6 N* D*; bands hold the line", () => {
  const line = (panel: number, figure: Figure) =>
    marks(figure, "line", panel).find(({ series }) => series === "this fit")!.points;
  const figure = allocation(perfect, { upTo: 1e24 });
  line(0, figure).forEach(([flops, params], i) => {
    expect(params / computeOptimum(chinchilla, planted, flops)!.params).toBeCloseTo(1, 2);
    expect((6 * params * line(1, figure)[i]![1]) / flops).toBeCloseTo(1, 9);
  });
  const banded = allocation(made);
  const band = marks(banded, "band")[0]!.points;
  expect(band.length).toBe(line(0, banded).length);
  band.forEach(([flops, low, high], i) => {
    expect(line(0, banded)[i]![0]).toBe(flops);
    expect(low).toBeLessThan(high);
  });
  expect(banded.alt).toContain("hoffmann2022-unrounded");
});

test("allocation of approach 2: its two power laws, and its optima", () => {
  const frontier = fitIsoflop(runs, { bootstrap: 50 });
  const [line] = marks(allocation(frontier), "line").filter(({ series }) => series === "this fit");
  const [from, to] = [line!.points[0]!, line!.points.at(-1)!];
  expect(Math.log(to[1] / from[1]) / Math.log(to[0] / from[0])).toBeCloseTo(frontier.exponents!.a, 9);
  expect(marks(allocation(frontier), "points")[0]!.points).toHaveLength(frontier.optima.length);
});

describe("the surface", () => {
  const decision = plan({ law: chinchilla, set: "besiroglu2024-refit" }, 1e22);
  const figure = lossSurface(chinchilla, decision);

  test("lines of equal loss are where the law has that loss, to the width of a cell", () => {
    const lines = marks(figure, "line").filter(
      ({ series, thick, faint }) => series === "" && !thick && faint,
    );
    expect(lines.length).toBeGreaterThan(4);
    for (const { points } of lines) {
      const losses = points.map(([params, tokens]) => value({ params, tokens }));
      // straight between grid points: the loss differs along a line by a few thousandths
      expect(Math.max(...losses) - Math.min(...losses)).toBeLessThan(0.01);
    }
  });

  test("the budget's line costs the budget, its diamond is the plan's optimum, the flat stretch within tolerance", () => {
    const budget = marks(figure, "line").find(({ series }) => series === "1e22 FLOPs")!;
    for (const [params, tokens] of budget.points) expect((6 * params * tokens) / 1e22).toBeCloseTo(1, 9);
    const { optimum, flatRegion } = decision;
    expect(marks(figure, "points").at(-1)!.points).toEqual([[optimum.params, optimum.tokens]]);
    for (const [params, tokens] of marks(figure, "line").find(({ thick }) => thick)!.points)
      expect(value({ params, tokens }) - optimum.loss!).toBeLessThanOrEqual(
        flatRegion!.tolerance * (1 + 1e-6),
      );
  });

  test("the ground covers the whole panel once", () => {
    const [x1, x2] = figure.panels[0]!.x.domain!;
    const [y1, y2] = figure.panels[0]!.y.domain!;
    const area = marks(figure, "boxes")[0]!.boxes.reduce(
      (sum, [left, low, right, high]) => sum + Math.log(right / left) * Math.log(high / low),
      0,
    );
    expect(area / (Math.log(x2 / x1) * Math.log(y2 / y1))).toBeCloseTo(1, 9);
  });

  test("another law's plan is refused", () => {
    expect(() => lossSurface(findLaw("kaplan-nd"), decision)).toThrow("the plan rests on another formula");
  });
});

test("contours: a circle closes, and all of it is at the radius; a saddle gives two lines; outside there is none", () => {
  const xs = Array.from({ length: 41 }, (_, i) => -2 + i / 10);
  const grid = (f: (x: number, y: number) => number) => ({
    xs,
    ys: xs,
    values: xs.flatMap((y) => xs.map((x) => f(x, y))),
  });
  const [ring, ...more] = contour(
    grid((x, y) => x * x + y * y),
    1.3,
  );
  expect(more).toEqual([]);
  expect(ring![0]).toEqual(ring!.at(-1));
  // linear between grid points a tenth apart: off by at most h²/8 of the curvature, 0.0025
  for (const [x, y] of ring!) expect(Math.abs(x * x + y * y - 1.3)).toBeLessThan(0.0026);
  expect(
    contour(
      grid((x, y) => x * y),
      0.21,
    ),
  ).toHaveLength(2);
  expect(
    contour(
      grid((x) => x),
      9,
    ),
  ).toEqual([]);
});

test("residuals are those of the fit, in percent; four panels; the normal panel is sorted", () => {
  const figure = residualFigure(made, runs);
  expect(figure.panels).toHaveLength(4);
  const [first] = marks(figure, "points");
  expect(first!.points[3]).toEqual([runs.columns.params![3], 100 * Math.expm1(made.residuals.values![3]!)]);
  const normal = marks(figure, "points", 3)[0]!.points.map(([, y]) => y);
  expect(normal).toEqual([...normal].sort((a, b) => a - b));
  const fewer = takeObservations(runs, Int32Array.from([0, 1, 2]));
  expect(() => residualFigure(made, fewer)).toThrow(
    "these are not the runs of the fit, which had 54 rows, got 3",
  );
});

test("basins: as high as they lie above the lowest; those without a best size are told", () => {
  const basin = { name: "", parameters: {}, value: 1, pass: null };
  const optimum = { flops: 1e22, params: 1e10, tokens: 1e22 / 6e10, loss: 2 };
  const figure = basinFigure({
    flops: 1e22,
    starts: 10,
    failed: 1,
    message: "",
    basins: [
      { ...basin, above: 0, starts: 6, optimum },
      { ...basin, above: 0.02, starts: 2, optimum: { ...optimum, params: 3e10 } },
      { ...basin, above: 0.5, starts: 1, optimum: null },
    ],
  });
  const [best, others] = marks(figure, "points");
  expect(best!.points).toEqual([[1e10, 1e-6]]);
  expect(others!.points).toEqual([[3e10, 0.02]]);
  expect(figure.note).toBe(
    "1 minimum is not drawn: no best size there, or one more than 10000 times off. 1 starts found no minimum.",
  );
});

test("draws: each pair once, the correlation of A and alpha as the field knows it, above 0.99", () => {
  const figure = drawPairs(made);
  expect(figure.panels).toHaveLength(25);
  const correlation = marks(figure, "text", 1 * 5 + 2)[0]!.texts[0]!;
  expect(Number(correlation)).toBeGreaterThan(0.99);
  expect(() => drawPairs(perfect)).toThrow("the fit has none; fit with --bootstrap 400");
});

test("tornado: bars run from the fit to each choice, the farthest on top", () => {
  const table = sensitivity(chinchilla, runs, { flops: 1e22, bootstrap: 40 });
  const figure = tornado(table);
  const bars = marks(figure, "boxes")
    .filter(({ faint }) => !faint)
    .flatMap(({ boxes }) => boxes);
  for (const [from] of bars) expect(from).toBe(table.fit.params);
  const reach = [...bars].sort((a, b) => b[1] - a[1]).map(([from, , to]) => Math.abs(Math.log(to / from)));
  expect(reach).toEqual([...reach].sort((a, b) => b - a));
  const endless = { ...table, fit: { ...table.fit, interval: { ...table.fit.interval!, high: Infinity } } };
  expect(tornado(endless).subtitle).toContain("it has no interval");
  expect(() => tornado({ ...table, rows: [] })).toThrow("no other choice has a best size");
});

test("held out: of noiseless runs every point lies on the diagonal", () => {
  const { folds } = rollingFolds(exact);
  const figure = heldOutFigure("chinchilla", holdOut(chinchilla, exact, folds), folds, exact);
  const points = marks(figure, "points").flatMap((mark) => mark.points);
  expect(points).toHaveLength(folds.reduce((sum, { held }) => sum + held.length, 0));
  for (const [truth, said] of points) expect(said / truth).toBeCloseTo(1, 4);
});

test("ladder: Chinchilla's 20, GPT-3's 1.7; of a mixture the active parameters count", () => {
  const models = [
    { name: "Chinchilla", year: 2022, params: 70e9, tokens: 1.4e12 },
    { name: "GPT-3", year: 2020, params: 175e9, tokens: 300e9 },
    { name: "Mixture", year: 2024, params: 100e9, activeParams: 10e9, tokens: 1e12 },
    { name: "Secret", year: 2024, params: null, tokens: null },
  ];
  const figure = tokenLadder(models, { mine: { name: "mine", params: 1e9, tokens: 3e9 } });
  expect(figure.panels[0]!.y.ticks!.map(({ text }) => text)).toEqual([
    "GPT-3, 2020",
    "mine",
    "Chinchilla, 2022",
    "Mixture, 2024",
  ]);
  expect(marks(figure, "points")[0]!.points.map(([x]) => Number(x.toFixed(2)))).toEqual([1.71, 20, 100]);
  expect(() => tokenLadder([])).toThrow("no model says both its size and its tokens");
});

test("cost: the lowest of training and serving is where planInference puts it (Sardana et al. 2023, eq. 3)", () => {
  const { optimum } = planInference(
    { law: chinchilla, set: "besiroglu2024-refit" },
    { loss: 2.1, served: { tokens: 2e12 } },
  );
  const figure = lifetimeCost(chinchilla, findSet(chinchilla, "besiroglu2024-refit").parameters, {
    loss: 2.1,
    served: 2e12,
  });
  const [training, both] = marks(figure, "points")[0]!.points;
  // a golden-section search is good to the square root of rounding
  expect(both![0] / optimum.params).toBeCloseTo(1, 5);
  expect(both![1] / optimum.lifetimeFlops).toBeCloseTo(1, 7);
  expect(training![0]).toBeGreaterThan(both![0]);
  expect(() => lifetimeCost(chinchilla, planted, { loss: 1.5, served: 1e12 })).toThrow(
    "it reaches a loss of 1.5 at no size; choose a higher loss",
  );
});

test("training curves: of runs and of rows, the law dashed beside each", () => {
  const figure = trainingCurves(curvesOfRows(plantedCurves()), made);
  const lines = marks(figure, "line");
  expect(lines.filter(({ dashed }) => !dashed).map(({ series }) => series)).toEqual([
    "20M",
    "40M",
    "80M",
    "160M",
    "320M",
    "640M",
    "1.28B",
  ]);
  expect(lines.filter(({ dashed }) => dashed)).toHaveLength(7);
  const point = (tokens: number, loss: number, split: "train" | "validation") => ({
    step: 1,
    tokens,
    loss,
    split,
  });
  const run = {
    id: "one",
    parameters: { total: 1e8 },
    curve: [
      point(1e6, 5, "train"),
      point(2e6, 4, "train"),
      point(1e6, 5.5, "validation"),
      point(2e6, 4.5, "validation"),
    ],
  } as unknown as Run;
  expect(curvesOfRuns([run])[0]!.points).toEqual([
    [1e6, 5.5],
    [2e6, 4.5],
  ]);
  expect(() => trainingCurves([])).toThrow("no run has a loss at two points of its training");
});

describe("degenerate input gives a clear picture or a clear error", () => {
  const one: Observations = observe(
    tableOf([{ params: 1e8, tokens: 2e9, loss: 3 }], { origin: "one.csv" }),
    wanted,
  );

  test("one run: drawn by compute, without a law", () => {
    const figure = lossByCompute(one);
    expect(figureSchema.parse(figure)).toEqual(figure);
    expect(figure.subtitle).toBe("1 run of 100M parameters.");
    expect(terminalFigure(figure).join("\n")).toContain("●");
    expect(layoutFigure(figure).panels[0]!.x.ticks.length).toBeGreaterThan(0);
  });

  test("one run: no budget, no curve", () => {
    expect(() => isoflopCurves(one, made)).toThrow("no budget has three model sizes");
    expect(() => trainingCurves(curvesOfRows(one))).toThrow("no run has a loss at two points");
  });

  test("no draws: the allocation has no band and says so", () => {
    const figure = allocation(perfect);
    expect(marks(figure, "band")).toEqual([]);
    expect(figure.subtitle).toContain("no interval: the fit has no draws");
  });

  test("a law that no budget can be split with has no allocation; a loss of 0 no log axis", () => {
    const flat = fit(findLaw("kaplan-n"), runs);
    expect(() => allocation({ ...flat, range: made.range })).toThrow(
      /has no best size|no budget can be split/,
    );
    const zero = { ...one, columns: { ...one.columns, loss: Float64Array.of(0) } };
    expect(() => lossByCompute(zero)).toThrow("one.csv, row 1, loss: expected a number above 0, got 0");
  });
});
