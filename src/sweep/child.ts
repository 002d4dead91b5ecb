import { fileURLToPath } from "node:url";
import type { CurvePoint, RunSpec } from "../runs/index.ts";
import { isDiskFull, nodeDisk, openRunFolder, readResult, readSpec, runFolder } from "../store/index.ts";
import { badEnd, runProgram, type Trainer } from "../train/index.ts";
import { type AttemptOptions, trainInFolder } from "./attempt.ts";
import { builtInTrainer } from "./trainers.ts";

/** What a child says to the conductor, over Node's channel; the run itself stands in the folder. */
export type ChildMessage =
  | { readonly point: CurvePoint }
  | { readonly failed: string; readonly diskFull: boolean };

export interface ChildOptions {
  /** The run's folder, by the run's id. */
  readonly folderOf: (id: string) => string;
  /** The argument vector that a folder is added to; the package's own command line unless said. */
  readonly program?: readonly string[];
  readonly nice?: number;
  readonly graceMs?: number;
}

/** How this package's command line trains the run in one folder. */
function ownProgram(): string[] {
  return [process.execPath, fileURLToPath(new URL("../cli/main.js", import.meta.url)), "run-one"];
}

/**
 * A trainer that trains each run in a process of its own, with the trainer of this package that the spec names.
 *
 * @param name what the specs' `trainer` says
 * @example
 * childTrainer("gpt", { folderOf: (id) => join("ladder/runs", id), nice: 10 });
 */
export function childTrainer(
  name: string,
  { folderOf, program = ownProgram(), nice = 10, graceMs }: ChildOptions,
): Trainer {
  return {
    name,
    async train(spec: RunSpec, { signal, report } = {}) {
      const disk = nodeDisk();
      const folder = runFolder(folderOf(spec.id));
      await openRunFolder(disk, folder, spec);
      let failure: Error | null = null;
      const ended = await runProgram([...program, folder.path], {
        signal,
        log: folder.log,
        nice,
        graceMs,
        onMessage(message) {
          const said = message as ChildMessage;
          if ("point" in said) report?.(said.point);
          else failure = Object.assign(new Error(said.failed), said.diskFull ? { code: "ENOSPC" } : {});
        },
      });
      const result = await readResult(disk, folder, spec);
      if (result.status === "ended") return result.run;
      signal?.throwIfAborted();
      if (failure !== null) throw failure;
      throw new Error(
        `cannot train ${spec.id}: its process ${badEnd(ended) ?? "left without a result"} (${folder.log})`,
      );
    },
  };
}

/**
 * Trains the run in one folder, as its spec.json says: what a child process does.
 *
 * @param say tells the conductor; whatever fails is said to it, and returned as false
 */
export async function runOne(
  path: string,
  { signal, say, ...options }: { say: (message: ChildMessage) => void } & Omit<AttemptOptions, "report">,
): Promise<boolean> {
  try {
    const spec = await readSpec(options.disk ?? nodeDisk(), runFolder(path));
    if (spec === null) throw new Error(`no run in ${path}: expected a folder with a spec.json`);
    const trainer = builtInTrainer(spec, path);
    await trainInFolder(trainer, spec, path, { signal, report: (point) => say({ point }), ...options });
    return true;
  } catch (error) {
    say({ failed: error instanceof Error ? error.message : String(error), diskFull: isDiskFull(error) });
    return false;
  }
}
