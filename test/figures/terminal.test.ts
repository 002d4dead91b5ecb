import { expect, test } from "vitest";
import { type Figure, figureSchema, formatIn, type Panel, terminalFigure } from "../../src/figures/index.ts";

const panel: Panel = {
  x: { label: "parameters", scale: "log", unit: "parameters" },
  y: { label: "loss, nats per token", scale: "linear", unit: "nats per token" },
  marks: [
    {
      kind: "line",
      series: "curve",
      points: Array.from({ length: 50 }, (_, i) => [10 ** (7 + i / 20), 2 + (i / 20 - 1.2) ** 2 / 4]),
    },
    {
      kind: "points",
      series: "curve",
      points: [
        [1e7, 2.36],
        [1e8, 2.01],
        [1e9, 2.16],
      ],
    },
    { kind: "points", series: "best", points: [[10 ** 8.2, 2]], symbol: "diamond" },
    {
      kind: "rule",
      series: "floor",
      points: [
        [1e7, 1.95],
        [10 ** 9.45, 1.95],
      ],
    },
  ],
};

const figure: Figure = {
  format: "isoflop.figure/1",
  title: "A parabola in ln N, and its lowest point",
  subtitle: null,
  alt: "A parabola whose lowest point is at 158M parameters.",
  note: null,
  columns: 1,
  panels: [panel],
};

test("a figure in the terminal, in braille and in plain signs", async () => {
  await expect(`${terminalFigure(figure).join("\n")}\n`).toMatchFileSnapshot("golden/terminal.txt");
  const plain = terminalFigure(figure, { signs: "ascii", width: 60, height: 10 }).join("\n");
  await expect(`${plain}\n`).toMatchFileSnapshot("golden/terminal-ascii.txt");
  expect(plain).toMatch(/^[\n -~]*$/);
});

test.each([40, 60, 80, 120])("no line is wider than %i", (width) => {
  const lines = terminalFigure(figure, { width });
  expect(lines.filter((line) => [...line].length > width)).toEqual([]);
});

test("the lowest point stands at its place: the diamond is in the lowest row of the curve", () => {
  const lines = terminalFigure(figure);
  const row = lines.findIndex((line) => /◆(?! best)/.test(line));
  const lastDots = lines.findLastIndex((line) => line.includes("●"));
  expect(row).toBeGreaterThanOrEqual(lastDots);
});

test("ticks are round numbers in the field's units", () => {
  const text = terminalFigure(figure).join("\n");
  for (const tick of ["10M", "100M", "1B", "2.0", "2.2"]) expect(text).toContain(tick);
  expect(formatIn("FLOPs", 5.76e23)).toBe("5.76e23");
  expect(formatIn("tokens", 1.4e12)).toBe("1.4T");
  expect(formatIn("nats per token", 1.97234)).toBe("1.972");
});

test("one point, one value, no mark at all: drawn, not broken", () => {
  const alone: Figure = {
    ...figure,
    panels: [{ ...panel, marks: [{ kind: "points", series: "one", points: [[1e8, 2]] }] }],
  };
  expect(terminalFigure(alone).join("\n")).toContain("●");
  expect(terminalFigure({ ...figure, panels: [{ ...panel, marks: [] }] }).length).toBeGreaterThan(10);
});

test("the schema takes it and refuses what a log axis cannot show", () => {
  expect(figureSchema.parse(JSON.parse(JSON.stringify(figure)))).toEqual(figure);
  const marks = [{ kind: "points", series: "a", points: [[0, 2]] }];
  const zero = { ...figure, panels: [{ ...panel, marks }] };
  expect(figureSchema.safeParse(zero).success).toBe(false);
});
