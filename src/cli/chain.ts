import { formatIn } from "../figures/index.ts";
import { chain, chainParameters, findSet, type Law, outputUnit } from "../laws/index.ts";
import { formatNumber } from "../numeric/index.ts";
import type { Basis, ChainPrediction, ChainStep, GivenBasis } from "../plan/index.ts";
import type { Paint } from "./answer.ts";
import { basisText, readBasis } from "./basis.ts";
import { readPairs } from "./options.ts";
import { extrapolationText, valueText, valueWithUnit } from "./quantity-text.ts";
import { columns, warned, wrap } from "./text.ts";
import type { World } from "./world.ts";

/**
 * A law of a chain as --then names it: a fit's file, a law with its only published coefficients, `law:source`, or
 * `law:name=value,name=value`.
 */
export async function readLink(world: World, link: string): Promise<Basis> {
  const at = link.indexOf(":");
  if (at < 0 && /\.json$/i.test(link)) return readBasis(world, link, { coefficients: {} });
  if (at < 0) return readBasis(world, undefined, { law: link, coefficients: {} });
  const [law, rest] = [link.slice(0, at), link.slice(at + 1)];
  if (law === "" || rest === "")
    throw new Error(
      `--then: expected a fit's file, law:source or law:name=value, got "${link}"; such as --then olmo-task:bhagia2024-mmlu-refit`,
    );
  if (!rest.includes("=")) return readBasis(world, undefined, { law, source: rest, coefficients: {} });
  const { pairs, strays } = readPairs("--then", [rest]);
  if (strays.length > 0) throw new Error(`--then ${link}: expected name=value, got "${strays[0]}"`);
  return readBasis(world, undefined, { law, coefficients: pairs });
}

/** A chain as one law at its laws' best values, for questions that take one law: draws and ranges stay behind. */
export function chainedBasis(links: readonly [Basis, ...Basis[]]): GivenBasis {
  const [first, ...rest] = links.map(({ law }, i) => ({ law, parameters: valuesOf(links[i]!) }));
  return rest.reduce((before, next) => {
    const law = chain<string, string, string, string>(before.law, next.law);
    const cautions = [before.law.caution, next.law.caution].filter((text) => text !== undefined);
    const joined: Law = {
      ...law,
      ...(cautions.length > 0 ? { caution: cautions.join(" ") } : {}),
      ...(before.law.noBudget === undefined ? {} : { noBudget: before.law.noBudget }),
    };
    const { parameters } = before;
    return { law: joined, parameters: chainParameters(before.law, parameters, next.law, next.parameters) };
  }, first!);
}

function valuesOf(basis: Basis): Readonly<Record<string, number>> {
  if ("set" in basis) return findSet(basis.law, basis.set).parameters;
  if (!("format" in basis)) return basis.parameters;
  if (basis.status === "non-finite")
    throw new Error(`cannot plan with this fit of ${basis.law.name}: ${basis.message}`);
  return Object.fromEntries(Object.entries(basis.parameters).map(([name, { value }]) => [name, value]));
}

/** A chain for people: a row a law, then what the end rests on. */
export function chainLines(made: ChainPrediction, links: readonly Basis[], paint: Paint): string[] {
  const { steps, interval, newRun, output, at, warnings, remarks } = made;
  const given = Object.entries(at).map(([quantity, value]) =>
    quantity === "params" || quantity === "tokens"
      ? valueWithUnit(quantity, value)
      : `${quantity} ${valueText(quantity, value)}`,
  );
  const units = links.map(({ law }) => outputUnit(law));
  const span = (range: ChainStep["interval"], unit: string): string =>
    range ? `${formatIn(unit, range.low)} … ${formatIn(unit, range.high)}` : "–";
  const level = formatNumber(100 * (interval?.level ?? 0.9), 3);
  const several = steps.filter(({ alone }) => alone !== null).length > 1;
  const rows = steps.map((step, i) => [
    step.output,
    paint.bold(formatIn(units[i]!, step.value)),
    ...(interval ? [span(step.interval, units[i]!)] : []),
    ...(several ? [span(step.alone, units.at(-1)!)] : []),
    basisText(step.basis, links[i]!.law),
  ]);
  const heads = [
    "",
    "",
    ...(interval ? [`${level} % interval`] : []),
    ...(several ? [`${output}, by it alone`] : []),
    "by",
  ].map((head) => (head === "" ? head : paint.dim(head)));
  const align = heads.map((_, i) => (i === 0 || i === heads.length - 1 ? "left" : "right"));
  const outside = steps.flatMap(({ extrapolation, basis }) =>
    extrapolation === null || extrapolation.length === 0
      ? []
      : extrapolationText(extrapolation).map((text) => `${"law" in basis ? basis.law : basis.kind}: ${text}`),
  );
  const unit = units.at(-1)!;
  return [
    ...wrap(`${given.join(", ")}:`),
    "",
    ...columns([heads, ...rows], { align }),
    ...(newRun
      ? ["", `  a single new run: ${output} ${formatIn(unit, newRun.low)} … ${formatIn(unit, newRun.high)}`]
      : []),
    ...(outside.length > 0
      ? ["", ...outside.flatMap((text) => wrap(text, { first: "  ", rest: "    " }))]
      : []),
    ...(interval ? [] : ["", "  No interval: no law of the chain has draws (fit with --bootstrap 400)."]),
    ...(remarks.length > 0 ? ["", ...remarks.flatMap((text) => wrap(text, { first: "  " }))] : []),
    ...(warnings.length > 0 ? ["", ...warnings.flatMap((text) => warned(text, paint))] : []),
  ];
}
