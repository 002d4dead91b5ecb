import * as fs from "node:fs/promises";

/**
 * The few things we ask of a disk, so that a test can pull the plug between any two of them, or fill the disk.
 *
 * What isn't there is null or empty; every other failure (no space, no permission) is the system's error.
 */
export interface Disk {
  readonly read: (path: string) => Promise<string | null>;
  /** What a folder holds, by name, in no order. */
  readonly names: (path: string) => Promise<string[]>;
  /** When a file last changed, in milliseconds since 1970. */
  readonly changed: (path: string) => Promise<number | null>;
  /** Makes the folder and those above it. */
  readonly makeFolder: (path: string) => Promise<void>;
  /** Returns when the text is on the disk, not only on its way there. */
  readonly write: (path: string, text: string) => Promise<void>;
  readonly append: (path: string, text: string) => Promise<void>;
  /** Says that the file changed at this time, in milliseconds since 1970; makes it, empty, where it isn't. */
  readonly touch: (path: string, at: number) => Promise<void>;
  /** Atomic: a file takes the place of another; a folder that of none or of an empty one, else false. */
  readonly rename: (from: string, to: string) => Promise<boolean>;
  readonly remove: (path: string) => Promise<void>;
}

/** The disk of this machine. */
export function nodeDisk(): Disk {
  return {
    read: (path) => orNull(fs.readFile(path, "utf8")),
    names: async (path) => (await orNull(fs.readdir(path))) ?? [],
    changed: async (path) => (await orNull(fs.stat(path)))?.mtimeMs ?? null,
    async makeFolder(path) {
      await fs.mkdir(path, { recursive: true });
    },
    async write(path, text) {
      const file = await fs.open(path, "w");
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    append: (path, text) => fs.appendFile(path, text),
    async touch(path, at) {
      const set = (): Promise<void> => fs.utimes(path, at / 1000, at / 1000);
      if ((await orNull(set().then(() => true))) !== null) return;
      await fs.appendFile(path, "");
      await set();
    },
    async rename(from, to) {
      try {
        await fs.rename(from, to);
        return true;
      } catch (error) {
        if (isOneOf(error, ["ENOTEMPTY", "EEXIST", "EPERM"])) return false;
        throw error;
      }
    },
    remove: (path) => fs.rm(path, { recursive: true, force: true }),
  };
}

/** Writes a file whole or not at all: under another name first, which then takes its place. */
export async function writeWhole(disk: Disk, path: string, text: string): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await disk.write(temporary, text);
    if (!(await disk.rename(temporary, path)))
      throw new Error(`cannot write ${path}: something there, or the system, lets nothing take its place`);
  } catch (error) {
    await disk.remove(temporary).catch(() => {}); // what went wrong first is what matters
    throw error;
  }
}

/** True for an error that says that nothing more can be written: the disk or the quota is full. */
export function isDiskFull(error: unknown): boolean {
  return isOneOf(error, ["ENOSPC", "EDQUOT"]);
}

async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (isOneOf(error, ["ENOENT", "ENOTDIR"])) return null;
    throw error;
  }
}

function isOneOf(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
