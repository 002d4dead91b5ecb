import { homedir } from "node:os";
import { join } from "node:path";

/** Where what can be made again is kept: $XDG_CACHE_HOME/isoflop, else ~/.cache/isoflop. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "isoflop");
}
