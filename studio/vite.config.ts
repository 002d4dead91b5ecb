import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type UserConfig } from "vite";

const library = fileURLToPath(new URL("../src/", import.meta.url));

/** The library by its public names ("isoflop/fit"), from its sources: the studio needs no earlier build. */
const alias = [{ find: /^isoflop\/(\w+)$/, replacement: `${library}$1/index.ts` }];

const config: UserConfig = defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "./",
  plugins: [react(), tailwindcss()],
  resolve: { alias },
  worker: { format: "es" },
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
