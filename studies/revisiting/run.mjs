// node studies/revisiting/run.mjs [folder]: four forms of a learning curve, judged beyond the data; writes the tables into README.md.
// Reads revisiting_language.csv from ../shared/data/training beside the checkout, or from the folder given.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";

const jiti = createJiti(import.meta.url);
const { compareCurves, tableLines } = await jiti.import("./curves.ts");
const { readCsv } = await jiti.import("../../src/index.ts");

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = process.argv[2] ?? here("../../../shared/data/training");
const name = "revisiting_language.csv";
const lines = tableLines(compareCurves(readCsv(readFileSync(join(folder, name), "utf8"), { origin: name })));
console.log(lines.join("\n"));

const [begin, end] = ["<!-- tables -->", "<!-- end of tables -->"];
const page = readFileSync(here("README.md"), "utf8");
const [before, after] = [page.slice(0, page.indexOf(begin)), page.slice(page.indexOf(end))];
writeFileSync(here("README.md"), `${before}${begin}\n\n${lines.join("\n")}\n\n${after}`);
