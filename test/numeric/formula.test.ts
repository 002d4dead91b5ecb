import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bindFormula,
  type Expression,
  evaluateFormula,
  type Formula,
  formulaFunction,
  formulaLatex,
  formulaPython,
  formulaText,
  linearParameters,
  parseFormula,
} from "../../src/numeric/index.ts";

const evaluate = (text: string, at: Record<string, number> = {}): number =>
  evaluateFormula(parseFormula(text), at);

describe("reading", () => {
  test.each([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["10 - 4 - 3", 3],
    ["24 / 4 / 3", 2],
    ["2^3^2", 512],
    ["2**3", 8],
    ["-2^2", -4],
    ["(-2)^2", 4],
    ["2^-2", 0.25],
    ["2^-2^2", 1 / 16],
    ["3 * -2", -6],
    ["3 - -2", 5],
    ["--2", 2],
    ["+2 - 1", 1],
    ["6 / 2 * 3", 9],
    ["1.5e3 + .5 + 2.", 1502.5],
    ["1e-3 * 2E+3", 2],
    ["min(3, max(1, 2))", 2],
    ["atMost(2, 2) + atMost(3, 2)", 1],
    ["u = 2; v = u^2\nu + v", 6],
    ["sum(j, 1, 4, j^2)", 30],
    ["2 * sum(j, 0, 2, j + 1) - 1", 11],
    ["sum(i, 1, 2, sum(j, 1, 3, i * j))", 18],
    ["u_1 = 2; u_2 = 3; sum(k, 1, 2, u_k / k)", 3.5],
    ["sigmoid(0) + exp(0) + log(1) + log10(100) + sqrt(9) + abs(-1) + tanh(0)", 7.5],
  ])("%s is %d", (text, expected) => {
    // the grammar's numbers are small: nothing but the last digit of a transcendental function may differ
    expect(evaluate(text)).toBeCloseTo(expected, 14);
  });

  test("free names come in the order in which they appear, and steps are not among them", () => {
    expect(parseFormula("u = N / N_c; u^-alpha + L_0 * u").free).toEqual(["N", "N_c", "alpha", "L_0"]);
  });

  test("a sum's names are those of its terms: d_j is d_1, d_2 …, in any of the name's parts, and x stays x", () => {
    expect(parseFormula("sum(j, 1, 2, d_j * x + t_j_a) + dj + j").free).toEqual([
      "d_1",
      "x",
      "t_1_a",
      "d_2",
      "t_2_a",
      "dj",
      "j",
    ]);
    expect(parseFormula("sum(i, 1, 2, sum(j, 1, 2, a_i_j))").free).toEqual([
      "a_1_1",
      "a_1_2",
      "a_2_1",
      "a_2_2",
    ]);
    expect(evaluate("sum(j, 2, 3, a.b_j * j)", { "a.b_2": 10, "a.b_3": 100 })).toBe(320);
  });

  test("names that differ in case or carry a dot are names of their own", () => {
    expect(evaluate("e + E + olmo_task.k", { e: 1, E: 10, "olmo_task.k": 100 })).toBe(111);
  });

  test.each([
    ["", "cannot read the formula: it is empty, write for example E + A / N^alpha"],
    ["E + ", 'cannot read the formula "E +": expected a number, a name or "(" at character 4, got the end'],
    ["(E + A", 'cannot read the formula "(E + A": expected ")" at character 7, got the end'],
    ["2N", 'cannot read the formula "2N": expected an operator or the end at character 2, got "N"'],
    ["E $ A", 'cannot read the formula "E $ A": unexpected "$" at character 3'],
    ["lg(N)", 'unknown function "lg"; did you mean "log"?'],
    ["wibble(N)", 'unknown function "wibble"; known: exp, log,'],
    ["min(N)", 'cannot read the formula "min(N)": min takes 2 argument(s), got 1'],
    ["exp(N, D)", 'cannot read the formula "exp(N, D)": exp takes 1 argument(s), got 2'],
    ["u + 1; u", 'cannot read the formula step "u + 1": expected name = expression before the result'],
    ["v = u; u = 2; v + u", '"u" is defined after it was used, or twice; rename the step'],
    ["x = 3", 'cannot read the formula "x = 3": unexpected "=" at character 3'],
    ["sum(j, 1, 2.5, j)", "a sum runs to a whole number between 0 and 64, got 2.5"],
    ["sum(j, 1, n, j)", "a sum runs to a whole number between 0 and 64, got n"],
    ["sum(j, -1, 2, j)", "a sum runs from a whole number between 0 and 64, got -1"],
    ["sum(j, 1, 65, j)", "a sum runs to a whole number between 0 and 64, got 65"],
    ["sum(j, 3, 2, j)", "the sum over j from 3 to 2 has no terms"],
    ["sum(j, 1, 2, x + dj)", "the sum over j adds up terms without it; use j, or names such as d_j"],
    ["sum(j, 1, 2, sum(j, 1, 2, d_j))", "a sum over j stands in another one over it"],
    ["sum(d_1, 1, 2, j)", "expected the index of a sum, as in sum(j, 1, 8, d_j) at character 5"],
    ["sum(j, 1, 2)", 'expected "," at character 12, got ")"'],
    ["summ(j, 1, 2, j)", 'unknown function "summ"; did you mean "sum"?'],
    ["1e999", 'cannot read the formula "1e999": 1e999 is larger than a double can hold (1.8e308)'],
    ["constructor(N)", 'the name "constructor" is taken by JavaScript; choose another'],
    ["N * toString", 'the name "toString" is taken by JavaScript; choose another'],
  ])("refuses %j and says why", (text, message) => {
    expect(() => parseFormula(text)).toThrow(message);
  });

  test("a formula runs nothing: what looks like code is a name or an error", () => {
    expect(() => parseFormula("process.exit(1)")).toThrow('unknown function "process.exit"');
    expect(() => parseFormula("a[0]")).toThrow('unexpected "["');
    expect(() => parseFormula("`x`")).toThrow('unexpected "`"');
  });

  test("a missing value is named", () => {
    expect(() => evaluate("E + A", { E: 1 })).toThrow(
      'cannot evaluate the formula "E + A": no value for "A"',
    );
    expect(() => bindFormula(parseFormula("E + A / N"), { N: Float64Array.of(1) }, ["E"])).toThrow(
      '"A" is neither a parameter nor a column',
    );
  });
});

