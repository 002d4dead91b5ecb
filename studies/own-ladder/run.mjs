// node studies/own-ladder/run.mjs: makes the tables of README.md from the runs in runs/.
// node studies/own-ladder/run.mjs --train FOLDER [--only ladder,gated,…]: trains them again, into FOLDER (some hours on two cores
// for all), goes on where it was stopped, and writes FOLDER/<sweep>.jsonl. It needs the built package: npm run build.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createJiti } from "jiti";

const jiti = createJiti(import.meta.url);
const { values } = parseArgs({ options: { train: { type: "string" }, only: { type: "string" } } });

if (values.train === undefined) await writeTables();
else await train(resolve(values.train), values.only?.split(","));

async function writeTables() {
  const { allTables, withTables } = await jiti.import("./tables.ts");
  const file = fileURLToPath(new URL("README.md", import.meta.url));
  writeFileSync(file, withTables(readFileSync(file, "utf8"), allTables()));
}

async function train(folder, only) {
  const { collectRuns, runSweep, writeSweep } = await import("../../dist/index.js");
  const { sweeps } = await jiti.import("./sweeps.ts");
  for (const [name, specs] of Object.entries(sweeps)) {
    if (only !== undefined && !only.includes(name)) continue;
    const path = join(folder, name);
    await writeSweep(path, {
      format: "isoflop.sweeprecord/1",
      name,
      specs,
      command: null,
      concurrency: null,
      hours: null,
    });
    const { failed } = await runSweep(path, {
      onProgress: ({ id, status, ended, total }) => console.log(`${name} ${ended}/${total} ${id} ${status}`),
    });
    if (failed.length > 0) throw new Error(`${failed.length} runs of ${name} failed: ${failed[0].message}`);
    const runs = await collectRuns(path);
    writeFileSync(join(folder, `${name}.jsonl`), runs.map((run) => `${JSON.stringify(run)}\n`).join(""));
  }
}
