import { isPlannable, type Law, optimumExponents } from "../laws/index.ts";
import { formatNumber } from "../numeric/index.ts";
import { type Observations, reviewData } from "../runs/index.ts";
import { floorOf, shortSpans, tiedInputs, tiedText } from "./design.ts";
import type { Kernel } from "./kernel.ts";
import type { Fit, Warning } from "./noun.ts";
import { outlierRows } from "./scatter.ts";
import { descend, nearby } from "./solve.ts";

/** A warning, and the clause in which a verdict says it; one without a clause is for whoever reads on. */
export interface Remark extends Warning {
  readonly clause?: string;
  /** Nothing should be planned with such a fit. */
  readonly forbids?: true;
}

/** What a careful reviewer would say of a fit, cheap enough to be said every time. */
export function warningsOf(
  fit: Omit<Fit, "warnings">,
  observed: Observations,
  kernel: Kernel,
  optimum: Float64Array,
): Remark[] {
  return [
    ...conventions(fit),
    ...starts(fit),
    ...identification(fit),
    ...outliers(fit, observed, kernel, optimum),
    ...size(fit, kernel),
    ...design(fit, observed),
    ...draws(fit),
    ...skipped(observed),
    ...remarksOn(observed),
  ];
}

function conventions({ law, conventions: { params } }: Omit<Fit, "warnings">): Warning[] {
  return params === "unstated" && "params" in law.inputs ? [unstatedConvention] : [];
}

export const unstatedConvention: Warning = {
  code: "convention-unstated",
  message:
    "The column of parameters does not say what it counts (total, non-embedding, active). The choice can move a by 0.1 and more: name it, for example with --params-convention total.",
};

function starts({ starts: report }: Omit<Fit, "warnings">): Remark[] {
  const warnings: Remark[] = [];
  const [best, second] = report.basins;
  // a basin a twentieth higher could win with a few other runs: the choice between them is not the data's
  const rivals = report.basins.filter((basin) => best && basin !== best && basin.value <= best.value * 1.05);
  if (report.failed > 0)
    warnings.push({
      code: "failed-starts",
      message: `${report.failed} of ${report.total} starts found no finite value and were left out.`,
    });
  if (report.agree * 2 < report.total)
    warnings.push({
      code: "start-agreement",
      message: `Only ${report.agree} of ${report.total} starts reached the lowest value found: a lower one may exist. Add starts near what you believe.`,
      ...(rivals.length > 0
        ? {}
        : { clause: `only ${report.agree} of ${report.total} starts reached the lowest value found` }),
    });
  if (best && second && rivals.length > 0) {
    const describe = (parameters: Readonly<Record<string, number>>): string =>
      Object.entries(parameters)
        .filter(
          ([name, value]) =>
            Math.abs(value / best.parameters[name]! - 1) > 0.01 ||
            Math.abs(value / second.parameters[name]! - 1) > 0.01,
        )
        .filter(([name]) => report.basins.some((basin) => basin.parameters[name] !== best.parameters[name]))
        .map(([name, value]) => `${name} ${formatNumber(value, 4)}`)
        .join(", ");
    const others = rivals
      .slice(0, 3)
      .map(
        (basin) =>
          `${describe(basin.parameters)} (${formatNumber((basin.value / best.value - 1) * 100, 2)} % higher)`,
      );
    warnings.push({
      code: "several-minima",
      message: `There are several minima of nearly the same depth: the best has ${describe(best.parameters)}; others ${others.join("; ")}. The data hardly choose between them.`,
      clause: `${rivals.length === 1 ? "another minimum is" : `${rivals.length} other minima are`} nearly as deep as the best (${describe(best.parameters)})`,
    });
  }
  return warnings;
}

/** The parameters that have run so far that nothing notices them; a real one has no end to run to. */
export function unnoticed(law: Law, effects: Readonly<Record<string, number>>): string[] {
  return Object.entries(effects)
    .filter(([name, effect]) => effect < 1e-6 && law.parameters[name]!.in !== "real")
    .map(([name]) => name);
}