/** An independent reading of the tree: what the graph, its simplifications and the column loops must come to. */
function walk(expression: Expression, at: Readonly<Record<string, number>>): number {
  switch (expression.op) {
    case "number":
      return expression.value;
    case "name":
      return at[expression.name]!;
    case "negate":
      return -walk(expression.of, at);
    case "call": {
      const [x, y] = expression.args.map((arg) => walk(arg, at)) as [number, number];
      if (expression.fn === "sigmoid") return 1 / (1 + Math.exp(-x));
      if (expression.fn === "atMost") return x <= y ? 1 : 0;
      const math = Math as unknown as Record<string, (...args: number[]) => number>;
      return expression.args.length === 1 ? math[expression.fn]!(x) : math[expression.fn]!(x, y);
    }
    case "sum": {
      let sum = 0;
      for (let j = expression.from; j <= expression.to; j++)
        sum += walk(expression.body, { ...at, [expression.index]: j });
      return sum;
    }
    default: {
      const x = walk(expression.left, at);
      const y = walk(expression.right, at);
      return { "+": x + y, "-": x - y, "*": x * y, "/": x / y, "^": x ** y }[expression.op];
    }
  }
}

const inputNames = ["x", "y"];
const parameterNames = ["p", "q", "r"];
const unary = ["exp", "log", "log10", "log1p", "expm1", "sqrt", "sigmoid", "tanh", "abs"];
const number = (value: number): Expression => ({ op: "number", value });
/** |e| + 1/2: a base, or the argument of a logarithm. */
const above = (of: Expression): Expression => ({
  op: "+",
  left: { op: "call", fn: "abs", args: [of] },
  right: number(0.5),
});

/** A sum over the next free of a few letters; the body alone where there is none left. */
function summed(body: Expression, to: number): Expression {
  const text = formulaText({ source: "", steps: [], result: body, free: [] });
  const index = ["j", "k"].find((letter) => !text.includes(`sum(${letter}`));
  return index === undefined ? body : parseFormula(`sum(${index}, 1, ${to}, (${text}) / ${index})`).result;
}

