import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { afterAll, describe, expect, test } from "vitest";
import { sourceHash, sources } from "../../../src/train/gpt/engine/built.ts";
import type { Engine, EngineModel } from "../../../src/train/gpt/engine/engine.ts";
import { compileEngine, nativeEngine } from "../../../src/train/gpt/engine/native.ts";
import { wasmBuild, wasmEngine } from "../../../src/train/gpt/engine/wasm.ts";
import { read } from "../../house/tree.ts";
import { exampleAngles, exampleTokens, exampleWeights, type Fixture, noise } from "./example.ts";

const fixtures: Fixture[] = JSON.parse(
  readFileSync(new URL("golden/gradients.json", import.meta.url), "utf8"),
).models;
// Node 20 knows relaxed SIMD, but only when asked
if (wasmBuild() === "wasm") setFlagsFromString("--experimental-wasm-relaxed-simd");
const cache = mkdtempSync(join(tmpdir(), "isoflop-engine-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));
const program = compileEngine({ cache });
const exact = compileEngine({ cache, real: "double" });

test("the shipped builds and the shipped source are those of engine.c and host.c", () => {
  const now = Object.fromEntries(
    ["engine.c", "host.c"].map((name) => [name, read(`src/train/gpt/engine/${name}`)]),
  );
  const stale = "run node scripts/build-engine.mjs";
  expect(sources, stale).toEqual(now);
  expect(sourceHash, stale).toBe(createHash("sha256").update(JSON.stringify(now)).digest("hex"));
});

/** The model of a fixture with the weights of its formula, ready to be asked. */
function prepare(engine: Engine, { model, tensors }: Fixture): Int32Array {
  const { cosines, sines } = exampleAngles(model);
  expect(engine.weights).toBe(tensors.reduce((sum, [, size]) => sum + size, 0));
  engine.write("params", exampleWeights(tensors));
  engine.write("cosines", cosines);
  engine.write("sines", sines);
  return exampleTokens(model);
}

const engineModel = ({ model }: Fixture, piece: number): EngineModel => ({
  ...model,
  piece,
  batch: model.sequences,
});

/** ‖a - b‖ / ‖b‖ of each tensor. */
function relativeErrors(a: ArrayLike<number>, b: ArrayLike<number>, tensors: Fixture["tensors"]): number[] {
  let at = 0;
  return tensors.map(([, size]) => {
    let apart = 0;
    let length = 0;
    for (const end = at + size; at < end; at++) {
      apart += (a[at] - b[at]) ** 2;
      length += b[at] ** 2;
    }
    return Math.sqrt(apart / length);
  });
}

const builds: [string, boolean, (model: EngineModel) => Engine | Promise<Engine>][] = [
  ["WebAssembly", true, (model) => wasmEngine(model, "wasm")],
  ["WebAssembly, relaxed SIMD", wasmBuild() === "wasm-relaxed", (model) => wasmEngine(model, "wasm-relaxed")],
  ["native", program !== null, (model) => nativeEngine(program!, model)],
];

// float32 rounds at 6e-8; some dozen operations in a row stay below 1e-5 where a wrong formula is off by 1e-2 and more
describe.each(builds)("the %s build (float32) beside PyTorch's gradients in float64", (_, present, open) => {
  describe.skipIf(!present).each(fixtures.map((fixture) => [fixture.model.name, fixture] as const))(
    "%s",
    (_, fixture) => {
      const { model, loss, tensors } = fixture;
      const truth = new Float32Array(Uint8Array.from(Buffer.from(fixture.gradients, "base64")).buffer);

      test.each([1, model.sequences])("each within 1e-5, %i sequences at a time", async (piece) => {
        const engine = await open(engineModel(fixture, piece));
        const tokens = prepare(engine, fixture);
        const nats = await engine.gradient(tokens);
        expect(nats / (model.sequences * model.context)).toBeCloseTo(loss, 6);
        expect(await engine.evaluate(tokens)).toBe(nats);
        const errors = relativeErrors(await engine.read("grads", engine.weights), truth, tensors);
        expect(Math.max(...errors)).toBeLessThan(1e-5);
        expect(Math.min(...errors)).toBeGreaterThan(0); // it did compare something
        engine.close();
      });

      test("one AdamW step, clipped, is the formula's on those gradients", async () => {
        const engine = await open(engineModel(fixture, 1));
        const tokens = prepare(engine, fixture);
        engine.write(
          "rates",
          tensors.map(([name]) => (name === "embedding" ? 0.5 : 1)),
        );
        engine.write(
          "decays",
          tensors.map(([name]) => (name.startsWith("norm") ? 0 : 1)),
        );
        const rate = 0.01;
        const [beta1, beta2, decay, clip] = [0.9, 0.95, 0.1, 0.3];
        const corrections = { correction1: 1 - beta1, correction2: 1 - beta2 };
        const { gradNorm } = await engine.step(tokens, {
          ...{ rate, beta1, beta2, epsilon: 1e-8, decay, clip },
          ...corrections,
        });
        const norm = Math.hypot(...truth);
        expect(gradNorm / norm).toBeCloseTo(1, 5);
        const before = exampleWeights(tensors);
        let at = 0;
        const expected = tensors.flatMap(([name, size]) =>
          Array.from({ length: size }, () => {
            const own = rate * (name === "embedding" ? 0.5 : 1);
            const g = (truth[at] * clip) / norm;
            // at the first step m / (1 - beta1) = g and √(v / (1 - beta2)) = |g|
            const stepped = before[at] * (1 - (name.startsWith("norm") ? 0 : own * decay));
            at++;
            return stepped - (own * g) / (Math.abs(g) + 1e-8);
          }),
        );
        const after = await engine.read("params", engine.weights);
        // where |g| is near epsilon its own error shows: hence in the mean
        expect(Math.max(...relativeErrors(after, expected, tensors))).toBeLessThan(1e-4);
        engine.close();
      });
    },
  );
});

/** Every operator in one model or another; each gradient by central differences in float64. */
const variants: [string, Partial<EngineModel>][] = [
  ["RMSNorm, GELU, tied", {}],
  ["LayerNorm", { centred: true }],
  ["SwiGLU", { gated: true }],
  ["an untied head", { tied: false }],
  ["grouped keys", { kvHeads: 1 }],
  ["scaled logits and scores", { logitScale: 0.25, scoreScale: 0.125 }],
  ["a context of several chunks", { context: 50 }],
  ["one layer of many heads", { layers: 1, heads: 5, kvHeads: 5 }],
];

describe.skipIf(exact === null)("the engine in float64 beside central differences", () => {
  test.each(variants)(
    "%s: every tensor's slope, along its gradient and along a random way",
    async (_, change) => {
      const model: EngineModel = {
        ...{
          layers: 2,
          width: 10,
          heads: 2,
          kvHeads: 2,
          headSize: 4,
          ffnSize: 13,
          vocabulary: 11,
          context: 7,
        },
        ...{ tied: true, centred: false, gated: false, piece: 2, batch: 3, scoreScale: 0.5, logitScale: 1 },
        ...change,
      };
      const { layers, width, heads, kvHeads, headSize, ffnSize, vocabulary, gated, tied } = model;
      const layer = [
        ...[width, width * (heads + 2 * kvHeads) * headSize, heads * headSize * width],
        ...[width, width * ffnSize * (gated ? 2 : 1), ffnSize * width],
      ];
      const sizes = [
        vocabulary * width,
        ...Array.from({ length: layers }, () => layer).flat(),
        width,
        ...(tied ? [] : [vocabulary * width]),
      ];
      const engine = await nativeEngine(exact!, model, { real: "double" });
      expect(engine.weights).toBe(sizes.reduce((sum, size) => sum + size));
      const shape = { ...model, name: "", sequences: 3 };
      const { cosines, sines } = exampleAngles(shape);
      engine.write("cosines", cosines);
      engine.write("sines", sines);
      const tokens = exampleTokens(shape);
      const point = Float64Array.from({ length: engine.weights }, (_, i) => noise(i + 1) + 0.1);
      const lossAt = (weights: Float64Array): Promise<number> => {
        engine.write("params", weights);
        return engine.evaluate(tokens);
      };
      engine.write("params", point);
      await engine.gradient(tokens);
      const count = 3 * model.context;
      const slope = Float64Array.from(await engine.read("grads", engine.weights), (g) => g * count);
      let at = 0;
      for (const size of sizes) {
        const own = slope.subarray(at, at + size);
        const length = Math.hypot(...own);
        expect(length).toBeGreaterThan(1e-3);
        for (const way of [own.map((g) => g / length), own.map((_, i) => noise(at + i + 12345))]) {
          // error of the differences: h² f‴ / 6 + 1e-15 f / h, both near 1e-9 at h = 1e-5
          const h = 1e-5;
          const moved = (sign: number): Float64Array => {
            const weights = point.slice();
            for (let i = 0; i < size; i++) weights[at + i] += sign * h * way[i];
            return weights;
          };
          const difference = ((await lossAt(moved(1))) - (await lossAt(moved(-1)))) / (2 * h);
          const expected = way.reduce((sum, x, i) => sum + x * own[i], 0);
          expect(Math.abs(difference - expected) / length).toBeLessThan(1e-6);
        }
        at += size;
      }
      engine.close();
    },
  );
});

test.skipIf(program === null)(
  "a native engine that dies rejects what it was asked, and says so",
  async () => {
    const engine = await nativeEngine(program!, engineModel(fixtures[0], 1));
    const answer = engine.evaluate(prepare(engine, fixtures[0]));
    engine.close();
    await expect(answer).rejects.toThrow("cannot train: the engine was closed");
    await expect(engine.evaluate(exampleTokens(fixtures[0].model))).rejects.toThrow("closed");
  },
);

test("tokens that are no whole sequences are refused", async () => {
  const engine = wasmEngine(engineModel(fixtures[0], 1), "wasm");
  await expect(engine.evaluate(new Int32Array(31))).rejects.toThrow(
    "cannot train: expected 1 to 3 sequences",
  );
});
