import {
  atIndex,
  type Expression,
  type Formula,
  functionsOf,
  hasIndex,
  namesOf,
  type Sum,
} from "./expression.ts";
import { functions } from "./functions.ts";
import { numberText } from "./print.ts";
import { pythonDefinitions, pythonFunctions } from "./python.ts";

const width = 88; // of Python's usual formatter

/**
 * A formula as a Python function of its inputs and parameters, with nothing but `math` to import; what `math` lacks is
 * defined in front of it, and a sum is a comprehension over its terms.
 *
 * @param args in the order of the function's arguments; a pair gives the argument a default
 * @param note the docstring: a line, or lines of which the first is the summary
 */
export function formulaPython(
  formula: Formula,
  name: string,
  args: readonly (string | readonly [name: string, value: number])[],
  { note = "" }: { note?: string } = {},
): string {
  const list = args.map((arg) =>
    typeof arg === "string" ? pythonName(arg) : `${pythonName(arg[0])}=${numberText(arg[1])}`,
  );
  const taken = new Set([...formula.free, ...formula.steps.map((step) => step.name)].map(pythonName));
  const lines = [
    ...oneOrMany(`def ${pythonName(name)}(`, list, "):", ""),
    ...docstring(note),
    ...formula.steps.flatMap((step) => statement(`${pythonName(step.name)} = `, step.expression, taken)),
    ...statement("return ", formula.result, taken),
  ];
  const definitions = pythonDefinitions(functionsOf(formula).flatMap(({ pythonCalls = [] }) => pythonCalls));
  return `${["import math", ...definitions, lines.join("\n")].join("\n\n\n")}\n`;
}

// words that Python keeps to itself, and the names that the printed formula calls
const pythonTaken = new Set([
  ..."and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield None True False math abs min max float sum range".split(
    " ",
  ),
  ...Object.keys(pythonFunctions),
]);

/** A name as Python may have it: `lambda` is `lambda_`. */
export function pythonName(name: string): string {
  const clean = name.replaceAll(/[^A-Za-z0-9_]/g, "_");
  return pythonTaken.has(clean) ? `${clean}_` : clean;
}

function docstring(note: string): string[] {
  if (note === "") return [];
  const [first, ...rest] = note.replaceAll("\\", "\\\\").replaceAll('"', "'").split("\n");
  if (rest.length === 0) return [`    """${first}"""`];
  return [`    """${first}`, ...rest.map((line) => (line === "" ? "" : `    ${line}`)), '    """'];
}

/** `open a, b close` on one line, or a line an item where that is too long. */
function oneOrMany(open: string, items: readonly string[], close: string, indent: string): string[] {
  const line = `${indent}${open}${items.join(", ")}${close}`;
  if (line.length <= width) return [line];
  return [`${indent}${open}`, ...items.map((item) => `${indent}    ${item},`), `${indent}${close}`];
}

/** One line of a function's body, after the sums that it needs; broken at its + and - (or * and /) where too long. */
function statement(before: string, expression: Expression, taken: Set<string>): string[] {
  const sums: string[] = [];
  const plain = withoutSums(expression, (sum) => {
    let name = `sum_${pythonName(sum.index)}`;
    for (let n = 2; taken.has(name); n++) name = `sum_${pythonName(sum.index)}_${n}`;
    taken.add(name);
    sums.push(...sumLines(`    ${name} = sum(`, sum));
    return { op: "name", name };
  });
  const line = `    ${before}${python(plain, 0)}`;
  if (line.length <= width) return [...sums, line];
  const parts = partsOf(plain).map((part) => `        ${part}`);
  return [...sums, ...(parts.length > 1 ? [`    ${before}(`, ...parts, "    )"] : [line])];
}

