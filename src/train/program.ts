import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { constants, setPriority } from "node:os";

export interface ProgramOptions {
  /** Aborted: the program and all that it started are asked to stop, and after the grace are ended. */
  readonly signal?: AbortSignal;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The file that what it prints is appended to. */
  readonly log: string;
  /** How far it stands back behind what people do on the machine: 0 not at all, 19 the most. */
  readonly nice?: number;
  readonly graceMs?: number;
  /** Called with the program when it has started. */
  readonly onStart?: (pid: number) => void;
  /** Called with what the program says over Node's own channel; with this option it has one. */
  readonly onMessage?: (message: unknown) => void;
}

/**
 * Runs a program to its end: an argument vector, never a line for a shell, so nothing in it can mean anything else.
 *
 * It is the leader of a process group of its own: Ctrl-C in the terminal reaches us alone, who then decide, and whatever
 * it has started ends with it. Rejects when it cannot be started; how it ended is a value.
 */
export async function runProgram(
  [file, ...args]: readonly string[],
  { signal, cwd, env = process.env, log, nice = 0, graceMs = 10_000, onStart, onMessage }: ProgramOptions,
): Promise<{ readonly code: number | null; readonly signal: string | null }> {
  signal?.throwIfAborted();
  const sink = openSync(log, "a");
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      cwd,
      env,
      detached: process.platform !== "win32",
      windowsHide: true,
      stdio: ["ignore", sink, sink, ...(onMessage ? (["ipc"] as const) : [])],
    });
  } finally {
    closeSync(sink);
  }
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    endProgram(child.pid, "SIGTERM");
    timer = setTimeout(() => endProgram(child.pid, "SIGKILL"), graceMs);
  };
  const end = (): void => endProgram(child.pid, "SIGKILL");
  process.on("exit", end); // a second Ctrl-C ends us at once: nobody would be left to end it
  process.setMaxListeners(Math.max(process.getMaxListeners(), process.listenerCount("exit")));
  if (onMessage) child.on("message", onMessage);
  try {
    return await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code, name) => resolve({ code, signal: name }));
      if (child.pid === undefined) return; // "error" says why
      stepBack(child.pid, nice);
      onStart?.(child.pid);
      signal?.addEventListener("abort", stop);
      if (signal?.aborted) stop();
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    process.removeListener("exit", end);
    if (process.platform !== "win32") end(); // what it left running ends with it
  }
}

/** Ends a program that {@link runProgram} started and all that it started itself; nothing when it is gone. */
export function endProgram(pid: number | undefined, signal: "SIGTERM" | "SIGKILL"): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch {
    // it has ended
  }
}

/** How a program ended, in words; null when all went well. */
export function badEnd({ code, signal }: { code: number | null; signal: string | null }): string | null {
  if (code === 0) return null;
  if (signal === "SIGKILL") return "was killed (SIGKILL); often that means that memory ran out";
  return signal === null
    ? `left with exit code ${code}`
    : `was ended by ${signal} (${constants.signals[signal as NodeJS.Signals]})`;
}

function stepBack(pid: number, nice: number): void {
  if (nice === 0) return;
  try {
    setPriority(pid, nice);
  } catch {
    // it has ended, or the system doesn't let us: it trains all the same
  }
}
