import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  type Claim,
  type ClaimRecord,
  claim,
  type Host,
  isHeld,
  newestClaim,
  nodeDisk,
  patienceMs,
  thisHost,
  writeWhole,
} from "../../src/store/index.ts";

const root = mkdtempSync(join(tmpdir(), "isoflop-claim-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
const series = (): string => join(root, String(made++));
const disk = nodeDisk();
const isClaim = (held: Claim | ClaimRecord): held is Claim => "beat" in held;

/** A host with this clock and these living processes, each with its start. */
function host(change: Partial<Host> & { alive?: Readonly<Record<number, string>> } = {}): Host {
  const { alive = { 1: "one" }, ...rest } = change;
  return { machine: "here", pid: 1, now: () => 1000, startOf: (pid) => alive[pid] ?? null, ...rest };
}

describe("a claim", () => {
  test("of many who ask at once one gets, and the others learn who has it", async () => {
    const folder = series();
    const asked = await Promise.all(
      Array.from({ length: 20 }, (_, i) => claim(folder, disk, host({ pid: i, alive: { [i]: "x" } }))),
    );
    // each sees all others as dead, so they follow one another: every number is given once
    const numbers = asked.map(({ number }) => number);
    expect(new Set(numbers).size).toBe(20);
    const living = { alive: Object.fromEntries(numbers.map((n) => [n, "x"])) };
    const other = series();
    const again = await Promise.all(numbers.map((pid) => claim(other, disk, host({ pid, ...living }))));
    expect(again.filter(isClaim)).toHaveLength(1);
    const [winner] = again.filter(isClaim);
    expect(again.every((held) => held.number === winner.number)).toBe(true);
    expect(readdirSync(other)).toEqual(["1"]);
  });

  test("that has ended may be followed, by the next number", async () => {
    const folder = series();
    const first = await claim(folder, disk, host());
    if (!isClaim(first)) throw new Error("not claimed");
    await first.end({ status: "done", message: null });
    const second = await claim(folder, disk, host());
    expect(isClaim(second) && second.number).toBe(2);
    expect(isClaim(second) && second.previous?.ended).toEqual({ status: "done", message: null });
  });

  test("whose owner was taken for dead learns it at its next sign of life", async () => {
    const folder = series();
    const first = await claim(folder, disk, host());
    if (!isClaim(first)) throw new Error("not claimed");
    expect(await first.beat()).toBe(true);
    await claim(folder, disk, host({ pid: 2, alive: { 2: "two" } }));
    expect(await first.beat()).toBe(false);
  });

  test.each<[string, Partial<Host> & { alive?: Record<number, string> }, number, boolean]>([
    ["lives, however long it was silent", {}, 10 * patienceMs, true],
    ["is gone, however fresh its last sign", { alive: {} }, 0, false],
    ["is gone and its number given to another", { alive: { 1: "later" } }, 0, false],
    ["can't be told from a later one of its number, and was heard of", { alive: { 1: "" } }, 1000, true],
    [
      "can't be told from a later one of its number, and was silent",
      { alive: { 1: "" } },
      2 * patienceMs,
      false,
    ],
    ["is on another machine, and was heard of", { machine: "there", alive: {} }, patienceMs - 1, true],
    ["is on another machine, and was silent", { machine: "there", alive: {} }, patienceMs + 1, false],
  ])("of a process that %s", async (_, change, silentMs, held) => {
    const folder = series();
    await claim(folder, disk, host());
    const record = await newestClaim(folder, disk);
    expect(isHeld(record!, host({ ...change, now: () => 1000 + silentMs }))).toBe(held);
  });

  test("that the file system lets nobody make is an error, and leaves nothing behind", async () => {
    const folder = series();
    const stubborn = { ...disk, rename: async () => false };
    await expect(claim(folder, stubborn, host())).rejects.toThrow("lets no folder be renamed to it");
    expect(readdirSync(folder)).toEqual([]);
    const full = { ...disk, write: async () => Promise.reject(new Error("ENOSPC")) };
    await expect(claim(folder, full, host())).rejects.toThrow("ENOSPC");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is read from what is there: a folder without an owner is nobody's", async () => {
    const folder = series();
    expect(await newestClaim(folder, disk)).toBeNull();
    await disk.makeFolder(join(folder, "1"));
    const later = host({ now: () => 1e12 });
    expect(isHeld((await newestClaim(folder, disk))!, later)).toBe(false);
    const next = await claim(folder, disk, later);
    expect(next.number).toBe(2);
  });
});

test("a file that nothing may take the place of is an error: a result must not get lost unseen", async () => {
  const folder = series();
  await disk.makeFolder(join(folder, "run.json", "x"));
  const refusing = { ...disk, rename: async () => false }; // as a busy file on Windows
  await expect(writeWhole(refusing, join(folder, "other.json"), "{}")).rejects.toThrow("cannot write");
  await expect(writeWhole(disk, join(folder, "run.json"), "{}")).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(["run.json"]);
});

test("this host knows itself, and that a process that has ended has", async () => {
  const here = thisHost();
  expect(here.startOf(process.pid)).toBe(here.startOf(process.pid));
  expect(here.startOf(process.pid)).not.toBeNull();
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"]);
  const { pid } = child;
  expect(here.startOf(pid!)).not.toBeNull();
  child.kill("SIGKILL");
  await new Promise((done) => child.on("exit", done));
  expect(here.startOf(pid!)).toBeNull();
});