function identification({ law, status, identifiability }: Omit<Fit, "warnings">): Remark[] {
  const warnings: Remark[] = [];
  const lost = unnoticed(law, identifiability.effects);
  if (status === "at-bound" && lost.length > 0)
    warnings.push({
      code: "at-bound",
      message: `${lost.join(", ")} ran to the end of the range: no residual notices it any more. Leave the term out, or, if it may be negative, let it (in: "real", or --real with --formula).`,
      clause: `${lost.join(", ")} left the fit: no residual notices ${lost.length === 1 ? "it" : "them"}`,
    });
  const pair = identifiability.worstPair;
  if (pair && Math.abs(pair.correlation) > 0.99)
    warnings.push({
      code: "correlated",
      message: `${pair.names.join(" and ")} are correlated ${formatNumber(pair.correlation, 4)}: an interval of one alone misleads; use the covariance or joint draws.`,
    });
  return warnings;
}

/** Rows whose residual is wild beside the others', and what leaving them out does to the exponent. */
function outliers(
  fit: Omit<Fit, "warnings">,
  observed: Observations,
  kernel: Kernel,
  optimum: Float64Array,
): Remark[] {
  const residuals = fit.residuals.values;
  if (!residuals) return [];
  const wild = outlierRows(residuals);
  if (wild.length === 0) return [];
  const own = kernel.weights.slice();
  for (const row of wild) kernel.weights[row] = 0;
  const without = kernel.toParameters(descend(kernel, fit.objective, optimum, { damping: nearby }).x);
  kernel.weights.set(own);
  const lines = wild.slice(0, 8).map((row) => observed.lines[row]!);
  const where = `${wild.length === 1 ? "row" : "rows"} ${lines.join(", ")}${wild.length > lines.length ? ", …" : ""}`;
  const { name, from, to, matters } = shift(fit, without);
  return [
    {
      code: "outliers",
      message: `${wild.length} of ${fit.rows} points look like outliers (${where}; residuals beyond five robust standard deviations). Without them ${name} moves from ${from} to ${to}. Every row was used; leave some out with --where or --drop-highest-loss.`,
      ...(matters
        ? {
            clause: `without the ${wild.length === 1 ? "point that looks like an outlier" : `${wild.length} points that look like outliers`} ${name} moves from ${from} to ${to}`,
          }
        : {}),
    },
  ];
}

/** Where the exponent goes without some rows, or else the parameter that moves most. */
function shift(
  fit: Omit<Fit, "warnings">,
  without: Readonly<Record<string, number>>,
): { name: string; from: string; to: string; matters: boolean } {
  const { flops } = fit.range;
  if (fit.exponents && flops && isPlannable(fit.law)) {
    const after = optimumExponents(fit.law, without, Math.sqrt(flops[0] * flops[1]));
    if (after) {
      const { a } = fit.exponents;
      return { name: "a", from: a.toFixed(3), to: after.a.toFixed(3), matters: Math.abs(after.a - a) > 0.01 };
    }
  }
  const moved = Object.entries(fit.parameters)
    .map(([name, { value }]) => ({ name, value, by: Math.abs(Math.log(without[name]! / value)) }))
    .sort((x, y) => y.by - x.by)[0]!;
  return {
    name: moved.name,
    from: formatNumber(moved.value, 4),
    to: formatNumber(without[moved.name]!, 4),
    matters: moved.by > 0.1,
  };
}

function size(fit: Omit<Fit, "warnings">, kernel: Kernel): Remark[] {
  if (fit.rows >= 2 * kernel.size) return [];
  return [
    {
      code: "few-rows",
      message: `${fit.rows} runs for ${kernel.size} parameters: the residuals say little about how good the law is.`,
      clause: `${fit.rows} runs are few for ${kernel.size} parameters`,
    },
  ];
}

