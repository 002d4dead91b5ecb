import { describe, expect, test } from "vitest";
import { type Fit, fit } from "../../src/fit/index.ts";
import {
  annealing,
  findSet,
  type Law,
  lawFunction,
  lawJson,
  multiPower,
  multiPowerLaw,
  readLaw,
} from "../../src/laws/index.ts";
import { curveFeatures, learningRates, readSchedule, type Schedule } from "../../src/models/index.ts";
import { tableOf } from "../../src/runs/index.ts";

const peak = 3e-4;
const steps = 24_000;
const warmupSteps = 500;
const cosine: Schedule = { kind: "cosine", peak, final: 0.1 * peak, steps, warmupSteps };
const wsd: Schedule = { kind: "wsd", peak, final: 0.1 * peak, steps, warmupSteps, decaySteps: 4000 };
const others: Record<string, Schedule> = {
  wsd,
  "wsd, exponential": { ...wsd, decay: "exponential" },
  "wsd, sqrt": { ...wsd, decay: "sqrt" },
  linear: { kind: "linear", peak, final: 0, steps, warmupSteps },
  constant: { kind: "constant", peak, steps, warmupSteps },
  "two steps down": {
    kind: "step",
    peak,
    steps,
    warmupSteps,
    drops: [
      { after: 12_000, rate: 1e-4 },
      { after: 18_000, rate: 3e-5 },
    ],
  },
};
const every = (n: number): number[] => Array.from({ length: (steps - 2000) / n + 1 }, (_, i) => 2000 + i * n);

describe("learningRates", () => {
  test("each shape has its values where they are known", () => {
    const at = (schedule: Schedule, step: number): number => learningRates(schedule)[step - 1]!;
    expect(at(cosine, 250)).toBeCloseTo(peak / 2, 12);
    expect(at(cosine, 500)).toBe(peak);
    expect(at(cosine, 12_250)).toBeCloseTo(0.55 * peak, 12);
    expect(at(cosine, steps)).toBeCloseTo(0.1 * peak, 12);
    expect(at(wsd, 20_000)).toBe(peak);
    expect(at(wsd, 22_000)).toBeCloseTo(0.55 * peak, 12);
    expect(at(others["wsd, exponential"]!, 22_000)).toBeCloseTo(Math.sqrt(0.1) * peak, 12);
    expect(at(others["wsd, sqrt"]!, 21_000)).toBeCloseTo(0.55 * peak, 12);
    expect(at(others.linear!, steps)).toBe(0);
    expect([12_000, 12_001, 18_001].map((step) => at(others["two steps down"]!, step))).toEqual([
      peak,
      1e-4,
      3e-5,
    ]);
    expect(learningRates({ kind: "constant", peak: 1, steps: 3 })).toEqual(Float64Array.of(1, 1, 1));
  });

  test.each([
    [{ kind: "constant", peak, steps: 0 }, "steps must be a whole number above 0, got 0"],
    [
      { kind: "constant", peak, steps: 5, warmupSteps: 5 },
      "warmupSteps must be a whole number from 0 to 4, got 5",
    ],
    [
      { kind: "cosine", peak, final: 1, steps: 5 },
      "the final rate must lie between 0 and the peak 0.0003, got 1",
    ],
    [{ kind: "wsd", peak, final: 0, steps: 5, decaySteps: 6 }, "decaySteps must lie between 1 and 5, got 6"],
    [{ kind: "wsd", peak, final: 0, steps: 5, decaySteps: 2, decay: "exponential" }, "never reaches 0"],
  ] satisfies [Schedule, string][])("%j is refused", (schedule, message) => {
    expect(() => learningRates(schedule)).toThrow(message);
  });
});

