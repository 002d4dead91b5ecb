import { describe, expect, test } from "vitest";
import { chinchilla, computeOptimum, dataConstrained, findLaw } from "../../src/laws/index.ts";
import {
  candidateRankingSchema,
  dataLimitPlanSchema,
  planConstrained,
  planDataLimit,
  rankCandidates,
} from "../../src/plan/index.ts";
import { plantedFit } from "./planted-fit.ts";

const basis = { law: dataConstrained, set: "muennighoff2023" };
const gopher = 5.76e23;
const { E, A, alpha, B, beta, R_D_star, R_N_star } = dataConstrained.sets.muennighoff2023!.parameters;

/** The law again, from the paper and not from its formula here. */
function byHand(N: number, D: number, U: number): number {
  const G = ((alpha * A) / (beta * B)) ** (1 / (alpha + beta));
  const UD = Math.min(U, D);
  const UN = Math.min(N, G * (G * UD) ** (beta / alpha));
  const effective = (u: number, repeats: number, star: number): number =>
    u + u * star * (1 - Math.exp(-repeats / star));
  return (
    E +
    A / effective(UN, Math.max(0, N / UN - 1), R_N_star) ** alpha +
    B / effective(UD, D / UD - 1, R_D_star) ** beta
  );
}

/** min over N of the law by hand on a grid that closes in: no derivative, no formula language. */
function minimised(C: number, U: number): { params: number; loss: number } {
  let [low, high] = [Math.log(1e6), Math.log(1e14)];
  let best = { params: 0, loss: Number.POSITIVE_INFINITY };
  for (let round = 0; round < 12; round++) {
    const width = (high - low) / 200;
    for (let i = 0; i <= 200; i++) {
      const params = Math.exp(low + i * width);
      const loss = byHand(params, C / (6 * params), U);
      if (loss < best.loss) best = { params, loss };
    }
    [low, high] = [Math.log(best.params) - 3 * width, Math.log(best.params) + 3 * width];
  }
  return best;
}

describe("Muennighoff et al. 2023, C4 coefficients with α = β, 6ND", () => {
  // The authors' notebook prints these at Gopher's budget; the coefficients have eight digits, and so has the answer.
  test("with unlimited data Gopher's budget buys 69,962,173,313.5 parameters on 1,372,170,066,384 tokens", () => {
    const { unlimited, optimum } = planDataLimit(basis, { flops: gopher, uniqueTokens: 1e13 });
    for (const point of [unlimited, optimum]) {
      expect(Math.abs(point.params - 69_962_173_313.5)).toBeLessThan(0.1);
      expect(Math.abs(point.tokens - 1_372_170_066_384)).toBeLessThan(1);
    }
    const closed = computeOptimum(chinchilla, chinchilla.sets.muennighoff2023!.parameters, gopher)!;
    expect(unlimited.params / closed.params).toBeCloseTo(1, 9);
    expect(optimum.epochs).toBeLessThan(1);
  });

  test.each([
    [gopher, 1e11],
    [gopher, 1e10],
    [9.3e21, 25e9],
    [1e20, 1e9],
  ])(
    "at %d FLOPs with %d unique tokens it is the direct minimum of the law written by hand",
    (flops, uniqueTokens) => {
      const { optimum, price, unlimited } = planDataLimit(basis, { flops, uniqueTokens });
      const direct = minimised(flops, uniqueTokens);
      // the valley is flat: its floor is known far better than its place
      expect(Math.abs(optimum.loss / direct.loss - 1)).toBeLessThan(1e-12);
      expect(Math.abs(optimum.params / direct.params - 1)).toBeLessThan(1e-5);
      expect(optimum.epochs).toBeCloseTo(flops / (6 * optimum.params) / uniqueTokens, 8);
      expect(price.loss).toBeCloseTo(optimum.loss - unlimited.loss, 12);
      // short of data, smaller models on more epochs
      expect(optimum.params).toBeLessThan(unlimited.params);
      expect(optimum.effectiveTokens!).toBeLessThan(optimum.tokens);
    },
  );

  test("what epochs are worth: 93 % of fresh tokens at four, 66 % at sixteen; the next token exp(-R_D/R_D*)", () => {
    const { worth } = planDataLimit(basis, { flops: gopher, uniqueTokens: 1e11 });
    const at = (epochs: number): NonNullable<typeof worth>[number] =>
      worth!.find((row) => row.epochs === epochs)!;
    // abstract: up to 4 epochs yield negligible changes to loss; after R_D* = 15.4 repeats a token is worth 1/e of a new one
    expect(at(4).share).toBeCloseTo((1 + R_D_star * (1 - Math.exp(-3 / R_D_star))) / 4, 9);
    expect(at(4).share).toBeGreaterThan(0.93);
    expect(at(16).next).toBeCloseTo(Math.exp(-15 / R_D_star), 6);
    expect(at(1)).toEqual({ epochs: 1, share: 1, next: expect.closeTo(1, 6) });
  });
});

