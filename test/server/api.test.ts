import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { serveStudio } from "../../src/server/index.ts";
import { studioOf, temporaryFolder, token } from "./app.ts";

const folder = temporaryFolder();
const pages = temporaryFolder();
mkdirSync(join(pages, "assets"));
writeFileSync(join(pages, "index.html"), "<!doctype html><title>studio</title>");
writeFileSync(join(pages, "assets/index-abcd1234.js"), "1;");
const studio = await studioOf(folder, { pages });
const { json: description } = await studio.get("/api/openapi.json");

describe("GET /api/openapi.json", () => {
  test("is OpenAPI 3.1, and every reference in it leads somewhere", () => {
    expect(description.openapi).toBe("3.1.0");
    const refs = [...JSON.stringify(description).matchAll(/"\$ref":"#([^"]*)"/g)].map(([, ref]) => ref!);
    expect(refs.length).toBeGreaterThan(50);
    const missing = [...new Set(refs)].filter((ref) => {
      const parts = ref.split("/").slice(1);
      return (
        parts.reduce((at, part) => at?.[part.replaceAll("~1", "/").replaceAll("~0", "~")], description) ===
        undefined
      );
    });
    expect(missing).toEqual([]);
  });

  test("names every route once, with its own operation", () => {
    const ids = Object.values(description.paths).flatMap((path) =>
      Object.values(path as Record<string, { operationId: string }>).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(Object.keys(description.paths).sort()).toEqual([
      "/api/compare",
      "/api/diagnose",
      "/api/figure",
      "/api/files/{name}",
      "/api/fit",
      "/api/health",
      "/api/plan",
      "/api/predict",
      "/api/report",
      "/api/sweeps/{name}",
      "/api/sweeps/{name}/cancel",
      "/api/sweeps/{name}/events",
      "/api/sweeps/{name}/pause",
      "/api/sweeps/{name}/resume",
      "/api/sweeps/{name}/run",
      "/api/sweeps/{name}/runs",
      "/api/sweeps/{name}/runs/{id}/log",
      "/api/sweeps/{name}/runs/{id}/metrics",
      "/api/workspace",
    ]);
  });

  test("a parameter stands for every brace, and none for what isn't there", () => {
    for (const [path, operations] of Object.entries(description.paths))
      for (const { parameters = [] } of Object.values(
        operations as Record<string, { parameters?: { in: string; name: string }[] }>,
      ))
        expect(parameters.filter((one) => one.in === "path").map(({ name }) => `{${name}}`)).toEqual(
          path.match(/\{\w+\}/g) ?? [],
        );
  });
});

test("GET /api/docs names every route and loads nothing from anywhere", async () => {
  const { text, headers } = await studio.get("/api/docs");
  expect(headers.get("content-type")).toContain("text/html");
  for (const path of Object.keys(description.paths)) expect(text).toContain(`<code>${path}</code>`);
  expect(text).not.toMatch(/<script|<link|<img|@import|url\(|https?:/);
});

test("GET /api/health says what this is and what it can do", async () => {
  const { json } = await studio.get("/api/health");
  expect(json).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+/), folder });
  expect(json.capabilities).toContain("fit");
  expect(json.figures).toContainEqual({ name: "allocation", summary: expect.any(String) });
});

describe("the studio's pages", () => {
  test("index.html for its own addresses, files by name; files with a hash for ever", async () => {
    for (const path of ["/", "/fit", "/sweeps/ladder", "/index.html"]) {
      const { text, headers } = await studio.get(path);
      expect([text, headers.get("cache-control")], path).toEqual([
        "<!doctype html><title>studio</title>",
        "no-cache",
      ]);
    }
    const { headers } = await studio.get("/assets/index-abcd1234.js");
    expect(headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(headers.get("cache-control")).toContain("immutable");
  });

  test("nothing outside them", async () => {
    writeFileSync(join(folder, "runs.csv"), "classified");
    const name = folder.split("/").at(-1)!;
    for (const path of [
      `/..%2F${name}%2Fruns.csv`,
      `/%2e%2e%2f${name}/runs.csv`,
      "/assets/..%2f..%2f..%2fetc%2fpasswd",
      "/none.js",
      "/%ff.js",
      "/assets/.x",
    ]) {
      const { status, text } = await studio.get(path);
      expect([400, 404], path).toContain(status);
      expect(text).not.toMatch(/classified|root:/);
    }
  });

  test("where they are not built the API works, and the page says what to do", async () => {
    const { get } = await studioOf(folder, { pages: null });
    const page = await get("/", { accept: "text/html" });
    expect([page.status, page.text]).toEqual([503, expect.stringContaining("npm run build")]);
    expect((await get("/api/health")).status).toBe(200);
  });
});

test("what the API doesn't have is told, whatever the method", async () => {
  expect((await studio.get("/api/nothing")).json.error).toEqual({
    what: "the API has no such route",
    got: "GET /api/nothing",
    remedy: "/api/docs lists the routes",
  });
  expect((await studio.ask("/api/fit", { method: "DELETE" })).status).toBe(405);
  expect((await studio.ask("/", { method: "POST", body: "x" })).status).toBe(405);
});

describe("over HTTP", () => {
  test("listens on this machine, answers who has the token, and lets go of its port", async () => {
    const served = await serveStudio(folder, { port: 0, pages });
    const url = new URL(served.url);
    expect(url.hostname).toBe("127.0.0.1");
    expect((await fetch(served.url)).status).toBe(401);
    const entered = await fetch(served.link, { redirect: "manual" });
    const cookie = entered.headers.get("set-cookie")!.split(";")[0]!;
    const page = await fetch(served.url, { headers: { cookie } });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("studio")]);
    const files = await fetch(`${served.url}api/workspace`, {
      headers: { authorization: `Bearer ${served.token}` },
    });
    expect(await files.json()).toMatchObject({ folder });
    await expect(serveStudio(folder, { port: Number(url.port), pages })).rejects.toThrow("it is taken");
    await served.close();
    const again = await serveStudio(folder, { port: Number(url.port), pages, token });
    await again.close();
  });

  test("a body in pieces, one without an announced length, and none at all", async () => {
    const served = await serveStudio(folder, { port: 0, pages, bodyBytes: 1000 });
    const headers = { authorization: `Bearer ${served.token}`, "content-type": "application/json" };
    const send = (body: ReadableStream | string | null): Promise<Response> =>
      fetch(`${served.url}api/plan`, { method: "POST", headers, body, duplex: "half" } as RequestInit);
    const asked = JSON.stringify({
      basis: { law: "chinchilla", source: "besiroglu2024-refit" },
      flops: 1e20,
    });
    expect((await send(new Blob([asked]).stream())).status).toBe(200);
    expect((await send(null)).status).toBe(422);
    expect((await send(new Blob([" ".repeat(2000)]).stream())).status).toBe(413);
    expect((await send(" ".repeat(2000))).status).toBe(413);
    await served.close();
  });

  test("every studio has another token, of 256 bits", async () => {
    const two = [
      await serveStudio(folder, { port: 0, pages }),
      await serveStudio(folder, { port: 0, pages }),
    ];
    const [one, other] = two.map((studio) => studio.token);
    expect(one).not.toBe(other);
    expect(Buffer.from(one!, "base64url")).toHaveLength(32);
    await Promise.all(two.map((studio) => studio.close()));
  });
});
