import { themes } from "../figures/index.ts";

const { light, dark } = themes;

/** The look of a report: one column, figures as wide as it, dark where the reader's screen is, always light on paper. */
export const htmlStyle: string = `
:root {
  color-scheme: light dark;
  --ground: ${light.background}; --ink: ${light.ink}; --muted: ${light.muted}; --line: ${light.grid};
  --raised: #f6f7f9; --link: #0068a8;
  --sound: #00735a; --caution: #8a5a00; --do-not-use: #b3261e; --plain: #3a5a78;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ground: ${dark.background}; --ink: ${dark.ink}; --muted: ${dark.muted}; --line: ${dark.grid};
    --raised: #181e26; --link: #56b4e9;
    --sound: #2fc795; --caution: #e3b341; --do-not-use: #ff8078; --plain: #9cc3ee;
  }
}
* { box-sizing: border-box; }
html { background: var(--ground); scroll-behavior: smooth; }
body {
  margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 54rem; color: var(--ink);
  font: 1rem/1.55 Inter, "Segoe UI", Helvetica, Arial, "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
h1 { font-size: 1.75rem; line-height: 1.25; letter-spacing: -0.01em; margin: 0 0 1.25rem; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 3rem 0 1rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.75rem 0 0.5rem; }
p, ul { margin: 0 0 1rem; max-width: 46rem; }
ul { padding-left: 1.25rem; }
a { color: var(--link); text-underline-offset: 0.15em; }
a:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--link); outline-offset: 3px; border-radius: 2px; }
code, pre { font-family: "JetBrains Mono", "SF Mono", Consolas, "DejaVu Sans Mono", monospace; font-size: 0.85em; }
pre {
  margin: 0 0 1.25rem; padding: 0.9rem 1rem; background: var(--raised); border-radius: 6px; line-height: 1.5;
  white-space: pre-wrap; overflow-wrap: anywhere;
}
pre.drawn { white-space: pre; overflow-x: auto; }
.verdict {
  --tone: var(--plain); margin: 0 0 1.5rem; padding: 1rem 1.25rem; border-left: 5px solid var(--tone);
  background: var(--raised); border-radius: 0 6px 6px 0;
}
.verdict p { margin: 0; font-size: 1.1rem; line-height: 1.5; }
.verdict b { color: var(--tone); }
.sound { --tone: var(--sound); } .caution { --tone: var(--caution); } .do-not-use { --tone: var(--do-not-use); }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.4rem, 1fr)); gap: 1.25rem; margin: 0 0 1.75rem; }
.numbers div { border-top: 2px solid var(--line); padding-top: 0.6rem; }
.numbers dt { color: var(--muted); font-size: 0.82rem; }
.numbers dd { margin: 0; font-size: 1.55rem; font-weight: 600; line-height: 1.3; letter-spacing: -0.01em; }
.numbers dd.detail { font-size: 0.82rem; font-weight: 400; color: var(--muted); letter-spacing: 0; }
nav { font-size: 0.92rem; margin: 0 0 1rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; padding: 0; margin: 0; max-width: none; }
.facts { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: 0.45rem 1.25rem; margin: 0 0 1.5rem; }
.facts dt { color: var(--muted); } .facts dd { margin: 0; overflow-wrap: anywhere; }
.formula {
  margin: 0 0 1.5rem; padding: 0.9rem 1.25rem; background: var(--raised); border-radius: 6px; font-size: 1.15rem;
  font-family: "STIX Two Text", Cambria, Georgia, "Times New Roman", "DejaVu Serif", serif; overflow-wrap: anywhere;
}
.formula sup, .formula sub { font-size: 0.72em; line-height: 0; }
.scroll { overflow-x: auto; margin: 0 0 1.5rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.88rem; line-height: 1.4; }
caption { text-align: left; color: var(--muted); font-size: 0.85rem; padding: 0 0 0.5rem; }
th, thead td { text-align: left; font-weight: 600; vertical-align: bottom; border-bottom: 1.5px solid var(--muted); padding: 0.35rem 1rem 0.35rem 0; }
td { vertical-align: top; border-bottom: 1px solid var(--line); padding: 0.35rem 1rem 0.35rem 0; min-width: 3.5rem; }
th:last-child, td:last-child { padding-right: 0; }
.right { text-align: right; } td.right { white-space: nowrap; }
.warnings { list-style: none; padding: 0; max-width: none; }
.warnings li { border-left: 3px solid var(--caution); padding: 0.1rem 0 0.1rem 0.9rem; margin: 0 0 0.6rem; max-width: 46rem; }
.unstated { color: var(--muted); font-style: italic; }
td:first-child { min-width: 5rem; }
.checklist td:first-child { width: 38%; color: var(--muted); }
figure { margin: 0 0 2.5rem; }
figure svg { display: block; width: 100%; height: auto; }
.references li { margin: 0 0 0.4rem; }
.references small { color: var(--muted); font-size: 0.85em; }
footer { margin-top: 3rem; color: var(--muted); font-size: 0.85rem; }
@media (max-width: 34rem) {
  body { padding: 1.5rem 1rem 3rem; }
  .facts { grid-template-columns: 1fr; gap: 0.1rem; } .facts dd { margin-bottom: 0.6rem; }
}
@media print {
  @page { margin: 16mm 15mm; }
  html { font-size: 9.5pt; }
  body { max-width: none; padding: 0; }
  h2 { margin-top: 1.6rem; } h1, h2, h3, caption, thead { break-after: avoid; }
  nav { display: none; }
  .verdict, .formula, pre { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .scroll { overflow: visible; } table { font-size: 8pt; } tr, .short, figure, .numbers, .verdict, li { break-inside: avoid; }
  thead { display: table-header-group; }
  figure { margin-bottom: 1.5rem; } figure svg { width: auto; max-width: 100%; max-height: 118mm; }
  #references pre { columns: 2; font-size: 6.5pt; }
  .numbers { grid-template-columns: repeat(5, 1fr); gap: 0.8rem; } .numbers dd { font-size: 14pt; } .numbers dd.detail { font-size: 8pt; }
  a { color: inherit; text-decoration: none; }
  .references a::after { content: " " attr(href); color: var(--muted); font-size: 0.85em; }
}
`.trim();
