import { describe, expect, test } from "vitest";
import { fit } from "../../src/fit/index.ts";
import { readCsv } from "../../src/import/index.ts";
import { annealing, findSet, type Law, lawFunction, multiPower } from "../../src/laws/index.ts";
import { curveFeatures, learningRates, type Schedule } from "../../src/models/index.ts";
import { type Observations, type ObserveOptions, observe } from "../../src/runs/index.ts";

const peak = 3e-4;
const steps = 24_000;
const warmupSteps = 500;
const cosine: Schedule = { kind: "cosine", peak, final: 3e-5, steps, warmupSteps };
const constant: Schedule = { kind: "constant", peak, steps, warmupSteps };
const wsd: Schedule = { kind: "wsd", peak, final: 3e-5, steps, warmupSteps, decaySteps: 4000 };
const stepped: Schedule = {
  kind: "step",
  peak,
  steps,
  warmupSteps,
  drops: [
    { after: 12_000, rate: 1e-4 },
    { after: 18_000, rate: 3e-5 },
  ],
};
const every = (n: number, from = n): number[] =>
  Array.from({ length: Math.floor((steps - from) / n) + 1 }, (_, i) => from + i * n);

type Truth = (rates: Float64Array, at: readonly number[]) => number[];

function csvOf(
  runs: Readonly<Record<string, Schedule>>,
  at: readonly number[],
  truth: Truth = (_, all) => all.map(() => 3),
): string {
  const lines = Object.entries(runs).flatMap(([name, schedule]) => {
    const rates = learningRates(schedule);
    const losses = truth(rates, at);
    return at.map((step, i) => `${name},${step},${rates[step - 1]},${losses[i]}`);
  });
  return `run,step,lr,loss\n${lines.join("\n")}\n`;
}

function read(text: string, law: Law, options: ObserveOptions = {}): Observations {
  const wanted = { inputs: Object.keys(law.inputs), output: law.output };
  return observe(readCsv(text, { origin: "curves.csv" }), wanted, options);
}

/** The multi-power law by its definition: a sum over all steps. */
function byDefinition(p: Readonly<Record<string, number>>, rates: Float64Array, step: number): number {
  let since = 0;
  let drop = 0;
  for (let k = step; k > warmupSteps; k--) {
    since += rates[k - 1]!;
    const fall = rates[k - 2]! - rates[k - 1]!;
    if (fall !== 0) drop += fall * (1 - (p.C! * rates[k - 1]! ** -p.gamma! * since + 1) ** -p.beta!);
  }
  const area = rates.subarray(0, step).reduce((sum, rate) => sum + rate, 0);
  return p.L_0! + p.A! * area ** -p.alpha! - p.B! * drop;
}

describe("planted curves: fit on constant and cosine as logged, predict warm-up–stable–decay", () => {
  const worst = (law: Law, parameters: Readonly<Record<string, { value: number }>>, truth: Truth): number => {
    const rates = learningRates(wsd);
    const at = every(250, 1000);
    const predict = lawFunction(
      law,
      Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value])),
    );
    const losses = truth(rates, at);
    return Math.max(
      ...curveFeatures(rates, { at, memory: 0.999, warmupSteps }).map((point, i) =>
        Math.abs(predict(point) - losses[i]!),
      ),
    );
  };

  test("annealing: the planted parameters, and every point of the other schedule within 2e-4 nats", () => {
    const planted = { L_0: 2.5, A: 0.6, alpha: 0.5, C: 0.4 };
    const truth: Truth = (rates, at) =>
      curveFeatures(rates, { at, memory: 0.999, warmupSteps }).map(lawFunction(annealing, planted));
    const observed = read(csvOf({ constant, cosine }, every(100), truth), annealing);
    const found = fit(annealing, observed, { objective: "squared-log" });
    // what is lost is what a line between steps 100 apart is not: the cosine's bend
    for (const [name, value] of Object.entries(planted))
      expect(Math.abs(found.parameters[name]!.value / value - 1), name).toBeLessThan(1e-4);
    expect(worst(annealing, found.parameters, truth)).toBeLessThan(2e-4);
  });

  test("multi-power: every point of the other schedule within 2e-3 nats of the sum over all steps", () => {
    const { parameters } = findSet(multiPower, "luo2025-100m");
    const truth: Truth = (rates, at) => at.map((step) => byDefinition(parameters, rates, step));
    const observed = read(csvOf({ constant, cosine }, every(100), truth), multiPower, {
      curves: { fromStep: 1000 },
    });
    const found = fit(multiPower, observed, { objective: "squared-log" });
    expect(found.residuals.rms).toBeLessThan(1e-4);
    // measured 1.0e-3; the eight pieces of the other schedule alone are 2e-4 from its sum
    expect(worst(multiPower, found.parameters, truth)).toBeLessThan(2e-3);
  });
});

