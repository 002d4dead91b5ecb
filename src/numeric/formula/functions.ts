import { logBeta, logGamma, majority, majorityByVotes, polygamma } from "../special.ts";
import type { Graph, Node } from "./graph.ts";

/**
 * The functions a formula may call. Each says its value, its partial derivatives (as graph nodes, so that second
 * derivatives come for free) and how it prints. A law that can't be written with these wants a new row here.
 */
export interface FormulaFunction {
  readonly arity: number;
  readonly value: (x: number, y: number) => number;
  /** ∂f/∂arg for each argument; `self` is f(args), to be shared where the derivative contains it. */
  readonly partials: (graph: Graph, args: readonly Node[], self: Node) => readonly Node[];
  readonly latex: (...args: string[]) => string;
  /** What LaTeX has to say after the formula where a sign isn't everybody's. */
  readonly where?: string;
  readonly python: (...args: string[]) => string;
  /** What of {@link pythonFunctions} the Python calls. */
  readonly pythonCalls?: string;
}

const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** Newton's method on a function whose bend has one sign, from the side on which it never overshoots. */
function impliedLogit(x: number, a: number): number {
  if (!(a >= 0) || !Number.isFinite(x) || (a === 0 && x >= 0)) return Number.NaN;
  let w = x < 0 ? x : x / a;
  for (let step = 0; step < 60; step++) {
    const u = sigmoid(w);
    const next = w + (x + softplus(-w) - a * softplus(w)) / (1 - u + a * u);
    if (Math.abs(next - w) <= 1e-15 * Math.abs(next)) return next;
    w = next;
  }
  return w;
}

const named =
  (name: string) =>
  (...args: string[]): string =>
    `\\${name}\\left(${args.join(", ")}\\right)`;
const operator =
  (name: string) =>
  (...args: string[]): string =>
    `\\operatorname{${name}}\\left(${args.join(", ")}\\right)`;
const math =
  (name: string) =>
  (...args: string[]): string =>
    `${name}(${args.join(", ")})`;
/** Python's side of a function that `math` lacks. */
const defined = (name: string): Pick<FormulaFunction, "python" | "pythonCalls"> => ({
  python: math(name),
  pythonCalls: name,
});

