// node scripts/bundle.mjs DIST: bundles the command line of a compiled DIST in place, a file a command. Loading its two
// hundred modules one by one took longer than any plan; the library beside it stays as compiled, for other bundlers.
import * as fs from "node:fs";
import { join, sep } from "node:path";
import { rolldown } from "rolldown";
import { root } from "./prepare.mjs";

const [dist] = process.argv.slice(2);
const compiled = join(dist, "cli");
const bundled = join(dist, "cli-bundled");

const bundle = await rolldown({
  cwd: dist, // the bundle's comments name files from here: the same names in every build
  input: { main: join(compiled, "main.js"), worker: join(compiled, "worker.js") },
  platform: "node",
  // seldom loaded; they find their own parts by their place on the disk, or are more than a drawing needs at the start
  external: ["jiti", "tinypool", "@observablehq/plot", "@resvg/resvg-js", "linkedom"],
  // our package.json says it of our modules, but DIST lies where no package.json is found; all that is bundled keeps it
  treeshake: { moduleSideEffects: false },
});
// all files lie where main.js lay: their relative addresses (../../package.json, ../index.js) stay right
const { output } = await bundle.write({
  dir: bundled,
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "[name].js",
  comments: { legal: true, annotation: false, jsdoc: false },
});
await bundle.close();

fs.writeFileSync(join(bundled, "LICENSES.txt"), licences(packagesIn(output)));
fs.rmSync(compiled, { recursive: true });
fs.renameSync(bundled, compiled);

/** The packages of which a line is in the bundle, by name; our own modules lie in a folder with a dot. */
function packagesIn(chunks) {
  const files = chunks.flatMap(({ modules = {} }) =>
    Object.entries(modules).flatMap(([file, { renderedLength }]) => (renderedLength > 0 ? [file] : [])),
  );
  const names = files.flatMap((file) => {
    const inside = file.split(`${sep}node_modules${sep}`).at(-1);
    const [, name] = inside.match(/^((?:@[^/\\]+[/\\])?\w[^/\\]*)[/\\]/) ?? [];
    return name === undefined ? [] : [name.replace("\\", "/")];
  });
  return [...new Set(names)].sort();
}

/** Their licences ask that copies carry them. */
function licences(names) {
  return names
    .map((name) => {
      const folder = join(root, "node_modules", name);
      const { version, license } = JSON.parse(fs.readFileSync(join(folder, "package.json"), "utf8"));
      const file = fs.readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
      if (file === undefined) throw new Error(`cannot bundle ${name}: it comes without its licence's text`);
      const text = fs.readFileSync(join(folder, file), "utf8").trim();
      return `${name} ${version} (${license})\n\n${text}\n`;
    })
    .join(`\n${"─".repeat(80)}\n\n`);
}
