import { expect, test } from "vitest";
import {
  chain,
  chainParameters,
  chinchilla,
  logisticLoss,
  passAtKLaw,
  trainToTest,
} from "../../src/laws/index.ts";
import { planTrainToTest, trainToTestPlanSchema } from "../../src/plan/index.ts";
import { isoflop, readably } from "./world.ts";

// Made up, as the paper's own could not be read: the tests are of the door, not of the coefficients.
const parameters = { E: 0.5, A: 400, alpha: 0.34, B: 400, beta: 0.3, G: 2, gamma: 0.4 };
const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
const verb = ["plan", "train-to-test"];
const law = [...verb, "--law", "train-to-test", "--set", ...pairs];
const two = ["--training-flops", "1e20", "--question-flops", "1e11"];

const task = { g: 0.25, h: 0.95, k: 3, L_0: 2.4 };
const links = ["--then", "logistic-loss:g=0.25,h=0.95,k=3,L_0=2.4", "--then", "pass-at-k:s=12"];
const published = [...verb, "--law", "chinchilla", "--source", "besiroglu2024-refit"];

test("what a person reads of two budgets", async () => {
  const { out, err } = await readably([...law, ...two]);
  await expect(out).toMatchFileSnapshot("golden/plan-train-to-test.txt");
  expect(err).toBe("");
});

test("as JSON it is the library's plan, of two budgets and of one", async () => {
  const basis = { law: trainToTest, parameters };
  const json = async (words: readonly string[]): Promise<unknown> =>
    trainToTestPlanSchema.parse(JSON.parse((await isoflop([...law, ...words, "--json"])).out));
  expect(await json(two)).toEqual(planTrainToTest(basis, { trainingFlops: 1e20, questionFlops: 1e11 }));
  expect(await json(["--total-flops", "1e20", "--questions", "1M", "--answer-tokens", "100"])).toEqual(
    planTrainToTest(basis, { totalFlops: 1e20, questions: 1e6, answerTokens: 100 }),
  );
});

test("--then makes one law of a chain, with the parameters of its parts", async () => {
  const words = [...published, ...links, ...two];
  const onTask = chain(chinchilla, logisticLoss);
  const sets = chinchilla.sets["besiroglu2024-refit"]!.parameters;
  const whole = chainParameters(onTask, chainParameters(chinchilla, sets, logisticLoss, task), passAtKLaw, {
    s: 12,
  });
  const basis = { law: chain(onTask, passAtKLaw), parameters: whole };
  const made = planTrainToTest(basis, { trainingFlops: 1e20, questionFlops: 1e11 });
  const told = JSON.parse((await isoflop([...words, "--json"])).out);
  expect(told.optimum).toEqual(made.optimum);
  expect(told.output).toBe("coverage");
  expect((await readably(words)).err.replaceAll(/\s+/g, " ")).toContain("at its laws' best values");
});

test.each([
  [[...law, "--training-flops", "1e20"], "or --total-flops with --questions, got --training-flops"],
  [
    law,
    "expected --training-flops with --question-flops, or --total-flops with --questions, got none of them",
  ],
  [[...law, ...two, "--questions", "3"], "got --training-flops, --question-flops, --questions"],
  [[...law, ...two, "--at", "uniqueTokens=1B"], "it has no such input; it takes params, tokens, samples"],
  [[...published, ...two], "chinchilla has no input samples"],
  [[...published, "--then", "coverage", ...two], "chinchilla gives loss, but coverage takes samples"],
])("%j: refused", async (words, complaint) => {
  const { code, out, err } = await isoflop(words);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err.replaceAll(/\s+/g, " ")).toContain(complaint);
});
