import { formatIn } from "../../figures/index.ts";
import { outputUnit } from "../../laws/index.ts";
import { formatCount, formatFlops, formatNumber } from "../../numeric/index.ts";
import { type CauseCode, type ComparedRun, compareRuns, type RunComparison } from "../../plan/index.ts";
import { jsonText, openAnswer, type Paint } from "../answer.ts";
import { basisText, readBasis } from "../basis.ts";
import { readObservations, withDataOptions } from "../data-options.ts";
import { saveText } from "../files.ts";
import { numberPairs, readPairs, shareOption, wholeOption } from "../options.ts";
import { columns, labelled, warned, wrap } from "../text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop compare-runs: a person's runs beside the compute-optimal frontier of a law. */
export function compareRunsVerb(world: World): RunnableVerb {
  return withDataOptions(
    verb(
      world,
      "compare-runs",
      "Your runs beside the frontier of a law: how much of their compute the best model would have needed, how far they lie off the law, and the likely cause.",
      [
        "compare-runs runs.csv fit.json",
        "compare-runs runs.csv fit.json -o table.csv",
        "compare-runs runs.csv --law chinchilla --source besiroglu2024-refit",
        "compare-runs sweep.jsonl fit.json --worst 20 --json",
      ],
    )
      .argument("<runs>", "a CSV, JSON lines or run file, or - for standard input")
      .argument("[fit.json]", "a fit made by isoflop fit")
      .option("--law <name|file>", "instead of a fit: a law, with --source or --set")
      .option("--source <key>", "which published coefficients of the law")
      .option("--set <name=value...>", "coefficients of your own for it, all of them: E=1.69 A=406.4")
      .option(
        "--at <quantity=value...>",
        "inputs of the law that are the same for all runs: uniqueTokens=100B",
      )
      .option(
        "--flops-per-token <F>",
        "what a token costs where it isn't 6·N: a formula in the law's letters",
      )
      .option("--level <share>", "level of the intervals", shareOption("--level"), 0.9)
      .option("--worst <n>", "show the n least efficient runs", wholeOption("--worst", { least: 1 }), 10)
      .option("-o, --out <file>", "write all rows here: .csv for a table, else the JSON"),
  ).action(async (runs, file, options) => {
    const answer = openAnswer(world, options);
    const { pairs, strays } = readPairs("--at", options.at);
    const set = readPairs("--set", options.set);
    const files = [...(file === undefined ? [] : [file]), ...strays, ...set.strays];
    if (files.length > 1) throw new Error(`expected one fit file, got ${files.join(", ")}`);
    if (files[0] === "-" && runs === "-")
      throw new Error("standard input can't be both the runs and the fit");
    const basis = await readBasis(world, files[0], { ...options, coefficients: set.pairs });
    const held = numberPairs("--at", pairs);
    const { law } = basis;
    const inputs = Object.fromEntries(
      Object.entries({ ...law.inputs, params: "N", tokens: "D" }).filter(
        ([name]) => held[name] === undefined,
      ),
    );
    const observed = await readObservations(world, runs, { inputs, output: law.output }, options);
    const compared = compareRuns(basis, observed, {
      level: options.level,
      held,
      flopsPerToken: options.flopsPerToken,
    });
    if (options.out !== undefined)
      await saveText(world, options.out, /\.csv$/i.test(options.out) ? csv(compared) : jsonText(compared), {
        inputs: [runs, ...files],
      });
    answer.give(compared, () => lines(compared, outputUnit(law), options.worst, answer.paint));
    answer.lines(observed.notes.flatMap((note) => wrap(note)));
    answer.warnings(compared.warnings);
    if (options.out !== undefined) answer.remark(`\nWritten to ${options.out}.`);
  });
}

const causeWords: Readonly<Record<CauseCode, string>> = {
  "as-expected": "as expected",
  "under-trained": "under-trained",
  "over-trained": "over-trained",
  "not-finished": "not finished",
  "unfinished-decay": "decay unfinished",
  "data-repeated": "data repeated",
  "learning-rate": "learning rate",
  "data-mix": "data mix",
  unexplained: "unexplained",
  "better-than-law": "better than the law",
};

