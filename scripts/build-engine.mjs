// node scripts/build-engine.mjs: compiles src/train/gpt/engine/engine.c to WebAssembly with clang and lld (Debian's
// packages of these names) and writes engine/built.ts: both builds, the sources, and the hash that a test holds it to.
//
// The builds and the C text travel inside a TypeScript module, not as files beside it: so they are found wherever a
// bundler or dist/ puts the code, and in a browser.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const engine = join(root, "src", "train", "gpt", "engine");
const biome = join(root, "node_modules", "@biomejs", "biome", "bin", "biome");
const sources = Object.fromEntries(
  ["engine.c", "host.c"].map((name) => [name, readFileSync(join(engine, name), "utf8")]),
);
const hash = createHash("sha256").update(JSON.stringify(sources)).digest("hex");

const flags = [
  ..."--target=wasm32 -O3 -ffreestanding -nostdlib -fvisibility=hidden -msimd128 -mbulk-memory".split(" "),
  ..."-Wl,--no-entry -Wl,--export-dynamic -Wl,--export=__heap_base -Wl,--strip-all".split(" "),
];

function compile(...more) {
  const folder = mkdtempSync(join(tmpdir(), "isoflop-engine-"));
  try {
    const made = join(folder, "engine.wasm");
    const result = spawnSync("clang", [...flags, ...more, join(engine, "engine.c"), "-o", made], {
      encoding: "utf8",
    });
    if (result.status !== 0)
      throw new Error(result.stderr || "clang and lld are needed: apt-get install clang lld");
    return readFileSync(made);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** clang 14 writes relaxed multiply-add by the number it had in the draft; the standard's is 0x105. */
function withStandardNumbers(wasm) {
  const bytes = Buffer.from(wasm);
  let count = 0;
  for (let at = bytes.indexOf("fdaf01", 0, "hex"); at >= 0; at = bytes.indexOf("fdaf01", at + 3, "hex")) {
    bytes.writeUIntBE(0xfd8502, at, 3);
    count++;
  }
  if (count === 0)
    throw new Error("found no relaxed multiply-add: does this clang write the standard's number?");
  return bytes;
}

const plain = compile();
const relaxed = withStandardNumbers(compile("-mrelaxed-simd"));
if (!WebAssembly.validate(plain)) throw new Error("the plain build is not valid WebAssembly");
writeFileSync(
  join(engine, "built.ts"),
  `// Made from engine.c and host.c by scripts/build-engine.mjs: do not edit.

/** SHA-256 of the sources that the builds were made from. */
export const sourceHash = "${hash}";

/** What a C compiler needs to build the engine for its own machine. */
export const sources: Readonly<Record<string, string>> = ${JSON.stringify(sources)};

/** WebAssembly with SIMD, base64. */
export const plain = "${plain.toString("base64")}";

/** The same with fused multiply-add (relaxed SIMD), base64. */
export const relaxed = "${relaxed.toString("base64")}";
`,
);
spawnSync(process.execPath, [biome, "format", "--write", join(engine, "built.ts")]);
console.log(`plain ${plain.length} bytes, relaxed ${relaxed.length} bytes`);