describe("where more compute is wasted", () => {
  const [flat, uniqueTokens] = [1e-3, 1e11];
  const { wasted, limit, optimum } = planDataLimit(basis, { flops: gopher, uniqueTokens, flat });

  test("no compute passes the limit: E + A/(U_N·(1 + R_N*))^α + B/(U·(1 + R_D*))^β", () => {
    const G = ((alpha * A) / (beta * B)) ** (1 / (alpha + beta));
    const UN = G * (G * uniqueTokens) ** (beta / alpha);
    const least = E + A / (UN * (1 + R_N_star)) ** alpha + B / (uniqueTokens * (1 + R_D_star)) ** beta;
    expect(limit.loss).toBeCloseTo(least, 12);
    expect(minimised(1e29, uniqueTokens).loss / least).toBeCloseTo(1, 6);
  });

  test("from the stated budget on, all further compute together gains a thousandth: by direct minimisation", () => {
    const from = wasted.from!;
    expect(minimised(from.flops, uniqueTokens).loss / (limit.loss * (1 + flat))).toBeCloseTo(1, 9);
    expect(minimised(0.9 * from.flops, uniqueTokens).loss).toBeGreaterThan(limit.loss * (1 + flat));
    expect(from.epochs).toBeGreaterThan(optimum.epochs);
    expect(wasted.beyond).toBe(false);
    expect(planDataLimit(basis, { flops: 10 * from.flops, uniqueTokens }).wasted.beyond).toBe(true);
  });

  test("at the plan's own size another epoch is wasted where those that are left gain a thousandth: by hand", () => {
    const { params } = optimum;
    const last = byHand(params, 1e30, uniqueTokens);
    const at = (epochs: number): number => byHand(params, epochs * uniqueTokens, uniqueTokens);
    expect(at(wasted.epochsAtThisSize!) / (last * (1 + flat))).toBeCloseTo(1, 10);
    expect(at(wasted.epochsAtThisSize! - 1)).toBeGreaterThan(last * (1 + flat));
  });
});

describe("other bases", () => {
  test("a fit of chinchilla borrows the paper's R_D* and R_N* and says so; its draws give the interval", () => {
    const made = planDataLimit(plantedFit({ bootstrap: 40 }), { flops: 1e22, uniqueTokens: 2e10 });
    expect(made.assumed.map(({ value }) => value)).toEqual([R_D_star, R_N_star]);
    expect(made.intervals.epochs!.low).toBeLessThan(made.optimum.epochs);
    expect(made.intervals.epochs!.high).toBeGreaterThan(made.optimum.epochs);
    expect(made.limit.interval).not.toBeNull();
    expect(dataLimitPlanSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });

  test("a fixed model on limited data: the constraint and the limit together", () => {
    const held = { uniqueTokens: 1e10 };
    const { point } = planConstrained(basis, { params: 1e9, flops: 6e20 }, { held });
    expect(point.loss).toBeCloseTo(byHand(1e9, 1e11, 1e10), 12);
    expect(() => planConstrained(basis, { loss: 2 }, { held })).toThrow(
      /it never falls below 2\.\d+ \(what it tends to with infinite parameters and tokens\)/,
    );
  });

  test("a law that knows nothing of repetition is refused, with what to do", () => {
    expect(() =>
      planDataLimit(
        { law: findLaw("overtraining"), set: "gadre2024-redpajama-refit" },
        { flops: 1e21, uniqueTokens: 1e9 },
      ),
    ).toThrow("overtraining knows nothing of repeated tokens, it takes params, tokens; fit data-constrained");
    expect(() => planDataLimit(basis, { flops: 1e21, uniqueTokens: 0 })).toThrow(
      "cannot plan for limited data: expected uniqueTokens above 0, got 0",
    );
  });
});

// A lecture's question; its source is not verified. A book: 984,846,357 words in the 11,038 books of BookCorpus (Bandy and
// Vincent 2021, https://arxiv.org/abs/2105.05241), four tokens for three words. One A100 for a day at 40 % of 312 TFLOP/s.
describe("one GPU, one day: 5M parameters on 100 books, 500M on one book, or 100k on 5,000 books?", () => {
  const book = (984_846_357 / 11_038) * (4 / 3);
  const flops = 0.4 * 312e12 * 24 * 3600;
  const made = rankCandidates(basis, {
    flops,
    candidates: [
      { name: "5M on 100 books", params: 5e6, uniqueTokens: 100 * book },
      { name: "500M on one book", params: 500e6, uniqueTokens: book },
      { name: "100k on 5,000 books", params: 1e5, uniqueTokens: 5000 * book },
    ],
  });

  test("5M on 100 books: the other two starve on data or on parameters", () => {
    expect(made.ranking.map(({ name }) => name)).toEqual([
      "5M on 100 books",
      "100k on 5,000 books",
      "500M on one book",
    ]);
    for (const { params, tokens, uniqueTokens, loss } of made.ranking)
      expect(loss).toBeCloseTo(byHand(params, tokens, uniqueTokens), 10);
    expect(made.ranking.map(({ loss }) => Number(loss.toFixed(2)))).toEqual([6.35, 11.3, 23.47]);
  });

  test("all three have N·U = 5e8 books, so a pass costs each the same 3.6e14 FLOPs and a day is 30,000 of them", () => {
    for (const { onePassFlops, epochs } of made.ranking) {
      expect(onePassFlops).toBeCloseTo(6 * 5e8 * book, -1);
      expect(epochs).toBeCloseTo(flops / (6 * 5e8 * book), 6);
      expect(epochs).toBeGreaterThan(30_000);
    }
    // the order is no matter of the day: after a single pass it is the same
    const once = [...made.ranking].sort((x, y) => x.onePassLoss - y.onePassLoss);
    expect(once).toEqual(made.ranking);
  });

  test("says that it is far outside the law, and its JSON is read back whole", () => {
    expect(made.warnings.join("\n")).toContain("the order holds, the losses don't");
    expect(made.warnings.join("\n")).toContain(
      "worse than giving every one of 50,257 tokens the same chance",
    );
    expect(candidateRankingSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });

  test("refuses what is no candidate", () => {
    expect(() => rankCandidates(basis, { flops, candidates: [] })).toThrow("expected some, got none");
    expect(() => rankCandidates(basis, { flops, candidates: [{ params: 0, uniqueTokens: 1 }] })).toThrow(
      "got 0",
    );
  });
});
