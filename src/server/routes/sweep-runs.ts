import { open } from "node:fs/promises";
import { didYouMean } from "../../numeric/index.ts";
import { type RunFolder, runFolder } from "../../store/index.ts";
import { collectRuns, openSweep, sweepFolder } from "../../sweep/index.ts";
import { Refused } from "../refused.ts";
import type { Asked, Route } from "../route.ts";
import type { Studio } from "../studio.ts";

/** GET /api/sweeps/{name}/runs: the runs that have ended. */
export const sweepRunsRoute: Route = {
  method: "get",
  path: "/api/sweeps/{name}/runs",
  summary: "the runs of a sweep that have ended, as isoflop fit reads them",
  query: { trunks: "1: stable trunks too, whose learning rate never decayed" },
  answers: { type: "application/x-ndjson", meaning: "a Run a line" },
  async handle({ params, query }, { workspace }) {
    const all = await collectRuns(await workspace.findSweep(params.name!));
    const runs = query.get("trunks") === "1" ? all : all.filter(({ spec }) => spec?.settings.trunk !== true);
    return text(runs.map((run) => `${JSON.stringify(run)}\n`).join(""), "application/x-ndjson");
  },
};

/** GET /api/sweeps/{name}/runs/{id}/metrics: the lines of a run's curve, from where the client is. */
export const metricsRoute: Route = {
  method: "get",
  path: "/api/sweeps/{name}/runs/{id}/metrics",
  summary:
    "the lines of a run's metrics.jsonl; a run that began again repeats steps, and the later line counts",
  query: { after: "how many lines the client has" },
  answers: {
    type: "application/x-ndjson",
    meaning: "the whole lines after those; X-Lines is how many there are now",
  },
  async handle(asked, studio) {
    const { metrics } = await runOf(asked, studio);
    const after = wholeNumber(asked.query, "after") ?? 0;
    const whole = ((await bytesFrom(metrics, 0)) ?? Buffer.alloc(0)).toString("utf8");
    // a last line without its end is still being written
    const lines = whole.split("\n").slice(0, -1);
    const body = lines.slice(after).map((line) => `${line}\n`);
    return text(body.join(""), "application/x-ndjson", { "X-Lines": String(lines.length) });
  },
};

const mostOfLog = 2 ** 20;

/** GET /api/sweeps/{name}/runs/{id}/log: what the trainer printed. */
export const logRoute: Route = {
  method: "get",
  path: "/api/sweeps/{name}/runs/{id}/log",
  summary: "what a run's trainer printed",
  query: { after: "how many bytes the client has; without it the last MiB is given" },
  answers: { type: "text/plain", meaning: "the text; X-Bytes is where it ends" },
  async handle(asked, studio) {
    const { log } = await runOf(asked, studio);
    const after = wholeNumber(asked.query, "after");
    const bytes = await bytesFrom(log, after ?? -mostOfLog);
    const end = (await sizeOf(log)) ?? 0;
    return text((bytes ?? Buffer.alloc(0)).toString("utf8"), "text/plain; charset=utf-8", {
      "X-Bytes": String(end),
    });
  },
};

/** The folder of a run that the sweep has; an id is looked up and never made into a path. */
async function runOf({ params }: Asked, { workspace }: Studio): Promise<RunFolder> {
  const folder = await workspace.findSweep(params.name!);
  const { specs } = await openSweep(folder);
  const ids = specs.map(({ id }) => id);
  if (!ids.includes(params.id!)) {
    const near = didYouMean(params.id!, ids);
    throw new Refused(404, `no run "${params.id}" in the sweep`, {
      remedy: near === null ? null : `did you mean "${near}"?`,
    });
  }
  const files = runFolder(sweepFolder(folder).runOf(params.id!));
  for (const path of [files.metrics, files.log])
    if ((await sizeOf(path)) !== null && !(await workspace.holds(path)))
      throw new Refused(403, `the run "${params.id}" has a link that leads out of the folder`);
  return files;
}

async function sizeOf(path: string): Promise<number | null> {
  const file = await open(path, "r").catch(() => null);
  if (file === null) return null;
  try {
    const found = await file.stat();
    return found.isFile() ? found.size : null;
  } finally {
    await file.close();
  }
}

/** A file's bytes from a place on, or the last so many; null where there is no file. */
export async function bytesFrom(path: string, from: number): Promise<Buffer | null> {
  const file = await open(path, "r").catch(() => null);
  if (file === null) return null;
  try {
    const found = await file.stat();
    if (!found.isFile()) return null;
    const start = from < 0 ? Math.max(0, found.size + from) : Math.min(from, found.size);
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(found.size - start),
      0,
      found.size - start,
      start,
    );
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function wholeNumber(query: URLSearchParams, name: string): number | null {
  const given = query.get(name);
  if (given === null) return null;
  if (/^\d{1,15}$/.test(given)) return Number(given);
  throw new Refused(400, `${name}: expected a whole number of at least 0`, { got: JSON.stringify(given) });
}

function text(body: string, type: string, headers: Record<string, string> = {}): Response {
  return new Response(body, { headers: { "Content-Type": type, "Cache-Control": "no-store", ...headers } });
}
