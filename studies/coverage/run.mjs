// node studies/coverage/run.mjs [--replications 1000] [--draws 199] [--seed 0] [--workers 2] [--only NAME,NAME] [--again]
// Runs the cells that have no result yet, one a worker, and writes results/<cell>.json; then the table, here and into README.md.
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { createJiti } from "jiti";

const here = fileURLToPath(import.meta.url);
const folder = new URL("results/", import.meta.url);
const { cells, runCell } = await createJiti(import.meta.url).import("./cells.ts");
const { tableLines } = await createJiti(import.meta.url).import("./table.ts");

if (isMainThread) await conduct();
else
  parentPort.on("message", (name) => {
    parentPort.postMessage(
      runCell(
        cells.find((cell) => cell.name === name),
        workerData,
      ),
    );
  });

async function conduct() {
  const { values } = parseArgs({
    options: {
      replications: { type: "string", default: "1000" },
      draws: { type: "string", default: "199" },
      seed: { type: "string", default: "0" },
      workers: { type: "string", default: "2" },
      only: { type: "string" },
      again: { type: "boolean", default: false },
    },
  });
  const settings = {
    replications: Number(values.replications),
    draws: Number(values.draws),
    seed: Number(values.seed),
  };
  mkdirSync(folder, { recursive: true });
  const asked = values.only?.split(",");
  const waiting = cells
    .map(({ name }) => name)
    .filter((name) => asked === undefined || asked.includes(name))
    .filter((name) => values.again || !existsSync(new URL(`${name}.json`, folder)));
  await Promise.all(Array.from({ length: Number(values.workers) }, () => work(waiting, settings)));
  const results = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")));
  const order = cells.map(({ name }) => name);
  results.sort((x, y) => order.indexOf(x.cell.name) - order.indexOf(y.cell.name));
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
}

async function work(waiting, settings) {
  const worker = new Worker(here, { workerData: settings });
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const start = performance.now();
    worker.postMessage(name);
    const [result] = await once(worker, "message"); // rejects on an error of the worker
    const temporary = new URL(`${name}.part`, folder);
    writeFileSync(temporary, `${JSON.stringify(result, null, 2)}\n`);
    renameSync(temporary, new URL(`${name}.json`, folder)); // a file that is there is whole
    console.error(`${name}: ${((performance.now() - start) / 1e3).toFixed(0)} s`);
  }
  await worker.terminate();
}
