import { formatCount, formatGrouped, formatNumber } from "../../numeric/index.ts";
import {
  findWorldModel,
  type Placement,
  placeModels,
  type WorldClaim,
  type WorldModel,
  type WorldPlacement,
  worldClaims,
  worldModels,
} from "../../plan/index.ts";
import { openAnswer, type Paint } from "../answer.ts";
import { basisText, readPlanBasis } from "../basis.ts";
import { numberPairs, readPairs, shareOption } from "../options.ts";
import { conventionText, extrapolationText } from "../quantity-text.ts";
import { columns, labelled, warned, wrap } from "../text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop plan world: the models of the world against a law. */
export function planWorldVerb(world: World): RunnableVerb {
  return verb(
    world,
    "plan world",
    "Published models placed against a law: by which factor they are over- or under-trained for their compute, what loss it predicts, and for how many tokens served their size and data are right.",
    [
      "plan world --law chinchilla --source besiroglu2024-refit",
      "plan world fit.json --model 'Llama 3 8B'",
      "plan world --law chinchilla --source sardana2023 --family Pythia",
      "plan world fit.json --json",
    ],
  )
    .argument("[fit.json]", "a fit made by isoflop fit, or - for standard input")
    .option("--law <name|file>", "instead of a fit: a law, with --source or --set")
    .option("--source <key>", "which published coefficients of the law")
    .option("--set <name=value...>", "coefficients of your own for it, all of them: E=1.69 A=406.4")
    .option("--model <name>", "only this model (repeat for several); in full, with its source", collect, [])
    .option("--family <name>", "only this family, such as Qwen")
    .option("--at <quantity=value...>", "values of the law's other inputs: uniqueTokens=100B")
    .option("--flops-per-token <F>", "what a token costs where it isn't 6·N: a formula in the law's letters")
    .option("--level <share>", "level of the intervals", shareOption("--level"), 0.9)
    .action(async (file, options) => {
      const answer = openAnswer(world, options);
      const { pairs, strays } = readPairs("--at", options.at);
      const set = readPairs("--set", options.set);
      const files = [...(file === undefined ? [] : [file]), ...strays, ...set.strays];
      if (files.length > 1) throw new Error(`expected one fit file, got ${files.join(", ")}`);
      const models = chosen(options.model, options.family);
      const basis = await readPlanBasis(world, files[0], { ...options, coefficients: set.pairs });
      const placed = placeModels(basis, {
        models,
        held: numberPairs("--at", pairs),
        flopsPerToken: options.flopsPerToken,
        level: options.level,
      });
      const all = options.model.length === 0 && options.family === undefined;
      const claims = all ? worldClaims() : [];
      answer.give({ ...placed, claims }, () =>
        options.model.length > 0
          ? pages(placed, answer.paint)
          : [...table(placed, answer.paint), ...claimLines(claims, answer.paint)],
      );
      answer.warnings(placed.warnings);
    });
}

const collect = (word: string, before: string[]): string[] => [...before, word];

function chosen(names: readonly string[], family: string | undefined): readonly WorldModel[] {
  if (family === undefined) return names.length === 0 ? worldModels : names.map(findWorldModel);
  if (names.length > 0) throw new Error("both --model and --family are given; give one of them");
  const models = worldModels.filter((model) => model.family.toLowerCase().startsWith(family.toLowerCase()));
  if (models.length > 0) return models;
  const families = [...new Set(worldModels.map((model) => model.family))];
  throw new Error(`unknown family "${family}"; known: ${families.join(", ")}`);
}

/** A row a model. */
function table(
  { placements, left, basis, counts, remarks, warnings }: WorldPlacement,
  paint: Paint,
): string[] {
  const heads = ["", "N", "D", "D/N", "÷ 20", "÷ best", "loss", "compute", "served"];
  const rows = placements.map((placed) => [
    placed.model.checked === null ? `${placed.model.name} ?` : placed.model.name,
    formatCount(placed.params),
    formatCount(placed.tokens),
    formatGrouped(placed.tokensPerParam, placed.tokensPerParam < 100 ? 1 : 0),
    formatNumber(placed.timesTwenty, 2),
    formatNumber(placed.overTraining.value, 2),
    placed.loss ? placed.loss.value.toFixed(3) : "–",
    placed.efficiency === null ? "–" : `${formatNumber(100 * placed.efficiency, 2)} %`,
    servedText(placed),
  ]);
  const right = heads.map((_, i) => (i === 0 ? "left" : "right")) as ("left" | "right")[];
  const notes = [
    "÷ 20: tokens per parameter over the rule of twenty; ÷ best: over the law's best at this compute (above 1 over-trained, below 1 under-trained)",
    ...(placements.some(({ loss }) => loss !== null)
      ? [
          "compute: the share that the law's best model needs for that loss",
          "served: tokens answered over its life for which this size on these data was the cheapest way to that loss; never: too large for its data whatever is served",
        ]
      : []),
    ...(placements.some(({ model }) => model.checked === null)
      ? ["?: not compared with a second source"]
      : []),
    ...left.map(({ name, reason }) => `${name} is left out: ${reason}`),
    `${conventionText(counts)}, the models' sizes are total ones as their makers name them`,
    ...remarks,
  ];
  return [
    ...wrap(`${placements.length} models by ${basisText(basis)}:`),
    "",
    ...columns([heads.map((head) => (head === "" ? head : paint.dim(head))), ...rows], {
      align: right,
      indent: 0,
      gap: 1,
    }),
    "",
    ...notes.flatMap((text) => wrap(text, { first: "  ", rest: "    " })),
    ...(warnings.length > 0 ? ["", ...warnings.flatMap((text) => warned(text, paint))] : []),
  ];
}

