import { describe, expect, test } from "vitest";
import {
  budgetLine,
  chinchilla,
  closedFormOptimum,
  computeOptimum,
  dataConstrained,
  defineLaw,
  findLaw,
  findSet,
  isPlannable,
  kaplanND,
  type Law,
  lawFromFormula,
  lawFunction,
  laws,
  optimumExponents,
  overtraining,
} from "../../src/laws/index.ts";
import { countParameters, flopsPerToken, gpt2Shape } from "../../src/models/index.ts";
import { findRoot, seededRandom } from "../../src/numeric/index.ts";
import type { Table } from "../../src/runs/index.ts";
import { hasSharedData, sharedTable } from "../shared-data.ts";

// C = 6ND and total parameters throughout.
const gopher = 5.76e23;

/** Hoffmann et al. 2022, eq. 4: N* = G·(C/6)^a, G = (αA/βB)^(1/(α+β)), a = β/(α+β). */
function closedForm(
  { A, B, alpha, beta }: Readonly<Record<string, number>>,
  flops: number,
): { N: number; D: number; a: number } {
  const G = ((alpha! * A!) / (beta! * B!)) ** (1 / (alpha! + beta!));
  const a = beta! / (alpha! + beta!);
  return { N: G * (flops / 6) ** a, D: (flops / 6) ** (1 - a) / G, a };
}

describe("chinchilla", () => {
  for (const [key, { parameters }] of Object.entries(chinchilla.sets))
    test.each([1e18, gopher, 1e27])(`${key}: the optimum at %d FLOPs is Hoffmann's eq. 4`, (flops) => {
      const found = computeOptimum(chinchilla, parameters, flops)!;
      const { N, D, a } = closedForm(parameters, flops);
      // a root of the slope, so it is as exact as doubles: 1e-10 leaves room for the conditioning of the slope
      expect(Math.abs(found.params / N - 1)).toBeLessThan(1e-10);
      expect(Math.abs(found.tokens / D - 1)).toBeLessThan(1e-10);
      expect(found.loss).toBe(
        lawFunction(chinchilla, parameters)({ params: found.params, tokens: found.tokens }),
      );
      expect(optimumExponents(chinchilla, parameters, flops)!.a).toBeCloseTo(a, 8);
    });

  test("besiroglu2024-refit at 5.76e23: 73.19B parameters, 1.312T tokens, 17.92 for each; 21.39 at 1e21", () => {
    const { parameters } = findSet(chinchilla, "besiroglu2024-refit");
    const large = computeOptimum(chinchilla, parameters, gopher)!;
    // half a unit of the last digit, and the coefficients' own sixth digit moves N* by less than that
    expect(large.params / 1e9).toBeCloseTo(73.19, 1);
    expect(large.tokens / 1e12).toBeCloseTo(1.312, 3);
    expect(large.tokens / large.params).toBeCloseTo(17.92, 1);
    const small = computeOptimum(chinchilla, parameters, 1e21)!;
    expect(small.tokens / small.params).toBeCloseTo(21.39, 1);
    expect(optimumExponents(chinchilla, parameters, gopher)!.a).toBeCloseTo(0.5139, 4);
  });

  test("hoffmann2022-rounded at 5.76e23: 32B parameters with 93 tokens each, which is why the digits matter", () => {
    const found = computeOptimum(chinchilla, findSet(chinchilla, "hoffmann2022-rounded").parameters, gopher)!;
    expect((found.params / 1e9).toFixed(0)).toBe("32");
    expect((found.tokens / found.params).toFixed(0)).toBe("93");
  });

  test("a law that falls for ever in one direction has no optimum", () => {
    const { parameters } = findSet(chinchilla, "besiroglu2024-refit");
    expect(computeOptimum(chinchilla, { ...parameters, B: 1e-300 }, 1e21)).toBeNull();
    expect(() => computeOptimum(chinchilla, parameters, 3)).toThrow(
      "expected a budget above 6, one token on one parameter",
    );
  });
});

