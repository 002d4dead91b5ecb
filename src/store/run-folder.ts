import { join } from "node:path";
import {
  contentHash,
  type MetricLines,
  type Run,
  type RunSpec,
  readMetricLines,
  runSchema,
  runSpecSchema,
} from "../runs/index.ts";
import { type Disk, writeWhole } from "./disk.ts";

/**
 * The files of a run's folder, the interface that every trainer in every language writes:
 *
 *     spec.json        what was asked (RunSpec), written before the start
 *     metrics.jsonl    one point of the curve a line, append only
 *     run.json         the result (Run), written whole under another name and renamed: its presence is the proof of the end
 *     log.txt          what the trainer printed
 *     attempts/<n>/    one claim an attempt: owner.json, heartbeat, ended.json
 */
export interface RunFolder {
  readonly path: string;
  readonly spec: string;
  readonly metrics: string;
  readonly run: string;
  readonly log: string;
  readonly attempts: string;
}

/** Where the files of a run are. */
export function runFolder(path: string): RunFolder {
  return {
    path,
    spec: join(path, "spec.json"),
    metrics: join(path, "metrics.jsonl"),
    run: join(path, "run.json"),
    log: join(path, "log.txt"),
    attempts: join(path, "attempts"),
  };
}

/**
 * The name of the folder of an id: the id itself where every file system can hold it, else what can be read of it and
 * a piece of its hash.
 *
 * @example folderName("c1e18-n91.3M-s0"); // "c1e18-n91.3M-s0"
 */
export function folderName(id: string): string {
  const plain = /^[A-Za-z0-9][\w.-]{0,99}$/.test(id) && !id.endsWith(".");
  // names that Windows keeps for devices
  if (plain && !/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(id)) return id;
  const readable = id.replaceAll(/[^A-Za-z0-9-]+/g, "_").slice(0, 40);
  return `_${readable}-${contentHash(id).slice("sha256:".length, "sha256:".length + 16)}`;
}

/** What was found where a run's result stands. */
export type Result =
  | { readonly status: "none" }
  | { readonly status: "ended"; readonly run: Run }
  /** Something is there, and it is not the end of this run. */
  | { readonly status: "wrong"; readonly message: string };

/** The run's result, if it is one of this spec. */
export async function readResult(disk: Disk, folder: RunFolder, spec: RunSpec): Promise<Result> {
  const text = await disk.read(folder.run);
  if (text === null) return { status: "none" };
  const wrong = (message: string): Result => ({ status: "wrong", message: `${folder.run}: ${message}` });
  const read = runSchema.safeParse(jsonOf(text));
  if (!read.success) {
    const { path, message } = read.error.issues[0];
    return wrong(`no valid isoflop.run/1: ${path.length > 0 ? `${path.join(".")}: ` : ""}${message}`);
  }
  const run = read.data;
  if (run.spec === null || contentHash(run.spec) !== contentHash(spec))
    return wrong("the run of another spec");
  if (run.status === "unfinished") return wrong("expected a run that has ended, got unfinished");
  return { status: "ended", run };
}

/** Writes the result: from here on the run has ended. */
export async function writeResult(disk: Disk, folder: RunFolder, run: Run): Promise<void> {
  await writeWhole(disk, folder.run, jsonFile(run));
}

/** The spec in a run's folder, or null; an error when it is none. */
export async function readSpec(disk: Disk, folder: RunFolder): Promise<RunSpec | null> {
  const text = await disk.read(folder.spec);
  if (text === null) return null;
  const read = runSpecSchema.safeParse(jsonOf(text));
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0];
  throw new Error(`${folder.spec}: no valid isoflop.runspec/1: ${path.join(".")}: ${message}`);
}

/** Makes the folder of a run, with its spec; an error when it holds another's. */
export async function openRunFolder(disk: Disk, folder: RunFolder, spec: RunSpec): Promise<void> {
  const there = await readSpec(disk, folder);
  if (there === null) {
    await disk.makeFolder(folder.path);
    await writeWhole(disk, folder.spec, jsonFile(spec));
  } else if (contentHash(there) !== contentHash(spec))
    throw new Error(
      `cannot train ${spec.id}: ${folder.path} holds another spec; use another folder or other ids`,
    );
}

export async function readMetrics(disk: Disk, folder: RunFolder): Promise<MetricLines> {
  return readMetricLines((await disk.read(folder.metrics)) ?? "");
}

/** Ends a line that a killed writer left half written, so that the next one begins a line of its own. */
export async function mendMetrics(disk: Disk, folder: RunFolder): Promise<void> {
  const text = await disk.read(folder.metrics);
  if (text !== null && text !== "" && !text.endsWith("\n")) await disk.append(folder.metrics, "\n");
}

/** A noun as the text of a file. */
export function jsonFile(noun: unknown): string {
  return `${JSON.stringify(noun, null, 2)}\n`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
