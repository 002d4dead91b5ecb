// node scripts/compile.mjs DIST: everything that is published, into DIST. The library with its command line, and the studio
// in the browser, share nothing but sources: they are built side by side.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "./prepare.mjs";

const [dist] = process.argv.slice(2);
const module = (...parts) => join(root, "node_modules", ...parts);

const results = await Promise.allSettled([
  (async () => {
    const tsc = module("typescript", "bin", "tsc"); // by path: .bin/tsc may belong to another TypeScript
    await run(
      "tsc -p tsconfig.build.json",
      tsc,
      "-p",
      "tsconfig.build.json",
      "--outDir",
      dist,
      "--noEmitOnError",
    );
    await run("scripts/bundle.mjs", join(root, "scripts", "bundle.mjs"), dist);
  })(),
  run(
    "vite build studio",
    module("vite", "bin", "vite.js"),
    "build",
    "studio",
    "--outDir",
    join(dist, "studio"),
    "--logLevel",
    "error",
  ),
]);
const failures = results.filter(({ status }) => status === "rejected");
for (const { reason } of failures) console.error(reason.message);
process.exitCode = failures.length === 0 ? 0 : 1;

function run(what, ...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => output.push(text));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`${what} failed:\n${Buffer.concat(output).toString().trim()}`)),
    );
  });
}
