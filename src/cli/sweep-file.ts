import { stat } from "node:fs/promises";
import { basename, dirname, extname, isAbsolute, join, resolve } from "node:path";
import type { SweepRecord } from "../sweep/index.ts";
import { readInput, readJson } from "./files.ts";
import { designSweep } from "./sweep-design.ts";
import type { World } from "./world.ts";

/** True for a path that is a folder. */
export async function isFolder(world: World, path: string): Promise<boolean> {
  return await stat(resolve(world.cwd, path)).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** The sweep that a file in YAML or JSON describes. */
export async function readSweepFile(
  world: World,
  path: string,
  { trainer = null, seed }: { trainer?: string | null; seed?: number } = {},
): Promise<SweepRecord> {
  const { text, origin } = await readInput(world, path);
  const { parse } = await import("yaml"); // of which JSON is a part
  let file: unknown;
  try {
    file = parse(text, { uniqueKeys: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new Error(`cannot read ${origin}: expected YAML or JSON (${reason})`);
  }
  const folder = path === "-" ? "." : dirname(path); // paths in a file start from where it lies
  return await designSweep(file, {
    origin,
    name: path === "-" ? "sweep" : basename(path, extname(path)),
    cwd: world.cwd,
    trainer,
    seed,
    read: async (other) => (await readJson(world, isAbsolute(other) ? other : join(folder, other))).json,
    follow: (other) => resolve(world.cwd, folder, other),
  });
}
