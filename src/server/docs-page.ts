import { escaped } from "./guard.ts";
import type { Route } from "./route.ts";

/** A page that says what the API has: plain HTML, without a script and without a network. */
export function docsPage(routes: readonly Route[], { version }: { version: string }): string {
  const sections = routes.map((route) => {
    const { method, path, summary, query = {}, headers = {}, body, answers } = route;
    const rows = [
      ...Object.entries(query).map(([name, meaning]) => [`?${name}`, meaning]),
      ...Object.entries(headers).map(([name, meaning]) => [name, meaning]),
      ...(body === undefined ? [] : [["body", Object.keys(body).join(", ")]]),
      [
        `${answers.status ?? 200}`,
        `${answers.type}${answers.noun === undefined ? "" : `, a ${answers.noun}`}: ${answers.meaning}`,
      ],
    ];
    const cells = rows.map(([name, text]) => `<dt>${escaped(name!)}</dt><dd>${escaped(text!)}</dd>`).join("");
    return `<section><h2><b>${method.toUpperCase()}</b> <code>${escaped(path)}</code></h2><p>${escaped(summary)}</p><dl>${cells}</dl></section>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>isoflop studio: HTTP API</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 52rem; margin: 3rem auto; padding: 0 1rem; }
  h2 { font-size: 1rem; margin: 0; } h2 b { display: inline-block; min-width: 3.2rem; font-size: .8rem; opacity: .7; }
  section { border-top: 1px solid color-mix(in srgb, currentColor 18%, transparent); padding: 1rem 0; }
  p { margin: .3rem 0; } dl { display: grid; grid-template-columns: 9rem 1fr; gap: .1rem 1rem; margin: .3rem 0 0; font-size: .9rem; }
  dt { font-family: ui-monospace, monospace; opacity: .75; } dd { margin: 0; } code { font-family: ui-monospace, monospace; }
</style>
<h1>isoflop studio ${escaped(version)}: HTTP API</h1>
<p>The same verbs as the command line, over the folder that the studio was started in. Every request carries the token, as
<code>Authorization: Bearer …</code> or as the cookie of this page. Names of files and sweeps are paths from the folder. What can't be done is answered as
<code>{ "error": { "what", "got", "remedy" } }</code>. <a href="/api/openapi.json">openapi.json</a> has the schemas (OpenAPI 3.1).</p>
${sections.join("\n")}
</html>
`;
}
