/** Text on one line, as it is shown anywhere: no control characters, no marks that turn the direction of reading. */
export function plainLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "")
    .trim();
}

/** Text as HTML that shows it as it is, in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return plainLine(text).replaceAll(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);
}

/** The same where line breaks count, as in a block of code. */
export function escapeHtmlLines(text: string): string {
  return text
    .split("\n")
    .map((line) => (line.replace(/^\s*/, "") === "" ? "" : indent(line) + escapeHtml(line)))
    .join("\n");
}

function indent(line: string): string {
  return " ".repeat(line.length - line.trimStart().length);
}

/** Text as Markdown that shows it as it is, in a paragraph, a list or a cell of a table. */
export function escapeMarkdown(text: string): string {
  return plainLine(text)
    .replaceAll(/[\\`*[\]<>|$~&]/g, "\\$&")
    .replaceAll(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\_")
    .replace(/^(?:#{1,6}|[+-])(?=\s|$)|^(?:-{2,}|=+)$/, "\\$&")
    .replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2");
}

/** A fence longer than any in the text. */
export function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** An address that may be followed; null for any that would run something. */
export function safeUrl(url: string | null): string | null {
  return url !== null && /^https?:\/\/[^\s"'<>()\\]+$/.test(url) ? url : null;
}