/** What the spread of the runs in the law's inputs leaves open, whatever their losses are. */
function design({ law, parameters }: Omit<Fit, "warnings">, observed: Observations): Remark[] {
  const { columns } = observed;
  const warnings: Remark[] = [];
  const tied = tiedInputs(law, columns);
  if (tied)
    warnings.push({
      code: "one-ratio",
      message: `${capital(tiedText(tied))}. Add runs off that line: a plan from this fit is a guess.`,
      clause: tiedText(tied),
      forbids: true,
    });
  for (const { quantity, factor } of shortSpans(law, columns))
    warnings.push({
      code: "short-range",
      message: `${capital(quantity)} span only ${formatNumber(factor, 2)}-fold: an exponent from less than a decade is an extrapolation.`,
      clause: `${quantity} span only ${formatNumber(factor, 2)}-fold`,
    });
  const values = Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value]));
  const floor = floorOf(law, values, columns);
  if (floor && floor.above > farAbove)
    warnings.push({
      code: "floor-not-reached",
      message: `The lowest ${law.output} is ${formatNumber(100 * (floor.above - 1), 2)} % above the floor ${floor.parameter} = ${formatNumber(floor.value, 3)}: no run comes near it, and its value follows from the shape of the law.`,
      clause: `the lowest ${law.output} is still ${formatNumber(100 * (floor.above - 1), 2)} % above the floor`,
    });
  return warnings;
}

/** A lowest loss this many times the floor says little of where the floor is. */
const farAbove = 1.5;

const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);

function draws({ law, parameters, rows, bootstrap }: Omit<Fit, "warnings">): Warning[] {
  if (!bootstrap) return [];
  const warnings: Warning[] = [];
  if (bootstrap.draws.length < 100)
    warnings.push({
      code: "few-draws",
      message: `${bootstrap.draws.length} bootstrap draws are too few for the ends of an interval: ask for 400 or more.`,
    });
  const fewest = Math.ceil(bootstrap.draws.length / 40); // 2.5 %: an end of a 95 % interval
  for (const [j, name] of bootstrap.names.entries()) {
    if (law.parameters[name]!.in !== "positive") continue;
    const { value } = parameters[name]!;
    const lost = bootstrap.draws.filter(
      (draw) => Math.abs(Math.log(draw[j]! / value)) > Math.log(1e3),
    ).length;
    if (lost >= fewest)
      warnings.push({
        code: "draws-at-bound",
        message: `In ${formatNumber((100 * lost) / bootstrap.draws.length, 2)} % of the draws ${name} vanished or ran off by a factor of a thousand: the data hardly hold it, and an end of its interval says only that.`,
      });
  }
  if (rows >= 2 * bootstrap.names.length && rows < 3 * bootstrap.names.length)
    warnings.push({
      code: "few-rows-for-intervals",
      message: `${rows} runs for ${bootstrap.names.length} parameters are few for an interval: it is rather too wide than too narrow.`,
    });
  if (bootstrap.clusters && bootstrap.clusters.count < 12)
    warnings.push({
      code: "few-clusters",
      message: `The intervals rest on ${bootstrap.clusters.count} clusters (by ${bootstrap.clusters.by}): too few to say well how these differ.`,
    });
  return warnings;
}

/** Findings that change how numbers are read, not whether they are right. */
const minor: readonly string[] = ["bits-per-byte", "other-loss-columns"];

/** What the data themselves look like; said with the fit, where somebody reads it. */
export function findings(observed: Observations): Warning[] {
  return remarksOn(observed).map(({ code, message }) => ({ code, message }));
}

function remarksOn(observed: Observations): Remark[] {
  return reviewData(observed).map(({ code, message, remedy }) => ({
    code,
    ...(minor.includes(code) ? {} : { clause: message.replace(/ \([^()]*\)/g, "").replace(/[:;] .*/s, "") }),
    message: `${capital(message)}${message.endsWith(".") ? "" : "."}${remedy === undefined ? "" : ` Remedy: ${remedy}.`}`,
  }));
}

export function skipped({ skipped: bad, rows }: Observations): Warning[] {
  if (bad.length === 0) return [];
  const shown = bad
    .slice(0, 3)
    .map(({ line, column, got, reason }) => `row ${line} (column "${column}": ${reason}, got "${got}")`);
  const more = bad.length > shown.length ? `, and ${bad.length - shown.length} more` : "";
  return [
    {
      code: "skipped-rows",
      message: `${bad.length} of ${rows + bad.length} rows ${bad.length === 1 ? "was" : "were"} left out, as asked: ${shown.join(", ")}${more}.`,
    },
  ];
}
