import { access } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { type Fit, type FrontierFit, fit, frontierQuantities, objective } from "../../fit/index.ts";
import { isPlannable } from "../../laws/index.ts";
import { type Budget, decide, parseBudget, plan, type RivalPlans, rivalPlans } from "../../plan/index.ts";
import {
  efficiencyOf,
  fitCommand,
  type Report,
  type ReportMaterials,
  report,
  reportMarkdown,
  shellWords,
} from "../../report/index.ts";
import { type Observations, observe, tableOfRuns, weightsOf } from "../../runs/index.ts";
import { diagnose } from "../../trust/index.ts";
import { jsonText, openAnswer } from "../answer.ts";
import { asTheFit } from "../as-the-fit.ts";
import {
  chosenRows,
  type DataOptions,
  type LawOptions,
  lawOf,
  type ObjectiveOptions,
  observing,
  readObservations,
  withDataOptions,
  withLawOptions,
  withObjectiveOptions,
} from "../data-options.ts";
import { Failed } from "../fail.ts";

import { numberOption, numberPairs, readPairs, shareOption, wholeOption } from "../options.ts";
import { reportEnds, saveReport } from "../report-file.ts";
import { type ReportInput, readReportInput } from "../report-reading.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import { version } from "../version.ts";
import type { World } from "../world.ts";

type ReportVerbOptions = DataOptions &
  LawOptions &
  ObjectiveOptions & {
    readonly with?: string[];
    readonly data?: string;
    readonly budget?: string;
    readonly flops?: number;
    readonly at?: string[];
    readonly weights?: string;
    readonly bootstrap: number;
    readonly level: number;
    readonly seed: number;
    readonly title?: string;
    readonly out?: string;
  };

/** isoflop report: a fit, a plan, runs or a sweep → a Report, as a page, Markdown, PDF, LaTeX or JSON. */
export function reportVerb(world: World): RunnableVerb {
  const own = verb(
    world,
    "report",
    "A report that can be sent: the verdict first, then data, fit, how far to trust it, plan, figures, a checklist of what a reader has to know, and where all of it comes from. -o writes one self-contained .html, .md (with its figures beside it), .pdf (by the Chromium of this machine), .tex or .json; without -o it is printed as Markdown.",
    [
      "report fit.json -o report.html",
      'report fit.json --data runs.csv --budget "3 PF-days" -o report.pdf',
      "report fit.json --with plan.json comparison.json -o report.md",
      "report ladder/ -o report.html",
      "report diff before.json after.json",
    ],
  )
    .argument("[file]", "a fit or a plan, a sweep's folder, a file of runs, or a report as JSON")
    .option("--with <files...>", "what belongs to it: a plan, a diagnosis, a comparison, the fit of a plan")
    .option(
      "--data <runs>",
      "the runs of the fit (default: the file that it names, if its content is the same)",
    )
    .option("--budget <words>", 'the budget of the plan, such as "3 PF-days" or 5.76e23')
    .option("--flops <C>", "the same in FLOPs", numberOption("--flops", { above: 0 }))
    .option("--at <quantity=value...>", "other inputs of the law, such as uniqueTokens=100B")
    .option("--weights <column>", "a column of weights, one a row: those of the fit, which doesn't keep them")
    .option(
      "--bootstrap <n>",
      "draws where runs are fitted, and of the diagnosis",
      wholeOption("--bootstrap", { least: 20 }),
      200,
    )
    .option("--level <share>", "level of the intervals", shareOption("--level"), 0.9)
    .option("--title <text>", "instead of what it is about")
    .option("-o, --out <file>", `write it here: ${reportEnds.join(", ")}`);
  return withObjectiveOptions(withDataOptions(withLawOptions(own))).action(async (file, options, self) => {
    const answer = openAnswer(world, options);
    if (file === undefined)
      throw new Error(
        "nothing to report: give a fit, a plan, a sweep's folder or a file of runs, such as isoflop report fit.json -o report.html",
      );
    const end = options.out === undefined ? null : extname(options.out).toLowerCase();
    if (end !== null && !reportEnds.includes(end))
      throw new Error(`cannot write ${options.out}: expected a name ending in ${reportEnds.join(", ")}`);
    const given = await readReportInput(world, file);
    let made: Report;
    if (given.kind === "report") made = given.noun;
    else {
      const materials = await materialsOf(world, file, given, options, answer.remark);
      const again = shellWords(["isoflop", "report", file, ...wordsOf(self), "-o", "report.html"]);
      // a fit that was read was made by another command, as far as it tells
      const fromRuns = given.kind === "runs" || given.kind === "sweep" || !materials.fit;
      made = report(materials, {
        title: options.title,
        version: await version(),
        commands: fromRuns
          ? [again]
          : ["# the same rows: what was left out has to be left out again", fitCommand(materials.fit), again],
      });
    }
    if (options.out !== undefined) {
      const written = await saveReport(world, made, options.out, [file, ...(options.with ?? [])]);
      answer.remark(`Written to ${written.join(", ")}.`);
      if (!answer.json) return;
    }
    if (answer.json) answer.text(jsonText(made));
    else answer.text(reportMarkdown(made));
  });
}

