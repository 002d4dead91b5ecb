import type { Fit, FrontierFit } from "../fit/index.ts";
import { type Law, lawFunction, quantityInfo } from "../laws/index.ts";
import type { Observations, Run } from "../runs/index.ts";
import { flopsText } from "./data-section.ts";
import { bootstrapText, objectiveText, residualsText, startsText } from "./fit-section.ts";
import type { ReportMaterials } from "./materials.ts";
import type { ChecklistBlock, ReportBlock } from "./noun.ts";
import { conventionText, digitsText, percentText, plural, spanText, valueText } from "./wording.ts";

type Item = ChecklistBlock["groups"][number]["items"][number];

/**
 * The questions that a reader of a scaling law has to be able to answer, answered from what the nouns say; null where they
 * say nothing. The questions are those of the checklist of Li, Kudugunta and Zettlemoyer 2025, (Mis)Fitting: A Survey of
 * Scaling Laws, https://arxiv.org/abs/2502.18969, in our words.
 *
 * @example checklist({ fit: made }).groups[0].items[0].answer // "L = E + A / N^alpha + B / D^beta, chinchilla"
 */
export function checklist(materials: ReportMaterials & { readonly fit: Fit | FrontierFit }): ChecklistBlock {
  return {
    kind: "checklist",
    groups: [
      { title: "The law", items: lawItems(materials.fit) },
      { title: "How the models were trained", items: trainingItems(materials) },
      { title: "What was measured", items: measuredItems(materials) },
      { title: "How the law was fitted", items: fittingItems(materials) },
    ],
  };
}

/** The checklist with how much of it is answered. */
export function checklistBlocks(materials: ReportMaterials): ReportBlock[] {
  const { fit } = materials;
  if (!fit) return [];
  const made = checklist({ ...materials, fit });
  const items = made.groups.flatMap((group) => group.items);
  const stated = items.filter(({ answer }) => answer !== null).length;
  return [
    {
      kind: "text",
      text: `${stated} of ${items.length} questions are answered by the data and the fit themselves; the others only the people who trained the models can answer. The questions are those of Li, Kudugunta and Zettlemoyer 2025, in other words.`,
    },
    made,
  ];
}

const item = (question: string, answer: string | null): Item => ({ question, answer });

function lawItems(fit: Fit | FrontierFit): Item[] {
  if (fit.approach !== 3)
    return [
      item(
        "What is the form of the law?",
        `N* = k·C^a and D* = q·C^b; ${fit.approach === 2 ? (fit.method === "parabola" ? "before it a parabola in log N for each budget" : `the minimum of each budget by ${fit.method}`) : "through the lower envelope of the curves"}`,
      ),
      item("Which quantities does it relate?", "compute, parameters, tokens, and by its minima the loss"),
      item("Which parameters are fitted?", "k, a, q and b"),
      item(
        "Where does the form come from?",
        `Hoffmann et al. 2022, section 3.${fit.approach}; the two lines are fitted apart`,
      ),
      item("What does it assume of how they relate?", "a straight line in logs, over the whole range"),
    ];
  const { law, parameters } = fit;
  const held = Object.entries(parameters).filter(([, { fixed }]) => fixed);
  const free = Object.entries(parameters).filter(([, { fixed }]) => !fixed);
  const { source } = law;
  return [
    item(
      "What is the form of the law?",
      `${quantityInfo(law.output)?.symbol ?? law.output} = ${law.formula}, ${law.name}`,
    ),
    item(
      "Which quantities does it relate?",
      `${law.output} to ${Object.entries(law.inputs)
        .map(([quantity, letter]) => `${letter} (${quantity})`)
        .join(", ")}`,
    ),
    item(
      "Which parameters are fitted?",
      `${plural(free.length, "parameter")}: ${free.map(([name]) => name).join(", ")}${held.length > 0 ? `; held fixed: ${held.map(([name, { value }]) => `${name} = ${digitsText(value, 4)}`).join(", ")}` : ""}`,
    ),
    item(
      "Where does the form come from?",
      source.year === 0 ? null : `${source.authors} ${source.year}, ${source.where}`,
    ),
    item("What does it assume of how they relate?", assumptionOf(fit)),
  ];
}

/** Whether size and data act apart, which the formula itself tells. */
function assumptionOf({ law, parameters, range }: Fit): string | null {
  const said = law.notes.length > 0 ? law.notes.join(" ") : null;
  const apart = actApart(law, parameters, range);
  if (apart === null) return said;
  const text = apart
    ? "size and data act apart: no term holds both, so more of one changes nothing of what the other gains"
    : "size and data act together: what one gains depends on the other";
  return said === null ? text : `${text}. ${said}`;
}