describe("other laws", () => {
  test("over-training: the optimal tokens per parameter, (b/a)^(1/2η), are the same at every budget", () => {
    const { parameters } = findSet(overtraining, "gadre2024-redpajama-refit");
    // a·M^η + b·M^-η is lowest where M^(2η) = b/a
    const M = (parameters.b! / parameters.a!) ** (1 / (2 * parameters.eta!));
    for (const flops of [1e18, 1e24]) {
      const { params, tokens } = computeOptimum(overtraining, parameters, flops)!;
      expect(tokens / params / M).toBeCloseTo(1, 9);
    }
  });

  test("data-constrained with unlimited data at Gopher's 5.76e23: 69,962,173,313.5 parameters, 1,372,170,066,384 tokens", () => {
    const { parameters } = findSet(dataConstrained, "muennighoff2023");
    const found = computeOptimum(dataConstrained, parameters, gopher, { held: { uniqueTokens: 1e15 } })!;
    // parametric_fit.ipynb prints these; our root is good to 1e-10
    expect(Math.abs(found.params / 69_962_173_313.5 - 1)).toBeLessThan(1e-9);
    expect(Math.abs(found.tokens / 1_372_170_066_384 - 1)).toBeLessThan(1e-9);
  });

  test("data-constrained on 1e11 unique tokens: a smaller model than with unlimited data, on more epochs, at a higher loss", () => {
    const { parameters } = findSet(dataConstrained, "muennighoff2023");
    const free = computeOptimum(dataConstrained, parameters, gopher, { held: { uniqueTokens: 1e15 } })!;
    const tight = computeOptimum(dataConstrained, parameters, gopher, { held: { uniqueTokens: 1e11 } })!;
    // the paper's section 5.1: epochs before parameters
    expect(tight.params).toBeLessThan(free.params);
    expect(tight.tokens / 1e11).toBeGreaterThan(13);
    expect(tight.loss).toBeGreaterThan(free.loss);
  });

  test("data-constrained with all tokens new is chinchilla", () => {
    const { parameters } = findSet(dataConstrained, "muennighoff2023");
    const plain = lawFunction(chinchilla, findSet(chinchilla, "muennighoff2023").parameters);
    const here = lawFunction(dataConstrained, parameters);
    // N below N_opt(U), so no surplus parameters either
    expect(here({ params: 1e9, tokens: 1e11, uniqueTokens: 1e11 })).toBe(
      plain({ params: 1e9, tokens: 1e11 }),
    );
    expect(here({ params: 1e9, tokens: 1e11, uniqueTokens: 5e12 })).toBe(
      plain({ params: 1e9, tokens: 1e11 }),
    );
  });
});

