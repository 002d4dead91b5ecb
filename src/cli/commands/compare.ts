import { objective } from "../../fit/index.ts";
import type { Law } from "../../laws/index.ts";
import { formatGrouped, formatNumber } from "../../numeric/index.ts";
import { observe, type Table, where } from "../../runs/index.ts";
import {
  type Comparison,
  compare,
  isPattern,
  lawsFor,
  type RankedLaw,
  splitFold,
} from "../../trust/index.ts";
import { jsonText, openAnswer, type Paint } from "../answer.ts";
import { chosenRows, observing, readTable, withDataOptions, withObjectiveOptions } from "../data-options.ts";
import { saveText } from "../files.ts";
import { mappingLines } from "../fit-text.ts";
import { namedLaw } from "../law.ts";
import { numberOption, readPairs, shareOption, wholeOption } from "../options.ts";
import { spanText, valueText } from "../quantity-text.ts";
import { columns, labelled, warned, wrap } from "../text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

const usual = "chinchilla,overtraining,kaplan-nd";

/** isoflop compare: runs and laws → a Comparison. */
export function compareVerb(world: World): RunnableVerb {
  const command = verb(
    world,
    "compare",
    "Which law predicts larger runs best. Every law is fitted to the runs up to a scale and predicts the next, on and on; the winner's margin over each rival has an interval, and AICc and what is left in the residuals stand beside it.",
    [
      "compare runs.csv",
      "compare runs.csv --laws chinchilla,kaplan-nd,./mine.ts --target-flops 1e24",
      "compare runs.csv --laws auto --holdout params",
      "compare runs.csv --test split=eval",
    ],
  ).argument("[runs]", "a file of runs, or - for standard input");
  return withObjectiveOptions(withDataOptions(command))
    .option(
      "--laws <names>",
      "laws by name or file, with commas between them; auto: all whose inputs the data have",
      usual,
    )
    .option(
      "--holdout <quantity>",
      "along which larger runs are held out: flops, params, tokens, or a column of numbers (default: flops)",
    )
    .option("--ahead <n>", "how many scales ahead are predicted", wholeOption("--ahead", { least: 1 }), 1)
    .option("--test <filter>", "instead: hold out these rows once, such as split=eval")
    .option(
      "--bootstrap <n>",
      "refits a fold for the intervals of held-out runs; 0 for the delta method",
      wholeOption("--bootstrap"),
      0,
    )
    .option("--level <share>", "level of the margins, of all together", shareOption("--level"), 0.9)
    .option(
      "--target-flops <C>",
      "a budget at which each law's N* is told",
      numberOption("--target-flops", { above: 0 }),
    )
    .option("-o, --out <file>", "write the comparison here too")
    .action(async (file, options) => {
      const answer = openAnswer(world, options);
      const map = readPairs("--map", options.map);
      const files = [...(file === undefined ? [] : [file]), ...map.strays];
      if (files.length > 1) throw new Error(`expected one file of runs, got ${files.join(", ")}`);
      if (files.length === 0)
        throw new Error("no runs to compare laws on: give a file, such as isoflop compare runs.csv");
      if (options.test !== undefined && options.holdout !== undefined)
        throw new Error("both --test and --holdout say what is held out; give one of them");

      const read = await readTable(world, files[0]!, options);
      const table = chosenRows(read, { inputs: [], output: "loss" }, options);
      const how = observing(options);
      const laws = await lawsNamed(world, options.laws, () => lawsFor(table, "loss", how));
      const made = compare(laws, table, {
        observing: how,
        objective: objective(options.objective, { delta: options.delta }),
        by: options.holdout,
        ahead: options.ahead,
        folds: options.test === undefined ? null : [testFold(table, options.test)],
        draws: options.bootstrap,
        level: options.level,
        targetFlops: options.targetFlops ?? null,
        seed: options.seed,
      });
      answer.lines(mappingLines(observe(table, wantedBy(laws, made), how)));
      if (options.out !== undefined) await saveText(world, options.out, jsonText(made), { inputs: files });
      answer.give(made, () => comparisonLines(made, answer.paint));
      answer.warnings(made.warnings);
      if (options.out !== undefined) answer.remark(`\nWritten to ${options.out}.`);
    });
}

/** What the compared laws asked of the file. */
function wantedBy(
  laws: readonly Law[],
  { laws: ranked, output }: Comparison,
): { inputs: string[]; output: string } {
  const taking = laws.filter(({ name }) => ranked.some(({ law }) => law === name));
  return { inputs: [...new Set(taking.flatMap(({ inputs }) => Object.keys(inputs)))], output };
}

async function lawsNamed(world: World, text: string, all: () => Law[]): Promise<Law[]> {
  if (text.trim() === "auto") return all();
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return Promise.all(names.map((name) => namedLaw(world, name)));
}

