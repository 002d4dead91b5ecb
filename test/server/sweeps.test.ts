import { appendFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { planSweep } from "../../src/plan/index.ts";
import { collectRuns, type SweepRecord, writeSweep } from "../../src/sweep/index.ts";
import { studioOf, temporaryFolder, token } from "./app.ts";

// Sweeps of the synthetic trainer, trained in this process: what the routes do to a sweep, and what they tell of it.

const folder = temporaryFolder();
const studio = await studioOf(folder);
afterAll(() => studio.app.close());

/** A sweep of so many runs in a folder of the workspace; each takes `pauseMs` a point. */
async function sweep(name: string, { runs = 3, pauseMs = 0, points = 3 } = {}): Promise<SweepRecord> {
  const settings = { noise: 0.003, curvePoints: points, pauseMs };
  const { specs } = planSweep({ budgets: [1e15], sizesPerBudget: runs, settings, trainer: "synthetic" });
  const record: SweepRecord = {
    format: "isoflop.sweeprecord/1",
    name,
    specs,
    command: null,
    concurrency: null,
    hours: null,
  };
  await writeSweep(join(folder, name), record);
  return record;
}

type Event = { type: string } & Record<string, ReturnType<typeof JSON.parse>>;

/** The events of a sweep until one says enough. */
async function eventsUntil(name: string, enough: (event: Event) => boolean): Promise<Event[]> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 20_000);
  const answer = await studio.app.fetch(
    new Request(`http://localhost/api/sweeps/${encodeURIComponent(name)}/events`, {
      headers: { authorization: `Bearer ${token}` },
      signal: stop.signal,
    }),
  );
  expect(answer.headers.get("content-type")).toBe("text/event-stream");
  const events: Event[] = [];
  let text = "";
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the stream ended after ${JSON.stringify(events.map(({ type }) => type))}`);
    text += value;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      if (!block.startsWith("data: ")) continue;
      const event = JSON.parse(block.slice("data: ".length)) as Event;
      events.push(event);
      if (!enough(event)) continue;
      clearTimeout(timer);
      await reader.cancel();
      return events;
    }
  }
}

const isDone = ({ type, state }: Event): boolean => type === "state" && state.finished === state.total;

describe("a sweep", () => {
  test("waits, is run, and its runs are fitted by its name", async () => {
    await sweep("ladder", { runs: 7 });
    const before = await studio.get("/api/sweeps/ladder");
    expect(before.json).toMatchObject({
      name: "ladder",
      total: 7,
      waiting: 7,
      conductedHere: false,
      lastCall: null,
    });

    const watched = eventsUntil("ladder", isDone);
    const begun = await studio.post("/api/sweeps/ladder/run");
    expect([begun.status, begun.json.total]).toEqual([202, 7]);
    const events = await watched;
    expect(events[0]).toMatchObject({ type: "state", state: { waiting: 7 } });
    expect(events.at(-1)).toMatchObject({ type: "state", state: { finished: 7, waiting: 0 } });

    const { text, headers } = await studio.get("/api/sweeps/ladder/runs");
    expect(headers.get("content-type")).toBe("application/x-ndjson");
    const runs = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(runs).toEqual(await collectRuns(join(folder, "ladder")));
    const fit = await studio.post("/api/fit", {
      runs: "ladder",
      law: { formula: "E + A / N^alpha", inputs: "params=N" },
    });
    expect(fit.json).toMatchObject({ format: "isoflop.fit/1", rows: 7 });
  });

  test("its curves are told as they grow: what was read by /metrics?after and what is told after it is the whole file", async () => {
    const { specs } = await sweep("curves", { runs: 3, points: 12, pauseMs: 15 });
    const watched = eventsUntil("curves", isDone);
    await studio.post("/api/sweeps/curves/run");
    const events = await watched;
    for (const { id } of specs) {
      const all = await studio.get(`/api/sweeps/curves/runs/${id}/metrics`);
      const lines = all.text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(all.headers.get("x-lines")).toBe(String(lines.length));
      expect(lines.length).toBeGreaterThanOrEqual(12);
      const told = events.filter((event) => event.type === "metrics" && event.id === id);
      expect(told.length).toBeGreaterThan(1);
      for (const { after, lines: some } of told)
        expect(lines.slice(after, after + some.length)).toEqual(some);
      const last = told.at(-1)!;
      expect(last.after + last.lines.length).toBe(lines.length);
      const rest = await studio.get(`/api/sweeps/curves/runs/${id}/metrics?after=${lines.length - 2}`);
      expect(rest.text.trimEnd().split("\n")).toHaveLength(2);
    }
  });

  test("is paused, resumed, cancelled; a cancelled one is resumed, not run", async () => {
    await sweep("long", { runs: 5, points: 40, pauseMs: 20 });
    expect((await studio.post("/api/sweeps/long/run")).json.conductedHere).toBe(true);
    expect((await studio.post("/api/sweeps/long/run")).status).toBe(409);

    const paused = await studio.post("/api/sweeps/long/pause");
    expect([paused.status, paused.json]).toMatchObject([
      202,
      { conductedHere: false, conductor: null, running: 0, lastCall: { stopped: "signal", problem: null } },
    ]);
    expect(paused.json.finished).toBeLessThan(5);
    const again = await studio.post("/api/sweeps/long/pause");
    expect([again.status, again.json.error.remedy]).toEqual([409, expect.stringContaining("cancel")]);

    expect((await studio.post("/api/sweeps/long/resume", { concurrency: 1 })).json.conductedHere).toBe(true);
    expect((await studio.post("/api/sweeps/long/cancel")).json.cancelled).toBe(true);
    await eventsUntil("long", ({ type, state }) => type === "state" && !state.conductedHere);
    const after = await studio.get("/api/sweeps/long");
    expect(after.json).toMatchObject({ cancelled: true, running: 0, lastCall: { stopped: "cancelled" } });
    const run = await studio.post("/api/sweeps/long/run");
    expect([run.status, run.json.error]).toMatchObject([409, { remedy: "resume goes on with it" }]);
    expect((await studio.post("/api/sweeps/long/resume")).json.cancelled).toBe(false);
    await studio.post("/api/sweeps/long/pause");
  });

  test("conducted elsewhere is not run here a second time", async () => {
    await sweep("elsewhere", { points: 40, pauseMs: 20 });
    const other = await studioOf(folder);
    await other.post("/api/sweeps/elsewhere/run");
    const { status, json } = await studio.post("/api/sweeps/elsewhere/run");
    expect([status, json.error.what]).toEqual([409, expect.stringContaining("is at work on it")]);
    expect(await other.app.close()).toEqual([join(folder, "elsewhere")]);
  });

  test("the end of the server ends streams, and stops what is at work so that it can be resumed", async () => {
    await sweep("ending", { points: 40, pauseMs: 20 });
    const own = await studioOf(folder);
    await own.post("/api/sweeps/ending/run");
    const stream = await own.app.fetch(
      new Request("http://localhost/api/sweeps/ending/events", {
        headers: { authorization: `Bearer ${token}` },
      }),
    );
    const reader = stream.body!.getReader();
    await reader.read();
    expect(await own.app.close()).toEqual([join(folder, "ending")]);
    while (!(await reader.read()).done); // ends, or the test takes too long
    expect((await studio.get("/api/sweeps/ending")).json).toMatchObject({ conductor: null, running: 0 });
  });

  test("in a folder below is named by its path, with %2F", async () => {
    await sweep("more/below");
    expect((await studio.get("/api/sweeps/more%2Fbelow")).json).toMatchObject({
      name: "more/below",
      total: 3,
    });
    const { json } = await studio.get("/api/workspace");
    expect(json.files).toContainEqual(expect.objectContaining({ name: "more/below", kind: "sweep" }));
  });
});

describe("a run's log", () => {
  test("is given whole, and from where the reader is", async () => {
    const { specs } = await sweep("logged");
    const id = specs[0]!.id;
    const path = `/api/sweeps/logged/runs/${encodeURIComponent(id)}/log`;
    expect(await studio.get(path)).toMatchObject({ status: 200, text: "" });
    mkdirSync(join(folder, "logged/runs", id), { recursive: true });
    appendFileSync(join(folder, "logged/runs", id, "log.txt"), "loss is ∞\nbroken");
    const all = await studio.get(path);
    expect(all.text).toBe("loss is ∞\nbroken");
    expect(all.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    const end = Number(all.headers.get("x-bytes"));
    appendFileSync(join(folder, "logged/runs", id, "log.txt"), " off");
    expect((await studio.get(`${path}?after=${end}`)).text).toBe(" off");
  });

  test("a line that is still being written is not given", async () => {
    const { specs } = await sweep("torn");
    const id = specs[0]!.id;
    mkdirSync(join(folder, "torn/runs", id), { recursive: true });
    const whole = '{"step":1,"tokens":10,"loss":4}\n';
    writeFileSync(join(folder, "torn/runs", id, "metrics.jsonl"), `${whole}{"step":2,"tok`);
    expect((await studio.get(`/api/sweeps/torn/runs/${id}/metrics`)).text).toBe(whole);
  });
});