/** The options that were given, as words, without those that only say how and where it is told. */
function wordsOf(command: {
  readonly options: readonly { readonly long?: string | null; readonly attributeName: () => string }[];
  readonly getOptionValueSource: (name: string) => string | undefined;
  readonly getOptionValue: (name: string) => unknown;
}): string[] {
  return command.options.flatMap(({ long, attributeName }, i) => {
    const name = attributeName.call(command.options[i]);
    if (long == null || ["json", "quiet", "color", "out"].includes(name)) return [];
    if (command.getOptionValueSource(name) !== "cli") return [];
    const value = command.getOptionValue(name);
    if (value === true) return [long];
    return [long, ...(Array.isArray(value) ? value.map(String) : [String(value)])];
  });
}

/** What the file and its companions are, and what follows from them: the runs' fit, its diagnosis, a plan. */
async function materialsOf(
  world: World,
  file: string,
  given: ReportInput,
  options: ReportVerbOptions,
  remark: (text: string) => void,
): Promise<ReportMaterials> {
  const parts = new Map<ReportInput["kind"], ReportInput>([[given.kind, given]]);
  for (const path of (options.with ?? []).flatMap((text) => text.split(","))) {
    const part = await readReportInput(world, path);
    if (part.kind === "runs" || part.kind === "sweep")
      throw new Error(`--with ${path}: these are runs; give them with --data, or alone`);
    if (part.kind === "report") throw new Error(`--with ${path}: a report is no part of another`);
    if (parts.has(part.kind)) throw new Error(`--with ${path}: there already is a ${part.kind}`);
    parts.set(part.kind, part);
  }
  const noun = <Kind extends "fit" | "plan" | "diagnosis" | "comparison">(kind: Kind) => {
    const part = parts.get(kind);
    return part && "noun" in part ? (part.noun as Extract<ReportInput, { kind: Kind }>["noun"]) : null;
  };
  const [plannedBefore, diagnosed, comparison] = [noun("plan"), noun("diagnosis"), noun("comparison")];
  const { made, observations } = await fitAndRuns(world, file, given, noun("fit"), options, remark);
  if (!made && !plannedBefore)
    throw new Error(
      `cannot report ${file} alone: a ${given.kind} belongs to a fit; add it, such as --with fit.json`,
    );

  const asked = budgetOf(options);
  if (asked !== null && plannedBefore)
    throw new Error("the plan has a budget of its own; leave --budget out, or the plan");
  const askedFlops = typeof asked === "object" ? (asked?.flops ?? null) : asked;
  const held = numberPairs("--at", readPairs("--at", options.at).pairs);
  const { level } = options;
  const diagnosis =
    diagnosed ??
    (made?.approach === 3 && observations
      ? diagnose(made, observations, {
          flops: plannedBefore?.budget.flops ?? askedFlops,
          held: plannedBefore?.held ?? held,
          weights: options.weights === undefined ? null : weightsOf(observations, options.weights),
          bootstrap: options.bootstrap,
          level,
        })
      : null);
  const question = { held: { ...diagnosis?.decision?.held, ...held }, level };
  const flops = askedFlops ?? diagnosis?.decision?.flops ?? usualBudget(made, question.held);
  // words may tell of hardware and money, and so of days and dollars; a bare number of FLOPs does not
  const whole = made && asked !== null && typeof asked === "object" ? decide(made, asked, question) : null;
  const planned = plannedBefore ?? whole ?? (made && flops !== null ? plan(made, flops, question) : null);
  return {
    fit: made,
    plan: planned,
    diagnosis,
    comparison,
    efficiency: made && observations ? efficiencyOf(made, observations, { ...question, flops }) : null,
    rivals: planned && rivalsOf(planned.budget.flops, made, question.held),
    observations,
    runs: given.kind === "sweep" ? given.runs : null,
  };
}

