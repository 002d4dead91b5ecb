import { didYouMean } from "../human.ts";
import { type FormulaFunction, functions } from "./functions.ts";

/** A formula's tree, as it was written. */
export type Expression =
  | { readonly op: "number"; readonly value: number }
  | { readonly op: "name"; readonly name: string }
  | { readonly op: "negate"; readonly of: Expression }
  | { readonly op: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly op: "call"; readonly fn: string; readonly args: readonly Expression[] }
  | Sum;

/** `sum(j, 1, 8, d_j * x)`: as it was written, and as the plain additions that it means. */
export interface Sum {
  readonly op: "sum";
  readonly index: string;
  readonly from: number;
  readonly to: number;
  readonly body: Expression;
  /** The body at every index, added up: what has values, derivatives and free names. */
  readonly expanded: Expression;
}

type Operator = "+" | "-" | "*" | "/" | "^";

/** A parsed formula: named steps (`G = …`), then the result; later steps may use earlier ones. */
export interface Formula {
  readonly source: string;
  readonly steps: readonly { readonly name: string; readonly expression: Expression }[];
  readonly result: Expression;
  /** The names that no step defines, in the order in which they appear: the inputs and the parameters. */
  readonly free: readonly string[];
}

interface Token {
  readonly text: string;
  readonly kind: "number" | "name" | "symbol" | "end";
  readonly at: number;
}

const precedence: Readonly<Record<string, number>> = { "+": 1, "-": 1, "*": 2, "/": 2, "^": 4 };
const unaryMinus = 3; // -x^2 is -(x^2), and 2^-x reads as 2^(-x)
const largestIndex = 64; // every term of a sum is work in each row; a longer one is a mistake

/**
 * Reads a formula such as `E + A / N^alpha + B / D^beta`.
 *
 * Numbers, names, `+ - * / ^`, parentheses and the calls of {@link functions}; steps are separated by `;` or a
 * newline: `u = N / Nc; u^-alpha`. `sum(j, 1, 3, t_j * r_j)` is `t_1 * r_1 + t_2 * r_2 + t_3 * r_3`, and a lone j in
 * it is the number. Nothing is executed: the text becomes a tree.
 *
 * @example parseFormula("E + A / N^alpha").free // ["E", "A", "N", "alpha"]
 */
export function parseFormula(source: string): Formula {
  const statements = source
    .split(/[;\n]/)
    .map((text) => text.trim())
    .filter((text) => text !== "");
  const last = statements.pop();
  if (last === undefined)
    throw new Error("cannot read the formula: it is empty, write for example E + A / N^alpha");
  const steps = statements.map((text) => {
    const match = /^([A-Za-z_][A-Za-z0-9_.]*)\s*=(.*)$/s.exec(text);
    if (!match)
      throw new Error(`cannot read the formula step "${text}": expected name = expression before the result`);
    return { name: match[1]!, expression: parseExpression(match[2]!) };
  });
  const result = parseExpression(last);

  const defined = new Set<string>();
  const free = new Set<string>();
  const collect = (expression: Expression): void => {
    for (const name of namesOf(expression)) if (!defined.has(name)) free.add(name);
  };
  for (const { name, expression } of steps) {
    collect(expression);
    if (defined.has(name) || free.has(name))
      throw new Error(
        `cannot read the formula: "${name}" is defined after it was used, or twice; rename the step`,
      );
    defined.add(name);
  }
  collect(result);
  return { source, steps, result, free: [...free] };
}

/** The names that an expression takes its values from, those of sums at every index. */
export function namesOf(expression: Expression): string[] {
  switch (expression.op) {
    case "number":
      return [];
    case "name":
      return [expression.name];
    case "negate":
      return namesOf(expression.of);
    case "call":
      return expression.args.flatMap(namesOf);
    case "sum":
      return namesOf(expression.expanded);
    default:
      return [...namesOf(expression.left), ...namesOf(expression.right)];
  }
}

/** The functions that a formula calls, each once. */
export function functionsOf({ steps, result }: Formula): FormulaFunction[] {
  const names = [...steps.map(({ expression }) => expression), result].flatMap(callsOf);
  return Array.from(new Set(names), (name) => functions[name]!);
}

function callsOf(expression: Expression): string[] {
  switch (expression.op) {
    case "number":
    case "name":
      return [];
    case "negate":
      return callsOf(expression.of);
    case "call":
      return [expression.fn, ...expression.args.flatMap(callsOf)];
    case "sum":
      return callsOf(expression.body);
    default:
      return [...callsOf(expression.left), ...callsOf(expression.right)];
  }
}

/** Whether a name takes part in a sum over the index: `d_j` does in one over j. */
export function hasIndex(name: string, index: string): boolean {
  return name.split("_").indexOf(index, 1) > 0;
}

/** What a name of a sum's body is called in one term: `d_j` is `d_3` where j is 3. */
export function atIndex(name: string, index: string, value: number | string): string {
  const [head, ...under] = name.split("_");
  return [head, ...under.map((part) => (part === index ? String(value) : part))].join("_");
}

function expand(index: string, from: number, to: number, body: Expression): Expression {
  let sum = atTerm(body, index, from);
  for (let value = from + 1; value <= to; value++)
    sum = { op: "+", left: sum, right: atTerm(body, index, value) };
  return sum;
}

function atTerm(expression: Expression, index: string, value: number): Expression {
  const at = (part: Expression): Expression => atTerm(part, index, value);
  switch (expression.op) {
    case "number":
      return expression;
    case "name":
      return expression.name === index
        ? { op: "number", value }
        : { op: "name", name: atIndex(expression.name, index, value) };
    case "negate":
      return { op: "negate", of: at(expression.of) };
    case "call":
      return { op: "call", fn: expression.fn, args: expression.args.map(at) };
    case "sum":
      return { ...expression, body: at(expression.body), expanded: at(expression.expanded) };
    default:
      return { op: expression.op, left: at(expression.left), right: at(expression.right) };
  }
}

