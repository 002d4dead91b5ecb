import {
  findSet,
  type Law,
  type LawKind,
  lawJson,
  lawLatex,
  lawPython,
  laws,
  searchLaws,
} from "../../laws/index.ts";
import { formatNumber } from "../../numeric/index.ts";
import { openAnswer, type Paint } from "../answer.ts";
import { invocation } from "../invocation.ts";
import { namedLaw } from "../law.ts";
import { conventionText, spanText, valueText } from "../quantity-text.ts";
import { columns, rowsInColumns, wrap } from "../text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop laws: the list, or one law in full. */
export function lawsVerb(world: World): RunnableVerb {
  return verb(
    world,
    "laws",
    "The laws we know; with a name or a file, that law in full: formula, parameters, published coefficients, source.",
    [
      "laws",
      "laws chinchilla",
      "laws chinchilla --python --source besiroglu2024-refit",
      'laws --search "learning rate"',
      "laws --search kaplan --json",
      "laws ./mine.json",
    ],
  )
    .argument("[name|file]", "a law's name, or a .json or .ts file with one")
    .option("--search <words...>", "only laws that mention all of these words: hoffmann 2022")
    .option("--latex", "print the law as LaTeX")
    .option("--python", "print the law as a Python function")
    .option("--source <key>", "with --python: these published coefficients as defaults")
    .action(async (name, options) => {
      const answer = openAnswer(world, options);
      if (name === undefined) {
        const alone = (["latex", "python", "source"] as const).find(
          (option) => options[option] !== undefined,
        );
        if (alone !== undefined)
          throw new Error(`--${alone} needs the name of a law, such as isoflop laws chinchilla --${alone}`);
        const found = options.search === undefined ? laws : searchLaws(options.search.join(" "));
        answer.give(found.map(lawJson), () => listLines(found, answer.paint));
        if (!answer.json) answer.remark(`\nOne in full: ${invocation(world)} laws NAME`);
        return;
      }
      if (options.search !== undefined) throw new Error(`--search looks through the list: leave out ${name}`);
      const law = await namedLaw(world, name);
      if (options.latex && options.python)
        throw new Error("both --latex and --python are given; give one of them");
      if (options.source !== undefined && !options.python)
        throw new Error("--source goes with --python; without it every set is shown");
      if (options.latex || options.python) {
        if (options.json)
          throw new Error(
            `--json and --${options.latex ? "latex" : "python"} exclude each other; give one of them`,
          );
        answer.text(
          options.latex
            ? lawLatex(law)
            : lawPython(law, options.source === undefined ? {} : findSet(law, options.source).parameters),
        );
        return;
      }
      answer.give(lawJson(law), () => lawLines(law, answer.paint));
    });
}

/** Inputs and output in one cell; of many inputs the first: a law of a whole schedule has dozens. */
function mapping({ inputs, output }: Law): string {
  const all = Object.keys(inputs);
  const shown = all.length <= 4 ? all : [...all.slice(0, 3), `… ${all.length - 3} more`];
  return `${shown.join(", ")} → ${output}`;
}

const kinds: Readonly<Record<LawKind, string>> = {
  loss: "Loss laws",
  task: "Task laws",
  sampling: "Sampling laws",
  recipe: "Recipe laws",
};

function listLines(found: readonly Law[], { bold }: Paint): string[] {
  const row = (law: Law): string[] => [
    law.name,
    law.source.year === 0
      ? ""
      : `${law.source.authors.replace(/( et al|,| and ).*$/, "")} ${law.source.year}`,
    mapping(law),
  ];
  // one table for all, so that the columns stand under each other, then the headings between
  const ordered = (Object.keys(kinds) as LawKind[]).map((kind) => found.filter((law) => law.kind === kind));
  const blocks = rowsInColumns(ordered.flat().map(row));
  return ordered
    .flatMap((group) =>
      group.length === 0 ? [] : ["", bold(kinds[group[0].kind]), ...blocks.splice(0, group.length).flat()],
    )
    .slice(1);
}

