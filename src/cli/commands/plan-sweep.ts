import type { FrontierFit } from "../../fit/index.ts";
import { chinchilla } from "../../laws/index.ts";
import { formatCount, formatFlops, formatGrouped, formatNumber } from "../../numeric/index.ts";
import {
  type Basis,
  type IsoflopDesign,
  planOptimalSweep,
  planRatioSweep,
  planSweep,
  type SweepPlan,
} from "../../plan/index.ts";
import { jsonText, openAnswer } from "../answer.ts";
import { basisText, readPlanBasis } from "../basis.ts";
import { saveText } from "../files.ts";
import {
  numberOption,
  numberPairs,
  numbersOption,
  readPairs,
  shareOption,
  wholeOption,
  wordOption,
} from "../options.ts";
import { aimOption, aimText, runDesign, withRunOptions } from "../run-options.ts";
import { columns, warned, wrap } from "../text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop plan sweep: budgets, or a target → the RunSpecs of a sweep. */
export function planSweepVerb(world: World): RunnableVerb {
  const command = verb(
    world,
    "plan sweep",
    "The runs of a sweep: isoFLOP curves (for every budget several model sizes around a centre, each on the tokens that the budget leaves), a grid of tokens per parameter, or runs chosen for what they tell of a target. Runs that cannot be made are left out, with the reason.",
    [
      "plan sweep --budgets 1e17,3e17,1e18 -o sweep.json",
      "plan sweep --target 1e22 --unique-tokens 5B",
      "plan sweep --target 1e22 --design optimal",
      "plan sweep fit.json --budgets 1e20,1e21",
    ],
  )
    .argument("[fit.json]", "centre the sizes on this fit's optimum, or choose runs by it")
    .option(
      "--design <name>",
      "isoflop, ratios or optimal (default: isoflop)",
      wordOption("--design", ["isoflop", "ratios", "optimal"] as const),
    )
    .option(
      "--target <C>",
      "the budget to plan for: the sweep takes --share of it",
      numberOption("--target", { above: 0 }),
    )
    .option("--share <share>", "of the target, for all runs together (default: 0.01)", shareOption("--share"))
    .option(
      "--budgets <list>",
      "isoflop: compute of a run in FLOPs: 1e17,3e17,1e18",
      numbersOption("--budgets", { above: 0 }),
    )
    .option("--sizes <n>", "isoflop: model sizes for each budget (default: 7)", wholeOption("--sizes"))
    .option(
      "--tokens-per-param <r>",
      "isoflop: the centre's tokens per parameter (default: 20)",
      numberOption("--tokens-per-param", { above: 0 }),
    )
    .option("--params <list>", "ratios: model sizes: 50M,100M", numbersOption("--params", { above: 0 }))
    .option(
      "--ratios <list>",
      "ratios: tokens per parameter (default: 5,10,20,40,80)",
      numbersOption("--ratios", { above: 0 }),
    )
    .option("--for <aim>", "optimal: to know N*, loss, predictions or parameters (default: N*)", aimOption)
    .option("--runs <n>", "optimal: so many at the most (default: 24)", wholeOption("--runs", { least: 3 }))
    .option(
      "--noise <s>",
      "optimal: standard deviation of ln loss from run to run (default: the fit's, else 0.01)",
      numberOption("--noise", { above: 0 }),
    )
    .option("--law <name|file>", "centre the sizes on a published law's optimum")
    .option("--source <key>", "which published coefficients of the law")
    .option("--set <name=value...>", "coefficients of your own for it: E=1.69 A=406.4")
    .option("--at <quantity=value...>", "values of the law's other inputs")
    .option("--spread <s>", "from centre / s to centre · s (default: 4)", numberOption("--spread"))
    .option("--seeds <list>", "every size once for each: 0,1,2 (default: --seed)", numbersOption("--seeds"));
  return withRunOptions(command)
    .option("-o, --out <file>", "write the sweep here too")
    .action(async (file, options) => {
      const answer = openAnswer(world, options);
      const { design = "isoflop", target } = options;
      refuseStrays(design, options);
      if (design !== "ratios" && options.budgets === undefined && target === undefined)
        throw new Error(
          design === "isoflop"
            ? "no budgets: give the compute of a run in FLOPs, such as --budgets 1e17,3e17,1e18, or what it is all for, such as --target 1e22"
            : "no target: runs are chosen for a budget to plan for, such as --target 1e22",
        );
      const { pairs, strays } = readPairs("--at", options.at);
      const set = readPairs("--set", options.set);
      const files = [...(file === undefined ? [] : [file]), ...strays, ...set.strays];
      if (files.length > 1) throw new Error(`expected one fit file, got ${files.join(", ")}`);
      const centred =
        files.length > 0 ||
        options.law !== undefined ||
        options.source !== undefined ||
        options.set !== undefined;
      const basis = centred
        ? await readPlanBasis(world, files[0], { ...options, coefficients: set.pairs })
        : null;
      const held = numberPairs("--at", pairs);
      const same = {
        ...runDesign(options),
        seeds: options.seeds ?? [options.seed],
        target: target ?? null,
        share: options.share,
      };
      const made: SweepPlan =
        design === "optimal"
          ? planOptimalSweep({
              ...same,
              target: target!,
              bases: basis ? [basis] : usualBeliefs(),
              held,
              aim: options.for,
              most: options.runs,
              noise: options.noise,
              spread: options.spread,
            })
          : design === "ratios"
            ? planRatioSweep({ ...same, sizes: options.params, ratios: options.ratios })
            : planSweep({
                ...same,
                budgets: options.budgets,
                sizesPerBudget: options.sizes,
                tokensPerParam: options.tokensPerParam,
                basis,
                held,
                spread: options.spread,
              });
      if (options.out !== undefined) await saveText(world, options.out, jsonText(made));
      answer.give(made, () => [...sweepLines(made), ...refusedLines(made, answer.paint)]);
      if (options.out !== undefined) answer.remark(`\nWritten to ${options.out}.`);
    });
}

