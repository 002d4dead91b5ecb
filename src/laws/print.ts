import { quantities } from "../models/index.ts";
import { formulaLatex, formulaPython, nameLatex, pythonName } from "../numeric/index.ts";
import { formulaOf, type Law } from "./law.ts";
import { quantityInfo } from "./span.ts";

/**
 * A law as LaTeX: `L(N, D) = E + \frac{A}{N^{\alpha}} + …`, the steps of its formula first.
 *
 * @example lawLatex(kaplanN) // "L(N) = \\left(\\frac{N_{c}}{N}\\right)^{\\alpha_{N}}"
 */
export function lawLatex(law: Law): string {
  const symbol = Object.hasOwn(quantities, law.output)
    ? quantities[law.output as keyof typeof quantities].symbol
    : law.output;
  const letters = letterGroups(law).map(({ letters: [first, ...rest] }) =>
    rest.length > 2
      ? nameLatex(first).replace(/1\}$/, `1 \\dots ${rest.length + 1}}`)
      : [first, ...rest].map(nameLatex).join(", "),
  );
  return formulaLatex(formulaOf(law), { left: `${nameLatex(symbol)}(${letters.join(", ")})` });
}

/**
 * A law as a Python function of its inputs' letters and its parameters, which needs only `math`.
 *
 * @param values become the defaults of the parameters
 * @example lawPython(chinchilla, chinchilla.sets["besiroglu2024-refit"].parameters)
 */
export function lawPython(law: Law, values: Readonly<Record<string, number>> = {}): string {
  const names = Object.keys(law.parameters);
  // Python wants the arguments that have a default last
  const given = names.filter((name) => values[name] !== undefined);
  const rest = names.filter((name) => values[name] === undefined);
  return formulaPython(
    formulaOf(law),
    law.name,
    [...Object.values(law.inputs), ...rest, ...given.map((name) => [name, values[name]!] as const)],
    { note: docstring(law) },
  );
}

function docstring(law: Law): string {
  const { authors, year, title, where, url } = law.source;
  const unit = quantityInfo(law.output)?.unit;
  const cited = [`${authors} ${year}`, title, where].filter((part) => part !== "").join(", ");
  const parameters = Object.entries(law.parameters).map(([name, { meaning, unit }]): [string, string] => [
    pythonName(name),
    `${meaning}${unitText(unit, "")}`.trim(),
  ]);
  return [
    ...wrapped(`${law.title}.`, ""),
    "",
    "Args:",
    ...[...inputRows(law), ...parameters].flatMap(([name, text]) =>
      wrapped(text === "" ? name : `${name}: ${text}`, "    "),
    ),
    "",
    ...wrapped(`Returns the ${law.output}${unitText(unit, law.output)}.`, ""),
    "",
    ...wrapped(`${cited}.${url === "" ? "" : ` ${url}`}`, ""),
  ].join("\n");
}

/** What each input is; more than three numbered ones (d_1 … d_8) on one line. */
function inputRows(law: Law): [names: string, text: string][] {
  return letterGroups(law).map(({ letters, quantity }) => {
    const names = letters.map(pythonName);
    const unit = quantityInfo(letters.length > 1 ? `${quantity}1` : quantity)?.unit;
    return [
      names.length > 3 ? `${names[0]} … ${names.at(-1)}` : names.join(", "),
      `${quantity}${letters.length > 1 ? " 1, 2, …" : ""}${unitText(unit, quantity)}`,
    ];
  });
}

function unitText(unit: string | undefined, said: string): string {
  return unit === undefined || unit === said ? "" : ` (${unit})`;
}

/** The inputs' letters, those that are numbered from 1 on together: d_1 … d_8 have the stem `d_`. */
function letterGroups(law: Law): { stem: string; quantity: string; letters: string[] }[] {
  const groups: { stem: string; quantity: string; letters: string[] }[] = [];
  for (const [quantity, letter] of Object.entries(law.inputs)) {
    const [, stem = "", number = ""] = /^(.*_)(\d+)$/.exec(letter) ?? [];
    const numbered = number !== "" && quantity.endsWith(number);
    const group = groups.find((other) => numbered && other.stem === stem);
    if (group && Number(number) === group.letters.length + 1) group.letters.push(letter);
    else if (numbered && number === "1")
      groups.push({ stem, quantity: quantity.slice(0, -1), letters: [letter] });
    else groups.push({ stem: "", quantity, letters: [letter] });
  }
  return groups.map((group) =>
    group.letters.length === 1 && group.stem !== ""
      ? { stem: "", quantity: `${group.quantity}1`, letters: group.letters }
      : group,
  );
}

/** A paragraph in lines that a docstring has room for; continued lines stand four further in. */
function wrapped(text: string, indent: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= 80)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push((lines.length > 0 && indent !== "" ? `${indent}    ` : indent) + word);
  }
  return lines;
}