/** The rows that a filter names, held out; they are found by their lines, which a selection keeps. */
function testFold(table: Table, filter: string): ReturnType<typeof splitFold> {
  const held = new Set(where(table, filter).table.lineNumbers);
  return splitFold(table.rows, (row) => held.has(table.lineNumbers[row]!));
}

/** A comparison for people. */
function comparisonLines(made: Comparison, paint: Paint): string[] {
  const { rows, data, holdout, laws, leftOut, verdict, warnings, objective, likelihood } = made;
  const level = levelOf(made);
  return [
    ...wrap(
      `${laws.length} ${laws.length === 1 ? "law" : "laws"} on ${formatGrouped(rows)} rows of ${data.origin}, ${heldText(made)}:`,
    ),
    "",
    ...lawLines(made, paint),
    "",
    ...wrap(verdict, { first: "  " }),
    "",
    ...(holdout
      ? labelled(
          "error",
          `mean |prediction / truth − 1| of held-out runs, each scale counting the same; margins hold at ${percent(made.level)} together`,
        )
      : []),
    ...(level === undefined
      ? []
      : labelled(`${percent(level)} holds`, "how many held-out runs lay within their interval of a new run")),
    ...labelled(
      "AICc",
      `of the ${likelihood} likelihood that ${objective.name} stands for, above the lowest`,
    ),
    ...labelled("residuals", residualText(laws)),
    ...leftOut.flatMap(({ law, reason }) => labelled("left out", `${law}: ${reason}`)),
    ...(warnings.length > 0 ? [""] : []),
    ...warnings.flatMap((warning) => warned(warning, paint)),
  ];
}

const percent = (share: number): string => `${formatNumber(100 * share, 2)} %`;

function heldText({ holdout }: Comparison): string {
  if (!holdout) return "nothing held out";
  const { by, folds } = holdout;
  if (by === null) return `${folds[0]!.heldRows} of them held out`;
  const span = spanText(by, [folds[0]!.scale![0], folds.at(-1)!.scale![1]]);
  return `which predict ${folds.length} larger ${folds.length === 1 ? "scale" : "scales"} of ${by} (${span}) from what is smaller`;
}

function lawLines(made: Comparison, { bold, dim }: Paint): string[] {
  const { laws, holdout, targetFlops } = made;
  const level = levelOf(made);
  const cells = laws.map((law) => [
    String(law.rank),
    law.rank === 1 ? bold(law.law) : law.law,
    String(law.free),
    ...(holdout ? [law.heldOut ? percent(law.heldOut.error) : "–", marginText(law)] : []),
    law.aicc ? formatNumber(law.aicc.difference, 3) : "–",
    ...(level === undefined ? [] : [coverageText(law)]),
    ...(targetFlops === null ? [] : [law.optimum ? valueText("params", law.optimum.params) : "–"]),
  ]);
  const heads = [
    "",
    "law",
    "free",
    ...(holdout ? ["error", "more than the best"] : []),
    "AICc",
    ...(level === undefined ? [] : [`${percent(level)} holds`]),
    ...(targetFlops === null ? [] : ["N*"]),
  ];
  return columns([heads.map((head) => dim(head)), ...cells], {
    align: heads.map((head) => (head === "law" ? "left" : "right")),
  });
}

/** The level of the intervals of held-out runs; none where no fit gave any. */
function levelOf({ laws }: Comparison): number | undefined {
  return laws.find(({ heldOut }) => heldOut?.coverage)?.heldOut?.coverage?.at(-1)?.level;
}

/** A margin in points of a percent, and "≈" where it may be none. */
function marginText({ margin }: RankedLaw): string {
  if (!margin) return "";
  const points = [margin.low, margin.high].map((share) => formatNumber(100 * share, 2));
  return `${margin.apart ? "" : "≈ "}${points.join(" … ")} %`;
}

function coverageText({ heldOut }: RankedLaw): string {
  const wide = heldOut?.coverage?.at(-1);
  return wide ? percent(wide.share) : "–";
}

/** Where the residuals are not chance, of the best law and those like it: what is wrong with the others is plain. */
function residualText(laws: readonly RankedLaw[]): string {
  const found = laws.flatMap(({ law, residuals, margin }) => {
    const along = residuals.filter(isPattern);
    if (margin?.apart || along.length === 0) return [];
    const where = along.map(
      ({ quantity, trendP, runsP }) => `${quantity} (p ${pText(Math.min(trendP, runsP))})`,
    );
    return [`${law} leaves a trend or a bend along ${where.join(", ")}`];
  });
  return found.length === 0 ? "chance along every input, for the best and those like it" : found.join("; ");
}

const pText = (p: number): string => (p < 1e-4 ? "< 1e-4" : formatNumber(p, 1));
