import { open, readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, join, relative, sep } from "node:path";
import { nodeDisk, writeWhole } from "../store/index.ts";
import { Refused } from "./refused.ts";

/** What a file of the folder is. */
type FileKind =
  | "runs"
  | "fit"
  | "plan"
  | "comparison"
  | "diagnosis"
  | "sweep"
  | "report"
  | "figure"
  | "other";

interface WorkspaceFile {
  /** The path from the folder, with "/" between its parts. */
  readonly name: string;
  readonly kind: FileKind;
  readonly bytes: number;
  /** In ISO 8601. */
  readonly modified: string;
}

/** Something of the folder as it was found. */
interface Found {
  readonly path: string;
  readonly bytes: number;
  readonly modified: Date;
  /** Changes with the content. */
  readonly etag: string;
  readonly isFolder: boolean;
}

/**
 * The folder that a studio works in. Nothing outside it is ever read or written: a name is a plain path without "..",
 * without hidden parts, and where it leads, links followed, lies in the folder.
 */
export interface Workspace {
  readonly folder: string;
  readonly files: () => Promise<WorkspaceFile[]>;
  /** @throws Refused when it isn't there or not ours */
  readonly find: (name: string) => Promise<Found>;
  /** The folder of a sweep. */
  readonly findSweep: (name: string) => Promise<string>;
  /** Whether a path that we made ourselves leads to where we are allowed to read. */
  readonly holds: (path: string) => Promise<boolean>;
  readonly write: (name: string, text: string, match: Match) => Promise<{ found: Found; isNew: boolean }>;
}

/** What a writer knows of the file: its If-Match and If-None-Match. */
interface Match {
  readonly ifMatch: string | null;
  readonly ifNoneMatch: string | null;
}

/** The name of the folder itself, where that is a sweep. */
const ownName = "@";

const deepest = 4;
const most = 5000;

export async function openWorkspace(path: string): Promise<Workspace> {
  const folder = await realpath(path).catch(() => {
    throw new Error(`cannot open ${path}: no such folder; make it first, or name another`);
  });
  if (!(await stat(folder)).isDirectory())
    throw new Error(`cannot open ${path}: expected a folder, got a file; name the folder that it is in`);
  const isInside = (real: string): boolean =>
    real === folder || real.startsWith(folder.endsWith(sep) ? folder : folder + sep);
  let writing: Promise<unknown> = Promise.resolve(); // one at a time, so that what was compared is what is replaced

  const find = async (name: string): Promise<Found> => {
    checkName(name);
    const real = await realpath(join(folder, name)).catch(() => null);
    if (real === null) throw missing(name);
    if (!isInside(real)) throw new Refused(403, `${name} is a link that leads out of the folder`);
    return describe(real);
  };
  return {
    folder,
    files: async () => listing(folder, isInside),
    find,
    async findSweep(name) {
      const isOwn = name === ownName && (await isSweep(folder));
      const found = isOwn ? await describe(folder) : await find(name);
      if (!found.isFolder || !(await isSweep(found.path)))
        throw new Refused(404, `${name} is no sweep`, { remedy: "expected a folder with a sweep.json" });
      return found.path;
    },
    async holds(path) {
      const real = await realpath(path).catch(() => null);
      return real !== null && isInside(real);
    },
    async write(name, text, match) {
      checkName(name);
      const place = async (): Promise<{ found: Found; isNew: boolean }> => {
        const parent = await realpath(dirname(join(folder, name))).catch(() => null);
        if (parent === null) throw new Refused(404, `${name}: no such folder to write into`);
        if (!isInside(parent)) throw new Refused(403, `${name} is a link that leads out of the folder`);
        if (await liesInSweep(parent, folder))
          throw new Refused(409, `${name} lies in a sweep, whose files its trainers write`, {
            remedy: "save beside it",
          });
        const before = await find(name).catch((error: unknown) => {
          if (error instanceof Refused && error.status === 404) return null;
          throw error;
        });
        if (before?.isFolder)
          throw new Refused(409, `${name} is a folder`, { remedy: "choose another name" });
        checkMatch(name, before, match);
        const path = before?.path ?? join(parent, basename(name));
        await writeWhole(nodeDisk(), path, text);
        return { found: await describe(path), isNew: before === null };
      };
      const written = writing.then(place);
      writing = written.catch(() => {});
      return written;
    },
  };
}

/** Refuses whatever is no plain path downwards. */
function checkName(name: string): void {
  const parts = name.split("/");
  const isPlain = (part: string): boolean =>
    part !== "" &&
    !part.startsWith(".") &&
    !/[\\\p{Cc}]/u.test(part) &&
    !(process.platform === "win32" && part.includes(":"));
  if (name.length > 1000 || !parts.every(isPlain))
    throw new Refused(400, "expected the name of a file in the folder", {
      got: JSON.stringify(name.slice(0, 100)),
      remedy: 'names are paths from the folder, without "..", and nothing hidden is served',
    });
}

