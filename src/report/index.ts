/** Pages made from the nouns themselves: what they say can't differ from what the code does. */
export { checklist } from "./checklist.ts";
export { fitCommand, shellWords } from "./commands.ts";
export { type Compared, type ReportChange, type ReportDiff, reportDiff } from "./diff.ts";
export { formulaHtml } from "./formula-html.ts";
export { type HtmlOptions, reportHtml } from "./html.ts";
export { reportLatex } from "./latex.ts";
export { lawIndexPage, lawPage } from "./law-page.ts";
export { type MarkdownOptions, reportMarkdown } from "./markdown-report.ts";
export type { ReportMaterials } from "./materials.ts";
export type {
  ChecklistBlock,
  CodeBlock,
  FactsBlock,
  FigureBlock,
  FormulaBlock,
  KeyNumber,
  ListBlock,
  Reference,
  Report,
  ReportBlock,
  ReportSection,
  ReportSummary,
  TableBlock,
  TableColumn,
  TextBlock,
  WarningsBlock,
} from "./noun.ts";
export { type ReportOptions, report } from "./report.ts";
export { efficiencyOf } from "./runs-section.ts";
export { reportSchema } from "./schema.ts";
export { summaryOf } from "./summary.ts";