describe("readSchedule", () => {
  test.each([
    ["cosine peak=3e-4 final=3e-5 steps=24000 warmup=500", cosine],
    ["wsd peak=3e-4 final=3e-5 steps=24k decay=4k warmup=500", { ...wsd, decay: "linear" }],
    ["wsd peak=3e-4 final=3e-5 steps=24k decay=4k warmup=500 shape=sqrt", others["wsd, sqrt"]!],
    ["linear peak=3e-4, final=0, steps=24000, warmup=500", others.linear!],
    ["constant peak=3e-4 steps=24000 warmup=500", others.constant!],
    ["step peak=3e-4 steps=24000 warmup=500 drop=12000:1e-4 drop=18000:3e-5", others["two steps down"]!],
  ] satisfies [string, Schedule][])("%s", (text, schedule) => {
    const expected = learningRates(schedule);
    // 0.1 · 3e-4 is a last digit away from 3e-5
    expect(learningRates(readSchedule(text)).every((rate, i) => Math.abs(rate - expected[i]!) < 1e-18)).toBe(
      true,
    );
  });

  test.each([
    ["", 'expected constant, cosine, linear, wsd, step first, got ""'],
    ["cosines peak=1", 'first, got "cosines"'],
    ["cosine peak=3e-4 steps=100", "final is missing"],
    ["cosine peak", 'expected name=value, got "peak"'],
    ["cosine decay=5", 'cosine takes peak, final, steps and warmup, got "decay"'],
    ["constant peak=1 peak=2 steps=5", "peak stands there twice"],
    ["wsd peak=1 final=0 steps=9 decay=3 shape=cubic", 'linear, exponential or sqrt, got "cubic"'],
    ["step peak=1 steps=9 drop=5", 'expected drop=step:rate, got "drop=5"'],
  ])("%j is refused", (text, message) => {
    expect(() => readSchedule(text)).toThrow(message);
  });
});

/** S₂ by its definition: a sum over steps of a sum over falls. */
function annealedByDefinition(rates: Float64Array, step: number, memory: number, warmup: number): number {
  let sum = 0;
  for (let i = 1; i <= step; i++)
    for (let k = warmup + 1; k <= i; k++)
      if (k > 1) sum += (rates[k - 2]! - rates[k - 1]!) * memory ** (i - k);
  return sum;
}

/** The multi-power law by its definition: a sum over all steps. */
function multiPowerByDefinition(
  p: Readonly<Record<string, number>>,
  rates: Float64Array,
  step: number,
): number {
  let since = 0;
  let drop = 0;
  for (let k = step; k > warmupSteps; k--) {
    const rate = rates[k - 1]!;
    since += rate;
    const fall = rates[k - 2]! - rate;
    if (fall !== 0 && since > 0) drop += fall * (1 - (p.C! * rate ** -p.gamma! * since + 1) ** -p.beta!);
  }
  const area = rates.subarray(0, step).reduce((sum, rate) => sum + rate, 0);
  return p.L_0! + p.A! * area ** -p.alpha! - p.B! * drop;
}

