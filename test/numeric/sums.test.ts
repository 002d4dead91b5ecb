import { describe, expect, test } from "vitest";
import { bindSums, createGraph, functions, parseFormula, seededRandom } from "../../src/numeric/index.ts";

/** Σ over x of a formula in x and a, by the compiled loop. */
function sum(formula: string, x: readonly number[], a = 0.7): number {
  const graph = createGraph((name) => (name === "a" ? "parameter" : "row"));
  const root = graph.read(parseFormula(formula));
  return bindSums(graph, [root], { x: Float64Array.from(x) }, ["x"], ["a"]).run([a])[0]!;
}

describe("the functions of the compiled loop, one row at a time, beside JavaScript's", () => {
  const random = seededRandom(3);
  const between = (low: number, high: number): number[] =>
    Array.from({ length: 400 }, () => low + (high - low) * random.uniform());
  const ulp = 2 ** -52;

  test.each<[string, (x: number) => number, number[], number]>([
    // the same algorithm as V8's own
    ["exp(x)", Math.exp, [...between(-700, 700), ...between(-1, 1)], 2],
    ["log(x)", Math.log, [...between(0, 5), ...between(0.9, 1.1), 1e-300, 1e300], 2],
    ["log10(x)", Math.log10, between(1e-3, 1e3), 4],
    ["log1p(x)", Math.log1p, [...between(-0.9, 5), ...between(-1e-9, 1e-9)], 4],
    ["sqrt(x)", Math.sqrt, between(0, 1e6), 0],
    ["abs(x)", Math.abs, between(-3, 3), 0],
    ["sigmoid(x)", functions.sigmoid!.value as (x: number) => number, between(-40, 40), 4],
    ["softplus(x)", functions.softplus!.value as (x: number) => number, between(-40, 40), 4],
    ["x^3", (x) => x ** 3, between(-3, 3), 4],
    ["x^(-2)", (x) => x ** -2, between(-3, 3), 4],
    // exp(y·ln x): the error grows with y·ln x, at most 7 here
    ["x^a", (x) => x ** 0.7, between(0, 1e4), 16],
    ["x^x", (x) => x ** x, between(0.1, 4), 16],
    ["tanh(x)", Math.tanh, between(-3, 3), 0],
    ["logGamma(x)", functions.logGamma!.value as (x: number) => number, between(0.1, 50), 0],
    ["min(x, a)", (x) => Math.min(x, 0.7), between(0, 2), 0],
    ["max(x, a)", (x) => Math.max(x, 0.7), between(0, 2), 0],
    ["atMost(x, a)", (x) => (x <= 0.7 ? 1 : 0), [...between(0, 2), 0.7], 0],
  ])("%s", (formula, truth, points, ulps) => {
    for (const x of points) {
      const [ours, theirs] = [sum(formula, [x]), truth(x)];
      expect(Math.abs(ours - theirs), `at ${x}: ${ours} for ${theirs}`).toBeLessThanOrEqual(
        ulps * ulp * Math.abs(theirs),
      );
    }
  });

  test("at the ends: infinities, zero and NaN come through", () => {
    for (const formula of ["exp(x)", "log(x)", "sqrt(x)", "abs(x)", "sigmoid(x)"]) {
      const truth = { "exp(x)": Math.exp, "log(x)": Math.log, "sqrt(x)": Math.sqrt, "abs(x)": Math.abs }[
        formula
      ];
      for (const x of [
        0,
        -1,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        Number.NaN,
        710,
        -746,
        1e308,
      ])
        expect(sum(formula, [x]), `${formula} at ${x}`).toBe(
          truth ? truth(x) : functions.sigmoid!.value(x, 0),
        );
    }
    expect(sum("min(x, a)", [1], Number.NaN)).toBeNaN();
    expect(sum("max(a, x)", [1], Number.NaN)).toBeNaN();
  });
});

describe("sums over rows", () => {
  test.each([1, 2, 3, 240, 241])("%i rows: every row once, the padding never", (rows) => {
    const x = Array.from({ length: rows }, (_, i) => i + 1);
    expect(sum("x", x)).toBe((rows * (rows + 1)) / 2);
  });

  test("several outputs share their work, a live column may change, a constant column is read once", () => {
    const graph = createGraph((name) => (({ a: "parameter", w: "row" })[name] as "row") ?? "input");
    const outputs = ["w * exp(-a * log(x))", "w * log(x) * exp(-a * log(x))", "w"].map((f) =>
      graph.read(parseFormula(f)),
    );
    const x = Float64Array.of(1, 2, 5);
    const sums = bindSums(graph, outputs, { x, w: new Float64Array(3) }, ["w"], ["a"]);
    for (const weights of [
      [1, 1, 1],
      [0, 2, 1],
    ]) {
      sums.live.w!.set(weights);
      const found = sums.run([0.3]);
      const expected = [0, 0, 0];
      weights.forEach((w, i) => {
        const power = x[i]! ** -0.3;
        expected[0]! += w * power;
        expected[1]! += w * Math.log(x[i]!) * power;
        expected[2]! += w;
      });
      for (let k = 0; k < 3; k++) expect(found[k]).toBeCloseTo(expected[k]!, 14);
    }
  });
});