export const functions: Readonly<Record<string, FormulaFunction>> = {
  exp: {
    arity: 1,
    value: Math.exp,
    partials: (_, __, self) => [self],
    latex: named("exp"),
    python: math("math.exp"),
  },
  log: {
    arity: 1,
    value: Math.log,
    partials: (g, [x]) => [g.div(g.number(1), x!)],
    latex: named("ln"),
    python: math("math.log"),
  },
  log10: {
    arity: 1,
    value: Math.log10,
    partials: (g, [x]) => [g.div(g.number(Math.LOG10E), x!)],
    latex: (x) => `\\log_{10}\\left(${x}\\right)`,
    python: math("math.log10"),
  },
  log1p: {
    arity: 1,
    value: Math.log1p,
    partials: (g, [x]) => [g.div(g.number(1), g.add(g.number(1), x!))],
    latex: (x) => `\\ln\\left(1 + ${x}\\right)`,
    python: math("math.log1p"),
  },
  expm1: {
    arity: 1,
    value: Math.expm1,
    partials: (g, _, self) => [g.add(self, g.number(1))],
    latex: (x) => `\\left(e^{${x}} - 1\\right)`,
    python: math("math.expm1"),
  },
  sqrt: {
    arity: 1,
    value: Math.sqrt,
    partials: (g, _, self) => [g.div(g.number(0.5), self)],
    latex: (x) => `\\sqrt{${x}}`,
    python: math("math.sqrt"),
  },
  sigmoid: {
    arity: 1,
    value: sigmoid,
    partials: (g, _, self) => [g.mul(self, g.sub(g.number(1), self))],
    latex: operator("\\sigma"),
    ...defined("sigmoid"),
  },
  softplus: {
    arity: 1,
    value: softplus,
    partials: (g, [x]) => [g.call("sigmoid", x!)],
    latex: (x) => `\\ln\\left(1 + e^{${x}}\\right)`,
    ...defined("softplus"),
  },
  /** The logit w of the share u = σ(w) for which ln(u / (1 - u)^a) = x, a ≥ 0: how a law that u enters implicitly is written. */
  impliedLogit: {
    arity: 2,
    value: impliedLogit,
    // the implicit function theorem: dx = (1 - u + a·u)·dw - ln(1 - u)·da
    partials: (g, [, a], w) => {
      const u = g.call("sigmoid", w);
      const slope = g.add(g.sub(g.number(1), u), g.mul(a!, u));
      return [g.div(g.number(1), slope), g.div(g.mul(g.number(-1), g.call("softplus", w)), slope)];
    },
    latex: operator("w"),
    where: "w = \\operatorname{w}(s, t) \\text{ solves } \\ln\\sigma(w) - t\\ln(1 - \\sigma(w)) = s",
    ...defined("implied_logit"),
  },
  tanh: {
    arity: 1,
    value: Math.tanh,
    partials: (g, _, self) => [g.sub(g.number(1), g.mul(self, self))],
    latex: named("tanh"),
    python: math("math.tanh"),
  },
  abs: {
    arity: 1,
    value: Math.abs,
    partials: (g, [x]) => [g.sub(g.number(1), g.mul(g.number(2), g.call("atMost", x!, g.number(0))))],
    latex: (x) => `\\left|${x}\\right|`,
    python: math("abs"),
  },
  min: {
    arity: 2,
    value: Math.min,
    partials: (g, [x, y]) => [g.call("atMost", x!, y!), g.sub(g.number(1), g.call("atMost", x!, y!))],
    latex: named("min"),
    python: math("min"),
  },
  max: {
    arity: 2,
    value: Math.max,
    partials: (g, [x, y]) => [g.sub(g.number(1), g.call("atMost", x!, y!)), g.call("atMost", x!, y!)],
    latex: named("max"),
    python: math("max"),
  },
  /** 1 where x ≤ y, else 0: the derivative of min, max and abs, and the way to write a law in pieces. */
  atMost: {
    arity: 2,
    value: (x, y) => (x <= y ? 1 : 0),
    partials: (g) => [g.number(0), g.number(0)],
    latex: (x, y) => `\\left[${x} \\le ${y}\\right]`,
    python: (x, y) => `float(${x} <= ${y})`,
  },
  logGamma: {
    arity: 1,
    value: logGamma,
    partials: (g, [x]) => [g.call("polygamma", g.number(0), x!)],
    latex: (x) => `\\ln\\Gamma\\left(${x}\\right)`,
    python: math("math.lgamma"),
  },
  logBeta: {
    arity: 2,
    value: logBeta,
    partials: (g, args) => {
      const digamma = (x: Node): Node => g.call("polygamma", g.number(0), x);
      const both = digamma(g.add(args[0]!, args[1]!));
      return args.map((x) => g.sub(digamma(x), both));
    },
    latex: (x, y) => `\\ln\\mathrm{B}\\left(${x}, ${y}\\right)`,
    ...defined("log_beta"),
  },
  /** The derivatives of logGamma: order 0 is digamma. By its order it has none: that is a whole number. */
  polygamma: {
    arity: 2,
    value: polygamma,
    partials: (g, [order, x]) => [g.number(Number.NaN), g.call("polygamma", g.add(order!, g.number(1)), x!)],
    latex: (order, x) => `\\psi^{(${order})}\\left(${x}\\right)`,
    ...defined("polygamma"),
  },
  /** The chance that most of k votes are right, each right with chance p. */
  majority: {
    arity: 2,
    value: majority,
    partials: (g, [p, k]) => {
      // the Beta((k+1)/2, (k+1)/2) density at p
      const half = g.div(g.add(k!, g.number(1)), g.number(2));
      const logs = g.add(g.call("log", p!), g.call("log", g.sub(g.number(1), p!)));
      const density = g.sub(g.mul(g.sub(half, g.number(1)), logs), g.call("logBeta", half, half));
      return [g.call("exp", density), g.call("majorityByVotes", p!, k!)];
    },
    latex: (p, k) => `I_{${p}}\\left(\\tfrac{${k} + 1}{2}, \\tfrac{${k} + 1}{2}\\right)`,
    ...defined("majority"),
  },
  /** The derivative of majority by its votes; nobody has needed the next ones. */
  majorityByVotes: {
    arity: 2,
    value: majorityByVotes,
    partials: (g) => [g.number(Number.NaN), g.number(Number.NaN)],
    latex: (p, k) => `\\partial_{k} I_{${p}}\\left(\\tfrac{${k} + 1}{2}, \\tfrac{${k} + 1}{2}\\right)`,
    python: () => 'float("nan")',
  },
};

/** What a node does to one or two numbers, whether operator or function. */
export function scalarFunction(op: string): (x: number, y: number) => number {
  switch (op) {
    case "+":
      return (x, y) => x + y;
    case "-":
      return (x, y) => x - y;
    case "*":
      return (x, y) => x * y;
    case "/":
      return (x, y) => x / y;
    case "^":
      return (x, y) => x ** y;
    default:
      return functions[op]!.value;
  }
}