function servedText({ servedTokens, loss }: Placement): string {
  if (loss === null) return "–";
  return servedTokens === null ? "never" : formatCount(servedTokens.value, 2);
}

/** A model in full: each number with its interval, and where its size and data are from. */
function pages({ placements, left, basis, remarks, warnings }: WorldPlacement, paint: Paint): string[] {
  return [
    ...wrap(`By ${basisText(basis)}:`),
    ...placements.flatMap((placed) => page(placed, paint)),
    ...left.flatMap(({ name, reason }) => ["", ...wrap(`${name}: ${reason}.`)]),
    "",
    ...remarks.flatMap((text) => wrap(text, { first: "  ", rest: "  " })),
    ...(warnings.length > 0 ? ["", ...warnings.flatMap((text) => warned(text, paint))] : []),
  ];
}

function page(placed: Placement, { bold }: Paint): string[] {
  const { model, params, tokens, optimum, overTraining, loss, efficiency, servedTokens } = placed;
  const span = (
    interval: { low: number; high: number; level: number } | null | undefined,
    text: (value: number) => string,
  ): string =>
    interval
      ? `, ${formatNumber(100 * interval.level, 3)} % interval ${text(interval.low)} … ${text(interval.high)}`
      : "";
  const plain = (value: number): string => formatNumber(value, 3);
  const { authors, where, url } = model.source;
  const experts = model.params !== params ? ` of ${formatCount(model.params!)} in all` : "";
  return [
    "",
    ...wrap(
      `${bold(model.name)}: ${formatCount(params)} parameters${experts}, ${formatCount(tokens)} tokens, ${formatNumber(placed.tokensPerParam, 4)} tokens per parameter`,
    ),
    ...labelled("rule of 20", `${plain(placed.timesTwenty)} times`),
    ...labelled(
      "best",
      `${formatCount(optimum.params)} parameters on ${formatCount(optimum.tokens)} tokens at the same compute, ${plain(optimum.tokens / optimum.params)} each`,
    ),
    ...labelled("over best", `${plain(overTraining.value)} times${span(overTraining.interval, plain)}`),
    ...(loss && optimum.loss !== null
      ? labelled(
          "loss",
          `${formatNumber(loss.value, 4)}${span(loss.interval, (value) => formatNumber(value, 4))}; the best has ${formatNumber(optimum.loss, 4)}${efficiency === null ? "" : ` and reaches this with ${formatNumber(100 * efficiency, 2)} % of the compute`}`,
        )
      : []),
    ...(loss
      ? labelled(
          "served",
          servedTokens
            ? `right for ${formatCount(servedTokens.value)} tokens served${span(servedTokens.interval, (value) => formatCount(value))}`
            : "for no load: it is too large for its data even if nothing is served",
        )
      : []),
    ...labelled("outside", extrapolationText(placed.extrapolation).join("; ")),
    ...labelled("source", `${authors} ${model.year}, ${where}, ${url}`),
    ...labelled("checked", model.checked ?? "with no second source: unverified"),
    ...(model.note === null ? [] : labelled("note", model.note)),
  ];
}

function claimLines(claims: readonly WorldClaim[], { dim }: Paint): string[] {
  if (claims.length === 0) return [];
  return [
    "",
    "Often said, and not so:",
    ...claims.flatMap(({ claim, truth, number }) => [
      ...wrap(`“${claim}”`, { first: "  ", rest: "   " }),
      ...wrap(`${truth}${number ? ` (${number.arithmetic} = ${formatNumber(number.value, 4)})` : ""}`, {
        first: "    ",
        rest: "    ",
      }).map((line) => dim(line)),
    ]),
  ];
}
