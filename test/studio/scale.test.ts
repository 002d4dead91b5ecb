import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chinchilla, lawFunction } from "../../src/laws/index.ts";
import type { Run } from "../../src/runs/index.ts";
import { missing, type Watched, watch } from "./browser.ts";
import { planted, plantedCsv } from "./runs.ts";

// Large tables stay fluid because a page holds what is seen and no more: that is counted here, as it is the same on every
// machine, and not timed.

/** JSON lines of runs with a curve of so many points each. */
function curvesJsonl(runs: number, points: number): string {
  const value = lawFunction(chinchilla, planted);
  const lines = Array.from({ length: runs }, (_, i) => {
    const params = Math.round(1e7 * 100 ** (i / runs));
    const tokens = params * (10 + (i % 7) * 10);
    const curve = Array.from({ length: points }, (_, k) => {
      const seen = Math.round((tokens * (k + 1)) / points);
      return { step: k + 1, tokens: seen, loss: value({ params, tokens: seen }), split: "train" as const };
    });
    const run: Run = {
      format: "isoflop.run/1",
      id: `run-${i}`,
      spec: null,
      status: "finished",
      parameters: { total: params },
      tokens,
      uniqueTokens: null,
      flops: null,
      losses: [{ value: curve.at(-1)!.loss, unit: "nats/token", split: "train", name: null }],
      curve,
      seconds: null,
      origin: { source: "the test", row: null },
      extra: {},
    };
    return JSON.stringify(run);
  });
  return `${lines.join("\n")}\n`;
}

const count = (page: Page, selector: string): Promise<number> => page.locator(selector).count();

describe.skipIf(missing !== null)("ten thousand runs and a hundred thousand points of curves", () => {
  let watched: Watched;
  let page: Page;
  beforeAll(async () => {
    watched = await watch();
    writeFileSync(join(watched.folder, "many.csv"), plantedCsv({ sizes: 1667 }));
    writeFileSync(join(watched.folder, "curves.jsonl"), curvesJsonl(100, 1000));
    page = await watched.open();
  });
  afterAll(() => watched?.close());

  test("10,002 runs: the table holds the rows in sight, the picture's dots are on a canvas, and a click refits", async () => {
    await page.getByRole("button", { name: "many.csv", exact: true }).first().click();
    await page.getByTestId("plan").waitFor();
    await page.getByText("10,002 of 10,002 runs").waitFor();
    await page.locator("[data-testid=figure] canvas").waitFor();
    expect(await count(page, "[data-line]")).toBeLessThan(80);
    expect(await count(page, "[data-testid=figure] svg *")).toBeLessThan(1000);
    await page.getByRole("checkbox", { name: "Use row 3", exact: true }).click();
    await expect.poll(() => page.textContent("[data-testid=fit-time]")).toContain("10,001 runs");
    await page.locator("[role=grid]").press("End");
    await page.locator("[data-line='10003']").waitFor();
    expect(await count(page, "[data-line]")).toBeLessThan(80);
  });

  test("100 curves of 1,000 points: a canvas, no elements; the run that is pointed at is named", async () => {
    await page.getByRole("button", { name: "curves.jsonl", exact: true }).first().click();
    await expect.poll(() => page.textContent("[data-testid=fit-time]")).toContain("100 runs");
    await page.getByRole("tab", { name: "Curves" }).click();
    await page.getByText("100 curves by size").waitFor();
    const curves = page.getByTestId("curves");
    expect(await curves.locator("canvas").count()).toBe(1);
    expect(await curves.locator("path, circle").count()).toBe(0);
    const box = (await curves.boundingBox())!;
    await expect
      .poll(async () => {
        for (let y = 60; y < box.height - 60; y += 6) await page.mouse.move(box.x + box.width / 2, box.y + y);
        await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
        return curves.textContent();
      })
      .toMatch(/run-\d+, [\d.]+[MB] parameters/);
    expect(watched.complaints).toEqual([]);
  });
});
