import { resolve } from "node:path";
import { endPrograms, markCancelled, sweepState } from "../../sweep/index.ts";
import { openAnswer } from "../answer.ts";
import { summaryLines } from "../sweep-text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop sweep cancel: marks a sweep, which whoever conducts it obeys. */
export function sweepCancelVerb(world: World): RunnableVerb {
  return verb(
    world,
    "sweep cancel",
    "Cancels a sweep, wherever it runs: the runs at work stop within seconds, what has ended is kept, and isoflop sweep resume takes it up again.",
    ["sweep cancel ladder", "sweep cancel /data/ladder --json"],
  )
    .argument("<folder>", "the sweep's folder")
    .action(async (folder, options) => {
      const answer = openAnswer(world, options);
      const full = resolve(world.cwd, folder);
      await markCancelled(full, true);
      const left = await endPrograms(full);
      const state = await sweepState(full);
      answer.give(state, () => summaryLines(state, answer.paint));
      answer.remark(
        state.conductor === null
          ? `\nCancelled: ${left === 0 ? "nobody was at work on it" : `ended ${left} ${left === 1 ? "program" : "programs"} that a killed sweep had left at work`}. isoflop sweep resume ${folder} takes it up again.`
          : `\nCancelled: process ${state.conductor.pid} stops in a moment. isoflop sweep resume ${folder} takes it up again.`,
      );
    });
}
