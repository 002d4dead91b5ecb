/** Text ↔ tokens. Tokens 0 … 255 are bytes; 0, which text does not hold, ends a document. */
export interface Tokenizer {
  readonly vocabulary: number;
  readonly encode: (text: string) => Uint16Array;
  /** How many bytes each token stands for. */
  readonly lengths: Uint8Array;
}

/** Every byte is a token. */
export function byteTokenizer(): Tokenizer {
  return {
    vocabulary: 256,
    encode: (text) => Uint16Array.from(bytesOf(text)),
    lengths: new Uint8Array(256).fill(1),
  };
}

/** Two tokens that were seen side by side most often become one: the pair of each new token, from 256 on. */
export type Merges = readonly (readonly [number, number])[];

// Words keep the space before them (Radford et al. 2019, GPT-2): a token never spans two words.
const words = / ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
const longest = 64; // bytes of a token: what is longer is no word

/**
 * Learns byte-pair merges (Sennrich, Haddow and Birch 2016, https://arxiv.org/abs/1508.07909, on bytes): the most
 * frequent pair of neighbours within words is merged, again and again; of equal ones the smallest.
 */
export function learnMerges(texts: readonly string[], vocabulary: number): Merges {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const [word] of text.matchAll(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const entries = [...counts].map(([word, count]) => ({ tokens: [...bytesOf(word)], count }));
  const lengths = new Uint8Array(vocabulary).fill(1);

  // a pair is one number, so that maps can hold it
  const pairs = new Map<number, { count: number; readonly places: Set<number> }>();
  const note = (place: number, sign: 1 | -1): void => {
    const { tokens, count } = entries[place];
    for (let i = 1; i < tokens.length; i++) {
      const key = tokens[i - 1] * 65536 + tokens[i];
      const pair = pairs.get(key) ?? { count: 0, places: new Set<number>() };
      pairs.set(key, pair);
      pair.count += sign * count;
      if (sign === 1) pair.places.add(place);
    }
  };
  for (const place of entries.keys()) note(place, 1);

  const merges: [number, number][] = [];
  for (let token = 256; token < vocabulary; token++) {
    let best = -1;
    let most = 1; // a pair seen once teaches nothing
    for (const [key, { count }] of pairs) {
      if (count < most || (count === most && (best === -1 || key > best))) continue;
      if (count === 1 || lengths[Math.floor(key / 65536)] + lengths[key % 65536] > longest) continue;
      best = key;
      most = count;
    }
    if (best === -1) break;
    const [left, right] = [Math.floor(best / 65536), best % 65536];
    merges.push([left, right]);
    lengths[token] = lengths[left] + lengths[right];
    for (const place of pairs.get(best)!.places) {
      note(place, -1);
      entries[place].tokens = merged(entries[place].tokens, left, right, token);
      note(place, 1);
    }
    pairs.delete(best);
  }
  return merges;
}

/** The tokenizer of learned merges. */
export function pairTokenizer(merges: Merges): Tokenizer {
  const ranks = new Map(merges.map(([left, right], i) => [left * 65536 + right, 256 + i]));
  const lengths = new Uint8Array(256 + merges.length).fill(1);
  for (const [i, [left, right]] of merges.entries()) lengths[256 + i] = lengths[left] + lengths[right];
  const known = new Map<string, readonly number[]>();
  const encodeWord = (word: string): readonly number[] => {
    let tokens = [...bytesOf(word)];
    for (;;) {
      let lowest = Number.POSITIVE_INFINITY;
      for (let i = 1; i < tokens.length; i++)
        lowest = Math.min(lowest, ranks.get(tokens[i - 1] * 65536 + tokens[i]) ?? lowest);
      if (lowest === Number.POSITIVE_INFINITY) return tokens;
      const [left, right] = merges[lowest - 256];
      tokens = merged(tokens, left, right, lowest);
    }
  };
  return {
    vocabulary: lengths.length,
    lengths,
    encode(text) {
      const tokens: number[] = [];
      for (const [word] of text.matchAll(words)) {
        const encoded = known.get(word) ?? encodeWord(word);
        known.set(word, encoded);
        for (const token of encoded) tokens.push(token);
      }
      return Uint16Array.from(tokens);
    },
  };
}

function merged(tokens: readonly number[], left: number, right: number, token: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const here = tokens[i] === left && tokens[i + 1] === right;
    result.push(here ? token : tokens[i]);
    if (here) i++;
  }
  return result;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text.replaceAll("\0", ""));
}