function lawLines(law: Law, { bold, dim, yellow }: Paint): string[] {
  const { source } = law;
  const inputs = Object.entries(law.inputs).map(([quantity, letter]) => `${letter} = ${quantity}`);
  const parameters = Object.entries(law.parameters).map(([name, { meaning, unit, in: domain }]) => [
    name,
    typeof domain === "string" ? domain : `${domain[0]} … ${domain[1]}`,
    unit === undefined ? meaning : `${meaning}, ${unit}`,
  ]);
  const cited = [`${source.authors} ${source.year}, “${source.title}”, ${source.where}`, source.url].filter(
    (text) => text !== "",
  );
  return [
    bold(law.name),
    ...(law.title === law.name ? [] : wrap(law.title)),
    "",
    ...wrap(`${law.output} = ${law.formula}`, { first: "  ", rest: "    " }),
    ...wrap(`with ${inputs.join(", ")}`, { first: "  ", rest: "       " }),
    ...(law.unit === undefined ? [] : wrap(`${law.output}: ${law.unit}`, { first: "  ", rest: "       " })),
    ...section("Parameters", columns(parameters)),
    ...section(
      "Published coefficients",
      Object.keys(law.sets).flatMap((key) => setLines(law, key, bold, dim)),
    ),
    ...section(
      "It reproduces",
      law.published.flatMap((value) => publishedLines(law, value)),
    ),
    ...section("Notes", [
      ...warningsOf(law).flatMap((text) => wrap(text, { first: `  ${yellow("!")} `, rest: "    " })),
      ...law.notes.flatMap((text) => wrap(text, { first: "  - ", rest: "    " })),
    ]),
    ...(law.unverified === undefined
      ? []
      : section("Unverified", wrap(law.unverified, { first: `  ${yellow("!")} `, rest: "    " }))),
    ...(source.year === 0
      ? []
      : section(
          "Source",
          cited.flatMap((text) => wrap(text, { first: "  ", rest: "    " })),
        )),
  ];

  function section(title: string, lines: readonly string[]): string[] {
    return lines.length === 0 ? [] : ["", bold(title), ...lines];
  }
}

function warningsOf({ caution, noBudget }: Law): string[] {
  return [
    ...(caution === undefined ? [] : [caution]),
    ...(noBudget === undefined ? [] : [`A budget of 6·N·D means nothing to it: ${noBudget}`]),
  ];
}

function setLines(
  law: Law,
  key: string,
  bold: (text: string) => string,
  dim: (text: string) => string,
): string[] {
  const { parameters, from, params, range, note, caution, flopsPerToken } = law.sets[key];
  const values = Object.keys(law.parameters).map((name) => `${name} ${formatNumber(parameters[name], 6)}`);
  const spans = Object.entries(range ?? {}).map(
    ([quantity, span]) => `${quantity} ${spanText(quantity, span)}`,
  );
  const remarks = [
    from,
    ...(params === undefined ? [] : [conventionText(params)]),
    ...(spans.length > 0 ? [`data: ${spans.join(", ")}`] : []),
    ...(flopsPerToken === undefined ? [] : [`a token costs ${flopsPerToken} FLOPs`]),
    ...(note === undefined ? [] : [note]),
    ...(caution === undefined ? [] : [caution]),
  ];
  return [
    `  ${bold(key)}`,
    ...wrap(values.join(", "), { first: "    " }),
    ...remarks.flatMap((text) => wrap(text, { first: "    ", rest: "      " })).map(dim),
  ];
}

function publishedLines(law: Law, { set, at, gives, within, where }: Law["published"][number]): string[] {
  const point = Object.entries(at).map(([quantity, value]) => `${quantity} ${valueText(quantity, value)}`);
  const share = within < 1e-4 ? `${formatNumber(100 * within, 1)}` : formatNumber(100 * within, 2);
  return [
    ...wrap(
      `${point.join(", ")} → ${law.output} ${valueText(law.output, gives)} within ${share} % (${set})`,
      { first: "  ", rest: "    " },
    ),
    ...wrap(where, { first: "    ", rest: "    " }),
  ];
}
