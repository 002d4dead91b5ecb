import { type Colour, colourIn, type Figure, shadeIn, themes } from "../figures/index.ts";

/**
 * Rules that give every colour of a light figure its place in the dark theme where the reader's system is dark.
 *
 * The colours themselves stand as attributes, so that programs that read no rules show the light picture.
 */
export function darkRules({ panels }: Figure): string {
  const { light, dark } = themes;
  const marks = panels.flatMap((panel) => panel?.marks ?? []);
  const colours: Colour[] = ["ink", "muted", ...marks.map(({ colour }) => colour ?? 0)];
  const shades = marks.flatMap((mark) => (mark.kind === "boxes" ? (mark.shades ?? []) : []));
  const pairs = new Map<string, string>([
    [light.background, dark.background],
    [light.grid, dark.grid],
    ...colours.map((colour) => [colourIn(light, colour), colourIn(dark, colour)] as const),
    ...shades.map((share) => [shadeIn(light, share), shadeIn(dark, share)] as const),
  ]);
  const rules = [...pairs].map(
    ([from, to]) => `[fill="${from}"]{fill:${to}}[stroke="${from}"]{stroke:${to}}`,
  );
  return `@media (prefers-color-scheme:dark){${rules.join("")}}`;
}