/** Without a fit the published sets of chinchilla that differ most: a design that is good for both is good enough. */
function usualBeliefs(): (Basis | FrontierFit)[] {
  return ["besiroglu2024-refit", "hoffmann2022-unrounded"].map((set) => ({ law: chinchilla, set }));
}

const belongs: Readonly<Record<string, string>> = {
  budgets: "isoflop",
  sizes: "isoflop",
  tokensPerParam: "isoflop",
  params: "ratios",
  ratios: "ratios",
  for: "optimal",
  runs: "optimal",
  noise: "optimal",
};

/** An option that the design doesn't read was meant for another one. */
function refuseStrays(design: string, options: Readonly<Record<string, unknown>>): void {
  for (const [name, owner] of Object.entries(belongs))
    if (options[name] !== undefined && owner !== design)
      throw new Error(
        `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} belongs to --design ${owner}, got ${design}`,
      );
}

function sweepLines(plan: SweepPlan): string[] {
  const { design, specs, runs, flops } = plan;
  const ofTarget =
    design.target === null
      ? ""
      : `, ${formatNumber((100 * flops) / design.target, 2)} % of the target of ${formatFlops(design.target)}`;
  const head = `${formatGrouped(runs)} ${runs === 1 ? "run" : "runs"}, ${formatFlops(flops)} FLOPs together${ofTarget} (6ND)`;
  if (design.kind === "isoflop") return isoflopLines(plan as SweepPlan<IsoflopDesign>, head);
  const text =
    design.kind === "ratios"
      ? `${head}: ${design.sizes.length} sizes × ${design.ratios.length} ratios of tokens to parameters${timesSeeds(design.seeds)}; N counts ${design.convention} parameters.`
      : `${head}, chosen from ${design.candidates} to know ${aimText(design.aim, formatFlops(design.target!))}${timesSeeds(design.seeds)}, by ${design.beliefs.map((note) => basisText(note)).join(" and ")}, if ln loss scatters by ${formatNumber(design.noise, 2)}; N counts ${design.convention} parameters.`;
  const rows = specs
    .filter(({ seed }) => seed === design.seeds[0])
    .map((spec) => {
      const params = sizeOf(spec);
      return [
        formatFlops(6 * params * spec.tokens, 3),
        formatCount(params),
        formatCount(spec.tokens),
        formatNumber(spec.tokens / params, 3),
        spec.id,
      ];
    });
  return [
    ...wrap(text),
    "",
    ...columns([["FLOPs", "params", "tokens", "D/N", idHead(design.seeds)], ...rows], {
      align: ["right", "right", "right", "right"],
    }),
    ...(design.kind === "optimal" ? ["", ...expectedLines(design)] : []),
  ];
}

