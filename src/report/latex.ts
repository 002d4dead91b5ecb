import { plainLine, safeUrl } from "./escape.ts";
import type { Report, ReportBlock, TableBlock } from "./noun.ts";

/**
 * A report's text and tables as LaTeX for a paper's appendix: an input of a document that loads booktabs, longtable,
 * caption, hyperref and amsmath. Figures are left to files of their own (`isoflop figure … -o name.svg`), and named here.
 *
 * @example reportLatex(made) // "\\section*{chinchilla fitted to …}"
 */
export function reportLatex({ title, verdict, sections, references }: Report): string {
  const parts = [
    "% needs \\usepackage{amsmath,booktabs,caption,longtable,hyperref} and a Unicode engine (LuaLaTeX, XeLaTeX)",
    `\\section*{${latexText(title)}}`,
    `\\textbf{${latexText(verdict.sentence)}}`,
    ...sections
      .filter(({ id }) => id !== "references")
      .flatMap(({ title: name, blocks }) => [`\\subsection*{${latexText(name)}}`, ...blocks.map(blockText)]),
    `\\subsection*{References}\n${itemsText(
      references.map(({ text, url, used }) => {
        const address = safeUrl(url);
        return `${latexText(text)}${address === null ? "" : `, \\url{${address.replaceAll(/[%#\\{}]/g, "\\$&")}}`} (${latexText(used)})`;
      }),
    )}`,
  ];
  return `${parts.join("\n\n")}\n`;
}

function blockText(block: ReportBlock): string {
  switch (block.kind) {
    case "text":
      return latexText(block.text);
    case "list":
    case "warnings":
      return itemsText(block.items.map(latexText));
    case "facts":
      return `\\begin{description}\n${block.rows.map(([name, text]) => `  \\item[${latexText(name)}] ${latexText(text)}`).join("\n")}\n\\end{description}`;
    case "formula":
      return block.latex === null ? `\\texttt{${latexText(block.formula)}}` : `\\[\n${block.latex}\n\\]`;
    case "table":
      return tableText(block);
    case "figure":
      return `% figure ${block.id}: ${plainLine(block.figure.title)}`;
    case "code":
      return itemsText(block.text.split("\n").map((line) => `\\texttt{${latexText(line)}}`));
    case "checklist":
      return block.groups
        .map(
          ({ title, items }) =>
            `\\paragraph{${latexText(title)}}\n\\begin{description}\n${items.map(({ question, answer }) => `  \\item[${latexText(question)}] ${answer === null ? "\\emph{not stated}" : latexText(answer)}`).join("\n")}\n\\end{description}`,
        )
        .join("\n\n");
  }
}

function itemsText(items: readonly string[]): string {
  return `\\begin{itemize}\n${items.map((item) => `  \\item ${item}`).join("\n")}\n\\end{itemize}`;
}

function tableText({ caption, columns, rows }: TableBlock): string {
  // words wrap, numbers don't
  const words = columns.filter(({ align }) => align === "left").length;
  const width = `p{${(0.62 / Math.max(1, words)).toFixed(2)}\\linewidth}`;
  const line = (cells: readonly string[]): string => `${cells.map(latexText).join(" & ")} \\\\`;
  return [
    `\\begin{longtable}{${columns.map(({ align }) => (align === "right" ? "r" : width)).join("")}}`,
    ...(caption === null ? [] : [`\\caption*{${latexText(caption)}}\\\\`]),
    "\\toprule",
    line(columns.map(({ title }) => title)),
    "\\midrule",
    ...rows.map(line),
    "\\bottomrule",
    "\\end{longtable}",
  ].join("\n");
}

const special: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
};

/** Text as LaTeX that shows it as it is. */
function latexText(text: string): string {
  return plainLine(text).replaceAll(/[\\^~<>|%&#$_{}]/g, (found) => special[found] ?? `\\${found}`);
}
