import { mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { didYouMean } from "../numeric/index.ts";
import { Failed, systemFailure } from "./fail.ts";
import type { World } from "./world.ts";

/** A file's text, or that of standard input for "-", with the name by which errors call it. */
export async function readInput(world: World, path: string): Promise<{ text: string; origin: string }> {
  if (path === "-") return { text: await world.stdin(), origin: "stdin" };
  const full = resolve(world.cwd, path);
  try {
    return { text: await readFile(full, "utf8"), origin: path };
  } catch (error) {
    throw new Failed(`cannot read ${path}: ${systemFailure(error) ?? String(error)}${await nearby(full)}`);
  }
}

/** The JSON in a file; text that is none is the request's fault. */
export async function readJson(world: World, path: string): Promise<{ json: unknown; origin: string }> {
  const { text, origin } = await readInput(world, path);
  try {
    return { json: JSON.parse(text), origin };
  } catch (error) {
    throw new Error(
      `cannot read ${origin}: expected JSON (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}

/** A file of a similar name in the same folder, as a question. */
async function nearby(full: string): Promise<string> {
  try {
    const near = didYouMean(basename(full), await readdir(dirname(full)));
    return near === null || near === basename(full) ? "" : `; did you mean "${near}"?`;
  } catch {
    return "";
  }
}

/**
 * Writes a file whole or not at all: under another name first, which then takes the place of what was there.
 *
 * A link is followed and a file's mode is kept; what is no regular file (a pipe, a device) is written to as it is.
 *
 * @param inputs files that the answer was made from: they are never written over
 */
export async function saveText(
  world: World,
  path: string,
  text: string | Uint8Array,
  { inputs = [] }: { inputs?: readonly string[] } = {},
): Promise<void> {
  if (path === "-")
    throw new Error('cannot write "-": -o takes a file; without -o the answer goes to standard output');
  const full = await followed(resolve(world.cwd, path));
  for (const input of inputs)
    if (input !== "-" && full === (await followed(resolve(world.cwd, input))))
      throw new Error(`cannot write ${path}: it is the file that was read; choose another name`);
  // the global crypto, which Node loads when it is first used: a plan that is only printed need not wait for it
  const temporary = `${full}.${crypto.randomUUID()}.tmp`;
  try {
    const before = await stat(full).catch(() => null);
    if (before && !before.isFile()) return await writeFile(full, text);
    await writeFile(temporary, text, { flag: "wx", mode: before ? before.mode & 0o777 : 0o666 });
    await rename(temporary, full);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new Failed(`cannot write ${path}: ${systemFailure(error) ?? String(error)}`);
  }
}

/** Where a path leads; itself where nothing is there yet. */
async function followed(full: string): Promise<string> {
  return await realpath(full).catch(() => full);
}

export async function makeFolder(world: World, path: string): Promise<void> {
  try {
    await mkdir(resolve(world.cwd, path), { recursive: true });
  } catch (error) {
    throw new Failed(`cannot make the folder ${path}: ${systemFailure(error) ?? String(error)}`);
  }
}

/** Removes a folder with all that is in it, if it is there. */
export async function removeFolder(world: World, path: string): Promise<void> {
  await rm(resolve(world.cwd, path), { recursive: true, force: true });
}
