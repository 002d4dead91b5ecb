import { inlineExecutor } from "../../execute/index.ts";
import { isoflopCurves, terminalFigure } from "../../figures/index.ts";
import { type Fit, fit } from "../../fit/index.ts";
import { readRuns } from "../../import/index.ts";
import { chinchilla, computeOptimum, findSet } from "../../laws/index.ts";
import { formatCount, formatFlops, formatNumber } from "../../numeric/index.ts";
import { type Plan, plan, planSweep } from "../../plan/index.ts";
import { type Observations, observe, type Run, type Table, tableOfRuns } from "../../runs/index.ts";
import { memoryStore } from "../../store/index.ts";
import { conduct } from "../../sweep/index.ts";
import { syntheticTrainer } from "../../train/index.ts";
import { jsonText, openAnswer, type Paint } from "../answer.ts";
import { Failed } from "../fail.ts";
import { makeFolder, saveText } from "../files.ts";
import { invocation } from "../invocation.ts";
import { numberOption } from "../options.ts";
import { spanText } from "../quantity-text.ts";
import { columns, wrap } from "../text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

const set = "besiroglu2024-refit";
const planted = findSet(chinchilla, set).parameters;
const noise = 0.003; // of ln loss: two seeds of a small model differ by about this much
const budgets = [1e17, 3e17, 1e18, 3e18, 1e19];
const draws = 300;

/** isoflop quickstart: a synthetic ladder → runs → fit → plans, and every file of the way. */
export function quickstartVerb(world: World): RunnableVerb {
  return verb(
    world,
    "quickstart",
    "The whole way once, in seconds: a sweep, its runs, a fitted law, and plans for larger budgets. The runs are synthetic: their losses come from a planted law plus noise, no model is trained.",
    ["quickstart", "quickstart --out /tmp/first --seed 1", "quickstart --minutes 1 --json"],
  )
    .option(
      "--minutes <n>",
      "take at most so long (it takes seconds)",
      numberOption("--minutes", { above: 0 }),
      5,
    )
    .option("--out <folder>", "where the files go", "isoflop-quickstart")
    .action(async (options) => {
      const answer = openAnswer(world, options);
      const deadline = Date.now() + options.minutes * 60_000;
      await makeFolder(world, options.out);

      const runs = await trainLadder(options.seed, deadline);
      const file = `${options.out}/runs.csv`;
      const text = csvOf(runs);
      await saveText(world, file, text);

      // from the file's text, as isoflop fit reads it: the same numbers, mapping and hash
      const source = readRuns(text, { origin: file });
      const observed = observe(source, { inputs: Object.keys(chinchilla.inputs), output: chinchilla.output });
      const made = fit(chinchilla, observed, {
        bootstrap: Date.now() < deadline ? draws : 0,
        seed: options.seed,
      });
      if (made.status === "non-finite") throw new Failed(`no fit: ${made.message}`);
      await saveText(world, `${options.out}/fit.json`, jsonText(made));

      const largest = budgets[budgets.length - 1];
      const plans = [10, 100].map((times) => plan(made, times * largest));
      await saveText(world, `${options.out}/plan.json`, jsonText(plans[0]));
      await saveText(world, `${options.out}/plan-100x.json`, jsonText(plans[1]));

      answer.give({ fit: made, plans }, () => storyLines(observed, made, plans, answer.paint));
      answer.remark(`\nWritten to ${options.out}: runs.csv, fit.json, plan.json (10×), plan-100x.json.`);
      if (!answer.json) answer.lines(nextLines(options.out, invocation(world)));
    });
}

async function trainLadder(seed: number, deadline: number): Promise<readonly Run[]> {
  const { runs, cancelled, failed } = await conduct(planSweep({ budgets, seeds: [seed] }), {
    trainer: syntheticTrainer({ law: chinchilla, parameters: planted, noise }),
    executor: inlineExecutor(),
    store: memoryStore(),
    signal: AbortSignal.timeout(Math.max(1, deadline - Date.now())),
  });
  if (cancelled.length > 0)
    throw new Failed(`time is up after ${runs.length} runs; give more with --minutes`);
  if (failed.length > 0) throw new Failed(failed[0].message);
  return runs;
}

