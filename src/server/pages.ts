import { readFile, realpath, stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { Refused } from "./refused.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".txt": "text/plain; charset=utf-8",
  ".md": "text/plain; charset=utf-8",
};

/** Where the studio's pages are built to, beside this module as it is published or in the source; null when they aren't. */
export async function builtPages(): Promise<string | null> {
  for (const place of ["../studio/", "../../dist/studio/"]) {
    const folder = fileURLToPath(new URL(place, import.meta.url));
    if ((await stat(join(folder, "index.html")).catch(() => null))?.isFile()) return folder;
  }
  return null;
}

/**
 * A file of the studio; its index.html for every path without a dot, which the studio's own addresses are.
 *
 * @throws Refused
 */
export async function pageAt(folder: string | null, pathname: string): Promise<Response> {
  if (folder === null)
    throw new Refused(503, "the studio's pages are not built", {
      remedy: "build them with npm run build; the API works without them (/api/docs)",
    });
  const last = pathname.slice(pathname.lastIndexOf("/") + 1);
  const name = last.includes(".") ? decodedPath(pathname).slice(1) : "index.html";
  const root = await realpath(folder);
  const path = await realpath(join(root, name)).catch(() => null);
  if (path === null || !path.startsWith(root + sep) || !(await stat(path)).isFile())
    throw new Refused(404, `no page ${pathname}`);
  // what has its content's hash in its name never changes
  const isForever = /-[\w-]{8,}\.\w+$/.test(name) && name.startsWith("assets/");
  return new Response(await readFile(path), {
    headers: {
      "Content-Type": types[extname(path).toLowerCase()] ?? "application/octet-stream",
      "Cache-Control": isForever ? "public, max-age=31536000, immutable" : "no-cache",
    },
  });
}

function decodedPath(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    throw new Refused(400, "the address can't be read", { got: JSON.stringify(pathname.slice(0, 100)) });
  }
}
