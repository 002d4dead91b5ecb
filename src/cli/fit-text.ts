import type { Fit } from "../fit/index.ts";
import type { Law } from "../laws/index.ts";
import { formatFlops, formatGrouped, formatNumber } from "../numeric/index.ts";
import type { Observations } from "../runs/index.ts";
import type { Paint } from "./answer.ts";
import { intervalLines } from "./intervals.ts";
import { conventionText, spanText } from "./quantity-text.ts";
import { columns, labelled, warned, wrap } from "./text.ts";

/** Which column was taken for which quantity, for stderr. */
export function mappingLines({ mapping, notes, findings, skipped, origin, rows }: Observations): string[] {
  const label = familyLabels(mapping.map(({ quantity }) => quantity));
  const shown = mapping.flatMap(({ quantity, column, scale, convention, how, rule }) => {
    const name = label(quantity);
    if (name === null) return [];
    const from = column === null ? (rule ?? "") : `column "${column}"`;
    const said: string[] = [how, ...(convention === null ? [] : [convention])];
    if (scale !== 1) said.push(`× ${formatFlops(scale)}`);
    return [[name, `← ${from} (${said.join("; ")})`]];
  });
  // what comes with the fit's warnings: findings, and which rows were left out
  const aside = notes.filter(
    (note) =>
      !findings.some(({ message }) => message === note) &&
      !note.startsWith(`${skipped.length} of ${rows + skipped.length} rows skipped`),
  );
  return [
    `${origin}: ${formatGrouped(rows)} ${rows === 1 ? "row" : "rows"}`,
    ...columns(shown),
    ...aside.flatMap((text) => wrap(text, { first: "  note: ", rest: "    " })),
    "",
  ];
}

/** A fit for people. */
export function fitLines(made: Fit, paint: Paint): string[] {
  const { law, status, message, warnings } = made;
  const label = familyLabels(Object.keys(made.range));
  const spans = Object.entries(made.range).flatMap(([quantity, span]) => {
    const name = label(quantity);
    return name === null ? [] : [`${name} ${spanText(quantity, span)}`];
  });
  return [
    `${paint.bold(law.name)}  ${sourceOf(law)}`.trimEnd(),
    ...wrap(`${letterOf(law)} = ${law.formula}`, { first: "  ", rest: "    " }),
    "",
    ...parameterLines(made, paint),
    "",
    ...exponentLines(made, paint),
    ...(made.intervals ? ["", ...intervalLines(made.intervals, paint), ""] : []),
    ...labelled(
      "status",
      `${status === "converged" ? paint.green(status) : paint.yellow(status)}: ${message}`,
    ),
    ...labelled("objective", objectiveText(made)),
    ...labelled("starts", startsText(made)),
    ...labelled("residuals", residualsText(made)),
    ...bootstrapLines(made),
    ...labelled("rows", rowsText(made)),
    ...spans.flatMap((text, i) => labelled(i === 0 ? "range" : "", text)),
    ...(warnings.length > 0 ? [""] : []),
    ...warnings.flatMap((warning) => warned(warning.message, paint)),
    ...verdictLines(made, paint),
  ];
}

/** What a careful reviewer would say, last, where the eye rests; fits from before it was said have none. */
function verdictLines({ verdict }: Fit, { green, yellow, red }: Paint): string[] {
  if (!verdict) return [];
  const colour = { sound: green, caution: yellow, "do-not-use": red }[verdict.grade];
  return ["", ...wrap(verdict.sentence).map(colour)];
}

/** The command to type next: a plan for ten times the largest budget in the data. */
export function nextText({ range }: Pick<Fit, "range">, file: string | undefined, isoflop: string): string {
  const flops = range.flops ? formatFlops(10 * range.flops[1], 1) : "1e22";
  return file === undefined
    ? `Next: keep it with -o fit.json, then ${isoflop} plan fit.json --flops ${flops}`
    : `Next: ${isoflop} plan ${file} --flops ${flops}`;
}

/** A row for each parameter; columns that would be empty are left out. */
function parameterLines({ law, parameters }: Fit, { bold, dim }: Paint): string[] {
  const level = Object.values(parameters).find(({ interval }) => interval !== null)?.interval?.level;
  const rows = Object.entries(parameters).map(([name, { value, se, interval, fixed }]) => ({
    name,
    value: bold(formatNumber(value, 5)),
    se: fixed ? "fixed" : se === null ? "–" : `± ${formatNumber(se, 2)}`,
    interval: interval === null ? "" : `${formatNumber(interval.low, 4)} … ${formatNumber(interval.high, 4)}`,
    meaning: meaningOf(law, name),
  }));
  const heads = {
    name: "",
    value: "value",
    se: "± se",
    interval: level === undefined ? "" : `${formatNumber(100 * level, 3)} % interval`,
    meaning: "meaning",
  };
  const shown = (Object.keys(heads) as (keyof typeof heads)[]).filter((key) =>
    rows.some((row) => row[key] !== ""),
  );
  return columns([shown.map((key) => dim(heads[key])), ...rows.map((row) => shown.map((key) => row[key]))], {
    align: ["left", "right"],
  });
}

