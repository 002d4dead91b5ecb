import { type Law, outputUnit } from "../laws/index.ts";
import { citation, coefficientsFrom } from "./explain.ts";
import type { Plan } from "./optimal.ts";

/**
 * A plan as a table for a spreadsheet: a row a number, in base units, with its interval, its unit and its source.
 *
 * @param law of the plan's basis; null for approach 1 or 2
 * @example planCsv(made, chinchilla).split("\n")[0] // "quantity,value,low,high,level,unit,source"
 */
export function planCsv(plan: Plan, law: Law | null): string {
  const { optimum, intervals, flatRegion, budget, parameters, held, extrapolation } = plan;
  const from = coefficientsFrom(plan);
  const rows: (string | number | null)[][] = [
    ["quantity", "value", "low", "high", "level", "unit", "source"],
  ];
  rows.push(["budget", budget.flops, null, null, null, `FLOPs (${budget.convention})`, "as asked"]);
  const units = {
    params: "parameters",
    tokens: "tokens",
    tokensPerParam: "tokens per parameter",
    loss: law ? outputUnit(law) : "",
  };
  for (const [quantity, unit] of Object.entries(units) as [keyof typeof units, string][]) {
    const value = optimum[quantity];
    const interval = intervals?.[quantity] ?? null;
    if (value !== null)
      rows.push([
        quantity,
        value,
        interval?.low ?? null,
        interval?.high ?? null,
        interval?.level ?? null,
        unit,
        from,
      ]);
  }
  if (flatRegion) {
    const within = `loss within ${flatRegion.tolerance} of the lowest`;
    rows.push(["flat region: params", null, ...flatRegion.params, null, "parameters", within]);
    rows.push(["flat region: tokens", null, ...flatRegion.tokens, null, "tokens", within]);
  }
  for (const [name, value] of Object.entries(parameters))
    rows.push([`coefficient ${name}`, value, null, null, null, law?.parameters[name]?.unit ?? "", from]);
  for (const [quantity, value] of Object.entries(held))
    rows.push([quantity, value, null, null, null, "", "as given"]);
  for (const { quantity, factor, side, nearest } of extrapolation ?? [])
    rows.push([
      `times ${side} the data: ${quantity}`,
      factor,
      null,
      null,
      null,
      "",
      `the data end at ${nearest}`,
    ]);
  rows.push(["formula", plan.formula, null, null, null, "", law ? citation(law) : from]);
  return `${rows.map((row) => row.map(cell).join(",")).join("\n")}\n`;
}

/** One cell: text in quotes where it must, and never read as a formula by a spreadsheet. */
function cell(value: string | number | null): string {
  if (value === null) return "";
  const text = String(value);
  const safe = typeof value === "string" && /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
