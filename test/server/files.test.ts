import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { studioOf, temporaryFolder } from "./app.ts";

const outside = temporaryFolder();
writeFileSync(join(outside, "secret.csv"), "params,loss\nclassified,2\n");
writeFileSync(join(outside, "secret.json"), '{"classified":1}');
const folder = temporaryFolder();
const fitText = readFileSync("test/golden/formats/fit.json", "utf8");
const csv = "params,tokens,loss\n1e6,2e7,4.1\n2e6,4e7,3.8\n";
writeFileSync(join(folder, "runs.csv"), csv);
writeFileSync(join(folder, "fit.json"), fitText);
writeFileSync(join(folder, "notes.md"), "# Notes");
writeFileSync(join(folder, ".env"), "KEY=classified");
mkdirSync(join(folder, ".git"));
writeFileSync(join(folder, ".git/config"), "classified");
mkdirSync(join(folder, "more/deep"), { recursive: true });
writeFileSync(join(folder, "more/deep/a b%20ü.csv"), csv);
mkdirSync(join(folder, "ladder"));
writeFileSync(
  join(folder, "ladder/sweep.json"),
  readFileSync("test/golden/formats/sweeprecord.json", "utf8"),
);
symlinkSync(join(outside, "secret.csv"), join(folder, "leak.csv"));
symlinkSync(outside, join(folder, "leaks"));
symlinkSync(join(folder, "runs.csv"), join(folder, "alias.csv"));
symlinkSync(folder, join(folder, "more/round"));
const studio = await studioOf(folder);

describe("GET /api/workspace", () => {
  test("says what every file is; a sweep is one entry, links out and hidden files are none", async () => {
    const { json } = await studio.get("/api/workspace");
    expect(json.folder).toBe(folder);
    const kinds = Object.fromEntries(
      json.files.map(({ name, kind }: Record<string, string>) => [name, kind]),
    );
    expect(kinds).toEqual({
      "runs.csv": "runs",
      "alias.csv": "runs",
      "fit.json": "fit",
      "notes.md": "other",
      "more/deep/a b%20ü.csv": "runs",
      ladder: "sweep",
    });
    const runs = json.files.find(({ name }: { name: string }) => name === "runs.csv");
    expect(runs).toEqual({
      name: "runs.csv",
      kind: "runs",
      bytes: csv.length,
      modified: expect.stringMatching(/Z$/),
    });
  });

  test.each([
    ["fit", "fit"],
    ["plan", "plan"],
    ["comparison", "comparison"],
    ["diagnosis", "diagnosis"],
    ["figure", "figure"],
    ["run", "runs"],
    ["law", "other"],
  ])("the noun of test/golden/formats/%s.json is of the kind %s", async (noun, kind) => {
    const own = temporaryFolder();
    writeFileSync(join(own, "noun.json"), readFileSync(`test/golden/formats/${noun}.json`, "utf8"));
    const { json } = await (await studioOf(own)).get("/api/workspace");
    expect(json.files).toMatchObject([{ name: "noun.json", kind }]);
  });

  test('a folder that is a sweep itself is its one entry, "@"', async () => {
    const own = await studioOf(join(folder, "ladder"));
    expect((await own.get("/api/workspace")).json.files).toMatchObject([{ name: "@", kind: "sweep" }]);
    expect((await own.get("/api/sweeps/@")).json).toMatchObject({ format: "isoflop.sweepstate/1" });
  });

  test("a folder that isn't there is told before anything is served", async () => {
    await expect(studioOf(join(folder, "none"))).rejects.toThrow(/cannot open .*none: no such folder/);
    await expect(studioOf(join(folder, "runs.csv"))).rejects.toThrow("expected a folder, got a file");
  });
});

