import { computeOptimum, optimumExponents } from "../../laws/index.ts";
import { formatCount, formatNumber, linearLeastSquares } from "../../numeric/index.ts";
import { hashColumns, type Observations, otherColumns } from "../../runs/index.ts";
import { valuesOf } from "../fitted-values.ts";
import type { Asked } from "../reopen.ts";
import { flopsOf, sizesOf, tokensPerParamOf } from "../sizes.ts";
import { type Choice, exponentOf } from "./choice.ts";
import { tryFit } from "./try-fit.ts";

/** The other columns that count parameters, each N* brought back to the fit's count by the runs' own ratio. */
export function parameterCounts(base: Asked, weights: Float64Array | null): Choice[] {
  const { law, observed, objective, fixed, question } = base;
  const own = observed.columns.params;
  if (!own || !("params" in law.inputs)) return [];
  return otherColumns(observed, "params").flatMap(({ column, convention, values }): Choice[] => {
    if (values.every((value, i) => Math.abs(value / own[i]! - 1) < 1e-3)) return [];
    const found = tryFit(law, withParams(observed, values), { objective, fixed, weights });
    if (!found) return [];
    const parameters = valuesOf(found);
    const counted = computeOptimum(law, parameters, question.flops, { held: question.held });
    return [
      {
        kind: "parameters",
        choice: `parameters ${
          convention === "unstated" || convention === null
            ? `as the column ${column} counts`
            : `${convention} (${column})`
        }`,
        rows: observed.rows,
        optimum: counted && { ...counted, params: counted.params * ratioAt(values, own, counted.params) },
        a: exponentOf(law, parameters, question),
        above: null,
        note: counted && `${formatCount(counted.params)} as counted there`,
      },
    ];
  });
}

/** The observations with another count of parameters, and what follows from it. */
function withParams(observed: Observations, params: Float64Array): Observations {
  const { tokens } = observed.columns;
  const columns: Record<string, Float64Array> = { ...observed.columns, params };
  if (tokens && columns.flops) columns.flops = flopsOf({ params, tokens });
  if (tokens && columns.tokensPerParam) columns.tokensPerParam = tokensPerParamOf({ params, tokens });
  return { ...observed, columns, hash: hashColumns(columns) };
}

/** y / x at a value of x: between the runs by a straight line in logs, beyond them as at the nearest end. */
function ratioAt(x: Float64Array, y: Float64Array, at: number): number {
  const order = Array.from(x.keys()).sort((i, j) => x[i]! - x[j]!);
  const above = order.findIndex((i) => x[i]! >= at);
  const [high, low] = [
    order[above < 0 ? order.length - 1 : above]!,
    order[above <= 0 ? Math.max(0, above) : above - 1]!,
  ];
  const ratio = (i: number): number => Math.log(y[i]! / x[i]!);
  if (above <= 0 || x[high] === x[low]) return Math.exp(ratio(high));
  const share = Math.log(at / x[low]!) / Math.log(x[high]! / x[low]!);
  return Math.exp(ratio(low) + share * (ratio(high) - ratio(low)));
}

/** FLOPs as a column counts them: what a token costs is then the power of N that its cells follow. */
export function flopCounts({ law, observed, parameters, question }: Asked): Choice[] {
  const { flops } = observed.columns;
  const sizes = sizesOf(observed);
  if (!sizes) return [];
  const named = observed.mapping.find(({ quantity }) => quantity === "flops")?.column ?? "flops";
  const own = flops ? [{ column: named, values: flops }] : [];
  return [...own, ...otherColumns(observed, "flops")].flatMap(({ column, values }): Choice[] => {
    const cost = flopsOf(sizes).map((C, i) => Math.log(values[i]! / C));
    if (cost.every((value) => Math.abs(value) < 0.01)) return [];
    const logs = sizes.params.map(Math.log);
    const [k, p] = linearLeastSquares([logs.map(() => 1), logs], cost, null, [false, false]);
    const flopsPerToken = (N: number): number => 6 * Math.exp(k!) * N ** (1 + p!);
    const options = { held: question.held, flopsPerToken };
    const optimum = 1 + p! > 0 ? computeOptimum(law, parameters, question.flops, options) : null;
    return [
      {
        kind: "flops",
        choice: `FLOPs as the column ${column} counts`,
        rows: observed.rows,
        optimum,
        a: optimumExponents(law, parameters, question.flops, options)?.a ?? null,
        above: null,
        note: optimum && `${formatNumber(flopsPerToken(optimum.params) / optimum.params, 3)} N a token at N*`,
      },
    ];
  });
}
