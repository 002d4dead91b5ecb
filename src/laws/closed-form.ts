import type { Expression } from "../numeric/index.ts";
import { formulaOf, type Law } from "./law.ts";

/** coefficient · x^power. */
export interface PowerTerm {
  readonly coefficient: number;
  readonly power: number;
}

/**
 * A law as a sum of powers of one variable, read from the formula's tree; equal powers are one term.
 *
 * @param letters what each of the formula's names is as a power of the variable; a constant has the power 0
 * A positive power of the whole, or its exponential or logarithm, rises with what is inside and is lowest where that is: it is
 * taken off.
 *
 * @returns null where the formula is no such sum: a sum under a power, a function of the variable
 */
export function powerSum(
  law: Law,
  letters: Readonly<Record<string, PowerTerm>>,
): readonly PowerTerm[] | null {
  const known = new Map<string, readonly PowerTerm[] | null>(
    Object.entries(letters).map(([name, term]) => [name, [term]]),
  );
  const { steps, result } = formulaOf(law);
  for (const { name, expression } of steps) known.set(name, terms(expression, known));
  return terms(unwrapped(result, known), known);
}

function unwrapped(
  expression: Expression,
  known: ReadonlyMap<string, readonly PowerTerm[] | null>,
): Expression {
  if (expression.op === "call" && (expression.fn === "exp" || expression.fn === "log"))
    return unwrapped(expression.args[0]!, known);
  if (expression.op !== "^") return expression;
  const [exponent, ...rest] = terms(expression.right, known) ?? [];
  const rising =
    exponent !== undefined && rest.length === 0 && exponent.power === 0 && exponent.coefficient > 0;
  return rising ? unwrapped(expression.left, known) : expression;
}

function terms(
  expression: Expression,
  known: ReadonlyMap<string, readonly PowerTerm[] | null>,
): readonly PowerTerm[] | null {
  if (expression.op === "number") return [{ coefficient: expression.value, power: 0 }];
  if (expression.op === "name") return known.get(expression.name) ?? null;
  if (expression.op === "call") return null;
  if (expression.op === "sum") return terms(expression.expanded, known);
  if (expression.op === "negate") {
    const of = terms(expression.of, known);
    return of?.map(({ coefficient, power }) => ({ coefficient: -coefficient, power })) ?? null;
  }
  const left = terms(expression.left, known);
  const right = terms(expression.right, known);
  if (!left || !right) return null;
  switch (expression.op) {
    case "+":
      return gathered([...left, ...right]);
    case "-":
      return gathered([...left, ...right.map((term) => ({ ...term, coefficient: -term.coefficient }))]);
    case "*":
      return gathered(left.flatMap((x) => right.map((y) => product(x, y))));
    case "/": {
      const [by] = right;
      if (right.length !== 1) return null;
      return left.map((x) => product(x, { coefficient: 1 / by.coefficient, power: -by.power }));
    }
    case "^": {
      const [base] = left;
      const [exponent] = right;
      if (left.length !== 1 || right.length !== 1 || exponent.power !== 0) return null;
      const by = exponent.coefficient;
      return [{ coefficient: base.coefficient ** by, power: base.power * by }];
    }
  }
}

function product(x: PowerTerm, y: PowerTerm): PowerTerm {
  return { coefficient: x.coefficient * y.coefficient, power: x.power + y.power };
}

function gathered(all: readonly PowerTerm[]): readonly PowerTerm[] {
  const byPower = new Map<number, number>();
  for (const { coefficient, power } of all) byPower.set(power, (byPower.get(power) ?? 0) + coefficient);
  return [...byPower].map(([power, coefficient]) => ({ coefficient, power }));
}