const { tree } = fc.letrec<{ tree: Expression; leaf: Expression }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(...inputNames, ...parameterNames).map((name): Expression => ({ op: "name", name })),
    fc
      .constantFrom(0, 1, 2, -1, 0.5, 3)
      .map((value): Expression => (value < 0 ? { op: "negate", of: number(-value) } : number(value))),
  ),
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tie("leaf"),
    fc
      .tuple(
        fc.constantFrom("+" as const, "-" as const, "*" as const, "/" as const),
        tie("tree"),
        tie("tree"),
      )
      .map(([op, left, right]): Expression => ({ op, left, right })),
    fc
      .tuple(tie("tree"), tie("tree"))
      .map(([left, right]): Expression => ({ op: "^", left: above(left), right })),
    tie("tree").map((of): Expression => ({ op: "negate", of })),
    fc.tuple(tie("tree"), fc.constantFrom(1, 2, 3)).map(([body, to]) => summed(body, to)),
    fc.tuple(fc.constantFrom(...unary), tie("tree")).map(
      ([fn, arg]): Expression => ({
        op: "call",
        fn,
        args: [fn.startsWith("log") || fn === "sqrt" ? above(arg) : arg],
      }),
    ),
    fc
      .tuple(fc.constantFrom("min", "max"), tie("tree"), tie("tree"))
      .map(([fn, left, right]): Expression => ({ op: "call", fn, args: [left, right] })),
  ),
}));
const formulaFor = (result: Expression): Formula =>
  parseFormula(formulaText({ source: "", steps: [], result, free: [] }));
const somewhere = fc.tuple(
  ...[...inputNames, ...parameterNames].map(() => fc.double({ min: 0.3, max: 2.2, noNaN: true })),
);
const named = (point: readonly number[]): Record<string, number> =>
  Object.fromEntries([...inputNames, ...parameterNames].map((name, i) => [name, point[i]!]));

const pythonPoint = { x: 0.7, y: 1.9, p: 1.3, q: 0.4, r: 2.1 };

