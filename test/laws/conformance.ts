import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { type Fit, fit as fitLaw } from "../../src/fit/index.ts";
import {
  alongSpan,
  formulaOf,
  inputSpan,
  inside,
  type Law,
  lawFunction,
  lawJson,
  lawLatex,
  lawPython,
  readLaw,
} from "../../src/laws/index.ts";
import { type Quantity, type QuantityInfo, quantities } from "../../src/models/index.ts";
import { bindFormula, seededRandom } from "../../src/numeric/index.ts";
import { tableOf } from "../../src/runs/index.ts";

type Point = Readonly<Record<string, number>>;

/** Where a law is tried when none of its sets says where its data lay, where that isn't the span it is drawn over. */
const usual: Readonly<Record<string, readonly [number, number]>> = {
  params: [1e7, 1e10],
  tokens: [1e9, 1e12],
  uniqueTokens: [1e9, 3e11],
  flops: [1e17, 1e22],
  steps: [1e3, 1e5],
  minSteps: [1e3, 1e5],
  streams: [1, 16],
  loss: [0.4, 4],
  weightBits: [7, 12],
  activationBits: [7, 12],
  cacheBits: [7, 12],
  servedBits: [3, 6],
};

/** Of these there are no halves, and few enough that it matters. */
const whole: ReadonlySet<string> = new Set(["samples", "streams"]);

/** Parameters planted elsewhere than beside the middle start, because the law is another one there. */
const elsewhere: Readonly<Record<string, Point>> = {
  // breaks far apart inside the examples tried, each wide enough for several points to see, and down, up, down
  "bnsl-2": { c_1: 0.5, f_1: 0.5, d_1: 2e3, c_2: -0.4, f_2: 0.5, d_2: 3e5 },
  "bnsl-3": {
    b: 9,
    c_0: 0.1,
    c_1: 0.5,
    f_1: 0.4,
    d_1: 1e3,
    c_2: -0.4,
    f_2: 0.4,
    d_2: 3e4,
    c_3: 0.5,
    f_3: 0.4,
    d_3: 1e6,
  },
  // exponents of exponents: a tenth more or less of each is a factor of ten in the loss
  farseer: {
    s: -0.0206,
    q: 0.1456,
    S: 0.515,
    B: 87.4,
    b: -0.103,
    Q: -5.83,
    A: -0.1236,
    a: 0.1165,
    E: 0.412,
  },
};

/**
 * Laws whose inputs can't tell their parameters apart, why, and what has to be held for the rest to be found; a fit has
 * to say "not-identified" as long as nothing is held.
 */
const unidentified: Readonly<Record<string, { readonly why: string; readonly hold: readonly string[] }>> = {
  "data-mixing": {
    why: "the shares sum to 1: k times e^s and every t less s are the same law",
    hold: ["t_1"],
  },
  "mup-learning-rate": { why: "only the product of eta_0 and d_0 counts", hold: ["d_0"] },
  "mup-initialisation": { why: "only sigma_0 times the root of d_0 counts", hold: ["d_0"] },
  "mup-output-multiplier": { why: "only the product of m_0 and d_0 counts", hold: ["d_0"] },
};

/** Laws whose parts may change places and stay the same law: their parts in the order of one parameter. */
const ordered: Readonly<Record<string, (p: Point) => Point>> = {
  "double-sigmoid-capability": (p) =>
    p.D_1! <= p.D_2!
      ? p
      : { f: 1 - p.f!, alpha_1: p.alpha_2!, D_1: p.D_2!, alpha_2: p.alpha_1!, D_2: p.D_1! },
  "double-sigmoid-loss": (p) =>
    p.L_1! <= p.L_2! ? p : { f: 1 - p.f!, k_1: p.k_2!, L_1: p.L_2!, k_2: p.k_1!, L_2: p.L_1! },
  "bnsl-2": (p) => breaksInOrder(p, 2),
  "bnsl-3": (p) => breaksInOrder(p, 3),
};

function breaksInOrder(p: Point, count: number): Point {
  const breaks = Array.from({ length: count }, (_, i) => ({
    c: p[`c_${i + 1}`]!,
    f: p[`f_${i + 1}`]!,
    d: p[`d_${i + 1}`]!,
  }));
  const placed = breaks
    .sort((one, other) => one.d - other.d)
    .flatMap(({ c, f, d }, i) => [
      [`c_${i + 1}`, c],
      [`f_${i + 1}`, f],
      [`d_${i + 1}`, d],
    ]);
  return { ...p, ...Object.fromEntries(placed) };
}

