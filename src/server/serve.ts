import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import { hostname } from "node:os";
import { type StudioOptions, studioApp } from "./app.ts";
import { builtPages } from "./pages.ts";

export interface ServeOptions extends Partial<StudioOptions> {
  /** Where it listens: this machine alone, unless said. */
  readonly host?: string;
  /** 0 for any that is free; unless said {@link usualPort}, or the next free one. */
  readonly port?: number;
}

/** A studio that listens. */
export interface ServedStudio {
  /** Without the token. */
  readonly url: string;
  readonly token: string;
  /** The address to open: it leaves the token in a cookie. */
  readonly link: string;
  /** Whether it listens beyond this machine. */
  readonly isPublic: boolean;
  /** Stops listening, and the sweeps at work; returns their folders. */
  readonly close: () => Promise<string[]>;
}

/** The port that is tried first. */
export const usualPort = 4747;

const loopback = ["127.0.0.1", "localhost", "::1"];

/** A token nobody guesses: 256 bits. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/**
 * Serves the studio of a folder over HTTP.
 *
 * @throws when the port is taken, or there is no such folder
 * @example
 * const studio = await serveStudio("ladder");
 * studio.link; // "http://127.0.0.1:4747/?token=…"
 */
export async function serveStudio(
  folder: string,
  { host = "127.0.0.1", port, token = newToken(), pages, hosts = [], ...options }: ServeOptions = {},
): Promise<ServedStudio> {
  const isPublic = !loopback.includes(host);
  const app = await studioApp(folder, {
    ...options,
    token,
    isPublic,
    hosts: isPublic ? [host, hostname(), ...hosts] : hosts,
    pages: pages === undefined ? await builtPages() : pages,
  });
  const { createAdaptorServer } = await import("@hono/node-server");
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
  const at = await listen(server, host, port);
  const name = host === "0.0.0.0" || host === "::" ? hostname() : host.includes(":") ? `[${host}]` : host;
  const url = `http://${name}:${at}/`;
  return {
    url,
    token,
    link: `${url}?token=${token}`,
    isPublic,
    async close() {
      const stopped = await app.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return stopped;
    },
  };
}

/** Listens on a port, or on the first free one from the usual on; returns which. */
async function listen(server: Server, host: string, wanted: number | undefined): Promise<number> {
  const ports = wanted === undefined ? Array.from({ length: 20 }, (_, i) => usualPort + i) : [wanted];
  for (const port of ports) {
    const failure = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      server.once("error", resolve);
      server.listen(port, host, () => {
        server.removeListener("error", resolve);
        resolve(null);
      });
    });
    if (failure === null) return (server.address() as { port: number }).port;
    if (failure.code !== "EADDRINUSE")
      throw new Error(`cannot listen on ${host}, port ${port}: ${reasonOf(failure)}`);
  }
  throw new Error(
    wanted === undefined
      ? `cannot listen: the ports ${ports[0]} to ${ports.at(-1)} are taken; choose one with --port`
      : `cannot listen on port ${wanted}: it is taken; choose another, or leave --port out`,
  );
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === "EACCES") return "permission denied; choose a port above 1023";
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return "this machine has no such address";
  return message;
}
