import { didYouMean } from "../numeric/index.ts";
import type { Law } from "./law.ts";
import { laws } from "./registry.ts";
import { quantityInfo } from "./span.ts";

/**
 * The laws of which every word is said somewhere: in name, title, authors, year, what letters and quantities mean, notes,
 * published coefficients and where they come from.
 *
 * A word also finds what it begins (`anneal`), its plural or singular, and letters without their accents; capitals and
 * American spelling make no difference.
 *
 * @throws when no law has all of them, with the word that was perhaps meant
 * @example searchLaws("hoffmann 2022").map(({ name }) => name) // ["chinchilla", …]
 */
export function searchLaws(text: string): readonly Law[] {
  const words = [...new Set(wordsOf(text, false))];
  if (words.length === 0)
    throw new Error(`cannot search for "${text}": expected a word, such as chinchilla or "learning rate"`);
  const vocabularies = laws.map(vocabularyOf);
  const found = laws.filter((_, i) => words.every((word) => isSaid(word, vocabularies[i]!)));
  if (found.length > 0) return found;
  const unknown = words.filter((word) => !vocabularies.some((said) => isSaid(word, said)));
  if (unknown.length === 0)
    throw new Error(
      `no law mentions all of ${words.map((word) => `"${word}"`).join(", ")}; search for fewer of them`,
    );
  const known = laws.flatMap((law) => wordsOf(`${law.name} ${law.title} ${law.source.authors}`));
  const near = didYouMean(unknown[0]!, [...new Set(known)]);
  throw new Error(`no law mentions "${unknown[0]}"${near === null ? "" : `; did you mean "${near}"?`}`);
}

/** All words that are said of a law. */
function vocabularyOf(law: Law): ReadonlySet<string> {
  const { name, title, kind, inputs, output, parameters, source, sets, notes, caution, unverified } = law;
  const text = [
    name,
    title,
    kind,
    ...[...Object.keys(inputs), output].flatMap((quantity) => [
      quantity,
      quantityInfo(quantity)?.meaning ?? "",
    ]),
    ...Object.entries(parameters).flatMap(([letter, { meaning }]) => [letter, meaning]),
    ...Object.values(source),
    ...Object.entries(sets).flatMap(([key, { from, note = "" }]) => [key, from, note]),
    ...notes,
    caution ?? "",
    unverified ?? "",
  ];
  return new Set(wordsOf(text.join("\n")).map(british));
}

/** Words in small letters without accents; `learningRate` and `besiroglu2024` are also the words that they join, unless asked for. */
function wordsOf(text: string, apart = true): string[] {
  const plain = text.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  return plain.split(/[^\p{L}\p{N}]+/u).flatMap((whole) => {
    const parts = whole.split(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{L})(?=\p{N}{4}$)/u);
    return (parts.length > 1 && apart ? [whole, ...parts] : [whole])
      .filter((word) => word !== "")
      .map((word) => word.toLowerCase());
  });
}

/** As these laws are written: quantised, normalisation. */
function british(word: string): string {
  return word.replace(/iz(?=[aei])/, "is");
}

/** Whether a word, its stem or its beginning is among others; one or two letters have to be a whole word. */
function isSaid(asked: string, vocabulary: ReadonlySet<string>): boolean {
  const word = british(asked);
  if (vocabulary.has(word)) return true;
  if (word.length < 3) return false;
  const stems = word.length < 4 ? [word] : stemsOf(word);
  for (const said of vocabulary) if (stems.some((stem) => said.startsWith(stem))) return true;
  return false;
}

/** A word, and what it would begin without its ending: losses, loss; policy, policies; quantisation, quantis(ed). */
function stemsOf(word: string): string[] {
  const [, verb] = /^(.{5,}?)(?:ations?|ings?|ed)$/.exec(word) ?? [];
  if (verb !== undefined) return [word, verb];
  if (word.endsWith("ies")) return [word, `${word.slice(0, -3)}y`];
  if (word.endsWith("y")) return [word, `${word.slice(0, -1)}ies`];
  if (/(?:s|x|z|ch|sh)es$/.test(word)) return [word, word.slice(0, -2)];
  return /[^s]s$/.test(word) ? [word, word.slice(0, -1)] : [word];
}
