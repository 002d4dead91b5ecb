import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fitSchema } from "../../src/fit/index.ts";
import { plan, planSchema, planSweep } from "../../src/plan/index.ts";
import { type SweepRecord, writeSweep } from "../../src/sweep/index.ts";
import { missing, type Watched, watch } from "./browser.ts";
import { planted, plantedCsv } from "./runs.ts";

// Five journeys through the studio as it is built, in the system's own Chromium, and what holds on all of them: no
// error in the page, no serious violation of accessibility.

if (missing !== null) console.warn(`the studio's journeys are skipped: ${missing}`);

/** Serious and critical violations, a line each. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = (await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  )) as { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`);
}

const numberOf = async (page: Page, name: string): Promise<string> =>
  (await page.textContent(`[data-number=${name}]`)) ?? "";

const parameter = async (page: Page, name: string): Promise<number> =>
  Number(await page.textContent(`[data-parameter=${name}]`));

/** Until the last refit is done. */
async function drawn(page: Page): Promise<void> {
  await page.getByText(/ refits$/).waitFor();
}

describe.skipIf(missing !== null)("the studio", () => {
  let watched: Watched;
  beforeAll(async () => {
    watched = await watch();
    writeFileSync(join(watched.folder, "runs.csv"), plantedCsv());
    writeFileSync(join(watched.folder, "outlier.csv"), plantedCsv({ outliers: 1 }));
    writeFileSync(join(watched.folder, "broken.csv"), plantedCsv().replace(/^(\d+),\d+,/m, "$1,nan,"));
    const { specs } = planSweep({
      budgets: [1e15, 1e16],
      sizesPerBudget: 4,
      trainer: "synthetic",
      settings: { noise: 0.003, curvePoints: 12, pauseMs: 60 },
    });
    const record: SweepRecord = {
      format: "isoflop.sweeprecord/1",
      name: "ladder",
      specs,
      command: null,
      concurrency: null,
      hours: null,
    };
    await writeSweep(join(watched.folder, "ladder"), record);
  });
  afterAll(() => watched?.close());

  const openRuns = async (name: string, options = {}): Promise<Page> => {
    const page = await watched.open(options);
    await page.getByRole("button", { name, exact: true }).click();
    return page;
  };

  test("CSV → fit → plan → report: the planted law is found, a budget moves N*, and what is saved is what the command line reads", async () => {
    const page = await openRuns("runs.csv");
    await page.getByTestId("plan").waitFor();
    await drawn(page);
    // 48 rows with noise of 0.2 %: the exponents come back to some hundredths
    expect(await parameter(page, "alpha")).toBeCloseTo(planted.alpha!, 1);
    expect(await parameter(page, "beta")).toBeCloseTo(planted.beta!, 1);

    const before = await numberOf(page, "params");
    await page.getByRole("textbox", { name: "Budget" }).fill("512 H100 for 30 days at 40% MFU");
    await page.keyboard.press("Enter");
    await expect.poll(() => numberOf(page, "params")).not.toBe(before);
    expect(await page.getByRole("textbox", { name: "Budget" }).inputValue()).toBe("5.25e23 FLOPs");
    expect(await page.textContent("[data-interval=params]")).toMatch(/^[\d.]+B – [\d.]+B$/);
    expect(await numberOf(page, "dollars")).toMatch(/^\$/);
    expect(await violations(page)).toEqual([]);

    for (const noun of ["Fit", "Plan"]) {
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("menuitem", { name: new RegExp(`^${noun} `) }).click();
      await page.getByText(`Saved as runs.${noun.toLowerCase()}.json`).waitFor();
    }
    // written once more: it is our own, so nobody is asked; one of somebody else's is asked for
    await page.getByText("Saved as").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("menuitem", { name: /^Fit / }).click();
    await page.getByText("Saved as runs.fit.json").waitFor();
    writeFileSync(join(watched.folder, "runs.plan.json"), "{}");
    const asked = new Promise<string>((resolve) =>
      page.once("dialog", (dialog) => {
        resolve(dialog.message());
        void dialog.accept();
      }),
    );
    await page.getByText("Saved as").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("menuitem", { name: /^Plan / }).click();
    expect(await asked).toBe("runs.plan.json is there already. Replace it?");
    await page.getByText("Saved as runs.plan.json").waitFor();
    const readNoun = (name: string): unknown => JSON.parse(readFileSync(join(watched.folder, name), "utf8"));
    const fit = fitSchema.parse(readNoun("runs.fit.json"));
    const saved = planSchema.parse(readNoun("runs.plan.json"));
    expect(fit.rows).toBe(48);
    expect(saved.optimum).toEqual(plan(fit, saved.budget.flops).optimum);

    await page.getByRole("button", { name: "Report", exact: true }).click();
    const report = page.frameLocator("iframe[title='The report']");
    await report.getByRole("heading", { name: /chinchilla fitted to 48 rows/ }).waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "HTML" }).click();
    expect((await download).suggestedFilename()).toBe("runs.report.html");
    const html = readFileSync((await (await download).path())!, "utf8");
    expect(html).toContain("<svg");
    expect(html).not.toMatch(/src="https?:/);
  });

  test("a live sweep: run, watched, paused, resumed, and its runs fitted", async () => {
    const page = await openRuns("ladder");
    await page.getByTestId("sweep").waitFor();
    expect(await page.textContent("[data-testid=sweep-status]")).toContain("not begun");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await page.getByTestId("curves").waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Resume" }).click();
    await expect.poll(() => page.textContent("[data-fact=finished]"), { timeout: 60_000 }).toBe("8 of 8");
    await page.getByRole("list", { name: "Runs of the sweep" }).getByRole("button").first().click();
    await page.getByLabel("Log", { exact: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Fit the 8 finished runs" }).click();
    await page.getByTestId("plan").waitFor();
    expect(await page.textContent("[data-testid=fit-time]")).toContain("8 runs");
  });

  test("laws compared: ranked by what they say of larger runs, and the best put to use", async () => {
    const page = await openRuns("runs.csv");
    await page.getByTestId("plan").waitFor();
    await page.getByRole("button", { name: "Compare", exact: true }).click();
    for (const name of ["farseer", "overtraining", "kaplan-c", "family-power"])
      if (await page.getByRole("checkbox", { name, exact: true }).count())
        await page.getByRole("checkbox", { name, exact: true }).uncheck();
    await page.getByRole("button", { name: /^Compare \d laws$/ }).click();
    await page.getByTestId("comparison").waitFor();
    // the rows were made by it
    expect(await page.getByTestId("comparison").getByRole("rowheader").first().textContent()).toMatch(
      /^chinchilla/,
    );
    expect(await violations(page)).toEqual([]);
    await page
      .getByRole("row", { name: /^kaplan-nd/ })
      .getByRole("button", { name: "Use" })
      .click();
    await page.getByRole("combobox", { name: "Law" }).getByText("kaplan-nd").waitFor();
  });

  test("an outlier is left out with a click, in the table or in the picture; a reason is kept, undo takes it back, and the address opens the same view", async () => {
    const page = await openRuns("outlier.csv");
    await page.getByTestId("plan").waitFor();
    const exponent = (): Promise<number> => parameter(page, "exponent-a");
    // Huber's loss hardly notices one row of fifty; squares do
    const robust = await exponent();
    await page.getByRole("combobox", { name: "Minimises" }).selectOption("squared-log");
    await expect.poll(exponent).not.toBe(robust);
    const before = await exponent();
    await page.getByRole("checkbox", { name: "Use row 2", exact: true }).click();
    await expect.poll(exponent).not.toBe(before);
    const after = await exponent();
    // ln N* ∝ a·ln C with a = β/(α + β) of the law that the other rows were made with
    const truth = planted.beta! / (planted.alpha! + planted.beta!);
    expect(Math.abs(after - truth)).toBeLessThan(Math.abs(before - truth));
    await page.getByRole("textbox", { name: "Why row 2 is left out" }).fill("the node died");
    await page.keyboard.press("Enter");
    await page.getByText("49 of 49 runs, 1 left out").waitFor();

    await page.getByRole("button", { name: "Share" }).click();
    await page.getByText("on the clipboard").waitFor();
    const address = (await page.evaluate("navigator.clipboard.readText()")) as string;
    const again = await watched.open({ hash: new URL(address).hash });
    await again.getByText("49 of 49 runs, 1 left out").waitFor();
    expect(await again.getByRole("textbox", { name: "Why row 2 is left out" }).inputValue()).toBe(
      "the node died",
    );
    await expect.poll(() => parameter(again, "exponent-a")).toBe(after);

    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(exponent).toBe(before);
    await page.getByRole("button", { name: "Redo" }).click();
    await expect.poll(exponent).toBe(after);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(exponent).toBe(before);

    // the same in the picture: it lies far above all others, at C = 6·4e8·9e9
    await page.getByTestId("figure").locator("svg").first().waitFor();
    const overlay = (await page.getByTestId("overlay").boundingBox())!;
    const [x, y] = (await page.evaluate(`(() => {
      const dots = [...document.querySelectorAll("[data-testid=figure] circle, [data-testid=figure] [aria-hidden] path")];
      const boxes = dots.map((dot) => dot.getBoundingClientRect()).filter(({ width, height }) => width < 12 && height < 12 && width > 2);
      const top = boxes.reduce((best, box) => (box.top < best.top ? box : best));
      return [top.left + top.width / 2, top.top + top.height / 2];
    })()`)) as [number, number];
    expect(y).toBeGreaterThan(overlay.y);
    await page.mouse.move(x, y);
    await page.getByRole("tooltip").getByText("Row 2").waitFor();
    await page.mouse.click(x, y);
    await expect.poll(exponent).toBe(after);
  });

  test("a broken file: said with its row and its column, and mended with a click; a program is not run", async () => {
    const page = await openRuns("broken.csv");
    const alert = page.getByRole("alert");
    await alert.waitFor();
    const said = await alert.textContent();
    expect(said).toContain("broken.csv, row 2");
    expect(said).toContain('"nan"');
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Leave unreadable rows out" }).click();
    await page.getByTestId("plan").waitFor();
    expect(await page.textContent("[data-testid=fit-time]")).toContain("47 runs");

    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Open…" }).click();
    await (await chooser).setFiles({
      name: "mine.ts",
      mimeType: "text/plain",
      buffer: Buffer.from("export default 1"),
    });
    await page.getByText("programs are not run in the studio").waitFor();
    expect(existsSync(join(watched.folder, "mine.ts"))).toBe(false);
  });

  test("what next: the run that would teach most is named, in the dark as in the light", async () => {
    const page = await openRuns("runs.csv", { dark: true });
    await page.getByTestId("plan").waitFor();
    await page.getByRole("button", { name: "What next?" }).click();
    await page.getByTestId("next-run").waitFor();
    expect(await page.getByTestId("next-run").textContent()).toMatch(/One more run of .* parameters/);
    expect(await violations(page)).toEqual([]);
  });

  test("on a narrow screen nothing runs out of it", async () => {
    const page = await watched.open({ width: 800 });
    await page.getByRole("button", { name: "Files" }).click();
    await page.getByRole("button", { name: "runs.csv", exact: true }).click();
    await page.getByTestId("plan").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(800);
    expect(await violations(page)).toEqual([]);
  });

  test("no page complained", () => {
    expect(watched.complaints).toEqual([]);
  });
});
