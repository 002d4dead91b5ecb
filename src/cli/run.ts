import { didYouMean } from "../numeric/index.ts";
import { painter } from "./answer.ts";
import { type ExitCode, tell } from "./fail.ts";
import { columns, wrap } from "./text.ts";
import type { RunnableVerb } from "./verb.ts";
import type { World } from "./world.ts";

interface Entry {
  readonly summary: string;
  /** Loaded when it is called for: a plan need not wait for what reads CSV files. */
  readonly load: () => Promise<(world: World) => RunnableVerb>;
}

const verbs: Readonly<Record<string, Entry>> = {
  quickstart: {
    summary: "the whole way once: trains small models here, fits, plans, checks",
    load: async () => (await import("./commands/quickstart.ts")).quickstartVerb,
  },
  fit: {
    summary: "fit a law to runs: parameters, how sure, and what to be wary of",
    load: async () => (await import("./commands/fit.ts")).fitVerb,
  },
  compare: {
    summary: "which law predicts larger runs best, and whether that is more than chance",
    load: async () => (await import("./commands/compare.ts")).compareVerb,
  },
  diagnose: {
    summary: "how far a fit can be trusted: a verdict, its reasons, what would move it",
    load: async () => (await import("./commands/diagnose.ts")).diagnoseVerb,
  },
  plan: {
    summary: "the best model and data for a budget, from a fit or a published law",
    load: async () => (await import("./commands/plan.ts")).planVerb,
  },
  "plan sweep": {
    summary: "the runs of a sweep: isoFLOP curves, ratios, or chosen for a target",
    load: async () => (await import("./commands/plan-sweep.ts")).planSweepVerb,
  },
  "plan next": {
    summary: "the runs that would teach a fit most for the FLOPs that are left",
    load: async () => (await import("./commands/plan-next.ts")).planNextVerb,
  },
  "plan train-to-test": {
    summary: "model, data and samples at test time together, for one or two budgets",
    load: async () => (await import("./commands/plan-train-to-test.ts")).planTrainToTestVerb,
  },
  "plan world": {
    summary: "published models against a law: over- or under-trained, right for what load",
    load: async () => (await import("./commands/plan-world.ts")).planWorldVerb,
  },
  "compare-runs": {
    summary: "your runs beside a law's frontier: efficiency, deviation, likely cause",
    load: async () => (await import("./commands/compare-runs.ts")).compareRunsVerb,
  },
  "sweep design": {
    summary: "the runs that a sweep's file asks for: a grid, an isoFLOP ladder, seeds",
    load: async () => (await import("./commands/sweep-design.ts")).sweepDesignVerb,
  },
  "sweep check": {
    summary: "whether a sweep's trainer does what a sweep needs of it",
    load: async () => (await import("./commands/sweep-check.ts")).sweepCheckVerb,
  },
  "sweep run": {
    summary: "train a sweep's runs here, by our trainers or a program of yours",
    load: async () => (await import("./commands/sweep-run.ts")).sweepRunVerb,
  },
  "sweep resume": {
    summary: "go on with a sweep after Ctrl-C, a kill or a failure",
    load: async () => (await import("./commands/sweep-run.ts")).sweepResumeVerb,
  },
  "sweep status": {
    summary: "how far a sweep is, from its files",
    load: async () => (await import("./commands/sweep-status.ts")).sweepStatusVerb,
  },
  "sweep cancel": {
    summary: "stop a sweep, wherever it runs, and keep what has ended",
    load: async () => (await import("./commands/sweep-cancel.ts")).sweepCancelVerb,
  },
  "sweep collect": {
    summary: "a sweep's runs as a file that fit reads",
    load: async () => (await import("./commands/sweep-collect.ts")).sweepCollectVerb,
  },
  predict: {
    summary: "what a fit or a published law says of one model on so much data",
    load: async () => (await import("./commands/predict.ts")).predictVerb,
  },
  figure: {
    summary: "a picture of runs, a fit, a plan or a diagnosis: SVG, PNG, or here",
    load: async () => (await import("./commands/figure.ts")).figureVerb,
  },
  studio: {
    summary: "a folder of runs, fits and sweeps in the browser",
    load: async () => (await import("./commands/studio.ts")).studioVerb,
  },
  report: {
    summary: "a report to send: verdict, data, fit, trust, plan, figures, checklist",
    load: async () => (await import("./commands/report.ts")).reportVerb,
  },
  "report diff": {
    summary: "what changed between two reports or fits, in units of their intervals",
    load: async () => (await import("./commands/report-diff.ts")).reportDiffVerb,
  },
  laws: {
    summary: "the laws we know; one of them in full, as LaTeX or Python",
    load: async () => (await import("./commands/laws.ts")).lawsVerb,
  },
  convert: {
    summary: "a budget in FLOPs, device-hours and dollars, step by step",
    load: async () => (await import("./commands/convert.ts")).convertVerb,
  },
};

/** What we ask of ourselves in another process; nobody has to type it, so the help doesn't show it. */
const hidden: Readonly<Record<string, Entry>> = {
  "run-one": {
    summary: "train the run in one folder",
    load: async () => (await import("./commands/run-one.ts")).runOneVerb,
  },
};

/**
 * The command line as a function: words in, text on the world's two streams, an exit code out. It never throws.
 *
 * @example await run(["convert", "3 PF-days"], world) // 0
 */