/** A budget in words or as a number; null for none. What words leave out of a cost is assumed, and said. */
function budgetOf({ budget, flops }: ReportVerbOptions): (Budget & { flops: number }) | number | null {
  if (budget === undefined) return flops ?? null;
  if (flops !== undefined)
    throw new Error(`the budget is given twice, as --flops and as "${budget}"; give it once`);
  if (/^[\d.]+(e\+?\d+)?$/i.test(budget.trim())) return Number(budget);
  const read = parseBudget(budget, { assume: true });
  if (read.flops === null)
    throw new Error(`the budget "${read.text}" doesn't say how many FLOPs it is: ${read.missing.join("; ")}`);
  return { ...read, flops: read.flops };
}

/** Ten times the largest run, as everywhere where nobody asks; null where a budget means nothing. */
function usualBudget(made: Fit | FrontierFit | null, held: Readonly<Record<string, number>>): number | null {
  const largest = made?.range.flops?.[1];
  if (!made || largest === undefined) return null;
  const plannable =
    made.approach === 3 ? isPlannable(made.law, held) && made.status !== "non-finite" : made.laws;
  return plannable ? 10 * largest : null;
}

/** The published laws beside the plan, judged by the fit where it is one of a law. */
function rivalsOf(
  flops: number,
  made: Fit | FrontierFit | null,
  held: Readonly<Record<string, number>>,
): RivalPlans {
  return made?.approach === 3 ? rivalPlans(flops, { basis: made, held }) : rivalPlans(flops);
}

/** The fit that was given, or that of the runs, with the runs where they are at hand. */
async function fitAndRuns(
  world: World,
  file: string,
  given: ReportInput,
  found: Fit | FrontierFit | null,
  options: ReportVerbOptions,
  remark: (text: string) => void,
): Promise<{ made: Fit | FrontierFit | null; observations: Observations | null }> {
  if (given.kind === "runs" || given.kind === "sweep") {
    if (options.data !== undefined)
      throw new Error(`--data stands beside a fit, and ${file} holds runs; give the runs alone`);
    const law = found?.approach === 3 ? found.law : found ? frontierQuantities : await lawOf(world, options);
    const how = found?.approach === 3 ? asTheFit(found, options) : options;
    const wanted = { inputs: Object.keys(law.inputs), output: law.output };
    const observations =
      given.kind === "runs"
        ? await readObservations({ ...world, stdin: async () => given.text }, file, law, how)
        : observe(chosenRows(tableOfRuns(given.runs, { origin: file }), wanted, how), wanted, observing(how));
    if (found) return { made: found, observations };
    const made = fit(law as Fit["law"], observations, {
      objective: objective(options.objective, { delta: options.delta }),
      weights: options.weights === undefined ? null : weightsOf(observations, options.weights),
      bootstrap: options.bootstrap,
      level: options.level,
      seed: options.seed,
    });
    if (made.status === "non-finite") throw new Failed(`no fit to report: ${made.message}`);
    return { made, observations };
  }
  if (!found) return { made: null, observations: null };
  const wanted = found.approach === 3 ? found.law : frontierQuantities;
  const how = found.approach === 3 ? asTheFit(found, options) : options;
  if (options.data !== undefined)
    return { made: found, observations: await readObservations(world, options.data, wanted, how) };
  const { origin, hash } = found.data;
  if (!(await exists(resolve(world.cwd, origin)))) {
    remark(`${origin} isn't here: without the runs there is no diagnosis and fewer figures; add --data.`);
    return { made: found, observations: null };
  }
  const observations = await readObservations(world, origin, wanted, how).catch(() => null);
  if (observations?.hash === hash) return { made: found, observations };
  remark(
    `${origin} doesn't hold the runs of the fit as they are read here, so there is no diagnosis; read them as the fit did (--where, --drop-highest-loss), or add --data.`,
  );
  return { made: found, observations: null };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
