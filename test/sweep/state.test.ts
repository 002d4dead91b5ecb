import { describe, expect, test } from "vitest";
import { planGrid } from "../../src/plan/index.ts";
import type { MetricPoint } from "../../src/runs/index.ts";
import { type RunFiles, type SweepFiles, type SweepRecord, stateOf } from "../../src/sweep/index.ts";

const record: SweepRecord = {
  format: "isoflop.sweeprecord/1",
  name: "state",
  specs: planGrid({ params: [1e6, 2e6], tokens: [1e7], seeds: [0] }),
  command: null,
  concurrency: null,
  hours: null,
};
const untouched: RunFiles = {
  result: { status: "none" },
  metrics: { points: [], torn: 0 },
  attempt: null,
  held: false,
};
const attempt: RunFiles["attempt"] = {
  number: 2,
  owner: { machine: "m", pid: 1, start: "", since: 0 },
  ended: null,
  heartbeat: 0,
};
const point = (tokens: number, seconds: number | null): MetricPoint => ({
  step: tokens / 1000,
  tokens,
  loss: 4,
  split: "validation",
  seconds,
});
const stateWith = (first: Partial<RunFiles>, rest: Partial<SweepFiles> = {}): ReturnType<typeof stateOf> =>
  stateOf({
    record,
    runs: [{ ...untouched, ...first }, untouched],
    conductor: null,
    cancelled: false,
    ...rest,
  });

describe("the state of a sweep is a function of its files", () => {
  test.each<[string, Partial<RunFiles>]>([
    ["waiting", {}],
    ["running", { attempt, held: true }],
    ["stopped", { attempt }],
    ["stopped", { attempt: { ...attempt, ended: { status: "stopped", message: null } } }],
    ["failed", { attempt: { ...attempt, ended: { status: "failed", message: "no" } } }],
    ["failed", { attempt, result: { status: "wrong", message: "no" } }],
    ["finished", { attempt, result: { status: "ended", run: { status: "finished" } } }],
    ["diverged", { attempt, result: { status: "ended", run: { status: "diverged" } } }],
    // the result is the proof of the end, whatever its attempt came to say
    ["finished", { attempt, held: true, result: { status: "ended", run: { status: "finished" } } }],
  ])("a run is %s (%#)", (status, files) => {
    const state = stateWith(files);
    expect(state.runs[0].status).toBe(status);
    expect(state[status as "waiting"]).toBe(status === "waiting" ? 2 : 1);
    expect(state.total).toBe(2);
    expect(state.runs[0].message).toBe(status === "failed" ? "no" : null);
  });

  test("what is left takes as long as the runs at work need, by FLOPs", () => {
    // 1e6 parameters, half of 1e7 tokens in 10 s: 5e5 tokens/s, 3e12 FLOP/s; 3e13 of this run and 1.2e14 are left
    const state = stateWith({
      attempt,
      held: true,
      metrics: { points: [point(1e6, 2), point(5e6, 10)], torn: 0 },
    });
    expect(state.runs[0]).toMatchObject({ progress: 0.5, tokensPerSecond: 5e5, point: { tokens: 5e6 } });
    expect(state.flops).toEqual({ done: 3e13, total: 1.8e14 });
    expect(state.etaSeconds).toBeCloseTo(50, 6);
    expect(
      stateWith({ attempt, metrics: { points: [point(1e6, 2), point(5e6, 10)], torn: 0 } }).etaSeconds,
    ).toBeNull();
  });

  test("speed is that of the last attempt, whose seconds began again", () => {
    const points = [point(1e6, 100), point(2e6, 200), point(3e6, 1), point(5e6, 2)];
    expect(stateWith({ attempt, held: true, metrics: { points, torn: 3 } }).runs[0]).toMatchObject({
      tokensPerSecond: 2e6,
      tornLines: 3,
    });
    expect(stateWith({ metrics: { points: [point(1e6, 1)], torn: 0 } }).runs[0].tokensPerSecond).toBeNull();
    expect(
      stateWith({ metrics: { points: [point(1e6, null)], torn: 0 } }).runs[0].tokensPerSecond,
    ).toBeNull();
  });

  test("a curve told again at once, from a checkpoint, is no speed", () => {
    const again = [point(1e6, 1), point(2e6, 1.001), point(3e6, 1.002)];
    const speed = (points: MetricPoint[]): number | null =>
      stateWith({ attempt, held: true, metrics: { points, torn: 0 } }).runs[0].tokensPerSecond;
    expect(speed(again)).toBeNull();
    expect(speed([...again, point(4e6, 11.002)])).toBeCloseTo(1e5, 6); // 1e6 tokens in the ten seconds since
  });

  test("a program that says no seconds has the speed of its first attempt, by its files' times", () => {
    const files: Partial<RunFiles> = {
      attempt: { ...attempt, number: 1, owner: { ...attempt.owner, since: 1000 } },
      held: true,
      metrics: { points: [point(1e6, null), point(4e6, null)], torn: 0 },
      changed: 9000,
    };
    expect(stateWith(files).runs[0].tokensPerSecond).toBe(5e5);
    expect(stateWith({ ...files, changed: null }).runs[0].tokensPerSecond).toBeNull();
    expect(stateWith({ ...files, attempt }).runs[0].tokensPerSecond).toBeNull(); // its second
  });

  test("a branch counts the tokens that it trains on itself", () => {
    const specs = planGrid({ params: [1e6], tokens: [1e7], decay: 0.25 });
    const files: SweepFiles = {
      record: { ...record, specs },
      runs: [
        { ...untouched, result: { status: "ended", run: { status: "finished" } } },
        { ...untouched, attempt, held: true, metrics: { points: [point(8.75e6, 1)], torn: 0 } },
      ],
      conductor: null,
      cancelled: false,
    };
    const state = stateOf(files);
    expect(state.flops.total).toBe(6e13); // 7.5e6 tokens of the trunk, 2.5e6 of the branch
    expect(state.runs[1].progress).toBe(0.5);
  });
});
