import type { World } from "./world.ts";

/**
 * How to call this program again, for commands that people copy: `npx isoflop` where npm started it (`npx isoflop …`,
 * `npm run quickstart`), since it is then perhaps nowhere on the path; npm says so in the environment.
 */
export function invocation({ env }: World): string {
  return env.npm_command === undefined ? "isoflop" : "npx isoflop";
}
