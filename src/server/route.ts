import { readAs } from "./nouns.ts";
import { Refused } from "./refused.ts";
import type { Schema } from "./schema.ts";
import type { Studio, VerbContext } from "./studio.ts";

/** A request that was let in, taken apart. */
export interface Asked {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly request: Request;
}

/** What a route gives: the noun that its schema describes, or bytes of some type. */
interface Answers {
  readonly status?: number;
  readonly type: string;
  readonly meaning: string;
  /** A noun by its name in the API's description. */
  readonly noun?: string;
}

/** A route: what the API's description says of it, and what it does. */
export interface Route {
  readonly method: "get" | "post" | "put";
  /** Names stand in braces. */
  readonly path: string;
  readonly summary: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body by its type; null for text of that type. */
  readonly body?: Readonly<Record<string, readonly Schema<unknown>[] | null>>;
  readonly answers: Answers;
  /** Of a verb: the same for whoever has no more than a verb needs. */
  readonly verb?: (request: Request, context: VerbContext) => Promise<Response>;
  readonly handle: (asked: Asked, studio: Studio) => Promise<Response>;
}

/** A route that takes JSON and gives a noun: one of the verbs of the command line. */
export function verbRoute<T>({
  name,
  summary,
  body,
  noun,
  work,
}: {
  readonly name: string;
  readonly summary: string;
  /** One schema, or another for approaches 1 and 2. */
  readonly body: readonly [Schema<T>, ...Schema<T>[]];
  readonly noun: string;
  /** Gives the noun, or an answer of another type. */
  readonly work: (given: T, context: VerbContext) => Promise<unknown>;
}): Route {
  const verb: NonNullable<Route["verb"]> = async (request, context) => {
    const json = await jsonBody(request);
    const made = await work(readAs(schemaFor(body, json), json, "the request"), context);
    return made instanceof Response ? made : Response.json(made);
  };
  return {
    method: "post",
    path: `/api/${name}`,
    summary,
    body: { "application/json": body },
    answers: { type: "application/json", meaning: "as the command line's --json", noun },
    verb,
    handle: ({ request }, studio) => verb(request, studio),
  };
}

/** Of two schemas the second is that of approaches 1 and 2. */
function schemaFor<T>(body: readonly [Schema<T>, ...Schema<T>[]], json: unknown): Schema<T> {
  const { approach } = (json ?? {}) as { approach?: unknown };
  return body[1] !== undefined && (approach === 1 || approach === 2) ? body[1] : body[0];
}

/** The JSON of a request's body; one without a body is an empty object. */
export async function jsonBody(request: Request): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  const text = await request.text();
  if (text === "") return {};
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(type))
    throw new Refused(415, "expected a body of JSON", {
      got: type === "" ? "no Content-Type" : type,
      remedy: "send Content-Type: application/json",
    });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refused(
      400,
      `cannot read the request: expected JSON (${error instanceof Error ? error.message : ""})`,
    );
  }
}
