import { dirname } from "node:path";
import type { Random } from "../../src/numeric/index.ts";
import type { Disk, Host } from "../../src/store/index.ts";

/** A disk in memory with the rules of a real one, so that thousands of kills take seconds. */
export function memoryDisk(): Disk & { readonly files: Map<string, string> } {
  const files = new Map<string, string>();
  const folders = new Set<string>();
  const times = new Map<string, number>();
  const inside = (path: string): string[] =>
    [...files.keys(), ...folders].filter((name) => name.startsWith(`${path}/`));
  const makeFolder = (path: string): void => {
    for (let at = path; at !== dirname(at); at = dirname(at)) folders.add(at);
  };
  const fail = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code });
  return {
    files,
    read: async (path) => files.get(path) ?? null,
    names: async (path) => [
      ...new Set(inside(path).map((name) => name.slice(path.length + 1).split("/")[0])),
    ],
    changed: async (path) => (files.has(path) ? (times.get(path) ?? 0) : null),
    makeFolder: async (path) => makeFolder(path),
    async write(path, text) {
      if (!folders.has(dirname(path))) throw fail("ENOENT", path);
      files.set(path, text);
    },
    async append(path, text) {
      if (!folders.has(dirname(path))) throw fail("ENOENT", path);
      files.set(path, (files.get(path) ?? "") + text);
    },
    async touch(path, at) {
      if (!files.has(path)) files.set(path, "");
      times.set(path, at);
    },
    async rename(from, to) {
      if (!files.has(from) && !folders.has(from)) throw fail("ENOENT", from);
      if (folders.has(from) && inside(to).length > 0) return false;
      for (const name of inside(from)) {
        const moved = to + name.slice(from.length);
        if (files.has(name)) files.set(moved, files.get(name)!);
        else folders.add(moved);
        files.delete(name);
        folders.delete(name);
      }
      if (files.has(from)) files.set(to, files.get(from)!);
      else makeFolder(to);
      files.delete(from);
      folders.delete(from);
      return true;
    },
    async remove(path) {
      for (const name of [path, ...inside(path)]) {
        files.delete(name);
        folders.delete(name);
      }
    },
  };
}

/**
 * A disk whose machine dies after so many operations, as `kill -9` would have it: the operation at which it dies is done
 * in full, in part or not at all, and nothing is ever answered again.
 */
export function mortalDisk(
  disk: Disk,
  operations: number,
  random: Random,
): { disk: Disk; dead: Promise<void> } {
  let left = operations;
  let die = (): void => {};
  const dead = new Promise<void>((done) => {
    die = done;
  });
  const never = new Promise<never>(() => {});
  const half = (text: string): string => text.slice(0, Math.floor(random.uniform() * text.length));
  const step = async <T>(work: () => Promise<T>, torn?: () => Promise<unknown>): Promise<T> => {
    if (left <= 0) return await never;
    left -= 1;
    if (left > 0) return await work();
    const how = random.uniform();
    if (how < 1 / 3) await work();
    else if (how < 2 / 3) await torn?.();
    die();
    return await never;
  };
  return {
    dead,
    disk: {
      read: (path) => step(() => disk.read(path)),
      names: (path) => step(() => disk.names(path)),
      changed: (path) => step(() => disk.changed(path)),
      makeFolder: (path) => step(() => disk.makeFolder(path)),
      touch: (path, at) => step(() => disk.touch(path, at)),
      rename: (from, to) => step(() => disk.rename(from, to)),
      remove: (path) => step(() => disk.remove(path)),
      write: (path, text) =>
        step(
          () => disk.write(path, text),
          () => disk.write(path, half(text)),
        ),
      append: (path, text) =>
        step(
          () => disk.append(path, text),
          () => disk.append(path, half(text)),
        ),
    },
  };
}

/** The process of one life: a number of its own, which lives until the next life begins. */
export function lives(): { next: () => Host; neighbour: () => Host } {
  let last = 0;
  const alive = new Set<number>();
  const hostOf = (pid: number): Host => ({
    machine: "m",
    pid,
    now: () => 1e12,
    startOf: (asked) => (alive.has(asked) ? `start of ${asked}` : null),
  });
  const born = (): Host => {
    last += 1;
    alive.add(last);
    return hostOf(last);
  };
  return {
    next() {
      alive.clear();
      return born();
    },
    neighbour: born,
  };
}
