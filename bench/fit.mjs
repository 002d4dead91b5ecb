// npm run bench -- fit [--full]: a certified fit of 240 points, and a bootstrap, beside the same job in scipy.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  chinchilla,
  createPool,
  fit,
  fitInPool,
  lawFunction,
  observe,
  readCsv,
  seededRandom,
  tableOf,
  where,
} from "../dist/index.js";
import { root } from "../scripts/prepare.mjs";

const full = process.argv.includes("--full");
const allDraws = 4000;
const every = full ? 1 : 10; // of the 4,500 starts
const scipyDraws = full ? allDraws : 100;
const checked = 25; // draws that are also fitted from scratch
const coldRuns = 9;
const wanted = { inputs: ["params", "tokens"], output: "loss" };
const here = fileURLToPath(import.meta.url);

/** The 240 points of Besiroglu et al. 2024 where the test data lie beside the project; else points like them. */
function points() {
  const path = join(root, "..", "shared", "data", "training", "epoch_chinchilla.csv");
  const options = { convention: { params: "total" } };
  if (existsSync(path)) {
    const table = readCsv(readFileSync(path, "utf8"), { origin: "epoch_chinchilla.csv" });
    const said = "the 240 points of Besiroglu et al. 2024";
    return { said, runs: observe(where(table, "used_in_fit=1").table, wanted, options) };
  }
  const random = seededRandom(0);
  const law = lawFunction(chinchilla, chinchilla.sets["besiroglu2024-refit"].parameters);
  const between = (low, high) => low * (high / low) ** random.uniform();
  const rows = Array.from({ length: 240 }, () => {
    const params = between(5.7e7, 1.6e10);
    const tokens = between(8.2e8, 3.2e11);
    return { params, tokens, loss: law({ params, tokens }) * Math.exp(0.005 * random.normal()) };
  });
  const said = "240 synthetic points, lacking real ones";
  return { said, runs: observe(tableOf(rows, { origin: "synthetic" }), wanted, options) };
}

/** What a call costs: wall seconds, and CPU seconds of all threads, the compiler's and the collector's included. */
function cost(work) {
  const cpu = process.cpuUsage();
  const wall = performance.now();
  const result = work();
  const wallSeconds = (performance.now() - wall) / 1e3;
  const { user, system } = process.cpuUsage(cpu);
  return { result, wallSeconds, cpuSeconds: (user + system) / 1e6 };
}

const { said, runs } = points();
if (process.argv.includes("--once")) {
  const { wallSeconds, cpuSeconds } = cost(() => fit(chinchilla, runs));
  console.log(JSON.stringify({ wallSeconds, cpuSeconds }));
} else await compare();

