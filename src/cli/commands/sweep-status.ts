import { resolve } from "node:path";
import { sweepState } from "../../sweep/index.ts";
import { openAnswer } from "../answer.ts";
import { failureLines, runLines, summaryLines } from "../sweep-text.ts";
import { labelled } from "../text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop sweep status: how far a sweep is, from its files. */
export function sweepStatusVerb(world: World): RunnableVerb {
  return verb(
    world,
    "sweep status",
    "How far a sweep is. It reads the sweep's files and changes nothing, so it may be asked at any time, also from another machine.",
    ["sweep status ladder", "sweep status ladder --all", "sweep status ladder --json"],
  )
    .argument("<folder>", "the sweep's folder")
    .option("--all", "every run, not only those at work")
    .action(async (folder, options) => {
      const answer = openAnswer(world, options);
      const state = await sweepState(resolve(world.cwd, folder));
      answer.give(state, () => {
        const { conductor, cancelled, runs } = state;
        const shown = options.all ? runs : runs.filter(({ status }) => status === "running");
        const torn = runs.reduce((sum, { tornLines }) => sum + tornLines, 0);
        const isDone = state.finished + state.diverged === state.total;
        const held = conductor
          ? `process ${conductor.pid} on ${conductor.machine.split(" ")[0]}`
          : isDone
            ? null
            : `nobody; isoflop sweep resume ${folder} goes on`;
        return [
          ...summaryLines(state, answer.paint),
          ...(held === null ? [] : labelled("conductor", held)),
          ...(cancelled ? labelled("cancelled", "no run begins until it is resumed") : []),
          ...(torn > 0
            ? labelled("torn", `${torn} lines of metrics.jsonl that a kill left half written`)
            : []),
          ...runLines(shown, answer.paint),
          ...failureLines(runs, answer.paint),
        ];
      });
    });
}