function actApart(law: Law, parameters: Fit["parameters"], range: Fit["range"]): boolean | null {
  const names = Object.keys(law.inputs);
  if (
    names.length !== 2 ||
    !range.params ||
    !range.tokens ||
    !names.includes("params") ||
    !names.includes("tokens")
  )
    return null;
  const loss = lawFunction(
    law,
    Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value])),
  );
  const at = (i: 0 | 1, j: 0 | 1): number => loss({ params: range.params![i], tokens: range.tokens![j] });
  const mixed = at(0, 0) - at(0, 1) - at(1, 0) + at(1, 1);
  return Number.isFinite(mixed) ? Math.abs(mixed) < 1e-9 * Math.abs(at(0, 0)) : null;
}

function trainingItems({ fit, observations, runs }: ReportMaterials & { fit: Fit | FrontierFit }): Item[] {
  const { range, conventions } = fit;
  const sizes = distinct(observations?.columns.params);
  const specs = (runs ?? []).flatMap(({ spec }) => (spec ? [spec] : []));
  const shapes = specs.flatMap(({ shape }) => (shape ? [shape] : []));
  const trainers = [...new Set(specs.map(({ trainer }) => trainer))];
  return [
    item(
      "How many models were trained?",
      runs
        ? plural(runs.length, "run")
        : sizes === null
          ? null
          : `${plural(fit.rows, "row")} of ${plural(sizes, "model size")}; whether two rows are of one run is not stated`,
    ),
    item(
      "Of which sizes?",
      range.params
        ? `${spanText("params", range.params)} parameters${sizes === null ? "" : `, ${plural(sizes, "size")}`}`
        : null,
    ),
    item(
      "On how much data each?",
      range.tokens
        ? `${spanText("tokens", range.tokens)} tokens${range.tokensPerParam ? `, ${spanText("tokensPerParam", range.tokensPerParam)} tokens per parameter` : ""}`
        : null,
    ),
    item("On which data?", dataOf(runs ?? null)),
    item("Was any of it repeated?", repetitionOf(fit, runs ?? null)),
    item(
      "How are parameters counted?",
      conventions.params === null || conventions.params === "unstated"
        ? null
        : conventionText(conventions.params),
    ),
    item("How is compute counted?", flopsText(fit)),
    item(
      "How were the settings chosen (optimizer, learning rate, batch), and do they change with scale?",
      settingsOf(specs),
    ),
    item(
      "What of the shape, such as width beside depth?",
      shapes.length === 0
        ? null
        : `${plural(new Set(shapes.map((shape) => JSON.stringify(shape))).size, "shape")}, as the runs' specifications say`,
    ),
    item(
      "Is the training code open?",
      trainers.length === 0 || trainers.includes("command")
        ? null
        : trainers.every((name) => name === "synthetic")
          ? "no model was trained: the losses are those of a law with noise (synthetic)"
          : `yes: the trainer ${trainers.join(", ")} of this program`,
    ),
  ];
}

function dataOf(runs: readonly Run[] | null): string | null {
  const named = new Set(
    (runs ?? []).flatMap(({ spec }) => {
      const data = spec?.settings.data ?? spec?.settings.corpus ?? spec?.settings.dataset;
      return typeof data === "string" ? [data] : [];
    }),
  );
  return named.size === 0 ? null : [...named].join(", ");
}

function repetitionOf({ range }: Fit | FrontierFit, runs: readonly Run[] | null): string | null {
  if (range.uniqueTokens)
    return `the runs saw ${spanText("uniqueTokens", range.uniqueTokens)} different tokens`;
  const told = (runs ?? []).filter(({ tokens, uniqueTokens }) => tokens !== null && uniqueTokens !== null);
  if (told.length === 0 || told.length < (runs?.length ?? 0)) return null;
  const most = Math.max(...told.map(({ tokens, uniqueTokens }) => tokens! / uniqueTokens!));
  return most <= 1 ? "no" : `yes, up to ${digitsText(most, 2)} times`;
}

function settingsOf(specs: readonly NonNullable<Run["spec"]>[]): string | null {
  const parts = (
    [
      ["learning rate", specs.map(({ learningRate }) => learningRate)],
      ["batch in tokens", specs.map(({ batchTokens }) => batchTokens)],
    ] as const
  ).flatMap(([name, values]) => {
    const known = values.filter((value) => value !== null);
    if (known.length === 0) return [];
    const [low, high] = [Math.min(...known), Math.max(...known)];
    return [
      low === high
        ? `${name} ${digitsText(low, 3)} for all`
        : `${name} ${digitsText(low, 3)} to ${digitsText(high, 3)}, changing between runs`,
    ];
  });
  return parts.length === 0 ? null : `${parts.join("; ")}; how they were chosen is not stated`;
}

