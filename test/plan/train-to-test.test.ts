import { describe, expect, test } from "vitest";
import {
  chain,
  chainParameters,
  chinchilla,
  computeOptimum,
  coverage,
  defineLaw,
  lawFunction,
  trainToTest,
} from "../../src/laws/index.ts";
import { planTrainToTest, trainToTestPlanSchema } from "../../src/plan/index.ts";

// Made up, as the paper's own could not be read: the tests are of the planning, not of the coefficients.
const parameters = { E: 0.5, A: 400, alpha: 0.34, B: 400, beta: 0.3, G: 2, gamma: 0.4 };
const { A, alpha, B, beta, G, gamma } = parameters;
const basis = { law: trainToTest, parameters };

describe("two budgets, 6·N·D ≤ C_train and 2·N·k ≤ C_question (Roberts et al. 2026)", () => {
  const made = planTrainToTest(basis, { trainingFlops: 1e20, questionFlops: 1e11 });
  const { params: N, tokens: D, samples: k } = made.optimum;

  test("both are spent, and N is stationary: αA·N^-α = βB·D^-β + γG·k^-γ", () => {
    expect((6 * N * D) / 1e20).toBeCloseTo(1, 12);
    expect((2 * N * k) / 1e11).toBeCloseTo(1, 12);
    const [left, right] = [alpha * A * N ** -alpha, beta * B * D ** -beta + gamma * G * k ** -gamma];
    expect(left / right).toBeCloseTo(1, 6);
  });

  test("the model is smaller and more over-trained than the one that is asked once, which is chinchilla's", () => {
    const once = computeOptimum(chinchilla, parameters, 1e20)!;
    expect(made.oneSample!.params / once.params).toBeCloseTo(1, 6);
    expect(N).toBeLessThan(once.params / 3);
    expect(made.optimum.tokensPerParam).toBeGreaterThan(10 * (once.tokens / once.params));
    expect(made.optimum.value).toBeLessThan(made.oneSample!.value);
  });

  test("an answer of a hundred tokens costs a hundred times as much", () => {
    const long = planTrainToTest(basis, { trainingFlops: 1e20, questionFlops: 1e13, answerTokens: 100 });
    expect(long.optimum.params / N).toBeCloseTo(1, 10);
    expect(long.optimum.samples / k).toBeCloseTo(1, 10);
  });

  test("its JSON is read back whole", () => {
    expect(trainToTestPlanSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });
});

test("one budget, 6·N·D + 2·N·k·Q = C: every FLOP buys the same, in parameters, in tokens and in samples", () => {
  const { optimum } = planTrainToTest(basis, { totalFlops: 1e20, questions: 1e8 });
  const { params: N, tokens: D, samples: k } = optimum;
  const [training, asking] = [6 * N * D, 2 * N * k * 1e8];
  expect((training + asking) / 1e20).toBeCloseTo(1, 12);
  // nested searches: the inner one's last digits blur the outer one's
  const price = (beta * B * D ** -beta) / training;
  expect((gamma * G * k ** -gamma) / asking / price).toBeCloseTo(1, 4);
  expect((alpha * A * N ** -alpha) / 1e20 / price).toBeCloseTo(1, 4);
});

test("a chain of a loss law and a sampling law does too: most coverage is best", () => {
  // the paper's second approach: pass rates spread like a beta distribution whose mean and spread follow the loss
  const passRates = defineLaw({
    name: "pass-rates",
    formula:
      "mu = t2 / (1 + exp(t1 * (L - t0))); nu = exp(t3 + t4 * L); -expm1(logBeta(mu * nu, (1 - mu) * nu + k) - logBeta(mu * nu, (1 - mu) * nu))",
    inputs: { loss: "L", samples: "k" },
    output: "coverage",
    parameters: { t3: { in: "real" }, t4: { in: "real" } },
  });
  const both = chain(chinchilla, passRates);
  const { parameters: fitted } = chinchilla.sets["besiroglu2024-refit"]!;
  const link = { t0: 2.2, t1: 6, t2: 0.8, t3: -1, t4: 0.3 };
  const all = chainParameters(chinchilla, fitted, passRates, link);
  const question = { trainingFlops: 1e21, questionFlops: 1e11 };
  const made = planTrainToTest({ law: both, parameters: all }, question);
  expect(made.output).toBe("coverage");
  const value = lawFunction(both, all);
  for (const factor of [0.5, 0.9, 1.1, 2]) {
    const params = factor * made.optimum.params;
    expect(value({ params, tokens: 1e21 / (6 * params), samples: 1e11 / (2 * params) })).toBeLessThan(
      made.optimum.value,
    );
  }
  expect(made.optimum.params).toBeLessThan(made.oneSample!.params);
});

test.each([
  [
    basis,
    { trainingFlops: 1e20 },
    "expected trainingFlops with questionFlops, or totalFlops with questions, got trainingFlops 1e20",
  ],
  [
    basis,
    { trainingFlops: 1e20, questionFlops: 1e11, totalFlops: 1e21 },
    "got trainingFlops 1e20, questionFlops 1e11, totalFlops 1e21",
  ],
  [basis, { totalFlops: 1e20, questions: -1 }, "expected questions above 0, got -1"],
  [basis, { trainingFlops: 1e20, questionFlops: 1 }, "the budgets don't pay for one sample of any model"],
  [
    { law: chinchilla, set: "besiroglu2024" },
    { trainingFlops: 1e20, questionFlops: 1e11 },
    "chinchilla has no input samples: it takes params, tokens; take train-to-test, or chain",
  ],
  [
    { law: coverage, set: "brown2024-swe-bench-lite" },
    { trainingFlops: 1e20, questionFlops: 1e11 },
    "coverage has no input params",
  ],
])("refuses %#", (on, question, message) => {
  expect(() => planTrainToTest(on, question)).toThrow(message);
});
