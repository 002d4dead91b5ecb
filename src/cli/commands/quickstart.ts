import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { readRuns } from "../../import/index.ts";
import { formatDuration, formatFlops, parseNumber } from "../../numeric/index.ts";
import { type Report, report } from "../../report/index.ts";
import { type JsonValue, type Run, type RunSpec, type Table, tableOfRuns } from "../../runs/index.ts";
import {
  type Checked,
  checkPredictions,
  collectRuns,
  fitLadder,
  type LadderFits,
  type Pinned,
  pinned,
  runSweep,
  SweepHeld,
  writeSweep,
} from "../../sweep/index.ts";
import {
  gptTrainer,
  type Ladder,
  type MeasuredSpeed,
  measureSpeeds,
  planCheck,
  planLadder,
} from "../../train/index.ts";
import { diagnose } from "../../trust/index.ts";
import { type Answer, jsonText, openAnswer } from "../answer.ts";
import { Failed } from "../fail.ts";
import { makeFolder, readJson, removeFolder, saveText } from "../files.ts";
import { invocation } from "../invocation.ts";
import { numberOption, wholeOption, wordOption } from "../options.ts";
import { liveLadder } from "../quickstart/live.ts";
import { summaryPage } from "../quickstart/page.ts";
import { budgetOfId, designLines, type Found, storyLines } from "../quickstart/story.ts";
import { saveReport } from "../report-file.ts";
import { isFolder } from "../sweep-file.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import { version } from "../version.ts";
import type { World } from "../world.ts";

const usualFolder = "isoflop-quickstart";
const usualMinutes = 10;
const ciMinutes = 0.2;
/** A plan's run costs as much as the whole ladder twice over: one core, and ten times its largest budget. */
const ladderShareWithCheck = 1 / 3;

/** isoflop quickstart: real models on real text → a law → plans → a prediction that is checked. */
export function quickstartVerb(world: World): RunnableVerb {
  return verb(
    world,
    "quickstart",
    "The whole way once: trains a ladder of small language models here, fits a scaling law to them, plans larger ones and, with --verify, trains what it planned to see whether the law was right. The same command goes on where it was stopped.",
    ["quickstart", "quickstart --minutes 3 --verify", "quickstart --text books/ --out books-ladder"],
  )
    .option(
      "--minutes <n>",
      `about how long it may take, --verify included (default: ${usualMinutes}; asked on a terminal)`,
      numberOption("--minutes", { above: 0 }),
    )
    .option("--verify", "then train the model planned for 10 times the compute")
    .option("--text <path...>", "files or folders to train on, instead of the State of the Union addresses")
    .option("--out <folder>", "where everything goes", usualFolder)
    .option(
      "--concurrency <n>",
      "how many models at once (default: one a core)",
      wholeOption("--concurrency", { least: 1 }),
    )
    .option(
      "--executor <name>",
      "local: a process for each run; inline: one after the other, in this one (default: local)",
      wordOption("--executor", ["local", "inline"]),
    )
    .action(async (options) => {
      const answer = openAnswer(world, options);
      const { out, seed } = options;
      // what was checked once stays in the answer
      const verify = options.verify ?? (await isFolder(world, join(out, "check")));
      const texts = options.text?.map((path) => resolve(world.cwd, path));
      const how: How = {
        world,
        answer,
        concurrency: options.concurrency ?? availableParallelism(),
        executor: options.executor ?? "local",
        color: options.color,
        quiet: options.quiet ?? false,
        again: `${invocation(world)} quickstart${out === usualFolder ? "" : ` --out ${out}`}`,
      };
      await makeFolder(world, out);
      const design = await designed(how, out, { minutes: options.minutes, texts, seed, verify });
      const { ladder } = design;
      answer.lines(designLines(design, answer.paint));

      const runs = await train(how, join(out, "ladder"), ladder.specs, ladder.runSeconds);
      const csv = csvOf(runs);
      const csvFile = join(out, "runs.csv");
      // from the file's text, as isoflop fit reads it: the same numbers, mapping and hash
      const fits = fitLadder(readRuns(csv, { origin: csvFile }), { seed: design.seed });
      if (fits.law.status === "non-finite") throw new Failed(`no fit: ${fits.law.message}`);
      const largest = ladder.budgets[ladder.budgets.length - 1];
      const planFor = (times: number): Pinned | null =>
        pinned(fits.chosen, times * largest, ladder.flopsPerToken);
      const plans = [planFor(10), planFor(100)] as const;
      const files: Record<string, string> = {
        "runs.csv": csv,
        "runs.jsonl": runs.map((run) => `${JSON.stringify(run)}\n`).join(""),
        "fit.json": jsonText(fits.law),
        "fit-bent.json": jsonText(fits.bent),
        "fit-approach-1.json": jsonText(fits.envelope),
        "fit-approach-2.json": jsonText(fits.isoflop),
        ...(plans[0] && { "plan.json": jsonText(plans[0].plan) }),
        ...(plans[1] && { "plan-100x.json": jsonText(plans[1].plan) }),
      };
      for (const [name, text] of Object.entries(files)) await saveText(world, join(out, name), text);

      const check = verify && plans[0] ? await checked(how, out, design, plans[0], fits) : null;
      const found: Found = {
        ladder,
        text: design.text,
        runs,
        budgetOf: ({ id }) => budgetOfId(id),
        fits,
        plans,
        check,
      };
      await saveText(world, join(out, "README.md"), summaryPage(found));
      await saveReport(world, await reportOf(found), join(out, "report.html"));
      await removeFolder(world, join(out, "ladder", "checkpoints")); // what has ended needs them no more
      const nouns = {
        fit: fits.law,
        bent: fits.bent,
        heldOut: fits.heldOut,
        approach1: fits.envelope,
        approach2: fits.isoflop,
      };
      answer.give({ ...nouns, plans: plans.map((one) => one?.plan ?? null), check }, () =>
        storyLines(found, answer.paint),
      );
      const names = [
        ...Object.keys(files),
        ...(check ? ["check.json"] : []),
        "README.md",
        "report.html",
      ].join(", ");
      answer.remark(`\nWritten to ${out}: ${names}; every run in ${out}/ladder/runs.`);
      if (!answer.json) answer.lines(nextLines(how, out, found));
    });
}