describe("GET /api/files/{name}", () => {
  test.each(["more/deep/a b%20ü.csv", "more/round/runs.csv", "alias.csv"])("%s", async (name) => {
    const spelled = [encodeURIComponent(name), name.split("/").map(encodeURIComponent).join("/")];
    for (const path of spelled) expect((await studio.get(`/api/files/${path}`)).text).toBe(csv);
  });

  test("has an ETag, by which it is not sent again", async () => {
    const { headers } = await studio.get("/api/files/runs.csv");
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const again = await studio.get("/api/files/runs.csv", { "if-none-match": headers.get("etag")! });
    expect([again.status, again.text]).toEqual([304, ""]);
    const head = await studio.ask("/api/files/runs.csv", { method: "HEAD" });
    expect([head.status, head.text, head.headers.get("etag")]).toEqual([200, "", headers.get("etag")]);
  });

  test("what it serves runs nothing, even a page", async () => {
    const own = temporaryFolder();
    writeFileSync(join(own, "report.html"), "<script>fetch('/api/health')</script>");
    const { headers } = await (await studioOf(own)).get("/api/files/report.html");
    expect(headers.get("content-security-policy")).toMatch(/^sandbox; default-src 'none'/);
  });

  const refused = [
    "../secret.csv",
    "..",
    "more/../../secret.csv",
    "/etc/passwd",
    "more//deep",
    ".env",
    ".git/config",
    "more/.",
    "leak.csv",
    "leaks/secret.csv",
    "..\\secret.csv",
    "runs.csv\u0000.json",
    "C:/secret.csv/..",
    "",
  ];
  test.each(refused)("nothing outside, nothing hidden: %j", async (name) => {
    for (const path of [encodeURIComponent(name), encodeURIComponent(encodeURIComponent(name)), name]) {
      const { status, text } = await studio.get(`/api/files/${path}`);
      expect([400, 403, 404, 503]).toContain(status);
      expect(text).not.toContain("classified");
    }
  });

  test("no name at all leads outside (seed 7, 300 names made of dots, slashes and links)", async () => {
    const part = fc.constantFrom("..", ".", "leaks", "more", "round", "%2e%2e", "", "secret.csv", "~", "\\");
    const name = fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => parts.join("/"));
    await fc.assert(
      fc.asyncProperty(name, async (path) => {
        const { text } = await studio.get(`/api/files/${encodeURIComponent(path)}`);
        expect(text).not.toContain("classified");
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe("PUT /api/files/{name}", () => {
  const own = temporaryFolder();
  mkdirSync(join(own, "ladder/runs"), { recursive: true });
  writeFileSync(join(own, "ladder/sweep.json"), readFileSync("test/golden/formats/sweeprecord.json", "utf8"));
  symlinkSync(outside, join(own, "leaks"));
  const saving = studioOf(own);

  test("saves a noun whole, which reads back byte for byte; what is there is replaced only by who has read it", async () => {
    const { put, get } = await saving;
    const made = await put("/api/files/fit.json", fitText);
    expect([made.status, made.json]).toMatchObject([
      201,
      { name: "fit.json", bytes: Buffer.byteLength(fitText) },
    ]);
    const there = await get("/api/files/fit.json");
    expect(there.text).toBe(fitText);
    expect(there.headers.get("etag")).toBe(made.json.etag);

    expect((await put("/api/files/fit.json", fitText)).status).toBe(428);
    expect((await put("/api/files/fit.json", fitText, { "if-none-match": "*" })).status).toBe(412);
    const replaced = await put("/api/files/fit.json", fitText, { "if-match": made.json.etag });
    expect(replaced.status).toBe(200);
    const late = await put("/api/files/fit.json", fitText, { "if-match": made.json.etag });
    expect([late.status, late.json.error.what]).toEqual([412, "fit.json has changed since it was read"]);
    expect((await put("/api/files/fit.json", fitText, { "if-match": "*" })).status).toBe(200);
    expect((await put("/api/files/gone.json", fitText, { "if-match": '"x"' })).status).toBe(412);
    expect(readdirSync(own).sort()).toEqual(["fit.json", "ladder", "leaks"]);
  });

  test("of many who replace the same file at once, one does", async () => {
    const { put } = await saving;
    const { json } = await put("/api/files/race.json", fitText);
    const all = await Promise.all(
      Array.from({ length: 8 }, () => put("/api/files/race.json", fitText, { "if-match": json.etag })),
    );
    expect(all.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(412)]);
  });

  test.each(readdirSync("test/golden/formats").filter((name) => name !== "sweeprecord.json"))(
    "every noun is saved as the other doors read it: test/golden/formats/%s",
    async (name) => {
      const { put } = await saving;
      const text = readFileSync(`test/golden/formats/${name}`, "utf8");
      expect((await put(`/api/files/golden-${name}`, text)).text).toContain(`"golden-${name}"`);
      expect(readFileSync(join(own, `golden-${name}`), "utf8")).toBe(text);
    },
  );

  test("saves a table of runs as CSV", async () => {
    const { put } = await saving;
    expect((await put("/api/files/mine.csv", csv, { "content-type": "text/csv" })).status).toBe(201);
    expect(readFileSync(join(own, "mine.csv"), "utf8")).toBe(csv);
  });

  const json = "application/json";
  test.each([
    ["no JSON", "a.json", "{", json, 422, "expected JSON"],
    ["no noun", "a.json", "{}", json, 422, "expected a noun of isoflop by its format"],
    ["an unknown noun", "a.json", '{"format":"isoflop.spell/1"}', json, 422, "isoflop.spell/1"],
    ["half a noun", "a.json", '{"format":"isoflop.plan/1"}', json, 422, "isoflop.plan/1"],
    [
      "a sweep, which may name a program",
      "a.json",
      readFileSync("test/golden/formats/sweeprecord.json", "utf8"),
      json,
      403,
      "may name a program",
    ],
    ["a program", "law.ts", "export default 1", "text/typescript", 415, "text/typescript"],
    ["a program as JSON", "law.ts", fitText, json, 415, "law.ts"],
    ["no rows", "a.csv", "params,loss\n", "text/csv", 422, ""],
    ["a page", "a.html", "<p>", "text/html", 415, "text/html"],
    ["outside", "../a.json", fitText, json, 400, ".."],
    ["outside by a link", "leaks/a.json", fitText, json, 403, "leads out"],
    ["hidden", ".a.json", fitText, json, 400, "hidden"],
    ["into no folder", "none/a.json", fitText, json, 404, "no such folder"],
    ["into a sweep", "ladder/a.json", fitText, json, 409, "lies in a sweep"],
    ["deep into a sweep", "ladder/runs/a.json", fitText, json, 409, "lies in a sweep"],
    ["over a folder", "ladder", fitText, json, 415, ""],
  ])("refuses %s", async (_, name, body, type, status, says) => {
    const { put } = await saving;
    const answer = await put(`/api/files/${encodeURIComponent(name)}`, body, { "content-type": type });
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(says)]);
    expect(readdirSync(outside).sort()).toEqual(["secret.csv", "secret.json"]);
    expect(readdirSync(own).filter((file) => file.startsWith("a."))).toEqual([]);
  });

  test("refuses text that is not UTF-8, and bodies over the limit, announced or not", async () => {
    const small = await studioOf(own, { bodyBytes: 100 });
    const bytes = new Uint8Array([0x22, 0xff, 0x22]);
    const wrong = await small.ask("/api/files/b.json", {
      method: "PUT",
      body: bytes,
      headers: { "content-type": json },
    });
    expect([wrong.status, wrong.json.error.what]).toEqual([422, "b.json: expected text in UTF-8"]);
    expect((await small.put("/api/files/b.json", fitText)).status).toBe(413);
    const stream = new Blob([fitText]).stream();
    const init = {
      method: "PUT",
      body: stream,
      duplex: "half",
      headers: { "content-type": json },
    } as RequestInit;
    expect((await small.ask("/api/files/b.json", init)).status).toBe(413);
  });

  test("a file that is also known elsewhere keeps that name's content: it is replaced, not written into", async () => {
    const { put } = await saving;
    const { json } = await put("/api/files/one.json", fitText);
    linkSync(join(own, "one.json"), join(outside, "two.json"));
    const plan = readFileSync("test/golden/formats/plan.json", "utf8");
    const { headers } = await (await saving).get("/api/files/one.json");
    expect(headers.get("etag")).toBe(json.etag);
    expect((await put("/api/files/one.json", plan, { "if-match": "*" })).status).toBe(200);
    expect(readFileSync(join(outside, "two.json"), "utf8")).toBe(fitText);
  });
});
