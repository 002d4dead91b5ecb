import { endPrograms, markCancelled, readSweepFiles, type SweepState, stateOf } from "../../sweep/index.ts";
import type { Ending } from "../conductors.ts";
import { readAs } from "../nouns.ts";
import { Refused } from "../refused.ts";
import { jsonBody, type Route } from "../route.ts";
import { type SweepRequest, sweepRequestSchema } from "../schema.ts";
import type { Studio } from "../studio.ts";

/** How far a sweep is, and what this studio has to do with it. */
export interface WatchedSweep extends SweepState {
  /** Whether this studio conducts it, and so can pause it. */
  readonly conductedHere: boolean;
  /** How the last call from here ended; null where there was none. */
  readonly lastCall: Ending | null;
}

/** The state of the sweep in a folder. */
export async function watchedSweep(folder: string, { conductors, endedRuns }: Studio): Promise<WatchedSweep> {
  const ended = endedRuns.get(folder) ?? new Map();
  endedRuns.set(folder, ended);
  const state = stateOf(await readSweepFiles(folder, { ended }));
  return { ...state, conductedHere: conductors.conducts(folder), lastCall: conductors.endingOf(folder) };
}

const meaning =
  "how far every run is, totals, the time left (isoflop.sweepstate/1), conductedHere: whether this studio conducts it, and lastCall";
const path = "/api/sweeps/{name}";

/** GET /api/sweeps/{name}: how far a sweep is. */
export const sweepRoute: Route = {
  method: "get",
  path,
  summary: "how far a sweep is, from its files",
  answers: { type: "application/json", meaning },
  async handle({ params }, studio) {
    return Response.json(await watchedSweep(await studio.workspace.findSweep(params.name!), studio));
  },
};

/** POST /api/sweeps/{name}/run, /resume, /pause, /cancel: what is done to a sweep. */
export const sweepActionRoutes: readonly Route[] = [
  action("run", "trains what has not ended; refused for a cancelled sweep", async (folder, given, studio) => {
    if ((await watchedSweep(folder, studio)).cancelled)
      throw new Refused(409, "the sweep was cancelled", { remedy: "resume goes on with it" });
    await begin(folder, given, studio);
  }),
  action(
    "resume",
    "goes on after a pause, a kill, a failure or a cancellation",
    async (folder, given, studio) => {
      await begin(folder, given, studio, true);
    },
  ),
  action(
    "pause",
    "stops a sweep that this studio conducts; resume goes on with it",
    async (folder, _given, { conductors }) => {
      await conductors.pause(folder);
    },
  ),
  action("cancel", "stops a sweep wherever it runs, and keeps what has ended", async (folder) => {
    await markCancelled(folder, true);
    await endPrograms(folder); // those that a killed sweep left at work
  }),
];

async function begin(
  folder: string,
  { concurrency }: SweepRequest,
  { conductors }: Studio,
  resume = false,
): Promise<void> {
  await conductors.begin(folder, { concurrency, resume });
}

function action(
  name: string,
  summary: string,
  work: (folder: string, given: SweepRequest, studio: Studio) => Promise<void>,
): Route {
  return {
    method: "post",
    path: `${path}/${name}`,
    summary,
    body: name === "run" || name === "resume" ? { "application/json": [sweepRequestSchema] } : undefined,
    answers: { status: 202, type: "application/json", meaning },
    async handle({ params, request }, studio) {
      const folder = await studio.workspace.findSweep(params.name!);
      await work(folder, readAs(sweepRequestSchema, await jsonBody(request), "the request"), studio);
      return Response.json(await watchedSweep(folder, studio), { status: 202 });
    },
  };
}
