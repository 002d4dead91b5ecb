import { expect, test } from "vitest";
import { fit, fitSchema } from "../../src/fit/index.ts";
import { chinchilla, defineLaw, type Law, lawFunction } from "../../src/laws/index.ts";
import { seededRandom } from "../../src/numeric/index.ts";
import { predict } from "../../src/plan/index.ts";
import { type Observations, observe, tableOf } from "../../src/runs/index.ts";

const on = (law: Law, rows: readonly Record<string, number>[]): Observations =>
  observe(tableOf(rows, { origin: "planted" }), { inputs: Object.keys(law.inputs), output: law.output });

test("of many runs with 1 % noise a new one lies within 1.645 %, at 90 %, whatever its loss is", () => {
  const random = seededRandom(4);
  const loss = lawFunction(chinchilla, { E: 1.8, A: 480, alpha: 0.35, B: 2100, beta: 0.37 });
  const rows = Array.from({ length: 300 }, () => {
    const params = 3e7 * 300 ** random.uniform();
    const tokens = params * 5 * 20 ** random.uniform();
    return {
      params_total: params,
      tokens,
      loss: loss({ params, tokens }) * Math.exp(0.01 * random.normal()),
    };
  });
  const made = fit(chinchilla, on(chinchilla, rows), { bootstrap: 100 });
  for (const at of [
    { params: 5e7, tokens: 1e9 },
    { params: 5e9, tokens: 1e11 },
  ]) {
    const { newRun, interval, value } = predict(made, at);
    // 300 residuals know their 5 % quantile to an eighth of itself; the mean adds next to nothing
    expect(Math.log(newRun!.high / value) / 0.01645).toBeGreaterThan(0.8);
    expect(Math.log(newRun!.high / value) / 0.01645).toBeLessThan(1.25);
    expect(newRun!.low).toBeLessThan(interval!.low);
  }
});

test("a fit without draws has neither interval; one without kept residuals takes the fit's own", () => {
  const line = defineLaw({
    name: "line",
    formula: "a + b * N",
    inputs: { params: "N" },
    output: "loss",
    parameters: {
      a: { in: "real", start: [0, 1], meaning: "at N = 0" },
      b: { in: "real", start: [0, 1], meaning: "slope" },
    },
  });
  const errors = [0.1, -0.2, 0.15, 0, -0.1, 0.2, -0.15];
  const runs = on(
    line,
    errors.map((e, i) => ({ params: i + 1, loss: 2.5 + i / 2 + e })),
  );
  expect(predict(fit(line, runs), { params: 4 })).toMatchObject({ interval: null, newRun: null });
  const made = fit(line, runs, { bootstrap: 50, objective: "squared" });
  const { method, seed, names, draws, failed } = made.bootstrap!;
  const old = fitSchema.parse({ ...made, bootstrap: { method, seed, names, draws, failed } }); // as format 1 began
  expect(predict(old, { params: 4 }).newRun!.high).toBeLessThan(predict(made, { params: 4 }).newRun!.high);
});

test("on the log-log scale of probabilities low is still below high", () => {
  const law = defineLaw({
    name: "coverage",
    formula: "exp(-a * k^-b)",
    inputs: { samples: "k" },
    output: "coverage",
  });
  const random = seededRandom(1);
  const truth = lawFunction(law, { a: 2.5, b: 0.4 });
  const rows = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512].map((samples) => ({
    samples,
    coverage: truth({ samples }) ** Math.exp(0.05 * random.normal()),
  }));
  const made = fit(law, on(law, rows), { objective: "squared-log-log", bootstrap: 60 });
  const { newRun, value } = predict(made, { samples: 20 });
  expect(newRun!.low).toBeLessThan(value);
  expect(newRun!.high).toBeGreaterThan(value);
  expect(newRun!.high).toBeLessThan(1);
});
