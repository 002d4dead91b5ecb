import { parseNumber } from "../numeric/index.ts";
import type { Fail } from "./amounts.ts";

/** A number as `parseNumber` reads it; the suffix must end there, so that the B of "8 B200" is none. */
export const numberPattern: string =
  "(?:\\d+\\s*\\^\\s*\\d+|(?:\\d[\\d,_]*(?:\\.\\d*)?|\\.\\d+)(?:\\s*[x×*]\\s*10\\s*\\^\\s*[+-]?\\d+|e[+-]?\\d+)?" +
  "(?:\\s?(?:K|M|B|T|thousand|million|billion|trillion)(?![A-Za-z0-9]))?)";

/** What is still to be read of somebody's words. */
export interface Words {
  /** Takes the first match of a pattern out of the words; what stood before and behind stays. */
  readonly take: (pattern: string) => RegExpExecArray | null;
  /** Rewrites what is left. */
  readonly rewrite: (pattern: RegExp, by: string) => void;
  readonly left: () => string;
  /** A number above zero. */
  readonly amount: (words: string) => number;
  readonly fail: Fail;
}

export function openWords(text: string, fail: Fail): Words {
  let rest = ` ${text.replace(/\s+/g, " ").trim()} `;
  return {
    take(pattern) {
      const match = new RegExp(pattern, "i").exec(rest);
      if (match) {
        const left = `${rest.slice(0, match.index)} ${rest.slice(match.index + match[0].length)}`;
        rest = left.replace(/ +/g, " ");
      }
      return match;
    },
    rewrite(pattern, by) {
      rest = rest.replace(pattern, by).replace(/ +/g, " ");
    },
    left: () => rest.trim(),
    amount(words) {
      const value = parseNumber(words);
      if (!(value > 0)) throw fail(`expected an amount above 0, got "${words.trim()}"`);
      return value;
    },
    fail,
  };
}
