#!/usr/bin/env node
import module from "node:module";
import { constants } from "node:os";
import type { World } from "./world.ts";

// Where Node can keep compiled code between starts (22.1 and newer), it saves a third of ours.
if ("enableCompileCache" in module && typeof module.enableCompileCache === "function")
  module.enableCompileCache();

// `isoflop … | head -1` closes the pipe while we write: that is an end, not an error. Ctrl-C needs nothing from us:
// without a handler the signal ends the process at once and quietly, also in the middle of a fit (130 in a shell).
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    if (stream === process.stdout) process.stderr.write(`error: cannot write the answer: ${error.message}\n`);
    process.exit(1);
  });
}

const world: World = {
  async stdin() {
    let text = "";
    process.stdin.setEncoding("utf8");
    for await (const chunk of process.stdin) text += chunk;
    return text;
  },
  stdout: { write: (text) => void process.stdout.write(text), isTerminal: process.stdout.isTTY ?? false },
  stderr: { write: (text) => void process.stderr.write(text), isTerminal: process.stderr.isTTY ?? false },
  cwd: process.cwd(),
  env: process.env,
  ask: process.stdin.isTTY && process.stderr.isTTY ? askPerson : undefined,
  onInterrupt(stop) {
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    let first = 0;
    // a Ctrl-C comes twice where npm or a script of ours hands it on: that is one and the same
    const onSignal = (signal: NodeJS.Signals): void => {
      if (first > 0 && Date.now() - first > 500) process.exit(128 + constants.signals[signal]);
      if (first > 0) return;
      first = Date.now();
      stop();
    };
    for (const signal of signals) process.on(signal, onSignal);
    return () => {
      for (const signal of signals) process.removeListener(signal, onSignal);
    };
  },
};

async function askPerson(question: string): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

const { run } = await import("./run.ts"); // after the compile cache is on
// Set rather than exit: what is still to be written to a pipe is written.
process.exitCode = await run(process.argv.slice(2), world);
