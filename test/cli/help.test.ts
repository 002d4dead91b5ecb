import { expect, test } from "vitest";
import { isoflop, readably } from "./world.ts";

const sweep = ["design", "check", "run", "resume", "status", "cancel", "collect"].map(
  (word) => `sweep ${word}`,
);
const verbs = [
  "fit",
  "plan",
  "plan sweep",
  "plan train-to-test",
  "predict",
  "laws",
  "convert",
  "quickstart",
  "figure",
  ...sweep,
];

test("isoflop --help lists every command and every exit code", async () => {
  const { out } = await readably(["--help"]);
  for (const name of verbs) expect(out).toMatch(new RegExp(`^ {2}${name} +\\w`, "m"));
  for (const code of ["0", "1", "2"]) expect(out).toMatch(new RegExp(`^ {2}${code}  \\w`, "m"));
  expect((await isoflop([])).out).toBe(out);
  expect((await isoflop(["help"])).out).toBe(out);
  expect((await isoflop(["-h"])).out).toBe(out);
});

test.each(verbs)(
  "isoflop %s --help has at least two examples and the options that all share",
  async (name) => {
    const { out } = await readably([...name.split(" "), "--help"]);
    expect(out.match(/^ {2}\$ isoflop /gm)!.length).toBeGreaterThanOrEqual(2);
    for (const option of ["--json", "--quiet", "--no-color", "--seed"]) expect(out).toContain(option);
    expect((await isoflop(["help", ...name.split(" ")])).out).toBe(out);
  },
);

test("--version is the package's own", async () => {
  expect(await isoflop(["--version"])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    err: "",
  });
});

const colour = String.fromCharCode(27);

test("colours: on a terminal only, and neither against --no-color nor against NO_COLOR", async () => {
  expect((await isoflop(["laws"], { isTerminal: true })).out).toContain(colour);
  expect((await isoflop(["laws"])).out).not.toContain(colour);
  expect((await isoflop(["laws", "--no-color"], { isTerminal: true })).out).not.toContain(colour);
  expect((await isoflop(["laws"], { isTerminal: true, env: { NO_COLOR: "1" } })).out).not.toContain(colour);
  // the convention: an empty NO_COLOR is none (https://no-color.org)
  expect((await isoflop(["laws"], { isTerminal: true, env: { NO_COLOR: "" } })).out).toContain(colour);
});

test("colours don't move the columns", async () => {
  const plain = await readably(["laws", "chinchilla"]);
  const coloured = await readably(["laws", "chinchilla"], { isTerminal: true });
  expect(coloured.out.replaceAll(new RegExp(`${colour}\\[\\d+m`, "g"), "")).toBe(plain.out);
});
