import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Failed } from "./fail.ts";
import type { World } from "./world.ts";

const names = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "chrome",
  "microsoft-edge",
  "msedge",
  "chrome.exe",
  "msedge.exe",
];
const places = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
];

/** The pages of an HTML file as a PDF, printed by a browser of this machine, which loads nothing from anywhere. */
export async function pdfOf(world: World, html: string): Promise<Uint8Array> {
  const browser = await findBrowser(world);
  if (browser === null)
    throw new Failed(
      "cannot write a PDF: no Chromium, Chrome or Edge was found (CHROME_PATH may name one); write report.html instead, open it and print it",
    );
  const folder = await mkdtemp(join(tmpdir(), "isoflop-pdf-"));
  try {
    const page = join(folder, "report.html");
    const pdf = join(folder, "report.pdf");
    await writeFile(page, html);
    await print(browser, [
      "--headless",
      "--disable-gpu",
      "--disable-extensions",
      "--disable-background-networking",
      "--no-first-run",
      // a browser refuses to sandbox itself as root, and this page has no scripts
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      `--user-data-dir=${join(folder, "profile")}`,
      "--no-pdf-header-footer",
      `--print-to-pdf=${pdf}`,
      pathToFileURL(page).href,
    ]);
    return await readFile(pdf).catch(() => {
      throw new Failed(
        `cannot write a PDF: ${browser} printed nothing; write report.html instead, open it and print it`,
      );
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The first browser that there is: the one that CHROME_PATH names, else one on the path, else one where macOS keeps it. */
async function findBrowser({ env }: World): Promise<string | null> {
  const named = env.CHROME_PATH;
  if (named !== undefined && named !== "") {
    if (await isProgram(named)) return named;
    throw new Failed(`cannot write a PDF: CHROME_PATH names ${named}, which is no program`);
  }
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const place of [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...places])
    if (await isProgram(place)) return place;
  return null;
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function print(browser: string, options: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(browser, options, { timeout: 120_000, maxBuffer: 1e7 }, (error, _, said) => {
      const last = said.trim().split("\n").at(-1) ?? "";
      if (error === null) resolve();
      else
        reject(
          new Failed(
            `cannot write a PDF: ${browser} ${error.killed ? "took more than two minutes" : `failed (${last === "" ? error.message.split("\n")[0] : last})`}; write report.html instead, open it and print it`,
          ),
        );
    });
  });
}