/** Precedence climbing over the tokens of one expression. */
function parseExpression(text: string): Expression {
  const tokens = tokenize(text);
  let position = 0;
  const indices: string[] = []; // of the sums that the position is in
  const peek = (): Token => tokens[position]!;
  const next = (): Token => tokens[position++]!;
  const fail = (token: Token, expected: string): never => {
    const got = token.kind === "end" ? "the end" : `"${token.text}"`;
    throw new Error(
      `cannot read the formula "${text.trim()}": expected ${expected} at character ${token.at + 1}, got ${got}`,
    );
  };
  const take = (symbol: string): void => {
    if (peek().text !== symbol) fail(peek(), `"${symbol}"`);
    position++;
  };

  const operand = (): Expression => {
    const token = next();
    if (token.kind === "number") return { op: "number", value: Number(token.text) };
    if (token.text === "-") return { op: "negate", of: expression(unaryMinus) };
    if (token.text === "+") return expression(unaryMinus);
    if (token.text === "(") {
      const inner = expression(0);
      take(")");
      return inner;
    }
    if (token.kind !== "name") return fail(token, 'a number, a name or "("');
    if (peek().text !== "(") return { op: "name", name: token.text };
    return token.text === "sum" ? sum() : call(token);
  };

  const refuse = (reason: string): never => {
    throw new Error(`cannot read the formula "${text.trim()}": ${reason}`);
  };
  const bound = (which: string): number => {
    const sign = peek().text === "-" ? next().text : "";
    const token = next();
    const value = token.kind === "number" && sign === "" ? Number(token.text) : Number.NaN;
    if (Number.isInteger(value) && value <= largestIndex) return value;
    const got = token.kind === "end" ? "the end" : `${sign}${token.text}`;
    return refuse(`a sum runs ${which} a whole number between 0 and ${largestIndex}, got ${got}`);
  };
  const sum = (): Expression => {
    take("(");
    const index = next();
    if (index.kind !== "name" || /[_.]/.test(index.text))
      fail(index, "the index of a sum, as in sum(j, 1, 8, d_j)");
    if (indices.includes(index.text)) refuse(`a sum over ${index.text} stands in another one over it`);
    take(",");
    const from = bound("from");
    take(",");
    const to = bound("to");
    if (from > to) refuse(`the sum over ${index.text} from ${from} to ${to} has no terms`);
    take(",");
    indices.push(index.text);
    const body = expression(0);
    indices.pop();
    if (!namesOf(body).some((name) => name === index.text || hasIndex(name, index.text)))
      refuse(
        `the sum over ${index.text} adds up terms without it; use ${index.text}, or names such as d_${index.text}`,
      );
    take(")");
    return { op: "sum", index: index.text, from, to, body, expanded: expand(index.text, from, to, body) };
  };

  const call = (token: Token): Expression => {
    const fn = Object.hasOwn(functions, token.text) ? functions[token.text] : undefined;
    if (fn === undefined) {
      const known = [...Object.keys(functions), "sum"];
      const near = didYouMean(token.text, known);
      const remedy = near ? `did you mean "${near}"?` : `known: ${known.join(", ")}`;
      throw new Error(
        `cannot read the formula "${text.trim()}": unknown function "${token.text}"; ${remedy}`,
      );
    }
    take("(");
    const args = [expression(0)];
    while (peek().text === ",") {
      position++;
      args.push(expression(0));
    }
    take(")");
    if (args.length !== fn.arity)
      throw new Error(
        `cannot read the formula "${text.trim()}": ${token.text} takes ${fn.arity} argument(s), got ${args.length}`,
      );
    return { op: "call", fn: token.text, args };
  };

  const expression = (floor: number): Expression => {
    let left = operand();
    for (;;) {
      const level = precedence[peek().text];
      if (level === undefined || level < floor) return left;
      const op = next().text as Operator;
      const right = expression(op === "^" ? level : level + 1); // ^ groups to the right
      left = { op, left, right };
    }
  };

  const whole = expression(0);
  if (peek().kind !== "end") fail(peek(), "an operator or the end");
  return whole;
}

function tokenize(text: string): Token[] {
  const pattern =
    /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_.]*)|(\*\*|[-+*/^(),]))/y;
  const tokens: Token[] = [];
  while (pattern.lastIndex < text.length) {
    const from = pattern.lastIndex;
    if (text.slice(from).trim() === "") break;
    const match = pattern.exec(text);
    if (!match) {
      const at = from + (text.slice(from).length - text.slice(from).trimStart().length);
      throw new Error(
        `cannot read the formula "${text.trim()}": unexpected "${text[at]}" at character ${at + 1}`,
      );
    }
    const kind = match[1] ? "number" : match[2] ? "name" : "symbol";
    const raw = match[1] ?? match[2] ?? match[3]!;
    if (kind === "number" && !Number.isFinite(Number(raw)))
      throw new Error(
        `cannot read the formula "${text.trim()}": ${raw} is larger than a double can hold (1.8e308)`,
      );
    if (kind === "name" && raw in Object.prototype)
      throw new Error(
        `cannot read the formula "${text.trim()}": the name "${raw}" is taken by JavaScript; choose another`,
      );
    tokens.push({ kind, text: raw === "**" ? "^" : raw, at: pattern.lastIndex - raw.length });
  }
  tokens.push({ kind: "end", text: "", at: text.length });
  return tokens;
}
