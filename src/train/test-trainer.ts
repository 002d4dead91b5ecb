import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CurvePoint, contentHash, type Run, type RunSpec, runSchema } from "../runs/index.ts";
import type { Trainer, TrainOptions } from "./trainer.ts";

/** One thing that a trainer must do, and whether it did. */
export interface TrainerCheck {
  readonly sentence: string;
  readonly passed: boolean;
  /** What was found instead; null where it passed. */
  readonly found: string | null;
}

export interface TestTrainerOptions {
  /** How far two losses of the same run may lie apart, as a share: 0 is to the bit, which few GPUs keep. */
  readonly tolerance?: number;
  /** Called with each check as it is made. */
  readonly onCheck?: (check: TrainerCheck) => void;
}

/**
 * Holds a trainer to the contract of {@link Trainer}: about six times a small run, some of them stopped.
 *
 * @param open gives a fresh trainer
 * @param spec a small run that the trainer can finish, and of which it reports two points at least
 * @example
 * const checks = await testTrainer(() => commandTrainer({ command: "python train.py --spec {spec} --out {out}" }), spec);
 * for (const { sentence, found } of checks) if (found !== null) console.log(`${sentence}: ${found}`);
 */
export async function testTrainer(
  open: () => Trainer | Promise<Trainer>,
  spec: RunSpec,
  { tolerance = 0, onCheck }: TestTrainerOptions = {},
): Promise<TrainerCheck[]> {
  const checks: TrainerCheck[] = [];
  /** Makes a check that says what is wrong, or null. */
  const check = async (sentence: string, wrong: () => Promise<string | null>): Promise<void> => {
    const found = await wrong().catch((error: unknown) => `it threw: ${messageOf(error)}`);
    const made: TrainerCheck = { sentence, passed: found === null, found };
    checks.push(made);
    onCheck?.(made);
  };
  const folders = await mkdtemp(join(tmpdir(), "isoflop-test-trainer-"));
  let folder = 0;
  /** Trains in a folder of its own, or in one that was given. */
  const train = async (one: RunSpec, options: TrainOptions = {}): Promise<Run> =>
    await (await open()).train(one, { folder: await freshFolder(), ...options });
  // as they lie in a sweep, so that what a trainer keeps beside its runs goes with them
  const freshFolder = async (): Promise<string> => {
    const path = join(folders, "runs", String(folder++));
    await mkdir(path, { recursive: true });
    return path;
  };

  const asked = structuredClone(spec);
  const heard: CurvePoint[] = [];
  let alone: Run | null = null;
  const never = "there is no run to look at";
  try {
    await check("its name is what the spec asks for", async () => {
      const { name } = await open();
      return name === spec.trainer ? null : `expected "${spec.trainer}", got "${name}"`;
    });
    await check("it brings a run to its end, finished, with this id and this spec", async () => {
      alone = await train(spec, { report: (point) => heard.push(point) });
      return wrongEnd(alone, asked);
    });
    await check("the run states its tokens, FLOPs, parameters and validation loss", async () =>
      alone === null ? never : wrongFacts(alone, asked),
    );
    await check(
      "it reports two points or more as they come, in order, and they are the run's curve",
      async () => (alone === null ? never : wrongCurve(alone, heard)),
    );
    await check("it leaves the spec as it was", async () =>
      contentHash(spec) === contentHash(asked) ? null : "it changed the spec that it was given",
    );
    await check("the same spec gives the same run, also beside another one", async () => {
      const other = { ...asked, id: `${asked.id}-other`, seed: asked.seed + 1 };
      const [again] = await Promise.all([train(asked), train(other)]);
      return alone === null ? never : difference(again, alone, tolerance);
    });
    await check("stopped before the start it rejects, and reports nothing", async () => {
      let points = 0;
      const run = train(asked, { signal: AbortSignal.abort(), report: () => void points++ });
      const ended = await run.then(() => true).catch(() => false);
      if (ended) return "it trained";
      return points === 0 ? null : `it reported ${points} points`;
    });
    const half = await freshFolder();
    await check("stopped at its first point it rejects", async () => {
      const stop = new AbortController();
      const run = train(asked, { folder: half, signal: stop.signal, report: () => stop.abort() });
      return (await run.then(() => true).catch(() => false)) ? "it went on to the end" : null;
    });
    await check("asked again, in the folder where it was stopped, it comes to the same run", async () => {
      const resumed = await train(asked, { folder: half });
      return alone === null ? never : difference(resumed, alone, tolerance);
    });
    await check("a spec that doesn't say what to train is rejected by its id", async () => {
      const empty: RunSpec = { ...asked, id: "empty", parameters: {}, shape: null };
      const trainer = await open();
      const message = await trainer.train(empty, { folder: await freshFolder() }).then(() => null, messageOf);
      if (message === null) return "it trained";
      return message.startsWith("cannot train empty: ")
        ? null
        : `expected an error that begins with "cannot train empty: ", got "${message}"`;
    });
  } finally {
    await rm(folders, { recursive: true, force: true });
  }
  return checks;
}

