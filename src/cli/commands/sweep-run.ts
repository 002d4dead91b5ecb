import { join, resolve } from "node:path";
import type { Command, OptionValues } from "@commander-js/extra-typings";
import {
  type FolderOutcome,
  openSweep,
  readSweepFiles,
  runSweep,
  type StopReason,
  SweepHeld,
  type SweepState,
  sweepState,
  writeSweep,
} from "../../sweep/index.ts";
import { openAnswer, type SharedOptions } from "../answer.ts";
import { Failed } from "../fail.ts";
import { invocation } from "../invocation.ts";
import { wholeOption, wordOption } from "../options.ts";
import { isFolder, readSweepFile } from "../sweep-file.ts";
import { liveSweep } from "../sweep-live.ts";
import { failureLines, summaryLines } from "../sweep-text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop sweep run: a sweep's file or folder → its runs, trained here. */
export function sweepRunVerb(world: World): RunnableVerb {
  const command = verb(
    world,
    "sweep run",
    "Trains the runs of a sweep on this machine, several at once. What has ended is kept: after Ctrl-C or any kill, isoflop sweep resume goes on.",
    [
      "sweep run ladder.yaml",
      "sweep run ladder.yaml --out /data/ladder --concurrency 2",
      'sweep run sweep.json --trainer "python train.py {spec} {out}"',
    ],
  )
    .argument("<file|folder>", "the sweep's file, or a folder made of one")
    .option("--out <folder>", "where the runs go (default: the file's name without its ending)")
    .option("--trainer <name|command>", "who trains, instead of what the file says");
  return withTrainOptions(command).action(async (path, options) => {
    const folder = (await isFolder(world, path)) ? path : await prepared(world, path, options);
    if (folder === path && (options.out !== undefined || options.trainer !== undefined))
      throw new Error(`${path} is a sweep's folder, whose runs are set; --out and --trainer go with a file`);
    await train(world, folder, options);
  });
}

/** isoflop sweep resume: goes on with a sweep that was stopped, killed or cancelled. */
export function sweepResumeVerb(world: World): RunnableVerb {
  const command = verb(
    world,
    "sweep resume",
    "Goes on with a sweep after Ctrl-C, a kill, a failure or a cancellation: trains what has not ended, and nothing twice.",
    ["sweep resume ladder", 'sweep resume ladder --trainer "python3 train.py --out {out}"'],
  )
    .argument("<folder>", "the sweep's folder")
    .option("--trainer <command>", "another command for the same runs, where the first was wrong");
  return withTrainOptions(command).action(async (folder, options) => {
    const full = resolve(world.cwd, folder);
    const record = await openSweep(full);
    if (options.trainer !== undefined) {
      if (record.command === null)
        throw new Error(
          `--trainer: the sweep in ${folder} is trained by "${record.specs[0].trainer}", got a command; run its file into another folder`,
        );
      const { command } = await readSweepFile(
        { ...world, stdin: async () => JSON.stringify(record.specs) },
        "-",
        { trainer: options.trainer },
      );
      if (command === null)
        throw new Error(`--trainer: expected a command with {out}, got "${options.trainer}"`);
      await writeSweep(full, { ...record, command });
    }
    await train(world, folder, { ...options, resume: true });
  });
}

type TrainOptions = {
  readonly concurrency?: number;
  readonly executor?: "local" | "inline";
  readonly nice: number;
  readonly resume?: boolean;
};

/** How the runs are trained, begun or resumed. */
function withTrainOptions<Arguments extends unknown[], Options extends OptionValues>(
  command: Command<Arguments, Options>,
): Command<Arguments, Options & TrainOptions> {
  return command
    .option("--concurrency <n>", "how many runs at once", wholeOption("--concurrency", { least: 1 }))
    .option(
      "--executor <name>",
      "local: a process for each run; inline: one after the other, in this one (default: local)",
      wordOption("--executor", ["local", "inline"]),
    )
    .option(
      "--nice <n>",
      "how far the runs stand back behind other work, 0 to 19",
      wholeOption("--nice"),
      10,
    ) as unknown as Command<Arguments, Options & TrainOptions>;
}

/** The folder of a sweep's file, with the sweep in it. */
async function prepared(
  world: World,
  file: string,
  { out, trainer, seed }: { out?: string; trainer?: string; seed: number },
): Promise<string> {
  const record = await readSweepFile(world, file, { trainer, seed });
  const folder = out ?? record.name;
  await writeSweep(resolve(world.cwd, folder), record);
  return folder;
}

async function train(world: World, folder: string, options: TrainOptions & SharedOptions): Promise<void> {
  const answer = openAnswer(world, options);
  const full = resolve(world.cwd, folder);
  const files = await readSweepFiles(full);
  if (files.cancelled && !options.resume)
    throw new Error(`the sweep in ${folder} was cancelled; isoflop sweep resume ${folder} goes on with it`);
  const live = liveSweep(world, files, {
    color: options.color,
    quiet: options.quiet ?? false,
  });
  const stop = new AbortController();
  const forget = world.onInterrupt?.(() => {
    answer.remark("stopping: the runs at work end or are broken off (Ctrl-C again ends at once) …");
    stop.abort();
  });
  let outcome: FolderOutcome;
  try {
    outcome = await runSweep(full, {
      executor: options.executor,
      concurrency: options.concurrency ?? null,
      nice: options.nice,
      resume: options.resume,
      signal: stop.signal,
      onBegin: live.onBegin,
      onPoint: live.onPoint,
      onProgress: live.onProgress,
      onSplit: live.onSplit,
    });
  } catch (error) {
    if (error instanceof SweepHeld)
      throw new Failed(
        `${error.message.replace(full, folder)}; isoflop sweep status ${folder} shows how far it is`,
      );
    throw error;
  } finally {
    live.end();
    forget?.();
  }
  const state = await sweepState(full);
  answer.give(state, () => [...summaryLines(state, answer.paint), ...failureLines(state.runs, answer.paint)]);
  const isoflop = invocation(world);
  const problem = problemOf(outcome, state, `${isoflop} sweep resume ${folder}`, join(folder, "runs"));
  if (problem !== null) throw new Failed(problem);
  answer.remark(`\nNext: ${isoflop} sweep collect ${folder} -o runs.jsonl, ${isoflop} fit runs.jsonl`);
}

const because: Readonly<Record<StopReason, string>> = {
  signal: "stopped",
  cancelled: "cancelled",
  hours: "the sweep's hours are used up: stopped",
  "disk-full": "the disk is full: stopped",
  "taken-over": "another process has taken the sweep over: stopped",
};

/** What is left to say when not all runs have ended, and how to go on. */
function problemOf(
  { stopped, failed }: FolderOutcome,
  { finished, diverged, total }: SweepState,
  resume: string,
  runs: string,
): string | null {
  const done = finished + diverged;
  if (done === total) return null;
  if (stopped !== null) {
    const first = stopped === "disk-full" ? `free some space (what has ended is safe), then ` : "";
    return `${because[stopped]} after ${done} of ${total} runs; ${first}go on with ${resume}`;
  }
  return `${failed.length} of ${total} runs failed (${runs}/<id>/log.txt has what they printed); try them again with ${resume}`;
}