const timesSeeds = (seeds: readonly number[]): string => (seeds.length > 1 ? ` × ${seeds.length} seeds` : "");
const idHead = (seeds: readonly number[]): string => (seeds.length > 1 ? `id (of seed ${seeds[0]})` : "id");
const sizeOf = ({ parameters }: SweepPlan["specs"][number]): number => Object.values(parameters)[0]!;

function expectedLines({
  aim,
  target,
  expected,
}: Extract<SweepPlan["design"], { kind: "optimal" }>): string[] {
  if (expected.isoflop === null) return [];
  const factor = (sd: number): string => formatNumber(100 * sd, 2);
  return wrap(
    `If such a law holds, they leave ${aimText(aim, formatFlops(target!))} uncertain by ${factor(expected.sd)} % (one standard deviation); isoFLOP curves of as many FLOPs, five budgets of seven sizes, by ${factor(expected.isoflop)} %. Such runs rest on the form of the law more than a grid does, and cannot show where it fails.`,
  );
}

function isoflopLines({ design, specs }: SweepPlan<IsoflopDesign>, head: string): string[] {
  const budgets = [...design.budgets].sort((a, b) => a - b);
  const shown = specs.filter(({ seed }) => seed === design.seeds[0]);
  let last = "";
  const rows = shown.map((spec) => {
    const params = sizeOf(spec);
    const [budget] = spec.id.split("-");
    const first = budget !== last;
    last = budget!;
    return [
      first ? budget!.slice(1) : "",
      formatCount(params),
      formatCount(spec.tokens),
      formatNumber(spec.tokens / params, 3),
      spec.id,
    ];
  });
  const { centre } = design;
  const around =
    centre.rule === "tokensPerParam"
      ? `${formatNumber(centre.tokensPerParam)} tokens per parameter`
      : `the optimum of ${basisText(centre.basis)}`;
  return [
    ...wrap(
      `${head}: ${budgets.length} budgets × ${design.sizesPerBudget} sizes${timesSeeds(design.seeds)}, around ${around}, from centre / ${formatNumber(design.spread)} to centre × ${formatNumber(design.spread)}; N counts ${design.convention} parameters.`,
    ),
    "",
    ...columns([["FLOPs", "params", "tokens", "D/N", idHead(design.seeds)], ...rows], {
      align: ["right", "right", "right", "right"],
    }),
  ];
}

/** What was left out, a line a reason of a kind; of many the first few. */
function refusedLines({ refused }: SweepPlan, paint: Parameters<typeof warned>[1]): string[] {
  if (refused.length === 0) return [];
  const shown = refused.slice(0, 5);
  return [
    "",
    ...warned(`${refused.length} left out:`, paint),
    ...shown.flatMap(({ params, tokens, flops, reason }) =>
      wrap(
        `${formatCount(params, 3)} parameters on ${formatCount(tokens, 3)} tokens at ${formatFlops(flops, 3)} FLOPs: ${reason}`,
        { first: "  - ", rest: "    " },
      ),
    ),
    ...(refused.length > shown.length ? [`  … and ${refused.length - shown.length} more`] : []),
  ];
}
