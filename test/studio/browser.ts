import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumRemedy, findChromium } from "../../scripts/chromium.mjs";
import { figureMakers } from "../../src/figures/index.ts";
import { type ServedStudio, serveStudio } from "../../src/server/index.ts";

/** The system's own browser: none is downloaded. */
const chromiumPath = findChromium();

/** The studio as it is built; without it there is nothing to drive. */
const hasPages: boolean = existsSync(new URL("../../dist/studio/index.html", import.meta.url));

/** What is missing, in a line; null where nothing is. */
export const missing: string | null =
  chromiumPath === null
    ? `no Chromium: ${chromiumRemedy}`
    : hasPages
      ? null
      : "the studio is not built: npm run build";

/** A studio over a temporary folder, and a browser that looks at it. */
export interface Watched {
  readonly folder: string;
  readonly studio: ServedStudio;
  readonly open: (options?: { hash?: string; width?: number; dark?: boolean }) => Promise<Page>;
  /** What went wrong in any page so far. */
  readonly complaints: readonly string[];
  readonly close: () => Promise<void>;
}

export async function watch(): Promise<Watched> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "isoflop-studio-")));
  const studio = await serveStudio(folder, {
    port: 0,
    figureMakers,
    pollMs: 100,
    pages: new URL("../../dist/studio/", import.meta.url).pathname,
    sweeps: { executor: "inline", beatMs: 100 },
  });
  const browser: Browser = await chromium.launch({
    executablePath: chromiumPath!,
    args: ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"],
  });
  const complaints: string[] = [];
  return {
    folder,
    studio,
    complaints,
    async open({ hash = "", width = 1280, dark = false } = {}) {
      const context = await browser.newContext({
        viewport: { width, height: 860 },
        colorScheme: dark ? "dark" : "light",
        acceptDownloads: true,
      });
      await context.grantPermissions(["clipboard-read", "clipboard-write"], {
        origin: new URL(studio.url).origin,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        // a file that is there already is asked about: the browser logs the server's answer all the same
        if (message.type() === "error" && !message.text().includes("412 (Precondition Failed)"))
          complaints.push(message.text());
      });
      await page.goto(studio.link);
      if (hash !== "") await page.goto(`${studio.url}${hash}`);
      return page;
    },
    async close() {
      await browser.close();
      await studio.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
