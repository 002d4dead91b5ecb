import { extname } from "node:path";
import { type Hardware, readHardware } from "../models/index.ts";
import { readInput, readJson } from "./files.ts";
import type { World } from "./world.ts";

/** Hardware of one's own from a YAML or JSON file. */
export async function hardwareFromFile(world: World, path: string): Promise<readonly Hardware[]> {
  if (extname(path) === ".json") {
    const { json, origin } = await readJson(world, path);
    return readHardware(json, origin);
  }
  const { text, origin } = await readInput(world, path);
  const { parse } = await import("yaml");
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new Error(`cannot read ${origin}: expected YAML (${reason.replace(/:$/, "")})`);
  }
  return readHardware(value, origin);
}
