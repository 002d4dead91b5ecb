import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { svgText } from "../../src/draw/index.ts";
import { type Report, report, reportHtml, reportLatex, reportMarkdown } from "../../src/report/index.ts";
import { plantedMaterials, plantedRuns } from "./planted.ts";

const made = report(plantedMaterials());

const hostile = {
  params: "params <script>alert(1)</script>",
  tokens: 'tokens"><img src=x onerror=alert(2)>',
  loss: "loss` | <svg/onload=alert(3)> \u202e \n\n<script>alert(4)</script>",
  origin: "</style></title><script>alert(5)</script>&amp;.csv",
};
const attacked = report(plantedMaterials(plantedRuns(hostile)), { title: "<img src=x onerror=alert(6)>" });

async function drawn({ sections }: Report): Promise<Record<string, string>> {
  const figures: Record<string, string> = {};
  for (const { blocks } of sections)
    for (const block of blocks) if (block.kind === "figure") figures[block.id] = await svgText(block.figure);
  return figures;
}

test("HTML: one file that loads nothing and runs nothing", async () => {
  const html = reportHtml(made, { figures: await drawn(made) });
  const { document } = parseHTML(html);
  expect(document.querySelectorAll("script, link, img, iframe, object, embed").length).toBe(0);
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/url\(|@import/);
  expect(document.querySelectorAll("figure > svg").length).toBeGreaterThan(5);
  // every place that the contents lead to is there, and no name is given twice
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  for (const link of document.querySelectorAll("nav a"))
    expect(ids).toContain(link.getAttribute("href")!.slice(1));
  expect(new Set(ids).size).toBe(ids.length);
});

test("HTML: dark on a dark screen, light on paper", async () => {
  const html = reportHtml(made, { figures: await drawn(made) });
  expect(html).toContain("@media screen and (prefers-color-scheme:dark)");
  expect(html).not.toMatch(/@media \(prefers-color-scheme/);
});

test("HTML: a hostile file's names, title and origin are shown and do nothing", async () => {
  const html = reportHtml(attacked, { figures: await drawn(attacked) });
  expect(html.match(/<script|<img|<svg\/onload/gi)).toBeNull();
  const { document } = parseHTML(html);
  expect(document.querySelectorAll("script, img").length).toBe(0);
  for (const element of document.querySelectorAll("*"))
    for (const name of element.getAttributeNames()) expect(name).not.toMatch(/^on/);
  expect(document.querySelector("h1")!.textContent).toBe("<img src=x onerror=alert(6)>");
  expect(document.querySelector("main")!.textContent).toContain('tokens"><img src=x onerror=alert(2)>');
  expect(html).not.toContain("\u202e");
});

test("SVG files beside a report are well-formed XML whatever a run is called", async () => {
  for (const svg of Object.values(await drawn(attacked))) {
    const attributes = [...svg.matchAll(/="([^"]*)"/g)].map(([, value]) => value);
    expect(attributes.filter((value) => /[<>]/.test(value!))).toEqual([]);
    expect(svg).not.toContain("<script");
  }
});

test("Markdown: no raw HTML gets out of a cell, a heading or a quotation", () => {
  const text = reportMarkdown(attacked, { figures: {} });
  const outside = text.replaceAll(/^(`{3,})[^\n]*\n[\s\S]*?\n\1$/gm, "");
  expect(outside).not.toMatch(/(?<!\\)<(?!fit|plan)/);
  // a cell's bar would make another column
  for (const table of outside.match(/(?:^\|.*\n)+/gm) ?? []) {
    const bars = table
      .trim()
      .split("\n")
      .map((line) => line.match(/(?<!\\)\|/g)!.length);
    expect(new Set(bars).size, table).toBe(1);
  }
});

test("addresses: only http and https are linked", () => {
  const [first, ...rest] = made.references;
  const changed = { ...made, references: [{ ...first!, url: "javascript:alert(1)" }, ...rest] };
  expect(reportHtml(changed)).not.toContain('href="javascript');
  expect(reportMarkdown(changed)).not.toContain("](javascript");
  expect(reportLatex(changed)).not.toContain("javascript");
});

test("Markdown: figures are files beside it where there are some, else drawn with letters", () => {
  const beside = reportMarkdown(made, { figures: { residuals: "report-residuals.svg" } });
  expect(beside).toContain("](<report-residuals.svg>)");
  expect(reportMarkdown(made)).not.toContain(".svg");
  expect(reportMarkdown(made)).toMatch(/```text\nLoss against compute\n/);
});

test("LaTeX: braces and environments close, and nothing is left that TeX would read as its own", () => {
  const text = reportLatex(attacked);
  const opened = text.match(/\\begin\{\w+\}/g)!.map((word) => word.slice(7));
  const closed = text.match(/\\end\{\w+\}/g)!.map((word) => word.slice(5));
  expect(opened.sort()).toEqual(closed.sort());
  const braces = text.replaceAll(/\\[{}]/g, "");
  expect(braces.match(/\{/g)!.length).toBe(braces.match(/\}/g)!.length);
});

test("a formula is shown as one: Greek letters, exponents raised, nothing lost", () => {
  const { document } = parseHTML(reportHtml(made));
  const formula = document.querySelector(".formula")!;
  expect(formula.innerHTML).toContain("<i>N</i><sup><i>α</i></sup>");
  expect(formula.textContent).toBe("L(N, D) = E + A / Nα + B / Dβ");
});
