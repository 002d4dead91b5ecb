import { open } from "node:fs/promises";
import { extname } from "node:path";
import { Readable } from "node:stream";
import { tableOfText } from "../given.ts";
import { checkNoun } from "../nouns.ts";
import { Refused } from "../refused.ts";
import type { Route } from "../route.ts";

const types: Readonly<Record<string, string>> = {
  ".json": "application/json",
  ".jsonl": "application/x-ndjson",
  ".ndjson": "application/x-ndjson",
  ".csv": "text/csv; charset=utf-8",
  ".tsv": "text/tab-separated-values; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".md": "text/plain; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".pdf": "application/pdf",
};

/** GET /api/files/{name}: a file's bytes. */
export const readFileRoute: Route = {
  method: "get",
  path: "/api/files/{name}",
  summary: "a file of the folder, as it stands",
  headers: { "If-None-Match": "an ETag: 304 where the file has not changed" },
  answers: { type: "*/*", meaning: "the bytes; their ETag is what a later PUT sends as If-Match" },
  async handle({ params, request }, { workspace }) {
    const { path, bytes, etag, modified, isFolder } = await workspace.find(params.name!);
    if (isFolder)
      throw new Refused(409, `${params.name} is a folder`, { remedy: "GET /api/workspace lists files" });
    const headers = {
      "Content-Type": types[extname(path).toLowerCase()] ?? "application/octet-stream",
      "Content-Length": String(bytes),
      "Cache-Control": "no-cache",
      ETag: etag,
      "Last-Modified": modified.toUTCString(),
      // a report or a drawing is shown, and nothing in it is run, nor may it ask us in its reader's name
      "Content-Security-Policy":
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'",
    };
    const known = request.headers
      .get("if-none-match")
      ?.split(",")
      .map((tag) => tag.trim().replace(/^W\//, ""));
    if (known?.includes(etag)) return new Response(null, { status: 304, headers: { ETag: etag } });
    if (bytes === 0 || request.method === "HEAD") return new Response(null, { headers });
    const file = await open(path, "r");
    // no more than was promised, also of a file that grows meanwhile
    const stream = file.createReadStream({ end: bytes - 1 });
    return new Response(Readable.toWeb(stream) as unknown as ReadableStream<Uint8Array>, { headers });
  },
};

/** PUT /api/files/{name}: saves a noun or a table. */
export const writeFileRoute: Route = {
  method: "put",
  path: "/api/files/{name}",
  summary: "saves a noun (checked by its schema) or a table of runs, whole or not at all",
  headers: {
    "If-Match": "the ETag of the file that is replaced; * to replace whatever is there",
    "If-None-Match": "*: only where no such file is there",
  },
  body: {
    "application/json": [],
    "text/csv": null,
    "text/tab-separated-values": null,
    "application/x-ndjson": null,
  },
  answers: {
    status: 201,
    type: "application/json",
    meaning: "{ name, bytes, etag }; 200 where a file was replaced",
  },
  async handle({ params, request }, { workspace }) {
    const name = params.name!;
    const type = (request.headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
    const ending = extname(name).toLowerCase();
    const expected = endings[type];
    if (expected === undefined)
      throw new Refused(415, "expected JSON or a table", {
        got: type === "" ? "no Content-Type" : type,
        remedy: `send one of ${Object.keys(endings).join(", ")}`,
      });
    if (!expected.includes(ending))
      throw new Refused(415, `${type} does not go into a file named ${name}`, {
        remedy: `expected a name ending in ${expected.join(" or ")}`,
      });
    const text = decoded(await request.arrayBuffer(), name);
    if (ending === ".json") checkNoun(parsed(text, name), name);
    else if (tableOfText(text, name).rows === 0) throw new Refused(422, `${name}: expected rows, got none`);
    const match = {
      ifMatch: request.headers.get("if-match"),
      ifNoneMatch: request.headers.get("if-none-match"),
    };
    const { found, isNew } = await workspace.write(name, text, match);
    return Response.json(
      { name, bytes: found.bytes, etag: found.etag },
      { status: isNew ? 201 : 200, headers: { ETag: found.etag } },
    );
  },
};

const endings: Readonly<Record<string, readonly string[]>> = {
  "application/json": [".json"],
  "text/csv": [".csv", ".tsv"],
  "text/tab-separated-values": [".tsv"],
  "application/x-ndjson": [".jsonl", ".ndjson"],
};

function decoded(bytes: ArrayBuffer, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Refused(422, `${name}: expected text in UTF-8`);
  }
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refused(422, `${name}: expected JSON (${error instanceof Error ? error.message : ""})`);
  }
}
