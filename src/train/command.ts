import { mkdtemp, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CurvePoint,
  contentHash,
  type MetricLines,
  type Run,
  type RunSpec,
  readMetricLines,
  runSchema,
} from "../runs/index.ts";
import { cacheFolder } from "./gpt/cache.ts";
import { openCorpus, tokensFile } from "./gpt/corpus.ts";
import { badEnd, runProgram } from "./program.ts";
import type { Trainer, TrainOptions } from "./trainer.ts";

export interface CommandOptions {
  /**
   * The program and its arguments, as a line or as a list. In each argument {spec} becomes the path of spec.json,
   * {out} and {folder} that of the run's folder, {data} the tokens to train on (`settings.data.tokens`, else the cached
   * file of the text `settings.data.text`, tokenised as the embedded trainer does), {branch} the folder of the run it
   * branches off, and {id}, {seed}, {tokens}, {batchTokens}, {learningRate}, {params} what the spec says.
   */
  readonly command: string | readonly string[];
  /** Where it runs: here unless said. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly nice?: number;
  /** How long a program may take to stop when it is told to. */
  readonly graceMs?: number;
  /** How often its metrics.jsonl is looked at. */
  readonly everyMs?: number;
  /** Where tokenised texts are kept; default: the user's cache folder. */
  readonly cache?: string;
}

/**
 * The trainer that is any program, in any language, which writes a run's folder.
 *
 * The program gets spec.json, appends the points of its curve to metrics.jsonl, and leaves with exit code 0. It may
 * write run.json itself; if it doesn't, the run is made from the last validation loss in metrics.jsonl, which must then
 * lie at the spec's tokens, within one per cent. What it prints goes to log.txt. Points of an earlier attempt stay in
 * metrics.jsonl, and the program may go on from checkpoints of its own in the folder.
 *
 * @example
 * commandTrainer({ command: "python train.py --spec {spec} --out {out}" });
 */