/** How the models are trained. */
interface How {
  readonly world: World;
  readonly answer: Answer;
  readonly concurrency: number;
  readonly executor: "local" | "inline";
  readonly color: boolean;
  readonly quiet: boolean;
  /** The command that goes on with this. */
  readonly again: string;
}

/** A design as it stands in ladder.json: what is stopped goes on with it, whatever the machine's speed is then. */
interface Design {
  readonly minutes: number;
  readonly ladder: Ladder;
  readonly texts: readonly string[] | null;
  readonly text: string;
  readonly engine: string;
  readonly seed: number;
}

async function designed(
  how: How,
  out: string,
  asked: {
    readonly minutes: number | undefined;
    readonly texts: readonly string[] | undefined;
    readonly seed: number;
    readonly verify: boolean;
  },
): Promise<Design> {
  const { world, answer, concurrency } = how;
  const file = join(out, "ladder.json");
  if (await isFolder(world, join(out, "ladder"))) {
    const there = (await readJson(world, file)).json as Design;
    for (const [name, was, is] of [
      ["--minutes", there.minutes, asked.minutes],
      ["--text", there.texts?.join(" "), asked.texts?.join(" ")],
    ] as const)
      if (is !== undefined && is !== was)
        throw new Error(
          `${out} holds a ladder of ${name} ${was ?? "its own"}, got ${is}; give another --out, or leave ${name} away to go on`,
        );
    answer.remark(`Going on with the ladder in ${out}.`);
    return there;
  }
  const minutes = asked.minutes ?? (await askMinutes(world));
  const begun = Date.now();
  answer.remark("Measuring how fast models train here …");
  const trainer = gptTrainer({ text: asked.texts });
  const { speeds, ...measured }: MeasuredSpeed = await measureSpeeds(trainer, {
    seconds: Math.min(0.5, minutes),
  });
  const settings: Record<string, JsonValue> =
    asked.texts === undefined ? {} : { data: { text: asked.texts } };
  const left = 60 * minutes - (Date.now() - begun) / 1000;
  const ladder = planLadder({
    seconds: Math.max(1, left * (asked.verify ? ladderShareWithCheck : 1)),
    cores: how.executor === "inline" ? 1 : concurrency,
    speeds,
    uniqueTokens: measured.uniqueTokens,
    seed: asked.seed,
    settings,
  });
  const text = asked.texts === undefined ? "the State of the Union addresses" : measured.text;
  const design: Design = {
    minutes,
    ladder,
    texts: asked.texts ?? null,
    text,
    engine: measured.engine,
    seed: asked.seed,
  };
  await saveText(world, file, jsonText(design));
  return design;
}

/** Asked where somebody is there to answer; in CI as little as shows anything. */
async function askMinutes({ ask, env }: World): Promise<number> {
  if (env.CI !== undefined && env.CI !== "") return ciMinutes;
  if (ask === undefined) return usualMinutes;
  const said = (await ask(`How many minutes may it take? [${usualMinutes}] `)).trim();
  const minutes = said === "" ? usualMinutes : parseNumber(said);
  if (minutes > 0) return minutes;
  throw new Error(`how many minutes: expected a number above 0, got "${said}"`);
}

