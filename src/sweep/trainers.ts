import { join } from "node:path";
import { findLaw, findSet } from "../laws/index.ts";
import type { RunSpec } from "../runs/index.ts";
import { commandTrainer, gptTrainer, syntheticTrainer, type Trainer } from "../train/index.ts";
import type { SweepRecord } from "./record.ts";

/** Trainers that come with the package, each made for a spec and the folder of its run. */
const builtIn: Readonly<Record<string, (spec: RunSpec, folder: string | undefined) => Trainer>> = {
  gpt: ownTextTrainer,
  synthetic: plantedTrainer,
};

/**
 * The trainer that a spec asks for by name.
 *
 * @throws when there is none of that name
 */
export function builtInTrainer(spec: RunSpec, folder?: string): Trainer {
  checkTrainer(spec.trainer);
  return builtIn[spec.trainer](spec, folder);
}

/**
 * The trainer of a sweep's runs, in this process: a program by its command, else the one of ours that each spec names.
 *
 * @example
 * await testTrainer(() => recordTrainer(record), record.specs[0]);
 */
export function recordTrainer({ specs, command }: SweepRecord): Trainer {
  if (command !== null) return commandTrainer({ command: command.argv, cwd: command.cwd });
  return {
    name: specs[0].trainer,
    train: async (spec, options) => await builtInTrainer(spec, options?.folder).train(spec, options),
  };
}

/** Refuses a name that none of our trainers has. */
export function checkTrainer(name: string): void {
  if (Object.hasOwn(builtIn, name)) return;
  const names = Object.keys(builtIn).map((one) => `"${one}"`);
  throw new Error(
    `unknown trainer "${name}"; there are ${names.join(", ")}, and any program by its command, such as "python train.py --out {out}"`,
  );
}

/**
 * The embedded trainer on the text of `settings.data`, or its own. The runs of a sweep keep their checkpoints together,
 * so that those that differ in their tokens alone share what they have in common.
 */
function ownTextTrainer({ settings }: RunSpec, folder?: string): Trainer {
  const { text } = (settings.data ?? {}) as { text?: string | readonly string[] };
  const checkpoints = folder === undefined ? undefined : join(folder, "../../checkpoints");
  const inner = gptTrainer({ text, checkpoints });
  return {
    name: inner.name,
    async train(spec, options) {
      const { data, memoryBytes, ...its } = spec.settings; // these two are ours, and it takes none but its own
      return { ...(await inner.train({ ...spec, settings: its }, options)), spec };
    },
  };
}

/** A law as a trainer, by the settings `law`, `source` (its published set), `noise`, `curvePoints`, `pauseMs`. */
function plantedTrainer({ settings }: RunSpec): Trainer {
  const { law: name = "chinchilla", source = "besiroglu2024-refit" } = settings;
  const { noise = 0, curvePoints = 0, pauseMs = 0 } = settings;
  const law = findLaw(String(name));
  return syntheticTrainer({
    law,
    parameters: findSet(law, String(source)).parameters,
    noise: Number(noise),
    curvePoints: Number(curvePoints),
    pauseMs: Number(pauseMs),
  });
}

/**
 * About how much memory a run of ours needs: four numbers of four bytes a parameter (weight, gradient, Adam's two
 * moments) and as much again for activations, over what Node takes by itself; `settings.memoryBytes` where that is said.
 */
export function memoryBytesOf({ parameters, settings }: RunSpec): number {
  if (typeof settings.memoryBytes === "number") return settings.memoryBytes;
  const params = parameters.total ?? Object.values(parameters)[0] ?? 0;
  return 100e6 + 32 * params;
}
