import { didYouMean, parseNumber } from "../numeric/index.ts";
import type { FamilyShape, GridOptions, SweepOptions, SweepPlan } from "../plan/index.ts";
import { type JsonValue, type RunSpec, runSpecSchema } from "../runs/index.ts";
import type { SweepRecord } from "../sweep/index.ts";
import { type GptShapeOptions, gptShape, splitCommand } from "../train/index.ts";

// What stands in a sweep's file, read one field at a time; `at` is the field's name in errors: "ladder.yaml, seeds".

export type Fields = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function wrong(at: string, expected: string, got: unknown): Error {
  return new Error(`${at}: expected ${expected}, got ${JSON.stringify(got) ?? "nothing"}`);
}

export function fields(value: unknown, at: string): Fields {
  if (isObject(value)) return value;
  throw wrong(at, "an object", value);
}

/** Refuses a key that nobody would read: it was mistyped. */
export function checkKeys(value: Fields, known: readonly string[], at: string): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const near = didYouMean(unknown, known);
  const remedy = near === null ? `there are ${known.join(", ")}` : `did you mean "${near}"?`;
  throw new Error(`${at}: unknown key "${unknown}"; ${remedy}`);
}

/** A number above 0, as a number or as people write it. */
export function number(value: unknown, at: string): number {
  const read = typeof value === "string" ? parsed(value) : value;
  if (typeof read === "number" && read > 0 && Number.isFinite(read)) return read;
  throw wrong(at, "a number above 0, such as 1e17 or 70M", value);
}

export function whole(value: unknown, at: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
  throw wrong(at, "a whole number above 0", value);
}

export function seed(value: unknown, at: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw wrong(at, "a whole number", value);
}

/** A list; a single value counts as one of one. */
export function list<T>(value: unknown, at: string, item: (value: unknown, at: string) => T): T[] {
  const values = Array.isArray(value) ? (value as unknown[]) : [value];
  if (values.length === 0) throw wrong(at, "at least one value", value);
  return values.map((one) => item(one, at));
}

/** A trainer's name, or null where none is said. */
export function nameOf(value: unknown, at: string): string | null {
  if (value === null || (typeof value === "string" && value !== "")) return value;
  throw wrong(at, 'a name, or { command: "python train.py --out {out}" }', value);
}

/** A command: said as one, or known by its placeholder for where to write; null for anything else. */
export function commandOf(value: unknown, at: string, cwd: string): SweepRecord["command"] {
  if (isObject(value)) checkKeys(value, ["command"], at);
  else if (typeof value !== "string" || !/\{(spec|out|folder)\}/.test(value)) return null;
  const words = isObject(value) ? value.command : value;
  if (typeof words === "string") return { argv: splitCommand(words), cwd };
  if (Array.isArray(words) && words.length > 0 && words.every((word) => typeof word === "string"))
    return { argv: words, cwd };
  throw wrong(`${at}.command`, "a line or a list of words", words);
}

export function specsOf(value: unknown, at: string): readonly RunSpec[] {
  const read = runSpecSchema
    .array()
    .min(1)
    .safeParse(isObject(value) ? (value as unknown as SweepPlan).specs : value);
  if (read.success) return read.data;
  const [{ path, message }] = read.error.issues;
  throw new Error(`${at}: expected RunSpecs or a file of plan sweep -o; ${path.join(".")}: ${message}`);
}

/** `isoflop:` of a sweep's file. */
export function isoflopOptions(value: unknown, at: string): SweepOptions {
  const said = fields(value, at);
  checkKeys(said, ["budgets", "sizes", "tokensPerParam", "spread", "batchTokens", "learningRate"], at);
  const one = (key: string): number | undefined =>
    said[key] === undefined ? undefined : number(said[key], `${at}.${key}`);
  return {
    budgets: list(said.budgets, `${at}.budgets`, number),
    sizesPerBudget: one("sizes"),
    tokensPerParam: one("tokensPerParam"),
    spread: one("spread"),
    batchTokens: one("batchTokens"),
    learningRate: one("learningRate"),
  };
}

/** `grid:` of a sweep's file. */
export function gridOptions(value: unknown, at: string, trainer: string | null): GridOptions {
  const said = fields(value, at);
  checkKeys(
    said,
    ["params", "shapes", "tokens", "tokensPerParam", "flops", "batchTokens", "learningRate", "vary"],
    at,
  );
  const numbers = (key: string): number[] | undefined =>
    said[key] === undefined ? undefined : list(said[key], `${at}.${key}`, number);
  const vary = fields(said.vary ?? {}, `${at}.vary`);
  return {
    params: numbers("params"),
    shapes:
      said.shapes === undefined
        ? undefined
        : list(said.shapes, `${at}.shapes`, (one, where) => shapeOf(fields(one, where), trainer)),
    tokens: numbers("tokens"),
    tokensPerParam: numbers("tokensPerParam"),
    flops: numbers("flops"),
    batchTokens: numbers("batchTokens"),
    learningRates: numbers("learningRate"),
    vary: Object.fromEntries(
      Object.entries(vary).map(([key, values]) => [
        key,
        list(values, `${at}.vary.${key}`, (one) => one as JsonValue),
      ]),
    ),
  };
}

/** A shape by its family; the embedded trainer has one of its own, for which the width is enough. */
function shapeOf(shape: Fields, trainer: string | null): FamilyShape {
  if (trainer === "gpt" && shape.family === undefined) return gptShape(shape as unknown as GptShapeOptions);
  return shape as unknown as FamilyShape; // planGrid says what is wrong with it
}

function parsed(text: string): number | null {
  try {
    return parseNumber(text);
  } catch {
    return null;
  }
}
