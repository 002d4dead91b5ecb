import { nounSchemas } from "./nouns.ts";
import type { Route } from "./route.ts";
import { jsonSchema, type Schema } from "./schema.ts";

/** What a route may answer with instead, by status. */
const refusals: Readonly<Record<string, string>> = {
  "400": "the request can't be read",
  "401": "no token, or a wrong one",
  "403": "not allowed: another site, outside the folder, a program",
  "404": "no such file, sweep or run",
  "422": "read, and impossible: what, got, remedy say why",
};

const complaint = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["what", "got", "remedy"],
      properties: {
        what: { type: "string", description: "what can't be done, and why" },
        got: { type: ["string", "null"] },
        remedy: { type: ["string", "null"], description: "what to do instead" },
      },
    },
  },
};

/** The API by OpenAPI 3.1, from the routes themselves and the schemas that check their bodies. */
export function apiDescription(routes: readonly Route[], { version }: { version: string }): object {
  const schemas: Record<string, unknown> = { Complaint: complaint };
  for (const [name, schema] of Object.entries(nounSchemas)) schemas[name] = jsonSchema(schema, name);
  const named = (schema: Schema<unknown>, name: string): object => {
    schemas[name] ??= jsonSchema(schema, name);
    return ref(name);
  };
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    paths[route.path] ??= {};
    paths[route.path]![route.method] = operation(route, named);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "isoflop studio",
      version,
      description:
        "The verbs of isoflop over a folder of runs. Every request carries the token that isoflop studio printed, as Authorization: Bearer or as the cookie that opening /?token=… sets.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ token: [] }, { cookie: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        cookie: { type: "apiKey", in: "cookie", name: "isoflop-<port>" },
      },
    },
  };
}

const ref = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });

type Named = (schema: Schema<unknown>, name: string) => object;

function operation(
  { method, path, summary, query = {}, headers = {}, body, answers }: Route,
  named: Named,
): object {
  const name = operationName(method, path);
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, part]) => ({
      name: part,
      in: "path",
      required: true,
      schema: { type: "string" },
      description: part === "name" ? "a path from the folder, its slashes written %2F" : "a run's id",
    })),
    ...Object.entries(query).map(([name, description]) => parameter(name, "query", description)),
    ...Object.entries(headers).map(([name, description]) => parameter(name, "header", description)),
  ];
  const { status = 200, type, meaning, noun } = answers;
  const schema =
    noun === undefined ? {} : noun === "Fit" ? { anyOf: [ref("Fit"), ref("FrontierFit")] } : ref(noun);
  const errors = Object.entries(refusals).map(([status, description]) => [
    status,
    { description, content: { "application/json": { schema: ref("Complaint") } } },
  ]);
  return {
    operationId: name,
    summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === undefined ? {} : { requestBody: { content: bodyContent(body, name, named) } }),
    responses: {
      [status]: { description: meaning, content: { [type]: { schema } } },
      ...Object.fromEntries(errors),
    },
  };
}

function parameter(name: string, where: "query" | "header", description: string): object {
  return { name, in: where, required: false, schema: { type: "string" }, description };
}

function bodyContent(body: NonNullable<Route["body"]>, name: string, named: Named): object {
  const upper = name.charAt(0).toUpperCase() + name.slice(1);
  return Object.fromEntries(
    Object.entries(body).map(([type, schemas]) => {
      if (schemas === null) return [type, { schema: { type: "string" } }];
      // none said: any of the nouns
      if (schemas.length === 0) return [type, { schema: { anyOf: Object.keys(nounSchemas).map(ref) } }];
      const refs = schemas.map((schema, i) => named(schema, `${upper}Request${i === 0 ? "" : i + 1}`));
      return [type, { schema: refs.length === 1 ? refs[0] : { anyOf: refs } }];
    }),
  );
}

/** POST /api/sweeps/{name}/run → postSweepsNameRun. */
function operationName(method: string, path: string): string {
  const words = path
    .replace("/api/", "")
    .split(/\W+/)
    .filter((word) => word !== "");
  return [method, ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join("");
}
