import type { Hardware } from "../models/index.ts";
import type { World } from "./world.ts";

/** Hardware of one's own from a file; none without one. What checks the file is loaded only then. */
export async function ownHardware(world: World, path: string | undefined): Promise<readonly Hardware[]> {
  if (path === undefined) return [];
  const { hardwareFromFile } = await import("./hardware-file.ts");
  return hardwareFromFile(world, path);
}
