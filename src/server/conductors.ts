import { type RunSweepOptions, runSweep, type StopReason } from "../sweep/index.ts";
import { Refused } from "./refused.ts";

/** The sweeps that this server conducts, by their folders. */
export interface Conductors {
  /** Begins; returns when it is at work or has ended. */
  readonly begin: (folder: string, options: { concurrency?: number; resume?: boolean }) => Promise<void>;
  /** Stops it, so that it can be resumed; returns when it has stopped. */
  readonly pause: (folder: string) => Promise<void>;
  readonly conducts: (folder: string) => boolean;
  /** How the last call here ended, if it did: what stopped it, or what went wrong. */
  readonly endingOf: (folder: string) => Ending | null;
  /** Stops all. */
  readonly close: () => Promise<string[]>;
}

export interface Ending {
  readonly stopped: StopReason | null;
  readonly problem: string | null;
}

/** @param own how this server trains, where not as a sweep is usually trained */
export function openConductors(own: RunSweepOptions = {}): Conductors {
  const working = new Map<string, { stop: AbortController; done: Promise<void> }>();
  const endings = new Map<string, Ending>();

  return {
    async begin(folder, { concurrency, resume = false }) {
      if (working.has(folder))
        throw new Refused(409, "this studio is at work on the sweep already", { remedy: "pause it first" });
      const stop = new AbortController();
      endings.delete(folder);
      let failure: unknown = null;
      let begun = (): void => {};
      const started = new Promise<void>((resolve) => {
        begun = resolve;
      });
      const done = runSweep(folder, {
        ...own,
        ...(concurrency === undefined ? {} : { concurrency }),
        resume,
        signal: stop.signal,
        onBegin: begun,
      })
        .then(
          ({ stopped }) => void endings.set(folder, { stopped, problem: null }),
          (error: unknown) => {
            failure = error;
            const problem = error instanceof Error ? error.message : String(error);
            endings.set(folder, { stopped: null, problem });
          },
        )
        .finally(() => working.delete(folder));
      working.set(folder, { stop, done });
      // a sweep that can't begin says so within moments; one that first measures how many runs go at once takes longer
      const moment = new Promise<void>((resolve) => setTimeout(resolve, 300).unref());
      await Promise.race([done, started, moment]);
      if (failure !== null) throw failure;
    },
    async pause(folder) {
      const at = working.get(folder);
      if (at === undefined)
        throw new Refused(409, "this studio does not conduct the sweep", {
          remedy: "stop it where it was started (Ctrl-C), or cancel it, which works from anywhere",
        });
      at.stop.abort();
      await at.done;
    },
    conducts: (folder) => working.has(folder),
    endingOf: (folder) => endings.get(folder) ?? null,
    async close() {
      const all = [...working];
      for (const [, { stop }] of all) stop.abort();
      await Promise.all(all.map(([, { done }]) => done));
      return all.map(([folder]) => folder);
    },
  };
}
