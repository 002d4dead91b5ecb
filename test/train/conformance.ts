import { expect, test } from "vitest";
import type { RunSpec } from "../../src/runs/index.ts";
import { type TestTrainerOptions, type Trainer, testTrainer } from "../../src/train/index.ts";

/** The suite that strangers have, as a test: what every trainer does, whatever it trains. */
export function trainerConformance(
  name: string,
  open: () => Trainer | Promise<Trainer>,
  spec: RunSpec,
  options: TestTrainerOptions = {},
): void {
  test(`${name} keeps the contract of a trainer`, async () => {
    const checks = await testTrainer(open, spec, options);
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(checks).toHaveLength(10);
  });
}
