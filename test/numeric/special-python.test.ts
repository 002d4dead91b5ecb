import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { evaluateFormula, formulaPython, parseFormula } from "../../src/numeric/index.ts";

// [formula, values of x, values of y]: far out where a naive Python overflows or loses its digits
const cases: readonly (readonly [string, readonly number[], readonly number[]])[] = [
  ["sigmoid(x)", [-800, -40, -1, 0, 0.3, 40, 800], [0]],
  ["softplus(x)", [-700, -40, -1, 0, 0.3, 40, 800], [0]],
  ["impliedLogit(x, y)", [-800, -40, -1, 0.5, 40, 800], [0.01, 0.1, 1, 7, 300]],
  ["logBeta(x, y)", [0.01, 0.7, 3, 19, 50], [0.02, 1.5, 19, 21, 1e4, 1e8]],
  ["majority(x, y)", [0, 1e-4, 0.02, 0.2, 0.3, 0.499, 0.5, 0.6, 0.97, 1], [0, 1, 2, 3, 4, 5.5, 16, 101, 1e4]],
  ...[0, 1, 2, 3].map((n) => [`polygamma(${n}, x)`, [0.01, 0.5, 3.7, 20, 1e4], [0]] as const),
];

test("every function that Python lacks is printed with a definition that gives our value to 1e-12", (context) => {
  const points = cases.flatMap(([source, xs, ys]) => xs.flatMap((x) => ys.map((y) => ({ source, x, y }))));
  const program = points.map(({ source, x, y }) => {
    const args = source.includes("y)") ? ["x", "y"] : ["x"];
    return `${formulaPython(parseFormula(source), "f", args)}\nprint(repr(f(${[x, y].slice(0, args.length)})))\n`;
  });
  const run = spawnSync("python3", ["-"], { input: program.join("\n"), encoding: "utf8" });
  if (run.error) return context.skip("there is no python3 here");
  expect(run.stderr).toBe("");
  const printed = run.stdout.trim().split("\n").map(Number);
  expect(printed).toHaveLength(points.length);
  points.forEach(({ source, x, y }, i) => {
    const ours = evaluateFormula(parseFormula(source), { x, y });
    // relative, so that the smallest chances count too
    expect(
      Math.abs(printed[i]! - ours),
      `${source} at ${x}, ${y}: ${printed[i]}, ours ${ours}`,
    ).toBeLessThanOrEqual(1e-12 * Math.abs(ours));
  });
});

test("a definition is printed once, before the function, and no argument hides it", () => {
  const formula = parseFormula("sigmoid(softplus) + softplus(x) * impliedLogit(x, 2)");
  const text = formulaPython(formula, "majority", ["x", "softplus"]);
  expect(text.match(/^def \w+/gm)).toEqual([
    "def sigmoid",
    "def softplus",
    "def implied_logit",
    "def majority_",
  ]);
  expect(text).toContain("return sigmoid(softplus_) + softplus(x) * implied_logit(x, 2)\n");
});
