import { type Fit, type FrontierFit, fitSchema, frontierFitSchema } from "../fit/index.ts";
import { readJson } from "./files.ts";
import type { World } from "./world.ts";

/** The fit of a law from its file. */
export async function readFit(world: World, file: string): Promise<Fit> {
  const made = await readAnyFit(world, file);
  if (made.approach === 3) return made;
  throw new Error(
    `cannot use ${file} here: approach ${made.approach} says where the best model lies and has no law of the loss; fit one with --approach 3`,
  );
}

/** A fit by any approach from its file, read by its `approach`. */
export async function readAnyFit(world: World, file: string): Promise<Fit | FrontierFit> {
  const { json, origin } = await readJson(world, file);
  const format = typeof json === "object" && json !== null && "format" in json ? json.format : null;
  if (format !== "isoflop.fit/1")
    throw new Error(
      `cannot read ${origin}: expected a fit (format "isoflop.fit/1"), got ${format === null ? "JSON without a format" : JSON.stringify(format)}; make one with isoflop fit runs.csv -o fit.json`,
    );
  const { approach } = json as { approach?: unknown };
  const read = (approach === 1 || approach === 2 ? frontierFitSchema : fitSchema).safeParse(json);
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0];
  throw new Error(`cannot read ${origin}: it is no whole fit: ${path.join(".")}: ${message}`);
}
