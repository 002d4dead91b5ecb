import { posix } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { filesUnder, read } from "./tree.ts";

// Who may import whom, directly: ARCHITECTURE.md tells why. One row a room; a room that is not here may not exist.
const mayImport: Record<string, string> = {
  numeric: "",
  models: "numeric",
  metrics: "numeric",
  pool: "numeric",
  laws: "numeric models",
  runs: "models numeric",
  fit: "laws runs numeric",
  plan: "fit laws runs models numeric",
  trust: "plan fit laws runs numeric",
  ability: "trust fit laws runs metrics numeric",
  import: "runs numeric",
  store: "runs numeric",
  figures: "ability trust plan fit laws runs numeric",
  draw: "figures",
  report: "figures ability trust plan fit laws runs",
  train: "runs models laws metrics numeric",
  execute: "",
  sweep: "trust plan fit laws runs store train execute pool",
};
mayImport.server = Object.keys(mayImport).join(" ");
mayImport.cli = Object.keys(mayImport).join(" ");

const importsOf = (text: string): string[] =>
  ts.preProcessFile(text).importedFiles.map((file) => file.fileName);

/** What is wrong with one file's imports, as "src/fit/fit.ts: fit → plan …". */
function wrongArrows(file: string, text: string): string[] {
  const room = file.split("/").length > 2 ? file.split("/")[1] : null;
  return importsOf(text).flatMap((specifier) => {
    if (/^isoflop(\/|$)/.test(specifier))
      return [`${file}: imports its own package by name ("${specifier}")`];
    if (!specifier.startsWith(".")) return [];
    const target = posix.join(posix.dirname(file), specifier);
    const [folder, other, inside] = target.split("/");
    if (folder !== "src") return [`${file}: → ${target}, outside src/`];
    if (inside === undefined) return [`${file}: → ${target}, which belongs to no room`];
    if (other === room) return [];
    if (room !== null && !mayImport[room]?.split(" ").includes(other))
      return [`${file}: ${room} → ${other} is not allowed`];
    return target === `src/${other}/index.ts`
      ? []
      : [`${file}: enters ${other} by ${target}, not by its index.ts`];
  });
}

test("a room imports only the rooms below it, and only through their index.ts", () => {
  const files = filesUnder("src", ".ts");
  expect(files.length).toBeGreaterThan(0);
  expect(files.flatMap((file) => wrongArrows(file, read(file)))).toEqual([]);
});

test("every folder in src is a room of the table, and src itself holds index.ts alone", () => {
  const tops = new Set(filesUnder("src", "").map((file) => file.split("/")[1]));
  expect([...tops].filter((top) => !(top in mayImport) && top !== "index.ts")).toEqual([]);
});

test("no arrow of the table runs in a circle", () => {
  const reaches = (from: string, to: string): boolean =>
    mayImport[from].split(" ").some((next) => next !== "" && (next === to || reaches(next, to)));
  expect(Object.keys(mayImport).filter((room) => reaches(room, room))).toEqual([]);
});

test.each([
  ['import { a } from "../plan/index.ts";', "fit → plan is not allowed"],
  ['import type { A } from "../plan/index.ts";', "fit → plan is not allowed"],
  ['export * from "../plan/index.ts";', "fit → plan is not allowed"],
  ['const a = await import("../plan/index.ts");', "fit → plan is not allowed"],
  ['type A = import("../plan/index.ts").A;', "fit → plan is not allowed"],
  ['import { a } from "../laws/law.ts";', "enters laws by src/laws/law.ts, not by its index.ts"],
  ['import { a } from "../index.ts";', "→ src/index.ts, which belongs to no room"],
  ['import { a } from "isoflop";', "imports its own package by name"],
])("the check sees what is wrong with: %s", (text, complaint) => {
  expect(wrongArrows("src/fit/fit.ts", text)).toEqual([expect.stringContaining(complaint)]);
});