function lines(compared: RunComparison, unit: string, worst: number, paint: Paint): string[] {
  const { basis, runs, summary, warnings, remarks, level } = compared;
  const order = [...runs].sort((one, other) => worth(one) - worth(other)).slice(0, worst);
  const counted = Object.entries(summary.causes)
    .sort(([, x], [, y]) => y - x)
    .map(([code, count]) => `${count} ${causeWords[code as CauseCode]}`);
  const hasUnit = runs.some(({ deviation }) => deviation !== null);
  const heads = [
    "row",
    "N",
    "D",
    "D/N ÷ best",
    "loss",
    "law",
    hasUnit ? "off" : "off by",
    "efficiency",
    "likely cause",
  ];
  const rows = order.map((run) => [
    String(run.line),
    formatCount(run.params),
    formatCount(run.tokens),
    formatNumber(run.overTraining, 2),
    formatIn(unit, run.loss),
    formatIn(unit, run.predicted),
    run.deviation === null ? `${formatNumber(100 * run.excess, 2)} %` : formatNumber(run.deviation, 2),
    run.efficiency === null ? "–" : percent(run.efficiency),
    causeWords[run.causes[0].code],
  ]);
  const first = order[0];
  return [
    ...wrap(
      `${summary.runs} ${summary.runs === 1 ? "run" : "runs"}, ${formatFlops(summary.flops)} FLOPs, by ${basisText(basis)}:`,
    ),
    "",
    ...(summary.medianEfficiency === null
      ? []
      : labelled(
          "efficiency",
          `the median run's loss needs ${percent(summary.medianEfficiency)} of its compute at the best size and data`,
        )),
    ...labelled(
      "off law",
      `the median run by ${formatNumber(100 * summary.medianExcess, 2)} % of its loss${hasUnit ? `; below, 1 is the end of the ${formatNumber(100 * level, 3)} % interval of a new run` : ""}`,
    ),
    ...labelled("causes", counted.join(", ")),
    "",
    ...(order.length < runs.length ? [`The ${order.length} least efficient:`] : []),
    ...columns([heads.map(paint.dim), ...rows], {
      align: [...heads.slice(1).map(() => "right" as const), "left"],
      indent: 0,
    }),
    ...(first
      ? [
          "",
          `Row ${first.line}:`,
          ...first.causes.flatMap(({ sentence }) => wrap(sentence, { first: "  ", rest: "  " })),
          ...(first.efficiencyInterval
            ? wrap(
                `Its efficiency: ${percent(first.efficiencyInterval.low)} … ${percent(first.efficiencyInterval.high)} (${formatNumber(100 * level, 3)} % interval, from the law's draws).`,
                { first: "  ", rest: "  " },
              )
            : []),
        ]
      : []),
    ...(remarks.length > 0
      ? ["", ...remarks.flatMap((text) => wrap(text, { first: "  ", rest: "  " }))]
      : []),
    ...(warnings.length > 0 ? ["", ...warnings.flatMap((text) => warned(text, paint))] : []),
  ];
}

/** The least efficient first; a loss that no budget reaches stands last, as it has no efficiency. */
const worth = ({ efficiency }: ComparedRun): number => efficiency ?? Number.POSITIVE_INFINITY;

const percent = (share: number): string => `${formatNumber(100 * share, 2)} %`;

/** A line a run in base units, for a plotting program. */
function csv({ runs }: RunComparison): string {
  const cells: Readonly<Record<string, (run: ComparedRun) => string | number | null | undefined>> = {
    line: (run) => run.line,
    params: (run) => run.params,
    tokens: (run) => run.tokens,
    flops: (run) => run.flops,
    tokens_per_param: (run) => run.tokensPerParam,
    loss: (run) => run.loss,
    predicted: (run) => run.predicted,
    expected_low: (run) => run.expected?.low,
    expected_high: (run) => run.expected?.high,
    excess: (run) => run.excess,
    deviation: (run) => run.deviation,
    frontier_loss: (run) => run.frontier.loss,
    frontier_params: (run) => run.frontier.params,
    frontier_tokens: (run) => run.frontier.tokens,
    over_training: (run) => run.overTraining,
    flops_needed: (run) => run.flopsNeeded,
    efficiency: (run) => run.efficiency,
    efficiency_low: (run) => run.efficiencyInterval?.low,
    efficiency_high: (run) => run.efficiencyInterval?.high,
    cause: (run) => run.causes[0].code,
    sentence: (run) => run.causes.map(({ sentence }) => sentence).join(" "),
  };
  const cell = (value: string | number | null | undefined): string => {
    const text = value === null || value === undefined ? "" : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const rows = runs.map((run) => Object.values(cells).map((of) => cell(of(run))));
  return `${[Object.keys(cells), ...rows].map((row) => row.join(",")).join("\n")}\n`;
}
