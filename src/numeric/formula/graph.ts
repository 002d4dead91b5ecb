import type { Expression, Formula } from "./expression.ts";
import { functions } from "./functions.ts";

/**
 * How often a node's value changes: `constant` never, `input` with the row but not with the parameters (worked
 * out once per data set), `parameter` with the parameters but not with the row (a scalar), `row` with both.
 */
export type Stage = "constant" | "input" | "parameter" | "row";

export interface Node {
  readonly id: number;
  readonly op: "number" | "name" | "+" | "-" | "*" | "/" | "^" | string;
  readonly value: number;
  readonly name: string;
  readonly args: readonly Node[];
  readonly stage: Stage;
}

/** A formula as a graph in which equal expressions are one node; it simplifies as it is built. */
export interface Graph {
  readonly nodes: readonly Node[];
  number(value: number): Node;
  name(name: string): Node;
  add(x: Node, y: Node): Node;
  sub(x: Node, y: Node): Node;
  mul(x: Node, y: Node): Node;
  div(x: Node, y: Node): Node;
  pow(x: Node, y: Node): Node;
  call(fn: string, ...args: Node[]): Node;
  /** The graph of a parsed formula. */
  read(formula: Formula): Node;
  /** ∂node/∂name. */
  derivative(node: Node, name: string): Node;
}

