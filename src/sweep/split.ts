import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { bestSplit, type MeasuredSplit } from "../execute/index.ts";
import { contentHash, type RunSpec } from "../runs/index.ts";
import { cacheFolder, engineSource } from "../train/index.ts";
import { type ChildOptions, childTrainer } from "./child.ts";
import { ownFlops } from "./state.ts";

const worthFlops = 1e12; // half a minute of a core: below it measuring takes longer than it gives
const probeFlops = 2e10; // about a second of a core

export interface MeasureOptions {
  readonly cores?: number;
  readonly signal?: AbortSignal;
  readonly child?: Pick<ChildOptions, "program" | "graceMs">;
  readonly nice?: number;
  readonly cache?: string;
  readonly least?: number;
}

/**
 * How many runs of the embedded trainer at once get the most done here, by training a little of a middling one of them
 * in one, two, four … processes; null where it isn't worth asking. The answer is kept for this machine, this engine
 * and this shape.
 */
export async function measureRuns(
  specs: readonly RunSpec[],
  {
    cores = availableParallelism(),
    signal,
    child,
    nice = 10,
    cache = cacheFolder(),
    least = worthFlops,
  }: MeasureOptions = {},
): Promise<MeasuredSplit | null> {
  const own = specs.filter(({ trainer, shape }) => trainer === "gpt" && shape !== null);
  if (cores < 2 || own.length < 2 || own.reduce((sum, spec) => sum + ownFlops(spec), 0) < least) return null;
  const middling = [...own].sort((a, b) => ownFlops(a) - ownFlops(b))[own.length >> 1];
  const machine = { cpu: cpus()[0]?.model ?? "", cores, engine: await engineSource() };
  const key = contentHash({ ...machine, shape: middling.shape })
    .replace("sha256:", "")
    .slice(0, 32);
  const folder = await mkdtemp(join(tmpdir(), "isoflop-split-"));
  try {
    return await bestSplit(
      async ({ processes }) => {
        const runs = Array.from({ length: processes }, (_, i) => probe(middling, `${processes}-${i}`));
        const trainer = childTrainer("gpt", {
          folderOf: (id) => join(folder, String(processes), "runs", id),
          nice,
          ...child,
        });
        const ends = await Promise.all(runs.map((spec) => trainer.train(spec, { signal })));
        return ends.reduce((sum, { flops, seconds }) => sum + flops!.value / seconds!, 0);
      },
      { cores, file: join(cache, "split", `${key}.json`) },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A short run of the same model: steps alone, hardly a validation. */
function probe(spec: RunSpec, id: string): RunSpec {
  const { shape, settings } = spec;
  const batchTokens = spec.batchTokens ?? 4 * shape!.context;
  const steps = Math.max(
    3,
    Math.round(probeFlops / (ownFlops({ ...spec, settings: {} }) / spec.tokens) / batchTokens),
  );
  return {
    ...spec,
    id,
    tokens: steps * batchTokens,
    settings: { ...settings, validationTokens: shape!.context, curveFrom: steps },
  };
}
