import { describe, expect, test } from "vitest";
import { objective } from "../../src/fit/index.ts";
import {
  chinchilla,
  defineLaw,
  findSet,
  kaplanND,
  type Law,
  learningCurveM2,
  overtraining,
} from "../../src/laws/index.ts";
import { seededRandom } from "../../src/numeric/index.ts";
import { observe, tableOf, where } from "../../src/runs/index.ts";
import { warningsOf } from "../../src/trust/comparison-verdict.ts";
import {
  type Comparison,
  compare,
  comparisonSchema,
  correctedAkaike,
  lawsFor,
  likelihoodOf,
  splitFold,
} from "../../src/trust/index.ts";
import { hasSharedData, sharedTable } from "../shared-data.ts";
import { plantedSweep } from "./planted.ts";

const uneven = { E: 1.7, A: 4000, B: 120, alpha: 0.45, beta: 0.22 };
const even = { E: 1.8, A: 600, B: 1500, alpha: 0.35, beta: 0.35 };
const kaplan = { N_c: 6.4e13, alpha_N: 0.076, D_c: 1.8e13, alpha_D: 0.103 };
const inputs = { params: "N", tokens: "D" } as const;
const noFloor = defineLaw({ name: "no-floor", formula: "A / N^alpha + B / D^beta", inputs, output: "loss" });
/** Chinchilla with a term of both that takes up whatever noise is left. */
const many = defineLaw({
  name: "many",
  formula: "E + A / N^alpha + B / D^beta + F * (N / 1e9)^p * (D / 2e10)^q",
  inputs,
  output: "loss",
  parameters: {
    alpha: { start: [0.2, 0.5] },
    beta: { start: [0.2, 0.5] },
    F: { in: "real", start: [0.01] },
    p: { in: "real", start: [-0.3, 0.3] },
    q: { in: "real", start: [-0.3, 0.3] },
  },
});
const names = ({ laws }: Comparison): string[] => laws.map(({ law }) => law);
const squared = { objective: "squared-log" };