describe("what is refused", () => {
  test.each([
    ["/api/sweeps/none", 404, "no file none"],
    ["/api/sweeps/..%2Foutside", 400, ""],
    ["/api/sweeps/plain", 404, "plain is no sweep"],
    ["/api/sweeps/refused/runs/none/metrics", 404, "in the sweep"],
    ["/api/sweeps/refused/runs/..%2F..%2Fsweep.json/log", 404, "no run"],
    ["/api/sweeps/refused/runs/RUN/metrics?after=-1", 400, "whole number"],
  ])("%s", async (path, status, says) => {
    const { specs } = await sweep("refused");
    mkdirSync(join(folder, "plain"), { recursive: true });
    const answer = await studio.get(path.replace("RUN", specs[0]!.id));
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(says)]);
  });

  test("a log that is a link to a file outside", async () => {
    const outside = join(temporaryFolder(), "secret.txt");
    writeFileSync(outside, "classified");
    const { specs } = await sweep("leaky");
    const id = specs[0]!.id;
    mkdirSync(join(folder, "leaky/runs", id), { recursive: true });
    symlinkSync(outside, join(folder, "leaky/runs", id, "log.txt"));
    const { status, text } = await studio.get(`/api/sweeps/leaky/runs/${id}/log`);
    expect([status, text]).toEqual([403, expect.not.stringContaining("classified")]);
  });

  test("a sweep.json that is saved over HTTP, so that no program is named from afar", async () => {
    await sweep("kept");
    const before = readFileSync(join(folder, "kept/sweep.json"), "utf8");
    const record = readFileSync("test/golden/formats/sweeprecord.json", "utf8");
    expect((await studio.put("/api/files/kept%2Fsweep.json", record, { "if-match": "*" })).status).toBe(403);
    expect((await studio.put("/api/files/sweep.json", record)).status).toBe(403);
    expect(readFileSync(join(folder, "kept/sweep.json"), "utf8")).toBe(before);
    expect(existsSync(join(folder, "sweep.json"))).toBe(false);
  });
});
