import { type Law, lawLatex, outputUnit } from "../laws/index.ts";
import { formatNumber, nameLatex } from "../numeric/index.ts";
import { citation, coefficientsFrom, lawOf } from "./explain.ts";
import type { Plan } from "./optimal.ts";

/**
 * A plan for a paper: the law as an equation, its coefficients, and a table of the optimum with intervals. Plain LaTeX, no
 * packages.
 *
 * @param basis the law of the plan's basis; null for approach 1 or 2
 * @example planLatex(made, chinchilla) // "\\[ L(N, D) = E + \\frac{A}{N^{\\alpha}} + …"
 */
export function planLatex(plan: Plan, basis: Law | null): string {
  const law = basis && lawOf(plan, basis);
  const { optimum, intervals, budget, parameters, flatRegion } = plan;
  const equation = law ? lawLatex(law) : "N^{*} = k\\,C^{a},\\quad D^{*} = q\\,C^{b}";
  const coefficients = Object.entries(parameters).map(
    ([name, value]) => `${nameLatex(name)} = ${numberLatex(value, 5)}`,
  );
  const level = Object.values(intervals ?? {}).find((interval) => interval !== null)?.level;
  const percent = level === undefined ? "" : `${formatNumber(100 * level, 3)}\\,\\% interval`;
  const lines: [string, string, number | null, keyof NonNullable<Plan["intervals"]>][] = [
    ["$N^{*}$", "parameters", optimum.params, "params"],
    ["$D^{*}$", "tokens", optimum.tokens, "tokens"],
    ["$D^{*}/N^{*}$", "tokens per parameter", optimum.tokensPerParam, "tokensPerParam"],
    ["$L^{*}$", law ? outputUnit(law) : "", optimum.loss, "loss"],
  ];
  const rows = lines.flatMap(([symbol, unit, value, quantity]) => {
    if (value === null) return [];
    const interval = intervals?.[quantity];
    const span = interval ? `$${numberLatex(interval.low)}$ to $${numberLatex(interval.high)}$` : "";
    return [`${symbol} & $${numberLatex(value)}$ & ${span} & ${escaped(unit)} \\\\`];
  });
  const flat = flatRegion
    ? [
        `All sizes from $${numberLatex(flatRegion.params[0])}$ to $${numberLatex(flatRegion.params[1])}$ parameters lose at most $${numberLatex(flatRegion.tolerance)}$.`,
      ]
    : [];
  return [
    `% isoflop plan; coefficients: ${oneLine(coefficientsFrom(plan))}`,
    ...(law ? [`% formula: ${oneLine(citation(law))}`] : []),
    `\\[ ${equation} \\]`,
    `with $${coefficients.join("$, $")}$, on a budget of $C = ${numberLatex(budget.flops)}$ FLOPs (${escaped(budget.convention)}):`,
    "",
    "\\begin{tabular}{lrrl}",
    "\\hline",
    ` & best & ${percent} & \\\\`,
    "\\hline",
    ...rows,
    "\\hline",
    "\\end{tabular}",
    "",
    ...flat,
    "",
  ].join("\n");
}

/** 7.32e10 as 7.32 \times 10^{10}. */
function numberLatex(value: number, digits = 3): string {
  const [mantissa, exponent] = formatNumber(
    value,
    Math.abs(value) < 1e4 ? Math.max(digits, 4) : digits,
  ).split("e");
  return exponent === undefined ? mantissa! : `${mantissa} \\times 10^{${Number(exponent)}}`;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ");

function escaped(text: string): string {
  return text
    .replaceAll(/[%&#_{}]/g, (sign) => `\\${sign}`)
    .replaceAll("^", "\\^{}")
    .replaceAll("*", "$\\cdot$");
}