/** The runs as people keep them: one row each, numbers in full. */
function csvOf(runs: readonly Run[]): string {
  const { columns: all, rows }: Table = tableOfRuns(runs);
  const names = ["id", "params_total", "tokens", "flops_6nd", "loss_validation", "seed"];
  const lines = Array.from({ length: rows }, (_, row) => names.map((name) => all[name][row]).join(","));
  return `# synthetic: losses of ${chinchilla.name} (${set}) times exp(${noise} z), z normal; no model was trained\n${[names.join(","), ...lines].join("\n")}\n`;
}

function storyLines(observed: Observations, made: Fit, plans: readonly Plan[], paint: Paint): string[] {
  const step = (n: number, title: string): string => paint.bold(`${n}. ${title}`);
  const sizes = observed.rows / budgets.length;
  return [
    step(1, `Synthetic runs: ${observed.rows}, on ${budgets.length} budgets of ${sizes} model sizes`),
    ...wrap(
      `No model was trained: the losses are those of a planted law (${chinchilla.name}, ${set}) with ${formatNumber(100 * noise)} % noise, so that we know what the fit has to find.`,
      { first: "   " },
    ),
    "",
    ...terminalFigure(isoflopCurves(observed, made), { height: 16 }),
    "",
    step(
      2,
      `The law, fitted to them (${made.status}, ${made.starts.agree} of ${made.starts.total} starts agree)`,
    ),
    ...columns([["", "planted", "found", "90 % interval"].map(paint.dim), ...foundRows(made)], {
      indent: 3,
      align: ["left", "right", "right", "left"],
    }),
    "",
    step(3, "Plans for budgets that nobody has run yet"),
    ...columns(
      [
        ["FLOPs", "", "N*", "90 % interval", "D*", "D*/N*", "loss", "true N*"].map(paint.dim),
        ...plans.map((made, i) => planRow(made, i === 0 ? "10×" : "100×")),
      ],
      { indent: 3, align: ["left", "left", "right", "left", "right", "right", "right", "right"] },
    ),
  ];
}

function foundRows({ parameters, exponents, law }: Fit): string[][] {
  const rows = Object.entries(parameters).map(([name, { value, interval }]) => [
    name,
    formatNumber(planted[name], 4),
    formatNumber(value, 4),
    interval ? `${formatNumber(interval.low, 4)} … ${formatNumber(interval.high, 4)}` : "–",
    law.parameters[name].meaning,
  ]);
  if (!exponents) return rows;
  const { a, interval } = exponents;
  const truth = planted.beta / (planted.alpha + planted.beta);
  const between = interval ? `${formatNumber(interval.low, 3)} … ${formatNumber(interval.high, 3)}` : "–";
  return [...rows, ["a", formatNumber(truth, 3), formatNumber(a, 3), between, "N* grows as C^a"]];
}

function planRow({ budget, optimum, intervals }: Plan, times: string): string[] {
  const interval = intervals?.params;
  const truth = computeOptimum(chinchilla, planted, budget.flops);
  return [
    formatFlops(budget.flops),
    times,
    formatCount(optimum.params),
    interval ? spanText("params", [interval.low, interval.high]) : "–",
    formatCount(optimum.tokens),
    formatNumber(optimum.tokensPerParam, 3),
    optimum.loss === null ? "–" : formatNumber(optimum.loss, 4),
    truth ? formatCount(truth.params) : "–",
  ];
}

function nextLines(folder: string, isoflop: string): string[] {
  return [
    "Next:",
    `  ${isoflop} fit ${folder}/runs.csv --bootstrap 1000`,
    `  ${isoflop} plan ${folder}/fit.json "64 H100 for 7 days at 40% MFU"`,
    `  ${isoflop} predict ${folder}/fit.json --params 1B --tokens 20B`,
  ];
}
