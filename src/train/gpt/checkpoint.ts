import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { CurvePoint } from "../../runs/index.ts";

/** A run at one of its steps: all that what comes after depends on, to the bit. */
export interface Checkpoint {
  readonly step: number;
  /** Σ of the training loss since the curve's last point, and over how many steps. */
  readonly lossSum: number;
  readonly lossSteps: number;
  readonly firstLoss: number | null;
  readonly curve: readonly CurvePoint[];
  readonly seconds: number;
  readonly params: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/**
 * Where a run's checkpoints are: its own, and those of the steps it shares with longer and shorter runs.
 *
 * A file is written under another name, pushed to the disk and renamed, so there is a whole one or none. One that
 * cannot be read is none.
 */
export interface Checkpoints {
  readonly latest: () => Checkpoint | null;
  /** Keeps the run's own, in place of its last. */
  readonly save: (checkpoint: Checkpoint) => void;
  /** Keeps one for all runs that share its steps. */
  readonly share: (checkpoint: Checkpoint) => void;
  /** The run has ended: its own is needed no more. */
  readonly discard: () => void;
}

/**
 * @param own names all that determines the run
 * @param shared names all that determines its first `sharedSteps` steps
 */
export function checkpointsIn(
  folder: string,
  {
    own,
    shared,
    sharedSteps,
  }: { readonly own: string; readonly shared: string; readonly sharedSteps: number },
): Checkpoints {
  const ownFile = join(folder, `${own}.checkpoint`);
  const sharedFile = (step: number): string => join(folder, `${shared}-${step}.checkpoint`);
  const sharedSaved = (): number[] => {
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .flatMap((name) =>
        name.startsWith(`${shared}-`) ? [Number.parseInt(name.slice(shared.length + 1), 10)] : [],
      )
      .filter((step) => step <= sharedSteps);
  };
  return {
    latest() {
      const mine = read(ownFile);
      for (const step of sharedSaved().sort((a, b) => b - a)) {
        if (mine && mine.step >= step) return mine;
        const found = read(sharedFile(step));
        if (found) return found;
      }
      return mine;
    },
    save: (checkpoint) => write(ownFile, checkpoint),
    share: (checkpoint) => write(sharedFile(checkpoint.step), checkpoint),
    discard: () => rmSync(ownFile, { force: true }),
  };
}

function write(file: string, { params, first, second, ...head }: Checkpoint): void {
  mkdirSync(join(file, ".."), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  const descriptor = openSync(temporary, "w");
  try {
    writeSync(descriptor, `${JSON.stringify({ ...head, weights: params.length })}\n`);
    for (const part of [params, first, second]) {
      const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    }
    fsyncSync(descriptor);
  } catch (error) {
    rmSync(temporary, { force: true }); // a full disk stays no fuller
    throw error;
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
}

function read(file: string): Checkpoint | null {
  try {
    const content = readFileSync(file);
    const end = content.indexOf("\n") + 1;
    const { weights, ...head } = JSON.parse(content.toString("utf8", 0, end)) as Checkpoint & {
      weights: number;
    };
    if (content.length !== end + 12 * weights) return null;
    const start = content.byteOffset + end;
    const all = new Float32Array(content.buffer.slice(start, start + 12 * weights) as ArrayBuffer);
    const part = (i: number): Float32Array => all.subarray(i * weights, (i + 1) * weights);
    return { ...head, params: part(0), first: part(1), second: part(2) };
  } catch {
    return null;
  }
}
