// node studies/checkpoints/run.mjs [folder]: what the practices of the Hitchhiker's guide do for a prediction; writes README.md's tables.
// Reads opt_trajectories.csv and gadre_scaling.csv from ../shared/data/training beside the checkout, or from the folder given.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";

const jiti = createJiti(import.meta.url);
const { tableLines } = await jiti.import("./practices.ts");
const { readCsv } = await jiti.import("../../src/index.ts");

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = process.argv[2] ?? here("../../../shared/data/training");
const read = (name) => readCsv(readFileSync(join(folder, name), "utf8"), { origin: name });
const lines = tableLines({ opt: read("opt_trajectories.csv"), gadre: read("gadre_scaling.csv") });
console.log(lines.join("\n"));

const [begin, end] = ["<!-- tables -->", "<!-- end of tables -->"];
const page = readFileSync(here("README.md"), "utf8");
const [before, after] = [page.slice(0, page.indexOf(begin)), page.slice(page.indexOf(end))];
writeFileSync(here("README.md"), `${before}${begin}\n\n${lines.join("\n")}\n\n${after}`);
