import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { figureMakers } from "../../figures/index.ts";
import { createPool } from "../../pool/index.ts";
import { serveStudio, usualPort } from "../../server/index.ts";
import { jsonText, openAnswer } from "../answer.ts";
import { invocation } from "../invocation.ts";
import { wholeOption } from "../options.ts";
import { labelled } from "../text.ts";
import { type RunnableVerb, verb } from "../verb.ts";
import type { World } from "../world.ts";

/** isoflop studio: a folder → its studio in the browser, until Ctrl-C. */
export function studioVerb(world: World): RunnableVerb {
  return verb(
    world,
    "studio",
    "Opens a folder of runs, fits and sweeps in the browser: fit while you drag, watch sweeps, save what the other commands read. It serves this machine alone, works without a network, and asks for a token, which the printed link carries.",
    ["studio", "studio ladder --no-open", "studio . --port 8080", "studio . --host 0.0.0.0 --no-open"],
  )
    .argument("[folder]", "what it works in", ".")
    .option(
      "--port <n>",
      `where it listens (default: ${usualPort}, or the next free one)`,
      wholeOption("--port"),
    )
    .option(
      "--host <address>",
      "listen there, so that others reach it: whoever has the link may do what you may",
      "127.0.0.1",
    )
    .option("--no-open", "don't open a browser")
    .action(async (folder, { port, host, open, ...options }) => {
      const answer = openAnswer(world, options);
      const token = world.env.ISOFLOP_TOKEN; // for a link that stays the same
      const served = await serveStudio(resolve(world.cwd, folder), {
        host,
        figureMakers,
        openThreads: () => createPool({ threads: 2 }),
        ...(port === undefined ? {} : { port }),
        ...(token === undefined ? {} : { token }),
        onBug: (error) => world.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`),
      });
      try {
        if (answer.json) answer.text(jsonText({ url: served.url, link: served.link, token: served.token }));
        else
          answer.text(
            [
              `isoflop studio of ${folder}:`,
              "",
              `  ${served.link}`,
              "",
              ...(served.isPublic
                ? labelled("caution", "others reach it, and what is sent isn't encrypted: ssh -L is safer")
                : []),
              "  Ctrl-C ends it.",
            ].join("\n"),
          );
        const shown = open && !answer.json ? await openBrowser(served.link, world) : null;
        await interrupted(world);
        await shown?.forget();
      } finally {
        const stopped = await served.close();
        for (const path of stopped)
          answer.remark(
            `stopped the sweep ${relative(world.cwd, path) || "."}; go on with ${invocation(world)} sweep resume ${relative(world.cwd, path) || "."}`,
          );
      }
    });
}

/** Until Ctrl-C; where nobody can press it, for ever. */
function interrupted({ onInterrupt }: World): Promise<void> {
  return new Promise((done) => {
    const forget = onInterrupt?.(() => {
      forget?.();
      done();
    });
  });
}

/**
 * Opens the link in the user's browser, if there is one.
 *
 * By a page of our own, which only this user may read: whoever lists the machine's processes sees its name, not the
 * token.
 */
async function openBrowser(link: string, { env }: World): Promise<{ forget: () => Promise<void> } | null> {
  const hasScreen =
    process.platform === "darwin" ||
    process.platform === "win32" ||
    env.DISPLAY !== undefined ||
    env.WAYLAND_DISPLAY !== undefined;
  if (!hasScreen) return null;
  const folder = await mkdtemp(join(tmpdir(), "isoflop-studio-"));
  const page = join(folder, "studio.html");
  const text = `<!doctype html><meta charset="utf-8"><title>isoflop studio</title><meta http-equiv="refresh" content="0;url=${link}">\n`;
  await writeFile(page, text, { mode: 0o600 });
  const address = pathToFileURL(page).href;
  const [program, ...words] =
    process.platform === "darwin"
      ? ["open", address]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", "", address]
        : ["xdg-open", address];
  const child = spawn(program!, words, { stdio: "ignore", detached: true });
  child.on("error", () => {}); // the link is printed too
  child.unref();
  return { forget: () => rm(folder, { recursive: true, force: true }) };
}