function missing(name: string): Refused {
  return new Refused(404, `no file ${name} in the folder`, {
    remedy: "GET /api/workspace lists what is there",
  });
}

async function describe(path: string): Promise<Found> {
  const found = await stat(path, { bigint: true });
  if (!found.isFile() && !found.isDirectory())
    throw new Refused(403, "it is neither a file nor a folder", { remedy: "only files are served" });
  // a file that is replaced has another number, one that is written to another time
  const etag = `"${[found.ino, found.mtimeNs, found.size].map((part) => part.toString(36)).join("-")}"`;
  return {
    path,
    bytes: Number(found.size),
    modified: found.mtime,
    etag,
    isFolder: found.isDirectory(),
  };
}

function checkMatch(name: string, before: Found | null, { ifMatch, ifNoneMatch }: Match): void {
  const tags = (header: string): string[] => header.split(",").map((tag) => tag.trim());
  if (before === null) {
    if (ifMatch !== null)
      throw new Refused(412, `${name} is no longer there`, { remedy: "leave If-Match out to make it anew" });
    return;
  }
  if (ifNoneMatch?.trim() === "*")
    throw new Refused(412, `${name} is there already`, { remedy: "choose another name" });
  if (ifMatch === null)
    throw new Refused(428, `${name} is there already`, {
      remedy: "send its ETag as If-Match to replace it, or choose another name",
    });
  if (ifMatch.trim() !== "*" && !tags(ifMatch).includes(before.etag))
    throw new Refused(412, `${name} has changed since it was read`, {
      got: ifMatch,
      remedy: `read it again (its ETag is ${before.etag}), or choose another name`,
    });
}

async function isSweep(folder: string): Promise<boolean> {
  const head = await headOf(join(folder, "sweep.json"));
  return head !== null && formatIn(head) === "sweeprecord";
}

/** Whether a folder is part of a sweep that lies in the workspace. */
async function liesInSweep(path: string, folder: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    if (await isSweep(at)) return true;
    if (at === folder || dirname(at) === at) return false;
  }
}

async function listing(folder: string, isInside: (real: string) => boolean): Promise<WorkspaceFile[]> {
  const files: WorkspaceFile[] = [];
  const walk = async (at: string, depth: number): Promise<void> => {
    const names = await readdir(at).catch(() => []);
    for (const name of names.sort()) {
      if (files.length >= most) return;
      if (name.startsWith(".") || name === "node_modules" || name.endsWith(".tmp")) continue;
      const path = await realpath(join(at, name)).catch(() => null);
      if (path === null || !isInside(path)) continue;
      const found = await stat(path).catch(() => null);
      if (found === null || !(found.isFile() || found.isDirectory())) continue;
      const entry = {
        name: relative(folder, join(at, name)).split(sep).join("/"),
        bytes: found.isFile() ? found.size : 0,
        modified: found.mtime.toISOString(),
      };
      if (found.isFile()) files.push({ ...entry, kind: await kindOf(path) });
      else if (await isSweep(path)) files.push({ ...entry, kind: "sweep" });
      // a link to a folder could lead round in a circle
      else if (depth < deepest && path === join(at, name)) await walk(path, depth + 1);
    }
  };
  if (await isSweep(folder)) {
    const { mtime } = await stat(folder);
    return [{ name: ownName, kind: "sweep", bytes: 0, modified: mtime.toISOString() }];
  }
  await walk(folder, 1);
  return files;
}

const kindByEnding: Readonly<Record<string, FileKind>> = {
  ".csv": "runs",
  ".tsv": "runs",
  ".jsonl": "runs",
  ".ndjson": "runs",
  ".html": "report",
  ".svg": "figure",
  ".png": "figure",
};

const kindByFormat: Readonly<Record<string, FileKind>> = {
  run: "runs",
  fit: "fit",
  plan: "plan",
  sweep: "plan",
  nextruns: "plan",
  comparison: "comparison",
  diagnosis: "diagnosis",
  report: "report",
  figure: "figure",
};

/** By a file's ending; of JSON, by the noun's format, which stands at its beginning. */
async function kindOf(path: string): Promise<FileKind> {
  const ending = extname(path).toLowerCase();
  if (ending !== ".json") return kindByEnding[ending] ?? "other";
  const head = (await headOf(path)) ?? "";
  return kindByFormat[formatIn(head) ?? ""] ?? "other";
}

function formatIn(head: string): string | null {
  return /^\s*(?:\[\s*)?\{\s*"format"\s*:\s*"isoflop\.([a-z-]+)\/\d+"/.exec(head)?.[1] ?? null;
}

async function headOf(path: string): Promise<string | null> {
  if (!(await stat(path).catch(() => null))?.isFile()) return null; // a pipe would keep us waiting
  const file = await open(path, "r").catch(() => null);
  if (file === null) return null;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}
