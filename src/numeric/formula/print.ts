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

const greek = new Set(
  "alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi rho sigma tau phi chi psi omega Gamma Delta Theta Lambda Sigma Phi Psi Omega".split(
    " ",
  ),
);

/**
 * A formula as LaTeX, its steps first. `formulaLatex(parseFormula("A / N^alpha"))` is `\frac{A}{N^{\alpha}}`.
 *
 * A function whose sign isn't everybody's is explained after it: `…,\quad \text{where } …`.
 *
 * @param left what the result is called, already in LaTeX: `L(N, D)`
 */
export function formulaLatex(formula: Formula, { left = "" }: { left?: string } = {}): string {
  const steps = formula.steps.map((step) => `${latexName(step.name)} = ${latex(step.expression, 0)}`);
  const result = `${left && `${left} = `}${latex(formula.result, 0)}`;
  const explained = functionsOf(formula).flatMap(({ where }) =>
    where === undefined ? [] : [`\\text{where } ${where}`],
  );
  return [...steps, result, ...explained].join(",\\quad ");
}

/** One name as LaTeX: `alpha_N` is `\alpha_{N}`, `Nc` is `\mathrm{Nc}`. */
export function nameLatex(name: string): string {
  return latexName(name);
}

/**
 * A formula as text that {@link parseFormula} reads back to the same tree: steps first, separated by "; ".
 *
 * @param rename what a name is to be called instead
 * @param left makes the result one more step, of this name
 * @example formulaText(parseFormula("E+A/(N^alpha)")) // "E + A / N^alpha"
 */
export function formulaText(
  formula: Formula,
  { rename = (name) => name, left = "" }: { rename?: (name: string) => string; left?: string } = {},
): string {
  const steps = formula.steps.map((step) => `${rename(step.name)} = ${text(step.expression, 0, rename)}`);
  return [...steps, `${left && `${left} = `}${text(formula.result, 0, rename)}`].join("; ");
}

function text(expression: Expression, floor: number, rename: (name: string) => string): string {
  const at = (part: Expression, level: number): string => text(part, level, rename);
  const wrap = (inner: string, level: number): string => (level < floor ? `(${inner})` : inner);
  switch (expression.op) {
    case "number":
      return numberText(expression.value);
    case "name":
      return rename(expression.name);
    case "sum": {
      const inside = renameInSum(expression, rename);
      if (inside === null) return at(expression.expanded, floor);
      const { index, from, to, body } = expression;
      return `sum(${index}, ${from}, ${to}, ${text(body, 0, inside)})`;
    }
    case "negate":
      return wrap(`-${at(expression.of, 3)}`, 1);
    case "call":
      return `${expression.fn}(${expression.args.map((arg) => at(arg, 0)).join(", ")})`;
    case "+":
    case "-":
      return wrap(`${at(expression.left, 1)} ${expression.op} ${at(expression.right, 2)}`, 1);
    case "*":
    case "/":
      return wrap(`${at(expression.left, 2)} ${expression.op} ${at(expression.right, 3)}`, 2);
    case "^":
      return wrap(`${at(expression.left, 5)}^${at(expression.right, 4)}`, 4);
  }
}

/** A number as people write it in code: 8.64e19 rather than twenty digits. */
export function numberText(value: number): string {
  const plain = String(value);
  const short = value.toExponential().replace("e+", "e");
  return isLong(value) && short.length < plain.length ? short : plain;
}

function isLong(value: number): boolean {
  const size = Math.abs(value);
  return size >= 1e6 || (size > 0 && size < 1e-3);
}

/**
 * What the names of a sum's body are called when those of its terms are renamed: `m.d_j` where `d_1`, `d_2` … become
 * `m.d_1`, `m.d_2` …; null where no such name says the same, and the sum can only be written out.
 */
function renameInSum(
  { index, from, to, body }: Sum,
  rename: (name: string) => string,
): ((name: string) => string) | null {
  const nameFor = (name: string): string | null => {
    if (name === index) return name;
    if (!hasIndex(name, index)) {
      const other = rename(name);
      return other === index || hasIndex(other, index) ? null : other;
    }
    const first = atIndex(name, index, from);
    const renamed = rename(first);
    const start = renamed.indexOf(first);
    if (start < 0) return null;
    const general = renamed.slice(0, start) + name + renamed.slice(start + first.length);
    for (let k = from; k <= to; k++)
      if (atIndex(general, index, k) !== rename(atIndex(name, index, k))) return null;
    return general;
  };
  if (namesOf(body).some((name) => nameFor(name) === null)) return null;
  return (name) => nameFor(name) ?? name;
}

function latexName(name: string): string {
  const [head, ...rest] = name.replaceAll(".", "_").split("_");
  const letter = greek.has(head!) ? `\\${head}` : head!.length === 1 ? head! : `\\mathrm{${head}}`;
  if (rest.length === 0) return letter;
  const under = rest.map((part) =>
    part === "star" ? "*" : greek.has(part) ? `\\${part}` : part.length === 1 ? part : `\\mathrm{${part}}`,
  );
  return `${letter}_{${under.join(",")}}`;
}

function latex(expression: Expression, floor: number): string {
  const wrap = (text: string, level: number): string => (level < floor ? `\\left(${text}\\right)` : text);
  switch (expression.op) {
    case "number":
      return latexNumber(expression.value);
    case "name":
      return latexName(expression.name);
    case "negate":
      return wrap(`-${latex(expression.of, 2)}`, 1);
    case "call":
      return functions[expression.fn]!.latex(...expression.args.map((arg) => latex(arg, 0)));
    case "sum": {
      // a sum reaches to the next + or -, as everybody reads it
      const { index, from, to, body } = expression;
      return wrap(`\\sum_{${latexName(index)}=${from}}^{${to}} ${latex(body, 2)}`, 2);
    }
    case "+":
    case "-":
      return wrap(
        `${latex(expression.left, 1)} ${expression.op} ${latex(expression.right, expression.op === "-" ? 2 : 1)}`,
        1,
      );
    case "*":
      return wrap(
        `${latex(expression.left, endsInSum(expression.left) ? 3 : 2)} \\cdot ${latex(expression.right, 2)}`,
        2,
      );
    case "/":
      return `\\frac{${latex(expression.left, 0)}}{${latex(expression.right, 0)}}`;
    case "^": {
      // a fraction or a function under a power wants brackets, a name doesn't
      const { left } = expression;
      const base =
        left.op === "name" || (left.op === "number" && !isLong(left.value))
          ? latex(left, 0)
          : `\\left(${latex(left, 0)}\\right)`;
      return `${base}^{${latex(expression.right, 0)}}`;
    }
  }
}

function endsInSum(expression: Expression): boolean {
  if (expression.op === "negate") return endsInSum(expression.of);
  return expression.op === "sum" || (expression.op === "*" && endsInSum(expression.right));
}

/** A number with up to six digits before the point as it is, others as 8.64 × 10^19. */
function latexNumber(value: number): string {
  if (!isLong(value)) return String(value);
  const [digits, exponent] = value.toExponential().split("e");
  const power = `10^{${Number(exponent)}}`;
  return digits === "1" ? power : `${digits} \\times ${power}`;
}
