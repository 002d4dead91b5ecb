import { spawnSync } from "node:child_process";

/** A Python that has PyTorch and numpy, or null: the user's own, else the system's. */
export function pythonWithTorch(): string | null {
  const has = (python: string): boolean =>
    spawnSync(python, ["-c", "import torch, numpy"], { stdio: "ignore" }).status === 0;
  return ["python3", "/usr/bin/python3"].find(has) ?? null;
}
