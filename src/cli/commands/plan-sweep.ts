import { formatCount, formatFlops, formatGrouped, formatNumber } from "../../numeric/index.ts";
import { planSweep, type SweepPlan } from "../../plan/index.ts";
import { jsonText, openAnswer } from "../answer.ts";
import { basisText, readPlanBasis } from "../basis.ts";
import { saveText } from "../files.ts";
import { numberOption, numberPairs, numbersOption, readPairs, wholeOption } from "../options.ts";
import { columns, wrap } from "../text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop plan sweep: budgets → the RunSpecs of an isoFLOP sweep. */
export function planSweepVerb(world: World): RunnableVerb {
  return verb(
    world,
    "plan sweep",
    "The runs of an isoFLOP sweep: for every budget several model sizes around a centre, each on the tokens that the budget leaves.",
    [
      "plan sweep --budgets 1e17,3e17,1e18 -o sweep.json",
      "plan sweep --budgets 1e18,1e19,1e20 --sizes 9 --spread 6 --seeds 0,1",
      "plan sweep fit.json --budgets 1e20,1e21",
    ],
  )
    .argument("[fit.json]", "centre the sizes on this fit's optimum")
    .option(
      "--budgets <list>",
      "compute of a run in FLOPs: 1e17,3e17,1e18",
      numbersOption("--budgets", { above: 0 }),
    )
    .option("--sizes <n>", "model sizes for each budget (default: 7)", wholeOption("--sizes"))
    .option(
      "--tokens-per-param <r>",
      "the centre's tokens per parameter (default: 20)",
      numberOption("--tokens-per-param", { above: 0 }),
    )
    .option("--law <name|file>", "centre the sizes on a published law's optimum")
    .option("--source <key>", "which published coefficients of the law")
    .option("--set <name=value...>", "coefficients of your own for it: E=1.69 A=406.4")
    .option("--at <quantity=value...>", "values of the law's other inputs")
    .option("--spread <s>", "from centre / s to centre · s (default: 4)", numberOption("--spread"))
    .option("--seeds <list>", "every size once for each: 0,1,2 (default: --seed)", numbersOption("--seeds"))
    .option("--trainer <name>", "who is to train them (default: synthetic)")
    .option("--batch-tokens <B>", "tokens in one step", numberOption("--batch-tokens", { above: 0 }))
    .option("--learning-rate <lr>", "peak learning rate", numberOption("--learning-rate", { above: 0 }))
    .option("-o, --out <file>", "write the sweep here too")
    .action(async (file, options) => {
      const answer = openAnswer(world, options);
      if (options.budgets === undefined)
        throw new Error("no budgets: give the compute of a run in FLOPs, such as --budgets 1e17,3e17,1e18");
      const { pairs, strays } = readPairs("--at", options.at);
      const set = readPairs("--set", options.set);
      const files = [...(file === undefined ? [] : [file]), ...strays, ...set.strays];
      if (files.length > 1) throw new Error(`expected one fit file, got ${files.join(", ")}`);
      const centred =
        files.length > 0 ||
        options.law !== undefined ||
        options.source !== undefined ||
        options.set !== undefined;
      const made = planSweep({
        budgets: options.budgets,
        sizesPerBudget: options.sizes,
        tokensPerParam: options.tokensPerParam,
        basis: centred ? await readPlanBasis(world, files[0], { ...options, coefficients: set.pairs }) : null,
        held: numberPairs("--at", pairs),
        spread: options.spread,
        seeds: options.seeds ?? [options.seed],
        trainer: options.trainer,
        batchTokens: options.batchTokens,
        learningRate: options.learningRate,
      });
      if (options.out !== undefined) await saveText(world, options.out, jsonText(made));
      answer.give(made, () => sweepLines(made));
      if (options.out !== undefined) answer.remark(`\nWritten to ${options.out}.`);
    });
}

function sweepLines({ design, specs, runs, flops }: SweepPlan): string[] {
  const seeds = design.seeds.length;
  const sizes = design.sizesPerBudget;
  const budgets = [...design.budgets].sort((a, b) => a - b);
  const rows = budgets.flatMap((budget, i) =>
    Array.from({ length: sizes }, (_, j) => {
      const spec = specs[(i * sizes + j) * seeds];
      const params = Object.values(spec.parameters)[0];
      return [
        j === 0 ? formatFlops(budget) : "",
        formatCount(params),
        formatCount(spec.tokens),
        formatNumber(spec.tokens / params, 3),
        spec.id,
      ];
    }),
  );
  const { centre } = design;
  const around =
    centre.rule === "tokensPerParam"
      ? `${formatNumber(centre.tokensPerParam)} tokens per parameter`
      : `the optimum of ${basisText(centre.basis)}`;
  return [
    ...wrap(
      `${formatGrouped(runs)} runs, ${formatFlops(flops)} FLOPs together (6ND): ${budgets.length} budgets × ${sizes} sizes${seeds > 1 ? ` × ${seeds} seeds` : ""}, around ${around}, from centre / ${formatNumber(design.spread)} to centre × ${formatNumber(design.spread)}; N counts ${design.convention} parameters.`,
    ),
    "",
    ...columns(
      [["FLOPs", "params", "tokens", "D/N", seeds > 1 ? `id (of seed ${design.seeds[0]})` : "id"], ...rows],
      {
        align: ["right", "right", "right", "right"],
      },
    ),
  ];
}
