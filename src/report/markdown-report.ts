import { terminalFigure } from "../figures/index.ts";
import { escapeMarkdown, fenced, plainLine, safeUrl } from "./escape.ts";
import { table } from "./markdown.ts";
import type { Reference, Report, ReportBlock } from "./noun.ts";

export interface MarkdownOptions {
  /** Each figure's file, as the report names it, by the id of its block; a figure without one is drawn with letters. */
  readonly figures?: Readonly<Record<string, string>>;
}

/**
 * A report as Markdown, for a repository, a pull request or a terminal.
 *
 * @example reportMarkdown(made, { figures: { residuals: "report-residuals.svg" } })
 */
export function reportMarkdown(made: Report, { figures = {} }: MarkdownOptions = {}): string {
  const { title, verdict, numbers, sections, references } = made;
  const parts = [
    `# ${escapeMarkdown(title)}`,
    `> ${verdict.grade === null ? "" : marks[verdict.grade]}${escapeMarkdown(verdict.sentence)}`,
    ...(numbers.length === 0
      ? []
      : [
          table(
            ["", "", ""],
            numbers.map(({ label, value, detail }) => [
              escapeMarkdown(label),
              `**${escapeMarkdown(value)}**`,
              escapeMarkdown(detail ?? ""),
            ]),
          ),
        ]),
    ...sections.flatMap(({ id, title: name, blocks }) => [
      `## ${escapeMarkdown(name)}`,
      ...(id === "references" ? [referencesText(references)] : []),
      ...blocks.map((block) => blockText(block, figures)),
    ]),
  ];
  return `${parts.join("\n\n")}\n`;
}

const marks = { sound: "", caution: "⚠ ", "do-not-use": "⛔ " } as const;

function blockText(block: ReportBlock, figures: Readonly<Record<string, string>>): string {
  switch (block.kind) {
    case "text":
      return escapeMarkdown(block.text);
    case "list":
      return block.items.map((item) => `- ${escapeMarkdown(item)}`).join("\n");
    case "warnings":
      return block.items.map((item) => `- ⚠ ${escapeMarkdown(item)}`).join("\n");
    case "facts":
      return block.rows
        .map(([name, text]) => `- **${escapeMarkdown(name)}**: ${escapeMarkdown(text)}`)
        .join("\n");
    case "formula":
      return fenced(
        "text",
        block.formula
          .split(/[;\n]/)
          .map(plainLine)
          .filter((line) => line !== "")
          .join("\n"),
      );
    case "table": {
      const drawn = table(
        block.columns.map(({ title }) => escapeMarkdown(title)),
        block.rows.map((row) => row.map(escapeMarkdown)),
      );
      const sides = `|${block.columns.map(({ align }) => (align === "right" ? "-:|" : "-|")).join("")}`;
      const [head, , ...rows] = drawn.split("\n");
      const lines = [head, sides, ...rows].join("\n");
      return block.caption === null ? lines : `*${escapeMarkdown(block.caption)}*\n\n${lines}`;
    }
    case "figure": {
      const file = figures[block.id];
      return file === undefined
        ? fenced("text", terminalFigure(block.figure).join("\n"))
        : `![${escapeMarkdown(block.figure.alt)}](<${file.replaceAll(/[<>\n\\]/g, "")}>)`;
    }
    case "code":
      return fenced(block.language, block.text);
    case "checklist":
      return block.groups
        .map(
          ({ title, items }) =>
            `### ${escapeMarkdown(title)}\n\n${table(
              ["", ""],
              items.map(({ question, answer }) => [
                escapeMarkdown(question),
                answer === null ? "*not stated*" : escapeMarkdown(answer),
              ]),
            )}`,
        )
        .join("\n\n");
  }
}

function referencesText(references: readonly Reference[]): string {
  return references
    .map(({ text, url, used }) => {
      const address = safeUrl(url);
      return `- ${address === null ? escapeMarkdown(text) : `[${escapeMarkdown(text)}](${address})`}, for ${escapeMarkdown(used)}`;
    })
    .join("\n");
}
