import type { Fit, FrontierFit } from "../../fit/index.ts";
import { isPlannable } from "../../laws/index.ts";
import { plan } from "../../plan/index.ts";
import { type Compared, type ReportDiff, reportDiff, summaryOf } from "../../report/index.ts";
import { jsonText, openAnswer, type Paint } from "../answer.ts";
import { saveText } from "../files.ts";
import { numberOption } from "../options.ts";
import { readReportInput } from "../report-reading.ts";
import { columns, wrap } from "../text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop report diff: two reports, fits or plans → what changed. */
export function reportDiffVerb(world: World): RunnableVerb {
  return verb(
    world,
    "report diff",
    "What changed from one report, fit or plan to another: the data, the objective, each parameter in half-widths of its interval (or standard errors), N* at a budget, the verdict.",
    ["report diff before.json after.json", "report diff monday.json friday.json --flops 1e24"],
  )
    .argument("<before>", "a report, a fit or a plan as JSON")
    .argument("<after>", "another")
    .option("--flops <C>", "the budget at which N* is compared", numberOption("--flops", { above: 0 }))
    .option("-o, --out <file>", "write the answer here too, as JSON")
    .action(async (before, after, options) => {
      const answer = openAnswer(world, options);
      const both = [await readCompared(world, before), await readCompared(world, after)] as const;
      const { flops } = reportDiff(...both, { flops: options.flops ?? null });
      const made = reportDiff(decided(both[0], flops), decided(both[1], flops), { flops });
      if (options.out !== undefined)
        await saveText(world, options.out, jsonText(made), { inputs: [before, after] });
      answer.give(made, () => diffLines(made, answer.paint));
      if (options.out !== undefined) answer.remark(`\nWritten to ${options.out}.`);
    });
}

interface Read extends Compared {
  /** Where it is a fit, which can plan for any budget; a report has planned already. */
  readonly fit?: Fit | FrontierFit;
}

/** A fit with draws knows how sure N* is at the budget. */
function decided({ fit, ...rest }: Read, flops: number | null): Compared {
  if (!fit?.bootstrap || flops === null) return rest;
  const plannable = fit.approach === 3 ? isPlannable(fit.law) : fit.laws !== null;
  return plannable ? { ...rest, summary: summaryOf({ fit, plan: plan(fit, flops) }) } : rest;
}

async function readCompared(world: World, path: string): Promise<Read> {
  const found = await readReportInput(world, path);
  switch (found.kind) {
    case "report":
      return found.noun;
    case "fit": {
      const verdict = found.noun.approach === 3 ? (found.noun.verdict ?? null) : null;
      return { summary: summaryOf({ fit: found.noun }), verdict, fit: found.noun };
    }
    case "plan":
      return { summary: summaryOf({ plan: found.noun }), verdict: null };
    default:
      throw new Error(
        `cannot compare ${path}: expected a report, a fit or a plan as JSON, got ${found.kind === "sweep" ? "a folder" : found.kind}; make one with isoflop report … -o report.json`,
      );
  }
}

/** A difference for people: short changes in columns, sentences below. */
function diffLines({ says, changes }: ReportDiff, { bold, dim, yellow }: Paint): string[] {
  const short = changes.filter(({ before, after }) => before.length <= 24 && after.length <= 24);
  const long = changes.filter((change) => !short.includes(change));
  return [
    ...wrap(says).map(bold),
    ...(short.length === 0 ? [] : [""]),
    ...columns(
      short.length === 0
        ? []
        : [
            ["", "before", "after", "moved by"].map(dim),
            ...short.map(({ what, before, after, moved, unit }) => {
              const size = Math.abs(moved ?? 0).toFixed(1);
              const sign = size === "0.0" ? "" : moved! < 0 ? "−" : "+";
              const by = moved === null ? "" : `${sign}${size} ${unit}`;
              return [what, before, after, Math.abs(moved ?? 0) > 1 ? yellow(by) : by];
            }),
          ],
      { align: ["left", "right", "right"] },
    ),
    ...long.flatMap(({ what, before, after }) => [
      "",
      `  ${what}`,
      ...wrap(before, { first: "    - ", rest: "      " }),
      ...wrap(after, { first: "    + ", rest: "      " }),
    ]),
  ];
}