describe("closed form", () => {
  /** The same sum, written so that no power stands in its tree. */
  const disguised: Law<"params" | "tokens", "loss"> = defineLaw({
    ...chinchilla,
    name: "disguised",
    formula: "E + exp(log(A) - alpha * log(N)) + exp(log(B) - beta * log(D))",
    sets: {},
    published: [],
  });
  const random = seededRandom(3);
  const between = (low: number, high: number): number => low * (high / low) ** random.uniform();
  const drawn = (): Record<string, number> => ({
    E: between(0.5, 3),
    A: between(10, 1e4),
    alpha: between(0.1, 0.9),
    B: between(10, 1e4),
    beta: between(0.1, 0.9),
  });

  test("agrees to 1e-10 with the root of the slope on 200 random sets of parameters and budgets", () => {
    let met = 0;
    for (let i = 0; i < 200; i++) {
      const parameters = drawn();
      const flops = between(1e18, 1e26);
      const closed = closedFormOptimum(chinchilla, parameters, flops);
      const searched = computeOptimum(disguised, parameters, flops);
      expect(closedFormOptimum(disguised, parameters, flops)).toBeNull();
      if (!closed || !searched) {
        // the best size lies beyond one parameter or one token, or on the scan's last step to there
        const { params, tokens } = closed ?? { params: 1, tokens: 1 };
        expect(Math.min(params, tokens)).toBeLessThan(2);
        continue;
      }
      met++;
      // the slope is a difference of two terms of the optimum's own size: its root keeps all but the last digits
      for (const quantity of ["params", "tokens", "loss"] as const)
        expect(Math.abs(searched[quantity] / closed[quantity] - 1)).toBeLessThan(1e-10);
    }
    expect(met).toBeGreaterThan(150);
  });

  test("a power of a whole sum is lowest where the sum is: kaplan-nd by the root of its own slope", () => {
    const { parameters } = findSet(kaplanND, "kaplan2020");
    for (const flops of [1e18, 1e21, 1e24]) {
      const { params, loss } = closedFormOptimum(kaplanND, parameters, flops)!;
      const line = budgetLine(kaplanND, parameters, flops);
      const centre = Math.log(params);
      // found apart from the formula: as above, all but the last digits
      expect(findRoot(line.slope, centre - 2, centre + 2)! - centre).toBeCloseTo(0, 9);
      expect(line.loss(centre)).toBeCloseTo(loss, 12);
    }
  });

  test("is read from the tree: which built-in laws have one", () => {
    const held = { uniqueTokens: 1e15, weightBits: 16, activationBits: 16, cacheBits: 16, servedBits: 16 };
    const parametersOf = (law: Law): Record<string, number> =>
      Object.fromEntries(Object.entries(law.parameters).map(([name, { start }]) => [name, start[0]]));
    const found = laws
      .filter((law) => isPlannable(law, held))
      .filter((law) => {
        const parameters = Object.values(law.sets)[0]?.parameters ?? parametersOf(law);
        return closedFormOptimum(law, parameters, 1e21, { held }) !== null;
      });
    const names = found.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["chinchilla", "overtraining", "kaplan-nd"]));
    for (const other of ["kaplan-n", "data-constrained", "farseer"]) expect(names).not.toContain(other);
  });

  test("over-training, whose inputs enter through its steps: M* = (b/a)^(1/2η)", () => {
    const { parameters } = findSet(overtraining, "gadre2024-redpajama-refit");
    const { params, tokens, loss } = closedFormOptimum(overtraining, parameters, 1e22)!;
    expect(tokens / params / (parameters.b! / parameters.a!) ** (1 / (2 * parameters.eta!))).toBeCloseTo(
      1,
      12,
    );
    expect(loss).toBeCloseTo(computeOptimum(overtraining, parameters, 1e22)!.loss, 14);
  });

  test("a stranger's law in compute and tokens per parameter, and terms of one power taken together", () => {
    const law = lawFromFormula("E + a / C^p + b * M^q + c / M^q + c / M^q", {
      inputs: "flops=C,tokensPerParam=M",
    });
    const parameters = { E: 1, a: 50, p: 0.1, b: 0.002, c: 0.4, q: 0.3 };
    const { params, tokens } = closedFormOptimum(law, parameters, 1e22)!;
    expect(tokens / params).toBeCloseTo((0.8 / 0.002) ** (1 / 0.6), 6);
  });
});

