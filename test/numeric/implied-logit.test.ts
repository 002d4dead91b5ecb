import fc from "fast-check";
import { expect, test } from "vitest";
import { bindFormula, evaluateFormula, formulaLatex, parseFormula } from "../../src/numeric/index.ts";

const implied = parseFormula("impliedLogit(x, a)");
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

test("impliedLogit(x, a) is the w with ln σ(w) - a·ln(1 - σ(w)) = x, from a thousandth to a thousand and far out in x", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -500, max: 500, noNaN: true }),
      fc.double({ min: -7, max: 7, noNaN: true }),
      (x, log) => {
        const a = Math.exp(log);
        const w = evaluateFormula(implied, { x, a });
        // the left side is a difference of two terms of this size
        const size = Math.max(1, Math.abs(x), a * softplus(w));
        expect(Math.abs(-softplus(-w) + a * softplus(w) - x) / size).toBeLessThan(1e-14);
      },
    ),
    { seed: 11, numRuns: 2000 },
  );
});

test("where it has a closed form: a = 1 is x itself, a = 2 a quadratic's root, a = 0 the logit of e^x", () => {
  for (const x of [-30, -2, -0.1, 0, 0.1, 2, 30]) {
    expect(evaluateFormula(implied, { x, a: 1 })).toBeCloseTo(x, 12);
    // u / (1 - u)² = s: u = (1 + 2s - √(1 + 4s)) / (2s), without the cancellation 2s / (1 + 2s + √(1 + 4s))
    const s = Math.exp(x);
    const u = (2 * s) / (1 + 2 * s + Math.sqrt(1 + 4 * s));
    const one = (1 + Math.sqrt(1 + 4 * s)) / (1 + 2 * s + Math.sqrt(1 + 4 * s)); // 1 - u
    expect(evaluateFormula(implied, { x, a: 2 })).toBeCloseTo(Math.log(u / one), 10);
  }
  expect(evaluateFormula(implied, { x: -0.5, a: 0 })).toBeCloseTo(
    Math.log(Math.exp(-0.5) / (1 - Math.exp(-0.5))),
    12,
  );
  // no share of one is e^0.5 times as large as one
  expect(evaluateFormula(implied, { x: 0.5, a: 0 })).toBeNaN();
});

test("its derivatives by the implicit function theorem, first and second, agree with differences", () => {
  const program = bindFormula(parseFormula("one * impliedLogit(x, a)"), { one: Float64Array.of(1) }, [
    "x",
    "a",
  ]);
  const at = (x: number, a: number): { value: number; slopes: number[]; bends: number[] } => {
    program.run(Float64Array.of(x, a), 0);
    return {
      value: program.value[0]!,
      slopes: program.gradient.map((column) => column![0]!),
      bends: program.hessian.map(({ column }) => column[0]!),
    };
  };
  const h = 1e-5;
  for (const x of [-8, -1, 0.3, 2, 9])
    for (const a of [0.2, 1, 3.5]) {
      const { slopes, bends } = at(x, a);
      const byX = [at(x + h, a), at(x - h, a)] as const;
      const byA = [at(x, a + h), at(x, a - h)] as const;
      const half = (pair: typeof byX, of: (p: ReturnType<typeof at>) => number): number =>
        (of(pair[0]) - of(pair[1])) / (2 * h);
      expect(Math.abs(slopes[0]! - half(byX, (p) => p.value))).toBeLessThan(
        1e-7 * (1 + Math.abs(slopes[0]!)),
      );
      expect(Math.abs(slopes[1]! - half(byA, (p) => p.value))).toBeLessThan(
        1e-7 * (1 + Math.abs(slopes[1]!)),
      );
      expect(Math.abs(bends[0]! - half(byX, (p) => p.slopes[0]!))).toBeLessThan(
        1e-7 * (1 + Math.abs(bends[0]!)),
      );
      expect(Math.abs(bends[1]! - half(byA, (p) => p.slopes[0]!))).toBeLessThan(
        1e-7 * (1 + Math.abs(bends[1]!)),
      );
      expect(Math.abs(bends[2]! - half(byA, (p) => p.slopes[1]!))).toBeLessThan(
        1e-7 * (1 + Math.abs(bends[2]!)),
      );
    }
});

test("its LaTeX says what the w is, once and only where it occurs", () => {
  const where = "\\text{where } w = \\operatorname{w}(s, t)";
  const text = formulaLatex(parseFormula("w = impliedLogit(x, a); w + impliedLogit(x, 2)"));
  expect(text.split(where)).toHaveLength(2);
  expect(formulaLatex(parseFormula("sigmoid(x)"))).not.toContain("where");
});
