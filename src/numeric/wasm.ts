// As much of WebAssembly's binary format as column kernels need: https://webassembly.github.io/spec/core/binary

/** A piece of a function's body. */
export type Code = readonly number[];

const leb = (value: number): number[] => {
  const bytes: number[] = [];
  for (let rest = value >>> 0; ; ) {
    const low = rest & 0x7f;
    rest >>>= 7;
    if (rest === 0) return [...bytes, low];
    bytes.push(low | 0x80);
  }
};

/** Signed, as `i32.const` wants it. */
const signedLeb = (value: number): number[] => {
  const bytes: number[] = [];
  for (let rest = value | 0; ; ) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
};

const float = (value: number): number[] => [...new Uint8Array(Float64Array.of(value).buffer)];
const simd = (code: number): number[] => [0xfd, ...leb(code)];

/** The instructions in use. Addresses are bytes; `v128` holds two doubles, of two neighbouring rows. */
export const op = {
  get: (local: number): Code => [0x20, ...leb(local)],
  set: (local: number): Code => [0x21, ...leb(local)],
  tee: (local: number): Code => [0x22, ...leb(local)],
  int: (value: number): Code => [0x41, ...signedLeb(value)],
  intAdd: [0x6a] as Code,
  differ: [0x47] as Code,
  /** Of an import: they come first. */
  call: (fn: number): Code => [0x10, ...leb(fn)],
  /** Runs the body unless both lanes of a local are set. */
  unlessAll: (local: number, body: Code): Code => [
    ...[0x20, ...leb(local), ...simd(0xc3), 0x45],
    ...[0x04, 0x40, ...body, 0x0b],
  ],
  /** A loop whose body leaves 1 on the stack to go round again. */
  loop: (body: Code): Code => [0x03, 0x40, ...body, 0x0d, 0x00, 0x0b],
  load: (offset: number): Code => [...simd(0x00), 3, ...leb(offset)],
  loadBoth: (offset: number): Code => [...simd(0x0a), 3, ...leb(offset)],
  store: (offset: number): Code => [...simd(0x0b), 3, ...leb(offset)],
  both: (value: number): Code => [...simd(0x0c), ...float(value), ...float(value)],
  lane: (lane: 0 | 1): Code => [...simd(0x21), lane],
  replaceLane: (lane: 0 | 1): Code => [...simd(0x22), lane],
  splat: simd(0x14) as Code,
  below: simd(0x49) as Code,
  atMost: simd(0x4b) as Code,
  equal: simd(0x47) as Code,
  and: simd(0x4e) as Code,
  or: simd(0x50) as Code,
  /** (yes, no, mask) → a mix of the two. */
  select: simd(0x52) as Code,
  abs: simd(0xec) as Code,
  sqrt: simd(0xef) as Code,
  add: simd(0xf0) as Code,
  sub: simd(0xf1) as Code,
  mul: simd(0xf2) as Code,
  div: simd(0xf3) as Code,
  min: simd(0xf4) as Code,
  max: simd(0xf5) as Code,
  nearest: simd(0x94) as Code,
  shiftLeft: simd(0xcb) as Code,
  shiftRight: simd(0xcd) as Code,
  longAdd: simd(0xce) as Code,
} as const;

type Type = "i32" | "f64" | "v128";
const typeCodes: Readonly<Record<Type, number>> = { i32: 0x7f, f64: 0x7c, v128: 0x7b };

export interface WasmFunction {
  readonly takes: readonly Type[];
  readonly gives: readonly Type[];
  /** Locals beyond the arguments, all `v128`. */
  readonly locals: number;
  readonly body: Code;
}

/** What isn't in the language's own types: the host has it, in Node and in browsers. */
interface Host {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
}

export interface WasmModule {
  readonly memory: Float64Array;
  /** The last function. */
  readonly run: (...args: number[]) => void;
}

const pageBytes = 65536;

/**
 * Functions as a running module with a memory of its own.
 *
 * Imports come first in the numbering of functions; each is (f64, f64) → f64.
 *
 * @param bytes of memory that are needed
 */
export function assemble(
  functions: readonly WasmFunction[],
  imports: readonly ((x: number, y: number) => number)[],
  bytes: number,
): WasmModule {
  const host = (globalThis as unknown as { WebAssembly?: Host }).WebAssembly;
  if (!host)
    throw new Error(
      "cannot fit here: this JavaScript engine has no WebAssembly; use Node 20 or a current browser",
    );
  const section = (id: number, items: readonly (readonly number[])[]): number[] => {
    const content = [...leb(items.length), ...items.flat()];
    return [id, ...leb(content.length), ...content];
  };
  const text = (name: string): number[] => [...leb(name.length), ...[...name].map((c) => c.charCodeAt(0))];
  const types = (list: readonly Type[]): number[] => [...leb(list.length), ...list.map((t) => typeCodes[t])];
  const signature = ({ takes, gives }: Pick<WasmFunction, "takes" | "gives">): number[] => [
    0x60,
    ...types(takes),
    ...types(gives),
  ];
  const last = imports.length + functions.length - 1;
  const module = new host.Module(
    Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, [signature({ takes: ["f64", "f64"], gives: ["f64"] }), ...functions.map(signature)]),
      ...section(2, [
        [...text("e"), ...text("m"), 0x02, 0x00, ...leb(1)],
        ...imports.map((_, i) => [...text("e"), ...text(`f${i}`), 0x00, 0x00]),
      ]),
      ...section(
        3,
        functions.map((_, i) => leb(i + 1)),
      ),
      ...section(7, [[...text("run"), 0x00, ...leb(last)]]),
      ...section(
        10,
        functions.map(({ locals, body }) => {
          const code = [...(locals === 0 ? [0] : [1, ...leb(locals), typeCodes.v128]), ...body, 0x0b];
          return [...leb(code.length), ...code];
        }),
      ),
    ]),
  );
  const memory = new host.Memory({ initial: Math.max(1, Math.ceil(bytes / pageBytes)) });
  const { exports } = new host.Instance(module, {
    e: { m: memory, ...Object.fromEntries(imports.map((f, i) => [`f${i}`, f])) },
  });
  return { memory: new Float64Array(memory.buffer), run: exports.run as WasmModule["run"] };
}
