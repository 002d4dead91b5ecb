import { describe, expect, test } from "vitest";
import { type DrawScheme, type FitOptions, fit, fitSteps, refitDraws } from "../../src/fit/index.ts";
import { chinchilla, defineLaw, type Law, lawFunction } from "../../src/laws/index.ts";
import { seededRandom, standardDeviation } from "../../src/numeric/index.ts";
import { type Observations, observe, tableOf } from "../../src/runs/index.ts";

const line: Law = defineLaw({
  name: "line",
  formula: "a + b * N",
  inputs: { params: "N" },
  output: "loss",
  parameters: {
    a: { in: "real", start: [0, 1], meaning: "at N = 0" },
    b: { in: "real", start: [0, 1], meaning: "slope" },
  },
});
// 2 + x/2 and seven small errors; the numbers below are numpy's
const seven = on(
  line,
  [0.1, -0.2, 0.15, 0, -0.1, 0.2, -0.15].map((e, i) => ({ params: i + 1, loss: 2.5 + i / 2 + e })),
);

function on(law: Law, rows: readonly Record<string, number | string>[]): Observations {
  return observe(tableOf(rows, { origin: "planted" }), {
    inputs: Object.keys(law.inputs),
    output: law.output,
  });
}

/** The jobs that a fit asks to have done. */
function jobsOf(law: Law, data: Observations, options: FitOptions) {
  const steps = fitSteps(law, data, options);
  const jobs = [];
  for (let step = steps.next(); !step.done; ) {
    jobs.push(step.value);
    step = steps.next(refitDraws(step.value, 0, step.value.count));
  }
  return jobs;
}

/** Eighteen runs with an error each that its five points share. */
function curves(seed = 0): Observations {
  const random = seededRandom(seed);
  const loss = lawFunction(chinchilla, { E: 1.8, A: 480, alpha: 0.35, B: 2100, beta: 0.37 });
  const rows = [5e7, 1e8, 3e8, 1e9, 3e9, 1e10].flatMap((params) =>
    [5, 20, 80].flatMap((ratio) => {
      const shared = 0.005 * random.normal();
      return [1, 0.8, 0.6, 0.5, 0.4].map((part) => {
        const tokens = part * ratio * params;
        return {
          run: `${params}-${ratio}`,
          params_total: params,
          tokens,
          loss: loss({ params, tokens }) * Math.exp(shared + 0.0005 * random.normal()),
        };
      });
    }),
  );
  return on(chinchilla, rows);
}

describe("refitDraws", () => {
  const schemes: DrawScheme[] = ["residual", "pairs", "cluster", "wild", "wild-webb"];
  test.each(schemes)("%s: any split of the range, after a copy, gives the same numbers", (scheme) => {
    const options: FitOptions = { bootstrap: 12, scheme, ...(scheme === "pairs" ? {} : { clusters: "run" }) };
    for (const job of jobsOf(chinchilla, curves(), options)) {
      const whole = refitDraws(job, 0, job.count);
      const copy = structuredClone(job);
      expect([...refitDraws(copy, 7, job.count), ...refitDraws(copy, 0, 7)]).toEqual([
        ...whole.slice(7),
        ...whole.slice(0, 7),
      ]);
    }
  });

  test("the residuals that a least-squares wild bootstrap flips are the jackknife's to the size of the noise, r/(1 − h)·√((n − p)/n)", () => {
    const [, job] = jobsOf(line, seven, { objective: "squared", bootstrap: 1, scheme: "wild" });
    const numpy = [0.123955957, -0.253546276, 0.146983349, 0, -0.095539177, 0.253546276, -0.202837021];
    // ours are prediction − truth
    numpy.forEach((residual, row) => {
      expect(job!.residuals![row]).toBeCloseTo(-residual, 8);
    });
  });

  test.each(["wild", "wild-webb"] as const)(
    "%s: the spread of a straight line's slope is HC3's standard error · √(5/7), 0.036659",
    (scheme) => {
      const { parameters } = fit(line, seven, { objective: "squared", bootstrap: 4000, scheme });
      // 4,000 draws know a spread to 1.1 %: three of those
      expect(Math.abs(parameters.b!.se! / 0.03665874 - 1)).toBeLessThan(0.034);
      expect(Math.abs(parameters.a!.se! / 0.1525087 - 1)).toBeLessThan(0.034);
    },
  );

  test("a robust fit passes through as many rows as it has parameters; its wild residuals are not zero there", () => {
    const data = curves();
    const [, job] = jobsOf(chinchilla, data, { objective: "absolute-log", bootstrap: 1, clusters: "run" });
    const own = fit(chinchilla, data, { objective: "absolute-log" }).residuals.values!;
    const through = own.flatMap((residual, row) => (Math.abs(residual) < 1e-7 ? [row] : []));
    expect(through.length).toBeGreaterThanOrEqual(4); // of five, to rounding
    for (const row of through) expect(Math.abs(job!.residuals![row]!)).toBeGreaterThan(1e-5);
  });

  test("minima of nearly the same depth: every draw goes to the lower one, whichever that then is", () => {
    // y = a²x + a/100 has a minimum on either side of 0, hardly apart
    const law = defineLaw({
      name: "two",
      formula: "a^2 * N + a / 100",
      inputs: { params: "N" },
      output: "loss",
      parameters: { a: { in: "real", start: [-1, 1], meaning: "either" } },
    });
    const random = seededRandom(3);
    const rows = Array.from({ length: 12 }, (_, i) => ({
      params: i + 1,
      loss: 4 * (i + 1) + 0.3 * random.normal(),
    }));
    const made = fit(law, on(law, rows), { objective: "squared", bootstrap: 100 });
    expect(made.starts.basins.length).toBe(2);
    expect(made.bootstrap!.minima).toBe(2);
    const signs = new Set(made.bootstrap!.draws.map(([a]) => Math.sign(a!)));
    expect(signs).toEqual(new Set([-1, 1]));
    expect(made.warnings.map(({ code }) => code)).not.toContain("draws-from-one-minimum");
  });
});