function measuredItems({ fit, observations, runs }: ReportMaterials & { fit: Fit | FrontierFit }): Item[] {
  const output = fit.approach === 3 ? fit.law.output : "loss";
  const measured = fit.data.mapping.find(({ quantity }) => quantity === output);
  const log = fit.approach === 3 ? fit.objective.scale : (fit.slices?.scale ?? "raw");
  return [
    item("Are the checkpoints open?", null),
    item(
      "How many checkpoints of each model are used, and which?",
      checkpointsOf(fit, observations ?? null, runs ?? null),
    ),
    item(
      "Which metric, on which data?",
      measured?.column == null
        ? null
        : `column "${measured.column}"${measured.how === "guessed" ? ", taken for the " : " as the "}${output}${metricData(runs ?? null)}`,
    ),
    item(
      "Was the metric changed before the fit?",
      `${measured === undefined || measured.scale === 1 ? "used as it stands" : `times ${measured.scale}`}; ${log === "raw" ? "residuals of the values themselves" : `residuals on the ${log} scale`}; nothing interpolated${fit.approach === 1 ? " but along each curve" : ""}`,
    ),
    item("Is the code for that open?", "yes: isoflop, as the provenance below says"),
  ];
}

function metricData(runs: readonly Run[] | null): string {
  const losses = (runs ?? []).flatMap((run) => run.losses);
  if (losses.length === 0) return "; the data it was measured on are not stated";
  const sets = [...new Set(losses.map(({ split, name }) => (name === null ? split : `${name}, ${split}`)))];
  return `, ${[...new Set(losses.map(({ unit }) => unit))].join(" and ")}, on ${sets.join(" and ")}`;
}

function checkpointsOf(
  { rows }: Fit | FrontierFit,
  observed: Observations | null,
  runs: readonly Run[] | null,
): string | null {
  if (runs) return "one: the end of each run";
  const { params, tokens } = observed?.columns ?? {};
  if (!params || !tokens) return null;
  const sizes = distinct(params)!;
  return `${digitsText(rows / sizes, 3)} rows to a size on average; whether they are ends of runs or stand on the way is not stated`;
}

function fittingItems({ fit, diagnosis, comparison }: ReportMaterials & { fit: Fit | FrontierFit }): Item[] {
  const heldOut =
    comparison?.laws.find(({ law }) => fit.approach === 3 && law === fit.law.name)?.heldOut ?? null;
  const used = `${plural(fit.rows, "row")} used${fit.data.skippedRows > 0 ? `, ${fit.data.skippedRows} left out for cells that could not be read` : ""}; ${fit.warnings.some(({ code }) => code === "outliers") ? "some look like outliers and were kept" : "none dropped as an outlier by the fit"}`;
  if (fit.approach !== 3)
    return [
      item("What is minimised?", "squares of logs, for the two lines"),
      item("By which algorithm?", `least squares; points by ${fit.method}`),
      item(
        "With which settings?",
        fit.slices
          ? `rows grouped by ${fit.slices.by}${fit.slices.tolerance === null ? "" : ` within ${percentText(fit.slices.tolerance)}`}, window ${fit.slices.window ?? "all sizes"}`
          : "none",
      ),
      item("Where does it start?", "nowhere: a closed form"),
      item("Were all points used?", `${used}; ${plural(fit.refused.length, "budget")} refused`),
      item(
        "How is it checked?",
        fit.bootstrap ? `intervals from ${fit.bootstrap.draws.length} draws (${fit.bootstrap.method})` : null,
      ),
    ];
  const checks = [
    `goodness of fit: ${residualsText(fit)}`,
    ...(fit.bootstrap ? [`intervals: ${bootstrapText(fit)}`] : []),
    ...(heldOut
      ? [`extrapolation: misses held-out larger runs by ${percentText(heldOut.error)} on average`]
      : []),
    ...(diagnosis?.sensitivity
      ? [
          `${plural(diagnosis.sensitivity.rows.length, "other choice")} tried at ${valueText("flops", diagnosis.sensitivity.flops)} FLOPs`,
        ]
      : []),
  ];
  return [
    item("What is minimised?", objectiveText(fit)),
    item(
      "By which algorithm?",
      "damped Newton with exact second derivatives, after variable projection of the linear parameters",
    ),
    item(
      "With which settings?",
      "each descent stops when one more Newton step would gain less than 1e-14 of the objective, after 500 steps at most",
    ),
    item(
      "Where does it start?",
      `a grid of ${plural(fit.starts.total, "start")} from the law's declaration, seed ${fit.seed}: ${startsText(fit)}`,
    ),
    item("Were all points used?", used),
    item("How is it checked?", checks.join("; ")),
  ];
}

function distinct(values: Float64Array | undefined): number | null {
  return values ? new Set(values).size : null;
}
