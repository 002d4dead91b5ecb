import { describe, expect, test } from "vitest";
import { figureSchema, lawShape } from "../../src/figures/index.ts";
import { chinchilla, findLaw, findSet, lawFromFormula, lawFunction, laws } from "../../src/laws/index.ts";
import { linesAndPoints } from "./marks.ts";

test.each(laws.map((law) => [law.name, law] as const))(
  "%s has a shape: a figure as its contract says",
  (_, law) => {
    const figure = lawShape(law);
    expect(figureSchema.parse(figure)).toEqual(figure);
    expect(linesAndPoints(figure).length).toBeGreaterThan(0);
    expect(linesAndPoints(figure).length).toBeLessThan(4);
    for (const { points } of linesAndPoints(figure)) expect(points.length).toBeGreaterThan(50);
    // a picture of nothing would be a flat line
    const ys = linesAndPoints(figure).flatMap(({ points }) => points.map(([, y]) => y));
    expect(Math.max(...ys)).toBeGreaterThan(Math.min(...ys));
  },
);

describe("chinchilla, hoffmann2022-rounded", () => {
  const figure = lawShape(chinchilla, "hoffmann2022-rounded");
  const { parameters, range } = findSet(chinchilla, "hoffmann2022-rounded");

  test("the law over the span of its data, a line for the low end, the middle and the high end of tokens", () => {
    const value = lawFunction(chinchilla, parameters);
    expect(linesAndPoints(figure).map(({ series }) => series)).toEqual([
      "tokens 5B",
      "tokens 50B",
      "tokens 500B",
    ]);
    linesAndPoints(figure).forEach(({ points }, i) => {
      const tokens = [5e9, 5e10, 5e11][i];
      expect([points[0][0], points[points.length - 1][0]]).toEqual(range!.params);
      // the middle of 5e9 and 5e11 is a root, good to the last digit but one
      for (const [params, y] of points) expect(y).toBeCloseTo(value({ params, tokens }), 12);
    });
  });

  test("both axes are logarithmic, since both quantities are above 0, and say their units", () => {
    expect(figure.panels[0]!.x).toEqual({ label: "params, parameters", scale: "log", unit: "parameters" });
    expect(figure.panels[0]!.y).toEqual({
      label: "loss, nats per token",
      scale: "log",
      unit: "nats per token",
    });
  });
});

test("shares and quantities below 0 are drawn evenly; what is counted stays whole", () => {
  expect(lawShape(findLaw("sigmoid-capability")).panels[0]!.x.scale).toBe("linear");
  expect(lawShape(findLaw("coverage")).panels[0]!.y.scale).toBe("linear");
  const levels = linesAndPoints(lawShape(findLaw("routed"))).map(({ series }) => series);
  expect(levels).toEqual(["experts 1", "experts 23", "experts 512"]); // √512 = 22.6
});

test("a law without coefficients is drawn at its starts, which the title says; a stranger's quantity too", () => {
  const law = lawFromFormula("a * x^b + y", { inputs: "height=x,weight=y", output: "age" });
  const { title, panels } = lawShape(law);
  const { x, marks } = panels[0]!;
  expect(title).toBe("age by height: formula at its starts");
  expect(x).toEqual({ label: "height", scale: "log", unit: null });
  expect(marks).toHaveLength(3);
});

test("an unknown set, and a law without a finite value, are refused", () => {
  expect(() => lawShape(chinchilla, "nobody")).toThrow('cannot draw chinchilla: it has no set "nobody"');
  const nowhere = lawFromFormula("log(-N) + a", { inputs: "params=N" });
  expect(() => lawShape(nowhere)).toThrow("it has no finite value over the span of its inputs");
});
