import { readFile } from "node:fs/promises";
import { Hono } from "hono";
import type { FigureMaker } from "../figures/index.ts";
import type { ThreadPool } from "../pool/index.ts";
import type { RunSweepOptions } from "../sweep/index.ts";
import { complaintPage } from "./complaint-page.ts";
import { type Conductors, openConductors } from "./conductors.ts";
import { apiDescription } from "./description.ts";
import { docsPage } from "./docs-page.ts";
import { mostBytes } from "./given.ts";
import { type GuardOptions, guard } from "./guard.ts";
import { pageAt } from "./pages.ts";
import { Refused, tellError } from "./refused.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes/index.ts";
import type { Studio } from "./studio.ts";
import { verbThreads } from "./verb-threads.ts";
import { openWorkspace } from "./workspace.ts";

export interface StudioOptions extends GuardOptions {
  /** Where the built pages are; null serves the API alone. */
  readonly pages?: string | null;
  readonly figureMakers?: Readonly<Record<string, FigureMaker>>;
  /**
   * Threads that know {@link answerVerb}, opened when a verb is first asked for: while they compute, others are answered.
   * Without them verbs are computed here.
   */
  readonly openThreads?: () => Promise<ThreadPool>;
  /** How sweeps are trained here, where not as usual. */
  readonly sweeps?: RunSweepOptions;
  readonly pollMs?: number;
  /** The largest body that is taken. */
  readonly bodyBytes?: number;
  /** Is told what went wrong inside, which no answer says. */
  readonly onBug?: (error: unknown) => void;
}

/** The studio's server as a function from requests to responses. */
export interface StudioApp {
  readonly fetch: (request: Request) => Promise<Response>;
  /** Ends streams and stops the sweeps at work; returns their folders. */
  readonly close: () => Promise<string[]>;
}

/**
 * The studio over a folder: Request → Response.
 *
 * Every request passes the guard (host, origin, token) before anything looks at it.
 *
 * @throws when there is no such folder, or the token is too short
 * @example
 * const app = await studioApp("ladder", { token });
 * await app.fetch(new Request("http://localhost/api/workspace", { headers: { authorization: `Bearer ${token}` } }));
 */
export async function studioApp(folder: string, options: StudioOptions): Promise<StudioApp> {
  const {
    pages = null,
    figureMakers = {},
    sweeps,
    pollMs = 1000,
    bodyBytes = mostBytes,
    onBug = () => {},
    openThreads,
  } = options;
  const letIn = guard(options);
  const closing = new AbortController();
  const conductors: Conductors = openConductors(sweeps);
  const studio: Studio = {
    workspace: await openWorkspace(folder),
    conductors,
    endedRuns: new Map(),
    figureMakers,
    version: await version(),
    pollMs,
    closing: closing.signal,
  };

  const threads = openThreads && verbThreads(openThreads, studio, onBug);

  const app = new Hono({ strict: true });
  app.onError((error, c) => {
    const { status, complaint, bug } = tellError(error);
    if (bug) onBug(error);
    // a person at a page reads the reason, not JSON
    const { pathname } = new URL(c.req.url);
    const isPage = !pathname.startsWith("/api/") && (c.req.header("accept") ?? "").includes("text/html");
    return isPage ? complaintPage(complaint, status) : Response.json({ error: complaint }, { status });
  });
  app.use(async (c, next) => {
    const answer = letIn(c.req.raw);
    if (answer !== null) return answer;
    return next();
  });
  app.get("/api/openapi.json", () => Response.json(apiDescription(routes, studio)));
  app.get("/api/docs", () => html(docsPage(routes, studio)));
  app.all("/api/*", async ({ req }) => {
    const raw = await withinLimit(req.raw, bodyBytes);
    const { pathname, searchParams: query } = new URL(raw.url);
    const method = raw.method === "HEAD" ? "get" : raw.method.toLowerCase();
    const at = table.find(({ route, read }) => route.method === method && read(pathname));
    if (at?.route.verb && threads) return threads.answer(raw);
    if (at) return at.route.handle({ params: at.read(pathname)!, query, request: raw }, studio);
    const got = `${raw.method} ${pathname.slice(0, 200)}`;
    const remedy = "/api/docs lists the routes";
    if (table.some(({ read }) => read(pathname)))
      throw new Refused(405, "the route has another method", { got, remedy });
    throw new Refused(404, "the API has no such route", { got, remedy });
  });
  app.get("*", (c) => pageAt(pages, new URL(c.req.url).pathname));
  app.all("*", (c) => {
    throw new Refused(405, `${c.req.method} has no meaning here`);
  });

  return {
    fetch: async (request) => guarded(await app.fetch(request)),
    async close() {
      closing.abort();
      await threads?.close();
      return conductors.close();
    },
  };
}

/** The request with its body read, if that is no larger than it may be; announced or not. */
async function withinLimit(request: Request, most: number): Promise<Request> {
  const { method, url, headers } = request;
  if (method === "GET" || method === "HEAD") return request;
  const tooLarge = new Refused(413, "the body is too large", {
    remedy: `expected at most ${Math.round(most / 2 ** 20)} MiB; the command line has no limit`,
  });
  if (Number(headers.get("content-length") ?? 0) > most) throw tooLarge;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const reader = request.body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    bytes += next.value.length;
    if (bytes > most) {
      await reader?.cancel().catch(() => {});
      throw tooLarge;
    }
    pieces.push(next.value);
  }
  return new Request(url, { method, headers, body: Buffer.concat(pieces) });
}

/**
 * The routes with what takes their paths apart, the longest first. A name may be written with its slashes as they are:
 * `/api/sweeps/more/ladder/events` is the route that ends in `/events` and not a sweep of that name.
 */
const table: readonly { readonly route: Route; readonly read: PathReader }[] = [...routes]
  .sort((a, b) => b.path.length - a.path.length)
  .map((route) => ({ route, read: pathReader(route.path) }));

/** The parts of a path by their names, each decoded once; null for another path. */
type PathReader = (pathname: string) => Record<string, string> | null;

function pathReader(template: string): PathReader {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const pattern = new RegExp(`^${template.replace("{name}", "(.+)").replaceAll(/\{\w+\}/g, "([^/]+)")}$`);
  return (pathname) => {
    const parts = pattern.exec(pathname)?.slice(1);
    if (parts === undefined) return null;
    try {
      return Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(parts[i]!)]));
    } catch {
      throw new Refused(400, "the address can't be read", { got: JSON.stringify(pathname.slice(0, 100)) });
    }
  };
}

function html(text: string): Response {
  return new Response(text, {
    headers: { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" },
  });
}

/**
 * Headers that every answer has. Scripts come from here alone; WebAssembly is allowed because the fit's loop is one, and
 * styles in attributes because plots have them.
 */
const policy =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

function guarded(response: Response): Response {
  const { headers } = response;
  const set = (name: string, value: string): void => {
    if (!headers.has(name)) headers.set(name, value);
  };
  set("Content-Security-Policy", policy);
  set("Cache-Control", "no-store");
  set("X-Content-Type-Options", "nosniff");
  set("Referrer-Policy", "no-referrer");
  set("Cross-Origin-Opener-Policy", "same-origin");
  set("Cross-Origin-Resource-Policy", "same-origin");
  return response;
}

/** The version of this package. */
async function version(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
