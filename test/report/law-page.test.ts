import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { chinchilla, defineLaw, findLaw, laws } from "../../src/laws/index.ts";
import { lawIndexPage, lawPage } from "../../src/report/index.ts";
import { readably } from "../cli/world.ts";
import { codeBlocks, isoflopCommands } from "../house/markdown.ts";
import { read, root } from "../house/tree.ts";

const remedy = "a law has changed since the page was made: run npm run docs";

describe("docs/laws holds what is made from the laws now", () => {
  const pages = new Map([
    ["README.md", () => lawIndexPage(laws)],
    ...laws.map((law) => [`${law.name}.md`, () => lawPage(law)] as const),
  ]);

  test("a page for each law, an index, and nothing else", () => {
    const folder = join(root, "docs", "laws");
    const there = existsSync(folder) ? readdirSync(folder).sort() : [];
    expect(there, remedy).toEqual([...pages.keys()].sort());
  });

  test.each([...pages])("%s", (name, page) => {
    const there = existsSync(join(root, "docs", "laws", name)) ? read(`docs/laws/${name}`) : null;
    expect(there, remedy).toBe(page());
  });
});

describe("a law's page", () => {
  const page = lawPage(chinchilla);
  const blocks = codeBlocks(page);

  test("has the formula as text and as LaTeX, and its picture", () => {
    expect(blocks[0]).toMatchObject({ language: "text", text: "loss = E + A / N^alpha + B / D^beta\n" });
    expect(blocks[1].language).toBe("math");
    expect(blocks[1].text).toBe("L(N, D) = E + \\frac{A}{N^{\\alpha}} + \\frac{B}{D^{\\beta}}\n");
    expect(blocks[2].text).toContain("tokens 16.1B");
  });

  test("has each parameter with its meaning, unit, domain and starts", () => {
    expect(page).toContain(
      "| `E` | irreducible loss: the entropy of the text | nats/token | positive | 0.5, 1, 2 |",
    );
  });

  test("has each set with coefficients, convention, range and note", () => {
    expect(page).toContain("E = 1.69, A = 406.4, alpha = 0.34, B = 410.7, beta = 0.28\n");
    expect(page).toContain("- N counts all parameters\n- data: params 44M … 16.2B, tokens 5B … 500B, flops ");
    expect(page).toContain("- **Rounded too far to plan with:");
  });

  test("has the printed number beside ours: 1.937 for Chinchilla itself, and 1.9366455 here", () => {
    expect(page).toContain(
      "| params 70B, tokens 1.4T | 1.937 | 1.9366455 | 0.03 % | `hoffmann2022-rounded` |",
    );
  });

  test("has two commands: the law, and a prediction in the middle of the data", () => {
    const commands = blocks.filter(({ language }) => language === "sh").flatMap(isoflopCommands);
    expect(commands.map(({ text }) => text)).toEqual([
      "npx isoflop laws chinchilla",
      // √(57.3M · 16.2B) and √(819M · 318B)
      "npx isoflop predict --law chinchilla --source besiroglu2024-refit --at params=963M tokens=16.1B",
    ]);
  });

  test("of a law without verified coefficients says so, and predicts with its starts", () => {
    const mup = lawPage(findLaw("mup-learning-rate"));
    expect(mup).toContain("## Not verified\n\nA transfer rule:");
    expect(mup).toContain("The coefficients are the middles of its starts, not published values.\n\n```sh");
    expect(mup).toContain("predict --law mup-learning-rate --set eta_0=0.001 d_0=128 --at width=1024\n");
    expect(mup).toContain("  learningRate 0.000125 per step\n"); // 0.001 · 128 / 1024
    expect(mup).not.toContain("## Published coefficients");
    expect(mup).toContain("At the middle of its parameters' starts: nobody's coefficients");
  });

  test("of many inputs keeps its command in lines that can be read", () => {
    const lines = lawPage(findLaw("multi-power")).split("\n");
    const from = lines.findIndex((line) => line.startsWith("npx isoflop predict"));
    const until = lines.indexOf("```", from);
    expect(until - from).toBeGreaterThan(2);
    for (const line of lines.slice(from, until)) expect(line.length).toBeLessThan(100);
  });

  test("shows text as it is: stars, bars and brackets are no Markdown; steps of a formula get a line each", () => {
    const odd = defineLaw({
      name: "odd",
      formula: "u = N / a; u^2",
      inputs: { params: "N" },
      output: "loss",
      source: { authors: "A | B", year: 2026, title: "t", url: "https://x.org", where: "N* and D* <here>" },
      caution: "N is a height",
      notes: ["cost $1 or $2, and `a*b|c` as code"],
    });
    const text = lawPage(odd);
    expect(text).toContain("u = N / a\nloss = u^2\n");
    expect(text).toContain("A \\| B 2026, [t](https://x.org), N\\* and D\\* \\<here>.");
    expect(text).toContain("**N is a height.**\n\n- cost \\$1 or \\$2, and `a*b|c` as code");
  });
});

describe("what a page shows of its commands is what they print", () => {
  test.each(laws.map(({ name }) => name))("%s", async (name) => {
    const blocks = codeBlocks(lawPage(findLaw(name)));
    const at = blocks.findIndex(({ language }) => language === "sh");
    const commands = isoflopCommands(blocks[at]);
    expect(commands.map(({ text }) => text.split(" ").slice(0, 3).join(" "))).toEqual([
      "npx isoflop laws",
      "npx isoflop predict",
    ]);
    let printed = "";
    for (const { text } of commands) printed += (await readably(text.split(/\s+/).slice(2))).out;
    const shown = blocks[at + 1].text.split("\n").filter((line) => line !== "…" && line !== "");
    expect(shown).toHaveLength(1);
    expect(printed.split("\n")).toContain(shown[0]);
  });
});

test("a law with a unit of its own says it for its result, and nothing that the catalogue says of the quantity", () => {
  const draft = { name: "any", formula: "a / x", inputs: { examples: "x" }, output: "loss" };
  const own = lawPage(defineLaw({ ...draft, unit: "in the unit of the data (loss or error)" }));
  expect(own).toContain("| result | `loss` |  | in the unit of the data (loss or error) |");
  expect(own).toContain("loss, in the unit of the data (loss or error)\n"); // above the picture
  expect(own).not.toContain("nats");
  expect(lawPage(defineLaw(draft))).toContain("loss, nats per token\n");
});

test("the index has a line for each law, under its kind", () => {
  const index = lawIndexPage([chinchilla, findLaw("coverage")]);
  expect(index).toContain(
    "## Loss laws\n\n| law |  |  | source |\n|-|-|-|-|\n| [chinchilla](chinchilla.md) |",
  );
  expect(index).toContain("## Sampling laws");
  expect(index).not.toContain("## Recipe laws");
});