describe("schemes", () => {
  test("auto is residual, and wild by run where the data have several rows of each, and says so", () => {
    const made = fit(chinchilla, curves(), { bootstrap: 20 }).bootstrap!;
    expect(made).toMatchObject({ method: "wild", clusters: { by: "run", count: 18 }, degrees: 7 });
    expect(fit(line, seven, { bootstrap: 20 }).bootstrap).toMatchObject({
      method: "residual",
      clusters: null,
    });
  });

  test("a row far off stays where it is: auto is wild then, and drawing its residual for all rows is for whoever asks", () => {
    const random = seededRandom(4);
    const rows = Array.from({ length: 30 }, (_, i) => ({
      params: i + 1,
      loss: 2 + i / 2 + 0.1 * random.normal() + (i === 29 ? 3 : 0),
    }));
    const data = on(line, rows);
    const of = (options: FitOptions) => fit(line, data, { bootstrap: 200, objective: "huber", ...options });
    expect(of({}).bootstrap!.method).toBe("wild");
    expect(of({ scheme: "residual" }).bootstrap!.method).toBe("residual");
    expect(of({}).parameters.b!.se!).toBeGreaterThan(1.2 * of({ scheme: "residual" }).parameters.b!.se!);
  });

  test("rows of one run are no rows of their own: drawing them one by one makes the spread two times too small", () => {
    const options = { bootstrap: 300 } as const;
    const [rows, runs, wild] = [
      fit(chinchilla, curves(), { ...options, scheme: "pairs" }),
      fit(chinchilla, curves(), { ...options, scheme: "cluster" }),
      fit(chinchilla, curves(), options),
    ].map(({ exponents }) => exponents!.interval!.high - exponents!.interval!.low);
    // five points share an error: √5 = 2.2 where nothing else differs
    expect(runs! / rows!).toBeGreaterThan(1.5);
    expect(wild! / rows!).toBeGreaterThan(1.5);
    expect(runs! / wild!).toBeLessThan(2);
  });

  test("clusters by a quantity: the six model sizes, and 5 % counts as one budget", () => {
    const bySize = fit(chinchilla, curves(), { bootstrap: 20, clusters: "params" });
    expect(bySize.bootstrap!.clusters).toEqual({ by: "params", count: 6 });
    expect(bySize.warnings.map(({ code }) => code)).toContain("few-clusters");
    const given = Array.from({ length: 90 }, (_, row) => row % 3);
    expect(fit(chinchilla, curves(), { bootstrap: 5, clusters: given }).bootstrap!.clusters!.count).toBe(3);
  });

  test("parametric: the noise comes from runs of equal inputs, 30 of them here", () => {
    const random = seededRandom(1);
    const rows = Array.from({ length: 40 }, (_, i) => ({
      params: 1 + (i % 10),
      loss: Math.exp(0.02 * random.normal()) * (2 + 0.5 * (1 + (i % 10))),
    }));
    const made = fit(line, on(line, rows), { objective: "squared-log", bootstrap: 50, scheme: "parametric" });
    expect(made.bootstrap!.noise!.degrees).toBe(30);
    // 30 degrees know a spread to 13 %: two of those
    expect(Math.abs(made.bootstrap!.noise!.deviation / 0.02 - 1)).toBeLessThan(0.26);
  });

  test("what cannot be drawn is refused with the reason and the remedy", () => {
    const draw = (options: FitOptions) => () => fit(line, seven, { bootstrap: 5, ...options });
    expect(draw({ scheme: "parametric" })).toThrow(
      "cannot draw parametrically: the noise is known from runs of equal inputs, and no two rows have them; use another scheme, such as residual",
    );
    expect(draw({ scheme: "cluster" })).toThrow(/no column names runs that have several rows; say what/);
    expect(draw({ clusters: "colour" })).toThrow(/cannot cluster by "colour": planted has no such column/);
    expect(draw({ clusters: [1, 2] })).toThrow("cannot cluster: 7 rows but 2 clusters; give one a row");
    expect(draw({ scheme: "wild", objective: "asymmetric" })).toThrow(/tells their signs apart; use pairs/);
    expect(fit(line, seven, { bootstrap: 5, objective: "asymmetric" }).bootstrap!.method).toBe("pairs");
  });

  test("a floor that some draws lose is said with the fit", () => {
    const random = seededRandom(2);
    const loss = lawFunction(chinchilla, { E: 0.5, A: 100, alpha: 0.15, B: 400, beta: 0.2 });
    const rows = [1e8, 3e8, 1e9].flatMap((params) =>
      [5, 10, 20, 40].map((ratio) => ({
        params_total: params,
        tokens: ratio * params,
        loss: loss({ params, tokens: ratio * params }) * Math.exp(0.03 * random.normal()),
      })),
    );
    const made = fit(chinchilla, on(chinchilla, rows), { bootstrap: 100 });
    const lost = made.warnings.filter(({ code }) => code === "draws-at-bound");
    expect(lost.map(({ message }) => message).join(" ")).toMatch(
      /In \d+ % of the draws E vanished or ran off/,
    );
  });

  test("draws are kept to twelve digits, and their spread is the standard error", () => {
    const { bootstrap, parameters } = fit(line, seven, { bootstrap: 30 });
    for (const value of bootstrap!.draws.flat()) expect(value).toBe(Number(value.toPrecision(12)));
    expect(parameters.b!.se).toBe(standardDeviation(bootstrap!.draws.map(([, b]) => b!)));
  });
});