/** Trains the runs of a folder that have not ended. */
async function train(
  { world, answer, again, color, quiet, ...how }: How,
  path: string,
  specs: readonly RunSpec[],
  runSeconds: readonly number[],
): Promise<Run[]> {
  const folder = resolve(world.cwd, path);
  await writeSweep(folder, {
    format: "isoflop.sweeprecord/1",
    name: "quickstart",
    specs,
    command: null,
    concurrency: null,
    hours: null,
  });
  const before = await collectRuns(folder);
  const live = liveLadder(world, {
    specs,
    budgetOf: ({ id }) => budgetOfId(id),
    runSeconds,
    cores: how.concurrency,
    ended: new Map(before.map(({ id, losses }) => [id, losses[0]?.value ?? Number.NaN])),
    color,
    quiet,
  });
  const stop = new AbortController();
  const forget = world.onInterrupt?.(() => {
    answer.remark("stopping …");
    stop.abort();
  });
  try {
    const { stopped, failed } = await runSweep(folder, {
      ...how,
      signal: stop.signal,
      onBegin: live.onBegin,
      onPoint: live.onPoint,
      onProgress: live.onProgress,
    });
    const runs = await collectRuns(folder);
    if (stopped !== null)
      throw new Failed(
        `${stopped === "disk-full" ? "the disk is full: stopped" : "stopped"} after ${runs.length} of ${specs.length} runs, nothing is lost; go on with ${again}`,
      );
    if (failed.length > 0)
      throw new Failed(
        `${failed.length} of ${specs.length} runs failed (${failed[0].message}); try them again with ${again}`,
      );
    return runs;
  } catch (error) {
    if (error instanceof SweepHeld) throw new Failed(error.message.replace(folder, path));
    throw error;
  } finally {
    live.end();
    forget?.();
  }
}

/** Writes down what the law says of the planned model and its neighbours, trains them, and compares. */
async function checked(
  how: How,
  out: string,
  { ladder, seed, texts }: Design,
  { plan: { budget, optimum } }: Pinned,
  fits: LadderFits,
): Promise<Checked[]> {
  const { world, answer } = how;
  const settings: Record<string, JsonValue> = texts === null ? {} : { data: { text: texts } };
  const models = Math.min(how.concurrency, 3);
  const specs = planCheck(budget.flops, optimum.params, { models, seed, settings });
  const file = join(out, "check.json");
  await saveText(world, file, jsonText(checkPredictions(fits, specs, [])));
  const slowest = ladder.speeds.reduce((x, y) => Math.min(x, y.flopsPerSecond), Number.POSITIVE_INFINITY);
  const fastest = ladder.speeds.reduce((x, y) => Math.max(x, y.flopsPerSecond), slowest);
  const seconds = budget.flops / fastest;
  const isNew = !(await isFolder(world, join(out, "check")));
  if (isNew)
    answer.remark(
      `Checking the plan for 10×: ${specs.length === 1 ? "its model trains" : `its model and ${specs.length - 1} of other sizes train`} on the whole budget, about ${formatDuration(seconds)}. What the law says of them stands in ${file}.\n`,
    );
  const runs = await train(
    how,
    join(out, "check"),
    specs,
    specs.map(() => seconds),
  );
  const check = checkPredictions(fits, specs, runs);
  await saveText(world, file, jsonText(check));
  await removeFolder(world, join(out, "check", "checkpoints"));
  return check;
}

const csvColumns = [
  "id",
  "params_total",
  "tokens",
  "flops_exact",
  "loss_validation",
  "seed",
  "width",
  "depth",
  "epochs",
  "trunk",
  "seconds",
];

/** The finished runs as people keep them: one row each, numbers in full. */
function csvOf(runs: readonly Run[]): string {
  const { columns: all, rows }: Table = tableOfRuns(runs.filter(({ status }) => status === "finished"));
  const loss = Object.keys(all).find((name) => name.startsWith("loss_validation") && !name.includes("("));
  const lines = Array.from({ length: rows }, (_, row) =>
    csvColumns.map((name) => (name === "loss_validation" ? all[loss!] : all[name])[row]).join(","),
  );
  return `${[csvColumns.join(","), ...lines].join("\n")}\n`;
}

/** The law that was chosen, how far it can be trusted, and its plan for ten times the compute. */
async function reportOf({ fits, plans, runs }: Found): Promise<Report> {
  const made = fits.chosen;
  const planned = plans[0]?.plan ?? null;
  const diagnosis =
    planned === null ? null : diagnose(made, fits.lawRows, { flops: planned.budget.flops, bootstrap: 200 });
  return report(
    { fit: made, plan: planned, diagnosis, observations: fits.lawRows, runs },
    { title: "A ladder trained here", version: await version(), commands: ["isoflop quickstart"] },
  );
}

function nextLines({ world, again }: How, out: string, { check, fits, ladder, plans }: Found): string[] {
  const isoflop = invocation(world);
  const chosen = fits.chosen === fits.bent ? "fit-bent.json" : "fit.json";
  const flops = formatFlops(1000 * ladder.budgets[ladder.budgets.length - 1], 2);
  return [
    `Open ${out}/report.html in a browser. Next:`,
    ...(check === null && plans[0] ? [`  ${again} --verify`] : []),
    `  ${isoflop} studio ${out}`,
    `  ${isoflop} diagnose ${out}/fit.json --data ${out}/runs.csv`,
    `  ${isoflop} fit ${out}/runs.csv --clusters trunk --bootstrap 1000`,
    `  ${isoflop} plan ${out}/${chosen} --flops ${flops} \\`,
    `      --flops-per-token "${ladder.flopsPerToken}"`,
    `  ${isoflop} predict ${out}/${chosen} --params 1M --tokens 10M`,
  ];
}
