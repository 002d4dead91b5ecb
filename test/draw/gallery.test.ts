import { Resvg } from "@resvg/resvg-js";
import { describe, expect, test } from "vitest";
import { pngBytes, svgText } from "../../src/draw/index.ts";
import { figureSchema, layoutFigure, terminalFigure } from "../../src/figures/index.ts";
import { worldModels } from "../../src/plan/index.ts";
import { gallery } from "./planted.ts";

// The pictures of docs/figures.md. Where they have changed and should have:
//   npx vitest run test/draw/gallery.test.ts --update

const figures = gallery(worldModels);
const fence = "```";
const all = Object.entries(figures).map(([name, { figure }]) => [name, figure] as const);

test("docs/figures.md shows every figure of the gallery with its alternative text", async () => {
  const page = [
    "# Figures",
    "",
    "Every result has a picture. A `Figure` is plain data: panels, axes in base units, marks, the words for whoever cannot",
    "see it (`alt`) and where it comes from (`note`). The same data are drawn in a terminal, as SVG, as PNG and in a page.",
    "",
    `${fence}sh`,
    "isoflop figure ladder                                       # drawn in the terminal",
    "isoflop figure law --law chinchilla -o law.svg              # follows the reader's light or dark theme",
    "isoflop figure law --law chinchilla --theme dark -o law.png",
    "isoflop figure law --law chinchilla -o law.json             # the figure itself",
    "isoflop figure law.json --width 1000 -o wide.svg            # drawn again from its data",
    fence,
    "",
    "With runs or a fit of yours: `isoflop figure isoflop runs.csv`, `isoflop figure allocation fit.json`, `isoflop figure",
    "residuals fit.json --data runs.csv`, `isoflop figure surface fit.json --flops 1e22`. What isn't given is worked out: runs",
    "are fitted, a fit is diagnosed. In a program:",
    "",
    `${fence}ts`,
    'import { chinchilla, lawShape, terminalFigure } from "isoflop";',
    'import { svgText } from "isoflop/draw";',
    "const figure = lawShape(chinchilla);",
    'console.log(terminalFigure(figure).join("\\n"), (await svgText(figure)).length);',
    fence,
    "",
    "`svgElement(figure, { document })` gives an element of a page. An SVG holds the light colours, and rules that turn them",
    "where the reader's system is dark; `--theme light` or `dark` leaves those rules out. The hues are those of Okabe and Ito,",
    "dark enough to be read as text; series with an order go along a piece of viridis. A PNG needs a font on the system.",
    "",
    "The pictures below are made of planted runs (54 losses of chinchilla's published refit with 0.4 % of noise) and, for the",
    "ladder, of what makers say of their models.",
    ...Object.entries(figures).flatMap(([name, { shows, figure }]) => [
      "",
      `## ${name}`,
      "",
      shows,
      "",
      `![${figure.alt.replaceAll(/[[\]]/g, "")}](figures/${name}.svg)`,
    ]),
    "",
  ];
  await expect(page.join("\n")).toMatchFileSnapshot("../../docs/figures.md");
});

describe.each(all)("%s", (name, figure) => {
  test("is the picture in docs/figures, the same bytes each time", async () => {
    const svg = await svgText(figure);
    expect(await svgText(structuredClone(figure))).toBe(svg);
    await expect(svg).toMatchFileSnapshot(`../../docs/figures/${name}.svg`);
  });

  test("survives JSON, and says in words with numbers what is seen", () => {
    expect(figureSchema.parse(JSON.parse(JSON.stringify(figure)))).toEqual(figure);
    expect(figure.alt.length).toBeGreaterThan(60);
    expect(figure.alt).toMatch(/\d/);
    expect(figure.alt).not.toMatch(/NaN|undefined|null|Infinity/);
  });

  test.each(["light", "dark"] as const)(
    "is well-formed XML that a strict reader draws, %s",
    async (theme) => {
      const svg = await svgText(figure, { theme });
      const { width, height } = new Resvg(svg); // throws at the first fault
      expect(width).toBe(720);
      expect(height).toBeGreaterThan(200);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      expect(svg).toContain('role="img"');
      expect(svg.match(/ aria-label="/g)).toHaveLength(1);
      expect(svg).not.toContain("<style"); // those of `auto` alone
      const colours = new Set([...svg.matchAll(/(?:fill|stroke)="(#[^"]+)"/g)].map(([, colour]) => colour));
      expect(colours.size).toBeGreaterThan(3);
    },
  );

  test.each([600, 720, 1000])("no text lies on another or leaves the picture at %i pixels", (width) => {
    const { texts, panels, height } = layoutFigure(figure, { width });
    for (const { outer } of panels) expect(outer.y + outer.height).toBeLessThanOrEqual(height);
    const boxes = [...texts, ...panels.flatMap((panel) => panel.texts)];
    for (const [i, { box, text }] of boxes.entries()) {
      expect(box.x, text).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width, text).toBeLessThanOrEqual(width);
      expect(box.y + box.height, text).toBeLessThanOrEqual(height);
      for (const other of boxes.slice(i + 1)) {
        const across =
          Math.min(box.x + box.width, other.box.x + other.box.width) - Math.max(box.x, other.box.x);
        const down =
          Math.min(box.y + box.height, other.box.y + other.box.height) - Math.max(box.y, other.box.y);
        // letters fill four fifths of a line's height
        expect(across > 0 && down > 0.2 * box.height, `"${text}" on "${other.text}"`).toBe(false);
      }
    }
  });

  test("fits 80 columns of a terminal", () => {
    const lines = terminalFigure(figure);
    expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
    expect(lines.length).toBeGreaterThan(12);
  });
});

test("a PNG is one, at twice the size of the picture, and dark where it is asked for", async () => {
  const figure = figures.isoflop!.figure;
  const bytes = await pngBytes(figure);
  const sizeOf = (png: Uint8Array): number[] => {
    const view = new DataView(png.buffer, png.byteOffset);
    return [view.getUint32(16), view.getUint32(20)];
  };
  expect([...bytes.slice(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  expect(sizeOf(bytes)[0]).toBe(1440);
  expect(await pngBytes(figure, { theme: "dark" })).not.toEqual(bytes);
});

test("an SVG of either theme of the reader: light colours as attributes, and a rule for each in the dark", async () => {
  const svg = await svgText(figures.surface!.figure);
  const rules = svg.match(/<style>([^<]*)<\/style>/)![1]!;
  expect(rules).toMatch(/^@media \(prefers-color-scheme:dark\)/);
  const body = svg.replace(/<style>[^<]*<\/style>/, "");
  const used = new Set([...body.matchAll(/(?:fill|stroke)="(#[^"]+)"/g)].map(([, colour]) => colour!));
  for (const colour of used) expect(rules, colour).toContain(`[fill="${colour}"]`);
});