function meaningOf(law: Law, name: string): string {
  const { meaning, unit } = law.parameters[name];
  return unit === undefined ? meaning : `${meaning}, ${unit}`;
}

function exponentLines({ exponents }: Fit, { bold }: Paint): string[] {
  if (!exponents) return [];
  const { a, b, interval } = exponents;
  const values = `a = ${bold(a.toFixed(3))}, b = ${bold(b.toFixed(3))}`;
  const between =
    interval &&
    `a between ${interval.low.toFixed(3)} and ${interval.high.toFixed(3)} (${formatNumber(100 * interval.level, 3)} %)`;
  return [
    ...labelled("optimum", `N* ∝ C^a, D* ∝ C^b with ${values}`),
    ...(between ? labelled("", between) : []),
  ];
}

function objectiveText({ objective: { name, delta, reduction, value } }: Fit): string {
  const turn = delta === null ? "" : `, δ = ${formatNumber(delta)}`;
  return `${name}${turn}, ${reduction} over rows: ${value === null ? "–" : formatNumber(value, 9)}`;
}

function startsText({ starts: { agree, total, basins } }: Fit): string {
  const said = `${agree} of ${total} starts reached the best`;
  if (basins.length < 2) return said;
  const [best, next] = basins;
  const others = basins.length - 1;
  const ratio = next.value / best.value;
  const height =
    ratio < 2 ? `${formatNumber(100 * (ratio - 1), 2)} % higher` : `${formatNumber(ratio, 2)} times as high`;
  return `${said}; the others ended in ${others} other ${others === 1 ? "place" : "places"}, ${others === 1 ? "" : "the next "}${height}`;
}

function residualsText({ residuals: { rms, largest, r2 }, objective: { scale } }: Fit): string {
  return `rms ${formatNumber(rms, 3)}, largest ${formatNumber(largest, 3)} on the ${scale} scale; R² ${formatNumber(r2, 4)}`;
}

function bootstrapLines({ bootstrap }: Fit): string[] {
  if (!bootstrap) return [];
  const { draws, failed, method, seed, clusters, noise, minima = 1, interval } = bootstrap;
  const how = [
    method,
    ...(clusters ? [`${clusters.count} clusters by ${clusters.by}`] : []),
    ...(noise ? [`noise ${formatNumber(noise.deviation, 2)} from ${noise.degrees} repeated runs`] : []),
    ...(minima > 1 ? [`from ${minima} minima each`] : []),
    ...(interval === "bca" ? ["BCa"] : []),
  ];
  const lost = failed > 0 ? `; ${failed} more did not converge and were left out` : "";
  return labelled("bootstrap", `${draws.length} draws (${how.join(", ")}), seed ${seed}${lost}`);
}

function rowsText({ rows, data, law, conventions }: Fit): string {
  const counting = "params" in law.inputs ? `; ${conventionText(conventions.params)}` : "";
  return `${formatGrouped(rows)} of ${data.origin}${counting}`;
}

function sourceOf({ source, title, name }: Law): string {
  if (source.year === 0) return title === name ? "" : title;
  return `${source.authors} ${source.year}, ${source.where}`;
}

/** The left side: L(N, D). */
function letterOf({ output, inputs }: Law): string {
  const letters = Object.values(inputs);
  const label = familyLabels(letters);
  return `${output === "loss" ? "L" : output}(${letters.flatMap((name) => label(name) ?? []).join(", ")})`;
}

/** Of names that count up (lrDrop1, lrDrop2 … lrDrop8) only the first, as "lrDrop1…8"; null for the rest. */
function familyLabels(names: readonly string[]): (name: string) => string | null {
  const parts = (name: string): [string, number] | null => {
    const found = /^(.*?)(\d+)$/.exec(name);
    return found ? [found[1], Number(found[2])] : null;
  };
  const last = new Map<string, number>();
  for (const name of names) {
    const part = parts(name);
    if (part) last.set(part[0], Math.max(part[1], last.get(part[0]) ?? 0));
  }
  return (name) => {
    const part = parts(name);
    const count = part ? last.get(part[0])! : 0;
    if (!part || count < 4) return name;
    return part[1] === 1 ? `${name}…${count}` : null;
  };
}