describe("compare, planted truth: 8 budgets of 7 runs, 0.3 % noise, squares of logs", () => {
  test.each([
    ["chinchilla", chinchilla, uneven, [noFloor, overtraining, kaplanND, chinchilla]],
    ["kaplan-nd", kaplanND, kaplan, [chinchilla, overtraining, kaplanND]],
  ] as [string, Law, Record<string, number>, Law[]][])(
    "%s planted: it wins, and no margin of the wrong laws covers 0",
    (name, law, at, rivals) => {
      const made = compare(rivals, plantedSweep(law, at), squared);
      expect(made.laws[0]!.law).toBe(name);
      expect(made.laws.slice(1).map(({ margin }) => margin!.low > 0 && margin!.apart)).toEqual(
        rivals.slice(1).map(() => true),
      );
      expect(made.verdict).toMatch(new RegExp(`^${name} extrapolates best: it misses the next of 5 scales`));
      expect(made.verdict).not.toContain("told apart");
    },
  );

  test("a tie is a tie: where α = β both laws are true, and in 8 data sets they are never told apart", () => {
    const laws = Array.from({ length: 8 }, (_, seed) => {
      const made = compare([chinchilla, overtraining], plantedSweep(chinchilla, even, { seed }), squared);
      expect(made.laws[1]!.margin).toMatchObject({ apart: false });
      expect(made.verdict).toContain("cannot be told apart from it");
      return made.laws[0]!.law;
    });
    // the law with a parameter less mostly errs a little less
    expect(laws.filter((name) => name === "overtraining").length).toBeGreaterThan(4);
  });

  test("a law with three parameters too many doesn't win, though it fits better, and AICc says so too", () => {
    for (const seed of [0, 1]) {
      const made = compare([many, chinchilla], plantedSweep(chinchilla, uneven, { seed }), squared);
      expect(made.laws[0]!.law).toBe("chinchilla");
      const rival = made.laws[1];
      if (!rival) {
        // its extra term can also run off to infinity on the way up
        expect(made.leftOut[0]!.reason).toMatch(/no finite value|max-steps/);
        continue;
      }
      expect(rival.objective!).toBeLessThan(made.laws[0]!.objective! * (1 + 1e-9));
      expect(made.laws[0]!.aicc!.difference).toBe(0);
    }
  });

  test("the residuals of a wrong law bend along its inputs, those of the true one don't", () => {
    const { laws } = compare([chinchilla, kaplanND], plantedSweep(chinchilla, uneven), squared);
    const least = (at: number): number =>
      Math.min(...laws[at]!.residuals.flatMap(({ trendP, runsP }) => [trendP, runsP]));
    expect(laws[0]!.residuals.map(({ quantity }) => quantity)).toEqual([
      "params",
      "tokens",
      "flops",
      "tokensPerParam",
    ]);
    expect(least(0)).toBeGreaterThan(0.01);
    expect(least(1)).toBeLessThan(0.01);
  });

  test("the same data and seed give the same comparison, and its schema loses nothing", () => {
    const data = plantedSweep(chinchilla, uneven);
    const made = compare([chinchilla, kaplanND], data, { ...squared, targetFlops: 1e23, draws: 20 });
    expect(compare([chinchilla, kaplanND], data, { ...squared, targetFlops: 1e23, draws: 20 })).toEqual(made);
    expect(comparisonSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
    // N* by the planted surface: G (C/6)^a, G = (αA/βB)^(1/(α+β))
    const { A, B, alpha, beta } = uneven;
    const best = ((alpha * A) / (beta * B)) ** (1 / (alpha + beta)) * (1e23 / 6) ** (beta / (alpha + beta));
    expect(Math.abs(made.laws[0]!.optimum!.params / best - 1)).toBeLessThan(0.15);
  });
});

describe("compare: who takes part", () => {
  const data = plantedSweep(chinchilla, uneven);

  test("laws that can't are listed with the reason, not dropped", () => {
    const task = defineLaw({ name: "task", formula: "a * N", inputs: { params: "N" }, output: "accuracy" });
    const made = compare([chinchilla, learningCurveM2, task], data, squared);
    expect(names(made)).toEqual(["chinchilla"]);
    expect(made.leftOut).toEqual([
      { law: "learning-curve-m2", reason: "planted has no examples" },
      { law: "task", reason: "it predicts accuracy, not loss as chinchilla does" },
    ]);
    expect(made.verdict).toMatch(/^chinchilla stands alone/);
  });

  test("no finite value at a held-out run: left out, saying after which runs and at which row", () => {
    // planted where its logarithm ends at 1.2e8 parameters, beyond the fitted runs and short of the held-out one
    const ends = defineLaw({
      name: "ends",
      formula: "E + a * log(c - N / 1e8)",
      inputs: { params: "N" },
      output: "loss",
      parameters: { E: { start: [2, 3] }, a: { start: [0.2, 0.5] }, c: { start: [1.3, 2, 4] } },
    });
    const rows = Array.from({ length: 8 }, (_, i) => {
      const params = 1e7 * (i + 1);
      return { params, tokens: 1e9 * (8 - i), loss: 3 + 0.3 * Math.log(1.2 - params / 1e8) };
    });
    const table = tableOf([...rows, { params: 1.6e8, tokens: 1e9, loss: 2.5 }], { origin: "sizes" });
    const sizes = observe(table, { inputs: ["params", "tokens"], output: "loss" });
    const folds = [splitFold(9, (row) => row === 8)];
    const made = compare([kaplanND, ends], sizes, { ...squared, folds });
    expect(names(made)).toEqual(["kaplan-nd"]);
    expect(made.leftOut).toEqual([
      {
        law: "ends",
        reason: "ends, fitted to the other runs, has no finite value at the held-out row 9 of sizes",
      },
    ]);
  });

  test("too many parameters for the rows: left out rather than shortening the others' test", () => {
    const few = plantedSweep(chinchilla, uneven, { budgets: [1e18, 1e19, 1e20, 1e21] });
    const made = compare(
      [chinchilla, defineLaw({ ...many, name: "wide", formula: `${many.formula} + G*N + H*D + I*N*D` })],
      few,
      squared,
    );
    expect(names(made)).toEqual(["chinchilla"]);
    expect(made.leftOut[0]!.reason).toBe(
      "its 11 parameters need 22 rows to be fitted and judged by the rest, which 0 of 1 folds have",
    );
  });

  test("one scale only: nothing is held out, and the verdict says so", () => {
    const one = plantedSweep(chinchilla, uneven, { budgets: [1e20] });
    const made = compare([overtraining, kaplanND], one, squared);
    expect(made.holdout).toBeNull();
    expect(made.verdict).toMatch(/^Nothing could be held out/);
    expect(made.warnings[0]).toContain("are of one scale");
    expect(() => compare([overtraining], one, { ...squared, by: "flops" })).toThrow("of one scale");
  });

  test("nothing to compare is refused with every reason", () => {
    expect(() => compare([learningCurveM2], data)).toThrow(
      "cannot compare: no law is left; learning-curve-m2: planted has no examples",
    );
    expect(() => compare([], data)).toThrow("expected two or more laws");
    expect(() => compare([chinchilla, chinchilla], data)).toThrow("with itself");
  });

  test("lawsFor: all laws whose inputs the data have", () => {
    const found = lawsFor(data).map(({ name }) => name);
    expect(found).toEqual(expect.arrayContaining(["chinchilla", "kaplan-nd", "kaplan-n", "farseer"]));
    expect(found).not.toContain("data-constrained");
    expect(found).not.toContain("gadre-error");
  });

  test("a split of one's own is one fold, and two held-out runs tell nothing apart", () => {
    const made = compare([chinchilla, kaplanND], data, {
      ...squared,
      folds: [splitFold(data.rows, (row) => row >= data.rows - 2)],
    });
    expect(made.holdout).toMatchObject({ by: null, folds: [{ fittedRows: 54, heldRows: 2, upTo: null }] });
    expect(made.laws[1]!.margin!.apart).toBe(false);
  });
});

describe("the likelihood behind an objective", () => {
  const random = seededRandom(5);
  const normals = Float64Array.from({ length: 4000 }, () => 0.01 * random.normal());

  test("squares: the normal's, at σ² = Σr²/n", () => {
    const value = normals.reduce((sum, r) => sum + r * r, 0);
    const { logLikelihood, width } = likelihoodOf(objective("squared-log"), value, normals.length)!;
    const direct = normals.reduce(
      (sum, r) => sum - 0.5 * (r / width) ** 2 - Math.log(width) - 0.5 * Math.log(2 * Math.PI),
      0,
    );
    expect(logLikelihood).toBeCloseTo(direct, 6);
    expect(width).toBeCloseTo(0.01, 3);
  });

  test("Huber: with a corner beyond all residuals the normal's, with one below all the Laplace's", () => {
    const sum = (loss: (r: number) => number): number => normals.reduce((total, r) => total + loss(r), 0);
    const squares = sum((r) => r * r);
    const wide = likelihoodOf(objective("huber-log", { delta: 1 }), squares / 2, normals.length)!;
    expect(wide.logLikelihood).toBeCloseTo(
      likelihoodOf(objective("squared-log"), squares, normals.length)!.logLikelihood,
      4,
    );
    const delta = 1e-7;
    const lines = sum((r) => delta * (Math.abs(r) - delta / 2));
    const narrow = likelihoodOf(objective("huber-log", { delta }), lines, normals.length)!;
    const laplace = likelihoodOf(objective("absolute-log"), sum(Math.abs), normals.length)!;
    // δ/τ of a few hundred thousandths is what is left between them
    expect(Math.abs(narrow.logLikelihood - laplace.logLikelihood)).toBeLessThan(0.5);
  });

  test("every density integrates to one: Σ exp(log density) over a fine grid", () => {
    for (const [name, options] of [
      ["huber", { delta: 0.01 }],
      ["asymmetric", { over: 10 }],
      ["quantile", { tau: 0.2 }],
      ["absolute", {}],
    ] as const) {
      const loss = objective(name, options);
      const side = (r: number): number => (r > 0 ? loss.over : loss.under);
      const rho = (r: number): number => {
        const size = Math.abs(r);
        if (loss.delta === null) return side(r) * size;
        return size <= loss.delta ? (r * r) / 2 : loss.delta * (size - loss.delta / 2);
      };
      const values = normals.slice(0, 50);
      const value = values.reduce((sum, r) => sum + rho(r), 0);
      const { logLikelihood, width } = likelihoodOf(loss, value, values.length)!;
      const tau = loss.loss === "huber" ? width ** 2 : width;
      const logZ = -(logLikelihood + value / tau) / values.length;
      const step = 1e-5;
      let total = 0;
      for (let r = -1; r < 1; r += step) total += Math.exp(-rho(r) / tau - logZ) * step;
      expect(total, name).toBeCloseTo(1, 3);
    }
  });

  test("AICc has no value where the rows are too few for its correction", () => {
    const likelihood = { family: "normal", width: 1, logLikelihood: -10 };
    expect(correctedAkaike(likelihood, 2, 10)).toBeCloseTo(20 + 6 + 24 / 6, 12);
    expect(correctedAkaike(likelihood, 2, 4)).toBeNull();
  });
});

describe.skipIf(!hasSharedData)("compare on measurements", () => {
  const epoch = () =>
    observe(sharedTable("epoch_chinchilla", "used_in_fit=1"), {
      inputs: ["params", "tokens"],
      output: "loss",
    });

  test("Besiroglu's 240 points: log-likelihood 879.77 for the optimum by a Huber density (notebook)", () => {
    // theirs has its corner at δ times the width, ours at δ: at widths of .0047 both are nearly Laplace
    const { logLikelihood, family } = likelihoodOf(objective("huber-log"), 0.0010182740178, 240)!;
    expect(family).toBe("Huber");
    expect(Math.abs(logLikelihood - 879.77)).toBeLessThan(3);
  });

  test("Besiroglu's 240 points: one exponent for both does as well as two; Kaplan's form does not", () => {
    const made = compare([chinchilla, overtraining, kaplanND], epoch(), { targetFlops: 5.76e23 });
    expect(made.holdout!.folds.length).toBeGreaterThanOrEqual(8);
    expect(names(made).at(-1)).toBe("kaplan-nd");
    const [first, second, third] = made.laws;
    // told apart neither by extrapolation nor by AICc, they put N* at 63 and 73 billion
    expect(second!.margin!.apart).toBe(false);
    expect(second!.aicc!.difference + first!.aicc!.difference).toBeLessThan(2);
    expect(third!.margin!.apart).toBe(true);
    expect(third!.aicc!.difference).toBeGreaterThan(300);
    const optimum = (name: string): number => made.laws.find(({ law }) => law === name)!.optimum!.params;
    expect(Math.abs(optimum("chinchilla") / 73.19e9 - 1)).toBeLessThan(0.01);
    expect(made.verdict).toContain("The laws that can't be told apart put N* between");
    expect(Math.max(first!.heldOut!.error, second!.heldOut!.error)).toBeLessThan(0.01);
  });

  test("the OLMo ladder's C4 loss: from 190M–1.3B to 7B and 13B chinchilla is 3 % low, and the 90 % interval is wide", () => {
    const table = where(sharedTable("olmo_ladder_final"), "y_metric=c4,task=mmlu_avg_test_5shot").table;
    const held = new Set(where(table, "split=eval").table.lineNumbers);
    const made = compare([chinchilla, overtraining], table, {
      folds: [splitFold(table.rows, (row) => held.has(table.lineNumbers[row]!))],
    });
    const own = made.laws.find(({ law }) => law === "chinchilla")!;
    // published for 13B: 2.344387 / 2.437876 - 1 = -3.83 %; the 7B misses by less
    expect(own.heldOut!.bias).toBeLessThan(-0.02);
    expect(own.heldOut!.bias).toBeGreaterThan(-0.0384);
    expect(made.laws[1]!.margin!.apart).toBe(false);
  });
});

describe("what a comparison may warn of", () => {
  const data = plantedSweep(chinchilla, findSet(chinchilla, "besiroglu2024-refit").parameters);
  const made = compare([chinchilla, overtraining], data, { resamplings: 200 });
  /** The winner with other errors by scale, and another share of held-out runs inside its 90 % interval. */
  const warnings = (bias: readonly number[], share: number, heldRows = 7): readonly string[] => {
    const [best, ...rest] = made.laws;
    const folds = bias.map((each) => ({ error: 0.01, bias: each, status: "converged" as const }));
    const mean = bias.reduce((sum, each) => sum + each, 0) / bias.length;
    const coverage = [{ level: 0.9, share, width: 0.02 }];
    const holdout = { ...made.holdout!, folds: bias.map(() => ({ ...made.holdout!.folds[0]!, heldRows })) };
    return warningsOf(
      [{ ...best!, heldOut: { ...best!.heldOut!, folds, bias: mean, coverage } }, ...rest],
      holdout,
      null,
    );
  };

  test("one sign at five scales is a coin's doing one time in sixteen, at six one in 32: said from six on", () => {
    expect(warnings([0.01, 0.01, 0.01, 0.01, 0.01], 0.9).join()).not.toContain("at every held-out scale");
    expect(warnings([0.01, 0.01, 0.01, 0.01, 0.01, 0.01], 0.9).join()).toContain("too high at every");
    expect(warnings(new Array(8).fill(1e-7), 0.9).join()).not.toContain("at every held-out scale");
  });

  // P(at most 7 of 10 | 0.9) = 0.070 and P(at most 70 of 100 | 0.9) = 2e-8, by the binomial
  test("7 of 10 inside 90 % intervals may be chance, 70 of 100 are not; nor do 1,000 rows underflow", () => {
    expect(warnings([0, 0.01, -0.01, 0.01, 0], 0.7, 2).join()).not.toContain("too narrow");
    expect(warnings([0, 0.01, -0.01, 0.01, 0], 0.7, 20).join()).toContain("too narrow");
    expect(warnings([0, 0.01, -0.01, 0.01, 0], 0.9, 1000).join()).not.toContain("too narrow");
    expect(warnings([0, 0.01, -0.01, 0.01, 0], 0.7, 1000).join()).toContain("too narrow");
  });

  test("a single held-out run has no interval of a margin: null, and not one of no width", () => {
    const one = compare([chinchilla, overtraining], data, {
      folds: [splitFold(data.rows, (row) => row === data.rows - 1)],
    });
    expect(one.laws[1]!.margin).toBeNull();
    expect(one.verdict).toContain("cannot be told apart");
  });

  test("rows too few for AICc: nothing ranks the laws, and nothing says that it does", () => {
    const six = observe(
      tableOf(
        Array.from({ length: 6 }, (_, i) => ({
          params: 1e8 * 2 ** i,
          tokens: 1e10 * 3 ** (i % 3),
          loss: 3 - 0.1 * i,
        })),
        { origin: "six" },
      ),
      { inputs: ["params", "tokens"], output: "loss" },
    );
    const few = compare([chinchilla, overtraining], six);
    expect(few.laws.every(({ aicc }) => aicc === null)).toBe(true);
    expect(few.warnings.join()).not.toContain("AICc");
  });

  test("an impossible number of scales ahead is a mistake, not a fact about the runs", () => {
    expect(() => compare([chinchilla, overtraining], data, { ahead: 0 })).toThrow("cannot hold out 0 scales");
  });
});
