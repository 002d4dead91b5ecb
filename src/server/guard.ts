import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import { Refused } from "./refused.ts";

/** Who may ask. */
export interface GuardOptions {
  readonly token: string;
  /** Other names by which this server is reached, beside addresses and localhost; none on a loopback address. */
  readonly hosts?: readonly string[];
  /** Whether it listens beyond this machine. */
  readonly isPublic?: boolean;
}

/** What becomes of a request: it passes, or is answered at once. */
export type Guard = (request: Request) => Response | null;

/**
 * Lets in who has the token and comes from our own pages.
 *
 * Four doors, in this order. The `Host` must be one of ours, or an address: a page of another site that has its name
 * point at us (DNS rebinding) comes with that name. An `Origin`, which browsers send with whatever may change something,
 * must be ours, and so must `Sec-Fetch-Site`: no other page may ask in our user's name (CSRF). Then the token, as
 * `Authorization: Bearer`, or as the cookie that opening `/?token=…` sets; with the cookie, a change needs an `Origin`.
 *
 * @throws Refused
 */
export function guard({ token, hosts = [], isPublic = false }: GuardOptions): Guard {
  if (token.length < 16)
    throw new Error(`cannot serve: expected a token of at least 16 characters, got ${token.length}`);
  if (!/^[\w.~-]+$/.test(token))
    throw new Error("cannot serve: expected a token of letters, digits and -._~, got other characters");
  const wanted = digest(token);
  const isToken = (given: string): boolean => timingSafeEqual(digest(given), wanted);

  return (request) => {
    const url = new URL(request.url);
    const host = hostOf(request, url);
    if (!isOurs(host.name, { hosts, isPublic }))
      throw new Refused(403, "this host name is not served", {
        got: JSON.stringify(host.name),
        remedy: isPublic
          ? "start it with --host NAME, or use the address"
          : "use http://localhost or the address",
      });
    checkSite(request, host.whole);

    const given = url.searchParams.get("token");
    if (given !== null && url.pathname === "/" && request.method === "GET") {
      if (isToken(given)) return welcome(request, url, given);
      throw noToken("a wrong token");
    }
    const bearer = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    if (bearer !== undefined) {
      if (isToken(bearer)) return null;
      throw noToken("a wrong token");
    }
    const cookie = cookieOf(request, cookieName(url));
    if (cookie === null) throw noToken("none");
    if (!isToken(cookie)) throw noToken("a wrong or an old one");
    const isChange = request.method !== "GET" && request.method !== "HEAD";
    if (isChange && request.headers.get("origin") === null)
      throw new Refused(403, "a change by a cookie needs an Origin", {
        got: "none",
        remedy: "programs send Authorization: Bearer TOKEN instead",
      });
    return null;
  };
}

function noToken(got: string): Refused {
  return new Refused(401, "this studio asks for its token", {
    got,
    remedy: "open the link that isoflop studio printed, or send Authorization: Bearer TOKEN",
  });
}

/** The host as the client wrote it, and its name alone. */
function hostOf(request: Request, url: URL): { whole: string; name: string } {
  const whole = (request.headers.get("host") ?? url.host).toLowerCase();
  try {
    return { whole, name: new URL(`http://${whole}`).hostname.replace(/^\[|\]$/g, "") };
  } catch {
    return { whole, name: whole };
  }
}

function isOurs(
  name: string,
  { hosts, isPublic }: Required<Pick<GuardOptions, "hosts" | "isPublic">>,
): boolean {
  if (name === "localhost" || name === "::1" || /^127\.\d+\.\d+\.\d+$/.test(name)) return true;
  // an address can't be pointed at us by somebody's name server
  return isPublic && (isIP(name) !== 0 || hosts.some((host) => host.toLowerCase() === name));
}

/** Refuses what a page of another site asks for; a person who follows a link to us is no such thing. */
function checkSite(request: Request, host: string): void {
  const origin = request.headers.get("origin");
  const refuse = (got: string): Refused =>
    new Refused(403, "another site's page may not ask this", { got, remedy: "open the studio itself" });
  if (origin !== null && origin !== `http://${host}` && origin !== `https://${host}`) throw refuse(origin);
  const site = request.headers.get("sec-fetch-site");
  const isVisit = request.headers.get("sec-fetch-mode") === "navigate" && request.method === "GET";
  if (site !== null && site !== "same-origin" && site !== "none" && !isVisit) throw refuse(site);
}

/** Studios on several ports share a host's cookies: each has its own name. */
function cookieName({ port }: URL): string {
  return `isoflop-${port === "" ? "80" : port}`;
}

function cookieOf(request: Request, name: string): string | null {
  const all = (request.headers.get("cookie") ?? "").split(";").map((part) => part.trim());
  const found = all.find((part) => part.startsWith(`${name}=`));
  return found === undefined ? null : found.slice(name.length + 1);
}

/** Keeps the token as a cookie and takes it out of the address. */
function welcome(request: Request, url: URL, token: string): Response {
  url.searchParams.delete("token");
  const place = `/${url.search}`;
  const headers = {
    "Set-Cookie": `${cookieName(url)}=${token}; Path=/; HttpOnly; SameSite=Strict`,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
  };
  const site = request.headers.get("sec-fetch-site");
  if (site === null || site === "none" || site === "same-origin")
    return new Response(null, { status: 302, headers: { ...headers, Location: place } });
  // Of a visit that another page began (a mail, a file), a redirect would not carry the cookie; our own page does.
  const page = `<!doctype html><meta charset="utf-8"><title>isoflop</title><meta http-equiv="refresh" content="0;url=${escaped(place)}">`;
  return new Response(page, { headers: { ...headers, "Content-Type": "text/html; charset=utf-8" } });
}

/** Text as HTML shows it. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** Of one length whatever is compared, so that the time tells nothing. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
