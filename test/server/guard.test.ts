import { describe, expect, test } from "vitest";
import { studioApp } from "../../src/server/index.ts";
import { temporaryFolder, token } from "./app.ts";

const folder = temporaryFolder();
const app = await studioApp(folder, { token });
const open = await studioApp(folder, { token, isPublic: true, hosts: ["gpu-box"] });

async function status(
  headers: Record<string, string>,
  { method = "GET", path = "/api/health", by = app } = {},
): Promise<number> {
  const { host = "127.0.0.1:4747", ...rest } = headers;
  const url = `http://${host}${path}`;
  return (await by.fetch(new Request(url, { method, headers: { host, ...rest } }))).status;
}

const bearer = { authorization: `Bearer ${token}` };
const cookie = { cookie: `other=1; isoflop-4747=${token}` };
const posting = { method: "POST", path: "/api/sweeps/none/cancel" }; // 404 for those who may

describe("the token", () => {
  test.each([
    ["none", {}, 401],
    ["a wrong one", { authorization: "Bearer a-token-of-the-testz" }, 401],
    ["a longer one", { authorization: `Bearer ${token}x` }, 401],
    ["another scheme", { authorization: `Basic ${token}` }, 401],
    ["a wrong cookie", { cookie: "isoflop-4747=no" }, 401],
    ["a cookie that can't be decoded", { cookie: "isoflop-4747=%E0%A4%A" }, 401],
    ["the cookie of a studio on another port", { cookie: `isoflop-4748=${token}` }, 401],
    ["the right one", bearer, 200],
    ["the right cookie", cookie, 200],
  ])("%s", async (_, headers, wanted) => {
    expect(await status(headers)).toBe(wanted);
  });

  test("nothing at all is served without it: no page, no description", async () => {
    for (const path of ["/", "/index.html", "/api/openapi.json", "/api/docs", "/api/files/runs.csv"])
      expect(await status({}, { path })).toBe(401);
  });

  test("in the address it is taken for a cookie that scripts can't read, and goes from the address", async () => {
    const asked = new Request(`http://127.0.0.1:4747/?token=${token}&view=a`);
    const answer = await app.fetch(asked);
    expect(answer.status).toBe(302);
    expect(answer.headers.get("location")).toBe("/?view=a");
    expect(answer.headers.get("set-cookie")).toBe(`isoflop-4747=${token}; Path=/; HttpOnly; SameSite=Strict`);
    expect(await status({}, { path: "/?token=wrong" })).toBe(401);
    // elsewhere it would end in logs and histories
    expect(await status({}, { path: `/api/health?token=${token}` })).toBe(401);
  });

  test("a link that another page was left by is answered by a page, as a redirect would come without the cookie", async () => {
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    const answer = await app.fetch(new Request(`http://127.0.0.1:4747/?token=${token}`, { headers }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("set-cookie")).toContain("SameSite=Strict");
    expect(await answer.text()).toContain('http-equiv="refresh" content="0;url=/"');
  });

  test("a short one is refused before anything is served", async () => {
    await expect(studioApp(folder, { token: "short" })).rejects.toThrow("at least 16 characters, got 5");
    await expect(studioApp(folder, { token: "a token; Path=/elsewhere" })).rejects.toThrow(
      "other characters",
    );
  });

  test("a person without it reads what to do, a program JSON", async () => {
    const asPerson = await app.fetch(
      new Request("http://localhost/", { headers: { accept: "text/html,*/*" } }),
    );
    expect(asPerson.headers.get("content-type")).toContain("text/html");
    expect(await asPerson.text()).toContain("Open the link that isoflop studio printed");
    const asProgram = await app.fetch(new Request("http://localhost/api/health"));
    expect(await asProgram.json()).toEqual({
      error: {
        what: "this studio asks for its token",
        got: "none",
        remedy: expect.stringContaining("Bearer"),
      },
    });
  });
});

describe("the host: a name that somebody's name server points at us is refused (DNS rebinding)", () => {
  test.each([
    ["localhost", 200],
    ["localhost:9000", 200], // forwarded by ssh
    ["127.0.0.1:4747", 200],
    ["[::1]:4747", 200],
    ["evil.example", 403],
    ["evil.example:4747", 403],
    ["localhost.evil.example", 403],
    ["127.0.0.1.evil.example", 403],
    ["192.168.1.5", 403],
  ])("%s", async (host, wanted) => {
    expect(await status({ host, ...bearer })).toBe(wanted);
  });

  test.each([
    ["192.168.1.5:4747", 200],
    ["gpu-box:4747", 200],
    ["evil.example", 403],
  ])("beyond this machine: %s", async (host, wanted) => {
    expect(await status({ host, ...bearer }, { by: open })).toBe(wanted);
  });
});

describe("another site's page may not ask in our user's name (CSRF)", () => {
  const ours = "http://127.0.0.1:4747";
  test.each([
    ["our own origin", { ...cookie, origin: ours }, 404],
    ["another site's", { ...cookie, origin: "https://evil.example" }, 403],
    ["another port of this machine", { ...cookie, origin: "http://127.0.0.1:8888" }, 403],
    ["a sandboxed frame's", { ...cookie, origin: "null" }, 403],
    ["none, with the cookie", cookie, 403],
    ["none, with the token itself, as programs send it", bearer, 404],
    ["another site's, even with the token", { ...bearer, origin: "https://evil.example" }, 403],
  ])("a change: origin %s", async (_, headers, wanted) => {
    expect(await status(headers, posting)).toBe(wanted);
  });

  test.each([
    ["same-origin", "cors", 200],
    ["none", "navigate", 200],
    ["cross-site", "no-cors", 403],
    ["same-site", "cors", 403],
  ])("a read: Sec-Fetch-Site %s, mode %s", async (site, mode, wanted) => {
    expect(await status({ ...cookie, "sec-fetch-site": site, "sec-fetch-mode": mode })).toBe(wanted);
  });

  test("no answer allows another origin to read it", async () => {
    const answer = await app.fetch(
      new Request("http://localhost/api/health", {
        method: "OPTIONS",
        headers: { ...bearer, origin: "http://localhost" },
      }),
    );
    expect([...answer.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

test("every answer forbids frames, sniffing, foreign scripts and referrers", async () => {
  for (const path of ["/api/health", "/api/none", "/", "/api/docs"]) {
    const { headers } = await app.fetch(new Request(`http://localhost${path}`, { headers: bearer }));
    expect(headers.get("content-security-policy"), path).toMatch(
      /default-src 'self'.*frame-ancestors 'none'/,
    );
    expect(headers.get("x-content-type-options"), path).toBe("nosniff");
    expect(headers.get("referrer-policy"), path).toBe("no-referrer");
    expect(headers.get("cross-origin-resource-policy"), path).toBe("same-origin");
  }
});
