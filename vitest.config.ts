import { availableParallelism } from "node:os";
import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    maxWorkers: availableParallelism(), // one core would be left idle: on two that is half of them
    testTimeout: 60_000,
    hookTimeout: 120_000,
    coverage: { include: ["src/**"], reporter: ["text-summary"] },
  },
});

export default config;