async function compare() {
  // cold: the first call in a process of its own, nothing compiled yet
  const cold = Array.from({ length: coldRuns }, () => JSON.parse(output(process.execPath, [here, "--once"])));
  const warm = Array.from({ length: 60 }, () => cost(() => fit(chinchilla, runs))).slice(-30);
  const found = warm[0].result;
  const options = { bootstrap: allDraws, scheme: "pairs" };
  const alone = cost(() => fit(chinchilla, runs, options));
  const pool = await createPool();
  await fitInPool(pool, chinchilla, runs, { ...options, bootstrap: 40 }); // threads are started once a program
  const threaded = [];
  for (let i = 0; i < 5; i++) threaded.push(await costOf(() => fitInPool(pool, chinchilla, runs, options)));
  await pool.close();
  const fitting = { cold: middle(cold), warm: middle(warm) };
  const ours = { ...fitting, alone, threaded: middle(threaded) };
  const { agree, total } = found.starts;
  console.log(`chinchilla on ${said}; Huber(1e-3) on logs, sum`);
  console.log(
    `Node ${process.versions.node}${full ? "" : "; scaled up where marked ~ (--full runs everything)"}\n`,
  );
  row("isoflop", "wall", "CPU", "objective", "starts that agree");
  const value = found.objective.value.toPrecision(10);
  row(
    "fit, first call",
    time(ours.cold.wallSeconds),
    time(ours.cold.cpuSeconds),
    value,
    `${agree} of ${total}`,
  );
  row("fit, warm", time(ours.warm.wallSeconds), time(ours.warm.cpuSeconds), value, `${agree} of ${total}`);
  row("4,000 refits, alone", time(alone.wallSeconds), time(alone.cpuSeconds));
  row(
    `4,000 refits, ${pool.threads} threads`,
    time(ours.threaded.wallSeconds),
    time(ours.threaded.cpuSeconds),
  );
  console.log(`\n${agreement(threaded[0].result)}`);

  const python = pythonWithScipy();
  if (!python) return console.log("\nskipped: the same job in scipy (no python3 here imports scipy)");
  const job = JSON.stringify({ ...plainColumns(), every, draws: scipyDraws });
  const theirs = JSON.parse(output(python, [join(root, "bench", "scipy_fit.py")], job));
  const search = (theirs.searchSeconds * theirs.allStarts) / theirs.starts;
  const refits = (theirs.bootstrapSeconds * allDraws) / theirs.draws;
  const off = theirs.values.filter((end) => end === null || end > found.objective.value * 1.01).length;
  const share = (count) => `${((100 * count) / theirs.starts).toFixed(0)} %`;
  console.log("");
  row(`scipy ${theirs.scipy}`, "", "CPU", "objective");
  row("4,500 starts", "", about(every) + time(search), theirs.best.toPrecision(10));
  row("4,000 refits", "", about(allDraws / theirs.draws) + time(refits));
  console.log(
    `\nOf ${theirs.starts} L-BFGS-B starts ${share(theirs.success)} report success, and ${share(off)} end more than`,
  );
  console.log("1 % above the lowest value known. Its gradient is by differences, as published.");
  console.log("\nCPU of scipy over CPU of isoflop, all threads counted:");
  console.log(
    `  the global fit    ${times(search / ours.cold.cpuSeconds)} (first call)   ${times(search / ours.warm.cpuSeconds)} (warm)`,
  );
  console.log(`  the bootstrap     ${times(refits / alone.cpuSeconds)} (alone)`);
  console.log(
    `\nWall of scipy (one thread, as its procedure is) over wall of isoflop on ${pool.threads} threads:`,
  );
  console.log(`  the bootstrap     ${times(refits / ours.threaded.wallSeconds)}`);
}

/** How far refits, which start from the optimum, end from the fit of the same draw from scratch. */
function agreement({ bootstrap }) {
  if (bootstrap.failed > 0) return `${bootstrap.failed} refits failed`;
  let worst = 0;
  for (let draw = 0; draw < checked; draw++) {
    const random = seededRandom(0).fork(draw);
    const weights = new Float64Array(runs.rows);
    for (let i = 0; i < runs.rows; i++) weights[random.integer(runs.rows)]++;
    const { parameters } = fit(chinchilla, runs, { weights });
    bootstrap.names.forEach((name, j) => {
      worst = Math.max(worst, Math.abs(bootstrap.draws[draw][j] / parameters[name].value - 1));
    });
  }
  return `${checked} of the draws fitted from scratch, from 16 starts each: parameters agree to ${worst.toExponential(1)}`;
}

async function costOf(work) {
  const cpu = process.cpuUsage();
  const wall = performance.now();
  const result = await work();
  const wallSeconds = (performance.now() - wall) / 1e3;
  const { user, system } = process.cpuUsage(cpu);
  return { result, wallSeconds, cpuSeconds: (user + system) / 1e6 };
}

function plainColumns() {
  return Object.fromEntries(
    ["params", "tokens", "loss"].map((name) => [name, Array.from(runs.columns[name])]),
  );
}

function pythonWithScipy() {
  const names = ["python3", "python"];
  return names.find((name) => spawnSync(name, ["-c", "import scipy"], { stdio: "ignore" }).status === 0);
}

function output(command, args, input = "") {
  const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", input, env });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} left with exit code ${status}: ${stderr}`);
  return stdout;
}

function middle(costs) {
  const median = (key) => costs.map((c) => c[key]).sort((x, y) => x - y)[Math.floor(costs.length / 2)];
  return { wallSeconds: median("wallSeconds"), cpuSeconds: median("cpuSeconds") };
}

function about(factor) {
  return factor === 1 ? "" : "~";
}

function time(seconds) {
  return seconds < 1 ? `${(seconds * 1e3).toFixed(seconds < 0.1 ? 1 : 0)} ms` : `${seconds.toFixed(1)} s`;
}

function times(ratio) {
  return `${Number(ratio.toPrecision(2)).toLocaleString("en-US")} times`;
}

function row(name, ...cells) {
  const widths = [11, 11, 17, 20];
  console.log((name.padEnd(18) + cells.map((cell, i) => cell.padStart(widths[i])).join("")).trimEnd());
}
