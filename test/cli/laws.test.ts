import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lawLatex, lawPython, laws, readLaw } from "../../src/laws/index.ts";
import { isoflop, readably, temporaryFolder } from "./world.ts";

const cwd = temporaryFolder();

test("what a person reads of the list and of one law", async () => {
  await expect((await readably(["laws"])).out).toMatchFileSnapshot("golden/laws.txt");
  await expect((await readably(["laws", "kaplan-nd"])).out).toMatchFileSnapshot("golden/laws-one.txt");
});

test.each(laws.map(({ name }) => name))(
  "isoflop laws %s fits 80 columns, its JSON is that law again, and its LaTeX and Python are the library's",
  async (name) => {
    const { out } = await readably(["laws", name]);
    expect(out).toContain(name);
    const { out: json } = await isoflop(["laws", name, "--json"]);
    const law = laws.find((law) => law.name === name)!;
    expect(readLaw(JSON.parse(json), "stdout")).toEqual(law);
    const { out: latex, code } = await isoflop(["laws", name, "--latex"]);
    expect(`${code}: ${latex}`).toBe(`0: ${lawLatex(law)}\n`);
    const [key] = Object.keys(law.sets);
    const python = await isoflop(["laws", name, "--python", ...(key === undefined ? [] : ["--source", key])]);
    expect(python).toMatchObject({ code: 0, err: "", out: lawPython(law, law.sets[key]?.parameters) });
  },
);

test("--search looks through all that is said of a law", async () => {
  const { out } = await isoflop(["laws", "--search", "muennighoff", "--json"]);
  const names = (JSON.parse(out) as { name: string }[]).map(({ name }) => name);
  expect(names).toContain("data-constrained");
  expect(names).not.toContain("coverage");
  const found = async (...words: string[]): Promise<string[]> =>
    JSON.parse((await isoflop(["laws", "--search", ...words, "--json"])).out).map(
      (law: { name: string }) => law.name,
    );
  expect(await found("chinchil")).toContain("chinchilla"); // a name
  expect(await found("REPEATED SAMPLING")).toContain("coverage"); // a title
  expect(await found("bhagia")).toContain("olmo-task"); // an author
  expect(await found("learningRate")).toContain("step-law-learning-rate"); // a quantity
  expect(await found("four epochs")).toEqual(["chinchilla", "data-constrained"]); // a note
  expect(await found("besiroglu2024")).toEqual(["chinchilla"]); // a set
  // several words: each has to be said, in quotes or not, in any order and anywhere
  expect(await found("learning rate")).toEqual(
    expect.arrayContaining(["mup-learning-rate", "step-law-learning-rate", "annealing"]),
  );
  expect(await found("rate", "LEARNING")).toEqual(await found("learning rate"));
  expect(await found("learning rate")).not.toContain("chinchilla");
  expect(await found("hoffmann 2022")).toContain("chinchilla"); // an author and a year
  expect(await found("hernandez python")).toEqual(["transfer"]); // an author and a set
  expect(await found("webtext2 dropout")).toContain("kaplan-nd"); // where a set is from
  // forms of a word, accents, American spelling
  expect(await found("tokens")).toEqual(await found("token"));
  expect(await found("laws")).toEqual(await found("law"));
  expect(await found("hagele")).toEqual(["decay-length"]);
  expect(await found("quantization")).toContain("quantised-after");
  expect((await isoflop(["laws", "--search", "kapaln"])).err).toContain('did you mean "kaplan"?');
  const apart = await isoflop(["laws", "--search", "coverage", "vocabulary"]);
  expect(apart).toMatchObject({ code: 2, out: "" });
  expect(apart.err).toContain('no law mentions all of "coverage", "vocabulary"');
});

test("--latex and --python print the law alone", async () => {
  const latex = await isoflop(["laws", "chinchilla", "--latex"]);
  expect(latex.out).toBe("L(N, D) = E + \\frac{A}{N^{\\alpha}} + \\frac{B}{D^{\\beta}}\n");
  const python = await isoflop(["laws", "chinchilla", "--python", "--source", "hoffmann2022-rounded"]);
  expect(python.out).toContain("def chinchilla(N, D, E=1.69, A=406.4, alpha=0.34, B=410.7, beta=0.28):");
  expect(python.err + latex.err).toBe("");
});

test("a stranger's file is shown like a built-in law", async () => {
  writeFileSync(
    join(cwd, "mine.json"),
    JSON.stringify({ formula: "E + A / N^a", inputs: { params: "N" }, output: "loss" }),
  );
  const { out } = await readably(["laws", "./mine.json"], { cwd });
  expect(out).toMatch(/^mine\n/);
  expect(out).toContain("loss = E + A / N^a");
});

test("in the list every law stands under the heading of its own kind, though rows are wrapped", async () => {
  const { out } = await readably(["laws"]);
  let heading = "";
  const headingOf = new Map<string, string>();
  for (const line of out.split("\n")) {
    if (/^\w+ laws$/.test(line)) heading = line;
    const name = /^ {2}(\S+) /.exec(line)?.[1];
    if (name !== undefined) headingOf.set(name, heading);
  }
  const wanted = { loss: "Loss laws", task: "Task laws", sampling: "Sampling laws", recipe: "Recipe laws" };
  for (const { name, kind } of laws) expect(headingOf.get(name), name).toBe(wanted[kind]);
});
