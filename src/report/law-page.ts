import { asWritten, formatIn, lawShape, terminalFigure } from "../figures/index.ts";
import {
  type CoefficientSet,
  inputMiddle,
  type Law,
  type LawKind,
  type LawParameter,
  lawFunction,
  lawLatex,
  middleStarts,
  outputUnit,
  quantityInfo,
} from "../laws/index.ts";
import { block, code, prose, section, table } from "./markdown.ts";

/**
 * A law's page, in Markdown, from its declaration alone.
 *
 * Formula, picture, parameters, published coefficients, the numbers it reproduces beside what it gives, when not to use
 * it, its source, and commands that run.
 *
 * @example lawPage(chinchilla) // "# chinchilla\n\nChinchilla: floor plus …"
 */
export function lawPage(law: Law): string {
  const { source } = law;
  const cited = `${prose(source.authors)} ${source.year}, [${prose(source.title)}](${source.url}), ${prose(source.where)}`;
  return `${[
    `# ${law.name}`,
    `${prose(law.title)}.`,
    block("text", formulaLines(law)),
    block("math", [lawLatex(law)]),
    inputTable(law),
    ...section("Shape", [
      shapeNote(law),
      block("text", terminalFigure(lawShape(law), { width: 84, height: 14 })),
    ]),
    ...section("Parameters", [
      table(
        ["parameter", "meaning", "unit", "domain", "a fit starts from"],
        Object.entries(law.parameters).map(([name, parameter]) => parameterRow(name, parameter)),
      ),
    ]),
    ...section(
      "Published coefficients",
      Object.entries(law.sets).map(([key, set]) => setText(law, key, set)),
    ),
    ...section("Not verified", [law.unverified === undefined ? null : sentence(prose(law.unverified))]),
    ...section("It reproduces", [publishedTable(law)]),
    ...section("When not to use it, and what differs", [
      law.caution === undefined ? null : `**${sentence(prose(law.caution))}**`,
      law.noBudget === undefined
        ? null
        : sentence(`A budget of 6·N·D means nothing to it: ${prose(law.noBudget)}`),
      law.notes.map((note) => `- ${prose(note)}`).join("\n"),
    ]),
    ...section("Source", [`${cited}.`]),
    ...section("Try it", tryIt(law)),
    "Made from the law's declaration by `npm run docs`; do not edit.",
  ].join("\n\n")}\n`;
}

/** The list of laws, by kind, each with a link to its page. */
export function lawIndexPage(laws: readonly Law[]): string {
  const groups = (Object.keys(kinds) as LawKind[]).flatMap((kind) => {
    const own = laws.filter((law) => law.kind === kind);
    const row = (law: Law): string[] => [
      `[${law.name}](${law.name}.md)`,
      prose(law.title),
      `${inputsText(law)} → ${law.output}`,
      `${prose(law.source.authors)} ${law.source.year}`,
    ];
    return section(kinds[kind], own.length === 0 ? [] : [table(["law", "", "", "source"], own.map(row))]);
  });
  return `${[
    "# The book of laws",
    `${laws.length} laws, each a page made from its own declaration.`,
    block("sh", [
      "npx isoflop laws",
      "npx isoflop laws --search batch",
      "npx isoflop laws chinchilla --latex",
      "npx isoflop laws chinchilla --python --source besiroglu2024-refit",
      "npx isoflop predict --law chinchilla --source besiroglu2024-refit --params 70B --tokens 1.4T",
      "npx isoflop predict --law chinchilla --source besiroglu2024-refit --solve params --target 2.0 --at tokens=1T",
    ]),
    ...groups,
    "Made by `npm run docs`; do not edit.",
  ].join("\n\n")}\n`;
}

const kinds: Readonly<Record<LawKind, string>> = {
  loss: "Loss laws",
  task: "Task laws",
  sampling: "Sampling laws",
  recipe: "Recipe laws",
};

function inputsText(law: Law): string {
  const names = Object.keys(law.inputs);
  return names.length > 6 ? `${names.slice(0, 4).join(", ")} and ${names.length - 4} more` : names.join(", ");
}

/** A line a step, the result last. */
function formulaLines(law: Law): string[] {
  const steps = law.formula.split(/[;\n]/).map((text) => text.trim());
  return steps
    .filter((text) => text !== "")
    .map((text, i, all) => (i < all.length - 1 ? text : `${law.output} = ${text}`));
}

function inputTable(law: Law): string {
  const row = (letter: string, quantity: string): string[] => {
    const info = quantityInfo(quantity);
    return [letter, code(quantity), prose(info?.meaning ?? ""), prose(info?.unit ?? "")];
  };
  // a unit of the law's own: what the catalogue says of the quantity need not hold of it
  const result =
    law.unit === undefined ? row("result", law.output) : ["result", code(law.output), "", prose(law.unit)];
  return table(
    ["letter", "quantity", "meaning", "unit"],
    [...Object.entries(law.inputs).map(([quantity, letter]) => row(code(letter), quantity)), result],
  );
}

function shapeNote(law: Law): string {
  const [key] = Object.keys(law.sets);
  const held =
    Object.keys(law.inputs).length > 2
      ? "; the inputs that it doesn't name are at the middle of their span"
      : "";
  return key === undefined
    ? `At the middle of its parameters' starts: nobody's coefficients, and fitted to nothing${held}.`
    : `With the coefficients ${code(key)}${held}.`;
}

function parameterRow(name: string, { meaning, unit, in: domain, start }: LawParameter): string[] {
  return [
    code(name),
    prose(meaning),
    prose(unit ?? ""),
    typeof domain === "string" ? domain : `${number(domain[0])} … ${number(domain[1])}`,
    start.map((value) => number(value)).join(", "),
  ];
}

function setText(law: Law, key: string, set: CoefficientSet): string {
  const { parameters, from, params, range, note, caution, flopsPerToken } = set;
  const values = Object.keys(law.parameters).map((name) => `${name} = ${number(parameters[name], 7)}`);
  const spans = Object.entries(range ?? {}).map(
    ([quantity, [low, high]]) => `${quantity} ${text(quantity, low)} … ${text(quantity, high)}`,
  );
  const remarks = [
    `from ${prose(from)}`,
    ...(params === undefined ? [] : [conventions[params]]),
    spans.length > 0
      ? `data: ${spans.slice(0, 6).join(", ")}${spans.length > 6 ? ", …" : ""}`
      : "the range of the data is not known",
    ...(flopsPerToken === undefined ? [] : [`a token costs ${code(flopsPerToken)} FLOPs`]),
    ...(note === undefined ? [] : [sentence(prose(note))]),
    ...(caution === undefined ? [] : [`**${sentence(prose(caution))}**`]),
  ];
  return [
    `### ${key}`,
    block("text", wrapped(values, ", ")),
    remarks.map((remark) => `- ${remark}`).join("\n"),
  ].join("\n\n");
}

