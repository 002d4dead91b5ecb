import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Who we are, what time it is, and which of our neighbours live: what it takes to judge whether a claim is held. */
export interface Host {
  /** One name for every place in which a process number means the same process. */
  readonly machine: string;
  readonly pid: number;
  /** In milliseconds since 1970. */
  readonly now: () => number;
  /** What tells a process from a later one of the same number: its start; "" where that is not known, null if it is gone. */
  readonly startOf: (pid: number) => string | null;
}

/** This process on this machine. */
export function thisHost(): Host {
  // Containers share a host name or a kernel, not both with their process numbers: the name space tells them apart.
  // A restart of the machine makes it another one too.
  const space = firstOf([() => readlinkSync("/proc/self/ns/pid")]);
  const boot = firstOf([() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()]);
  return {
    machine: [hostname(), space, boot].filter((part) => part !== null).join(" "),
    pid: process.pid,
    now: () => Date.now(),
    startOf,
  };
}

function startOf(pid: number): string | null {
  if (!exists(pid)) return null;
  const ways = process.platform === "win32" ? [] : [() => startFromProc(pid), () => startFromPs(pid)];
  const start = firstOf(ways) ?? (exists(pid) ? "" : dead);
  return start === dead ? null : start;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // alive, and somebody else's
  }
}

/** Linux: the state and the start in clock ticks, fields 3 and 22; the name before them may hold anything. */
function startFromProc(pid: number): string {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return isDead(fields[0]) ? dead : fields[19];
}

/** macOS and the BSDs. */
function startFromPs(pid: number): string {
  const text = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  const [state, ...start] = text.split(/\s+/);
  return isDead(state) ? dead : start.join(" ");
}

/** What the system says of a process that is there and has ended. */
const dead = "dead";

/** A zombie has ended; only nobody has asked for its exit code yet. */
function isDead(state: string): boolean {
  return state.startsWith("Z") || state.startsWith("X");
}

function firstOf<T>(ways: readonly (() => T)[]): T | null {
  for (const way of ways) {
    try {
      return way();
    } catch {
      // not this system
    }
  }
  return null;
}