describe("other FLOP conventions", () => {
  const { parameters } = findSet(chinchilla, "besiroglu2024-refit");
  // GPT-2's shapes with the usual 64-wide heads and 64 times as wide as deep, by the exact count
  const family = Array.from({ length: 60 }, (_, i) =>
    gpt2Shape({ layers: i + 2, width: 64 * (i + 2), heads: i + 2 }),
  );
  const sizes = family.map((shape) => Math.log(countParameters(shape).total));
  const costs = family.map((shape) => Math.log(flopsPerToken(shape, { convention: "exact" })));
  /** Between two shapes a line in the logs; a smooth family would do as well. */
  const exact = (params: number): number => {
    const x = Math.log(params);
    const after = sizes.findIndex((size) => size > x);
    const i = Math.max(1, after < 0 ? sizes.length - 1 : after);
    const slope = (costs[i] - costs[i - 1]) / (sizes[i] - sizes[i - 1]);
    return Math.exp(costs[i - 1] + slope * (x - sizes[i - 1]));
  };
  /** Total parameters of a Kaplan-shaped model with N in its matrices, its embedding 47,491·N^⅓ (Pearce and Song 2024). */
  const total = (nonEmbedding: number): number => nonEmbedding + 47_491 * Math.cbrt(nonEmbedding);
  const nonEmbedding = (params: number): number => {
    let N = params;
    for (let i = 0; i < 200; i++) N -= (total(N) - params) / (1 + 47_491 / (3 * Math.cbrt(N) ** 2));
    return N;
  };
  const kaplan = (params: number): number => 6 * nonEmbedding(params);

  test("6ND given as a function is 6ND", () => {
    for (const flops of [1e19, 1e24]) {
      const plain = computeOptimum(chinchilla, parameters, flops)!;
      const same = computeOptimum(chinchilla, parameters, flops, { flopsPerToken: (N) => 6 * N })!;
      // the difference quotient of ln 6N is 1 to 1e-11
      expect(Math.abs(same.params / plain.params - 1)).toBeLessThan(1e-10);
      expect(same.loss).toBeCloseTo(plain.loss, 14);
    }
  });

  test.each([
    ["kaplan: six per non-embedding parameter", kaplan],
    ["a family of shapes, counted exactly", exact],
  ])("%s: the best of a fine grid is the optimum that is found, and it spends the budget", (_, cost) => {
    const law = lawFunction(chinchilla, parameters);
    for (const flops of [1e18, 1e21]) {
      const found = computeOptimum(chinchilla, parameters, flops, { flopsPerToken: cost })!;
      expect(found.tokens * cost(found.params)).toBeCloseTo(flops, -Math.log10(flops) + 10);
      const losses = Array.from({ length: 4001 }, (_, i) => {
        const params = found.params * Math.exp((i - 2000) / 2000);
        return law({ params, tokens: flops / cost(params) });
      });
      expect(losses.indexOf(Math.min(...losses))).toBeGreaterThan(1990);
      expect(losses.indexOf(Math.min(...losses))).toBeLessThan(2010);
    }
  });

  test("planning in Kaplan's FLOPs moves the exponent as Pearce and Song's law of non-embedding parameters says", () => {
    const theirs = lawFromFormula("E + A / (N + 47491 * N^(1 / 3))^alpha + B / D^beta", {
      inputs: "params=N,tokens=D",
    });
    for (const flops of [1e17, 1e20, 1e23]) {
      const here = computeOptimum(chinchilla, parameters, flops, { flopsPerToken: kaplan })!;
      const there = computeOptimum(theirs, parameters, flops)!;
      expect(here.params / total(there.params)).toBeCloseTo(1, 6);
      expect(here.loss).toBeCloseTo(there.loss, 12);
      const { a, b } = optimumExponents(chinchilla, parameters, flops, { flopsPerToken: kaplan })!;
      // D* = C / 6 N_E*, and ln N_E moves faster than ln N where the embedding is large
      expect(b).toBeCloseTo(optimumExponents(theirs, parameters, flops)!.b, 4);
      expect(a + b).toBeLessThan(1);
    }
  });

  test("a law's flops are the budget's own, whatever the convention", () => {
    const law = findLaw("kaplan-c");
    const set = findSet(law, "kaplan2020-min").parameters;
    const line = budgetLine(law, set, 1e21, { flopsPerToken: kaplan });
    expect(line.loss(Math.log(1e9))).toBe(lawFunction(law, set)({ flops: 1e21 }));
    expect(line.slope(Math.log(1e9))).toBe(0);
  });

  test("the slope along a budget is that of the loss, under a convention of one's own too", () => {
    const line = budgetLine(kaplanND, findSet(kaplanND, "kaplan2020").parameters, 1e21, {
      flopsPerToken: kaplan,
    });
    // a central difference of 1e-4 against a slope with one in it: 1e-8 of a bend of order one each
    for (const x of [15, 20, 25])
      expect(line.slope(x)).toBeCloseTo((line.loss(x + 1e-4) - line.loss(x - 1e-4)) / 2e-4, 7);
  });

  test("a cost that never reaches the budget, and a budget below one token on one parameter, are refused", () => {
    expect(() => computeOptimum(chinchilla, parameters, 1e21, { flopsPerToken: () => 1e9 })).toThrow(
      "it has to grow with N",
    );
    expect(() => computeOptimum(chinchilla, parameters, 1e21, { flopsPerToken: (N) => 1e22 * N })).toThrow(
      "expected a budget above 1e+22, one token on one parameter",
    );
  });
});