export function commandTrainer({
  command,
  cwd,
  env,
  nice = 0,
  graceMs,
  everyMs = 500,
  cache = cacheFolder(),
}: CommandOptions): Trainer {
  const template = typeof command === "string" ? splitCommand(command) : command;
  if (template.length === 0 || template[0] === "")
    throw new Error(
      'cannot train by command: expected a program, got none; give one, such as "python train.py {out}"',
    );
  checkPlaceholders(template);
  const asksForData = template.some((word) => word.includes("{data}"));
  const files = new Map<string, string>();
  /** The tokens of a spec, tokenised the first time. */
  function dataOf({ shape, settings }: RunSpec): string | null {
    if (!asksForData) return null;
    const { text, tokens } = (settings.data ?? {}) as { text?: string | readonly string[]; tokens?: string };
    if (tokens !== undefined) return tokens;
    const vocabulary = shape?.vocabulary ?? 256;
    const asked = JSON.stringify([text, vocabulary]);
    const file = files.get(asked) ?? tokensFile(openCorpus({ text, vocabulary, cache }), cache);
    files.set(asked, file);
    return file;
  }

  async function train(spec: RunSpec, options: TrainOptions, folder: string): Promise<Run> {
    const { signal, report, branchFrom, onProgram } = options;
    const specFile = join(folder, "spec.json");
    if (!(await exists(specFile))) await writeFile(specFile, `${JSON.stringify(spec, null, 2)}\n`);
    const argv = fillIn(template, spec, { folder, specFile, branchFrom, data: dataOf(spec) });
    const log = join(folder, "log.txt");
    const metrics = join(folder, "metrics.jsonl");
    const follower = follow(metrics, await sizeOf(metrics), report);
    const timer = setInterval(() => void follower.look(), everyMs);
    const ended = await runProgram(argv, { signal, cwd, env, log, nice, graceMs, onStart: onProgram })
      .catch((error: NodeJS.ErrnoException) => {
        if (signal?.aborted) throw error;
        const reason = error.code === "ENOENT" ? "there is no such program" : error.message;
        throw cannot(spec, `cannot start ${argv[0]}: ${reason}`);
      })
      .finally(() => clearInterval(timer));
    await follower.look();
    // whatever became of the program then, stopped or fallen over on its way out: its result is the proof of the end
    const run = await resultOf(folder, spec);
    if (run !== null) return run;
    signal?.throwIfAborted();
    const bad = badEnd(ended);
    if (bad !== null) throw cannot(spec, `${argv[0]} ${bad}${await lastWords(log)}`);
    return runFromMetrics(spec, readMetricLines(await textOf(metrics)), argv[0]);
  }

  return {
    name: "command",
    writesMetrics: true,
    async train(spec, options = {}) {
      options.signal?.throwIfAborted();
      if (Object.keys(spec.parameters).length === 0 && spec.shape === null)
        throw cannot(
          spec,
          'expected its parameters or its shape, got neither; state them, such as { "total": 1e7 }',
        );
      if (options.folder !== undefined) return await train(spec, options, options.folder);
      const folder = await mkdtemp(join(tmpdir(), "isoflop-run-"));
      try {
        return await train(spec, options, folder);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/**
 * Splits a command as a shell would, at spaces outside quotes; and does nothing else that a shell would do.
 *
 * @example splitCommand(`python "my trainer.py" --out {out}`); // ["python", "my trainer.py", "--out", "{out}"]
 */
export function splitCommand(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let i = 0; i < line.length; i++) {
    const c = line[i];
    if (quote !== null) {
      if (c === quote) quote = null;
      else word += c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= "";
    } else if (/\s/.test(c)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? "") + c;
  }
  if (quote !== null)
    throw new Error(`cannot read the command: a quote ${quote} is never closed, got ${line}`);
  if (word !== null) words.push(word);
  return words;
}

const placeholders = [
  "spec",
  "out",
  "folder",
  "data",
  "branch",
  "id",
  "seed",
  "tokens",
  "batchTokens",
  "learningRate",
  "params",
];

function checkPlaceholders(template: readonly string[]): void {
  const used = template.flatMap((word) => [...word.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  const unknown = used.find((name) => !placeholders.includes(name));
  if (unknown !== undefined)
    throw new Error(
      `cannot train by command: there is no placeholder {${unknown}}; there are {${placeholders.join("}, {")}}`,
    );
  if (!used.some((name) => name === "out" || name === "folder" || name === "spec"))
    throw new Error(
      `cannot train by command: the program must learn where to write, got ${template.join(" ")}; add {out}, the run's folder`,
    );
}

function fillIn(
  template: readonly string[],
  spec: RunSpec,
  given: { folder: string; specFile: string; branchFrom?: string; data: string | null },
): string[] {
  const values: Readonly<Record<string, string | number | null | undefined>> = {
    spec: given.specFile,
    out: given.folder,
    folder: given.folder,
    data: given.data,
    branch: given.branchFrom ?? "",
    id: spec.id,
    seed: spec.seed,
    tokens: spec.tokens,
    batchTokens: spec.batchTokens,
    learningRate: spec.learningRate,
    params: Object.values(spec.parameters)[0],
  };
  return template.map((word) =>
    word.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      if (value !== null && value !== undefined) return String(value);
      throw cannot(spec, `the command asks for {${name}}, which the spec doesn't give`);
    }),
  );
}

/** Hands on the points that are appended to a file from a size on. */
function follow(
  file: string,
  from: number,
  report: TrainOptions["report"],
): { readonly look: () => Promise<void> } {
  let at = from;
  let rest = "";
  let looking = Promise.resolve();
  const read = async (): Promise<void> => {
    const size = await sizeOf(file);
    if (report === undefined || size <= at) return;
    const piece = Buffer.alloc(size - at);
    const handle = await open(file, "r");
    try {
      const { bytesRead } = await handle.read(piece, 0, piece.length, at);
      at += bytesRead;
      rest += piece.toString("utf8", 0, bytesRead);
    } finally {
      await handle.close();
    }
    const lines = rest.split("\n");
    rest = lines.pop()!;
    for (const line of lines) for (const point of readMetricLines(line).points) report(curvePoint(point));
  };
  return {
    look() {
      looking = looking.then(read).catch(() => {}); // its end decides, not what we saw of it
      return looking;
    },
  };
}

const curvePoint = ({ step, tokens, loss, split }: CurvePoint): CurvePoint => ({ step, tokens, loss, split });

/** The run.json that the program wrote; one that is no end of this run is set aside and told of. */
async function resultOf(folder: string, spec: RunSpec): Promise<Run | null> {
  const file = join(folder, "run.json");
  if (!(await exists(file))) return null;
  const refuse = async (reason: string): Promise<never> => {
    await rename(file, join(folder, "run.rejected.json"));
    throw cannot(spec, `its run.json (kept as run.rejected.json) is not the end of this run: ${reason}`);
  };
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    return await refuse(error instanceof Error ? error.message : String(error));
  }
  const read = runSchema.safeParse(value);
  if (!read.success)
    return await refuse(`${read.error.issues[0].path.join(".")}: ${read.error.issues[0].message}`);
  const run = read.data;
  if (run.id !== spec.id) return await refuse(`expected the id "${spec.id}", got "${run.id}"`);
  if (run.spec === null || contentHash(run.spec) !== contentHash(spec))
    return await refuse("its spec is not the one that was asked for");
  if (run.status === "unfinished") return await refuse("its status is unfinished");
  return run;
}

/** The run of a program that left no run.json. */
function runFromMetrics(spec: RunSpec, { points, diverged }: MetricLines, program: string): Run {
  const curve = points.map(curvePoint);
  const last = curve.filter(({ split }) => split === "validation").at(-1);
  const end = diverged ?? last;
  const remedy = "write a last validation loss there, or a run.json";
  if (end === undefined)
    throw cannot(spec, `${program} ended well but metrics.jsonl has no validation loss; ${remedy}`);
  if (diverged === null && Math.abs(end.tokens / spec.tokens - 1) > 0.01)
    throw cannot(
      spec,
      `${program} ended well but its last validation loss is at ${end.tokens} tokens of ${spec.tokens}; ${remedy}`,
    );
  const { uniqueTokens } = spec.settings;
  const params = spec.parameters.active ?? spec.parameters.total ?? Object.values(spec.parameters)[0];
  return {
    format: "isoflop.run/1",
    id: spec.id,
    spec,
    status: diverged === null ? "finished" : "diverged",
    parameters: spec.parameters,
    tokens: end.tokens > 0 ? end.tokens : null,
    uniqueTokens: typeof uniqueTokens === "number" ? Math.min(uniqueTokens, end.tokens) || null : null,
    flops:
      params === undefined || end.tokens === 0 ? null : { value: 6 * params * end.tokens, convention: "6ND" },
    losses: diverged ? [] : [{ value: last!.loss, unit: "nats/token", split: "validation", name: null }],
    curve,
    seconds: null,
    origin: { source: `command ${program}`, row: null },
    extra: {},
  };
}

/** The end of what it printed, which mostly says what went wrong. */
async function lastWords(log: string): Promise<string> {
  const lines = (await textOf(log))
    .trimEnd()
    .split("\n")
    .filter((line) => line.trim() !== "");
  const last = lines.at(-1)?.trim().slice(0, 200);
  return last === undefined ? "" : `; it last said: ${last} (${log})`;
}

async function textOf(file: string): Promise<string> {
  return await readFile(file, "utf8").catch(() => "");
}

async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}

function cannot(spec: RunSpec, reason: string): Error {
  return new Error(`cannot train ${spec.id}: ${reason}`);
}