function wrongEnd(run: Run, spec: RunSpec): string | null {
  const read = runSchema.safeParse(run);
  if (!read.success) {
    const { path, message } = read.error.issues[0];
    return `no isoflop.run/1: ${path.join(".")}: ${message}`;
  }
  if (run.id !== spec.id) return `expected the id "${spec.id}", got "${run.id}"`;
  if (run.spec === null || contentHash(run.spec) !== contentHash(spec))
    return "its spec is not the one asked for";
  return run.status === "finished" ? null : `expected it to be finished, got ${run.status}`;
}

function wrongFacts(run: Run, spec: RunSpec): string | null {
  const { tokens, flops, losses, parameters, origin } = run;
  for (const [convention, count] of Object.entries(spec.parameters))
    if ((parameters as Record<string, number>)[convention] !== count)
      return `expected ${count} ${convention} parameters, got ${JSON.stringify(parameters)}`;
  if (Object.keys(parameters).length === 0) return "it states no parameters";
  // a trainer may round to whole batches, not train another run
  if (tokens === null || Math.abs(tokens / spec.tokens - 1) > 0.01)
    return `expected ${spec.tokens} tokens within 1 %, got ${tokens}`;
  if (flops === null) return "it states no FLOPs";
  const loss = losses.find(({ split, unit }) => split === "validation" && unit === "nats/token");
  if (loss === undefined) return `expected a validation loss in nats/token, got ${JSON.stringify(losses)}`;
  if (!(loss.value > 0)) return `expected a loss above 0, got ${loss.value}`;
  return origin.source === "" ? "it doesn't say where it comes from (origin.source)" : null;
}

function wrongCurve({ curve, tokens }: Run, heard: readonly CurvePoint[]): string | null {
  if (heard.length < 2) return `expected two points at least, got ${heard.length}`;
  if (curve === null || contentHash(curve) !== contentHash(heard))
    return `${heard.length} points were reported, and the curve has ${curve?.length ?? "no"} or others`;
  for (const split of ["train", "validation", "unstated"] as const) {
    const points = heard.filter((point) => point.split === split);
    const back = points.findIndex(
      (point, i) => i > 0 && (point.tokens <= points[i - 1].tokens || point.step <= points[i - 1].step),
    );
    if (back > 0)
      return `the ${split} point at step ${points[back].step} comes after that at ${points[back - 1].step}`;
  }
  const last = heard.at(-1)!.tokens;
  return last <= tokens! ? null : `the last point is at ${last} tokens, the run ended at ${tokens}`;
}

/** In what two runs of a spec differ, but for the time they took and what is said beside them. */
function difference(run: Run, first: Run, tolerance: number): string | null {
  const facts = ({ status, tokens, uniqueTokens, flops, parameters }: Run): string =>
    contentHash({ status, tokens, uniqueTokens, flops, parameters });
  if (facts(run) !== facts(first)) return "it ends with other facts than the first";
  const values = ({ losses, curve }: Run): number[] => [...losses, ...(curve ?? [])].map(heightOf);
  const [ours, theirs] = [values(run), values(first)];
  if (ours.length !== theirs.length)
    return `it has ${ours.length} losses and points, the first has ${theirs.length}`;
  const far = ours.findIndex((value, i) => !(Math.abs(value - theirs[i]) <= tolerance * Math.abs(theirs[i])));
  return far < 0 ? null : `a loss of ${ours[far]} stands where the first has ${theirs[far]}`;
}

function heightOf(point: { readonly value: number } | { readonly loss: number }): number {
  return "value" in point ? point.value : point.loss;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
