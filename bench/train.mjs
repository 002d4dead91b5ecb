// npm run bench -- train [--seconds 2] [--rounds 5]: full training steps of the embedded engine, native and as WebAssembly,
// beside PyTorch on the same core (python3-torch), in tokens per second of processor time.
//
// Forward, backward, clipping and AdamW on 16 sequences of 128 bytes. The three take turns, so that what else the machine
// does hits all alike, and the ratios are medians over the rounds. One thread each: PyTorch's BLAS is told so, since
// without it two trainings side by side fight over the cores. It is told the processor too: an OpenBLAS older than the
// processor takes it for the oldest there is and runs at a fifth of its speed, which would flatter us.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compileEngine, nativeEngine } from "../dist/train/gpt/engine/native.js";
import { wasmBuild, wasmEngine } from "../dist/train/gpt/engine/wasm.js";

const { values: flags } = parseArgs({
  options: {
    seconds: { type: "string", default: "2" },
    rounds: { type: "string", default: "5" },
    python: { type: "string", default: "/usr/bin/python3" },
  },
});
const seconds = Number(flags.seconds);
const context = 128;
const batch = 16;
const vocabulary = 256;
const sizes = [
  { layers: 2, width: 64, heads: 2 },
  { layers: 4, width: 128, heads: 4 },
  { layers: 6, width: 256, heads: 4 },
];
const update = {
  ...{ rate: 1e-4, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, decay: 0.1, clip: 1 },
  ...{ correction1: 0.5, correction2: 0.5 },
};

function modelOf({ layers, width, heads }) {
  const headSize = width / heads;
  return {
    ...{ layers, width, heads, kvHeads: heads, headSize, ffnSize: 4 * width, vocabulary, context },
    ...{
      tied: true,
      centred: true,
      gated: false,
      piece: 4,
      batch,
      scoreScale: headSize ** -0.5,
      logitScale: 1,
    },
  };
}

const thisCpuSeconds = async () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Tokens a second of processor time. */
async function measure(engine, model) {
  const cpuSeconds = engine.cpuSeconds ?? thisCpuSeconds;
  const noise = (i) => (Math.imul(i, 2654435761) >>> 8) / 2 ** 24;
  engine.write(
    "params",
    Float32Array.from({ length: engine.weights }, (_, i) => (noise(i) - 0.5) / 4),
  );
  engine.write("cosines", new Float32Array((context * model.headSize) / 2).fill(1));
  const tokens = Int32Array.from({ length: batch * (context + 1) }, (_, i) => noise(i) * vocabulary);
  await engine.step(tokens, update); // V8 compiles while it runs
  const start = await cpuSeconds();
  let steps = 0;
  for (; steps < 2 || (await cpuSeconds()) - start < seconds; steps++) await engine.step(tokens, update);
  const rate = (steps * batch * context) / ((await cpuSeconds()) - start);
  engine.close();
  return rate;
}

/** What OpenBLAS calls a processor of these abilities; nothing where we cannot tell. */
function coreType() {
  const flags = existsSync("/proc/cpuinfo")
    ? readFileSync("/proc/cpuinfo", "utf8").match(/^flags.*$/m)
    : null;
  if (flags === null) return {};
  if (flags[0].includes("avx512vl")) return { OPENBLAS_CORETYPE: "SkylakeX" };
  return flags[0].includes("avx2") ? { OPENBLAS_CORETYPE: "Haswell" } : {};
}

/** The same by PyTorch, or null where there is none. */
function openTorch() {
  const script = fileURLToPath(new URL("torch_train.py", import.meta.url));
  const threads = { OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
  const env = { ...coreType(), ...process.env, ...threads };
  const child = spawn(flags.python, [script], { env, stdio: ["pipe", "pipe", "ignore"] });
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async measure(size) {
      child.stdin.write(`${JSON.stringify({ ...size, vocabulary, context, batch, seconds })}\n`);
      const { value, done } = await lines.next();
      return done ? null : JSON.parse(value);
    },
    close: () => child.stdin.end(),
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const cache = mkdtempSync(join(tmpdir(), "isoflop-bench-"));
const program = compileEngine({ cache });
const build = wasmBuild();
const torch = openTorch();
const cell = (text) => text.padStart(13);
console.log(`tokens per second of one core, Node ${process.versions.node}, ${build}; ratios to PyTorch\n`);
console.log(["", "PyTorch", "native", "ratio", "WebAssembly", "ratio"].map(cell).join(""));
for (const size of sizes) {
  const model = modelOf(size);
  const rounds = [];
  for (let round = 0; round < Number(flags.rounds); round++) {
    const beside = await torch.measure(size);
    const native = program && (await measure(await nativeEngine(program, model), model));
    rounds.push({ beside, native, wasm: await measure(wasmEngine(model, build), model) });
  }
  const of = (pick) => (rounds.some((round) => pick(round) === null) ? null : median(rounds.map(pick)));
  const rate = (value) => (value === null ? "–" : `${(value / 1000).toPrecision(3)}k`);
  const ratio = (pick) => {
    const value = of((round) =>
      pick(round) === null || round.beside === null ? null : pick(round) / round.beside,
    );
    return value === null ? "–" : `× ${value.toFixed(2)}`;
  };
  const row = [
    rate(of(({ beside }) => beside)),
    rate(of(({ native }) => native)),
    ratio(({ native }) => native),
    rate(of(({ wasm }) => wasm)),
    ratio(({ wasm }) => wasm),
  ];
  console.log([`${size.layers} × ${size.width}`, ...row].map(cell).join(""));
}
torch.close();
rmSync(cache, { recursive: true, force: true });
