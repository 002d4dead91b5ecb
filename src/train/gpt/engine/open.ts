import type { Engine, EngineModel } from "./engine.ts";
import { compileEngine, nativeEngine } from "./native.ts";
import { type WasmBuild, wasmBuild, wasmEngine } from "./wasm.ts";

/** auto is native where there is a C compiler, else WebAssembly. */
export type EngineKind = "auto" | "native" | "wasm";

export type OpenEngine = (model: EngineModel) => Promise<Engine>;

/** Gives an engine for a model; made once, so that all runs of a trainer are by the same build. */
export function engineOf(kind: EngineKind, cache: string): OpenEngine {
  const program = kind === "wasm" ? null : compileEngine({ cache });
  if (program !== null) return (model) => nativeEngine(program, model);
  if (kind === "native")
    throw new Error(
      'cannot train natively: expected a C compiler (cc) whose programs run here, got none; install one or use the engine "wasm"',
    );
  const build: WasmBuild | null = wasmBuild();
  if (build === null)
    throw new Error(
      "cannot train here: no C compiler (cc), and this JavaScript engine has no WebAssembly SIMD",
    );
  return async (model) => wasmEngine(model, build);
}