describe("curveFeatures", () => {
  test("area and annealed area are their definitions' sums", () => {
    const rates = learningRates({ kind: "cosine", peak: 1, final: 0.1, steps: 300, warmupSteps: 20 });
    const points = curveFeatures(rates, { at: [1, 20, 21, 100, 300], memory: 0.95, warmupSteps: 20 });
    for (const { steps: step, lrArea, annealedArea } of points) {
      expect(lrArea).toBeCloseTo(
        rates.subarray(0, step).reduce((sum, rate) => sum + rate, 0),
        10,
      );
      expect(annealedArea).toBeCloseTo(annealedByDefinition(rates, step, 0.95, 20), 10);
    }
    expect(points[1]!.annealedArea).toBe(0);
  });

  test("a fall at one step, by hand: 2, 2, 1, 1 with λ = 1/2 gives S₂ = 0, 0, 1, 1.5 and S₁ = 2, 4, 5, 6", () => {
    const points = curveFeatures([2, 2, 1, 1], { memory: 0.5 });
    expect(points.map(({ lrArea }) => lrArea)).toEqual([2, 4, 5, 6]);
    expect(points.map(({ annealedArea }) => annealedArea)).toEqual([0, 0, 1, 1.5]);
    expect(points.map((point) => [point.lrDrop1, point.lrAfter1, point.lrSince1])).toEqual([
      [0, 1, 0],
      [0, 1, 0],
      [1, 1, 1],
      [1, 1, 2],
    ]);
  });

  // the pieces' promise; the law itself is right to 5e-3
  test.each(Object.entries({ cosine, ...others }))(
    "%s: the multi-power law from eight pieces is its sum over all steps within 4e-4 nats, at every point",
    (name, schedule) => {
      const { parameters } = findSet(multiPower, "luo2025-400m");
      const rates = learningRates(schedule);
      const law = lawFunction(multiPower as Law, parameters);
      const exact = name === "two steps down" || name === "constant";
      for (const point of curveFeatures(rates, { at: every(1000), warmupSteps })) {
        const off = law(inputsOf(multiPower, point)) - multiPowerByDefinition(parameters, rates, point.steps);
        expect(Math.abs(off), `step ${point.steps}`).toBeLessThan(exact ? 1e-12 : 4e-4);
      }
    },
  );

  test.each(Object.entries({ cosine, ...others }))(
    "%s: the pieces' largest error falls as there are more of them, below 1e-4 nats at 16 and 3e-5 at 32",
    (_, schedule) => {
      const { parameters } = findSet(multiPower, "luo2025-400m");
      const rates = learningRates(schedule);
      const at = every(1000);
      const truth = at.map((step) => multiPowerByDefinition(parameters, rates, step));
      const errors = [4, 8, 16, 32].map((pieces) => {
        const law = multiPowerLaw(pieces);
        const value = lawFunction(law, parameters);
        const points = curveFeatures(rates, { at, warmupSteps, pieces });
        return Math.max(...points.map((point, i) => Math.abs(value(point) - truth[i]!)));
      });
      // measured on cosine and the three WSD, at any step: 4.7e-4 to 9e-4, 2e-4 to 2.5e-4, 2e-5 to 7e-5, 6e-6 to 2e-5
      if (errors[0]! > 1e-12)
        for (const [i, error] of errors.slice(1).entries()) expect(error).toBeLessThan(0.6 * errors[i]!);
      expect(errors[2]).toBeLessThan(1e-4);
      expect(errors[3]).toBeLessThan(3e-5);
    },
  );

  test("a schedule of twelve falls is met exactly by twelve pieces, and not by eleven", () => {
    const drops = Array.from({ length: 12 }, (_, k) => ({
      after: 4000 + 1500 * k,
      rate: peak * 0.8 ** (k + 1),
    }));
    const rates = learningRates({ kind: "step", peak, steps, warmupSteps, drops });
    const { parameters } = findSet(multiPower, "luo2025-400m");
    const truth = multiPowerByDefinition(parameters, rates, steps);
    const off = (pieces: number): number => {
      const law = multiPowerLaw(pieces);
      const [end] = curveFeatures(rates, { at: [steps], warmupSteps, pieces });
      return Math.abs(lawFunction(law, parameters)(end!) - truth);
    };
    expect(off(12)).toBeLessThan(1e-12);
    expect(off(11)).toBeGreaterThan(1e-6);
  });

  test("the registered law is the one of eight pieces, and one of more survives JSON with its formula's text", () => {
    expect(multiPowerLaw(8)).toEqual(multiPower);
    const law = multiPowerLaw(16);
    const back = readLaw(JSON.parse(JSON.stringify(lawJson(law))), "law.json");
    expect(back.name).toBe("multi-power-16");
    expect(back.formula).toBe(
      "L_0 + A * S_1^(-alpha) - B * sum(j, 1, 16, d_j * (1 - (C * since_j / eta_j^gamma + 1)^(-beta)))",
    );
    expect(Object.keys(back.inputs)).toHaveLength(49);
    expect(() => multiPowerLaw(65)).toThrow("expected 1 to 64 pieces, got 65");
  });

  test.each([
    [
      "a step beyond the end",
      () => curveFeatures([1, 1], { at: [3] }),
      "cannot find step 3: the schedule has steps 1 to 2",
    ],
    [
      "a memory that never fades",
      () => curveFeatures([1, 1], { memory: 1 }),
      "memory must lie in [0, 1), got 1",
    ],
  ])("%s is refused", (_, ask, message) => {
    expect(ask).toThrow(message);
  });
});

