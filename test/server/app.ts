import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { figureMakers } from "../../src/figures/index.ts";
import { type StudioApp, type StudioOptions, studioApp } from "../../src/server/index.ts";

export const token = "a-token-of-the-tests";

/** A temporary folder that is gone after the file's tests. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "isoflop-server-")));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What came back. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  readonly json: ReturnType<typeof JSON.parse>;
}

/** A studio over a folder, asked without a network. */
export interface Asking {
  readonly app: StudioApp;
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
  readonly post: (path: string, body?: unknown) => Promise<Answer>;
  readonly put: (path: string, body: string, headers?: Record<string, string>) => Promise<Answer>;
  readonly ask: (path: string, init?: RequestInit) => Promise<Answer>;
}

export async function studioOf(folder: string, options: Partial<StudioOptions> = {}): Promise<Asking> {
  const app = await studioApp(folder, {
    token,
    figureMakers,
    pollMs: 20,
    sweeps: { executor: "inline", beatMs: 50 },
    onBug(error) {
      throw error;
    },
    ...options,
  });
  const ask: Asking["ask"] = async (path, init = {}) => {
    const headers = new Headers({ authorization: `Bearer ${token}` });
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    const response = await app.fetch(new Request(`http://localhost:4747${path}`, { ...init, headers }));
    const text = await response.text();
    const isJson = (response.headers.get("content-type") ?? "").startsWith("application/json");
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : null,
    };
  };
  return {
    app,
    ask,
    get: (path, headers) => ask(path, { headers }),
    post: (path, body = {}) =>
      ask(path, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      }),
    put: (path, body, headers) =>
      ask(path, { method: "PUT", body, headers: { "content-type": "application/json", ...headers } }),
  };
}
