import { describe, expect, test } from "vitest";
import { type Fit, fit } from "../../src/fit/index.ts";
import {
  betaBinomial,
  chain,
  chainParameters,
  chinchilla,
  coverage,
  findSet,
  lawFunction,
  logisticLoss,
  olmoTask,
  passAtKLaw,
} from "../../src/laws/index.ts";
import { seededRandom } from "../../src/numeric/index.ts";
import { type Basis, chainPredictionSchema, predict, predictChain } from "../../src/plan/index.ts";
import { observe, tableOf } from "../../src/runs/index.ts";
import { plantedFit } from "./planted-fit.ts";

const size = { params: 7e9, tokens: 2e11 };
const olmo = { law: olmoTask, set: "bhagia2024-mmlu-refit" } as const;
const task = { g: 0.25, h: 0.95, k: 3, L_0: 2.4 } as const;

/** A fit of accuracy to loss on 60 models of the planted curve with noise of 0.01, with draws. */
function taskFit({ noise = 0.01, bootstrap = 100, seed = 5 } = {}): Fit {
  const random = seededRandom(seed);
  const accuracy = lawFunction(logisticLoss, task);
  const rows = Array.from({ length: 60 }, () => {
    const loss = 1.9 + 1.6 * random.uniform();
    return { loss, accuracy: accuracy({ loss }) + noise * random.normal() };
  });
  const models = observe(tableOf(rows, { origin: "models" }), { inputs: ["loss"], output: "accuracy" });
  return fit(logisticLoss, models, { bootstrap, objective: "squared", fixed: { h: task.h } });
}

const width = (interval: { low: number; high: number } | null): number => interval!.high - interval!.low;

describe("published coefficients all the way", () => {
  const links: readonly Basis[] = [{ law: chinchilla, set: "besiroglu2024-refit" }, olmo];

  test("the value is that of the two laws chained into one", () => {
    const [first, second] = [findSet(chinchilla, "besiroglu2024-refit"), findSet(olmoTask, olmo.set)];
    const one = chain(chinchilla, olmoTask);
    const parameters = chainParameters(chinchilla, first.parameters, olmoTask, second.parameters);
    const made = predictChain(links, size);
    expect(made.value).toBeCloseTo(lawFunction(one, parameters)(size), 14);
    expect(made.steps.map(({ output }) => output)).toEqual(["loss", "accuracy"]);
    expect(made.steps[0]!.value).toBe(predict(links[0]!, size).value);
  });

  test("nothing is known to be uncertain: no interval is made up", () => {
    expect(predictChain(links, size)).toMatchObject({ interval: null, newRun: null });
  });

  test("a loss goes to a task's law with the question whether it is the same loss", () => {
    expect(predictChain(links, size).warnings.join(" ")).toContain(
      "in the same unit (nats per token or bits per byte)",
    );
  });
});

