import { describe, expect, test } from "vitest";
import { colourIn, themes } from "../../src/figures/index.ts";

type Rgb = readonly [number, number, number];

const linear = (hex: string): Rgb =>
  [1, 3, 5].map((i) => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;

/** WCAG 2.2, relative luminance and contrast ratio. */
const luminance = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
const contrast = (a: string, b: string): number => {
  const [x, y] = [luminance(linear(a)), luminance(linear(b))].sort((p, q) => q - p) as [number, number];
  return (x + 0.05) / (y + 0.05);
};

/** Machado, Oliveira and Fernandes 2009, severity 1.0, https://doi.org/10.1109/TVCG.2009.113, on linear RGB. */
const sights: Record<string, readonly number[]> = {
  "all cones": [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

/** CIE L*a*b* under D65. */
function lab([r, g, b]: Rgb): Rgb {
  const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27) * (t / 116) + 16 / 116);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function seen(hex: string, matrix: readonly number[]): Rgb {
  const rgb = linear(hex);
  const row = (i: number): number =>
    Math.min(1, Math.max(0, matrix[i]! * rgb[0] + matrix[i + 1]! * rgb[1] + matrix[i + 2]! * rgb[2]));
  return lab([row(0), row(3), row(6)]);
}

const distance = (a: Rgb, b: Rgb): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

describe.each(["light", "dark"] as const)("%s", (name) => {
  const theme = themes[name];

  test("every colour can be read as text: contrast of 4.5 to the ground (WCAG 2.2, 1.4.3)", () => {
    const shares = Array.from({ length: 21 }, (_, i) => colourIn(theme, { ramp: i / 20 }));
    for (const colour of [theme.ink, theme.muted, ...theme.palette, ...shares])
      expect(contrast(colour, theme.background), colour).toBeGreaterThanOrEqual(4.5);
  });

  test("ink and muted words can be read on every ground of a map", () => {
    for (const ground of theme.map) expect(contrast(theme.muted, ground), ground).toBeGreaterThanOrEqual(4.5);
  });

  test.each(Object.keys(sights))("the first four hues are told apart by eyes with %s", (sight) => {
    const hues = theme.palette.slice(0, 4).map((hex) => seen(hex, sights[sight]!));
    // ΔE*ab of 10 is plain at a glance; 2.3 is just noticeable
    for (const [i, hue] of hues.entries())
      for (const other of hues.slice(i + 1)) expect(distance(hue, other)).toBeGreaterThan(10);
  });

  test.each(Object.keys(sights))("the ramp keeps its order for eyes with %s: neighbours differ", (sight) => {
    const stops = [0, 1, 2, 3, 4, 5].map((i) => seen(colourIn(theme, { ramp: i / 5 }), sights[sight]!));
    for (let i = 1; i < stops.length; i++) expect(distance(stops[i]!, stops[i - 1]!)).toBeGreaterThan(5);
  });
});
