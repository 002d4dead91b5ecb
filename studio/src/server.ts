import type { SweepState } from "isoflop/sweep";

// The studio's server: the folder it was opened on. Without one (a page from a disk) files are dropped instead.

export interface WorkspaceFile {
  readonly name: string;
  readonly kind:
    | "runs"
    | "fit"
    | "plan"
    | "comparison"
    | "diagnosis"
    | "sweep"
    | "report"
    | "figure"
    | "other";
  readonly bytes: number;
  readonly modified: string | number;
}

export interface Workspace {
  readonly folder: string;
  readonly files: readonly WorkspaceFile[];
}

/** How far a sweep is, and what the studio's server has to do with it. */
export interface WatchedSweep extends SweepState {
  readonly conductedHere: boolean;
  readonly lastCall: { readonly stopped: string | null; readonly problem: string | null } | null;
}

/** What happens in a sweep. */
export type SweepEvent =
  | { readonly type: "state"; readonly state: WatchedSweep }
  | {
      readonly type: "metrics";
      readonly id: string;
      readonly after: number;
      readonly lines: readonly unknown[];
    }
  | { readonly type: "log"; readonly id: string; readonly after: number; readonly text: string }
  | { readonly type: "error"; readonly what: string };

/** What the server says of a mistake. */
export class ServerError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const path = (name: string): string => name.split("/").map(encodeURIComponent).join("/");

async function ask(address: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`api/${address}`, { credentials: "same-origin", ...init });
  } catch {
    throw new ServerError(0, "the studio's server does not answer: is isoflop studio still running?");
  }
  if (response.ok) return response;
  const said = (await response.json().catch(() => null)) as {
    error?: { what?: string; reason?: string; got?: string; remedy?: string };
  } | null;
  const { what, got, remedy } = said?.error ?? {};
  throw new ServerError(
    response.status,
    what === undefined
      ? `the server answers ${response.status}`
      : [what, got && `got ${got}`, remedy].filter((part) => part).join("; "),
  );
}

export const getWorkspace = async (): Promise<Workspace> =>
  (await ask("workspace")).json() as Promise<Workspace>;

export const getText = async (name: string): Promise<string> => (await ask(`files/${path(name)}`)).text();

/** The ETags of what this page wrote, by name: that may be written over. */
const written = new Map<string, string>();

/**
 * Writes a noun or a table into the folder. One of that name is written over where this page wrote it and nobody has
 * touched it since, or where `replace` says so; else the server answers 412.
 */
export async function putText(name: string, text: string, { replace = false } = {}): Promise<void> {
  const type = /\.(csv|tsv)$/i.test(name) ? "text/csv" : "application/json";
  const known = written.get(name);
  const condition: Record<string, string> = replace
    ? { "if-match": "*" }
    : known === undefined
      ? { "if-none-match": "*" }
      : { "if-match": known };
  const answer = await ask(`files/${path(name)}`, {
    method: "PUT",
    headers: { "content-type": type, ...condition },
    body: text,
  });
  const tag = answer.headers.get("etag");
  if (tag !== null) written.set(name, tag);
}

export const getSweep = async (name: string): Promise<WatchedSweep> =>
  (await ask(`sweeps/${path(name)}`)).json() as Promise<WatchedSweep>;

export const getMetrics = async (name: string, id: string): Promise<string> =>
  (await ask(`sweeps/${path(name)}/runs/${encodeURIComponent(id)}/metrics`)).text();

export const getLog = async (name: string, id: string): Promise<string> =>
  (await ask(`sweeps/${path(name)}/runs/${encodeURIComponent(id)}/log`)).text();

export type SweepOrder = "run" | "resume" | "pause" | "cancel";

export const orderSweep = async (name: string, order: SweepOrder): Promise<void> => {
  await ask(`sweeps/${path(name)}/${order}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
};

/** What happens in a sweep, as it happens; the return value stops listening. */
export function followSweep(
  name: string,
  onEvent: (event: SweepEvent) => void,
  onOpen: (open: boolean) => void,
): () => void {
  const source = new EventSource(`api/sweeps/${path(name)}/events`);
  const hear = ({ data }: MessageEvent<string>): void => {
    try {
      onEvent(JSON.parse(data) as SweepEvent);
    } catch {
      // a line that was cut off
    }
  };
  source.onopen = () => onOpen(true);
  source.onerror = () => onOpen(false);
  source.onmessage = hear;
  return () => source.close();
}

/** The runs of a sweep that have ended, as JSON lines. */
export const getSweepRuns = async (name: string): Promise<string> =>
  (await ask(`sweeps/${path(name)}/runs`)).text();

/** What each run of a sweep was asked to be: its number of parameters, by its id. */
export async function getSweepSizes(name: string): Promise<ReadonlyMap<string, number>> {
  const { specs } = JSON.parse(await getText(name === "@" ? "sweep.json" : `${name}/sweep.json`)) as {
    specs: readonly { id: string; parameters: Readonly<Record<string, number>> }[];
  };
  return new Map(
    specs.flatMap(({ id, parameters: { active, total, ...others } }) => {
      const size = active ?? total ?? Object.values(others)[0];
      return size === undefined ? [] : [[id, size]];
    }),
  );
}
