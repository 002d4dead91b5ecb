import { basename, dirname, extname, join } from "node:path";
import { type Report, reportHtml, reportLatex, reportMarkdown } from "../report/index.ts";
import { jsonText } from "./answer.ts";
import { saveText } from "./files.ts";
import type { World } from "./world.ts";

/** What a report's file may end in: each is another form of it. */
export const reportEnds: readonly string[] = [".html", ".htm", ".md", ".pdf", ".json", ".tex"];

/** Writes the report, and for Markdown its figures; returns what was written. */
export async function saveReport(
  world: World,
  made: Report,
  out: string,
  inputs: readonly string[] = [],
): Promise<string[]> {
  const end = extname(out).toLowerCase();
  if (end === ".json") return save(out, jsonText(made));
  if (end === ".tex") return save(out, reportLatex(made));
  // loaded only here: what is printed or written as text needs no document
  const { svgText } = await import("../draw/index.ts");
  const drawn: Record<string, string> = {};
  for (const { blocks } of made.sections)
    for (const block of blocks)
      if (block.kind === "figure") drawn[block.id] = (await svgText(block.figure, { width: 820 })).trim();
  if (end === ".md") {
    const stem = basename(out, extname(out));
    const names = Object.fromEntries(Object.keys(drawn).map((id) => [id, `${stem}-${id}.svg`]));
    const files: string[] = [];
    for (const [id, name] of Object.entries(names))
      files.push(...(await save(join(dirname(out), name), `${drawn[id]}\n`)));
    return [...(await save(out, reportMarkdown(made, { figures: names }))), ...files];
  }
  const html = reportHtml(made, { figures: drawn });
  if (end !== ".pdf") return save(out, html);
  const { pdfOf } = await import("./report-pdf.ts");
  return save(out, await pdfOf(world, html));

  async function save(path: string, content: string | Uint8Array): Promise<string[]> {
    await saveText(world, path, content, { inputs });
    return [path];
  }
}
