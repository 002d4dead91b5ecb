import { didYouMean, parseNumber } from "../numeric/index.ts";

/** Reads an option's number as people write it, above `above`; the message names the option. */
export function numberOption(option: string, { above }: { above?: number } = {}): (text: string) => number {
  return (text) => {
    const value = readNumber(option, text);
    if (above !== undefined && !(value > above))
      throw new Error(`${option}: expected a number above ${above}, got "${text}"`);
    return value;
  };
}

export function wholeOption(
  option: string,
  { least = 0 }: { least?: number } = {},
): (text: string) => number {
  return (text) => {
    const value = readNumber(option, text);
    if (!Number.isSafeInteger(value) || value < least)
      throw new Error(`${option}: expected a whole number of at least ${least}, got "${text}"`);
    return value;
  };
}

/** A number strictly between 0 and 1, such as a confidence level: 0.9, or 90%. */
export function shareOption(option: string): (text: string) => number {
  return (text) => {
    const value = text.endsWith("%") ? readNumber(option, text.slice(0, -1)) / 100 : readNumber(option, text);
    if (!(value > 0 && value < 1))
      throw new Error(`${option}: expected a number between 0 and 1, such as 0.9, got "${text}"`);
    return value;
  };
}

/** One of a few words. */
export function wordOption<Word extends string>(
  option: string,
  words: readonly Word[],
): (text: string) => Word {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    const near = didYouMean(text, words);
    throw new Error(
      `${option}: unknown "${text}"; ${near === null ? `expected ${words.join(", ")}` : `did you mean "${near}"?`}`,
    );
  };
}

/** A list of numbers: "1e17,3e17,1e18". */
export function numbersOption(
  option: string,
  { above }: { above?: number } = {},
): (text: string) => number[] {
  const read = numberOption(option, { above });
  return (text) =>
    text
      .split(/[,\s]+/)
      .filter((part) => part !== "")
      .map(read);
}

function readNumber(option: string, text: string): number {
  try {
    return parseNumber(text);
  } catch (error) {
    throw new Error(`${option}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What a list option such as --map swallowed: its pairs, and the words that were none (the file behind them). */
export interface Pairs {
  readonly pairs: Readonly<Record<string, string>>;
  readonly strays: readonly string[];
}

/**
 * Pairs from `--map params=N tokens=D` or `--map params=N,tokens=D`. A list option also swallows what stands behind it,
 * so words without "=" are handed back as the arguments that they are.
 *
 * @example readPairs("--map", ["params=N", "runs.csv"]) // { pairs: { params: "N" }, strays: ["runs.csv"] }
 */
export function readPairs(option: string, words: readonly string[] = []): Pairs {
  const pairs: Record<string, string> = {};
  const strays: string[] = [];
  for (const word of words.flatMap((word) => word.split(/,(?=[A-Za-z_][\w.]*=)/))) {
    const at = word.indexOf("=");
    if (at < 0) {
      strays.push(word);
      continue;
    }
    const [name, value] = [word.slice(0, at).trim(), word.slice(at + 1).trim()];
    if (name === "" || value === "") throw new Error(`${option}: expected name=value, got "${word}"`);
    if (Object.hasOwn(pairs, name)) throw new Error(`${option}: ${name} is given twice`);
    pairs[name] = value;
  }
  return { pairs, strays };
}

/** Pairs whose values are numbers: `--fix A=406.4`, `--at uniqueTokens=100B`. */
export function numberPairs(option: string, pairs: Readonly<Record<string, string>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(pairs).map(([name, text]) => [name, readNumber(`${option} ${name}`, text)]),
  );
}
