import { posix } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { filesUnder, read } from "./tree.ts";

// Loading zod takes longer than most commands take to answer, so what checks a file is loaded where a file is read.

const importsOf = (file: string): string[] =>
  ts.preProcessFile(read(file)).importedFiles.map(({ fileName }) => fileName);

const isSchema = (file: string): boolean => /(^|[/-])schema\.ts$/.test(file);

test("a room names zod in its schema files alone, and only its index.ts hands them on", () => {
  const imports = filesUnder("src", ".ts").flatMap((file) =>
    importsOf(file).map((specifier) => ({ file, specifier })),
  );
  const zod = imports.filter(({ specifier }) => specifier === "zod");
  expect(zod.length).toBeGreaterThan(0);
  expect(zod.filter(({ file }) => !isSchema(file))).toEqual([]);
  const schemas = imports.filter(({ specifier }) => isSchema(specifier));
  // a sweep and hardware of one's own are their files: who reads the one needs the schema of the other
  const readers = ["src/sweep/record.ts", "src/models/hardware-file.ts"];
  const mayRead = (file: string): boolean =>
    posix.basename(file) === "index.ts" ||
    isSchema(file) ||
    readers.includes(file) ||
    file.startsWith("src/server/"); // checks everything that it is sent, and is loaded when it starts
  expect(schemas.filter(({ file }) => !mayRead(file))).toEqual([]);
});

/** The files of the built command line that are loaded before any of them runs. */
function loadedWith(...files: string[]): string[] {
  const found = new Set(files.map((file) => `dist/cli/${file}`));
  for (const file of found) {
    const text = read(file);
    // static imports only: what stands in import("…") is loaded when it is called for
    for (const [, name] of text.matchAll(/^(?:import|export)\b[^;]*?"\.\/([^"]+)";$/gm))
      found.add(`dist/cli/${name}`);
  }
  return [...found];
}

/** The packages that a file loads before it runs. */
const importedAtOnce = (file: string): string[] =>
  [...read(file).matchAll(/^import\b[^;]*?"([^"./][^"]*)";$/gm)].map(([, name]) => name!);

const holdsZod = (file: string): boolean => read(file).includes("$ZodType");

test("the built plan and predict load no zod, which a fit from its file needs", () => {
  expect(loadedWith("main.js", "run.js", "plan.js", "predict.js").filter(holdsZod)).toEqual([]);
  expect(loadedWith("fit-file.js").filter(holdsZod)).toHaveLength(1);
});

test("the built command line loads no file of the library or of a dependency, but jiti, tinypool and what draws when they are asked for", () => {
  const outside = filesUnder("dist/cli", ".js").flatMap((file) =>
    importsOf(file).filter((specifier) => !/^(\.\/|node:)/.test(specifier)),
  );
  expect([...new Set(outside)].sort()).toEqual([
    "@observablehq/plot",
    "@resvg/resvg-js",
    "jiti",
    "linkedom",
    "tinypool",
  ]);
  expect(loadedWith("main.js", "run.js", "fit.js").flatMap(importedAtOnce)).not.toContain("tinypool");
});
