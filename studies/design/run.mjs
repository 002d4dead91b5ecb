// The study of designs: every cell → results/<cell>.json, and the table of README.md. Needs nothing built.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createJiti } from "jiti";

const jiti = createJiti(import.meta.url);
const { cells, runCell } = await jiti.import("./cells.ts");
const { tableLines } = await jiti.import("./table.ts");
const folder = new URL("results/", import.meta.url);

const { values } = parseArgs({
  options: {
    replications: { type: "string", default: "1000" },
    seed: { type: "string", default: "0" },
    only: { type: "string" },
  },
});
mkdirSync(folder, { recursive: true });
const asked = values.only?.split(",");
for (const cell of cells.filter(({ name }) => asked === undefined || asked.includes(name))) {
  const start = performance.now();
  const result = runCell(cell, { replications: Number(values.replications), seed: Number(values.seed) });
  const temporary = new URL(`${cell.name}.part`, folder);
  writeFileSync(temporary, `${JSON.stringify(result, null, 2)}\n`);
  renameSync(temporary, new URL(`${cell.name}.json`, folder)); // a file that is there is whole
  console.error(`${cell.name}: ${((performance.now() - start) / 1e3).toFixed(0)} s`);
}
const results = cells.map(({ name }) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")));
const table = tableLines(results).join("\n");
console.log(table);
const page = new URL("README.md", import.meta.url);
const text = readFileSync(page, "utf8");
writeFileSync(
  page,
  text.replace(
    /(<!-- table -->\n\n)[\s\S]*?(\n\n<!-- end -->)/,
    (_, before, after) => before + table + after,
  ),
);
