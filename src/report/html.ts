import { terminalFigure } from "../figures/index.ts";
import { escapeHtml, escapeHtmlLines, safeUrl } from "./escape.ts";
import { formulaHtml } from "./formula-html.ts";
import { htmlStyle } from "./html-style.ts";
import type { Reference, Report, ReportBlock, TableBlock } from "./noun.ts";

export interface HtmlOptions {
  /** Each figure's SVG by the id of its block; a figure without one is drawn with letters. */
  readonly figures?: Readonly<Record<string, string>>;
}

/**
 * A report as one HTML file: it loads nothing, runs nothing, and looks right on a light screen, a dark one and on paper.
 *
 * All text is escaped, and the page forbids scripts and every address but its own besides.
 *
 * @example await writeFile("report.html", reportHtml(made, { figures: { residuals: await svgText(figure) } }))
 */
export function reportHtml(made: Report, { figures = {} }: HtmlOptions = {}): string {
  const { title, verdict, numbers, sections, references, provenance } = made;
  const grade = verdict.grade;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="isoflop${provenance.version === null ? "" : ` ${escapeHtml(provenance.version)}`}">
<title>${escapeHtml(title)}</title>
<style>
${htmlStyle}
</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<div class="verdict ${grade ?? ""}">
<p>${verdictHtml(verdict.sentence)}</p>
</div>
${numbersHtml(made)}<nav aria-label="Sections"><ul>${sections.map(({ id, title: name }) => `<li><a href="#${escapeHtml(id)}">${escapeHtml(name)}</a></li>`).join("")}</ul></nav>
</header>
<main>
${sections.map(({ id, title: name, blocks }) => sectionHtml(id, name, [...(id === "references" ? [referencesHtml(references)] : []), ...blocks.map((block) => blockHtml(block, figures))])).join("\n")}
</main>
<footer>Made by isoflop${provenance.version === null ? "" : ` ${escapeHtml(provenance.version)}`} from the files that the provenance names${numbers.length > 0 ? "; the same files give the same report" : ""}.</footer>
</body>
</html>
`;
}

/** The judgement itself, which stands before the first colon, is what a glance has to find. */
function verdictHtml(sentence: string): string {
  const [, head, rest] = /^([^:.]{1,24})(:.*)$/s.exec(sentence) ?? [];
  return head === undefined ? escapeHtml(sentence) : `<b>${escapeHtml(head)}</b>${escapeHtml(rest!)}`;
}

function numbersHtml({ numbers }: Report): string {
  if (numbers.length === 0) return "";
  const cells = numbers.map(
    ({ label, value, detail }) =>
      `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd>${detail === null ? "" : `<dd class="detail">${escapeHtml(detail)}</dd>`}</div>`,
  );
  return `<dl class="numbers">${cells.join("")}</dl>\n`;
}

function sectionHtml(id: string, title: string, parts: readonly string[]): string {
  const name = escapeHtml(id);
  return `<section id="${name}" aria-labelledby="${name}-title">\n<h2 id="${name}-title">${escapeHtml(title)}</h2>\n${parts.join("\n")}\n</section>`;
}

function blockHtml(block: ReportBlock, figures: Readonly<Record<string, string>>): string {
  switch (block.kind) {
    case "text":
      return `<p>${escapeHtml(block.text)}</p>`;
    case "list":
      return `<ul>${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join("")}</ul>`;
    case "warnings":
      return `<ul class="warnings" aria-label="Warnings">${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join("")}</ul>`;
    case "facts":
      return `<dl class="facts">${block.rows.map(([name, text]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd>`).join("")}</dl>`;
    case "formula":
      return `<div class="formula">${formulaHtml(block.formula)}</div>`;
    case "table":
      return tableHtml(block);
    case "figure": {
      const svg = figures[block.id];
      return svg === undefined
        ? `<figure><pre class="drawn" role="img" aria-label="${escapeHtml(block.figure.alt)}">${escapeHtmlLines(terminalFigure(block.figure).join("\n"))}</pre></figure>`
        : `<figure id="figure-${escapeHtml(block.id)}">${onScreens(svg)}</figure>`;
    }
    case "code":
      return `<pre><code>${escapeHtmlLines(block.text)}</code></pre>`;
    case "checklist":
      return block.groups
        .map(
          ({ title, items }) =>
            `<h3>${escapeHtml(title)}</h3>\n<div class="scroll"><table class="checklist"><tbody>${items
              .map(
                ({ question, answer }) =>
                  `<tr><td>${escapeHtml(question)}</td><td${answer === null ? ' class="unstated"' : ""}>${escapeHtml(answer ?? "not stated")}</td></tr>`,
              )
              .join("")}</tbody></table></div>`,
        )
        .join("\n");
  }
}

function tableHtml({ caption, columns, rows }: TableBlock): string {
  const side = (c: number): string => (columns[c]?.align === "right" ? ' class="right"' : "");
  const head = columns.map(({ title }, c) =>
    title === "" ? `<td${side(c)}></td>` : `<th scope="col"${side(c)}>${escapeHtml(title)}</th>`,
  );
  const body = rows.map(
    (row) => `<tr>${row.map((cell, c) => `<td${side(c)}>${escapeHtml(cell)}</td>`).join("")}</tr>`,
  );
  return `<div class="scroll${rows.length <= 10 ? " short" : ""}" tabindex="0" role="group" aria-label="${escapeHtml(caption ?? "Table")}"><table>${
    caption === null ? "" : `<caption>${escapeHtml(caption)}</caption>`
  }<thead><tr>${head.join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

function referencesHtml(references: readonly Reference[]): string {
  const entries = references.map(({ text, url, used }) => {
    const address = safeUrl(url);
    const cited =
      address === null
        ? escapeHtml(text)
        : `<a href="${escapeHtml(address)}" rel="noreferrer">${escapeHtml(text)}</a>`;
    return `<li>${cited} <small>for ${escapeHtml(used)}</small></li>`;
  });
  return `<ul class="references">${entries.join("")}</ul>`;
}

/** A figure that is dark where the system is: on screens only, since paper is white. */
function onScreens(svg: string): string {
  return svg.replaceAll(
    "@media (prefers-color-scheme:dark)",
    "@media screen and (prefers-color-scheme:dark)",
  );
}