export async function run(argv: readonly string[], world: World): Promise<ExitCode> {
  try {
    const request = await understand(argv, world);
    if (typeof request === "string") {
      world.stdout.write(request);
      return 0;
    }
    const { name, words } = request;
    const build = await (verbs[name] ?? hidden[name]).load();
    await build(world).parseAsync(words, { from: "user" });
    return 0;
  } catch (error) {
    return complain(error, world, argv);
  }
}

/** Words that mean the same before a verb as after it. */
const early = new Set(["--json", "--quiet", "-q", "--no-color"]);

/** Text to print, or a verb with its words. */
async function understand(
  argv: readonly string[],
  world: World,
): Promise<string | { name: string; words: readonly string[] }> {
  const found = argv.findIndex((word) => !early.has(word));
  const at = found < 0 ? argv.length : found;
  const before = argv.slice(0, at);
  let words = argv.slice(at);
  if (words[0] === "--version" || words[0] === "-V")
    return `${await (await import("./version.ts")).version()}\n`;
  if (words[0] === "help") words = [...words.slice(1), "--help"];
  if (words[0] === undefined || words[0] === "--help" || words[0] === "-h") return help(world, before);
  const two = words.slice(0, 2).join(" ");
  if (Object.hasOwn(verbs, two)) return { name: two, words: [...before, ...words.slice(2)] };
  if (Object.hasOwn(verbs, words[0])) return { name: words[0], words: [...before, ...words.slice(1)] };
  if (Object.hasOwn(hidden, words[0])) return { name: words[0], words: words.slice(1) };
  throw new Error(unknownWord(words[0]));
}

function unknownWord(word: string): string {
  if (word.startsWith("-"))
    return `unknown option "${word}"; options stand behind a command, as in isoflop fit runs.csv ${word}`;
  const group = Object.keys(verbs).filter((name) => name.startsWith(`${word} `));
  if (group.length > 0) return `${word} needs a second word: ${group.join(", ")}`;
  const near = didYouMean(word, Object.keys(verbs));
  const remedy = near === null ? `commands: ${Object.keys(verbs).join(", ")}` : `did you mean "${near}"?`;
  return `unknown command "${word}"; ${remedy}`;
}

function help(world: World, before: readonly string[]): string {
  const { bold } = painter(world, "stdout", !before.includes("--no-color"));
  const lines = [
    ...wrap(
      `${bold("isoflop")}: from training runs to a scaling law with honest intervals, and from the law to a plan one can build.`,
    ),
    "",
    `${bold("Usage:")} isoflop COMMAND [options], isoflop COMMAND --help, isoflop --version`,
    "",
    bold("Commands:"),
    ...columns(Object.entries(verbs).map(([name, { summary }]) => [name, summary])),
    "",
    bold("Every command has:"),
    ...columns([
      ["--json", "the answer as JSON, and nothing else, on stdout"],
      ["-q, --quiet", "no remarks on stderr"],
      ["--no-color", "no colours (as does the variable NO_COLOR)"],
      ["--seed N", "seed of everything random; 0 unless said"],
    ]),
    "",
    bold("Examples:"),
    "  $ isoflop quickstart",
    "  $ isoflop fit runs.csv -o fit.json",
    "  $ isoflop plan fit.json --flops 1e22",
    "  $ isoflop plan --law chinchilla --source besiroglu2024-refit --flops 5.76e23",
    "",
    bold("Exit codes:"),
    ...columns([
      ["0", "done"],
      ["1", "the mathematics or the world failed: no finite fit, a file that can't be read"],
      ["2", "the request was wrong: an unknown option, a column that isn't there"],
    ]),
    "",
    ...wrap(
      "Numbers are written as people write them (70B, 1.4T, 5.76e23); files hold base units. A file named - is standard input.",
    ),
  ];
  return `${lines.join("\n")}\n`;
}

/** Tells an error on stderr and says what to leave with. */
function complain(error: unknown, world: World, argv: readonly string[]): ExitCode {
  if (isCommanderError(error)) {
    // 0: help was printed, which commander does by throwing
    if (error.exitCode === 0) return 0;
    const reason = error.message
      .replace(/^error: /, "")
      .replace(/\n\(Did you mean one of (.*)\?\)$/, "; did you mean one of $1?")
      .replace(/\n\(Did you mean (.*)\?\)$/, '; did you mean "$1"?')
      .replaceAll("'", '"')
      .replace(/^unknown option ("-[\d.].*")$/, "expected an amount above 0, got $1; leave out the minus");
    return say(reason, 2);
  }
  const { text, code } = tell(error);
  return say(text, code);

  function say(text: string, code: ExitCode): ExitCode {
    const { red } = painter(world, "stderr", !argv.includes("--no-color"));
    const [first, ...rest] = text.split("\n");
    const lines = [...wrap(`error: ${first}`, { rest: "  " }), ...rest];
    world.stderr.write(`${[lines[0].replace("error:", red("error:")), ...lines.slice(1)].join("\n")}\n`);
    return code;
  }
}

function isCommanderError(error: unknown): error is Error & { code: string; exitCode: number } {
  return (
    error instanceof Error &&
    "exitCode" in error &&
    String("code" in error && error.code).startsWith("commander.")
  );
}
