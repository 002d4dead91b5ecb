import { seededRandom } from "../../../src/numeric/index.ts";

/** Documents of made-up sentences: enough order to learn, no file needed. */
export function exampleDocuments(count = 40, sentences = 30): string[] {
  const random = seededRandom(1);
  const pick = (words: readonly string[]): string => words[random.integer(words.length)];
  const sentence = (): string =>
    `${pick(["The", "A", "One", "Every"])} ${pick(["old", "small", "green", "quick"])} ${pick(["law", "model", "river", "house", "curve"])} ${pick(["falls", "holds", "grows", "bends"])} ${pick(["slowly", "at once", "by half", "again"])}.`;
  return Array.from({ length: count }, () => Array.from({ length: sentences }, sentence).join(" "));
}
