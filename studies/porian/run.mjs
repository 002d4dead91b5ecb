// node studies/porian/run.mjs: walks from Kaplan's exponent to Hoffmann's, writes the tables into README.md and walk.svg.
// Reads porian_isoflop.csv and porian_optima.csv from ../shared/data/training beside the checkout, or from the folder given.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";

const jiti = createJiti(import.meta.url);
const { asides, glasses, tableLines, throughGlasses, walk, walkSvg, walks } = await jiti.import("./walk.ts");
const { readCsv } = await jiti.import("../../src/index.ts");

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = process.argv[2] ?? here("../../../shared/data/training");
const read = (name) => readCsv(readFileSync(join(folder, name), "utf8"), { origin: name });
const tables = { runs: read("porian_isoflop.csv"), optima: read("porian_optima.csv") };

const walked = {
  rw: walk("rw", walks.rw, tables),
  owt2: walk("owt2", walks.owt2, tables),
  asides: walk("rw", asides, tables),
};
const seen = glasses.map(({ name, published, parameters }) => ({
  name,
  published,
  fit: throughGlasses(parameters),
}));
const lines = tableLines(walked, seen);
console.log(lines.join("\n"));

const [begin, end] = ["<!-- tables -->", "<!-- end of tables -->"];
const page = readFileSync(here("README.md"), "utf8");
const [before, after] = [page.slice(0, page.indexOf(begin)), page.slice(page.indexOf(end))];
writeFileSync(here("README.md"), `${before}${begin}\n\n${lines.join("\n")}\n\n${after}`);
writeFileSync(here("walk.svg"), walkSvg(walked, seen));