/** Least squares of ln y on ln x. */
function slope(x: Float64Array, y: Float64Array): number {
  const mean = (v: Float64Array): number => v.reduce((sum, value) => sum + Math.log(value), 0) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  let over = 0;
  let under = 0;
  x.forEach((value, i) => {
    over += (Math.log(value) - mx) * (Math.log(y[i]!) - my);
    under += (Math.log(value) - mx) ** 2;
  });
  return over / under;
}

describe.skipIf(!hasSharedData)("Hoffmann et al. 2022, tables 3 and A3", () => {
  const column = (table: Table, name: string): Float64Array => table.columns[name] as Float64Array;

  test.each([
    ["A1", 0.498, 0.502],
    ["A2", 0.49, 0.51],
    ["A3", 0.459, 0.541],
  ])("%s: N* grows as C^%d and D* as C^%d over the rows without the misprint", (approach, a, b) => {
    const table = sharedTable("chinchilla_table3_a3", `approach=${approach},known_misprint=0`);
    expect(slope(column(table, "flops"), column(table, "params"))).toBeCloseTo(a, 3);
    expect(slope(column(table, "flops"), column(table, "tokens"))).toBeCloseTo(b, 3);
  });

  test("exactly one cell contradicts C = 6ND: 175B of approach 3, printed as 1.26e24 for 1.26e25", () => {
    const table = sharedTable("chinchilla_table3_a3");
    const [N, D, C] = ["params", "tokens", "flops"].map((name) => column(table, name)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    // tokens are printed to 0.1B or 0.1T and exact FLOPs differ from 6ND by a few percent
    const wrong = [...C.keys()].filter((i) => Math.abs(Math.log(C[i]! / (6 * N[i]! * D[i]!))) > 0.06);
    expect(wrong.map((i) => [(table.columns.approach as string[])[i], N[i], C[i]])).toEqual([
      ["A3", 175e9, 1.26e24],
    ]);
    expect(6 * N[wrong[0]!]! * D[wrong[0]!]!).toBeCloseTo(1.26e25, -23);
    expect(column(table, "known_misprint")[wrong[0]!]).toBe(1);
  });

  // karpathy/nanoGPT, scaling_laws.ipynb: the line through the rows of approach 2
  test("nanoGPT's line through table A3, approach 2: log10 D = 1.0409573 log10 N + .9353887", () => {
    const table = sharedTable("chinchilla_table3_a3", "approach=A2");
    const [N, D] = [column(table, "params"), column(table, "tokens")];
    const k = slope(N, D);
    const offset = N.reduce((sum, n, i) => sum + Math.log10(D[i]!) - k * Math.log10(n), 0) / N.length;
    expect(k).toBeCloseTo(1.0409573, 7);
    expect(offset).toBeCloseTo(0.9353887, 7);
  });
});

test("nanoGPT's best of a grid at 2.21e19 with hoffmann2022-rounded: 316.23M parameters, 11.65B tokens", () => {
  // ns = 10^(7, 7 + 1/16, …, 11): the answer is a grid point, and the optimum itself lies between two of them
  const loss = lawFunction(chinchilla, findSet(chinchilla, "hoffmann2022-rounded").parameters);
  const sizes = Array.from({ length: 64 }, (_, i) => 10 ** (7 + i / 16));
  const best = sizes.reduce((x, y) => {
    const at = (params: number): number => loss({ params, tokens: 2.21e19 / (6 * params) });
    return at(y) < at(x) ? y : x;
  });
  expect((best / 1e6).toFixed(2)).toBe("316.23");
  expect((2.21e19 / (6 * best) / 1e9).toFixed(2)).toBe("11.65");
  const exact = computeOptimum(chinchilla, findSet(chinchilla, "hoffmann2022-rounded").parameters, 2.21e19)!;
  expect(Math.abs(Math.log10(exact.params / best))).toBeLessThan(1 / 16);
});