describe("one interval through the chain", () => {
  const made = plantedFit({ bootstrap: 200 });
  const tasks = taskFit();

  test("with draws in one law alone it is that law's own, carried through", () => {
    const chained = predictChain([made, { law: logisticLoss, parameters: task }], size);
    const of = predict(made, size);
    expect(chained.steps[0]!.interval).toEqual(of.interval);
    // accuracy falls with loss and is monotone: percentiles pass through it, high for low
    const accuracy = lawFunction(logisticLoss, task);
    expect(chained.interval!.high).toBeCloseTo(accuracy({ loss: of.interval!.low }), 4);
    expect(chained.interval!.low).toBeCloseTo(accuracy({ loss: of.interval!.high }), 4);
    expect(chained.warnings.join(" ")).toContain("logistic-loss is taken as certain, having no draws");
  });

  test("of two fits that err apart, the widths add in squares, within a fifth", () => {
    const chained = predictChain([made, tasks], size);
    const alone = chained.steps.map((step) => width(step.alone));
    expect(Math.abs(width(chained.interval) / Math.hypot(...alone) - 1)).toBeLessThan(0.2);
    expect(chained.interval!.low).toBeLessThan(chained.value);
    expect(chained.interval!.high).toBeGreaterThan(chained.value);
  });

  test("a single new run scatters more than the mean, and the same seed gives the same chain", () => {
    const chained = predictChain([made, tasks], size);
    expect(width(chained.newRun)).toBeGreaterThan(1.5 * width(chained.interval));
    // noise of 0.01 in accuracy alone is ±0.01645 at 90 %; that of the loss, 0.3 % of 2.3 at a slope of about ½, adds a little
    expect(width(chained.newRun) / 2).toBeGreaterThan(0.0155);
    expect(width(chained.newRun) / 2).toBeLessThan(0.025);
    expect(predictChain([made, tasks], size)).toEqual(chained);
    expect(predictChain([made, tasks], size, { seed: 1 }).interval).not.toEqual(chained.interval);
  });

  test("three laws: size and data → loss → accuracy → pass@100; survives its schema", () => {
    const sampling = { law: passAtKLaw, parameters: { s: 12 } };
    const chained = predictChain([made, tasks, sampling], { ...size, samples: 100 });
    expect(chained.steps.map(({ output }) => output)).toEqual(["loss", "accuracy", "coverage"]);
    const p = chained.steps[1]!.value;
    expect(chained.value).toBeCloseTo(lawFunction(passAtKLaw, { s: 12 })({ accuracy: p, samples: 100 }), 14);
    expect(chainPredictionSchema.parse(JSON.parse(JSON.stringify(chained)))).toEqual(chained);
  });

  // 12 plantings, nominal 90 %: of a binomial, 7 or fewer would come about four times in a thousand
  test("holds the planted answer in about nine of ten chains", () => {
    const truth = lawFunction(
      logisticLoss,
      task,
    )({
      loss: lawFunction(chinchilla, { E: 1.8, A: 480, alpha: 0.35, B: 2100, beta: 0.37 })(size),
    });
    let held = 0;
    for (let seed = 0; seed < 12; seed++) {
      const links = [plantedFit({ seed, bootstrap: 40 }), taskFit({ seed: 100 + seed, bootstrap: 40 })];
      const { interval } = predictChain(links, size);
      if (truth > interval!.low && truth < interval!.high) held++;
    }
    expect(held).toBeGreaterThan(7);
  });
});

describe("pass-at-k, from the accuracy of one sample to the coverage of k", () => {
  const passes = (s: number) => lawFunction(passAtKLaw, { s });

  test("one sample covers its accuracy, and equally hard problems 1 − (1 − p)^k", () => {
    expect(passes(3)({ accuracy: 0.2, samples: 1 })).toBeCloseTo(0.2, 12);
    // s = 1e9 leaves differences of order k²/s beside 1 - 0.9^20 = 0.878
    expect(passes(1e9)({ accuracy: 0.1, samples: 20 })).toBeCloseTo(1 - 0.9 ** 20, 5);
  });

  test("is beta-binomial by its mean and concentration: Schaeffer et al. 2025, Pythia 2.8B on MATH", () => {
    const { parameters } = findSet(betaBinomial, "schaeffer2025-pythia-2.8b-refit");
    const s = parameters.alpha! + parameters.beta!;
    const samples = 1000;
    expect(passes(s)({ accuracy: parameters.alpha! / s, samples })).toBeCloseTo(
      lawFunction(betaBinomial, parameters)({ samples }),
      12,
    );
  });
});

describe("refused", () => {
  const law = { law: chinchilla, set: "besiroglu2024-refit" } as const;
  test.each<[string, readonly Basis[], Readonly<Record<string, number>>, string]>([
    ["no law", [], size, "expected one law or more, got none"],
    [
      "laws that don't meet",
      [law, { law: coverage, set: "brown2024-swe-bench-lite" }],
      size,
      "chinchilla gives loss, but coverage takes samples",
    ],
    [
      "a missing input",
      [law, olmo],
      { params: 1e9 },
      "chinchilla also needs tokens; give it with --at tokens=…",
    ],
    [
      "an input that the chain makes",
      [law, olmo],
      { ...size, loss: 2 },
      "the chain works it out; leave it out",
    ],
    [
      "an input of none",
      [law, olmo],
      { ...size, samples: 2 },
      "no law of the chain has such an input; they take params, tokens",
    ],
    ["an impossible size", [law, olmo], { params: 0, tokens: 1e9 }, "expected a number above 0"],
  ])("%s", (_, links, at, complaint) => {
    expect(() => predictChain(links, at)).toThrow(complaint);
  });
});
