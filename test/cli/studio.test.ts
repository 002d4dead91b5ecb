import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../../src/cli/run.ts";
import { isoflop, plantedCsv, temporaryFolder } from "./world.ts";

const cwd = temporaryFolder();
writeFileSync(join(cwd, "runs.csv"), plantedCsv());

test("isoflop studio serves the folder until Ctrl-C, and says by which link", async () => {
  let interrupt = (): void => {};
  let out = "";
  const printed = new Promise<string>((resolve) => {
    const world = {
      stdin: async () => "",
      stdout: {
        write: (text: string) => {
          out += text;
          resolve(out);
        },
        isTerminal: false,
      },
      stderr: { write: () => {}, isTerminal: false },
      cwd,
      env: {},
      onInterrupt: (stop: () => void) => {
        interrupt = stop;
        return () => {};
      },
    };
    ended = run(["studio", "--port", "0", "--json"], world);
  });
  const { url, link, token } = JSON.parse(await printed);
  expect(link).toBe(`${url}?token=${token}`);
  const answer = await fetch(`${url}api/workspace`, { headers: { authorization: `Bearer ${token}` } });
  expect(await answer.json()).toMatchObject({ files: [{ name: "runs.csv", kind: "runs" }] });
  interrupt();
  expect(await ended).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
});
let ended: Promise<number>;

test("a folder that isn't there, or a token that is too short, is the request's fault", async () => {
  const none = await isoflop(["studio", "none"], { cwd });
  expect([none.code, none.err]).toEqual([2, expect.stringContaining("none: no such folder")]);
  const short = await isoflop(["studio", "--port", "0"], { cwd, env: { ISOFLOP_TOKEN: "abc" } });
  expect([short.code, short.err]).toEqual([2, expect.stringContaining("at least 16 characters")]);
});
