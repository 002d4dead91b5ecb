import * as z from "zod";
import { didYouMean } from "../numeric/index.ts";
import { defineLaw, type Law } from "./law.ts";

const domain = z.union([z.enum(["real", "positive", "unit"]), z.tuple([z.number(), z.number()])]);
const kind = z.enum(["loss", "task", "sampling", "recipe"]);
const numbers = z.record(z.string(), z.number());
const source = z.object({
  authors: z.string(),
  year: z.number(),
  title: z.string(),
  url: z.string(),
  where: z.string(),
});
const parameter = z.object({
  in: domain,
  start: z.array(z.number()),
  meaning: z.string(),
  unit: z.string().optional(),
});
const set = z.object({
  parameters: numbers,
  from: z.string(),
  params: z.enum(["total", "nonEmbedding", "active", "unstated"]).optional(),
  range: z.record(z.string(), z.tuple([z.number(), z.number()])).optional(),
  note: z.string().optional(),
  caution: z.string().optional(),
  flopsPerToken: z.string().optional(),
});
const published = z.object({
  set: z.string(),
  at: numbers,
  gives: z.number(),
  within: z.number(),
  where: z.string(),
});

/** The contract of a law inside another noun's JSON; {@link readLaw} reads what people write. */
export const lawSchema: z.ZodType<Law> = z.object({
  name: z.string(),
  title: z.string(),
  kind,
  formula: z.string(),
  inputs: z.record(z.string(), z.string()),
  output: z.string(),
  unit: z.string().optional(),
  parameters: z.record(z.string(), parameter),
  source,
  sets: z.record(z.string(), set),
  published: z.array(published),
  unverified: z.string().optional(),
  caution: z.string().optional(),
  noBudget: z.string().optional(),
  notes: z.array(z.string()),
});

/** What a person has to write, and what they may. Unknown keys are refused: a misspelt one would be lost in silence. */
const draft = z.strictObject({
  format: z.literal("isoflop.law/1").optional(),
  name: z.string().min(1).optional(),
  title: z.string().optional(),
  kind: kind.optional(),
  formula: z.string(),
  inputs: z.record(z.string(), z.string()),
  output: z.string().min(1),
  unit: z.string().optional(),
  parameters: z.record(z.string(), z.strictObject(parameter.shape).partial()).optional(),
  source: z.strictObject(source.shape).optional(),
  sets: z.record(z.string(), z.strictObject(set.shape)).optional(),
  published: z.array(z.strictObject(published.shape)).optional(),
  unverified: z.string().optional(),
  caution: z.string().optional(),
  noBudget: z.string().optional(),
  notes: z.array(z.string()).optional(),
});

/**
 * A law from JSON, checked: at the least a formula, its inputs and its output.
 *
 * @param origin the file, for messages; a law without a name takes the file's
 * @example readLaw({ formula: "E + A / N^alpha", inputs: { params: "N" }, output: "loss" }, "mine.json").name // "mine"
 */
export function readLaw(json: unknown, origin: string): Law {
  const read = draft.safeParse(json);
  if (!read.success)
    throw new Error(`cannot read the law in ${origin}: ${complaint(read.error.issues[0]!, json)}`);
  const { format: _, name = nameOf(origin), ...rest } = read.data;
  try {
    return checked(defineLaw({ name, ...rest }));
  } catch (error) {
    throw new Error(`${origin}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What defineLaw takes on trust from a file in the repository, and not from a stranger's. */
function checked(law: Law): Law {
  for (const { set, at } of law.published) {
    if (!Object.hasOwn(law.sets, set))
      throw new Error(`cannot use a published value of "${set}": there is no such set`);
    for (const quantity of Object.keys(law.inputs))
      if (at[quantity] === undefined)
        throw new Error(`cannot use a published value of "${set}": it has no ${quantity}`);
  }
  for (const [name, { start }] of Object.entries(law.parameters))
    if (start.length === 0) throw new Error(`cannot define the law "${law.name}": "${name}" has no start`);
  return law;
}

function nameOf(origin: string): string {
  const file = origin.slice(Math.max(origin.lastIndexOf("/"), origin.lastIndexOf("\\")) + 1);
  return file.replace(/\.[^.]*$/, "") || "law";
}

function complaint(issue: z.core.$ZodIssue, json: unknown): string {
  const path = issue.path.map(String).join(".");
  const at = path === "" ? "" : `${path}: `;
  if (issue.code === "unrecognized_keys") {
    const known = issue.path.length === 0 ? Object.keys(draft.shape) : [];
    const near = didYouMean(issue.keys[0]!, known);
    return `${at}unknown key "${issue.keys[0]}"${near === null ? "" : `; did you mean "${near}"?`}`;
  }
  let value: unknown = json;
  for (const key of issue.path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  const got = value === undefined ? "nothing" : JSON.stringify(value);
  return `${at}${issue.message.replace(/^Invalid input: /, "").replace(/, received .*$/, "")}, got ${got}`;
}
