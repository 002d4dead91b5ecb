import { type Figure, themes } from "../figures/index.ts";
import { type SvgOptions, svgText } from "./svg.ts";

export interface PngOptions extends SvgOptions {
  /** Pixels of the image for each of the picture. */
  readonly scale?: number;
}

/**
 * A figure as the bytes of a PNG image.
 *
 * @throws where the system has no font, as a picture without its words would be of no use
 * @example await writeFile("isoflop.png", await pngBytes(figure, { theme: "dark" }))
 */
export async function pngBytes(
  figure: Figure,
  { scale = 2, theme = "light", ...options }: PngOptions = {},
): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js");
  const words = new Resvg('<svg xmlns="http://www.w3.org/2000/svg"><text y="20">A</text></svg>');
  if (words.getBBox() === undefined)
    throw new Error(
      "cannot draw a PNG: this system has no fonts; install some (fonts-dejavu-core), or write an SVG",
    );
  const chosen = theme === "dark" ? "dark" : "light";
  const svg = await svgText(figure, { ...options, theme: chosen });
  const image = new Resvg(svg, {
    fitTo: { mode: "zoom", value: scale },
    background: themes[chosen].background,
  }).render();
  return image.asPng();
}
