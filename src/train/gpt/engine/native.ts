import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import { basename, join } from "node:path";
import { cacheFolder } from "../cache.ts";
import { sources } from "./built.ts";
import { description, type Engine, type EngineModel, regions, sequencesIn, updateNumbers } from "./engine.ts";

export interface NativeOptions {
  readonly cache?: string;
  /** double is for holding gradients against finite differences. */
  readonly real?: "float" | "double";
}

/**
 * The engine as a program of this machine, compiled once by the user's own C compiler; null where there is none.
 *
 * It is kept under a hash of the source, the compiler and the processor's abilities, so another machine on the same
 * home folder compiles its own. Two that compile at once do not disturb each other: the last to finish is kept.
 */
export function compileEngine({ cache = cacheFolder(), real = "float" }: NativeOptions = {}): string | null {
  const version = spawnSync("cc", ["--version"], { encoding: "utf8" });
  if (version.status !== 0) return null;
  const hash = createHash("sha256")
    .update(JSON.stringify([sources, version.stdout, real, arch(), platform(), abilities()]))
    .digest("hex");
  const folder = join(cache, "engine");
  const program = join(folder, `gpt-${hash.slice(0, 16)}${platform() === "win32" ? ".exe" : ""}`);
  const runs = (): boolean => spawnSync(program, { input: "" }).status === 0; // a cache folder may forbid programs
  if (existsSync(program)) return runs() ? program : null;

  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, "compiling-"));
  try {
    for (const [name, text] of Object.entries(sources)) writeFileSync(join(work, name), text);
    const made = join(work, "engine");
    const common = ["-O3", `-DREAL=${real}`, join(work, "host.c"), "-o", made, "-lm"];
    // not every compiler knows -march=native on every processor
    for (const machine of [["-march=native"], ["-mcpu=native"], []]) {
      if (spawnSync("cc", [...machine, ...common]).status !== 0) continue;
      renameSync(made, program);
      return runs() ? program : null;
    }
    return null;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What the processor can do: -march=native means something else on each. */
function abilities(): string {
  try {
    return readFileSync("/proc/cpuinfo", "utf8").match(/^(flags|Features)\s*:.*$/m)?.[0] ?? cpus()[0].model;
  } catch {
    return cpus()[0]?.model ?? "unknown";
  }
}

/** An engine that is a process can say how much of a processor it has used. */
export interface NativeEngine extends Engine {
  readonly cpuSeconds: () => Promise<number>;
}

/** The engine in a process of its own; it ends when this one does. */
export async function nativeEngine(
  program: string,
  model: EngineModel,
  { real = "float" }: NativeOptions = {},
): Promise<NativeEngine> {
  const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"], windowsHide: true });
  const answers = answersOf(child);
  const Reals = real === "float" ? Float32Array : Float64Array;
  const bytesOf = (array: ArrayBufferView): Uint8Array =>
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const send = (...parts: ArrayBufferView[]): void => {
    if (child.stdin!.writable) child.stdin!.write(Buffer.concat(parts.map(bytesOf)));
  };
  const doubles = async (count: number): Promise<Float64Array> =>
    new Float64Array(await answers.next(8 * count));
  const command = (what: string, which: number, count: number): Int32Array =>
    Int32Array.of(what.charCodeAt(0), which, 0, count);
  const run = async (what: string, tokens: Int32Array, update: number[] = []): Promise<Float64Array> => {
    const sequences = sequencesIn(tokens, model);
    send(command(what, sequences, tokens.length), tokens, Float64Array.from(update));
    return doubles(2);
  };

  send(Float64Array.from(description(model)));
  const [weights] = await doubles(1);
  if (weights < 0) throw new Error("cannot train: the model needs more memory than there is");
  return {
    build: basename(program)
      .replace(/^gpt-/, "native-")
      .replace(/\.exe$/, ""),
    weights,
    step: async (tokens, update) => {
      const [nats, gradNorm] = await run("S", tokens, updateNumbers(update));
      return { nats, gradNorm };
    },
    evaluate: async (tokens) => (await run("E", tokens))[0],
    gradient: async (tokens) => (await run("G", tokens))[0],
    write: (region, values) => send(command("W", regions[region], values.length), Reals.from(values)),
    read: async (region, count) => {
      send(command("R", regions[region], count));
      return new Reals(await answers.next(Reals.BYTES_PER_ELEMENT * count));
    },
    cpuSeconds: async () => {
      send(command("C", 0, 0));
      return (await doubles(1))[0];
    },
    close: () => {
      answers.close();
      child.kill("SIGKILL"); // it keeps nothing: what must last was read out of it
    },
  };
}

/** The child's output, cut into answers of known length and handed out in order. */
function answersOf(child: ChildProcess): {
  next: (bytes: number) => Promise<ArrayBuffer>;
  close: () => void;
} {
  interface Waiting {
    readonly answer: Uint8Array;
    filled: number;
    readonly resolve: (answer: ArrayBuffer) => void;
    readonly reject: (error: Error) => void;
  }
  const waiting: Waiting[] = [];
  let failure: Error | null = null;
  const fail = (error: Error): void => {
    failure ??= error;
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  child.stdout!.on("data", (data: Buffer) => {
    for (let at = 0; at < data.length && waiting.length > 0; ) {
      const first = waiting[0];
      const some = data.subarray(at, at + first.answer.length - first.filled);
      first.answer.set(some, first.filled);
      first.filled += some.length;
      at += some.length;
      if (first.filled === first.answer.length) {
        waiting.shift();
        first.resolve(first.answer.buffer as ArrayBuffer);
      }
    }
  });
  child.stdin!.on("error", () => {}); // the child has gone: `exit` tells how
  child.on("error", fail);
  child.on("exit", (code, signal) => {
    const how = signal === null ? `with code ${code}` : `by ${signal}`;
    fail(new Error(`cannot train: the engine's process ended ${how}; out of memory?`));
  });
  return {
    next: (bytes) =>
      failure
        ? Promise.reject(failure)
        : new Promise((resolve, reject) => {
            waiting.push({ answer: new Uint8Array(bytes), filled: 0, resolve, reject });
          }),
    close: () => fail(new Error("cannot train: the engine was closed")),
  };
}