/** The laws that this file makes exceptions for: an exception that outlives its law is a mistake. */
export const exceptions: readonly string[] = [elsewhere, unidentified, ordered].flatMap(Object.keys);

/** Everything that a law has to be; a stranger's law can be put to it too. */
export function testLaw(law: Law): void {
  const sets = Object.entries(law.sets);
  const tried = triedParameters(law);
  describe(law.name, () => {
    test("cites a source, and a number that it reproduces or says that none is verified", () => {
      expect(law.source.authors).toMatch(/\p{L}{2}/u);
      expect(law.source.authors).not.toBe("unstated");
      expect(law.source.year).toBeGreaterThan(1900);
      expect(law.source.url).toMatch(/^https:\/\/[\w-]+(\.[\w-]+)+\//);
      expect(law.source.where).not.toBe("");
      expect(law.published.length > 0 || law.unverified !== undefined).toBe(true);
    });

    test("reproduces its published values", () => {
      for (const { set, at, gives, within, where } of law.published) {
        const value = lawFunction(law, law.sets[set]!.parameters)(at);
        expect(Math.abs(value / gives - 1), `${where}: ${value} for ${gives}`).toBeLessThanOrEqual(within);
      }
    });

    test("keeps its coefficients inside their domains, and says what each parameter means", () => {
      for (const [key, { parameters, from }] of sets) {
        expect(from, key).not.toBe("");
        expect(Object.keys(parameters).sort()).toEqual(Object.keys(law.parameters).sort());
        for (const [name, value] of Object.entries(parameters))
          expect(inside(law.parameters[name]!.in, value), `${key}: ${name} = ${value}`).toBe(true);
      }
      for (const [name, { meaning, start }] of Object.entries(law.parameters)) {
        expect(meaning, name).not.toBe("");
        expect(start.length, name).toBeGreaterThan(0);
      }
    });

    test("is finite, and what its output can be, over its range", () => {
      for (const [key, parameters] of tried)
        for (const point of pointsOf(law, 40, key)) {
          const value = lawFunction(law, parameters)(point);
          expect(possible(law, value), `${key} at ${JSON.stringify(point)}: ${value}`).toBe(true);
        }
    });

    test("has the gradient and the Hessian that differences give, at its starts and sets", () => {
      for (const parameters of [...startsOf(law), ...tried.map(([, values]) => values)])
        for (const point of pointsOf(law, 3)) compareDerivatives(law, parameters, point);
    });

    test("survives JSON", () => {
      const back = readLaw(JSON.parse(JSON.stringify(lawJson(law))), `${law.name}.json`);
      expect(back).toEqual(law);
      for (const [, parameters] of tried)
        for (const point of pointsOf(law, 5))
          expect(lawFunction(back, parameters)(point)).toBe(lawFunction(law, parameters)(point));
    });

    test("prints as LaTeX with every bracket closed", () => {
      const latex = lawLatex(law);
      expect(latex).toContain(" = ");
      const left = latex.match(/\\left[([|]/g) ?? [];
      expect(latex.match(/\\right[)\]|]/g) ?? []).toHaveLength(left.length);
      let depth = 0;
      for (const sign of latex) {
        if (sign === "{") depth++;
        if (sign === "}") depth--;
        expect(depth).toBeGreaterThanOrEqual(0);
      }
      expect(depth).toBe(0);
    });

    const [key, parameters] = tried[0]!;
    if (Object.keys(parameters).length === 0)
      test("has nothing to fit, and a fit says so", () => {
        expect(() => fitPlanted(law, key, parameters)).toThrow(/nothing to fit/);
      });
    else if (!unidentified[law.name])
      test(`recovers ${key} from 120 noiseless points`, () => {
        const found = fitPlanted(law, key, parameters);
        expect(found.status).toBe(endsDomain(law, parameters) ? "at-bound" : "converged");
        expectRecovered(law, parameters, found);
      });
    else
      test(`knows that ${unidentified[law.name]!.why}, and recovers ${key} where ${unidentified[law.name]!.hold} is held`, () => {
        expect(fitPlanted(law, key, parameters).status).toBe("not-identified");
        const fixed = Object.fromEntries(
          unidentified[law.name]!.hold.map((name) => [name, parameters[name]!]),
        );
        const found = fitPlanted(law, key, parameters, fixed);
        expect(found.status).toBe("converged");
        expectRecovered(law, parameters, found);
      });
  });
}

/** What a law is tried at: its sets, else the one that is planted in it. */
function triedParameters(law: Law): [key: string, parameters: Point][] {
  const sets = Object.entries(law.sets).map(([key, { parameters }]): [string, Point] => [key, parameters]);
  return sets.length > 0 ? sets : [["planted parameters", plantedParameters(law)]];
}

/** The middle starts, moved off them by a tenth up and down in turn: a fit must not begin at the answer. */
function plantedParameters(law: Law): Point {
  return Object.fromEntries(
    Object.entries(law.parameters).map(([name, { in: domain, start }], j) => {
      const chosen = elsewhere[law.name]?.[name];
      if (chosen !== undefined) return [name, chosen];
      const middle = start[Math.floor((start.length - 1) / 2)]!;
      const moved = middle === 0 ? 0.1 : middle * (j % 2 === 0 ? 1.1 : 1 / 1.1);
      return [name, inside(domain, moved) ? moved : middle];
    }),
  );
}

function fitPlanted(law: Law, key: string, parameters: Point, fixed: Point = {}): Fit {
  const truth = lawFunction(law, parameters);
  const rows = pointsOf(law, 120, key).map((point) => ({ ...point, [law.output]: truth(point) }));
  const table = tableOf(rows, { origin: "planted" });
  expect(Object.keys(table.columns).sort()).toEqual([...Object.keys(law.inputs), law.output].sort());
  const above = rows.every((row) => row[law.output]! > 0);
  return fitLaw(law, table, { objective: above ? "squared-log" : "squared", fixed });
}

/** Whether one of the parameters lies at an end of where it may. */
function endsDomain(law: Law, parameters: Point): boolean {
  return Object.entries(parameters).some(([name, value]) => {
    const { in: domain } = law.parameters[name]!;
    const ends = domain === "unit" ? [0, 1] : domain;
    return typeof ends !== "string" && ends.includes(value);
  });
}

function expectRecovered(law: Law, planted: Point, found: Fit): void {
  const order = ordered[law.name] ?? ((parameters) => parameters);
  const values = order(
    Object.fromEntries(Object.entries(found.parameters).map(([name, { value }]) => [name, value])),
  );
  for (const [name, value] of Object.entries(order(planted)))
    expect(Math.abs(values[name]! / value - 1), `${name}: ${values[name]} for ${value}`).toBeLessThan(1e-4);
}

/** What the catalogue says of the law's output; a stranger's quantity is above 0. */
function domainOf(law: Law): QuantityInfo["domain"] {
  return Object.hasOwn(quantities, law.output) ? quantities[law.output as Quantity].domain : "positive";
}

function possible(law: Law, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  const domain = domainOf(law);
  if (domain === "real") return true;
  if (domain === "positive") return value > 0;
  return value >= 0 && (domain === "nonnegative" || value <= 1);
}

/** Python's answers beside ours, for all laws in one process; null where there is no python3. */
export function pythonDifferences(
  all: readonly Law[],
): { law: string; ours: number; python: number }[] | null {
  const cases = all.flatMap((law) =>
    triedParameters(law).flatMap(([key, parameters]) =>
      // an odd number of votes and an even one: Python has to mean what the formula does at both
      [...pointsOf(law, 4, key), ...pointsOf(law, 2, key).map((point) => withMore(point, "samples"))].map(
        (point) => ({ law, parameters, point, ours: lawFunction(law, parameters)(point) }),
      ),
    ),
  );
  const program = cases.map(({ law, parameters, point }) => {
    const text = lawPython(law, parameters);
    const name = [...text.matchAll(/^def (\w+)\(/gm)].at(-1)![1];
    const args = Object.keys(law.inputs).map((quantity) => point[quantity]);
    return `${text}\nprint(repr(float(${name}(${args.join(", ")}))))\n`;
  });
  // by standard input: an argument may hold 128 kB at most
  const run = spawnSync("python3", ["-"], { input: program.join("\n"), encoding: "utf8" });
  if (run.error) return null;
  if (run.status !== 0) throw new Error(`python3: ${run.stderr}`);
  const printed = run.stdout.trim().split("\n").map(Number);
  return cases.map(({ law, ours }, i) => ({ law: law.name, ours, python: printed[i]! }));
}

function withMore(point: Point, quantity: string): Point {
  return point[quantity] === undefined ? point : { ...point, [quantity]: point[quantity] + 1 };
}

const isShare = (quantity: string): boolean => /^share\d$/.test(quantity);

/** Points spread evenly in the logs over a set's range, or over the usual one; votes are odd, shares sum to 1. */
function pointsOf(law: Law, count: number, key: string = Object.keys(law.sets)[0] ?? ""): Point[] {
  const random = seededRandom(7);
  const quantitiesOf = Object.keys(law.inputs);
  const spans = quantitiesOf.map(
    (quantity) => law.sets[key]?.range?.[quantity] ?? usual[quantity] ?? inputSpan(law, quantity),
  );
  return Array.from({ length: count }, () => {
    const drawn = quantitiesOf.map((quantity, i) => {
      const value = alongSpan(quantity, spans[i]!, random.uniform());
      if (law.name === "majority-vote") return 2 * Math.floor(value / 2) + 1;
      return whole.has(quantity) ? Math.round(value) : value;
    });
    const shares = quantitiesOf.reduce((sum, name, i) => sum + (isShare(name) ? drawn[i]! : 0), 0);
    return Object.fromEntries(
      quantitiesOf.map((name, i) => [name, isShare(name) ? drawn[i]! / shares : drawn[i]!]),
    );
  });
}

/** Some of the grid of starts: every value of every parameter comes up. */
function startsOf(law: Law): Point[] {
  const entries = Object.entries(law.parameters);
  const most = Math.max(...entries.map(([, { start }]) => start.length));
  return Array.from({ length: most }, (_, k) =>
    Object.fromEntries(
      entries.map(([name, { start }], j) => [name, start[(k + (k > 0 ? j : 0)) % start.length]!]),
    ),
  );
}

function compareDerivatives(law: Law, parameters: Point, point: Point): void {
  const names = Object.keys(law.parameters);
  const columns = Object.fromEntries(
    Object.entries<string>(law.inputs).map(([quantity, letter]) => [
      letter,
      Float64Array.of(point[quantity]!),
    ]),
  );
  const program = bindFormula(formulaOf(law), columns, names);
  const at = Float64Array.from(names, (name) => parameters[name]!);
  const valueAt = (x: Float64Array): number => {
    program.run(x, 0);
    return program.value[0]!;
  };
  const gradientAt = (x: Float64Array): number[] => {
    program.run(x, 0);
    return program.gradient.map((column) => column?.[0] ?? 0);
  };
  // steps and derivatives relative to each parameter, whose sizes differ by fifteen orders of magnitude
  const moved = (j: number, by: number): Float64Array => at.map((x, i) => (i === j ? x * (1 + by) : x));
  const value = valueAt(at);
  expect(Number.isFinite(value)).toBe(true);
  const gradient = gradientAt(at);
  program.run(at, 0);
  const hessian = new Map(
    program.hessian.map(({ first, second, column }) => [`${first},${second}`, column[0]!]),
  );
  const size = Math.abs(value) + gradient.reduce((sum, slope, j) => sum + Math.abs(slope * at[j]!), 0);
  names.forEach((name, j) => {
    const step = 1e-5;
    const slope = (valueAt(moved(j, step)) - valueAt(moved(j, -step))) / (2 * step);
    expect(Math.abs(gradient[j]! * at[j]! - slope), `∂/∂${name}`).toBeLessThan(1e-6 * size);
    const above = gradientAt(moved(j, step));
    const below = gradientAt(moved(j, -step));
    for (let i = 0; i <= j; i++) {
      const bend = ((above[i]! - below[i]!) * at[i]!) / (2 * step);
      const exact = (hessian.get(`${i},${j}`) ?? 0) * at[i]! * at[j]!;
      expect(Math.abs(exact - bend), `∂²/∂${names[i]}∂${name}`).toBeLessThan(1e-6 * (size + Math.abs(exact)));
    }
  });
}