export function createGraph(stageOf: (name: string) => Stage): Graph {
  const nodes: Node[] = [];
  const known = new Map<string, Node>();
  const derivatives = new Map<string, Node>();

  const intern = (op: string, args: readonly Node[], value = 0, name = ""): Node => {
    const key = `${op}|${op === "number" ? (Object.is(value, -0) ? "-0" : value) : name}|${args.map((a) => a.id).join(",")}`;
    const found = known.get(key);
    if (found) return found;
    const stage = op === "name" ? stageOf(name) : args.map((a) => a.stage).reduce(join, "constant");
    const node: Node = { id: nodes.length, op, value, name, args, stage };
    nodes.push(node);
    known.set(key, node);
    return node;
  };
  const number = (value: number): Node => intern("number", [], value);
  const name = (text: string): Node => intern("name", [], 0, text);
  const is = (node: Node, value: number): boolean => node.op === "number" && node.value === value;
  const both = (x: Node, y: Node): boolean => x.op === "number" && y.op === "number";
  const negative = (x: Node): Node | null => (x.op === "*" && is(x.args[0]!, -1) ? x.args[1]! : null);

  const add = (x: Node, y: Node): Node => {
    if (both(x, y)) return number(x.value + y.value);
    if (is(x, 0)) return y;
    if (is(y, 0)) return x;
    const minus = negative(y);
    if (minus) return sub(x, minus);
    return x.id <= y.id ? intern("+", [x, y]) : intern("+", [y, x]);
  };
  const sub = (x: Node, y: Node): Node => {
    if (both(x, y)) return number(x.value - y.value);
    if (is(y, 0)) return x;
    if (x === y) return number(0);
    if (is(x, 0)) return mul(number(-1), y);
    const minus = negative(y);
    if (minus) return add(x, minus);
    return intern("-", [x, y]);
  };
  const mul = (x: Node, y: Node): Node => {
    if (both(x, y)) return number(x.value * y.value);
    if (y.op === "number") return mul(y, x);
    if (is(x, 0)) return x;
    if (is(x, 1)) return y;
    // numbers gather on the left: 2·(3·x) is 6·x, x·(-1·y) is -1·(x·y)
    if (y.op === "*" && y.args[0]!.op === "number") {
      if (x.op === "number") return mul(number(x.value * y.args[0]!.value), y.args[1]!);
      return mul(y.args[0]!, mul(x, y.args[1]!));
    }
    if (x.op === "*" && x.args[0]!.op === "number") return mul(x.args[0]!, mul(x.args[1]!, y));
    return x.op === "number" || x.id <= y.id ? intern("*", [x, y]) : intern("*", [y, x]);
  };
  const div = (x: Node, y: Node): Node => {
    if (both(x, y)) return number(x.value / y.value);
    if (is(x, 0) || is(y, 1)) return x;
    if (y.op === "exp") return mul(x, call("exp", mul(number(-1), y.args[0]!)));
    if (x.op === "*" && x.args[0]!.op === "number") return mul(x.args[0]!, div(x.args[1]!, y));
    return intern("/", [x, y]);
  };
  const pow = (x: Node, y: Node): Node => {
    if (both(x, y)) return number(x.value ** y.value);
    if (is(y, 0)) return number(1);
    if (is(y, 1)) return x;
    if (is(y, 2)) return mul(x, x);
    if (is(y, -1)) return div(number(1), x);
    // N^alpha = exp(alpha·ln N): ln N is worked out once per data set, and an exp costs a third of a power
    if (y.op !== "number" && x.stage === "input") return call("exp", mul(y, call("log", x)));
    return intern("^", [x, y]);
  };
  const call = (fn: string, ...args: Node[]): Node => {
    if (args.every((a) => a.op === "number"))
      return number(functions[fn]!.value(args[0]!.value, args[1]?.value ?? 0));
    return intern(fn, args);
  };

  const build = (expression: Expression, steps: ReadonlyMap<string, Node>): Node => {
    switch (expression.op) {
      case "number":
        return number(expression.value);
      case "name":
        return steps.get(expression.name) ?? name(expression.name);
      case "negate":
        return mul(number(-1), build(expression.of, steps));
      case "call":
        return call(expression.fn, ...expression.args.map((arg) => build(arg, steps)));
      case "sum":
        return build(expression.expanded, steps);
      default: {
        const left = build(expression.left, steps);
        const right = build(expression.right, steps);
        return { "+": add, "-": sub, "*": mul, "/": div, "^": pow }[expression.op](left, right);
      }
    }
  };
  const read = (formula: Formula): Node => {
    const steps = new Map<string, Node>();
    for (const step of formula.steps) steps.set(step.name, build(step.expression, steps));
    return build(formula.result, steps);
  };

  const derivative = (node: Node, by: string): Node => {
    if (node.op === "number") return number(0);
    if (node.op === "name") return number(node.name === by ? 1 : 0);
    const key = `${node.id}|${by}`;
    const found = derivatives.get(key);
    if (found) return found;
    const [x, y] = node.args as [Node, Node];
    const dx = derivative(x, by);
    const dy = y === undefined ? number(0) : derivative(y, by);
    const result = differentiate(node, x, y, dx, dy);
    derivatives.set(key, result);
    return result;
  };
  const differentiate = (node: Node, x: Node, y: Node, dx: Node, dy: Node): Node => {
    switch (node.op) {
      case "+":
        return add(dx, dy);
      case "-":
        return sub(dx, dy);
      case "*":
        return add(mul(dx, y), mul(x, dy));
      case "/":
        return sub(div(dx, y), div(mul(node, dy), y));
      case "^":
        // d(x^y) = y·x^(y-1)·dx + x^y·ln x·dy; either half vanishes where its factor is zero
        return add(
          is(dx, 0) ? dx : mul(mul(y, pow(x, sub(y, number(1)))), dx),
          is(dy, 0) ? dy : mul(mul(node, call("log", x)), dy),
        );
      default: {
        const partials = functions[node.op]!.partials(graph, node.args, node);
        const first = is(dx, 0) ? dx : mul(partials[0]!, dx);
        return y === undefined || is(dy, 0) ? first : add(first, mul(partials[1]!, dy));
      }
    }
  };

  const graph: Graph = { nodes, number, name, add, sub, mul, div, pow, call, read, derivative };
  return graph;
}

function join(x: Stage, y: Stage): Stage {
  if (x === y || y === "constant") return x;
  return x === "constant" ? y : "row";
}

/** The nodes under the roots, each after its arguments: a node is always made after them, so ids are in order. */
export function reachable(roots: readonly Node[]): Node[] {
  const seen = new Set<Node>();
  const visit = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    node.args.forEach(visit);
  };
  roots.forEach(visit);
  return [...seen].sort((x, y) => x.id - y.id);
}
