import { plain, relaxed } from "./built.ts";
import {
  description,
  type Engine,
  type EngineModel,
  type Region,
  regions,
  sequencesIn,
  updateNumbers,
} from "./engine.ts";

// the types of WebAssembly come with the DOM's, which Node's programs do without
interface Host {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Exports };
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => number };
  readonly __heap_base: { readonly value: number };
  readonly describe: (...model: number[]) => number;
  readonly place: (start: number) => void;
  readonly weights: () => number;
  readonly region: (which: number) => number;
  readonly evaluate: (sequences: number) => number;
  readonly gradient: (sequences: number) => number;
  readonly update: (...update: number[]) => number;
}

const tokensRegion = 8;
const page = 65536;

export type WasmBuild = "wasm" | "wasm-relaxed";

/** The faster of the two builds that this JavaScript engine takes, or null when it takes neither. */
export function wasmBuild(): WasmBuild | null {
  const host = (globalThis as unknown as { WebAssembly?: Host }).WebAssembly;
  if (host?.validate(bytesOf(relaxed))) return "wasm-relaxed";
  return host?.validate(bytesOf(plain)) ? "wasm" : null;
}

/** The engine in this thread, as WebAssembly: a step blocks until it is done. */
export function wasmEngine(model: EngineModel, build: WasmBuild): Engine {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: Host }).WebAssembly;
  const module = new Module(bytesOf(build === "wasm" ? plain : relaxed));
  const { memory, ...engine } = new Instance(module).exports;
  const bytes = engine.describe(...description(model));
  const start = Math.ceil(engine.__heap_base.value / 64) * 64;
  const missing = Math.ceil((start + bytes - memory.buffer.byteLength) / page);
  try {
    if (start + bytes > 2 ** 32 - page) throw new Error("more than WebAssembly can hold");
    if (missing > 0) memory.grow(missing);
  } catch {
    throw new Error(
      `cannot train in WebAssembly: the model needs ${(bytes / 2 ** 30).toFixed(1)} GiB, more than it can have; train it natively (install a C compiler) or use a smaller batch`,
    );
  }
  engine.place(start);
  const view = (which: number): number => engine.region(which);
  const floats = (region: Region, count?: number): Float32Array =>
    new Float32Array(memory.buffer, view(regions[region]), count);
  const feed = (tokens: Int32Array): number => {
    const sequences = sequencesIn(tokens, model);
    new Int32Array(memory.buffer, view(tokensRegion), tokens.length).set(tokens);
    return sequences;
  };
  return {
    build,
    weights: engine.weights(),
    step: async (tokens, update) => {
      const nats = engine.gradient(feed(tokens));
      return { nats, gradNorm: engine.update(...updateNumbers(update)) };
    },
    evaluate: async (tokens) => engine.evaluate(feed(tokens)),
    gradient: async (tokens) => engine.gradient(feed(tokens)),
    write: (region, values) => floats(region, values.length).set(values),
    read: async (region, count) => floats(region, count).slice(),
    close: () => {},
  };
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
