import { escaped } from "./guard.ts";
import type { Complaint } from "./refused.ts";

/** What a person sees who comes without a token, or to nothing. */
export function complaintPage({ what, got, remedy }: Complaint, status: number): Response {
  const said = `${what}${got === null ? "" : `, got ${got}`}`;
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>isoflop studio</title>
<style>
  :root { color-scheme: light dark; font: 17px/1.55 system-ui, sans-serif; }
  body { display: grid; place-content: center; min-height: 90vh; margin: 0 1.5rem; }
  main { max-width: 34rem; } h1 { font-size: 1.15rem; margin: 0 0 .5rem; } p { margin: 0; opacity: .8; }
</style>
<main><h1>${escaped(said.charAt(0).toUpperCase() + said.slice(1))}</h1>
<p>${remedy === null ? "" : escaped(remedy.charAt(0).toUpperCase() + remedy.slice(1))}</p></main>
</html>
`;
  return new Response(page, { status, headers: { "Content-Type": "text/html; charset=utf-8" } });
}