function inputsOf(law: Law, point: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.keys(law.inputs).map((quantity) => [quantity, point[quantity]!]));
}

type Loss = (rates: Float64Array, at: readonly number[], memory: number) => number[];

/** Fits a law to the cosine curve alone, with one memory. */
function fitCosine(law: Law, truth: Loss, memory: number): Fit {
  const rates = learningRates(cosine);
  const at = every(500);
  const losses = truth(rates, at, 0.995);
  const rows = curveFeatures(rates, { at, memory, warmupSteps }).map((point, i) => ({
    ...inputsOf(law, point),
    loss: losses[i]!,
  }));
  return fit(law, tableOf(rows, { origin: "cosine" }), { objective: "squared-log" });
}

/** The largest error in nats of a fit's prediction of a whole curve under another schedule. */
function worstOn(found: Fit, schedule: Schedule, truth: Loss, memory: number): number {
  const rates = learningRates(schedule);
  const at = every(200);
  const losses = truth(rates, at, 0.995);
  const values = Object.fromEntries(
    Object.entries(found.parameters).map(([name, { value }]) => [name, value]),
  );
  const predict = lawFunction(found.law, values);
  return Math.max(
    ...curveFeatures(rates, { at, memory, warmupSteps }).map((point, i) =>
      Math.abs(predict(inputsOf(found.law, point)) - losses[i]!),
    ),
  );
}

describe("planted truth: a fit of the cosine curve alone predicts every point under other schedules", () => {
  const planted = { L_0: 2.5, A: 0.6, alpha: 0.5, C: 0.4 };
  const tissue: Loss = (rates, at, memory) =>
    curveFeatures(rates, { at, memory, warmupSteps }).map((point) =>
      lawFunction(annealing, planted)({ lrArea: point.lrArea, annealedArea: point.annealedArea }),
    );
  const memories = [0.98, 0.99, 0.995, 0.998, 0.999];

  test("annealing: trying several λ finds the planted one and its parameters, and so the other curves", () => {
    const tried = memories.map((memory) => ({ memory, found: fitCosine(annealing, tissue, memory) }));
    const best = tried.reduce((a, b) => (b.found.objective.value! < a.found.objective.value! ? b : a));
    expect(best.memory).toBe(0.995);
    for (const [name, value] of Object.entries(planted))
      expect(Math.abs(best.found.parameters[name]!.value / value - 1), name).toBeLessThan(1e-6);
    for (const schedule of Object.values(others))
      expect(worstOn(best.found, schedule, tissue, 0.995)).toBeLessThan(1e-8);
    // the wrong λ fits the cosine nearly as well and is found out by the sudden fall
    const wrong = tried.find(({ memory }) => memory === 0.98)!;
    expect(wrong.found.residuals.rms).toBeLessThan(2e-3);
    expect(worstOn(wrong.found, others["two steps down"]!, tissue, 0.98)).toBeGreaterThan(5e-3);
  });

  test("multi-power: from its sum over all steps, eight pieces find it again within 1e-3 nats on the others", () => {
    const { parameters } = findSet(multiPower, "luo2025-100m");
    const truth: Loss = (rates, at) => at.map((step) => multiPowerByDefinition(parameters, rates, step));
    const found = fitCosine(multiPower, truth, 0.999);
    // the pieces differ from the sum by up to 4e-4 nats; the falls together bring 0.1
    expect(found.residuals.rms).toBeLessThan(1e-4);
    for (const [name, schedule] of Object.entries(others))
      expect(worstOn(found, schedule, truth, 0.999), name).toBeLessThan(3e-3);
    expect(worstOn(found, wsd, truth, 0.999)).toBeLessThan(1e-3);
  });
});