describe("random formulas", () => {
  test("print as text that reads back to the same tree", () => {
    fc.assert(
      fc.property(tree, (result) => {
        expect(formulaFor(result).result).toEqual(result);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test("have the value of their tree, at one point and in columns", () => {
    let compared = 0;
    fc.assert(
      fc.property(tree, somewhere, (result, point) => {
        const formula = formulaFor(result);
        const at = named(point);
        const expected = walk(result, at);
        // beyond 1e9 a difference of large numbers may lose the digits compared here
        if (!Number.isFinite(expected) || Math.abs(expected) > 1e9) return;
        compared++;
        const near = 1e-9 * (1 + Math.abs(expected));
        expect(Math.abs(formulaFunction(formula)(at) - expected)).toBeLessThan(near);
        const { program, parameters } = bound(formula, at);
        program.run(parameters, 0);
        expect(Math.abs(program.value[0]! - expected)).toBeLessThan(near);
      }),
      { seed: 2, numRuns: 600 },
    );
    expect(compared).toBeGreaterThan(400);
  });

  test("have the gradient and the Hessian that differences give", () => {
    let compared = 0;
    fc.assert(
      fc.property(tree, somewhere, (result, point) => {
        const formula = formulaFor(result);
        const at = named(point);
        const { program, parameters } = bound(formula, at);
        const names = program.names;
        const sample = (x: Float64Array): { value: number; gradient: number[] } => {
          program.run(x, 0);
          return { value: program.value[0]!, gradient: names.map((_, j) => program.gradient[j]?.[0] ?? 0) };
        };
        const here = sample(parameters);
        const hessian = names.map(() => names.map(() => 0));
        for (const { first, second, column } of program.hessian)
          hessian[first]![second] = hessian[second]![first] = column[0]!;
        const size = Math.max(
          1,
          Math.abs(here.value),
          ...here.gradient.map(Math.abs),
          ...hessian.flat().map(Math.abs),
        );
        if (!Number.isFinite(size) || size > 1e4) return;
        const difference = (j: number, step: number): number[] => {
          const moved = (by: number): Float64Array => parameters.map((x, i) => (i === j ? x + by : x));
          const up = sample(moved(step));
          const down = sample(moved(-step));
          return [up.value - down.value, ...up.gradient.map((g, i) => g - down.gradient[i]!)].map(
            (d) => d / (2 * step),
          );
        };
        names.forEach((_, j) => {
          const fine = difference(j, 1e-5);
          const coarse = difference(j, 4e-5);
          // at a corner of min, max or abs, or where the third derivative is huge, differences say nothing
          if (fine.some((d, i) => !(Math.abs(d - coarse[i]!) < 1e-4 * size))) return;
          compared++;
          expect(Math.abs(here.gradient[j]! - fine[0]!)).toBeLessThan(1e-3 * size);
          names.forEach((_, i) => {
            expect(Math.abs(hessian[i]![j]! - fine[1 + i]!)).toBeLessThan(1e-3 * size);
          });
        });
      }),
      { seed: 3, numRuns: 600 },
    );
    expect(compared).toBeGreaterThan(800);
  });
});

function bound(
  formula: Formula,
  at: Record<string, number>,
): {
  program: ReturnType<typeof bindFormula> & { names: string[] };
  parameters: Float64Array;
} {
  const columns = Object.fromEntries(inputNames.map((name) => [name, Float64Array.of(at[name]!)]));
  const program = bindFormula(formula, columns, parameterNames);
  return {
    program: { ...program, names: parameterNames },
    parameters: Float64Array.from(parameterNames, (name) => at[name]!),
  };
}

describe("columns", () => {
  test.each([511, 512, 513, 1025])(
    "%d rows, in blocks of 512, each have the value of their own row",
    (rows) => {
      const formula = parseFormula("u = N / 1e6; E + A / u^alpha + log(D) * beta + min(N, D) * 1e-9");
      const N = Float64Array.from({ length: rows }, (_, i) => 1e6 * (1 + i));
      const D = Float64Array.from({ length: rows }, (_, i) => 5e8 - 4e5 * i);
      const names = ["E", "A", "alpha", "beta"];
      const at = Float64Array.of(1.7, 400, 0.34, 0.1);
      const program = bindFormula(formula, { N, D }, names);
      const scalar = formulaFunction(formula);
      let seen = 0;
      for (let start = 0; start < rows; start += program.blockRows) {
        const count = program.run(at, start);
        for (let i = 0; i < count; i++) {
          const row = start + i;
          const expected = scalar({ N: N[row]!, D: D[row]!, E: 1.7, A: 400, alpha: 0.34, beta: 0.1 });
          // exp(alpha·ln u) for columns, a power for scalars: they differ in the last digits
          expect(program.value[i]! / expected).toBeCloseTo(1, 13);
          expect(program.gradient[3]![i]).toBe(Math.log(D[row]!));
          expect(program.gradient[0]![i]).toBe(1);
        }
        seen += count;
      }
      expect(seen).toBe(rows);
    },
  );

  // a data column, a column worked out per block, and a scalar, on either side of every operation
  const operands = ["x", "(p + y^q)", "r", "min(x, y)", "2"];
  const pairs = ["+", "-", "*", "/", "^"].flatMap((op) =>
    operands.flatMap((u) => operands.map((v) => `${u} ${op} ${v}`)),
  );
  const random = fc.sample(tree, { seed: 4, numRuns: 150 }).map((result) => formulaText(formulaFor(result)));
  test("in a thousand rows each has the value, gradient and Hessian that it has alone, for every mix of operands", () => {
    const rows = 1000;
    const columns = {
      x: Float64Array.from({ length: rows }, (_, i) => 0.3 + 0.0019 * i),
      y: Float64Array.from({ length: rows }, (_, i) => 2.2 - 0.0017 * i),
    };
    const at = Float64Array.of(0.7, 1.3, 1.9);
    for (const text of [...pairs, ...random]) {
      const formula = parseFormula(text);
      const all = bindFormula(formula, columns, parameterNames);
      for (const row of [0, 1, 511, 512, 513, 999]) {
        const own = { x: Float64Array.of(columns.x[row]!), y: Float64Array.of(columns.y[row]!) };
        const alone = bindFormula(formula, own, parameterNames);
        alone.run(at, 0);
        const start = row - (row % 512);
        all.run(at, start);
        const i = row - start;
        expect(all.value[i], text).toBe(alone.value[0]);
        expect(
          all.gradient.map((column) => column?.[i]),
          text,
        ).toEqual(alone.gradient.map((column) => column?.[0]));
        expect(
          all.hessian.map(({ column }) => column[i]),
          text,
        ).toEqual(alone.hessian.map(({ column }) => column[0]));
      }
    }
  });

  test("parameters changed in place take effect on the next pass", () => {
    const program = bindFormula(parseFormula("E * x"), { x: Float64Array.of(3) }, ["E"]);
    const at = Float64Array.of(2);
    program.run(at, 0);
    expect(program.value[0]).toBe(6);
    at[0] = 5;
    program.run(at, 0);
    expect(program.value[0]).toBe(15);
  });

  test("columns of different length are refused", () => {
    expect(() =>
      bindFormula(parseFormula("a * b"), { a: new Float64Array(2), b: new Float64Array(3) }, []),
    ).toThrow("columns differ in length (2, 3)");
  });

  test("what a law is linear in is found, and products of two such are not", () => {
    expect(
      linearParameters(parseFormula("E + A / N^alpha + B / D^beta"), ["E", "A", "alpha", "B", "beta"]),
    ).toEqual(["E", "A", "B"]);
    expect(linearParameters(parseFormula("a * b * N"), ["a", "b"])).toEqual(["a"]);
  });
});

describe("printing", () => {
  test("LaTeX: fractions, Greek letters, subscripts, steps and a name for the result", () => {
    const formula = parseFormula("u = N_c / N; u^alpha_N + 2e-9 * exp(-k)");
    expect(formulaLatex(formula, { left: "L(N)" })).toBe(
      "u = \\frac{N_{c}}{N},\\quad L(N) = u^{\\alpha_{N}} + 2 \\times 10^{-9} \\cdot \\exp\\left(-k\\right)",
    );
  });

  test("LaTeX: a sum keeps its sign, and has brackets where it would swallow what follows", () => {
    const latex = (text: string): string => formulaLatex(parseFormula(text));
    expect(latex("L - B * sum(j, 1, 8, d_j * x)")).toBe("L - B \\cdot \\sum_{j=1}^{8} d_{j} \\cdot x");
    expect(latex("sum(j, 1, 2, a_j + 1) + 3")).toBe("\\sum_{j=1}^{2} \\left(a_{j} + 1\\right) + 3");
    expect(latex("sum(j, 1, 2, a_j) * x")).toBe("\\left(\\sum_{j=1}^{2} a_{j}\\right) \\cdot x");
    expect(latex("B * sum(j, 1, 2, a_j) * x")).toBe("\\left(B \\cdot \\sum_{j=1}^{2} a_{j}\\right) \\cdot x");
    expect(latex("sum(j, 1, 2, a_j)^2")).toBe("\\left(\\sum_{j=1}^{2} a_{j}\\right)^{2}");
  });

  test.each([
    ["86400000000000000000", "8.64 \\times 10^{19}"],
    ["123456.5", "123456.5"],
    ["1000000", "10^{6}"],
    ["0.001", "0.001"],
    ["0.00025", "2.5 \\times 10^{-4}"],
    ["0", "0"],
    ["2000000^x", "\\left(2 \\times 10^{6}\\right)^{x}"],
  ])("LaTeX: %s is %s", (text, latex) => {
    expect(formulaLatex(parseFormula(text))).toBe(latex);
  });

  test("text: large and small numbers are short, and read back as they were", () => {
    expect(formulaText(parseFormula("86400000000000000000 * x + 0.0000005 + 1234567 + 1e300"))).toBe(
      "8.64e19 * x + 5e-7 + 1234567 + 1e300",
    );
  });

  test("text: a sum stays one under names that change alike, and is written out under others", () => {
    const formula = parseFormula("sum(j, 1, 2, d_j * x * j)");
    const renamed = (rename: (name: string) => string): string => formulaText(formula, { rename });
    expect(renamed((name) => `m.${name}`)).toBe("sum(j, 1, 2, m.d_j * m.x * j)");
    expect(renamed((name) => (name === "d_2" ? "other" : name))).toBe("d_1 * x * 1 + other * x * 2");
    // a name that looks like the index, or has it, would become one of the sum's own
    expect(renamed((name) => (name === "x" ? "x_j" : name))).toBe("d_1 * x_j * 1 + d_2 * x_j * 2");
    expect(renamed((name) => (name === "x" ? "j" : name))).toBe("d_1 * j * 1 + d_2 * j * 2");
    const nested = parseFormula("sum(i, 1, 2, sum(j, 1, 2, a_i_j))");
    expect(formulaText(nested, { rename: (name) => `m.${name}` })).toBe(
      "sum(i, 1, 2, sum(j, 1, 2, m.a_i_j))",
    );
    expect(formulaText(nested, { rename: (name) => (name === "a_2_1" ? "z" : name) })).toBe(
      "sum(j, 1, 2, a_1_j) + (z + a_2_2)",
    );
  });

  test("Python: a sum is a comprehension of its own, long ones a line a term", () => {
    const source = (text: string): string =>
      formulaPython(parseFormula(text), "f", ["x"]).split("(x):\n")[1]!;
    expect(source("1 + sum(j, 1, 3, x^j)")).toBe(
      "    sum_j = sum(x**j for j in range(1, 4))\n    return 1 + sum_j\n",
    );
    expect(source("sum_j = 2; exp(sum(j, 1, 2, t_j * r_j)) + sum_j")).toBe(
      "    sum_j = 2\n    sum_j_2 = sum(t_j * r_j for t_j, r_j in ((t_1, r_1), (t_2, r_2)))\n" +
        "    return math.exp(sum_j_2) + sum_j\n",
    );
    expect(source("sum(j, 1, 2, a_rather_long_name_j * (1 - another_rather_long_name_j)^beta)")).toBe(
      [
        "    sum_j = sum(",
        "        a_rather_long_name_j * (1 - another_rather_long_name_j) ** beta",
        "        for a_rather_long_name_j, another_rather_long_name_j in (",
        "            (a_rather_long_name_1, another_rather_long_name_1),",
        "            (a_rather_long_name_2, another_rather_long_name_2),",
        "        )",
        "    )",
        "    return sum_j",
        "",
      ].join("\n"),
    );
  });

  test("Python: what is longer than 88 columns stands in brackets, a line an operand or an argument", () => {
    const names = Array.from({ length: 9 }, (_, i) => `coefficient_${i}`);
    const text = formulaPython(parseFormula(names.join(" - ")), "f", names, { note: "One.\n\nTwo." });
    expect(text).toBe(
      [
        "import math\n\n\ndef f(",
        ...names.map((name) => `    ${name},`),
        "):",
        '    """One.\n\n    Two.\n    """',
        "    return (",
        ...names.map((name, i) => `        ${i > 0 ? "- " : ""}${name}`),
        "    )\n",
      ].join("\n"),
    );
  });

  test("Python gives the value of random formulas", ({ skip }) => {
    const cases = fc
      .sample(tree, { seed: 5, numRuns: 300 })
      .map((result) => ({ formula: formulaFor(result), expected: walk(result, pythonPoint) }))
      .filter(({ expected }) => Number.isFinite(expected) && Math.abs(expected) < 1e9);
    const given = Object.entries(pythonPoint);
    const lines = cases.map(({ formula }, i) =>
      [
        formulaPython(formula, `f${i}`, given),
        "try:",
        `    print(repr(float(f${i}())))`,
        "except (OverflowError, ZeroDivisionError, ValueError):",
        '    print("nan")',
      ].join("\n"),
    );
    const ran = spawnSync("python3", ["-"], { input: lines.join("\n"), encoding: "utf8" });
    if (ran.error) skip("there is no python3");
    expect(ran.stderr).toBe("");
    const values = ran.stdout.trim().split("\n").map(Number);
    expect(values).toHaveLength(cases.length);
    // Python refuses what overflows on the way to a finite value
    expect(values.filter(Number.isFinite).length).toBeGreaterThan(0.9 * cases.length);
    cases.forEach(({ expected, formula }, i) => {
      if (Number.isFinite(values[i]))
        expect(Math.abs(values[i]! - expected), formulaText(formula)).toBeLessThan(
          1e-9 * (1 + Math.abs(expected)),
        );
    });
  });

  test("text: names can be changed, and the result can become a step", () => {
    const formula = parseFormula("u=a*N;u^-b");
    expect(formulaText(formula, { rename: (name) => (name === "a" ? "m.a" : name), left: "L" })).toBe(
      "u = m.a * N; L = u^(-b)",
    );
  });

  test("Python: reserved words step aside, defaults and a docstring come along", () => {
    const formula = parseFormula("lambda * x^2 + math");
    expect(formulaPython(formula, "my-law", ["x", ["lambda", 0.5], ["math", 2]], { note: 'a "note"' })).toBe(
      'import math\n\n\ndef my_law(x, lambda_=0.5, math_=2):\n    """a \'note\'"""\n    return lambda_ * x**2 + math_\n',
    );
  });
});
