import type { Fit, FrontierFit } from "../fit/index.ts";
import { quantityInfo } from "../laws/index.ts";
import type { Observations } from "../runs/index.ts";
import type { Diagnosis } from "../trust/index.ts";
import type { ReportBlock } from "./noun.ts";
import { conventionText, heads, plural, sentence, spanText } from "./wording.ts";

/** The runs: what they are, which column was taken for what, how far they reach, and what is odd about them. */
export function dataBlocks(
  fit: Fit | FrontierFit,
  observed: Observations | null,
  diagnosis: Diagnosis | null,
): ReportBlock[] {
  const { data, rows, range, conventions } = fit;
  // what the fit warns of stands with the fit
  const findings = diagnosis?.findings.filter(
    ({ code }) => !fit.warnings.some((warning) => warning.code === code),
  );
  const held = observed ? observed.notes.filter((note) => !isFinding(note, observed)) : [];
  return [
    {
      kind: "facts",
      rows: [
        [
          "rows",
          `${rows} of ${data.origin}${data.skippedRows > 0 ? `; ${plural(data.skippedRows, "row")} left out for cells that could not be used` : ""}`,
        ],
        ["N counts", conventionText(conventions.params)],
        ["C counts", flopsText(fit) ?? "nothing: no budget follows from these columns"],
        ["content", data.hash],
      ],
    },
    {
      kind: "table",
      caption: "What each quantity was read from, and how far the data reach",
      columns: heads("quantity", "from", "range", "unit"),
      rows: mappingRows(fit),
    },
    ...rangesOf(
      range,
      data.mapping.map(({ quantity }) => quantity),
    ),
    ...(held.length > 0 ? [{ kind: "list" as const, items: held.map(sentence) }] : []),
    ...(findings === undefined
      ? []
      : diagnosis!.findings.length === 0
        ? [{ kind: "text" as const, text: "Nothing odd was found about the runs." }]
        : [
            {
              kind: "warnings" as const,
              items: findings.map(
                ({ message, remedy }) =>
                  `${sentence(message)}${remedy === undefined ? "" : ` Remedy: ${remedy}.`}`,
              ),
            },
          ]),
  ];
}

function isFinding(note: string, { findings }: Observations): boolean {
  return findings.some(({ message }) => message === note);
}

/** How the training compute was counted; null where none follows from the data. */
export function flopsText({ conventions, data, range }: Fit | FrontierFit): string | null {
  if (!range.flops) return null;
  const column = data.mapping.find(({ quantity }) => quantity === "flops")?.column ?? null;
  if (column !== null)
    return `column "${column}"${conventions.flops === null ? "" : `, ${conventions.flops}`}`;
  return conventions.flops === null || conventions.flops === "6ND"
    ? "6·N·D, worked out"
    : `${conventions.flops}, worked out`;
}

/** Letters and digits at the end of a name that counts up: lrDrop1 … lrDrop8 are told once. */
const counted = /^(.*?)([2-9]|\d\d+)$/;

function mappingRows({ data, range }: Fit | FrontierFit): string[][] {
  return data.mapping
    .filter(({ quantity }) => !counted.test(quantity))
    .map(({ quantity, column, how, scale }) => [
      quantity,
      column === null
        ? "worked out"
        : `column "${column}"${how === "guessed" ? ", found by its name" : ""}${scale === 1 ? "" : `, times ${scale}`}`,
      range[quantity] ? spanText(quantity, range[quantity]) : "–",
      quantityInfo(quantity)?.unit ?? "",
    ]);
}

/** Spans of what follows from the columns: budgets, and tokens per parameter. */
function rangesOf(range: Fit["range"], mapped: readonly string[]): ReportBlock[] {
  const rows = Object.entries(range).flatMap(([quantity, span]): [string, string][] =>
    mapped.includes(quantity) || counted.test(quantity)
      ? []
      : [[names[quantity] ?? quantity, `${spanText(quantity, span)}${quantity === "flops" ? " FLOPs" : ""}`]],
  );
  return rows.length === 0 ? [] : [{ kind: "facts", rows }];
}

const names: Readonly<Record<string, string>> = {
  flops: "budgets",
  tokensPerParam: "tokens per parameter",
};