describe("what is worked out of a log", () => {
  const featuresOf = (schedule: Schedule, at: readonly number[]): ReturnType<typeof curveFeatures> =>
    curveFeatures(learningRates(schedule), { at, warmupSteps });

  test("a log of every step gives what its schedule gives, to the last digits, whatever the order of its rows", () => {
    const short: Schedule = { kind: "cosine", peak: 1, final: 0.1, steps: 300, warmupSteps: 20 };
    const rates = learningRates(short);
    const lines = Array.from(rates, (rate, i) => `a,${i + 1},${rate},3`).reverse();
    const observed = read(`run,step,lr,loss\n${lines.join("\n")}\n`, annealing);
    const exact = curveFeatures(rates, { warmupSteps: 20 }).reverse();
    expect(Array.from(observed.columns.lrArea!)).toEqual(exact.map(({ lrArea }) => lrArea));
    expect(Array.from(observed.columns.annealedArea!)).toEqual(exact.map(({ annealedArea }) => annealedArea));
  });

  test.each([
    ["cosine", cosine, 3e-5],
    ["constant", constant, 1e-5],
    ["wsd", wsd, 3e-5],
    ["stepped", stepped, 0.01],
  ] as const)("a log of every 100th step of %s is near the schedule", (_, schedule, within) => {
    const at = every(100);
    const observed = read(csvOf({ a: schedule }, at), annealing);
    const exact = featuresOf(schedule, at);
    const { lrArea, annealedArea } = observed.columns;
    const largest = exact.at(-1)!.annealedArea;
    exact.forEach((point, i) => {
      // the first steps' areas are small, and the sudden falls lie half a gap later than logged: 50 steps of 2e-4
      expect(Math.abs(lrArea![i]! / point.lrArea - 1)).toBeLessThan(Math.max(within, 1e-5));
      expect(Math.abs(annealedArea![i]! - point.annealedArea)).toBeLessThan(0.06 * largest + 1e-12);
    });
  });

  test("a sudden fall stays one, halfway between the steps logged around it", () => {
    const observed = read(csvOf({ a: stepped }, every(100)), multiPower);
    const { lrDrop1, lrDrop2, lrDrop3, lrSince1, lrAfter2 } = observed.columns;
    const end = observed.rows - 1;
    expect([lrDrop1![end], lrDrop2![end], lrDrop3![end]]).toEqual([peak - 1e-4, 1e-4 - 3e-5, 0]);
    expect(lrAfter2![end]).toBe(3e-5);
    // from step 12,051 to 18,050 at 1e-4 and on to 24,000 at 3e-5
    expect(lrSince1![end]).toBeCloseTo(6000 * 1e-4 + 5950 * 3e-5, 10);
  });

  test("a rate that rises at the first logged step rose on that line from 0; one that doesn't was the same", () => {
    const observed = read(
      "run,step,lr,loss\nup,100,0.2,3\nup,500,1,3\nup,600,1,3\nflat,100,1,3\nflat,200,1,3\n",
      annealing,
    );
    const [, , , flat] = observed.columns.lrArea!;
    expect(observed.columns.lrArea![0]).toBeCloseTo(0.002 * 5050, 10);
    expect(flat).toBeCloseTo(100, 10);
    expect(observed.columns.annealedArea!.every((area) => area === 0)).toBe(true);
  });

  test("the mapping and the notes say what was done", () => {
    const observed = read(csvOf({ a: cosine, b: wsd }, every(1000, 100)), annealing);
    expect(observed.mapping.map(({ quantity, column, how }) => [quantity, column, how])).toEqual([
      ["lrArea", null, "derived"],
      ["annealedArea", null, "derived"],
      ["loss", "loss", "guessed"],
      ["steps", "step", "guessed"],
      ["learningRate", "lr", "guessed"],
    ]);
    expect(observed.mapping[1]!.rule).toBe("falls of the learning rate, each fading by 0.999 a step");
    expect(observed.notes).toEqual([
      'lrArea, annealedArea: worked out from column "step" and column "lr", 2 runs (column "run"); between logged steps the rate is taken to lie on a line, and to fall at once where it stood still before and after',
      "the first logged step is 100: before it the learning rate is taken to have risen on the same line where it rises there, else to have been the same",
      "annealedArea has each fall of the rate fade by 0.999 a step (λ), which a fit doesn't find: try several",
    ]);
    expect(observed.labels.run).toHaveLength(observed.rows);
    const memory = read(csvOf({ a: cosine }, every(1000)), annealing, { curves: { memory: 0.99 } });
    expect(memory.columns.annealedArea![5]).not.toBe(observed.columns.annealedArea![5]);
    expect(read(csvOf({ a: constant }, every(1000, 500)), annealing).notes.at(-1)).toContain(
      'column "lr" is the same at every step of every run',
    );
  });

  test("rows without a loss say their rate too, rows without a rate have it between their neighbours'", () => {
    const text = "step,learning_rate,val_loss\n1,1,4\n2,1,\n3,0.5,\n4,,3\n5,0.1,2.5\n";
    const observed = read(text, annealing, { skipBadRows: true });
    expect(observed.skipped.map(({ line }) => line)).toEqual([3, 4]);
    expect(Array.from(observed.columns.lrArea!, (area) => Math.round(100 * area) / 100)).toEqual([
      1, 2.8, 2.9,
    ]);
  });

  test("a log that begins after the warm-up is told its length", () => {
    const at = every(1000);
    const exact = featuresOf(cosine, at);
    const text = csvOf({ a: cosine }, at);
    const told = read(text, annealing, { curves: { warmupSteps } });
    // the cosine's first thousand steps are nearly flat
    expect(Math.abs(told.columns.lrArea![0]! / exact[0]!.lrArea - 1)).toBeLessThan(1e-3);
    const guessed = read(text, annealing);
    expect(guessed.columns.lrArea![0]! / exact[0]!.lrArea - 1).toBeGreaterThan(0.3);
  });

  test("rows before fromStep say their rate, and are neither fitted nor refused", () => {
    const text = "step,lr,loss\n1,1,\n2,2,oops\n3,2,3\n4,2,2.9\n";
    const observed = read(text, annealing, { curves: { fromStep: 3 } });
    expect(Array.from(observed.columns.lrArea!)).toEqual([5, 7]);
    expect(observed.notes.at(-2)).toBe(
      "2 of 4 rows stand before step 3: they say their learning rate and aren't fitted",
    );
  });

  test("the rate may end at 0", () => {
    const linear: Schedule = { kind: "linear", peak, final: 0, steps, warmupSteps };
    const at = every(250);
    const observed = read(csvOf({ a: linear }, at), annealing);
    expect(observed.columns.lrArea!.at(-1)).toBeCloseTo(featuresOf(linear, [steps])[0]!.lrArea, 6);
  });

  test("a schedule that is named stands for the rates, in a column or for all runs", () => {
    const named = "cosine peak=3e-4 final=3e-5 steps=24000 warmup=500";
    const at = every(1000);
    const exact = featuresOf(cosine, at);
    const column = `run,step,schedule,loss\n${at.map((step) => `a,${step},${named},3`).join("\n")}\n`;
    const alone = `step,loss\n${at.map((step) => `${step},3`).join("\n")}\n`;
    for (const observed of [read(column, annealing), read(alone, annealing, { curves: { schedule: named } })])
      observed.columns.annealedArea!.forEach((area, i) => {
        expect(area).toBeCloseTo(exact[i]!.annealedArea, 10);
      });
  });

  test("columns of the quantities themselves are taken as they are", () => {
    const observed = read("lr_area,annealed_area,loss\n1,0.5,3\n2,0.6,2.9\n", annealing);
    expect(observed.mapping.every(({ how }) => how === "guessed")).toBe(true);
  });

  test.each([
    ["step,loss\n1,3\n", {}, "no column holds the learning rate at each step, and none names the schedule"],
    ["step,peak_lr,loss\n1,1,3\n", {}, "no column holds the learning rate at each step"],
    [
      "lr,loss\n1,3\n",
      {},
      "no column looks like the step; name it with --map steps=COLUMN; columns: lr, loss",
    ],
    [
      "step,lr,loss\n1,1,3\n2,1,3\n1,1,3\n",
      {},
      "curves.csv, row 4: step 1 comes after step 2, as if there were several curves; name the column that tells them apart with --map run=COLUMN",
    ],
    [
      "run,step,lr,loss\na,1,1,3\na,1,2,3\na,2,1,3\n",
      {},
      'curves.csv, row 3: run "a" has step 1 twice, at learning rates 1 and 2',
    ],
    [
      "run,step,lr,loss\na,1,1,3\nb,2,1,3\n",
      {},
      'cannot follow run "a" of curves.csv: its learning rate stands at 1 step(s)',
    ],
    ["step,lr,loss\n1.5,1,3\n2,1,3\n3,1,3\n", {}, 'row 2, column "step": expected a whole step, got "1.5"'],
    ["step,lr,loss\n1e9,1,3\n2e9,1,3\n", {}, 'column "step": expected a step, got 1e9; if these are tokens'],
    [
      "step,lr,loss\n1,-1,3\n2,1,3\n3,1,3\n",
      {},
      'row 2, column "lr": expected a number of at least 0, got "-1"',
    ],
    ["step,lr,loss\n1,0,3\n2,1,3\n3,1,3\n", {}, "expected a learning rate above 0 at or before this step"],
    ["step,schedule,loss\n1,cosine,3\n", {}, 'cannot read the schedule "cosine": peak is missing'],
    [
      "step,loss\n9,3\n",
      { curves: { schedule: "constant peak=1 steps=5" } },
      "its schedule ends at step 5, but it goes on to 9",
    ],
  ] as [string, ObserveOptions, string][])("%j is refused", (text, options, message) => {
    expect(() => read(text, annealing, options)).toThrow(message);
  });

  test("another column can tell the runs apart", () => {
    const text = "seed,step,lr,loss\n1,1,1,3\n1,2,1,3\n2,1,1,3\n2,2,1,3\n";
    const observed = read(text, annealing, { map: { run: "seed" } });
    expect(Array.from(observed.columns.lrArea!)).toEqual([1, 2, 1, 2]);
    expect(observed.notes.some((note) => note.includes("nothing asked for it"))).toBe(false);
  });
});