const conventions: Readonly<Record<NonNullable<CoefficientSet["params"]>, string>> = {
  total: "N counts all parameters",
  nonEmbedding: "N counts non-embedding parameters",
  active: "N counts the parameters that are active for a token",
  unstated: "which parameters N counts is unstated",
};

function publishedTable(law: Law): string | null {
  if (law.published.length === 0) return null;
  const rows = law.published.map(({ set, at, gives, within, where }) => {
    const ours = lawFunction(law, law.sets[set].parameters)(at);
    const point = Object.entries(at).map(([quantity, value]) => `${quantity} ${text(quantity, value, 7)}`);
    return [
      point.length > 6 ? `${point.slice(0, 4).join(", ")}, …` : point.join(", "),
      number(gives, 8),
      number(ours, 8),
      `${number(100 * within, 2)} %`,
      code(set),
      prose(where),
    ];
  });
  return table(["at", `${law.output}, published`, "here", "may differ by", "set", "where"], rows);
}

/**
 * Commands that run, and what the last of them prints: the law in full, and its value in the middle of its inputs, with
 * published coefficients or, where there are none, with its starts.
 */
function tryIt(law: Law): string[] {
  const [[key, set] = [null, null]] = Object.entries(law.sets);
  const point = Object.keys(law.inputs).map(
    (quantity) => [quantity, inputMiddle(law, quantity, set)] as const,
  );
  const at = point.map(([quantity, value]) => `${quantity}=${text(quantity, value)}`);
  const starts = Object.entries(middleStarts(law)).map((pair) => pair.join("="));
  const words = [
    `npx isoflop predict --law ${law.name}`,
    ...(key === null ? option("--set", starts) : [`--source ${key}`]),
    ...option("--at", at),
  ];
  const unit = outputUnit(law);
  const value = lawFunction(
    law,
    set?.parameters ?? middleStarts(law),
  )(
    Object.fromEntries(
      point.map(([quantity, value]) => [quantity, asWritten(quantityInfo(quantity)?.unit ?? "", value)]),
    ),
  );
  return [
    ...(key === null && starts.length > 0
      ? ["The coefficients are the middles of its starts, not published values."]
      : []),
    block("sh", [`npx isoflop laws ${law.name}`, ...wrapped(words, " ", " \\", "  ")]),
    block("text", ["…", `  ${law.output} ${formatIn(unit, value)} ${unit}`.trimEnd(), "…"]),
  ];
}

/** An option of several words, the first of which stays beside it. */
function option(name: string, [first, ...others]: readonly string[]): string[] {
  return first === undefined ? [] : [`${name} ${first}`, ...others];
}

/** Words joined into lines of at most about a hundred characters. */
function wrapped(words: readonly string[], between: string, end = between.trimEnd(), indent = ""): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + between.length + word.length <= 96)
      lines[lines.length - 1] = last + between + word;
    else {
      if (last !== undefined) lines[lines.length - 1] = last + end;
      lines.push((lines.length > 0 ? indent : "") + word);
    }
  }
  return lines;
}

function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}

function text(quantity: string, value: number, digits = 3): string {
  return formatIn(quantityInfo(quantity)?.unit ?? "", value, digits);
}

function number(value: number, digits = 4): string {
  return formatIn("", value, digits);
}
