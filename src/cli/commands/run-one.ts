import { resolve } from "node:path";
import { type ChildMessage, runOne } from "../../sweep/index.ts";
import { Failed } from "../fail.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop run-one: trains the run in one folder; what the conductor of a sweep starts a process with. */
export function runOneVerb(world: World): RunnableVerb {
  return verb(world, "run-one", "Trains the run in one folder, as its spec.json says.", [
    "run-one ladder/runs/a",
  ])
    .argument("<folder>", "the run's folder")
    .action(async (folder) => {
      const stop = new AbortController();
      const forget = world.onInterrupt?.(() => stop.abort());
      // a conductor that was killed must not leave us at work behind whoever takes over
      const orphaned = (): void => stop.abort();
      process.once("disconnect", orphaned);
      let failure: string | null = null;
      const say = (message: ChildMessage): void => {
        if ("failed" in message) failure = message.failed;
        if (process.connected) process.send?.(message, () => {}); // nobody listens any more: the files say it too
      };
      const done = await runOne(resolve(world.cwd, folder), { signal: stop.signal, say, waitMs: 500 });
      process.removeListener("disconnect", orphaned);
      forget?.();
      if (process.connected) process.disconnect();
      if (!done) throw new Failed(failure ?? "it failed and didn't say why");
    });
}
