import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin, type UserConfig } from "vite";

const library = fileURLToPath(new URL("../src/", import.meta.url));

/** The library by its public names ("isoflop/fit"), from its sources: the studio needs no earlier build. */
const alias = [{ find: /^isoflop\/(\w+)$/, replacement: `${library}$1/index.ts` }];

/** Packages of which a line is in the worker: Vite's own list of licences leaves a worker out. */
const inWorker = new Map<string, string>();

const seeWorker: Plugin = {
  name: "packages-of-the-worker",
  generateBundle(_, output) {
    for (const chunk of Object.values(output)) {
      if (chunk.type !== "chunk") continue;
      for (const [file, { renderedLength }] of Object.entries(chunk.modules)) {
        const [, folder, name] = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(file) ?? [];
        if (renderedLength > 0 && folder !== undefined && name !== undefined) inWorker.set(name, folder);
      }
    }
  },
};

const addLicences: Plugin = {
  name: "licences-of-the-worker",
  writeBundle({ dir }) {
    const list = join(dir!, "LICENSES.md");
    const known = readFileSync(list, "utf8");
    for (const [name, folder] of [...inWorker].sort()) {
      if (known.includes(`## ${name} - `)) continue;
      const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      if (file === undefined) throw new Error(`cannot bundle ${name}: it comes without its licence's text`);
      const text = readFileSync(join(folder, file), "utf8").trim();
      appendFileSync(list, `\n## ${name} - ${version} (${license})\n\n${text}\n`);
    }
  },
};

const config: UserConfig = defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "./",
  plugins: [react(), tailwindcss(), addLicences],
  resolve: { alias },
  worker: { format: "es", plugins: () => [seeWorker] },
  build: {
    outDir: fileURLToPath(new URL("../dist/studio", import.meta.url)),
    emptyOutDir: true,
    target: "es2023",
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    license: { fileName: "LICENSES.md" },
    // fonts and workers as files of their own: a policy of contents needs no data: addresses for them
    assetsInlineLimit: 0,
    rolldownOptions: {
      // what draws without a browser is never reached in one
      external: ["linkedom", "@resvg/resvg-js"],
    },
  },
  // `npm run dev -w studio` beside `isoflop studio --port 4600 --no-open`
  server: { proxy: { "/api": "http://127.0.0.1:4600" } },
});

export default config;