/** The operands of a chain of + and - or, where there is none, of * and /, each after its operator. */
function partsOf(expression: Expression): string[] {
  const levels = { "+": 1, "-": 1, "*": 2, "/": 2 };
  const top = expression.op;
  if (!(top in levels)) return [python(expression, 0)];
  const level = levels[top as keyof typeof levels];
  const parts: string[] = [];
  let rest = expression;
  while (
    (rest.op === "+" || rest.op === "-" || rest.op === "*" || rest.op === "/") &&
    levels[rest.op] === level
  ) {
    parts.unshift(`${rest.op} ${python(rest.right, level + 1)}`);
    rest = rest.left;
  }
  return [python(rest, level), ...parts];
}

/** An expression with each of its outermost sums replaced. */
function withoutSums(expression: Expression, replace: (sum: Sum) => Expression): Expression {
  const within = (part: Expression): Expression => withoutSums(part, replace);
  switch (expression.op) {
    case "number":
    case "name":
      return expression;
    case "sum":
      return replace(expression);
    case "negate":
      return { op: "negate", of: within(expression.of) };
    case "call":
      return { ...expression, args: expression.args.map(within) };
    default:
      return { op: expression.op, left: within(expression.left), right: within(expression.right) };
  }
}

/** What a comprehension needs of a sum: its term, the names that change from term to term, and their values. */
function comprehension({ index, from, to, body }: Sum): { term: string; over: string; values: string[] } {
  const changing = [...new Set(namesOf(body))].filter((name) => name === index || hasIndex(name, index));
  const values = Array.from({ length: to - from + 1 }, (_, i) => {
    const row = changing.map((name) =>
      name === index ? String(from + i) : pythonName(atIndex(name, index, from + i)),
    );
    return row.length === 1 ? row[0]! : `(${row.join(", ")})`;
  });
  return { term: python(body, 0), over: changing.map(pythonName).join(", "), values };
}

function sumLines(before: string, sum: Sum): string[] {
  const { term, over, values } = comprehension(sum);
  const short = `${before}${sumText(sum)})`;
  if (short.length <= width) return [short];
  const line = `        for ${over} in ${allOf(sum)}`;
  const loop =
    line.length <= width || values.length === 1
      ? [line]
      : oneOrMany(`for ${over} in (`, values, ")", "        ");
  return [before, `        ${term}`, ...loop, "    )"];
}

/** What stands between the brackets of Python's sum. */
function sumText(sum: Sum): string {
  const { term, over } = comprehension(sum);
  return `${term} for ${over} in ${allOf(sum)}`;
}

/** What a sum's comprehension runs over: a range where only the index itself changes. */
function allOf(sum: Sum): string {
  const { over, values } = comprehension(sum);
  if (over === pythonName(sum.index)) return `range(${sum.from}, ${sum.to + 1})`;
  return `(${values.join(", ")}${values.length === 1 ? "," : ""})`;
}

function python(expression: Expression, floor: number): string {
  const wrap = (text: string, level: number): string => (level < floor ? `(${text})` : text);
  switch (expression.op) {
    case "number":
      return numberText(expression.value);
    case "name":
      return pythonName(expression.name);
    case "negate":
      return wrap(`-${python(expression.of, 3)}`, 4); // only ** binds tighter than Python's minus
    case "call":
      return functions[expression.fn]!.python(...expression.args.map((arg) => python(arg, 0)));
    case "sum":
      return `sum(${sumText(expression)})`;
    case "+":
    case "-":
      return wrap(`${python(expression.left, 1)} ${expression.op} ${python(expression.right, 2)}`, 1);
    case "*":
    case "/":
      return wrap(`${python(expression.left, 2)} ${expression.op} ${python(expression.right, 3)}`, 2);
    case "^": {
      const { left, right } = expression;
      // operands that are words stand without spaces
      const exponent = python(right, 4);
      const between = isWord(left) && isWord(right.op === "negate" ? right.of : right) ? "**" : " ** ";
      return wrap(`${python(left, 5)}${between}${exponent}`, 4);
    }
  }
}

function isWord(expression: Expression): boolean {
  return expression.op === "name" || expression.op === "number";
}
