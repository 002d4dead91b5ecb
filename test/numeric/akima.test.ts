import { describe, expect, test } from "vitest";
import { akima, fitLine, fitParabola } from "../../src/numeric/index.ts";

describe("Akima's curve", () => {
  // scipy 1.17.1, Akima1DInterpolator: the same arithmetic, so all digits but the last
  const x = [0, 1, 2.5, 3, 4.2, 6, 7];
  const y = [1, 0.4, 0.1, 0.15, 0.9, 0.7, 2];
  test("gives scipy's values between its points and beyond no end", () => {
    const curve = akima(x, y);
    const scipy = [
      [0.3, 0.7761999999999999],
      [1.7, 0.20326486486486486],
      [2.6, 0.09667053112093327],
      [3.5, 0.4232976259963869],
      [5.1, 0.8118683658109696],
      [6.9, 1.8045038163001301],
    ];
    for (const [at, value] of scipy) expect(curve(at)).toBeCloseTo(value, 13);
  });

  test("passes through its points, and follows a parabola", () => {
    const curve = akima(x, y);
    for (const [i, at] of x.entries()) expect(curve(at)).toBeCloseTo(y[i], 14);
    expect(akima([0, 1, 2], [0, 1, 4])(1.5)).toBeCloseTo(2.25, 14);
  });

  test("a step bends it only next to the step: flat stays flat", () => {
    const curve = akima([0, 1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 1, 1, 1]);
    expect(curve(1.5)).toBe(0);
    expect(curve(2.5)).toBe(0);
    expect(curve(5.5)).toBe(1);
  });

  test("refuses what isn't a curve", () => {
    expect(() => akima([0, 1], [0, 1])).toThrow("at least 3 points, got 2");
    expect(() => akima([0, 1, 1], [0, 1, 2])).toThrow("x must rise, got 1, 1");
  });
});

describe("lines and parabolas by least squares", () => {
  test("a weighted line and its standard errors are those of the normal equations", () => {
    // numpy: (XᵀWX)⁻¹XᵀWy, and s² (XᵀWX)⁻¹ with n − 2
    const line = fitLine([1, 2, 3, 4], [2.1, 3.9, 6.2, 7.8], [1, 2, 3, 4])!;
    expect(line.slope).toBeCloseTo(1.9199999999999997, 12);
    expect(line.intercept).toBeCloseTo(0.21000000000000163, 12);
    expect(line.se!.slope).toBeCloseTo(0.10885770528538631, 12);
    expect(line.se!.intercept).toBeCloseTo(0.3442382895611705, 12);
  });

  test("two points leave no error to judge by, one leaves no line", () => {
    expect(fitLine([1, 2], [1, 3])).toMatchObject({ slope: 2, intercept: -1, se: null });
    expect(fitLine([1, 1], [1, 3])).toBeNull();
  });

  test("a parabola far from zero keeps its vertex to twelve digits", () => {
    const x = [100.1, 100.2, 100.4, 100.5];
    const found = fitParabola(
      x,
      x.map((v) => 3 + 7 * (v - 100.3) ** 2),
    )!;
    expect(found.vertex).toBeCloseTo(100.3, 11);
    expect(found.curvature).toBeCloseTo(7, 8);
    expect(found.value).toBeCloseTo(3, 11);
  });

  test("weights count like repeated points", () => {
    const [x, y] = [
      [1, 2, 3, 5],
      [4, 2, 2.5, 6],
    ];
    const weighted = fitParabola(x, y, [1, 2, 1, 3])!;
    const repeated = fitParabola([1, 2, 2, 3, 5, 5, 5], [4, 2, 2, 2.5, 6, 6, 6])!;
    expect(weighted.vertex).toBeCloseTo(repeated.vertex, 12);
    expect(weighted.value).toBeCloseTo(repeated.value, 12);
  });

  test("two different places make no parabola", () => {
    expect(fitParabola([1, 2, 2], [1, 2, 3])).toBeNull();
    expect(fitParabola([1, 1, 1], [1, 2, 3])).toBeNull();
  });
});
